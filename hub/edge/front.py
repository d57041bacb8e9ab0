"""The front: one WSGI application that leads a request to the endpoint mounted at its path.

It adds what every endpoint needs and none should care about: the client's address behind trusted proxies, the overload
gate, deadlines for slow clients, the access log, and an answer for whatever fails.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from ipaddress import ip_address, ip_network
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIApplication

from hub.edge.access_log import AccessLog
from hub.edge.deadline import Watchdog
from hub.edge.gate import Gate
from hub.edge.started import Started
from hub.errors import place
from hub.limits import BODY_SECONDS, REQUESTS_IN_FLIGHT, REQUESTS_PER_CLIENT, RETRY_AFTER, SEND_SECONDS

log = logging.getLogger(__name__)

Environ = dict[str, Any]

_TEXT: Final = "text/plain; charset=utf-8"


class Front:
    """Leads requests to ``mounts`` (path → WSGI application; a path also answers for what lies beneath it).

    Paths compare without regard to case, as on the platform that the KAYSİS contract comes from. ``open_paths`` are
    those that the gate never refuses: health and metrics. ``trusted_proxies`` are addresses or networks (CIDR).
    Raises ValueError for one that is none.
    """

    def __init__(
        self,
        mounts: Mapping[str, WSGIApplication],
        *,
        open_paths: Mapping[str, WSGIApplication],
        access_log: AccessLog | None = None,
        trusted_proxies: Iterable[str] = (),
        gate: Gate | None = None,
        watchdog: Watchdog | None = None,
    ) -> None:
        self._mounts = {path.lower(): application for path, application in mounts.items()} | dict(mounts)
        self._open = dict(open_paths)
        self._nothing = f"Bu adreste bir servis yok. Servisler: {', '.join(mounts)}".encode()
        self._log = access_log
        self._proxies = tuple(ip_network(proxy, strict=False) for proxy in trusted_proxies)
        self.gate = gate or Gate(REQUESTS_IN_FLIGHT, REQUESTS_PER_CLIENT)
        self.watchdog = watchdog or Watchdog()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()
        path = environ["PATH_INFO"]
        if path in self._open:
            return self._open[path](environ, start_response)
        peer = environ.get("REMOTE_ADDR", "")
        proxied = bool(self._proxies) and self._is_proxy(peer)
        client = self._forwarded(environ, peer) if proxied else peer
        environ["hub.client"] = client
        environ["hub.proxied"] = proxied
        status = start_response if isinstance(start_response, Started) else Started(start_response)
        body: Iterable[bytes]
        if not self.gate.enter(client):
            body = _plain(
                status, "503 Service Unavailable", "Sunucu şu anda çok yoğun, birazdan yeniden deneyin.", True
            )
            self._note(environ, client, path, status.code, began)
            return body
        watched = "" if proxied else peer
        if watched:
            environ["wsgi.input"] = _TimedInput(environ["wsgi.input"], self.watchdog, watched)
        try:
            body = (self._mounts.get(path) or self._lead(path))(environ, status)
        except Exception as error:
            log.error("request failed outside its endpoint: %s", place(error))
            body = _plain(status, "500 Internal Server Error", "Beklenmeyen bir hata oluştu.")
        if isinstance(body, list):
            self.gate.leave(client)
            self._note(environ, client, path, status.code, began)
            return body
        return _Stream(body, self.watchdog, watched, partial(self._end, environ, client, status, began))

    def _lead(self, path: str) -> WSGIApplication:
        """What answers for a path that is not just a mounted one as it is spelled."""
        found = self._mounts.get(path.lower())
        if found is None:
            head = path.lower()
            while found is None and "/" in head.rstrip("/"):
                head = head.rpartition("/")[0]
                found = self._mounts.get(head or "/")
                if not head:
                    break
        return found or self._missing

    def _missing(self, environ: Environ, start_response: StartResponse) -> list[bytes]:
        """Who opens the server's bare address in a browser learns where the services are."""
        headers = [("Content-Type", _TEXT), ("Content-Length", str(len(self._nothing)))]
        start_response("404 Not Found", headers)
        return [self._nothing]

    def _end(self, environ: Environ, client: str, status: Started, began: float) -> None:
        """A streamed answer is over."""
        self.gate.leave(client)
        self._note(environ, client, environ["PATH_INFO"], status.code, began)

    def _note(self, environ: Environ, client: str, path: str, code: int, began: float) -> None:
        if self._log is not None:
            about = environ.get("hub.about", "")
            self._log.add(client, environ["REQUEST_METHOD"], path, code, time.perf_counter() - began, about)

    def _is_proxy(self, address: str) -> bool:
        try:
            return any(ip_address(address) in network for network in self._proxies)
        except ValueError:
            return False

    def _forwarded(self, environ: Environ, peer: str) -> str:
        """The nearest address of ``X-Forwarded-For`` that is not itself a trusted proxy's."""
        for address in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
            candidate = address.strip()
            if candidate and not self._is_proxy(candidate):
                return candidate if _is_address(candidate) else peer
        return peer


class _Stream:
    """A streamed answer; each block has a deadline until the client takes the next.

    It ends once, read to its end, broken off, or closed before its first block was asked for: a generator would not
    notice the last, and its place at the gate would be lost.
    """

    __slots__ = ("_blocks", "_body", "_ended", "_ticket", "_watchdog", "_watched")

    def __init__(self, body: Iterable[bytes], watchdog: Watchdog, watched: str, ended: Callable[[], None]) -> None:
        self._body = body
        self._blocks = iter(body)
        self._watchdog = watchdog
        self._watched = watched
        self._ended: Callable[[], None] | None = ended
        self._ticket: int | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        self._taken()
        try:
            block = next(self._blocks)
        except BaseException:
            self.close()
            raise
        if self._watched:
            self._ticket = self._watchdog.begin(self._watched, SEND_SECONDS)
        return block

    def close(self) -> None:
        ended, self._ended = self._ended, None
        if ended is None:
            return
        self._taken()
        try:
            if callable(close := getattr(self._body, "close", None)):
                close()
        finally:
            ended()

    def _taken(self) -> None:
        if self._ticket is not None:
            self._watchdog.end(self._ticket)
            self._ticket = None


class _TimedInput:
    """The request's body with one deadline for all of it."""

    __slots__ = ("_client", "_end", "_input", "_watchdog")

    def __init__(self, source: Any, watchdog: Watchdog, client: str) -> None:
        self._input = source
        self._watchdog = watchdog
        self._client = client
        self._end = 0.0

    def read(self, size: int = -1) -> bytes:
        now = time.monotonic()
        if not self._end:
            self._end = now + BODY_SECONDS
        ticket = self._watchdog.begin(self._client, self._end - now, now)
        try:
            data: bytes = self._input.read(size) if size >= 0 else self._input.read()
        finally:
            self._watchdog.end(ticket)
        return data


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _plain(start: Started, status: str, text: str, again: bool = False) -> list[bytes]:
    body = text.encode()
    headers = [("Content-Type", _TEXT), ("Content-Length", str(len(body)))]
    if again:
        headers.append(("Retry-After", str(RETRY_AFTER)))
    start(status, headers)
    return [body]
