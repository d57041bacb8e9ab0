"""Rows A1 to A16, D7 and D13 against the hub as it is installed: ``eyhub serve`` over a registry with people in it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path

import pytest
from parts.waiting import HUNG, until
from sqlalchemy import select

from hub import limits
from hub.access import credentials
from hub.registry import rows
from hub.store import migrate, schema
from hub.store.database import Database
from hub.store.personal import Keys
from tests.edge.test_server_process import Server
from tests.hostile.replay import FOLDER, code_of, judged, replay, request, spying
from tests.services import state

OWN = sorted((Path(__file__).parent / "detsis").glob("*.http"))
FILES = [path for path in (*sorted(FOLDER.glob("*.http")), *OWN) if "TIMEOUT" not in path.name]
UNENDED = sorted(FOLDER.glob("*TIMEOUT.http"))
CALLERS = {10000000: "Par0la-0000", state.c.INTERIOR: "gizli"}
GOOD = Path(__file__).parent / "detsis" / "A09-good.ok.http"
SECRETS = {"Par0la", "gizli", "yanlis", state.TCKN, state.OTHER_TCKN, "80000899330"}
"""Passwords and identity numbers that the files and the registry hold."""
LINE = re.compile(r"[0-9-]+ [0-9:,]+ (INFO|WARNING) hub\.[a-z_.]+: [^<>]*$")
"""What the server may say of a refused request."""
PATH = "/DETSISServis.asmx"


def fill(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PASSWORD_LEAST", 5)
    database = Database.open(f"sqlite:///{folder / 'hub.sqlite'}", Keys.load(folder / "hub.key"))
    migrate.upgrade(database)
    state.fill(database, Keys.load(folder / "hub.key"))
    with database.write(actor="test", origin="test") as change:
        row = rows.unit(
            detsis_no=min(CALLERS),
            name="ÖRNEK KURUM",
            parent_no=0,
            main_no=min(CALLERS),
            level=0,
            type1_id=19,
            type2_id=1,
            place_id=6,
        )
        change.open(schema.Unit, row)
        for number, password in CALLERS.items():
            credentials.give(change, number, password=password)
    database.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("served")
    with pytest.MonkeyPatch.context() as monkeypatch:
        fill(folder, monkeypatch)
    made = Server(folder)
    until(lambda: b"true" in made.get("/health/ready"))
    yield made
    with contextlib.suppress(ProcessLookupError):
        os.killpg(made.process.pid, signal.SIGTERM)
    made.process.wait(HUNG)


@pytest.fixture(scope="module")
def wrong(server: Server) -> dict[str, str]:
    """All files sent, while bodies that never come wait for their deadline, and after each a call that must be
    answered: what was wrong."""
    found = {}
    with contextlib.ExitStack() as held, spying() as (spy, connections):
        for path in UNENDED:
            held.enter_context(socket.create_connection(("127.0.0.1", server.port))).sendall(path.read_bytes())
        for path in FILES:
            said = judged("127.0.0.1", server.port, path, 30, spy) or judged("127.0.0.1", server.port, GOOD, 30)
            if said or connections:
                found[path.name] = said or f"connected to {connections}"
            connections.clear()
    return found


def test_each_request_gets_the_answer_that_its_name_says_and_then_others_are_answered(wrong: dict[str, str]) -> None:
    assert len(FILES) > 150
    assert wrong == {}


def test_every_caller_who_is_not_known_is_told_the_same(server: Server) -> None:
    """Row A9: whether the header is missing, doubled or wrong, the name unknown or the password bad."""
    strangers = [path for path in FILES if code_of(path) == "AUTH_HEADER"]
    answers = [replay("127.0.0.1", server.port, request(path)).body for path in strangers]
    said = {re.search(rb"<HataMsj>(.*?)</HataMsj>", body)[1] for body in answers}  # type: ignore[index]
    assert len(strangers) > 20
    assert len(said) == 1, said


def test_refused_calls_that_wait_are_in_the_audit_trail_when_the_server_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first of a name is noted within a second, what follows would wait a minute."""
    fill(tmp_path, monkeypatch)
    made = Server(tmp_path)
    until(lambda: b"true" in made.get("/health/ready"))
    stranger = request(GOOD).replace(b"gizli", b"yanli")
    for _ in range(5):
        assert b"<SonucHatali>true" in replay("127.0.0.1", made.port, stranger).body
    os.killpg(made.process.pid, signal.SIGTERM)
    assert made.process.wait(HUNG) == 0
    database = Database.open(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    with database.read() as connection:
        event = schema.AuditEvent
        details = connection.execute(select(event.detail).where(event.event == "access:refuse")).scalars().all()
    database.close()
    assert sum(json.loads(detail)["calls"] for detail in details) == 5


def test_the_log_holds_each_code_and_no_secret(server: Server, wrong: dict[str, str]) -> None:
    """Rows A15 and D13: a line a request, whatever it holds; the server says nothing else."""
    expected = Counter(code_of(path) for path in FILES) - Counter({"ok": len(FILES)})

    def noted() -> Counter[str]:
        lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
        return Counter(line.get("about", "").rpartition(" ")[2] for line in lines)

    until(lambda: expected <= noted())
    told = server.errors.read_text()
    text = server.log.read_text() + told + server.get("/metrics").decode()
    assert {secret for secret in SECRETS if secret in text} == set()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]|Traceback", text)
    assert [line for line in told.splitlines() if not LINE.match(line)] == []


def test_whoever_asks_too_much_is_told_to_come_back_and_others_are_answered(server: Server) -> None:
    """Row D7: one client has all its places taken, by bodies that do not come."""

    def ask(client: str, path: str, body: bytes | None = None) -> tuple[int, Message]:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=HUNG, source_address=(client, 0))
        connection.request("GET" if body is None else "POST", path, body, {"Content-Type": "text/xml"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, answer.headers

    head, _, call = GOOD.read_bytes().partition(b"\r\n\r\n")
    with contextlib.ExitStack() as held:
        for _ in range(limits.REQUESTS_PER_CLIENT):
            held.enter_context(socket.create_connection(("127.0.0.1", server.port))).sendall(head + b"\r\n\r\n")
        until(lambda: ask("127.0.0.1", PATH, call)[0] == 503)
        assert int(ask("127.0.0.1", PATH, call)[1]["Retry-After"]) > 0
        assert [ask("127.0.0.1", path)[0] for path in ("/health/live", "/health/ready", "/metrics")] == [200] * 3
        assert ask("127.0.0.2", PATH, call)[0] == 200
    until(lambda: ask("127.0.0.1", PATH, call)[0] == 200)
