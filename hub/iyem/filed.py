"""What decisions need of the register as it is known now, from a file: a record by T.C. Yönetici Kodu, one by unit.

A decision out of it costs no statement. It shows the register at one serial; people and units that changed since are
known by number (:mod:`hub.registry.live`), and whoever asks about one of them, or about what the file does not hold
(the past as it was known then), is told so by :class:`NotFiledError` and asks the database. The decision itself is
:func:`hub.iyem.decision.may_sign`, over this as over any other register.

Names and duties stand in the file as they do in the database; of identity numbers only the keyed digests. Beside each
duty stands how it is written in answers, made by whoever serves them (:class:`Form`), so that the file's records need
not be written again at each question.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, select

from hub import clock, limits
from hub.iyem import filing
from hub.iyem.decision import DutyRecord, Named, UnitState
from hub.iyem.filing import DIGEST, HEAD, KINDS, NO_NUMBER, NO_TIME, PERIOD, POST, STATE, UNIT_HEAD, Form, mark
from hub.registry.live import File, Live
from hub.registry.managers import TCKN_PURPOSE
from hub.registry.moment import numbers, parts
from hub.registry.snapshot import Snapshot, Writer
from hub.store import schema
from hub.store.database import Database
from hub.store.freshness import Freshness
from hub.store.personal import Keys, Tckn
from hub.store.types import from_microseconds, to_microseconds

_DUTY: Final = schema.table_of(schema.Duty)
_JOURNAL: Final = schema.table_of(schema.JournalEntry)

_SUBJECTS: Final = (schema.Unit.subject, schema.Person.subject, schema.Duty.subject)
_ANY_DUTY: Final = 0
"""Stands among what changed where a duty did, whoever's it is: no unit and nobody has this number."""

_instant: Final = lru_cache(limits.INSTANTS_KEPT)(from_microseconds)


class NotFiledError(Exception):
    """The file cannot answer this; the database can."""


class FiledDuty(DutyRecord):
    """A duty out of the file, which knows where its text stands."""

    text: tuple[_Records, int, int]

    def written(self) -> bytes:
        """The duty as the file's :class:`Form` wrote it; empty where it was made without one."""
        records, start, size = self.text
        return records.map[start : start + size]


class _Records(File):
    """An open file."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__(snapshot)
        self.map = snapshot.map
        self.person = _Section(snapshot, "people").find
        self.unit = _Section(snapshot, "units").find
        self._marks = snapshot.numbers("lookups-marks", "Q")
        self._codes = snapshot.numbers("lookups-codes", "i")
        self._digests = snapshot.place("lookups")[0]
        begins = snapshot.numbers("begins", "q")
        self.begins = from_microseconds(begins[0]) if len(begins) else None

    def code(self, digest: bytes) -> int | None:
        """Whose identity number has this keyed digest; None for nobody's."""
        sign = mark(digest)
        place = bisect_left(self._marks, sign)
        while place < len(self._marks) and self._marks[place] == sign:
            start = self._digests + place * DIGEST
            if self.map[start : start + DIGEST] == digest:
                return self._codes[place]
            place += 1
        return None


class _Section:
    """Sorted numbers, where the record of each begins, and the records."""

    def __init__(self, snapshot: Snapshot, name: str) -> None:
        self._keys = array("i", snapshot.numbers(f"{name}-keys", "i").tobytes())
        self._offsets = snapshot.numbers(f"{name}-offsets", "Q")
        self._start = snapshot.place(name)[0]

    def find(self, number: int) -> int | None:
        """Where in the file the record of ``number`` begins."""
        keys = self._keys
        place = bisect_left(keys, number)
        if place == len(keys) or keys[place] != number:
            return None
        return self._start + self._offsets[place]


