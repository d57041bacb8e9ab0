"""The front, called as a WSGI server calls it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse

import pytest

from hub.edge.access_log import AccessLog
from hub.edge.front import Front
from hub.edge.gate import Gate


def echo(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{environ['hub.client']} {environ['PATH_INFO']} {environ['wsgi.input'].read().decode()}".encode()]


def broken(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    raise RuntimeError("secret detail")


def stream(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [])
    return iter([b"a", b"b"])


def call(front: Front, path: str, **extra: Any) -> tuple[str, dict[str, str], bytes]:
    got: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        got.update(status=status, headers=dict(headers))

    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "REMOTE_ADDR": "192.0.2.7",
        "wsgi.input": io.BytesIO(b"x"),
        **extra,
    }
    body = b"".join(front(environ, start))
    return got["status"], got["headers"], body


def make(**settings: Any) -> Front:
    mounts = {"/Echo.asmx": echo, "/broken": broken, "/stream": stream}
    return Front(mounts, open_paths={"/health/live": stream}, **settings)


@pytest.mark.parametrize("path", ["/Echo.asmx", "/echo.ASMX", "/Echo.asmx/Operation", "/Echo.asmx/a/b"])
def test_paths_lead_to_their_mount_whatever_their_case(path: str) -> None:
    assert call(make(), path)[2] == f"192.0.2.7 {path} x".encode()


@pytest.mark.parametrize("path", ["/", "", "/other", "/Echo.asmxx", "/x/Echo.asmx"])
def test_unknown_path_is_a_turkish_404_that_names_the_services(path: str) -> None:
    status, headers, body = call(make(), path)
    assert (status, headers["Content-Length"]) == ("404 Not Found", str(len(body)))
    assert body.decode() == "Bu adreste bir servis yok. Servisler: /Echo.asmx, /broken, /stream"


def test_failure_outside_an_endpoint_tells_nothing() -> None:
    status, _, body = call(make(), "/broken")
    assert status.startswith("500")
    assert b"secret" not in body


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),  # not a proxy: the header is the client's own invention
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "<script>", "10.0.0.1"),
    ],
)
def test_client_behind_trusted_proxies(peer: str, forwarded: str, client: str) -> None:
    front = make(trusted_proxies=["10.0.0.0/24"])
    body = call(front, "/Echo.asmx", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)[2]
    assert body.startswith(client.encode() + b" ")


def test_overload_is_503_with_retry_after_but_health_answers() -> None:
    front = make(gate=Gate(total=1, per_client=1))
    assert front.gate.enter("192.0.2.1")
    status, headers, _ = call(front, "/Echo.asmx")
    assert status == "503 Service Unavailable"
    assert int(headers["Retry-After"]) > 0
    assert call(front, "/health/live")[0] == "200 OK"
    front.gate.leave("192.0.2.1")
    assert call(front, "/Echo.asmx")[0] == "200 OK"


def test_one_client_cannot_take_every_place() -> None:
    gate = Gate(total=10, per_client=2)
    assert [gate.enter("a") for _ in range(3)] == [True, True, False]
    assert gate.enter("b")


def test_a_streamed_answer_holds_its_place_until_it_ends() -> None:
    front = make(gate=Gate(total=1, per_client=1))
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/stream", "REMOTE_ADDR": "192.0.2.7", "wsgi.input": io.BytesIO()}
    body = front(environ, lambda *_: None)  # type: ignore[arg-type, return-value]
    blocks = iter(body)
    assert next(blocks) == b"a"
    assert front.gate.in_flight == 1
    assert list(blocks) == [b"b"]
    assert front.gate.in_flight == 0


def test_a_streamed_answer_that_is_closed_unread_gives_its_place_back() -> None:
    closed = []

    class Body:
        def __iter__(self) -> Iterator[bytes]:
            return iter([b"a"])

        def close(self) -> None:
            closed.append(True)

    def unread(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return Body()

    front = Front({"/unread": unread}, open_paths={}, gate=Gate(total=1, per_client=1))
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/unread", "REMOTE_ADDR": "192.0.2.7", "wsgi.input": io.BytesIO()}
    answer: Any = front(environ, lambda *_: lambda _: None)
    answer.close()
    answer.close()
    assert closed == [True]
    assert front.gate.in_flight == 0


def test_access_log_has_no_query_header_or_identity_number() -> None:
    out = io.StringIO()
    access = AccessLog(out)
    front = make(access_log=access)
    call(front, "/Echo.asmx/10000000146", QUERY_STRING="Password=gizli", HTTP_AUTHORIZATION="gizli")
    access.flush()
    line = json.loads(out.getvalue())
    assert line["path"] == "/Echo.asmx/***********"
    assert line["status"] == 200
    assert "gizli" not in out.getvalue()
