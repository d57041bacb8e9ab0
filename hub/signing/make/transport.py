"""HTTP for the makers: one request, one bounded answer, no redirects.

Addresses of OCSP, CRL and issuer certificates come out of certificates, so an attacker may choose them; private,
loopback and link-local addresses are refused unless allowed, and the address that was checked is the one connected to.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast
from urllib.parse import SplitResult, urlsplit

from hub import limits
from hub.signing.make.errors import FetchFailedError

_BLOCK: Final = 65536
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""RFC 6052: the last four octets are an IPv4 address, which a translator on the way connects to."""
_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
"""RFC 4291 2.4 and IANA's registry: what global unicast addresses are given out of."""


class Transport(Protocol):
    """What gathers evidence and timestamps; a test or a cache may stand in for :class:`HttpTransport`."""

    def get(self, url: str) -> bytes:
        """The body found at ``url``; raises :class:`FetchFailedError`."""

    def post(self, url: str, body: bytes, content_type: str, headers: Mapping[str, str] | None = None) -> bytes:
        """The body answered to a POST; raises :class:`FetchFailedError`."""


@dataclass(frozen=True, slots=True)
class HttpTransport:
    """HTTP and HTTPS straight from the standard library."""

    timeout: float = limits.EVIDENCE_SECONDS
    """Seconds for the whole exchange."""
    size: int = limits.EVIDENCE_BYTES
    """Octets accepted in an answer."""
    allow_private: bool = False
    """Whether private, loopback and link-local addresses may be connected to."""

    def get(self, url: str) -> bytes:
        """The body found at ``url``. Raises :class:`~hub.signing.make.errors.FetchFailedError`."""
        return self._exchange("GET", url, None, {})

    def post(self, url: str, body: bytes, content_type: str, headers: Mapping[str, str] | None = None) -> bytes:
        """The body answered to a POST. Raises :class:`~hub.signing.make.errors.FetchFailedError`."""
        return self._exchange("POST", url, body, {"Content-Type": content_type, **(headers or {})})

    def _exchange(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> bytes:
        deadline = time.monotonic() + self.timeout
        connection: http.client.HTTPConnection | None = None
        try:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise FetchFailedError(f"Yalnızca http ve https adresleri desteklenir: {_short(url)}")
            connection = self._connect(parts, deadline)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target, body, {"User-Agent": "eyazisma-hub", "Accept": "*/*", **headers})
            with connection.getresponse() as answer:  # it owns the socket when the server closes after answering
                if answer.status != http.client.OK:
                    raise FetchFailedError(f"{_short(url)} adresi {answer.status} durum koduyla yanıt verdi.")
                return self._read(answer, url)
        except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
            raise FetchFailedError(f"{_short(url)} adresine ulaşılamadı ({type(error).__name__}).") from error
        finally:
            if connection is not None:
                connection.close()

    def _connect(self, parts: SplitResult, deadline: float) -> http.client.HTTPConnection:
        host, secure = parts.hostname or "", parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        address = str(found[0][4][0])
        if not self.allow_private and any(not _public(str(entry[4][0])) for entry in found):
            raise FetchFailedError(f"{_short(parts.geturl())} adresi özel bir ağda; bağlanılmadı.")
        raw = socket.create_connection((address, port), timeout=_left(deadline))
        connection = http.client.HTTPConnection(host, port)
        try:
            sock = ssl.create_default_context().wrap_socket(raw, server_hostname=host) if secure else raw
            connection.sock = cast("Any", _Timed(sock, deadline))
        except BaseException:
            raw.close()
            raise
        return connection

    def _read(self, answer: http.client.HTTPResponse, url: str) -> bytes:
        body = bytearray()
        while True:
            block = answer.read1(_BLOCK)
            if not block:
                if answer.length:
                    raise FetchFailedError(f"{_short(url)} adresinin yanıtı yarım kaldı.")
                return bytes(body)
            body += block
            if len(body) > self.size:
                raise FetchFailedError(f"{_short(url)} adresinin yanıtı {self.size} baytı aşıyor.")


class _Timed:
    """A socket as :mod:`http.client` uses it. All that is read of it shares one deadline: a socket's own timeout begins
    anew with every octet that arrives."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline
        self.sendall = sock.sendall
        self.close = sock.close

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reads(self._sock, self._deadline))


class _Reads(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(_left(self._deadline))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _public(address: str) -> bool:
    """Whether the address is one machine's on the public network. One of IPv6 that leads to one of IPv4 is what that
    is; of the others only those count that are given out (the library takes some for global that never were)."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        translated = ipaddress.IPv4Address(found.packed[-4:]) if found in _NAT64 else None
        inner = found.ipv4_mapped or found.sixtofour or translated
        if inner is None:
            return found in _UNICAST and found.is_global
        found = inner
    return found.is_global and not found.is_multicast


def _short(url: str) -> str:
    return url[:200] if url.isprintable() else repr(url[:200])
