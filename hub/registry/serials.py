"""The journal as a reader sees it: how far it is, and what changed since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from hub.registry.moment import stream
from hub.store.schema import ChangeSet, Counter, JournalEntry


class Entry(NamedTuple):
    """One change as the journal has it."""

    serial: int
    at: datetime
    subject: str
    key: str
    unit: int | None
    action: str
    actor: str
    origin: str
    hash: bytes


def serial(connection: Connection) -> int:
    """The last serial in the state that ``connection`` sees; 0 for an empty registry."""
    return connection.execute(select(Counter.serial).where(Counter.name == "journal")).scalar_one()


def head(connection: Connection) -> tuple[int, datetime, bytes]:
    """The last serial, its instant and its hash."""
    statement = select(Counter.serial, Counter.at, Counter.hash).where(Counter.name == "journal")
    number, at, last = connection.execute(statement).one()
    return number, at, last


def first_serial_since(connection: Connection, since: datetime) -> int:
    """The first serial given out at or after the instant ``since``; one past the last where there is none."""
    return _first(connection, ChangeSet.at >= since)


def serial_at(connection: Connection, at: datetime) -> int:
    """The last serial given out at or before the instant ``at``; 0 where there is none."""
    return _first(connection, ChangeSet.at > at) - 1


def _first(connection: Connection, when: ColumnElement[bool]) -> int:
    statement = select(ChangeSet.first_serial).where(when).order_by(ChangeSet.at).limit(1)
    return connection.execute(statement).scalar_one_or_none() or serial(connection) + 1


def last_of(connection: Connection, *subjects: str) -> int:
    """The last serial that touched one of ``subjects``; 0 where none did."""
    found = 0
    for subject in subjects:
        statement = select(func.max(JournalEntry.serial)).where(JournalEntry.subject == subject)
        found = max(found, connection.execute(statement).scalar_one() or 0)
    return found


def entries(connection: Connection, after: int, limit: int | None = None) -> Iterator[Entry]:
    """The changes after serial ``after`` in their order, at most ``limit``, piece by piece."""
    statement = (
        select(
            JournalEntry.serial,
            ChangeSet.at,
            JournalEntry.subject,
            JournalEntry.key,
            JournalEntry.unit,
            JournalEntry.action,
            ChangeSet.actor,
            ChangeSet.origin,
            JournalEntry.hash,
        )
        .join(ChangeSet, ChangeSet.first_serial == JournalEntry.change)
        .where(JournalEntry.serial > after)
        .order_by(JournalEntry.serial)
        .limit(limit)
    )
    for row in stream(connection, statement):
        yield Entry(*row)
