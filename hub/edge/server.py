"""The server process: granian with the hub's WSGI application, one worker a core.

Worker threads contend for the interpreter lock; kept on one core they hand it over without waking another, which more
than doubles what a worker answers. So each worker is pinned to a core of its own while there are enough of them, and
there its threads do not interrupt each other: the one that speaks to the network takes over when the one that computes
has nothing left to do, and finds several answers to send, instead of being switched to for each. That is a fifth of
what a small call costs. The price: where other programs want the same core, the hub waits for their turn to end.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import gc
import logging
import os
import shutil
import signal
import socket
from collections.abc import Callable
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Final

from granian import Granian
from granian.constants import Interfaces, SSLProtocols

from hub.config import Settings
from hub.edge import gateway, metrics
from hub.errors import ConfigError
from hub.limits import LANES, LANES_AWAY, SERVER_THREADS

WORKERS: Final = "HUB_WORKERS"
"""Variable of the environment by which a process knows that it is a worker, and one of how many."""

_STOP_SECONDS: Final = 35
"""A stopping worker may finish its requests for this long; a little above the time a slow sender has."""

_COLLECT_EVERY: Final = 20_000
"""Objects made before the interpreter looks for cycles; a call makes some dozens and leaves no cycle, so looking each
700 (the default) is work for nothing."""

_PARENT_DEATH_SIGNAL: Final = 1
"""``PR_SET_PDEATHSIG`` of Linux's ``prctl``."""

_ARENAS: Final = -8
"""``M_ARENA_MAX`` of glibc's ``mallopt``: the most heaps it keeps. It would give the worker's threads eight a core, of
which one runs at a time, and each keeps what it once was given."""

_REFUSALS: Final = {
    errno.EADDRINUSE: "bu bağlantı noktasını (port) başka bir program kullanıyor",
    errno.EACCES: "bu bağlantı noktası (port) için izin yok",
    errno.EADDRNOTAVAIL: "bu makinenin böyle bir adresi yok",
}

_slots: list[int] = []
"""Open descriptors whose locks say which cores this process has taken; held until the process ends."""


def serve(
    settings: Settings,
    *,
    host: str,
    port: int,
    workers: int,
    certificate: Path | None,
    key: Path | None,
    application: str = "hub.app:application",
) -> None:
    """Serve until SIGINT or SIGTERM what ``application`` (module:function) makes in each worker; requests under way are
    finished first.

    ``certificate`` and ``key`` are PEM files for TLS (the key PKCS #8); without them plain HTTP is served, for use
    behind a proxy. Raises :class:`~hub.errors.ConfigError` when the address cannot be bound, OSError when the data
    folder cannot be written.
    """
    address = check_address(host, port)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    figures = settings.data / "metrics"
    shutil.rmtree(figures, ignore_errors=True)
    figures.mkdir()
    os.environ[metrics.FOLDER] = str(figures)
    os.environ[WORKERS] = str(workers)
    os.environ.update(settings.environ())
    logging.getLogger("_granian").addFilter(_unless_expected)
    gateway.install(_lanes(settings))
    server = Granian(
        application,
        factory=True,
        address=address,
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
        ssl_protocol_min=SSLProtocols.tls12,  # .NET clients of the KAYSİS contract offer nothing newer
        process_name=None,
    )
    server.serve()


def _lanes(settings: Settings) -> int:
    """Threads of a worker that are kept free: more where a call waits for a database server instead of computing."""
    return LANES_AWAY if settings.database.startswith("postgresql") else LANES


def check_address(host: str, port: int) -> str:
    """The IP address of ``host``, where ``port`` is free to listen on; binds and lets go at once.

    granian lets several servers listen on one port, so that a second one would start without a word and take half of
    the first one's calls. Raises :class:`~hub.errors.ConfigError` where the address is taken, not allowed or not here.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        raise ConfigError(f"{host} diye bir adres bulunamadı.") from None
    except OSError as error:
        why = _REFUSALS.get(error.errno or 0, error.strerror)
        raise ConfigError(f"{host}:{port} adresi açılamadı: {why}.") from error
    return str(address[0])


def enter_worker(at_end: Callable[[], object]) -> None:
    """Called first in a process that granian forked: how it ends; ``at_end`` is called when it ends in order.

    A worker leaves the terminal's group of processes, so that Ctrl-C reaches the main process alone, which then ends
    the workers: granian's workers may hang on two signals at once. Until granian has set its handlers, a signal ends
    the worker; and a worker does not outlive a main process that was killed, because it would keep the port.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.setpgid(0, 0)
    libc = ctypes.CDLL(None)
    libc.prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM, 0, 0, 0)
    if hasattr(libc, "mallopt"):
        libc.mallopt(_ARENAS, 2)
    Finalize(None, at_end, exitpriority=0)


def _unless_expected(record: logging.LogRecord) -> bool:
    """Whether to log it: all but granian's advice against many threads, which are meant (:data:`SERVER_THREADS`)."""
    return "Python threads, which seems quite high" not in str(record.msg)


def settle(settings: Settings) -> None:
    """Called in a worker once it has loaded everything: take a core, and keep what is loaded out of collections."""
    workers = int(os.environ.get(WORKERS, "0"))
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
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))  # threads made from now on inherit it
        return
