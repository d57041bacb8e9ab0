"""Whether the journal, the audit trail and the facts are what was written: nothing edited, removed, added or cut.

Three things are checked. The chains: every row's hash follows from the row and the hash before. Their ends: the counter
has the last serial and hash, under a seal that only holders of the key file can make. The facts: those that each
journal entry opened and closed give the digest that the entry carries. What an attacker with the database *and* the key
file rewrites from some point on is only found by comparing with a serial and hash noted elsewhere before
(``expected``); an older, complete copy of the database is found the same way.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import Connection, Row, select

from hub import limits
from hub.store import chain
from hub.store.personal import Keys
from hub.store.schema import FACTS, AuditEvent, ChangeSet, Counter, Fact, JournalEntry, table_of

MOST: Final = 100
"""Findings that are listed; more of them say nothing new."""


class Finding(NamedTuple):
    """One thing that is not as it was written."""

    where: str
    """``journal``, ``audit``, or a subject."""
    serial: int
    what: str
    """In English, for the operator's log; holds no fact."""


@dataclass(slots=True)
class Report:
    """The outcome of a verification."""

    journal: int = 0
    """Entries of the journal that were read."""
    audit: int = 0
    facts: int = 0
    findings: list[Finding] = field(default_factory=list)
    unsealed: list[str] = field(default_factory=list)
    """Chains whose end could not be checked: written without the key file, or checked without it."""

    @property
    def outcome(self) -> str:
        """``passed``, ``failed``, or ``indeterminate`` where nothing is wrong but an end was not checked."""
        if self.findings:
            return "failed"
        return "indeterminate" if self.unsealed else "passed"

    def add(self, where: str, serial: int, what: str) -> None:
        """Note a finding, up to :data:`MOST`."""
        if len(self.findings) < MOST:
            self.findings.append(Finding(where, serial, what))


def verify(
    connection: Connection, keys: Keys | None, *, facts: bool = True, expected: tuple[int, bytes] | None = None
) -> Report:
    """Check everything that ``connection``'s snapshot holds; with ``facts`` false, the chains only.

    ``expected`` is a serial of the journal and its hash, noted at an earlier time.
    """
    report = Report()
    _journal(connection, keys, report, expected)
    _audit(connection, keys, report)
    if facts:
        for kind in FACTS.values():
            _facts(connection, kind, report)
    return report


def _journal(connection: Connection, keys: Keys | None, report: Report, expected: tuple[int, bytes] | None) -> None:
    entry, change = table_of(JournalEntry), table_of(ChangeSet)
    statement = (
        select(entry, change.c.at, change.c.actor, change.c.origin, change.c.last_serial)
        .outerjoin(change, change.c.first_serial == entry.c.change)
        .order_by(entry.c.serial)
    )
    before, last, latest = chain.START, 0, None
    noted = expected is None or expected[0] == 0
    for row in _stream(connection, statement):
        report.journal += 1
        if row.serial != last + 1:
            report.add("journal", row.serial, f"serials {last + 1} to {row.serial - 1} are missing")
        if row.at is None or not row.change <= row.serial <= row.last_serial:
            report.add("journal", row.serial, "belongs to no change set")
        else:
            if latest is not None and row.at < latest:
                report.add("journal", row.serial, "is older than the entry before it")
            latest = row.at
            words = (row.serial, row.change, row.at, row.actor, row.origin, row.subject, row.key, row.unit, row.action)
            if chain.next_hash(before, *words, bytes(row.digest)) != bytes(row.hash):
                report.add("journal", row.serial, "hash does not follow")
        if expected is not None and row.serial == expected[0]:
            noted = bytes(row.hash) == expected[1]
        before, last = bytes(row.hash), row.serial
    if not noted and expected is not None:
        report.add("journal", expected[0], "is not the entry that was noted")
    _end(connection, keys, report, "journal", last, before)
    empty = select(change.c.first_serial).where(change.c.last_serial > last)
    for serial in connection.execute(empty).scalars():
        report.add("journal", serial, "a change set whose entries are missing")


def _audit(connection: Connection, keys: Keys | None, report: Report) -> None:
    event = table_of(AuditEvent)
    before, last = chain.START, 0
    for row in _stream(connection, select(event).order_by(event.c.serial)):
        report.audit += 1
        if row.serial != last + 1:
            report.add("audit", row.serial, f"serials {last + 1} to {row.serial - 1} are missing")
        words = (row.serial, row.at, row.actor, row.event, row.subject, row.detail)
        if chain.next_hash(before, *words) != bytes(row.hash):
            report.add("audit", row.serial, "hash does not follow")
        before, last = bytes(row.hash), row.serial
    _end(connection, keys, report, "audit", last, before)


