"""What is answered from a file at one serial, and right for every later one.

A file shows the registry at the serial it was made at. Units that changed since are remembered by number, and asked of
the database instead; when they become many, the file is made anew in the background by one process of all. Where there
is no file yet, or too much changed at once, everything is asked of the database until there is one.
"""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final, Generic, TypeVar

from sqlalchemy import Connection, func, select

from hub import limits
from hub.errors import place
from hub.registry.changed import UNIT_SUBJECTS, changed_after
from hub.registry.serials import serial as serial_of
from hub.registry.snapshot import Shelf, Snapshot, Writer
from hub.store.database import Database
from hub.store.freshness import Freshness
from hub.store.schema import JournalEntry

_log: Final = logging.getLogger("hub.registry")


F = TypeVar("F", bound="File")
V = TypeVar("V")


class File:
    """An open file of some kind."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot


@dataclass(slots=True)
class State(Generic[F, V]):
    """One file and what changed since. Replaced as a whole, never altered but for ``kept``."""

    file: F | None
    seen: int
    """The serial up to which ``touched`` is complete."""
    touched: frozenset[int] | None
    """Units that are not what the file says; None: any may be."""
    kept: dict[int, V] = field(default_factory=dict)
    """What was made for touched units since."""


class Live(ABC, Generic[F, V]):
    """The common part of everything that is kept in a file and brought up to date by the journal."""

    subjects: ClassVar[tuple[str, ...]] = UNIT_SUBJECTS
    """Entries of the journal about these facts may make a row of the file wrong."""

    def __init__(self, database: Database, freshness: Freshness, folder: Path, stem: str) -> None:
        self.database = database
        self._freshness = freshness
        self._shelf = Shelf(folder, stem)
        self._state: State[F, V] = State(None, -1, None)
        self._lock = threading.Lock()
        self._builder: threading.Thread | None = None
        self._built = -limits.REBUILD_PAUSE

    @abstractmethod
    def _write(self, connection: Connection, writer: Writer) -> None:
        """Write the sections of the file for the state that ``connection`` sees."""

    @abstractmethod
    def _open(self, snapshot: Snapshot) -> F:
        """The file as this kind reads it."""

    def state(self) -> State[F, V]:
        """What is known as of now: every change committed before the call is in it, unless the database is away."""
        serial = self._freshness.serial()
        state = self._state
        if state.seen == serial:
            return state
        if state.file is not None and state.touched is not None and self._freshness.away() is not None:
            return state  # what came after it cannot be read now; see :attr:`seen`
        return self._refresh(serial)

    @property
    def serial(self) -> int:
        """The serial that answers given now show."""
        return self.state().seen

    @property
    def seen(self) -> int:
        """The serial that answers showed last, without asking anybody; -1 before the first."""
        return self._state.seen

    def prepare(self) -> None:
        """Make the file if there is none, or adopt the one there is; called once before a worker serves. Waits for
        another process that is writing it."""
        state = self.state()
        if state.file is None or state.touched is None:
            self._build(wait=True)

    def close(self) -> None:
        """Wait for a file that is being written; called before the database is closed."""
        builder = self._builder
        if builder is not None:
            builder.join()

    def _refresh(self, serial: int) -> State[F, V]:
        with self._lock:
            before = self._state
            if before.seen == serial:
                return before
            with self.database.read() as connection:
                self._state = state = self._next(connection, before)
        if _worn(state.touched):
            self._build_behind()
        return state

    def _next(self, connection: Connection, before: State[F, V]) -> State[F, V]:
        now = serial_of(connection)
        if before.file is None or before.touched is None or before.seen > now:
            return self._from_disk(connection, after=-1) or State(None, now, None)
        more = self._touched(connection, before.seen)
        if more is None or len(more) + len(before.touched) > limits.TOUCHED_UNITS:
            newer = self._from_disk(connection, after=before.file.snapshot.serial)
            return newer or State(before.file, now, None)
        kept = {number: value for number, value in list(before.kept.items()) if number not in more}
        return State(before.file, now, before.touched | more, kept)

    def _from_disk(self, connection: Connection, after: int) -> State[F, V] | None:
        snapshot = self._shelf.newest(connection, after)
        if snapshot is None:
            return None
        return State(self._open(snapshot), serial_of(connection), self._touched(connection, snapshot.serial))

    def _touched(self, connection: Connection, after: int) -> frozenset[int] | None:
        """Units that changed after a serial; None for too many to be remembered."""
        entries = (
            select(JournalEntry.serial)
            .where(JournalEntry.serial > after, JournalEntry.subject.in_(self.subjects))
            .limit(limits.TOUCHED_UNITS + 1)
        )
        count = connection.execute(select(func.count()).select_from(entries.subquery())).scalar_one()
        if after <= 0 or count > limits.TOUCHED_UNITS:
            return None
        found = self._changed_after(connection, after)
        return found if len(found) <= limits.TOUCHED_UNITS else None

    def _changed_after(self, connection: Connection, after: int) -> frozenset[int]:
        """The units that the journal's entries about :attr:`subjects` after a serial touch."""
        return frozenset(changed_after(connection, after))

    def _build_behind(self) -> None:
        with self._lock:
            running = self._builder is not None and self._builder.is_alive()
            if running or time.monotonic() - self._built < limits.REBUILD_PAUSE:
                return
            self._built = time.monotonic()
            self._builder = threading.Thread(target=self._build_quietly, name="eyhub-snapshot", daemon=True)
            self._builder.start()

    def _build_quietly(self) -> None:
        try:
            self._build(wait=False)
        except Exception as error:
            gone = "a file of prepared rows could not be written; answers come from the database meanwhile"
            _log.error("%s: %s", gone, place(error))

    def _build(self, *, wait: bool) -> None:
        """Write the file unless another process has, and take it into use."""
        with self._shelf.lock(wait=wait) as mine, self.database.read() as connection:
            state = self._from_disk(connection, after=-1)
            serial = serial_of(connection)
            if mine and serial and (state is None or _worn(state.touched)):
                with self._shelf.write(connection, serial) as writer:
                    self._write(connection, writer)
        with self._lock, self.database.read() as connection:
            state = self._from_disk(connection, after=-1)
            if state is not None:
                self._state = state


def _worn(touched: frozenset[int] | None) -> bool:
    """Whether so much changed that a file should be made anew."""
    return touched is None or len(touched) > limits.TOUCHED_UNITS // 2
