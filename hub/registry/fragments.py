"""Rows of units as prepared bytes: what one unit looks like in an answer, by its number, always as it is now.

The registry knows nothing of how a row looks: whoever serves it passes a function from unit to bytes.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from heapq import nsmallest
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from hub.registry import units
from hub.registry.live import File, Live, State
from hub.registry.moment import parts
from hub.registry.snapshot import Snapshot, Writer
from hub.registry.units import Unit
from hub.store.database import Database
from hub.store.freshness import Freshness

Render = Callable[[Unit], bytes]
_RUN: Final = 256 * 1024
"""Bytes of neighbouring rows that are read at once."""
_AHEAD: Final = 500
"""Changed rows that are made at once when a list comes upon one."""


class _Rows(File):
    """An open file of rows: sorted numbers, where the bytes of each begin, and the bytes."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__(snapshot)
        self.keys = array("i", snapshot.numbers("keys", "i").tobytes())
        self.offsets = snapshot.numbers("offsets", "Q")
        self.body = snapshot.place("body")[0]
        self.read = snapshot.read

    def find(self, detsis_no: int) -> bytes | None:
        place = bisect_left(self.keys, detsis_no)
        if place == len(self.keys) or self.keys[place] != detsis_no:
            return None
        start = self.offsets[place]
        return self.read(self.body + start, self.offsets[place + 1] - start)


class _Listed:
    """Where the rows of a list stand: stretches of the file, and rows made since. Sixteen bytes a stretch."""

    def __init__(self, rows: _Rows) -> None:
        self._rows = rows
        self._starts = array("Q")
        self._ends = array("Q")
        self._made: dict[int, bytes] = {}
        self.size = 0

    def add(self, start: int, end: int) -> None:
        """The rows of this stretch of the file; an empty one is passed over."""
        if end > start:
            self._starts.append(start)
            self._ends.append(end)
            self.size += end - start

    def add_made(self, number: int, row: bytes) -> None:
        """The row of this unit, as it was made since. No stretch ends at 0, so that marks it."""
        self._starts.append(number)
        self._ends.append(0)
        self._made[number] = row
        self.size += len(row)

    def pieces(self) -> Iterator[bytes]:
        """The rows, read as they are taken."""
        read, body, made = self._rows.read, self._rows.body, self._made
        for start, end in zip(self._starts, self._ends, strict=True):
            yield read(body + start, end - start) if end else made[start]


class Fragments(Live[_Rows, bytes | None]):
    """Prepared bytes by DETSİS number. One for each process and form; threads may share it."""

    def __init__(
        self, database: Database, freshness: Freshness, folder: Path, name: str, version: str, render: Render
    ) -> None:
        """``render`` makes the bytes of a unit; ``version`` is another whenever it would make other bytes of the same
        unit. Files are kept in ``folder``, named ``name.version-…``; ``name`` holds no dot."""
        super().__init__(database, freshness, folder, f"{name}.{version}")
        self._render = render

    def get(self, detsis_no: int) -> bytes | None:
        """The bytes of one unit, None for a number that does not exist; all committed before the call shows."""
        state = self.state()
        if state.file is not None and state.touched is not None and detsis_no not in state.touched:
            return state.file.find(detsis_no)
        return self._one(state, detsis_no)

    def get_many(self, detsis_nos: Iterable[int]) -> Iterator[bytes]:
        """The bytes of many units in the order given, neighbours joined, those that do not exist left out. All that was
        committed before the first is taken shows in every one."""
        state = self.state()
        if state.file is not None and state.touched is not None:
            yield from self._listed(state, state.file, state.touched, detsis_nos).pieces()
            return
        for part in parts(detsis_nos):
            found = self._made(part)
            yield from (found[number] for number in part if number in found)

    def measured(self, detsis_nos: Iterable[int]) -> tuple[Iterator[bytes], int] | None:
        """Like :meth:`get_many`, with the number of bytes; None where that is not known before the rows are made.

        Whatever may fail but reading the file is over when this returns, and no row in the file has been read yet.
        """
        state = self.state()
        if state.file is None or state.touched is None:
            return None
        listed = self._listed(state, state.file, state.touched, detsis_nos)
        return listed.pieces(), listed.size

    def _listed(
        self, state: State[_Rows, bytes | None], rows: _Rows, touched: frozenset[int], detsis_nos: Iterable[int]
    ) -> _Listed:
        keys, offsets = rows.keys, rows.offsets
        count = len(keys)
        listed = _Listed(rows)
        start = end = place = 0
        for number in detsis_nos:
            if number in touched:
                if number not in state.kept:
                    self._keep(state, number)
                made = state.kept[number]
                if made is not None:
                    listed.add(start, end)
                    listed.add_made(number, made)
                    start = end = 0
                continue
            if place == count or keys[place] != number:
                place = bisect_left(keys, number)
                if place == count or keys[place] != number:
                    continue
            first, last = offsets[place], offsets[place + 1]
            place += 1
            if first == end and end - start < _RUN:
                end = last
                continue
            listed.add(start, end)
            start, end = first, last
        listed.add(start, end)
        return listed

    def _one(self, state: State[_Rows, bytes | None], detsis_no: int) -> bytes | None:
        """A row made from the database; kept if it is one of the few that changed."""
        if detsis_no in state.kept:
            return state.kept[detsis_no]
        made = self._made([detsis_no]).get(detsis_no)
        if state.touched is not None:
            state.kept[detsis_no] = made
        return made

    def _keep(self, state: State[_Rows, bytes | None], detsis_no: int) -> None:
        """Make the row of a changed unit, and with it those of the changed units that follow: who asks for many asks
        in ascending order."""
        assert state.touched is not None
        wanted = nsmallest(_AHEAD, (n for n in state.touched if n >= detsis_no and n not in state.kept))
        made = self._made(wanted)
        state.kept.update((number, made.get(number)) for number in wanted)

    def _made(self, detsis_nos: Iterable[int]) -> dict[int, bytes]:
        with self.database.read() as connection:
            return {unit.detsis_no: self._render(unit) for unit in units.units(connection, detsis_nos)}

    def _open(self, snapshot: Snapshot) -> _Rows:
        return _Rows(snapshot)

    def _write(self, connection: Connection, writer: Writer) -> None:
        keys, offsets = array("i"), array("Q", [0])

        def body() -> Iterator[bytes]:
            at = 0
            for unit in units.units(connection, units.all_numbers(connection)):
                made = self._render(unit)
                at += len(made)
                keys.append(unit.detsis_no)
                offsets.append(at)
                yield made

        writer.stream("body", body())
        writer.numbers("keys", keys)
        writer.numbers("offsets", offsets)