def _end(connection: Connection, keys: Keys | None, report: Report, name: str, last: int, head: bytes) -> None:
    statement = select(Counter.serial, Counter.hash, Counter.seal).where(Counter.name == name)
    counter = connection.execute(statement).one_or_none()
    if counter is None:
        report.add(name, last, "the counter is missing")
        return
    if counter.serial != last or bytes(counter.hash) != head:
        report.add(name, counter.serial, f"the counter says {counter.serial}, the last row is {last}")
    if last == 0:
        return
    if keys is None or counter.seal is None:
        report.unsealed.append(name)
    elif not hmac.compare_digest(bytes(counter.seal), keys.chain_seal(name, last, head)):
        report.add(name, last, "the seal over the end is not of this key, or of another end")


def _facts(connection: Connection, kind: type[Fact], report: Report) -> None:
    """Follow three streams in the order of serials: the journal's entries, the rows opened, the rows closed."""
    table, entry, change = table_of(kind), table_of(JournalEntry), table_of(ChangeSet)
    entries = (
        select(entry.c.serial, entry.c.digest, entry.c.key, change.c.at)
        .outerjoin(change, change.c.first_serial == entry.c.change)
        .where(entry.c.subject == kind.subject)
        .order_by(entry.c.serial)
    )
    closings = select(table.c.closed_serial, table.c.serial, table.c.valid_from, table.c.known_to)
    opened = _Groups(_stream(connection, select(table).order_by(table.c.serial)), "serial")
    closed = _Groups(
        _stream(connection, closings.where(table.c.closed_serial.is_not(None)).order_by(table.c.closed_serial)),
        "closed_serial",
    )
    for row in _stream(connection, entries):
        for stray in (*opened.before(row.serial), *closed.before(row.serial)):
            report.add(kind.subject, stray, "a fact that no entry of the journal wrote")
        made, ended = opened.at(row.serial), closed.at(row.serial)
        report.facts += len(made)
        forms = [chain.fact_form(kind, cast("Mapping[str, Any]", fact._mapping)) for fact in made]
        if chain.digest(forms, [(fact.serial, fact.valid_from) for fact in ended]) != bytes(row.digest):
            report.add(kind.subject, row.serial, "the facts are not those that the journal wrote")
        elif any(row.key not in _keys(kind, cast("Mapping[str, Any]", fact._mapping)) for fact in made):
            report.add(kind.subject, row.serial, "the facts are of another key")
        elif any(fact.known_to != row.at for fact in ended):
            report.add(kind.subject, row.serial, "the time of closing is not that of the change")
    for stray in (*opened.before(None), *closed.before(None)):
        report.add(kind.subject, stray, "a fact that no entry of the journal wrote")


def _keys(kind: type[Fact], fact: Mapping[str, Any]) -> Iterator[str]:
    """The words by which the journal may name the fact."""
    for key in (kind.key, kind.former_key):
        if key:
            yield "/".join(str(fact[name]) for name in key)


class _Groups:
    """Rows in ascending order of one column, taken group by group."""

    def __init__(self, rows: Iterator[Row[*tuple[Any, ...]]], column: str) -> None:
        self._groups = groupby(rows, key=lambda row: int(getattr(row, column)))
        self._ahead: tuple[int, list[Row[*tuple[Any, ...]]]] | None = None
        self._advance()

    def _advance(self) -> None:
        found = next(self._groups, None)
        self._ahead = None if found is None else (found[0], list(found[1]))

    def before(self, serial: int | None) -> Iterator[int]:
        """Pass over the groups before ``serial`` (None: all), naming each."""
        while self._ahead is not None and (serial is None or self._ahead[0] < serial):
            yield self._ahead[0]
            self._advance()

    def at(self, serial: int) -> list[Row[*tuple[Any, ...]]]:
        """The group of ``serial``; empty where there is none."""
        if self._ahead is None or self._ahead[0] != serial:
            return []
        rows = self._ahead[1]
        self._advance()
        return rows


def _stream(connection: Connection, statement: Any) -> Iterator[Row[*tuple[Any, ...]]]:
    return iter(connection.execute(statement, execution_options={"yield_per": limits.BULK_ROWS}))
