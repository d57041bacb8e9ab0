"""Close the connection of a client that sends its request or reads its answer too slowly.

The WSGI server hands a request over as soon as its headers are read; a body that never arrives, or an answer that is
never read, then holds a thread for as long as the client likes. WSGI has no way to give up a blocking read, so a
watchdog thread shuts the client's socket down and the read or write ends by itself.

WSGI tells the client's address but not its port. Of the sockets connected to that address, only those to which nothing
was sent since the overdue wait began are closed: the overdue one is always among them, an answer that flows never is.
Connections from a trusted proxy are left alone: closing one might hit another user's request, and a proxy has time
limits of its own.
"""

from __future__ import annotations

import os
import socket
import stat
import struct
import threading
import time
from itertools import count

_TCP_ESTABLISHED = 1
_TCP_INFO = struct.Struct("=8B12I")
"""The head of Linux's ``struct tcp_info``: eight bytes, of which the first is the state, then 32-bit figures of which
the tenth is ``tcpi_last_data_sent`` in milliseconds."""


class Watchdog:
    """Watches waits for clients; :meth:`begin` and :meth:`end` bracket each wait.

    The thread starts with the first wait, so that it lives in the worker process and not in one that forks.
    """

    def __init__(self, interval: float = 1.0) -> None:
        self._interval = interval
        self._waits: dict[int, tuple[float, float, str]] = {}
        self._numbers = count()
        self._start = threading.Lock()
        self._started = False
        self.closed = 0
        """Connections shut down so far."""

    def begin(self, client: str, seconds: float, now: float | None = None) -> int:
        """Note that a wait for ``client`` (an IP address) begins that may last ``seconds``; returns its ticket. ``now``
        is the monotonic clock's time, where the caller has just asked for it."""
        if not self._started:
            self._run_once()
        began = time.monotonic() if now is None else now
        ticket = next(self._numbers)
        self._waits[ticket] = (began + seconds, began, client)
        return ticket

    def end(self, ticket: int) -> None:
        """The wait with this ``ticket`` is over."""
        self._waits.pop(ticket, None)

    def _run_once(self) -> None:
        with self._start:
            if not self._started:
                threading.Thread(target=self._watch, name="client-deadlines", daemon=True).start()
                self._started = True

    def _watch(self) -> None:
        while True:
            time.sleep(self._interval)
            now = time.monotonic()
            overdue = [(began, client) for end, began, client in list(self._waits.values()) if now > end]
            for client in {client for _, client in overdue}:
                silent = now - max(began for began, who in overdue if who == client)
                self.closed += shut_silent(client, silent)


def _is_socket(descriptor: int) -> bool:
    return stat.S_ISSOCK(os.fstat(descriptor).st_mode)


def shut_silent(client: str, seconds: float) -> int:
    """Shut down this process's TCP connections to address ``client`` that were sent nothing for ``seconds``.

    Returns how many. The hub's own outgoing connections are not told apart from its clients'; one to the same address
    is closed only when it was silent as long, and what uses it connects anew.
    """
    shut = 0
    for name in os.listdir("/proc/self/fd"):
        try:
            if not _is_socket(int(name)):
                continue  # never copied: closing the copy would give up this process's locks on the file (fcntl(2))
            descriptor = os.dup(int(name))
        except OSError:
            continue  # gone since the listing
        if not _is_socket(descriptor):
            continue  # became a file in between: for the same reason the copy stays open
        with socket.socket(fileno=descriptor) as connection:
            try:
                if connection.type != socket.SOCK_STREAM or connection.getpeername()[0] != client:
                    continue
                info = _TCP_INFO.unpack(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size))
                if info[0] == _TCP_ESTABLISHED and info[8 + 9] >= seconds * 1000:
                    connection.shutdown(socket.SHUT_RDWR)
                    shut += 1
            except (OSError, IndexError):
                continue  # a UNIX or listening socket, or a peer that has just gone
    return shut
