"""Slow clients against a real server: their connections are closed at the deadline, everybody else is answered."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse

import pytest
from parts.serving import serving
from parts.waiting import HUNG, until

from hub.edge import front as front_module
from hub.edge.deadline import Watchdog
from hub.edge.front import Front


def application() -> Front:
    front_module.BODY_SECONDS = 1  # type: ignore[misc]
    front_module.SEND_SECONDS = 1  # type: ignore[misc]

    def length(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        body = str(len(environ["wsgi.input"].read())).encode()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    def endless(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return (b"x" * 65536 for _ in range(100_000))

    def closed(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        body = f"{front.watchdog.closed} {front.gate.in_flight}".encode()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    front = Front({"/length": length, "/endless": endless}, open_paths={"/closed": closed}, watchdog=Watchdog(0.1))
    return front


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving("tests.edge.test_slow_clients:application", threads=16, gateway="hub") as number:
        yield number


def ask(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), HUNG) as connection:
        connection.sendall(request)
        return connection.recv(4096)


def post(path: str, length: int, body: bytes) -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode() + body


def in_flight(port: int) -> str:
    return ask(port, b"GET /closed HTTP/1.1\r\nHost: x\r\n\r\n").rpartition(b"\r\n")[2].decode()


def until_idle(port: int) -> None:
    until(lambda: in_flight(port).endswith(" 0"))


def test_a_body_that_stops_is_cut_and_others_are_answered(port: int) -> None:
    slow = [socket.create_connection(("127.0.0.1", port), HUNG) for _ in range(8)]
    for connection in slow:
        connection.sendall(post("/length", 1000, b"abc"))
    assert ask(port, post("/length", 3, b"abc")).endswith(b"3")
    for connection in slow:
        while connection.recv(4096):
            pass  # whatever is said, the end must come
        connection.close()
    until_idle(port)


def test_a_body_that_trickles_is_cut(port: int) -> None:
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), HUNG) as connection:
        connection.sendall(post("/length", 100_000, b""))
        with pytest.raises(OSError):  # noqa: PT012
            while time.monotonic() < began + 8:
                connection.sendall(b"a")
                time.sleep(0.05)
    assert time.monotonic() - began < 8
    until_idle(port)


def test_an_answer_that_nobody_reads_is_cut_while_a_read_one_flows(port: int) -> None:
    with (
        socket.create_connection(("127.0.0.1", port), HUNG) as sleeper,
        socket.create_connection(("127.0.0.1", port), HUNG) as reader,
    ):
        sleeper.sendall(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
        reader.sendall(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
        end = time.monotonic() + 4
        while time.monotonic() < end:
            assert reader.recv(65536)
            time.sleep(0.002)
    until_idle(port)


def test_a_chunked_body_and_expect_continue_arrive(port: int) -> None:
    chunked = b"POST /length HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    assert ask(port, chunked).endswith(b"5")
    with socket.create_connection(("127.0.0.1", port), HUNG) as connection:
        connection.sendall(b"POST /length HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        connection.sendall(b"abcd")
        assert connection.recv(1000).endswith(b"4")
