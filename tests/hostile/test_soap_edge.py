"""Rows A1 to A16 on a real server: every recorded request gets the answer that its name says."""

from __future__ import annotations

import contextlib
import io
import socket
from collections.abc import Iterator
from http.client import HTTPConnection, IncompleteRead
from pathlib import Path
from typing import Any

import pytest
from parts.serving import serving
from parts.waiting import HUNG

from tests.contract.sample_service import endpoint, envelope, http, operation
from tests.hostile.replay import FOLDER, code_of, judged, spying

FILES = sorted(FOLDER.glob("*.http"))
ROWS = {f"A{row:02}" for row in range(1, 17)}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving("tests.contract.sample_service:application") as found:
        yield found


@pytest.fixture(scope="module")
def spied() -> Iterator[tuple[int, list[object]]]:
    """A port to which some files point, and the connections that somebody made to it."""
    with spying() as found:
        yield found


def test_every_row_has_files() -> None:
    assert {path.name.partition("-")[0] for path in FILES} == ROWS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_on_the_wire(path: Path, port: int, spied: tuple[int, list[object]]) -> None:
    number, connections = spied
    assert judged("127.0.0.1", port, path, deadline=1, spy=number) is None
    assert connections == []


def test_the_server_is_whole_afterwards(port: int) -> None:
    """After all that (this test stands below it) the server still answers, and has not grown beyond bounds."""
    assert judged("127.0.0.1", port, FOLDER / "A13-leading-zeros.ok.http", deadline=1) is None
    peaks = [peak(pid) for pid in family(port)]
    assert peaks
    assert max(peaks) < 400  # a worker of this service starts at some 110 MB; 256 more are allowed


@pytest.mark.parametrize("path", [p for p in FILES if "chunked-without-end" not in p.name], ids=lambda path: path.stem)
def test_the_code_that_is_noted(path: Path) -> None:
    """The code in a file's name is the one that observers, and so log and metrics, are told."""
    seen: list[str] = []
    served = endpoint(observe=lambda _, code, __: seen.append(code))
    head, _, body = path.read_bytes().partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {line.partition(":")[0].lower(): line.partition(":")[2].strip() for line in lines}
    environ: dict[str, Any] = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()}
    environ["CONTENT_TYPE"] = headers.get("content-type", "")
    length = headers.get("content-length", "")
    if headers.get("transfer-encoding") == "chunked":
        body = b"".join(body.split(b"\r\n")[1::2])
        length = str(len(body))
    environ |= {"CONTENT_LENGTH": length, "wsgi.input": io.BytesIO(body[: int(length or 0)])}
    http(served, method, target.removeprefix("http://evil.example"), b"", **environ)
    code = code_of(path)
    if code in {"ok", "AUTH_HEADER"}:  # whether the credentials are known depends on the service
        assert seen[0] in {"ok", "AUTH_HEADER"}
    else:
        assert seen[0] == code


def test_torn_and_failing_answers_are_whole_faults(port: int) -> None:
    """A generator that fails after 50,000 rows, and a function that fails at once: a fault, nothing of the inside."""
    for name in ("AnaKurumlariGetirKurumBirimWs", "TumYerKodlariGetirWs"):
        body = envelope(operation(name))
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            connection.sendall(
                b"POST /DETSISServis.asmx HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                b"Content-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )
            answer = b""
            while block := connection.recv(65536):
                answer += block
        assert answer.startswith(b"HTTP/1.1 500")
        assert b"soap:Server" in answer
        assert b"gizli" not in answer
        assert b"<KurumBirimWS>" not in answer


def test_an_answer_that_breaks_off_is_no_answer(port: int) -> None:
    """A list that fails while it is sent ends before its stated length, and HTTP clients say so."""
    body = envelope(operation("KendiTumBirimleriGetirWs"))
    connection = HTTPConnection("127.0.0.1", port, timeout=HUNG)
    connection.request("POST", "/DETSISServis.asmx", body, {"Content-Type": "text/xml"})
    answer = connection.getresponse()
    assert answer.status == 200
    with pytest.raises(IncompleteRead) as raised:
        answer.read()
    assert raised.value.partial.startswith(b"<?xml")
    connection.close()


def family(port: int) -> list[int]:
    """The server that was started with ``port`` as its argument, and its descendants."""
    parents = {}
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if str(port).encode() in (entry / "cmdline").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    for member in found:
        found += [child for child, parent in parents.items() if parent == member]
    return found


def peak(pid: int) -> int:
    """Largest memory of a process so far, in megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) // 1024
    return 0
