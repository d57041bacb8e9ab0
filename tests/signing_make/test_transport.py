"""Fetching for the makers: bounded, unfollowed, and never into a private network that a certificate names."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pki.server import Pki

from hub.signing import make
from hub.signing.make import errors

LOCAL = make.HttpTransport(timeout=1.0, size=1000, allow_private=True)


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.recv(65536)
            try:
                answer(connection)
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/x"
    finally:
        listener.close()
        thread.join(5)


def send(*parts: bytes, pause: float = 0.0) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        send(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000),
        send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 5000),
        send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"),
        send(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"),
        send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
        send(b"garbage\r\n\r\n"),
        send(b"HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n", *[b"x"] * 30, pause=0.1),
        send(b"HTTP/1.1 200 OK\r\nX: ", *[b"x"] * 30, b"\r\nContent-Length: 0\r\n\r\n", pause=0.1),
        send(pause=0),
    ],
    ids=["large", "large-unannounced", "cut", "redirect", "missing", "garbage", "trickle", "trickled-head", "nothing"],
)
def test_bad_answers(answer: Callable[[socket.socket], None]) -> None:
    """What trickles would be a good answer for whoever waits three times as long as he may."""
    started = time.monotonic()
    with server(answer) as url, pytest.raises(errors.FetchFailedError):
        LOCAL.get(url)
    assert time.monotonic() - started < 4


def test_private_addresses_are_refused_unless_allowed(pki: Pki) -> None:
    pki.requests.clear()
    for host in ("127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "192.168.1.1", "0.0.0.0"):
        with pytest.raises(errors.FetchFailedError):
            make.HttpTransport(timeout=1).get(f"http://{host}:{pki.url.rpartition(':')[2]}/")
    assert pki.requests == []
    assert LOCAL.get(pki.crl_url("kok-b")).startswith(b"0")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ldap://x/y", "http://", "ftp://127.0.0.1/", "http://[::1", ""])
def test_other_addresses(url: str) -> None:
    with pytest.raises(errors.FetchFailedError):
        LOCAL.get(url)


def test_tsa_of_another_answer(pki: Pki) -> None:
    """A token over other data, or without the nonce, is refused."""
    import hashlib

    from asn1crypto import cms, tsp

    class Replayed:
        def get(self, url: str) -> bytes:
            raise AssertionError(url)

        def post(self, url: str, body: bytes, content_type: str, headers: object = None) -> bytes:
            token = cms.ContentInfo.load(pki.timestamp(hashlib.sha256(self.data).digest()))
            return bytes(tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump())

        def __init__(self, data: bytes) -> None:
            self.data = data

    for data in (b"other", b"data"):
        with pytest.raises(errors.TimestampRefusedError):
            make.Tsa("http://tsa.invalid/", transport=Replayed(data)).timestamp(b"data")


def test_tsa_that_refuses() -> None:
    class Refusing:
        def get(self, url: str) -> bytes:
            raise AssertionError(url)

        def post(self, url: str, body: bytes, content_type: str, headers: object = None) -> bytes:
            return bytes.fromhex("30053003020102")

    with pytest.raises(errors.TimestampRefusedError, match="durum 2"):
        make.Tsa("http://tsa.invalid/", transport=Refusing()).timestamp(b"data")


@pytest.mark.parametrize(
    ("address", "refused"),
    [
        ("64:ff9b::a9fe:a9fe", True),  # NAT64 of 169.254.169.254
        ("64:ff9b::a00:1", True),
        ("64:ff9b::808:808", False),
        ("64:ff9b:1::a00:1", True),  # a network's own NAT64, RFC 8215
        ("::10.0.0.1", True),
        ("::ffff:0:7f00:1", True),  # RFC 2765
        ("fec0::1", True),
        ("ff0e::1", True),
        ("224.0.0.1", True),
        ("2002:7f00:1::1", True),  # 6to4 of 127.0.0.1
        ("::ffff:192.168.0.1", True),
        ("::ffff:8.8.8.8", False),
        ("fe80::1%eth0", True),
        ("2a00:1450:4017::1", False),
    ],
)
def test_an_address_that_leads_into_a_private_network_is_private(
    address: str, refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, 80, 0, 0))]

    def connect(*_: object, **__: object) -> socket.socket:
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", found)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(errors.FetchFailedError) as told:
        make.HttpTransport().get("http://ocsp.example/")
    assert ("özel bir ağda" in told.value.message) is refused
