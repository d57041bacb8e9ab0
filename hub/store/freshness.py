"""How far the journal is, asked at each request at the cost of microseconds.

On SQLite the counters are read, on a connection kept for it, whenever anything was committed since they were
read last, which :mod:`hub.store.walindex` tells without asking SQLite. On PostgreSQL a thread of its own listens to
what each commit announces, and asks itself each :data:`~hub.limits.FRESHNESS_POLL` seconds in case an announcement was
lost; what this process commits itself it knows at once. While the listening connection is down every question goes to
the database, so that no answer is older than it says.

Where the database does not answer at all, the last serial heard of it may go on counting for a while: what is kept in
files and memory for that serial is then still answered, by whoever says so (:meth:`Freshness.away`).
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg

from hub import limits
from hub.store.change import NOTIFY_CHANNEL
from hub.store.database import Database
from hub.store.errors import DatabaseUnavailableError
from hub.store.walindex import WalIndex

_log = logging.getLogger("hub.store")

_BOTH = "SELECT name, serial FROM counter WHERE name IN ('journal', 'access')"


class Freshness:
    """The last committed serial, for one process. Make one after the process was forked; close it at the end."""

    def __init__(self, database: Database, stale_seconds: float = 0) -> None:
        """``stale_seconds``: for how long after it stopped answering the last serial heard of the database goes on
        counting as the last one. 0: not at all, every question then raises."""
        self._database = database
        self._embedded = database.embedded
        self._stale_seconds = stale_seconds
        self._away_since: float | None = None
        self._ask_again = 0.0
        self._idle: list[sqlite3.Connection] = []
        self._index: WalIndex | None = None
        self._known: tuple[bytes | None, dict[str, int]] = (None, {})
        self._serials = {"journal": 0, "access": 0}
        self._good_until = 0.0
        self._stop = threading.Event()
        self._listening: Any = None
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def serial(self, counter: str = "journal") -> int:
        """The last committed serial of ``journal`` or ``access``.

        On PostgreSQL a commit of another process may be missing for as long as its announcement travels, at most
        :data:`~hub.limits.FRESHNESS_POLL` seconds. Raises :class:`~hub.store.errors.DatabaseUnavailableError` where
        the database does not answer, and has not for longer than is allowed; until then see :meth:`away`.
        """
        if self._embedded:
            index = self._index
            mark = None if index is None else index.mark()
            known, serials = self._known
            if mark is None or mark != known:
                serials = self._asked(self._read)
                if self._away_since is None:
                    self._known = (mark, serials)  # the mark is the older of the two, so it never promises too much
            return serials[counter]
        if self._thread is None:
            self._start()
        if time.monotonic() < self._good_until:
            return max(self._serials[counter], self._database.last_committed[counter])
        return self._asked(self._from_server)[counter]

    def away(self) -> float | None:
        """For how many seconds the database has not answered; None where it did when it was asked last."""
        since = self._away_since
        return None if since is None else time.monotonic() - since

    def _asked(self, ask: Callable[[], dict[str, int]]) -> dict[str, int]:
        """Both counters as ``ask`` finds them; while the database is away the last ones, as long as that is allowed.

        One thread at a time finds out whether it is back, so that the others need not wait for it.
        """
        now = time.monotonic()
        if self._away_since is not None:
            if now < self._ask_again and self._may_be_stale():
                return self.heard()
            self._ask_again = now + limits.FRESHNESS_POLL
        try:
            found = ask()
        except DatabaseUnavailableError:
            self._gone()
            if not self._may_be_stale():
                raise
            return self.heard()
        self._serials = found
        self._back()
        return found

    def _may_be_stale(self) -> bool:
        away = self.away()
        return away is not None and away < self._stale_seconds and self._serials["journal"] > 0

    def heard(self) -> dict[str, int]:
        """The last serials heard of, by counter, without asking; 0 where nothing was heard yet."""
        return {name: max(serial, self._database.last_committed[name]) for name, serial in self._serials.items()}

    def _gone(self) -> None:
        now = time.monotonic()
        self._ask_again = now + limits.FRESHNESS_POLL
        if self._away_since is None:
            self._away_since = now
            _log.error("the database does not answer; the last serial heard of it is %d", self._serials["journal"])

    def _back(self) -> None:
        away = self.away()
        if away is not None:
            self._away_since = None
            _log.warning("the database answers again after %d s", away)

    def _from_server(self) -> dict[str, int]:
        """Both counters, from PostgreSQL."""
        with self._database.read() as connection:
            return {str(name): int(serial) for name, serial in connection.exec_driver_sql(_BOTH)}

    def _read(self) -> dict[str, int]:
        """Both counters, from the database."""
        connection = None
        try:
            connection = self._take()
            found = dict(connection.execute(_BOTH).fetchall())
            serials = {"journal": found["journal"], "access": found["access"]}
        except (sqlite3.Error, KeyError) as error:
            self._index = None  # which is right only while a connection is open
            if connection is not None:
                connection.close()
            raise DatabaseUnavailableError("Veritabanına ulaşılamıyor.") from error
        self._idle.append(connection)
        if self._index is None and self._database.url.database is not None:
            self._index = WalIndex.of(self._database.url.database)
        return serials

    def close(self) -> None:
        """Stop listening and give the connections back."""
        self._stop.set()
        self._index = None
        with contextlib.suppress(psycopg.Error, AttributeError):
            self._listening.close()
        if self._thread is not None:
            self._thread.join(timeout=2 * limits.FRESHNESS_POLL)
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> sqlite3.Connection:
        """A connection for one question; threads come and go, so none has its own."""
        with contextlib.suppress(IndexError):
            return self._idle.pop()
        path = self._database.url.database
        assert path is not None
        connection = sqlite3.connect(path, timeout=limits.DATABASE_WAIT, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA query_only = ON")
        return connection

    def _start(self) -> None:
        with self._lock:
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._listen, name="eyhub-freshness", daemon=True)
                self._thread.start()

    def _listen(self) -> None:
        _, arguments = self._database.reader.dialect.create_connect_args(self._database.url)
        while not self._stop.is_set():
            try:
                with psycopg.connect(
                    **arguments, autocommit=True, connect_timeout=limits.DATABASE_CONNECT
                ) as connection:
                    self._listening = connection
                    connection.execute(f"LISTEN {NOTIFY_CHANNEL}")
                    self._follow(connection)
            except psycopg.Error:
                self._good_until = 0.0
                self._stop.wait(limits.FRESHNESS_POLL)

    def _follow(self, connection: psycopg.Connection[Any]) -> None:
        while not self._stop.is_set():
            self._serials = dict(connection.execute(_BOTH).fetchall())
            self._back()
            self._good_until = time.monotonic() + 3 * limits.FRESHNESS_POLL
            for notice in connection.notifies(timeout=limits.FRESHNESS_POLL, stop_after=1):
                counter, _, serial = notice.payload.partition(" ")
                if counter in self._serials and serial.isdecimal():
                    self._serials[counter] = max(self._serials[counter], int(serial))
