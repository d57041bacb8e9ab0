"""Searching units by a part of their name, quickly and the same on every database.

All folded names stand in one file, one after the other in the order of numbers; a search is one pass over its bytes
(about 25 ms for a million names). Neither SQLite's nor PostgreSQL's own text search is used: their rules differ, and
the contract's rule, "contains", is simple.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select

from hub import limits
from hub.registry.live import File, Live, State
from hub.registry.moment import holds, numbers, parts, stream
from hub.registry.snapshot import Snapshot, Writer
from hub.registry.units import InvalidFilterError
from hub.store import schema
from hub.store.database import Database
from hub.store.freshness import Freshness
from hub.turkish import clean, fold

_UNIT = schema.table_of(schema.Unit)


class _Name(NamedTuple):
    folded: str
    main_no: int
    active: bool


class _Names(File):
    """An open file: names separated by line feeds, and for each where it begins, its number, main institution, flag."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__(snapshot)
        self.keys = snapshot.numbers("keys", "i")
        self.starts = snapshot.numbers("starts", "Q")
        self.mains = snapshot.numbers("mains", "i")
        self.active = snapshot.numbers("active", "B")
        self.text, self.size = snapshot.place("names")

    def find(self, needle: bytes) -> Iterator[int]:
        """The places of names that contain ``needle``."""
        snapshot, text, starts = self.snapshot, self.text, self.starts
        at, end = text, text + self.size
        while (hit := snapshot.find(needle, at, end)) >= 0:
            place = bisect_right(starts, hit - text) - 1
            yield place
            if place + 1 == len(starts):
                return
            at = text + starts[place + 1]


class Names(Live[_Names, _Name | None]):
    """The names of all units. One for each process; threads may share it."""

    def __init__(self, database: Database, freshness: Freshness, folder: Path) -> None:
        super().__init__(database, freshness, folder, "names.1")

    def search(self, text: str, main_no: int = 0, *, closed: bool = False) -> array[int]:
        """The numbers of units whose name contains ``text``, both folded, in ascending order; ``main_no`` 0 searches
        everywhere, else beneath that main institution; ``closed`` finds closed units too.

        Raises :class:`~hub.registry.units.InvalidFilterError` for less than
        :data:`~hub.limits.NAME_LETTERS` letters.
        """
        wanted = fold(clean(text))
        if sum(map(str.isalnum, wanted)) < limits.NAME_LETTERS:
            raise InvalidFilterError(f"Aranan ad en az {limits.NAME_LETTERS} harf olmalı.")
        state = self.state()
        if state.file is None or state.touched is None:
            return self._ask(wanted, main_no, closed)
        names, touched = state.file, state.touched
        found = array("i")
        for place in names.find(wanted.encode()):
            if main_no and names.mains[place] != main_no:
                continue
            if (closed or names.active[place]) and names.keys[place] not in touched:
                found.append(names.keys[place])
        if not touched:
            return found
        changed = self._changed(state, touched)
        more = (
            number
            for number, name in changed
            if wanted in name.folded and main_no in (0, name.main_no) and (closed or name.active)
        )
        return array("i", sorted((*found, *more)))

    def _ask(self, wanted: str, main_no: int, closed: bool) -> array[int]:
        statement = select(_UNIT.c.detsis_no).where(
            _UNIT.c.folded_name.contains(wanted, autoescape=True), holds(schema.Unit)
        )
        if main_no:
            statement = statement.where(_UNIT.c.main_no == main_no)
        if not closed:
            statement = statement.where(_UNIT.c.active)
        with self.database.read() as connection:
            return numbers(connection, statement.order_by(_UNIT.c.detsis_no))

    def _changed(self, state: State[_Names, _Name | None], touched: Iterable[int]) -> Iterator[tuple[int, _Name]]:
        missing = [number for number in touched if number not in state.kept]
        if missing:
            with self.database.read() as connection:
                for part in parts(missing):
                    state.kept.update(dict.fromkeys(part))
                    statement = select(_UNIT.c.detsis_no, _UNIT.c.folded_name, _UNIT.c.main_no, _UNIT.c.active)
                    statement = statement.where(_UNIT.c.detsis_no.in_(part), holds(schema.Unit))
                    for row in connection.execute(statement):
                        state.kept[row.detsis_no] = _Name(row.folded_name, row.main_no, row.active)
        for number in touched:
            name = state.kept.get(number)
            if name is not None:
                yield number, name

    def _open(self, snapshot: Snapshot) -> _Names:
        return _Names(snapshot)

    def _write(self, connection: Connection, writer: Writer) -> None:
        keys, starts, mains, active = array("i"), array("Q"), array("i"), array("B")

        def text() -> Iterator[bytes]:
            at = 0
            statement = (
                select(_UNIT.c.detsis_no, _UNIT.c.folded_name, _UNIT.c.main_no, _UNIT.c.active)
                .where(holds(schema.Unit))
                .order_by(_UNIT.c.detsis_no)
            )
            for row in stream(connection, statement):
                name = row.folded_name.encode() + b"\n"
                keys.append(row.detsis_no)
                starts.append(at)
                mains.append(row.main_no)
                active.append(row.active)
                at += len(name)
                yield name

        writer.stream("names", text())
        writer.numbers("keys", keys)
        writer.numbers("starts", starts)
        writer.numbers("mains", mains)
        writer.numbers("active", active)
