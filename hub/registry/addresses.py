"""All active KEP addresses, kept in memory: the list that clients ask for before each look-up.

An index-ordered read from the database costs more than writing the answer does, so a process that was asked for the
list once keeps its rows, cut into blocks, and brings them up to date by the journal: of a change, only the blocks in
which the changed units stand are made anew. Nothing is held until the first question.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from sqlalchemy import Connection, select

from hub import limits
from hub.registry.delivery import Kep, active_kep
from hub.registry.moment import numbers, parts
from hub.registry.serials import serial as serial_of
from hub.store import schema
from hub.store.database import Database
from hub.store.freshness import Freshness

Row = tuple[int, str, bool, str | None]
"""Number of the unit, address, whether it is active, status."""

Measure = Callable[[Sequence[Row]], int]

BLOCK: Final = 1_000
"""Rows of one block, and a few more: the addresses of one unit stay together."""

_number: Final = itemgetter(0)
_JOURNAL: Final = schema.JournalEntry


class Block(NamedTuple):
    """Neighbouring rows, and how long they are in an answer."""

    rows: Sequence[Row]
    size: int


class Listed(NamedTuple):
    """The list at one serial."""

    serial: int
    blocks: tuple[Block, ...]

    @property
    def size(self) -> int:
        """Length of all rows in an answer."""
        return sum(block.size for block in self.blocks)


class ActiveAddresses:
    """The list of one process; threads may share it."""

    def __init__(self, database: Database, freshness: Freshness, measure: Measure) -> None:
        """``measure`` says how long rows become in an answer, so that its length is known before it is written."""
        self._database = database
        self._freshness = freshness
        self._measure = measure
        self._listed = Listed(-1, ())
        self._lock = threading.Lock()

    def listed(self) -> Listed:
        """The list as of now, by number and address; every change committed before the call is in it. While the
        database is away, what was committed last must have been read before, else
        :class:`~hub.store.errors.DatabaseUnavailableError` is raised."""
        serial = self._freshness.serial()
        listed = self._listed
        if listed.serial == serial:
            return listed
        with self._lock:
            if self._listed.serial != serial:
                with self._database.read() as connection:
                    self._listed = self._next(connection, self._listed)
            return self._listed

    def _next(self, connection: Connection, before: Listed) -> Listed:
        now = serial_of(connection)
        if 0 <= before.serial <= now:
            touched = _touched(connection, before.serial)
            if not touched:
                return before._replace(serial=now)
            if len(touched) <= limits.TOUCHED_UNITS:
                return Listed(now, tuple(self._altered(connection, before.blocks, touched)))
        return Listed(now, tuple(self._cut(_rows(active_kep(connection)))))

    def _altered(self, connection: Connection, blocks: tuple[Block, ...], touched: Sequence[int]) -> Iterator[Block]:
        """``blocks`` with the rows of the units ``touched``, which ascend, as they are now."""
        bounds = [block.rows[0][0] for block in blocks[1:]]  # what stands before the first of them is in block 0
        fresh = {number: list(rows) for number, rows in groupby(_of(connection, touched), _number)}
        places = groupby(touched, lambda number: bisect_right(bounds, number))
        changed = {place: set(found) for place, found in places}
        for place, block in enumerate(blocks or (Block((), 0),)):
            gone = changed.get(place)
            if gone is None:
                yield block
                continue
            rows = [row for row in block.rows if row[0] not in gone]
            rows += [row for number in sorted(gone) for row in fresh.get(number, ())]
            yield from self._cut(sorted(rows, key=_number))  # stable: each unit's own order stays

    def _cut(self, rows: Iterable[Row]) -> Iterator[Block]:
        held: list[Row] = []
        for row in rows:
            if len(held) >= BLOCK and row[0] != held[-1][0]:
                yield Block(held, self._measure(held))
                held = []
            held.append(row)
        if held:
            yield Block(held, self._measure(held))


def _touched(connection: Connection, after: int) -> list[int]:
    """Units whose addresses changed after a serial, ascending; at most one more than may be remembered."""
    changed = (
        select(_JOURNAL.unit)
        .where(_JOURNAL.serial > after, _JOURNAL.subject == schema.KepAddress.subject)
        .distinct()
        .order_by(_JOURNAL.unit)
        .limit(limits.TOUCHED_UNITS + 1)
    )
    return list(numbers(connection, changed))


def _of(connection: Connection, touched: Iterable[int]) -> Iterator[Row]:
    for part in parts(touched):
        yield from _rows(active_kep(connection, of=part))


def _rows(found: Iterable[Kep]) -> Iterator[Row]:
    """As plain tuples, which cost least to keep. Few different statuses stand in many rows: each is held once."""
    known: dict[str | None, str | None] = {}
    for number, address, active, status, _ in found:
        yield number, address, active, known.setdefault(status, status)
