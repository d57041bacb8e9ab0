"""The server process: granian with the hub's WSGI application, one worker a core.

Worker threads contend for the interpreter lock; kept on one core they hand it over without waking another, which more
than doubles what a worker answers. So each worker is pinned to a core of its own while there are enough of them.
"""

from __future__ import annotations

import fcntl
import gc
import logging
import os
import shutil
import socket
from pathlib import Path
from typing import Final

from granian import Granian
from granian.constants import Interfaces

from hub.config import Settings
from hub.edge import metrics
from hub.errors import ConfigError
from hub.limits import SERVER_THREADS

_STOP_SECONDS: Final = 35
"""A stopping worker may finish its requests for this long; a little above the time a slow sender has."""

_COLLECT_EVERY: Final = 20_000
"""Objects made before the interpreter looks for cycles; a call makes some dozens and leaves no cycle, so looking each
700 (the default) is work for nothing."""

_slots: list[int] = []
"""Open descriptors whose locks say which cores this process has taken; held until the process ends."""


def serve(
    settings: Settings, *, host: str, port: int, workers: int, certificate: Path | None, key: Path | None
) -> None:
    """Serve ``hub.app`` until SIGINT or SIGTERM; requests under way are finished first.

    ``certificate`` and ``key`` are PEM files for TLS (the key PKCS #8); without them plain HTTP is served, for use
    behind a proxy. Raises :class:`~hub.errors.ConfigError` when the address cannot be bound.
    """
    _see_that_it_is_free(host, port)
    settings.data.mkdir(parents=True, exist_ok=True)
    figures = settings.data / "metrics"
    shutil.rmtree(figures, ignore_errors=True)
    figures.mkdir()
    os.environ[metrics.FOLDER] = str(figures)
    os.environ["HUB_WORKERS"] = str(workers)
    os.environ.update(settings.environ())
    logging.getLogger("_granian").addFilter(_unless_expected)
    server = Granian(
        "hub.app:application",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=SERVER_THREADS,
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_SECONDS,
        ssl_cert=certificate,
        ssl_key=key,
        process_name=None,
    )
    try:
        server.serve()
    except OSError as error:
        raise ConfigError(f"{host}:{port} adresi açılamadı: {error.strerror}") from error


def _see_that_it_is_free(host: str, port: int) -> None:
    """Refuse an address that is taken: workers share their port (``SO_REUSEPORT``), so a second server would start
    beside the first and get some of its calls."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise ConfigError(f"{host}:{port} adresi açılamadı: {error.strerror}") from error


def _unless_expected(record: logging.LogRecord) -> bool:
    """Whether to log it: all but granian's advice against many threads, which are meant (:data:`SERVER_THREADS`)."""
    return "Python threads, which seems quite high" not in str(record.msg)


def settle(settings: Settings) -> None:
    """Called in a worker once it has loaded everything: take a core, and keep what is loaded out of collections."""
    workers = int(os.environ.get("HUB_WORKERS", "0"))
    cores = sorted(os.sched_getaffinity(0))
    if 0 < workers <= len(cores):
        _take_core(settings.data, cores)
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_EVERY, 20, 20)


def _take_core(folder: Path, cores: list[int]) -> None:
    for number, core in enumerate(cores):
        descriptor = os.open(folder / f"worker-{number}.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        _slots.append(descriptor)
        os.sched_setaffinity(0, {core})
        return
