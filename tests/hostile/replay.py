"""Replays a recorded HTTP request on a real socket and judges the answer by the code in the file's name.

Needs nothing but the standard library, so that anybody can point it at an endpoint:

    python tests/hostile/replay.py localhost 8080 tests/hostile/soap/*.http
"""

from __future__ import annotations

import contextlib
import re
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "soap"
SPY_PORT = 18999
"""Where files that try to make the server connect somewhere point."""
_SECRETS = (b"Traceback", b'File "', b"lxml", b"spyne", b"sqlalchemy", b"root:", b"evil.example", b"Par0la", b"yanlis")
_FAULTS = {
    "XML_LIMIT": rb"soap:(Client|Sender)<.*XML_LIMIT",
    "XML_ENCODING": rb"soap:(Client|Sender)<.*XML_ENCODING",
    "XML_VALUE": rb"soap:(Client|Sender)<.*There is an error in XML document \(\d+, \d+\)",
    "SOAP_ENVELOPE": rb"soap:(Client|Sender)<.*SOAP_ENVELOPE",
    "SOAP_ACTION": rb"soap:(Client|Sender)<.*(did not recognize|without a valid action)",
    "SOAP_ACTION_MISMATCH": rb"soap:(Client|Sender)<.*SOAP_ACTION_MISMATCH",
    "SOAP_VERSION": rb"Upgrade.*soap:VersionMismatch<",
    "SOAP_MUST_UNDERSTAND": rb"soap:MustUnderstand<",
}
_BARE = {"XML_DTD_FORBIDDEN": 400, "XML_MALFORMED": 400, "HTTP_BODY_LIMIT": 413, "HTTP_CONTENT_TYPE": 415}


@dataclass(frozen=True)
class Outcome:
    """What came back. ``status`` 0 means that the connection was closed without an answer."""

    status: int
    body: bytes
    seconds: float


@contextlib.contextmanager
def spying(port: int = 0) -> Iterator[tuple[int, list[object]]]:
    """Listens on ``port``, or on one that the system gives; the port, and where connections to it came from so far."""
    found: list[object] = []
    with socket.create_server(("127.0.0.1", port)) as listener:

        def listen() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, address = listener.accept()
                    connection.close()
                    found.append(address)

        threading.Thread(target=listen, daemon=True).start()
        yield listener.getsockname()[1], found
        listener.shutdown(socket.SHUT_RDWR)


def code_of(path: Path) -> str:
    """The expected code, from the file's name."""
    return path.name.removesuffix(".http").rpartition(".")[2]


def request(path: Path, spy: int = SPY_PORT) -> bytes:
    """The bytes of a file, with the port ``spy`` where it points to :data:`SPY_PORT`."""
    assert len(str(spy)) == len(str(SPY_PORT)), "the length of the body is stated"
    return path.read_bytes().replace(b":%d" % SPY_PORT, b":%d" % spy)


def replay(host: str, port: int, data: bytes, patience: float = 15.0) -> Outcome:
    """Send a request and read until the server closes the connection."""
    began = time.monotonic()
    received = b""
    with socket.create_connection((host, port), patience) as connection:
        try:
            connection.sendall(data)
            while block := connection.recv(65536):
                received += block
        except ConnectionError:
            pass  # a server may close as soon as it knows enough
    seconds = time.monotonic() - began
    while received.startswith(b"HTTP/1.1 100"):
        received = received.partition(b"\r\n\r\n")[2]
    head, _, body = received.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" in head.lower():
        body = _unchunked(body)
    return Outcome(int(head.split(b" ", 2)[1]) if head else 0, body, seconds)


def complaint(code: str, outcome: Outcome, deadline: float) -> str | None:
    """What is wrong with ``outcome`` for a request whose code is ``code``; None if nothing is.

    ``deadline`` is the server's time limit for bodies, in seconds.
    """
    for secret in _SECRETS:
        if secret in outcome.body:
            return f"the answer holds {secret!r}"
    if code == "HTTP_BODY_TIMEOUT":
        if outcome.status not in {0, 408}:
            return f"status {outcome.status} for a body that never came"
        return None if outcome.seconds < deadline + 2 else f"closed after {outcome.seconds:.1f} s"
    if outcome.seconds > 2:
        return f"answered after {outcome.seconds:.1f} s"
    if code in _BARE:
        if outcome.status == _BARE[code]:
            return None if not outcome.body else "the body is not empty"
        return f"status {outcome.status}"
    if code in _FAULTS:
        found = outcome.status == 500 and re.search(_FAULTS[code], outcome.body, re.DOTALL)
        return None if found else f"status {outcome.status}: {outcome.body[-300:]!r}"
    if code == "HTTP_PATH":
        return None if outcome.status in {404, 500} else f"status {outcome.status}"
    if outcome.status != 200:
        return f"status {outcome.status}: {outcome.body[-300:]!r}"
    refused = b"<SonucHatali>true</SonucHatali><HataMsj>" in outcome.body and b"<Sonuclar>" not in outcome.body
    return None if refused or code == "ok" else f"not refused: {outcome.body[-300:]!r}"


def judged(host: str, port: int, path: Path, deadline: float, spy: int = SPY_PORT) -> str | None:
    """What is wrong with the answer to the request in ``path``. One that came late is asked for once more: a machine
    that is busy elsewhere does not hold up the same request twice."""
    found = None
    for _ in range(2):
        outcome = replay(host, port, request(path, spy))
        found = complaint(code_of(path), outcome, deadline)
        if found is None or outcome.seconds <= 2:
            break
    return found


def _unchunked(body: bytes) -> bytes:
    made = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size or b"0", 16)
        made, body = made + body[:length], body[length + 2 :]
    return made


def main(arguments: list[str]) -> int:
    host, port, *files = arguments
    wrong = 0
    with spying(SPY_PORT) as (_, connections):
        for name in files:
            path = Path(name)
            found = complaint(code_of(path), replay(host, int(port), request(path), 60), 30)
            if connections and not found:
                found = f"connected to port {SPY_PORT}"
            connections.clear()
            wrong += found is not None
            print(f"{'WRONG' if found else 'right'} {path.name}{': ' + found if found else ''}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
