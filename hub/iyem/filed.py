"""What decisions need of the register as it is known now, from a file: a record by T.C. Yönetici Kodu, one by unit.

A decision out of it costs no statement. It shows the register at one serial; people and units that changed since are
known by number (:mod:`hub.registry.live`), and whoever asks about one of them, or anything that the file does not hold
(identity numbers, the register's beginning, the past as it was known then), is told so by :class:`NotFiledError` and
asks the database. The decision itself is :func:`hub.iyem.decision.may_sign`, over this as over any other register.

Names and duties stand in the file as they do in the database; identity numbers do not.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from struct import Struct
from typing import Any, Final, NoReturn

from sqlalchemy import Connection, func, select

from hub import clock, limits
from hub.iyem.decision import DutyRecord, Named, UnitState
from hub.registry.live import File, Live
from hub.registry.moment import numbers, parts, stream
from hub.registry.snapshot import Snapshot, Writer
from hub.store import schema
from hub.store.database import Database
from hub.store.freshness import Freshness
from hub.store.schema import DutyKind
from hub.store.scope import current, known_at
from hub.store.types import from_microseconds, to_microseconds

VERSION: Final = "1"
"""Another whenever a record is laid out differently."""

_DUTY: Final = schema.table_of(schema.Duty)
_PERSON: Final = schema.table_of(schema.Person)
_UNIT: Final = schema.table_of(schema.Unit)
_JOURNAL: Final = schema.table_of(schema.JournalEntry)

_HEAD: Final = Struct("<II")
"""A person: bytes of the name that follows, and of the duties after it; their titles come last."""
_POST: Final = Struct("<iBBqqqqqqiiiIi")
"""A duty: unit, kind, taken over, start, end, recorded, closed, known from, serial, number, the deputised duty and its
holder, place and length of the title."""
_POST_UNIT: Final = Struct(f"<i{_POST.size - 4}x")
"""Of a duty the unit alone, which most questions pass over most duties for."""
_STATE: Final = Struct("<Biiqqi")
"""A unit's state: active, superior, successor, start, end, bytes of the name that follows."""
_NO_NUMBER: Final = -(2**31)
_NO_TIME: Final = -(2**63)
_KINDS: Final = tuple(DutyKind)
_SUBJECTS: Final = (schema.Unit.subject, schema.Person.subject, schema.Duty.subject)


class NotFiledError(Exception):
    """The file cannot answer this; the database can."""


