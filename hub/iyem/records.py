"""How the file of :mod:`hub.iyem.filed` is laid out, and how it is read: records by T.C. Yönetici Kodu and by unit."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from struct import Struct
from typing import Any, Final

from hub import limits
from hub.iyem.decision import DutyRecord, Named, UnitState
from hub.registry.managers import TCKN_PURPOSE
from hub.registry.snapshot import Sections
from hub.store.personal import Keys, Tckn
from hub.store.schema import DutyKind
from hub.store.types import from_microseconds, to_microseconds

HEAD: Final = Struct("<II")
"""A person: how many duties, bytes of the name. Then come the duties' units, their numbers, the duties, the name and
the titles."""
POST: Final = Struct("<qqBBqqqqiiiIi")
"""A duty: start, end, kind, taken over, recorded, closed, known from, serial, number, the deputised duty and its
holder, place and length of the title."""
PERIOD: Final = Struct("<qq")
"""Its beginning."""
UNIT_HEAD: Final = Struct("<iI")
"""A unit: the institution that it belongs to now, and how many states."""
STATE: Final = Struct("<Biiqqi")
"""A unit's state: active, superior, successor, start, end, bytes of the name that follows."""
DIGEST: Final = 32
NO_NUMBER: Final = -(2**31)
NO_TIME: Final = -(2**63)
KINDS: Final = tuple(DutyKind)
ANY_DUTY: Final = 0
"""Stands among what changed where a duty did, whoever's it is: no unit and nobody has this number."""

_instant: Final = lru_cache(limits.INSTANTS_KEPT)(from_microseconds)


class NotFiledError(Exception):
    """The file cannot answer this; the database can."""


class Records:
    """The people, units, identity numbers and beginning of a file."""

    def __init__(self, sections: Sections) -> None:
        self.map = sections.map
        people = Section(sections, "people")
        self.codes, self.person = people.keys, people.find
        self.unit = Section(sections, "units").find
        self._marks = sections.numbers("lookups-marks", "Q")
        self._codes = sections.numbers("lookups-codes", "i")
        self._digests = sections.place("lookups")[0]
        begins = sections.numbers("begins", "q")
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


class Section:
    """Sorted numbers, where the record of each begins, and the records."""

    def __init__(self, sections: Sections, name: str) -> None:
        self.keys = array("i", sections.numbers(f"{name}-keys", "i").tobytes())
        self._offsets = sections.numbers(f"{name}-offsets", "Q")
        self._start = sections.place(name)[0]

    def find(self, number: int) -> int | None:
        """Where in the file the record of ``number`` begins."""
        keys = self.keys
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
        "_touched",
        "serial",
    )

    def __init__(self, file: Records, touched: frozenset[int], serial: int, keys: Keys | None) -> None:
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
        if ANY_DUTY in self._touched:
            raise NotFiledError
        return self._file.begins

    def founded(self, number: int) -> bool:
        raise NotFiledError

    def units_of(self, code: int) -> array[int]:
        """The unit of each duty of the person with this code, who is in the file."""
        self._has(code)
        return self._units()

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
        place = unit_place(self._file, self._touched, number)
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
        count, self._name = HEAD.unpack_from(self._file.map, place)
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
        read = self._file.map
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
        ) = POST.unpack_from(read, self._posts + place * POST.size)
        if holder != NO_NUMBER:
            self._holders = {**(self._holders or {}), acted: holder}
        title = None
        if title_size >= 0:
            title_at += self._posts + self._count * POST.size + self._name
            title = read[title_at : title_at + title_size].decode()
        found: tuple[Any, ...] = (
            number,
            unit_no,
            self._code,
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
        )
        return DutyRecord._make(found)


def mark(digest: bytes) -> int:
    """The beginning of a digest, which hardly two share."""
    return int.from_bytes(digest[:8], "big")


def unit_place(file: Records, touched: frozenset[int], number: int) -> int | None:
    """Where the record of a unit begins; None for one that does not exist. Raises :class:`NotFiledError` for one that
    changed since (``touched``)."""
    if number in touched:
        raise NotFiledError
    return file.unit(number)


def _number(value: int) -> int | None:
    return None if value == NO_NUMBER else value
