"""Who headed the sample's units in ten years: owners one after the other, acting heads, deputies, changes of post.

Everything of one duty follows from the unit's number and the duty's slot, so that a round's duties can be made again
when the round is written and none need be kept. Slots 0 to 2 are the heads one after the other; 5 is a deputy of the
past, 6 one who is deputy still.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from hub.clock import to_local
from hub.sample import rounds
from hub.sample.draw import chance, choose, draw
from hub.sample.people import FIRST_CODE
from hub.sample.structure import FIRST_NUMBER

PAST_DEPUTY: Final = 5
PRESENT_DEPUTY: Final = 6
SLOTS: Final = 8
"""Duty numbers of one unit."""
_LAST_CHANGE: Final = 128
_MOVED_FROM: Final = 13
"""Who changes posts comes from the unit that has a number this much smaller."""
_PRESENT_DEPUTY_UNTIL: Final = date(2030, 12, 31)

_LEGAL: Final = ("657 sayılı Kanun m. 76", "3 sayılı CBK m. 2", "5442 sayılı Kanun m. 6", "657 sayılı Kanun m. 86")


class Head(NamedTuple):
    """One duty of a unit's head."""

    slot: int
    kind: str
    person: int
    starts: datetime
    recorded: int
    """The round it was recorded in."""
    ends: datetime | None
    closed: int | None
    """The round its end was recorded in."""


class Span(NamedTuple):
    """What bounds a unit's duties: the round it was opened in, and when and in which round it was closed."""

    opened: int = 0
    closes: datetime | None = None
    closed: int | None = None


WHOLE: Final = Span()


def is_headed(number: int, type2_id: int) -> bool:
    """Whether the unit has heads at all: small offices often have none, and a few units lack theirs."""
    if type2_id in {30, 31, 36}:
        return chance(number, 91, 450)
    return chance(number, 91, 960)


def heads(number: int, span: Span = WHOLE) -> list[Head]:
    """The duties of the head of unit ``number``, by start, each by somebody of its own; see :func:`changed_post`."""
    first = max(rounds.FIRST_DUTIES, span.opened)
    last = min(_LAST_CHANGE, (span.closed or _LAST_CHANGE + 1) - 1)
    if last < first:
        return []
    count = 1 + draw(number, 92) % 3
    changes = sorted({first, *(first + 1 + draw(number, 93 + i) % max(1, last - first) for i in range(count - 1))})
    changes = [change for change in changes if change <= last]
    found: list[Head] = []
    for slot, change in enumerate(changes):
        if slot == 0 and span.opened == 0:
            month = draw(number, 96) % 48
            starts = rounds.midnight(date(2011 + month // 12, month % 12 + 1, 3)) + timedelta(hours=9)
        elif slot == 0 and span.opened < rounds.FIRST_DUTIES:
            starts = rounds.at(span.opened, 9, 0)
        else:
            before = 1 + draw(number, 97 + slot) % 10 if slot and chance(number, 100 + slot, 80) else 0
            starts = rounds.at(change, 8 + draw(number, 103 + slot) % 8, draw(number, 106 + slot) % 60, before)
        kind = "acting" if slot and chance(number, 109 + slot, 90) else "owner"
        found.append(Head(slot, kind, _person(number, slot), starts, change, None, None))
    for slot, head in enumerate(found[:-1]):
        found[slot] = head._replace(ends=found[slot + 1].starts, closed=found[slot + 1].recorded)
    if span.closes is not None and span.closed is not None:
        found[-1] = found[-1]._replace(ends=span.closes, closed=span.closed)
    return found


def predecessor(number: int) -> int:
    """The unit that a head of unit ``number`` may have come from; 0 for none."""
    other = number - _MOVED_FROM
    return other if other >= FIRST_NUMBER and chance(number, 119, 250) else 0


def changed_post(chain: list[Head], other: list[Head]) -> list[Head]:
    """``chain`` with its last head come from the unit whose heads are ``other``: the person keeps the code."""
    if len(chain) > 1 and len(other) > 1 and other[0].ends is not None and other[0].ends < chain[-1].starts:
        return [*chain[:-1], chain[-1]._replace(person=other[0].person)]
    return chain


def deputies(number: int, span: Span, chain: list[Head]) -> list[Head]:
    """Deputies of owners: one that was, in some units one that still is."""
    found: list[Head] = []
    if span.closed is not None or not chain:
        return found
    owner = chain[0]
    until = owner.closed or _LAST_CHANGE
    if chance(number, 113, 50) and until - owner.recorded > 3:
        at = owner.recorded + 1 + draw(number, 114) % (until - owner.recorded - 2)
        ends = rounds.at(at, 18, 0) + timedelta(days=1 + draw(number, 115) % 20)
        if owner.ends is None or ends < owner.ends:
            deputy = _person(number, PAST_DEPUTY)
            found.append(Head(PAST_DEPUTY, "deputy", deputy, rounds.at(at, 13, 0), at, ends, None))
    if chain[-1].kind == "owner" and chance(number, 116, 20):
        at = max(rounds.LAST_ROUND - draw(number, 117) % 8, chain[-1].recorded + 1)
        ends = rounds.midnight(_PRESENT_DEPUTY_UNTIL)
        deputy = _person(number, PRESENT_DEPUTY)
        found.append(Head(PRESENT_DEPUTY, "deputy", deputy, rounds.at(at, 13, 0), at, ends, None))
    return found


def duty_facts(number: int, head: Head, title: str, owner: Head | None, *, ended: bool) -> dict[str, Any]:
    """The facts of one duty as they are known when it is recorded, or (``ended``) when its end is."""
    deputy, acting = head.kind == "deputy", head.kind == "acting"
    known_end = deputy or ended
    return {
        "duty_no": duty_no(number, head.slot),
        "detsis_no": number,
        "code": FIRST_CODE + head.person,
        "kind": head.kind,
        "title": f"{title} V." if deputy or acting else title,
        "legal_basis": _LEGAL[3] if deputy or acting else choose(_LEGAL[:3], number, 118),
        "kind_text": "Vekâlet" if deputy else "Vekâlet (boş kadro)" if acting else "Asil",
        "deputy_text": "Vekaleten" if deputy or acting else None,
        "for_duty_no": duty_no(number, owner.slot) if deputy and owner else None,
        "recorded_at": rounds.instant(head.recorded),
        "closed_at": rounds.instant(head.closed) if ended and head.closed is not None else None,
        "recorder": "örnek",
        "late": rounds.day(head.recorded) > to_local(head.starts).date(),
        "valid_from": head.starts,
        "valid_to": head.ends if known_end else None,
    }


def duty_no(number: int, slot: int) -> int:
    """The number of a duty record."""
    return (number - FIRST_NUMBER) * SLOTS + slot + 1


def _person(number: int, slot: int) -> int:
    """The person whose first duty this is."""
    return (number - FIRST_NUMBER) * SLOTS + slot
