"""Whole-list answers, made once for a state of what they show and served as bytes until that changes.

The files are shared by all workers of one machine; the first that needs a newer one makes it, in the background. Until
it is there, answers are built for each request: no caller waits for a file to be written and compressed.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from hub import limits
from hub.contract import Contract, Prepared
from hub.contract.answer import prepare
from hub.registry import serials
from hub.registry.snapshot import history_mark
from hub.store.database import Database
from hub.store.freshness import Freshness

Rows = Callable[[Connection], Iterable[Any]]

_log: Final = logging.getLogger("hub.services")


@dataclass(slots=True)
class _Held:
    """A prepared answer (None: not made yet), the name of its state, and the serial up to which that is known.

    ``former`` is the last one that there was an answer of: it is what there is, should the database go away."""

    name: str
    seen: int
    answer: Prepared | None
    former: _Held | None = None

    @property
    def last(self) -> _Held | None:
        """Itself where it has an answer, else the former one."""
        return self.former if self.answer is None else self


class WholeLists:
    """Prepared answers of one contract. Threads share it."""

    def __init__(
        self, contract: Contract, database: Database, freshness: Freshness, folder: Path, version: str
    ) -> None:
        """``version`` is another whenever the same rows would be written as other bytes."""
        self._contract = contract
        self._database = database
        self._freshness = freshness
        self._folder = folder
        self._version = version
        self._held: dict[str, _Held] = {}
        self._locks = {name: threading.Lock() for name in contract.operations}
        self._making: dict[str, threading.Thread] = {}
        self._made: dict[str, float] = {}
        self.keep = True
        """Whether files are made and used at all; without, every answer is built for its request."""

    def answer(
        self, operation: str, subjects: tuple[str, ...], rows: Rows, built: Callable[[], Iterable[Any]] | None = None
    ) -> Any:
        """The answer of ``operation`` whose list is ``rows``, which show facts of ``subjects`` only (words of the
        journal): prepared, or a result with the list in it. Every change committed before the call shows, unless the
        database is away.

        ``built`` gives the same list where there is a faster way to it than from the database.
        """
        prepared = self._prepared(operation, subjects, rows) if self.keep else None
        if prepared is not None:
            return prepared
        return self._result(operation, self._stream(rows) if built is None else built())

    def kept(self, operation: str) -> bool:
        """Whether there is a file of what ``operation`` showed last."""
        held = self._held.get(operation)
        return held is not None and held.answer is not None

    def finish(self) -> None:
        """Wait for what is being written."""
        for thread in list(self._making.values()):
            thread.join()

    def close(self) -> None:
        """:meth:`finish`, and write nothing more; called before the database is closed."""
        self.keep = False
        self.finish()

    def _prepared(self, operation: str, subjects: tuple[str, ...], rows: Rows) -> Prepared | None:
        serial = self._freshness.serial()
        held = self._held.get(operation)
        if held is not None and held.seen == serial and held.answer is not None:
            return held.answer
        with self._locks[operation]:
            held = self._held.get(operation)
            if held is not None and held.answer is not None and held.seen == serial:
                return held.answer
            if held is not None and self._freshness.away() is not None:
                return None if held.last is None else held.last.answer
            if held is None or held.seen != serial:
                held = self._held[operation] = self._current(operation, subjects, held)
            if held.answer is None:
                self._make_behind(operation, subjects, rows)
            return held.answer

    def seen(self, operation: str) -> int | None:
        """The serial up to which the answer of ``operation`` that is held is right; None where none is held."""
        held = self._held.get(operation)
        return None if held is None or held.last is None else held.last.seen

    def _current(self, operation: str, subjects: tuple[str, ...], held: _Held | None) -> _Held:
        """What there is for the state that the database shows now."""
        with self._database.read() as connection:
            seen = serials.serial(connection)
            name = self._name(connection, operation, subjects)
        if held is not None and held.name == name and held.answer is not None:
            return _Held(name, seen, held.answer)
        return _Held(name, seen, self._opened(name), None if held is None else held.last)

    def _name(self, connection: Connection, operation: str, subjects: tuple[str, ...]) -> str:
        last = serials.last_of(connection, *subjects)
        return f"{operation}.{self._version}-{last}-{history_mark(connection, last)}"

    def _opened(self, name: str) -> Prepared | None:
        with contextlib.suppress(OSError, ValueError):
            return Prepared.open(self._folder / name)
        return None

    def _make_behind(self, operation: str, subjects: tuple[str, ...], rows: Rows) -> None:
        """Begin to make the file in a thread, unless one is at it or has just been. The operation's lock is held."""
        running = self._making.get(operation)
        now = time.monotonic()
        rested = now - self._made.get(operation, -limits.REBUILD_PAUSE) >= limits.REBUILD_PAUSE
        if not rested or (running is not None and running.is_alive()):
            return
        self._made[operation] = now
        thread = threading.Thread(
            target=self._make_quietly, args=(operation, subjects, rows), name="eyhub-whole-list", daemon=True
        )
        self._making[operation] = thread
        thread.start()

    def _make_quietly(self, operation: str, subjects: tuple[str, ...], rows: Rows) -> None:
        try:
            self._make(operation, subjects, rows)
        except Exception as error:
            _log.error(
                "%s: the list is built for each request, it could not be kept: %s", operation, type(error).__name__
            )

    def _make(self, operation: str, subjects: tuple[str, ...], rows: Rows) -> None:
        """Make the file of the state that the database shows now, unless another process has, and hold it."""
        with self._turn(operation), self._database.read() as connection:
            seen = serials.serial(connection)
            name = self._name(connection, operation, subjects)
            made = self._opened(name)
            if made is None:
                pieces = self._contract.answer(self._contract.operations[operation])
                made = prepare(pieces(self._result(operation, rows(connection))), self._folder / name)
                self._tidy(operation, name)
        with self._locks[operation]:
            held = self._held.get(operation)
            if held is None or held.seen <= seen or held.name == name:
                self._held[operation] = _Held(name, seen if held is None else max(seen, held.seen), made)

    def _result(self, operation: str, rows: Iterable[Any]) -> Any:
        made = self._contract.result_class(self._contract.operations[operation])
        return made(SonucHatali=False, Sonuclar=rows)

    def _stream(self, rows: Rows) -> Iterator[Any]:
        with self._database.read() as connection:
            yield from rows(connection)

    @contextlib.contextmanager
    def _turn(self, operation: str) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"{operation}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _tidy(self, operation: str, keep: str) -> None:
        """Take older files away, and drafts of processes that were killed; who has one mapped keeps it until it asks
        again. The turn is held, so no other process is writing."""
        for path in (*self._folder.glob(f"{operation}.*-*"), *self._folder.glob(f".{operation}.*-*")):
            if path.name != keep:
                path.unlink(missing_ok=True)
