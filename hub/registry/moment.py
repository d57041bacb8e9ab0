"""Which time a question is about, and how its rows come out of the database."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select

from hub import clock, limits
from hub.store.schema import Fact
from hub.store.scope import as_of, current


class Moment(NamedTuple):
    """A point on both axes of time."""

    valid: datetime | None = None
    """What was so then; None: what is so now."""
    known: datetime | None = None
    """As was known then; None: as is known now."""


NOW: Final = Moment()

T = TypeVar("T")

AnySelect: TypeAlias = Select[*tuple[Any, ...]]


def holds(kind: type[Fact], moment: Moment = NOW) -> ColumnElement[bool]:
    """The condition that a row of ``kind`` holds at ``moment``."""
    if moment.valid is not None:
        return as_of(kind, moment.valid, moment.known)
    if moment.known is not None or kind.future:
        return as_of(kind, moment.known or clock.now(), moment.known)
    return current(kind)


def stream(connection: Connection, statement: AnySelect) -> Iterator[Row[*tuple[Any, ...]]]:
    """The rows of ``statement``, fetched piece by piece: memory does not grow with their number."""
    pieces = connection.execute(statement, execution_options={"yield_per": limits.BULK_ROWS}).partitions()
    return chain.from_iterable(pieces)


def numbers(connection: Connection, statement: AnySelect) -> array[int]:
    """The first column of ``statement``, whole numbers, four bytes each."""
    found = array("i")
    for part in connection.execute(statement, execution_options={"yield_per": limits.BULK_ROWS}).partitions():
        found.extend(row[0] for row in part)
    return found


def parts(values: Iterable[T], size: int = limits.BULK_ROWS) -> Iterator[Sequence[T]]:
    """``values`` in pieces that fit into one statement."""
    source = iter(values)
    while part := list(islice(source, size)):
        yield part
