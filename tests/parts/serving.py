"""A WSGI application on a real socket: granian in a process of its own, as in production, for tests of the wire."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.types import WSGIApplication

from parts.waiting import HUNG, until

_SERVER = """
import sys
from granian import Granian
from granian.constants import Interfaces
factory, port, threads, gateway = sys.argv[1:]
if gateway == "hub":
    from hub.edge import gateway
    gateway.install(1)
Granian(factory, factory=True, address="127.0.0.1", port=int(port), interface=Interfaces.WSGI, workers=1,
        blocking_threads=int(threads), websockets=False, log_enabled=False).serve()
"""
ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def serving(factory: str, *, threads: int = 16, gateway: str = "granian", **environ: str) -> Iterator[int]:
    """Serve what the factory ``module:function`` makes, with ``threads`` behind ``gateway``: granian's own, or ``hub``,
    the one of :mod:`hub.edge.gateway`. Gives the port; the server must end in order when it is told to. ``tests`` is on
    the module path."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER, factory, str(port), str(threads), gateway],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", **environ},
    )

    def listens() -> bool:
        assert process.poll() is None, f"the server for {factory} ended with {process.returncode}"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return False

    try:
        until(listens)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(HUNG)
    assert code == 0, f"the server for {factory} ended with {code}"


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Keep the tests' output free of access lines."""


@contextlib.contextmanager
def serving_here(application: WSGIApplication) -> Iterator[int]:
    """The same with ``application`` itself, in a thread of this process: where the server is not what is tested."""
    server = make_server("127.0.0.1", 0, application, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
