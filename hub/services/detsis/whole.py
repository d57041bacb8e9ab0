"""Whole-list answers, made once for a state of what they show and served as bytes until that changes.

The files are shared by all workers of one machine; the first that needs a newer one makes it, the others wait for it.
"""

from __future__ import annotations

import contextlib
import fcntl
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from hub.contract import Contract, Prepared
from hub.contract.answer import prepare
from hub.registry import serials
from hub.registry.snapshot import history_mark
from hub.store.database import Database
from hub.store.freshness import Freshness

Rows = Callable[[Connection], Iterable[Any]]


@dataclass(slots=True)
class _Held:
    """A prepared answer, the name of its state, and the serial up to which it was found to be right."""

    name: str
    seen: int
    answer: Prepared


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

    def answer(self, operation: str, subjects: tuple[str, ...], rows: Rows) -> Prepared:
        """The answer of ``operation`` whose list is ``rows``, which show facts of ``subjects`` only (words of the
        journal). Every change committed before the call shows, unless the database is away."""
        serial = self._freshness.serial()
        held = self._held.get(operation)
        if held is not None and held.seen == serial:
            return held.answer
        with self._locks[operation]:
            held = self._held.get(operation)
            if held is not None and (held.seen == serial or self._freshness.away() is not None):
                return held.answer
            made = self._held[operation] = self._current(operation, subjects, rows, held)
            return made.answer

    def seen(self, operation: str) -> int | None:
        """The serial up to which the answer of ``operation`` that is held is right; None where none is held."""
        held = self._held.get(operation)
        return None if held is None else held.seen

    def _current(self, operation: str, subjects: tuple[str, ...], rows: Rows, held: _Held | None) -> _Held:
        with self._database.read() as connection:
            seen = serials.serial(connection)
            last = serials.last_of(connection, *subjects)
            name = f"{operation}.{self._version}-{last}-{history_mark(connection, last)}"
            if held is not None and held.name == name:
                return _Held(name, seen, held.answer)
            path = self._folder / name
            with self._turn(operation):
                with contextlib.suppress(OSError, ValueError):
                    return _Held(name, seen, Prepared.open(path))
                made = prepare(self._pieces(operation, rows(connection)), path)
                self._tidy(operation, name)
                return _Held(name, seen, made)

    def _pieces(self, operation: str, rows: Iterable[Any]) -> Iterator[bytes]:
        described = self._contract.operations[operation]
        made = self._contract.result_class(described)
        return self._contract.answer(described)(made(SonucHatali=False, Sonuclar=rows))

    @contextlib.contextmanager
    def _turn(self, operation: str) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"{operation}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _tidy(self, operation: str, keep: str) -> None:
        """Take older files away; who has one mapped keeps it until it asks again."""
        for path in self._folder.glob(f"{operation}.*-*"):
            if path.name != keep:
                path.unlink(missing_ok=True)
