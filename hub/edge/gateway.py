"""The gateway between granian's worker threads and the hub's WSGI application.

It does what granian's own does, and then lets a thread whose answer has been given away rest (:mod:`hub.edge.lanes`).
WSGI has no place for that: a thread that waits before it returns holds its answer back. So the function by which
granian's workers make their callback is exchanged, one private name of granian's; ``tests/edge/test_lanes.py`` fails
where a release of granian no longer takes it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final, Protocol
from wsgiref.types import WSGIApplication

from granian.server import mp

from hub.edge.lanes import Lanes
from hub.edge.started import Started

_BASE: Final[dict[str, Any]] = {
    "GATEWAY_INTERFACE": "CGI/1.1",
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "granian",
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
"""What PEP 3333 asks for beside what granian says of the request. The process's environment, which granian would add,
holds secrets and is of no use here."""


class _Transport(Protocol):
    """granian's end of one request; each method gives the answer away, before it returns or while it runs."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes, /) -> None: ...

    def response_iter(self, status: int, headers: list[tuple[str, str]], body: Any, /) -> None: ...


def install(lanes: int) -> None:
    """Let the workers of every server made from now on call their application through a gateway with ``lanes``."""
    mp._wsgi_call_wrap = partial(_callback, lanes)  # type: ignore[attr-defined]


def _callback(lanes: int, application: WSGIApplication, *_: object) -> Callable[[_Transport, dict[str, Any]], None]:
    """What a worker of granian calls for each request, with its transport and what is known of the request."""
    threads = Lanes(lanes)
    base = {**_BASE, "wsgi.errors": sys.stderr}

    def answer(transport: _Transport, environ: dict[str, Any]) -> None:
        threads.enter()
        start = Started()
        try:
            environ.update(base)
            body = application(environ, start)
            if isinstance(body, list):
                transport.response_bytes(start.code, start.headers, body[0] if len(body) == 1 else b"".join(body))
            else:
                transport.response_iter(start.code, start.headers, _Blocks(body))
        finally:
            # granian holds a body that was not read until this returns, and its connection stays open as long
            threads.leave(rest=start.code == 200 and environ["REQUEST_METHOD"] == "POST")

    return answer


class _Blocks:
    """A streamed answer as granian takes it: it asks the object itself for the next block, and closes it."""

    __slots__ = ("__next__", "_body")

    def __init__(self, body: Iterable[bytes]) -> None:
        self._body = body
        self.__next__ = iter(body).__next__

    def close(self) -> None:
        if callable(close := getattr(self._body, "close", None)):
            close()