class _Records(File):
    """An open file."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__(snapshot)
        self._people = _Section(snapshot, "people")
        self._units = _Section(snapshot, "units")
        self.person = self._people.find
        self.unit = self._units.find


class _Section:
    """Sorted numbers, where the record of each begins, and the records."""

    def __init__(self, snapshot: Snapshot, name: str) -> None:
        self._keys = snapshot.numbers(f"{name}-keys", "i")
        self._offsets = snapshot.numbers(f"{name}-offsets", "Q")
        self._start = snapshot.place(name)[0]
        self._read = snapshot.mapped

    def find(self, number: int) -> bytes | None:
        keys = self._keys
        place = bisect_left(keys, number)
        if place == len(keys) or keys[place] != number:
            return None
        start, end = self._offsets[place], self._offsets[place + 1]
        return self._read(self._start + start, end - start)


class FiledRegister:
    """A :class:`hub.iyem.decision.Register` of one question; its methods raise :class:`NotFiledError`."""

    __slots__ = ("_code", "_data", "_file", "_holders", "_touched", "serial")

    def __init__(self, file: _Records, touched: frozenset[int], serial: int) -> None:
        self._file, self._touched, self.serial = file, touched, serial
        self._code: int | None = None
        self._data = b""
        self._holders: dict[int, int] = {}
        """Who holds the posts that were come upon as deputised, by the post's duty number."""

    def code_of(self, tckn: object) -> NoReturn:
        raise NotFiledError

    def begins(self) -> NoReturn:
        raise NotFiledError

    def founded(self, number: int) -> NoReturn:
        raise NotFiledError

    def person(self, code: int) -> Named | None:
        data = self._person(code)
        size, _ = _HEAD.unpack_from(data)
        return Named(code, data[_HEAD.size : _HEAD.size + size].decode())

    def duties(self, code: int, unit_no: int) -> Sequence[DutyRecord]:
        data = self._person(code)
        start, end = _span(data)
        units = _POST_UNIT.iter_unpack(memoryview(data)[start:end])
        places = [place for place, (number,) in enumerate(units) if number == unit_no]
        return [self._duty(code, data, _POST.unpack_from(data, start + place * _POST.size)) for place in places]

    def elsewhere(self, code: int, unit_no: int, at: datetime) -> DutyRecord | None:
        data = self._person(code)
        others = (self._duty(code, data, post) for post in _posts(data) if post[0] != unit_no)
        return next((duty for duty in others if duty.in_office(at)), None)

    def duty(self, duty_no: int) -> DutyRecord | None:
        holder = self._holders.get(duty_no)
        if holder is None:
            raise NotFiledError
        data = self._person(holder)
        return next((self._duty(holder, data, post) for post in _posts(data) if post[9] == duty_no), None)

    def unit(self, number: int) -> Sequence[UnitState]:
        data = None if number in self._touched else self._file.unit(number)
        if data is None:
            raise NotFiledError
        found, at = [], 0
        while at < len(data):
            active, parent, successor, start, end, size = _STATE.unpack_from(data, at)
            at += _STATE.size
            name = data[at : at + size].decode()
            begun = from_microseconds(start)
            found.append(UnitState(number, name, bool(active), parent, _number(successor), begun, _time(end)))
            at += size
        return found

    def _person(self, code: int) -> bytes:
        if code == self._code:
            return self._data
        data = None if -code in self._touched else self._file.person(code)
        if data is None:
            raise NotFiledError
        self._code, self._data = code, data
        return data

    def _duty(self, code: int, data: bytes, post: tuple[int, ...]) -> DutyRecord:
        unit_no, kind, taken, start, end, recorded, closed, known, serial, number, acted, holder, at, size = post
        if holder != _NO_NUMBER:
            self._holders[acted] = holder
        name, duties = _HEAD.unpack_from(data)
        at += _HEAD.size + name + duties
        return DutyRecord(
            number,
            unit_no,
            code,
            _KINDS[kind],
            from_microseconds(start),
            _time(end),
            from_microseconds(recorded),
            _time(closed),
            from_microseconds(known),
            None,
            serial,
            None if size < 0 else data[at : at + size].decode(),
            _number(acted),
            taken == 1,
        )


class Filed(Live[_Records, None]):
    """The file of one process; threads may share it."""

    def __init__(self, database: Database, freshness: Freshness, folder: Path) -> None:
        super().__init__(database, freshness, folder, f"decisions.{VERSION}")

    def registers(self, count: int) -> list[FiledRegister]:
        """A register for each of ``count`` questions, all of one state: what was committed before the call.

        Raises :class:`NotFiledError` where there is no file yet, or too much changed since.
        """
        state = self.state()
        if state.file is None or state.touched is None:
            raise NotFiledError
        return [FiledRegister(state.file, state.touched, state.seen) for _ in range(count)]

    def current_until(self) -> datetime | None:
        """Until when the state shown is known to be the last one: None for now, else when the database was heard of
        last."""
        away = self._freshness.away()
        return None if away is None else clock.now() - timedelta(seconds=away)

    def _touched(self, connection: Connection, after: int) -> frozenset[int] | None:
        """Units by their number, people by their code with a minus before it."""
        later = (_JOURNAL.c.serial > after, _JOURNAL.c.subject.in_(_SUBJECTS))
        changes = select(_JOURNAL.c.serial).where(*later).limit(limits.TOUCHED_UNITS + 1)
        count = connection.execute(select(func.count()).select_from(changes.subquery())).scalar_one()
        if after <= 0 or count > limits.TOUCHED_UNITS:
            return None
        found: set[int] = set()
        duties: set[int] = set()
        for subject, key in connection.execute(select(_JOURNAL.c.subject, _JOURNAL.c.key).where(*later)):
            if subject == schema.Unit.subject:
                found.add(int(key))
            elif subject == schema.Person.subject:
                found.add(-int(key))
            else:
                duties.add(int(key))
        for part in parts(sorted(duties)):
            statement = select(_DUTY.c.code).where(_DUTY.c.duty_no.in_(part)).distinct()
            found.update(-code for code in numbers(connection, statement))
        return frozenset(found)

    def _open(self, snapshot: Snapshot) -> _Records:
        return _Records(snapshot)

    def _write(self, connection: Connection, writer: Writer) -> None:
        _section(writer, "people", _people(connection))
        _section(writer, "units", _units(connection))


