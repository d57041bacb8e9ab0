"""One transaction of changes. Everything that is written goes through here and takes its serials from the journal."""

from __future__ import annotations

from collections import Counter as Tally
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Connection, bindparam, select, text, update

from hub import clock, limits
from hub.store import chain
from hub.store.bulk import chunks, insert_many
from hub.store.counts import Counts, Refused, Refusing
from hub.store.errors import NoSuchFactError, StoreError, TimeOrderError
from hub.store.personal import Keys
from hub.store.schema import ChangeSet, Counter, Fact, JournalEntry, table_of
from hub.store.scope import current, known_at
from hub.store.shape import Row, check_row, key_of, overlap, shape
from hub.store.trail import append_audit, locked_end, move_counter

__all__ = ["NOTIFY_CHANNEL", "Change", "Counts", "Refused", "Row", "shape"]

NOTIFY_CHANNEL: Final = "eyhub_journal"
"""PostgreSQL channel that announces each commit: a counter's name, a blank, its serial."""

_MANY: Final = 50
"""Rows from which on it pays to ask first whether any of them can be there."""


class Change:
    """A transaction of changes in progress; made by :meth:`hub.store.database.Database.write`.

    Nothing is overwritten or deleted: altering or correcting closes a row on the axis of knowledge and opens others.
    All periods are half-open; all instants aware.
    """

    def __init__(
        self, connection: Connection, *, actor: str, origin: str, keys: Keys | None, at: datetime | None = None
    ) -> None:
        self.connection = connection
        self.actor = actor
        self.origin = origin
        self._keys = keys
        self._serial, last, self._hash = locked_end(connection, keys, "journal")
        self._before: int = self._serial
        self.access_serial = 0
        self.at: datetime = max(at or clock.now(), last + datetime.resolution)
        """The instant of all changes of this transaction: after every earlier one, whatever the clock did."""
        self._links = chain.Links(self._before + 1, self.at, actor, origin)
        self._stamp: Row = {"known_from": self.at, "known_to": None, "closed_serial": None}
        self._journal: list[dict[str, Any]] = []
        self._opened: dict[type[Fact], list[Row]] = defaultdict(list)
        self._closed: dict[type[Fact], list[dict[str, Any]]] = defaultdict(list)
        self._added: Tally[type[Fact]] = Tally()

    @property
    def serial(self) -> int:
        """The last serial given out, by this transaction or before it."""
        return self._serial

    # One fact ------------------------------------------------------------------------------------------------------

    def open(
        self,
        kind: type[Fact],
        facts: Row,
        *,
        valid_from: datetime | None = None,
        valid_to: datetime | None = None,
        action: str = "open",
    ) -> int:
        """Record that ``facts`` (key included) are so from ``valid_from`` (None: the change's instant) until
        ``valid_to``; the serial.

        Raises :class:`TimeOrderError` where the period is empty, overlaps another of the same key, or lies ahead.
        """
        row = {**facts, "valid_from": valid_from or self.at, "valid_to": valid_to}
        self.open_many(kind, [row], action=action)
        return self._serial

    def alter(
        self, kind: type[Fact], key: Row, facts: Row, *, at: datetime | None = None, action: str = "alter"
    ) -> int | None:
        """From ``at`` (None: the change's instant) on, ``facts`` replace what is so for ``key``; the serial, or None
        where nothing differs. Facts not named stay. Raises :class:`NoSuchFactError`, :class:`TimeOrderError`.
        """
        row = self.now(kind, key)
        if all(row[name] == value for name, value in facts.items()):
            return None
        self._alter(kind, row, facts, at or self.at, action)
        return self._serial

    def end(self, kind: type[Fact], key: Row, *, at: datetime | None = None, action: str = "end") -> int:
        """What is so for ``key`` stops at ``at`` (None: the change's instant); the serial.

        Raises :class:`NoSuchFactError`, :class:`TimeOrderError`.
        """
        self._end(kind, self.now(kind, key), at or self.at, action)
        return self._serial

    def correct(self, kind: type[Fact], row_id: int, changes: Row, *, action: str = "correct") -> int:
        """The row ``row_id`` was recorded wrongly: it is closed on the axis of knowledge, and a row with ``changes``
        (facts, ``valid_from``, ``valid_to``) takes its place; the serial.

        Raises :class:`NoSuchFactError` where the row is not what is known now, :class:`TimeOrderError`.
        """
        row = self.known(kind, row_id)
        new = {name: row[name] for name in (*shape(kind).facts, "valid_from", "valid_to")} | dict(changes)
        check_row(kind, new)
        self._check_period(kind, new)
        others = [known for known in self._timeline(kind, new) if known["id"] != row_id]
        if any(overlap(new, other) for other in others):
            raise TimeOrderError("Düzeltilen dönem, aynı kaydın başka bir dönemiyle çakışıyor.")
        self._write(kind, action, opened=[new], closed=[row])
        return self._serial

    def retract(self, kind: type[Fact], row_id: int, *, action: str = "retract") -> int:
        """The row ``row_id`` should never have been recorded; the serial. Raises :class:`NoSuchFactError`."""
        self._write(kind, action, opened=[], closed=[self.known(kind, row_id)])
        return self._serial

    # Many facts ----------------------------------------------------------------------------------------------------

    def open_many(
        self, kind: type[Fact], rows: Iterable[Row], *, action: str = "open", refused: Refused | None = None
    ) -> Counts:
        """:meth:`open` for many rows, each with its key, facts and, if wanted, ``valid_from`` and ``valid_to``.

        A row that cannot be opened is handed to ``refused`` with the reason and left out; without ``refused`` the
        reason is raised.
        """
        counts = Counts()
        refuse = Refusing(counts, refused)
        for part in chunks(iter(rows), limits.BULK_ROWS):
            complete: list[tuple[Row, Row]] = []
            for row in part:
                with refuse(row):
                    complete.append((row, self._complete(kind, row)))
            known = self._known_periods(kind, [new for _, new in complete])
            for row, new in complete:
                with refuse(row):
                    periods = known[tuple([new[name] for name in kind.key])]
                    if periods and any(overlap(new, other) for other in periods):
                        raise TimeOrderError("Bu kayıt için aynı dönemde başka bir bilgi var.")
                    self._write(kind, action, opened=[new], closed=[])
                    periods.append(new)
                    counts.opened += 1
        return counts

    def put_many(
        self,
        kind: type[Fact],
        rows: Iterable[Row],
        *,
        at: datetime | None = None,
        action: str = "alter",
        first: Row | None = None,
        refused: Refused | None = None,
    ) -> Counts:
        """Make ``rows`` (key and facts) what is so from ``at`` on (None: the change's instant): open what is new, alter
        what differs, leave alone what is the same. Facts a row does not name stay as they are. A row may carry its own
        ``valid_from`` instead of ``at``. ``first`` are facts of what is new, where its row does not name them.
        ``action`` is the journal's word for what is altered."""
        counts = Counts()
        refuse = Refusing(counts, refused)
        for part in chunks(iter(rows), limits.BULK_ROWS):
            keyed: list[tuple[tuple[Any, ...], Row]] = []
            for row in part:
                with refuse(row):
                    keyed.append((key_of(kind, row), row))
            now = self._now_many(kind, [row for _, row in keyed])
            fresh: list[Row] = []
            seen: set[tuple[Any, ...]] = set()
            for key, row in keyed:
                if key in seen:  # named twice in one part: the earlier one must be written first
                    self._merge(counts, self.open_many(kind, fresh, refused=refused))
                    fresh.clear()
                    now.update(self._now_many(kind, [row]))
                seen.add(key)
                before = now.get(key)
                if before is None:
                    fresh.append({"valid_from": at or self.at, **(first or {}), **row})
                    continue
                new = {name: row[name] for name in shape(kind).facts if name in row}
                if all(before[name] == new.get(name, before[name]) for name in shape(kind).compared):
                    counts.unchanged += 1
                    continue
                with refuse(row):
                    self._alter(kind, before, new, row.get("valid_from") or at or self.at, action)
                    counts.altered += 1
            self._merge(counts, self.open_many(kind, fresh, refused=refused))
        return counts

    def end_many(
        self, kind: type[Fact], keys: Iterable[Row], *, at: datetime | None = None, action: str = "end"
    ) -> int:
        """:meth:`end` for many keys; how many were ended. A key of which nothing is so now is passed over."""
        count = 0
        for part in chunks(iter(keys), limits.BULK_ROWS):
            for row in self._now_many(kind, part).values():
                self._end(kind, row, at or self.at, action)
                count += 1
        return count

    def alter_many(
        self,
        kind: type[Fact],
        keys: Iterable[Row],
        facts: Row,
        *,
        at: datetime | None = None,
        action: str = "alter",
    ) -> int:
        """:meth:`alter` many keys to the same ``facts``; how many were altered. A key of which nothing is so now, or
        for which nothing differs, is passed over."""
        count = 0
        for part in chunks(iter(keys), limits.BULK_ROWS):
            for row in self._now_many(kind, part).values():
                if any(row[name] != value for name, value in facts.items()):
                    self._alter(kind, row, facts, at or self.at, action)
                    count += 1
        return count

    def correct_many(self, kind: type[Fact], rows: Iterable[Row], *, action: str = "correct") -> int:
        """:meth:`correct` many rows that are so now, each named by its key; what it brings besides (facts,
        ``valid_from``, ``valid_to``) takes the place of what was recorded. How many were corrected.

        Raises :class:`NoSuchFactError` where nothing is so now for a key, and :class:`TimeOrderError` for a period
        that is not within the one that was recorded.
        """
        count = 0
        for part in chunks(iter(rows), limits.BULK_ROWS):
            now = self._now_many(kind, part)
            for row in part:
                before = now.pop(tuple(row[name] for name in kind.key), None)
                if before is None:
                    raise NoSuchFactError("Böyle bir kayıt yok.")
                new = {name: before[name] for name in (*shape(kind).facts, "valid_from", "valid_to")} | dict(row)
                check_row(kind, new)
                self._check_period(kind, new)
                if new["valid_from"] < before["valid_from"]:
                    raise TimeOrderError("Düzeltilen dönem, kayıtlı dönemin içinde olmalı.")
                self._write(kind, action, opened=[new], closed=[before])
                count += 1
        return count

    # Reading inside the transaction --------------------------------------------------------------------------------

    def now(self, kind: type[Fact], key: Row) -> Row:
        """The row that is so now for ``key``, as this transaction sees it; raises :class:`NoSuchFactError`."""
        self.flush()
        table = table_of(kind)
        statement = select(table).where(current(kind), *(table.c[name] == key[name] for name in kind.key))
        row = self.connection.execute(statement).mappings().one_or_none()
        if row is None:
            raise NoSuchFactError("Böyle bir kayıt yok.")
        return cast(Row, row)

    def known(self, kind: type[Fact], row_id: int) -> Row:
        """The row ``row_id`` if it is what is known now; raises :class:`NoSuchFactError`."""
        self.flush()
        statement = select(table_of(kind)).where(kind.id == row_id, known_at(kind))
        row = self.connection.execute(statement).mappings().one_or_none()
        if row is None:
            raise NoSuchFactError("Böyle bir kayıt yok ya da sonradan düzeltilmiş.")
        return cast(Row, row)

    # Apart from facts ----------------------------------------------------------------------------------------------

    def audit(self, event: str, subject: str, /, **detail: object) -> None:
        """Record in the audit trail that the actor did ``event`` (``subject:action``) to ``subject``."""
        append_audit(self.connection, self._keys, self.actor, event, subject, detail, at=self.at)

    def credentials_changed(self) -> None:
        """Tell every process, with the commit, that what it knows of credentials is old."""
        statement = (
            update(Counter)
            .where(Counter.name == "access")
            .values(serial=Counter.serial + 1, at=self.at)
            .returning(Counter.serial)
        )
        serial = self.connection.execute(statement).scalar_one()
        self.access_serial = int(serial)
        self._announce("access", self.access_serial)

    def flush(self) -> None:
        """Send what is buffered to the database; nothing is committed by it."""
        for kind, closed in self._closed.items():
            if closed:
                table = table_of(kind)
                statement = (
                    update(table)
                    .where(table.c.id == bindparam("row_id"))
                    .values(known_to=self.at, closed_serial=bindparam("by_serial"))
                )
                self.connection.execute(statement, closed)
                closed.clear()
        for kind, opened in self._opened.items():
            self._added[kind] += len(opened)
            insert_many(self.connection, table_of(kind), opened)
            opened.clear()
        insert_many(self.connection, table_of(JournalEntry), self._journal)
        self._journal.clear()

    def finish(self) -> None:
        """Write what is buffered and move the journal's counter; called once, just before the commit."""
        self.flush()
        if self._serial == self._before:
            return
        self.connection.execute(
            table_of(ChangeSet).insert(),
            {
                "first_serial": self._before + 1,
                "last_serial": self._serial,
                "at": self.at,
                "actor": self.actor,
                "origin": self.origin,
            },
        )
        move_counter(self.connection, self._keys, "journal", self._serial, self.at, self._hash)
        if self.connection.dialect.name == "postgresql":
            self._analyze()
        self._announce("journal", self._serial)

    # Pieces --------------------------------------------------------------------------------------------------------

    def _analyze(self) -> None:
        """After a large import PostgreSQL's planner must not go by what it knew of a small table until its own upkeep
        comes round: a question would take minutes."""
        large = [table_of(kind).name for kind, count in self._added.items() if count >= limits.ANALYZE_ROWS]
        for name in [*large, "journal"] if large else []:
            self.connection.execute(text(f"ANALYZE {self.connection.dialect.identifier_preparer.quote(name)}"))

    def _announce(self, counter: str, serial: int) -> None:
        """PostgreSQL tells listeners when, and only if, the transaction commits."""
        if self.connection.dialect.name == "postgresql":
            words = {"channel": NOTIFY_CHANNEL, "words": f"{counter} {serial}"}
            self.connection.execute(text("SELECT pg_notify(:channel, :words)"), words)

    def _complete(self, kind: type[Fact], row: Row) -> dict[str, Any]:
        form = shape(kind)
        new = {**form.template, **row}
        if len(new) != len(form.template):
            raise StoreError(f"Bilinmeyen alan: {', '.join(sorted(set(new) - set(form.template)))}")
        if new["valid_from"] is None:
            new["valid_from"] = self.at
        check_row(kind, new)
        self._check_period(kind, new)
        return new

    def _check_period(self, kind: type[Fact], row: Row) -> None:
        start, end = row["valid_from"], row["valid_to"]
        if end is not None and end <= start:
            raise TimeOrderError("Dönemin bitişi başlangıcından sonra olmalı.")
        if not kind.future and (start > self.at or (end is not None and end > self.at)):
            raise TimeOrderError("Bu bilgi ileri tarihli kaydedilemez.")

    def _alter(self, kind: type[Fact], row: Row, facts: Row, at: datetime, action: str) -> None:
        if any(facts.get(name, row[name]) != row[name] for name in kind.key):
            raise StoreError("Bir kaydın anahtarı değiştirilemez.")
        names = shape(kind).facts
        old = {name: row[name] for name in (*names, "valid_from")} | {"valid_to": at}
        new = {name: row[name] for name in names} | dict(facts) | {"valid_from": at, "valid_to": None}
        check_row(kind, new)
        if at < row["valid_from"]:
            raise TimeOrderError("Değişiklik, yürürlükteki bilginin başlangıcından önce olamaz.")
        self._check_period(kind, new)
        opened = [new] if at == row["valid_from"] else [old, new]
        self._write(kind, action, opened=opened, closed=[row])

    def _end(self, kind: type[Fact], row: Row, at: datetime, action: str) -> None:
        new = {name: row[name] for name in (*shape(kind).facts, "valid_from")} | {"valid_to": at}
        self._check_period(kind, new)
        self._write(kind, action, opened=[new], closed=[row])

    def _write(self, kind: type[Fact], action: str, opened: Sequence[Row], closed: Sequence[Row]) -> None:
        """One journal entry and the rows that it opens and closes."""
        serial = self._serial + 1
        complete = [{**row, **self._stamp, "serial": serial} for row in opened]
        try:
            forms = [chain.fact_form(kind, row) for row in complete]
        except UnicodeEncodeError:
            raise StoreError("Metinde geçersiz karakter var.") from None
        digest = chain.digest(forms, [(row["serial"], row["valid_from"]) for row in closed])
        self._opened[kind] += complete
        self._closed[kind] += [{"row_id": row["id"], "by_serial": serial} for row in closed]
        about: Row = complete[0] if complete else closed[0]
        self._serial = serial
        key = "/".join([str(about[name]) for name in kind.key])
        unit = about[kind.unit_column] if kind.unit_column else None
        self._hash = self._links.after(self._hash, serial, kind.subject, key, unit, action, digest)
        self._journal.append(
            {
                "serial": serial,
                "change": self._before + 1,
                "subject": kind.subject,
                "key": key,
                "unit": unit,
                "action": action,
                "digest": digest,
                "hash": self._hash,
            }
        )
        if len(self._journal) >= limits.BULK_ROWS:
            self.flush()

    def _owned(self, kind: type[Fact], rows: Sequence[Row], now: bool) -> Iterator[Row]:
        """Rows known now whose key begins like that of one of ``rows``."""
        self.flush()
        table = table_of(kind)
        owners = {row[kind.key[0]] for row in rows}
        statement = select(table).where(table.c[kind.key[0]].in_(owners), current(kind) if now else known_at(kind))
        yield from cast(Iterator[Row], iter(self.connection.execute(statement).mappings()))

    def _now_many(self, kind: type[Fact], rows: Sequence[Row]) -> dict[tuple[Any, ...], Row]:
        wanted = {tuple(row[name] for name in kind.key) for row in rows}
        found = {tuple(row[name] for name in kind.key): row for row in self._owned(kind, rows, now=True)}
        return {key: row for key, row in found.items() if key in wanted}

    def _known_periods(self, kind: type[Fact], rows: Sequence[Row]) -> dict[tuple[Any, ...], list[Row]]:
        found: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
        if len(rows) >= _MANY and not self._touched(kind, rows):
            return found
        for row in self._owned(kind, rows, now=False):
            found[tuple(row[name] for name in kind.key)].append(row)
        return found

    def _touched(self, kind: type[Fact], rows: Sequence[Row]) -> bool:
        """Whether anything is there between the first and the last of the owners of ``rows``: a list in the order of
        its numbers that is read for the first time need not be looked up one by one."""
        self.flush()
        column = table_of(kind).c[kind.key[0]]
        owners = [row[kind.key[0]] for row in rows]
        among = select(column).where(column.between(min(owners), max(owners))).limit(1)
        return self.connection.execute(among).first() is not None

    def _timeline(self, kind: type[Fact], row: Row) -> list[Row]:
        return self._known_periods(kind, [row])[tuple(row[name] for name in kind.key)]

    @staticmethod
    def _merge(into: Counts, more: Counts) -> None:
        into.opened += more.opened
        into.refused += more.refused