class FiledRegister:
    """A :class:`hub.iyem.decision.Register` of one question; its methods raise :class:`NotFiledError`."""

    __slots__ = (
        "_at",
        "_code",
        "_count",
        "_file",
        "_holders",
        "_keys",
        "_name",
        "_posts",
        "_titles",
        "_touched",
        "serial",
    )

    def __init__(self, file: _Records, touched: frozenset[int], serial: int, keys: Keys | None) -> None:
        self._file, self._touched, self.serial, self._keys = file, touched, serial, keys
        self._code: int | None = None
        self._holders: dict[int, int] | None = None
        """Who holds the posts that were come upon as deputised, by the post's duty number."""

    def code_of(self, tckn: Tckn) -> int:
        if self._keys is None:
            raise NotFiledError
        code = self._file.code(self._keys.lookup(tckn.number, TCKN_PURPOSE))
        if code is None or -code in self._touched:
            raise NotFiledError  # the person may have been recorded since, or the number be another's by now
        return code

    def begins(self) -> datetime | None:
        if _ANY_DUTY in self._touched:
            raise NotFiledError
        return self._file.begins

    def founded(self, number: int) -> bool:
        raise NotFiledError

    def person(self, code: int) -> Named | None:
        if not self._has(code):
            return None
        start = self._posts + self._count * POST.size
        return Named(code, self._file.map[start : start + self._name].decode())

    def duties(self, code: int, unit_no: int) -> Sequence[DutyRecord]:
        if not self._has(code):
            return ()
        return [self._duty(place, unit_no) for place, number in enumerate(self._units()) if number == unit_no]

    def elsewhere(self, code: int, unit_no: int, at: datetime) -> DutyRecord | None:
        if not self._has(code):
            return None
        read, post, instant = self._file.map, self._posts, to_microseconds(at)
        for place, number in enumerate(self._units()):
            if number != unit_no:
                start, end = PERIOD.unpack_from(read, post + place * POST.size)
                if start <= instant and (instant < end or end == NO_TIME):
                    return self._duty(place, number)
        return None

    def duty(self, duty_no: int) -> DutyRecord | None:
        holder = None if self._holders is None else self._holders.get(duty_no)
        if holder is None or not self._has(holder):
            raise NotFiledError
        for place, number in enumerate(self._numbers()):
            if number == duty_no:
                return self._duty(place, self._units()[place])
        return None

    def unit(self, number: int) -> Sequence[UnitState]:
        place = _unit_of(self._file, self._touched, number)
        if place is None:
            return ()
        read = self._file.map
        _, count = UNIT_HEAD.unpack_from(read, place)
        place += UNIT_HEAD.size
        found = []
        for _ in range(count):
            active, parent, successor, start, end, size = STATE.unpack_from(read, place)
            place += STATE.size
            name = read[place : place + size].decode()
            place += size
            until = None if end == NO_TIME else _instant(end)
            found.append(UnitState(number, name, active == 1, parent, _number(successor), _instant(start), until))
        return found

    def _has(self, code: int) -> bool:
        """Go to the record of the person with this code; False for nobody."""
        if code == self._code:
            return True
        if -code in self._touched:
            raise NotFiledError
        place = self._file.person(code)
        if place is None:
            return False
        self._code, self._at = code, place + HEAD.size
        count, self._name, self._titles = HEAD.unpack_from(self._file.map, place)
        self._count, self._posts = count, self._at + 8 * count
        return True

    def _units(self) -> array[int]:
        """The unit of each duty."""
        return array("i", self._file.map[self._at : self._at + 4 * self._count])

    def _numbers(self) -> array[int]:
        """The number of each duty."""
        return array("i", self._file.map[self._at + 4 * self._count : self._posts])

    def _duty(self, place: int, unit_no: int) -> DutyRecord:
        """The duty at this place among those of the person."""
        file, code = self._file, self._code
        read = file.map
        (
            start,
            end,
            kind,
            taken,
            recorded,
            closed,
            known,
            serial,
            number,
            acted,
            holder,
            title_at,
            title_size,
            text_at,
            text_size,
        ) = POST.unpack_from(read, self._posts + place * POST.size)
        if holder != NO_NUMBER:
            self._holders = {**(self._holders or {}), acted: holder}
        titles = self._posts + self._count * POST.size + self._name
        title = None
        if title_size >= 0:
            title_at += titles
            title = read[title_at : title_at + title_size].decode()
        made = tuple.__new__(
            FiledDuty,
            (
                number,
                unit_no,
                code,
                KINDS[kind],
                _instant(start),
                None if end == NO_TIME else _instant(end),
                _instant(recorded),
                None if closed == NO_TIME else _instant(closed),
                _instant(known),
                None,
                serial,
                title,
                None if acted == NO_NUMBER else acted,
                taken == 1,
            ),
        )
        made.text = file, titles + self._titles + text_at, text_size
        return made


class Filed(Live[_Records, None]):
    """The file of one process; threads may share it."""

    def __init__(
        self,
        database: Database,
        freshness: Freshness,
        folder: Path,
        keys: Keys | None = None,
        form: Form | None = None,
    ) -> None:
        """``keys`` find people by identity number; without them such a question is the database's."""
        self._keys = keys
        self._form = form
        version = filing.VERSION if form is None else f"{filing.VERSION}.{form.version}"
        super().__init__(database, freshness, folder, f"decisions.{version}")

    def registers(self, count: int) -> list[FiledRegister]:
        """A register for each of ``count`` questions, all of one state: what was committed before the call.

        Raises :class:`NotFiledError` where there is no file yet, or too much changed since.
        """
        state = self.state()
        if state.file is None or state.touched is None:
            raise NotFiledError
        file, touched, seen, keys = state.file, state.touched, state.seen, self._keys
        return [FiledRegister(file, touched, seen, keys) for _ in range(count)]

    def institutions(self, numbers: Iterable[int]) -> dict[int, int]:
        """The main institution of each of these units as it is now; numbers that do not exist are left out. Raises
        :class:`NotFiledError` as :meth:`registers` does, or for units that changed since."""
        state = self.state()
        if state.file is None or state.touched is None:
            raise NotFiledError
        found = {}
        for number in numbers:
            place = _unit_of(state.file, state.touched, number)
            if place is not None:
                main, _ = UNIT_HEAD.unpack_from(state.file.map, place)
                if main != NO_NUMBER:
                    found[number] = main
        return found

    def current_until(self) -> datetime | None:
        """Until when the state shown is known to be the last one: None for now, else when the database was heard of
        last."""
        away = self._freshness.away()
        return None if away is None else clock.now() - timedelta(seconds=away)

    def _touched(self, connection: Connection, after: int) -> frozenset[int] | None:
        """Units by their number, people by their code with a minus before it, :data:`_ANY_DUTY` for all duties."""
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
        if duties:
            found.add(_ANY_DUTY)
        for part in parts(sorted(duties)):
            statement = select(_DUTY.c.code).where(_DUTY.c.duty_no.in_(part)).distinct()
            found.update(-code for code in numbers(connection, statement))
        return frozenset(found)

    def _open(self, snapshot: Snapshot) -> _Records:
        return _Records(snapshot)

    def _write(self, connection: Connection, writer: Writer) -> None:
        filing.write(connection, writer, self._form)


def _unit_of(file: _Records, touched: frozenset[int], number: int) -> int | None:
    """Where the record of a unit begins; None for one that does not exist."""
    if number in touched:
        raise NotFiledError
    return file.unit(number)


def _number(value: int) -> int | None:
    return None if value == NO_NUMBER else value