def _section(writer: Writer, name: str, records: Iterable[tuple[int, bytes]]) -> None:
    keys, offsets = array("i"), array("Q", [0])

    def body() -> Iterator[bytes]:
        at = 0
        for number, data in records:
            at += len(data)
            keys.append(number)
            offsets.append(at)
            yield data

    writer.stream(name, body())
    writer.numbers(f"{name}-keys", keys)
    writer.numbers(f"{name}-offsets", offsets)


def _people(connection: Connection) -> Iterator[tuple[int, bytes]]:
    """Each person with all duties, by code."""
    held = _DUTY.alias("held")
    columns = (
        _DUTY.c.code,
        _DUTY.c.detsis_no,
        _DUTY.c.kind,
        _DUTY.c.recorder,
        _DUTY.c.valid_from,
        _DUTY.c.valid_to,
        _DUTY.c.recorded_at,
        _DUTY.c.closed_at,
        _DUTY.c.known_from,
        _DUTY.c.serial,
        _DUTY.c.duty_no,
        _DUTY.c.for_duty_no,
        held.c.code.label("holder"),
        _DUTY.c.title,
    )
    deputised = (held.c.duty_no == _DUTY.c.for_duty_no) & held.c.known_to.is_(None)
    statement = (
        select(*columns)
        .outerjoin(held, deputised)
        .where(known_at(schema.Duty))
        .order_by(_DUTY.c.code, _DUTY.c.valid_from, _DUTY.c.id)
    )
    duties = groupby(stream(connection, statement), key=lambda row: row[0])
    code, own = next(duties, (None, iter(())))
    people = select(_PERSON.c.code, _PERSON.c.given_name, _PERSON.c.surname).where(current(schema.Person))
    for person in stream(connection, people.order_by(_PERSON.c.code)):
        while code is not None and code < person.code:  # duties of nobody that is known
            code, own = next(duties, (None, iter(())))
        yield person.code, _person(f"{person.given_name} {person.surname}", own if code == person.code else ())


def _person(name: str, duties: Iterable[Any]) -> bytes:
    posts, titles, at = [], [], 0
    for row in duties:
        title = None if row.title is None else row.title.encode()
        posts.append(
            _POST.pack(
                row.detsis_no,
                _KINDS.index(DutyKind(row.kind)),
                row.recorder is not None and row.recorder.startswith(schema.TAKEN_OVER),
                to_microseconds(row.valid_from),
                _time_form(row.valid_to),
                to_microseconds(row.recorded_at),
                _time_form(row.closed_at),
                to_microseconds(row.known_from),
                row.serial,
                row.duty_no,
                _NO_NUMBER if row.for_duty_no is None else row.for_duty_no,
                _NO_NUMBER if row.holder is None else row.holder,
                at,
                -1 if title is None else len(title),
            )
        )
        titles.append(title or b"")
        at += len(titles[-1])
    called, held = name.encode(), b"".join(posts)
    return b"".join((_HEAD.pack(len(called), len(held)), called, held, *titles))


def _units(connection: Connection) -> Iterator[tuple[int, bytes]]:
    """Each unit with all its states, by number."""
    c = _UNIT.c
    statement = select(c.detsis_no, c.active, c.parent_no, c.successor_no, c.valid_from, c.valid_to, c.name)
    statement = statement.where(known_at(schema.Unit)).order_by(c.detsis_no, c.valid_from)
    for number, states in groupby(stream(connection, statement), key=lambda row: row[0]):
        data = []
        for row in states:
            name = row.name.encode()
            successor = _NO_NUMBER if row.successor_no is None else row.successor_no
            start, end = to_microseconds(row.valid_from), _time_form(row.valid_to)
            data += [_STATE.pack(row.active, row.parent_no, successor, start, end, len(name)), name]
        yield number, b"".join(data)


def _posts(data: bytes) -> Iterator[tuple[Any, ...]]:
    start, end = _span(data)
    return _POST.iter_unpack(memoryview(data)[start:end])


def _span(data: bytes) -> tuple[int, int]:
    """Where the duties stand in a person's record."""
    name, duties = _HEAD.unpack_from(data)
    start: int = _HEAD.size + name
    return start, start + duties


def _number(value: int) -> int | None:
    return None if value == _NO_NUMBER else value


def _time(value: int) -> datetime | None:
    return None if value == _NO_TIME else from_microseconds(value)


def _time_form(value: datetime | None) -> int:
    return _NO_TIME if value is None else to_microseconds(value)
