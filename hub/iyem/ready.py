"""Decisions that stand ready: a unit's time, judged when the file of :mod:`hub.iyem.filed` is made.

For whoever holds or held a duty in a unit, the time in office falls into segments within which the decision is the same
but for the instant asked about, the moment of asking and the serial. Each segment is judged once, by
:func:`hub.iyem.decision.judge` over the unit's own rows, and stands in the file as answers have it. Where a decision
rests on more than those rows (when the register begins, whether a unit was founded or came in, a deputised post that is
not the unit's, two deputised posts at once) nothing stands ready, nor outside the time in office: the question is then
judged when it is asked.

A segment is right as long as unit, person and, for a deputy, the deputised person are as they were; whoever reads one
looks whether they are.
"""

from __future__ import annotations

import contextlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from mmap import mmap
from struct import Struct
from typing import Final, NamedTuple

from hub.iyem.decision import Decision, DutyRecord, Named, UnitState, Who, judge
from hub.store.personal import Tckn
from hub.store.types import to_microseconds

NOBODY: Final = -(2**31)
_HEAD: Final = Struct("<I")
"""A unit: how many segments. Then come where they begin, their people, the segments and the texts."""
_SEGMENT: Final = Struct("<iIIII")
"""The deputised person; place and length of what stands before and after the part that is the question's own. Without
texts: nothing stands ready from here on."""


class _ElsewhereError(Exception):
    """The decision rests on more than the rows of one unit."""


class Ready(NamedTuple):
    """A decision as answers have it, but for instant, moment of knowledge and serial, which stand between the texts."""

    before: bytes
    after: bytes
    at: datetime
    known: datetime
    serial: int


class Form(NamedTuple):
    """How a decision is written in answers: what stands before and after the part that says what was asked, when and by
    which serial. ``version`` is another whenever ``write`` would make other bytes of it."""

    version: str
    write: Callable[[Decision], tuple[bytes, bytes]]


class Held(NamedTuple):
    """What is known of a person in one unit: the duties there by start, at least one."""

    person: Named
    duties: Sequence[DutyRecord]


class Segment(NamedTuple):
    """The decision of a person from ``at`` on, until the person's next segment; None where none stands ready."""

    code: int
    at: datetime
    decision: Decision | None
    deputised: int


class _Rows:
    """A :class:`hub.iyem.decision.Register` of one unit's rows, read by one person's questions after another's."""

    serial = 0

    def __init__(self, states: Sequence[UnitState], people: Iterable[Held]) -> None:
        self._states = states
        self._posts = {duty.duty_no: duty for held in people for duty in held.duties}
        self._people = {held.person.code: held for held in people}
        self.deputised = NOBODY
        """The person whose post was looked at."""

    def code_of(self, tckn: Tckn) -> int | None:
        raise _ElsewhereError

    def person(self, code: int) -> Named | None:
        return self._people[code].person

    def duties(self, code: int, unit_no: int) -> Sequence[DutyRecord]:
        return self._people[code].duties

    def elsewhere(self, code: int, unit_no: int, at: datetime) -> DutyRecord | None:
        raise _ElsewhereError

    def duty(self, duty_no: int) -> DutyRecord | None:
        found = self._posts.get(duty_no)
        if found is None or self.deputised not in (NOBODY, found.code):
            raise _ElsewhereError
        self.deputised = found.code
        return found

    def unit(self, number: int) -> Sequence[UnitState]:
        return self._states

    def founded(self, number: int) -> bool:
        raise _ElsewhereError

    def begins(self) -> datetime | None:
        raise _ElsewhereError

    def edges(self, here: Sequence[DutyRecord]) -> list[datetime]:
        """Every instant with which a decision over these duties compares the one asked about, in order."""
        found = [duty.recorded_at for duty in here]
        spells: list[DutyRecord | UnitState] = [*here, *self._states]
        for duty in here:
            if duty.for_duty_no in self._posts:
                spells.append(self._posts[duty.for_duty_no])
        for spell in spells:
            found.append(spell.start)
            if spell.end is not None:
                found.append(spell.end)
        found.sort()
        return found


def segments(unit_no: int, states: Sequence[UnitState], people: Sequence[Held]) -> Iterator[Segment]:
    """The segments of ``people``, who hold or held duties in the unit of these states, oldest first; in their order."""
    rows = _Rows(states, people)
    for (code, _), here in people:
        who, done, gap = Who(code), None, True
        for edge in rows.edges(here):
            if edge == done:
                continue
            done, made = edge, None
            rows.deputised = NOBODY
            if any(duty.in_office(edge) for duty in here):
                with contextlib.suppress(_ElsewhereError):
                    made = judge(rows, who, unit_no, edge)
            if made is not None or not gap:
                yield Segment(code, edge, made, rows.deputised)
            gap = made is None


def pack(found: Iterable[Segment], form: Form) -> bytes:
    """A unit's segments, by code and time, as :func:`find` reads them."""
    times, people, packed, texts = array("q"), array("i"), [], []
    places: dict[bytes, int] = {}
    size = 0
    last: tuple[int, int, bytes, bytes] | None = None
    for code, at, decision, deputised in found:
        before, after = (b"", b"") if decision is None else form.write(decision)
        now = code, deputised, before, after
        if now == last:
            continue  # nothing changed at this edge
        last = now
        for text in (before, after):
            if text not in places:
                places[text] = size
                texts.append(text)
                size += len(text)
        times.append(to_microseconds(at))
        people.append(code)
        packed.append(_SEGMENT.pack(deputised, places[before], len(before), places[after], len(after)))
    return b"".join((_HEAD.pack(len(packed)), times.tobytes(), people.tobytes(), *packed, *texts))


def find(read: mmap, place: int, code: int, at: int) -> tuple[int, bytes, bytes] | None:
    """The deputised person (or :data:`NOBODY`) and the texts of the segment that ``at`` (microseconds) falls into, of
    the unit whose segments begin at ``place``; None where nothing stands ready."""
    (count,) = _HEAD.unpack_from(read, place)
    times = place + _HEAD.size
    people = times + 8 * count
    packed = people + 4 * count
    codes = array("i", read[people:packed])
    first = bisect_left(codes, code)
    if first == count or codes[first] != code:
        return None
    found = bisect_right(array("q", read[times:people]), at, first, bisect_right(codes, code, first)) - 1
    if found < first:
        return None
    deputised, before, before_size, after, after_size = _SEGMENT.unpack_from(read, packed + found * _SEGMENT.size)
    if not before_size:
        return None
    texts = packed + count * _SEGMENT.size
    before += texts
    after += texts
    return deputised, read[before : before + before_size], read[after : after + after_size]
