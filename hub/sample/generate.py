"""The whole sample: what a registry held at its first load, and what came to it, round by round, in ten years after.

:class:`Sample` makes rows as plain dictionaries, one at a time, the same for the same number of units (certificates
apart). It knows no database; :mod:`hub.sample.load` writes what it makes.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from hub.sample import codes, delivery, duties, inventory, people, places, rounds
from hub.sample.certificates import Authority
from hub.sample.draw import chance, draw
from hub.sample.duties import Head, Span
from hub.sample.structure import FIRST_NUMBER, Institution, Structure, Unit

Facts = dict[str, Any]

OPEN: Final = "open"
PUT: Final = "put"
"""Open or alter, from the row's ``valid_from`` on."""
CORRECT: Final = "correct"
"""What is so now for the row's key was recorded without the facts that the row brings."""


class Step(NamedTuple):
    """One row to be written."""

    verb: str
    subject: str
    facts: Facts


class Sample:
    """A sample registry of ``count`` units. Take :meth:`opening` to its end, then :meth:`later`.

    Raises ``ValueError`` for a number of units that a sample cannot have.
    """

    def __init__(self, count: int, *, certificates: bool = True) -> None:
        self.structure = Structure(count)
        self._authority = Authority() if certificates else None
        self._certified: set[int] = set()
        self._scheduled: dict[int, list[Step]] = defaultdict(list)
        self._closing: dict[int, list[Step]] = defaultdict(list)
        self._events: dict[int, array[int]] = defaultdict(lambda: array("q"))
        self._type2 = array("H", bytes(2 * count))
        self._headed = bytearray(count)
        self._spans: dict[int, Span] = {}
        self._chain = lru_cache(maxsize=_CHAINS)(self._chain_of)

    # The first load ------------------------------------------------------------------------------------------------

    def opening(self) -> Iterator[Step]:
        """The rows of the first load, recorded at :data:`hub.sample.rounds.FIRST_LOAD`."""
        for subject, rows in (
            ("place", places.place_rows()),
            ("type1", codes.category_rows()),
            ("type2", codes.status_rows()),
            ("type3", codes.kind_rows()),
        ):
            for row in rows:
                yield _from(OPEN, subject, row, codes.RECORDED)
        for unit in self.structure.units():
            own = unit.institution
            if own.number == unit.number:
                yield from self._institution(unit, own)
            elif unit.leaf and chance(unit.number, 131, 70):
                yield from self._with_history(unit)
            else:
                yield from self._plain(unit, rounds.BEGINNING)
            if _keeps_legacy_names(unit.institution):
                yield _from(OPEN, "legacy_manager", _legacy_manager(unit), rounds.BEGINNING)
            else:
                self._plan_duties(unit)

    def _institution(self, unit: Unit, own: Institution) -> Iterator[Step]:
        facts = unit_facts(unit)
        names = [*(name for name, _ in own.former), own.name]
        yield _from(OPEN, "unit", facts | {"name": names[0]}, rounds.BEGINNING)
        for (_, on), name in zip(own.former, names[1:], strict=True):
            self._later(rounds.after(on), PUT, "unit", facts | {"name": name}, rounds.midnight(on))
        yield from self._reachable(unit, rounds.BEGINNING)
        yield _from(OPEN, "budget", inventory.budget(own), rounds.BEGINNING)
        for officer in inventory.officers(own):
            yield _from(OPEN, "detsis_officer", officer, rounds.BEGINNING)
        for subject, rows in (("service", inventory.services(own)), ("document", inventory.documents(own))):
            for row in rows:
                yield _from(OPEN, subject, row, rounds.BEGINNING)
        if inventory.has_inventory(own):
            for subject, rows in (("file_plan", inventory.file_plan(own)), ("legislation", inventory.legislation(own))):
                for row in rows:
                    yield _from(OPEN, subject, row, rounds.BEGINNING)
        if own.closed is not None:
            on, name = own.closed
            shut = facts | _SHUT | {"successor_no": self.structure.by_name(name).number}
            self._closing[rounds.after(on)].append(_from(PUT, "unit", shut, rounds.midnight(on)))
            self._spans[unit.number] = Span(0, rounds.midnight(on), rounds.after(on))
            return
        yield _from(OPEN, "notification_number", _number(unit, delivery.notification_number(unit)), rounds.BEGINNING)
        yield from self._version(unit)
        self._certificates(unit)

    def _with_history(self, unit: Unit) -> Iterator[Step]:
        """A unit that was founded later, closed, renamed or moved."""
        n = unit.number
        number = 1 + draw(n, 132) % (rounds.LAST_ROUND - 2)
        at = rounds.at(number, 0, 0)
        what = draw(n, 133) % 7
        facts = unit_facts(unit)
        if what < 2:
            self._scheduled[number] += self._plain(unit, at)
            self._spans[n] = Span(opened=number)
        elif what < 4:
            yield from self._plain(unit, rounds.BEGINNING)
            successor = unit.parent if chance(n, 134, 600) else None
            self._closing[number].append(_from(PUT, "unit", facts | _SHUT | {"successor_no": successor}, at))
            self._spans[n] = Span(0, at, number)
        elif what < 6 or unit.grandparent == 0:
            yield from self._plain(unit, rounds.BEGINNING, {"name": f"MERKEZ {unit.name}"})
            self._later(number, PUT, "unit", facts, at)
        else:
            before = {"parent_no": unit.grandparent, "level": unit.level - 1, "second_parent_no": 0}
            yield from self._plain(unit, rounds.BEGINNING, before)
            self._later(number, PUT, "unit", facts, at)

    def _plain(self, unit: Unit, since: datetime, before: Facts | None = None) -> Iterator[Step]:
        yield _from(OPEN, "unit", unit_facts(unit) | (before or {}), since)
        yield from self._reachable(unit, since)
        if kind := codes.kind_of(unit.name):
            n = unit.number
            yield _from(OPEN, "unit_type3", {"detsis_no": n, "type3_id": kind, "entry_id": n - FIRST_NUMBER + 1}, since)

    def _reachable(self, unit: Unit, since: datetime) -> Iterator[Step]:
        for contact in delivery.contacts(unit):
            yield _from(OPEN, "contact", contact, since)
        if not delivery.has_kep(unit):
            return
        n = unit.number
        if chance(n, 135, 60):
            number = 20 + draw(n, 136) % 100
            at = rounds.at(number, 0, 0, days_before=draw(n, 137) % 12)
            old = delivery.kep(unit, 1)
            yield _from(OPEN, "kep", old, since)
            self._later(number, PUT, "kep", old | {"active": False, "status": "Kullanımdan kaldırıldı"}, at)
            self._later(number, PUT, "kep", delivery.kep(unit), at)
        else:
            yield _from(OPEN, "kep", delivery.kep(unit), since)
        if chance(n, 138, 15):
            yield _from(OPEN, "kep", delivery.kep(unit, 2), since)
        if unit.institution.number != n and unit.institution.number in self._certified:
            owner = {"detsis_no": n, "owner_no": unit.institution.number}
            number = 110 + draw(n, 139) % 18
            self._later(number, PUT, "certificate_ownership", owner, rounds.at(number, 9, 0))

    def _version(self, unit: Unit) -> Iterator[Step]:
        now = delivery.version(unit)
        yield _from(OPEN, "package_version", {"detsis_no": unit.number, "version": "1.3"}, rounds.BEGINNING)
        if now != "1.3":
            number = 50 + draw(unit.number, 140) % 75
            facts = {"detsis_no": unit.number, "version": now}
            self._later(number, PUT, "package_version", facts, rounds.at(number, 10, 0))

    def _certificates(self, unit: Unit) -> None:
        own, n = unit.institution, unit.number
        if not (inventory.has_inventory(own) or chance(n, 141, 150)):
            if own.superior is not None and own.superior.number in self._certified:
                number = 110 + draw(n, 139) % 18
                owner = {"detsis_no": n, "owner_no": own.superior.number}
                self._later(number, PUT, "certificate_ownership", owner, rounds.at(number, 9, 0))
            return
        self._certified.add(n)
        number = 110 + draw(n, 142) % 18
        if self._authority is None:
            return
        fresh = self._authority.certificate(n, own.name, rounds.at(number, 9, 0), active=True)
        self._later(number, PUT, "certificate", fresh, fresh["uploaded_at"])
        if chance(n, 143, 300):
            earlier = 70 + draw(n, 144) % 20
            old = self._authority.certificate(n, own.name, rounds.at(earlier, 9, 0), active=True)
            self._later(earlier, PUT, "certificate", old, old["uploaded_at"])
            done = old | {"active": False, "updated_at": fresh["uploaded_at"]}
            self._later(number, PUT, "certificate", done, fresh["uploaded_at"])

    def _later(self, number: int, verb: str, subject: str, facts: Facts, since: datetime) -> None:
        self._scheduled[number].append(_from(verb, subject, facts, since))

    # The rounds ----------------------------------------------------------------------------------------------------

    def later(self) -> Iterator[tuple[datetime, Iterator[Step]]]:
        """The rounds after the first load: when each was recorded, and its rows in the order of writing."""
        for number in range(1, rounds.LAST_ROUND + 1):
            yield rounds.instant(number), self._round(number)

    def _round(self, number: int) -> Iterator[Step]:
        yield from sorted(self._scheduled.pop(number, ()), key=_by_subject)
        for event in sorted(self._events.pop(number, ())):
            unit, head, owner = self._decoded(event)
            ended = bool(event & 1)
            if not ended and head.person // duties.SLOTS == unit - FIRST_NUMBER:
                yield Step(OPEN, "person", people.person_facts(head.person) | {"valid_from": rounds.instant(number)})
            yield Step(CORRECT if ended else OPEN, "duty", self._duty(unit, head, owner, ended=ended))
        yield from self._closing.pop(number, ())

    def _plan_duties(self, unit: Unit) -> None:
        offset = unit.number - FIRST_NUMBER
        self._type2[offset] = unit.type2_id
        self._headed[offset] = duties.is_headed(unit.number, unit.type2_id)
        for head in self._chain(unit.number):
            self._events[head.recorded].append(offset << 8 | head.slot << 1)
            if head.closed is not None:
                self._events[head.closed].append(offset << 8 | head.slot << 1 | 1)

    def _chain_of(self, number: int) -> list[Head]:
        """All duties of one unit: heads, then deputies."""
        if not self._headed[number - FIRST_NUMBER]:
            return []
        span = self._spans.get(number, duties.WHOLE)
        chain = duties.heads(number, span)
        if other := duties.predecessor(number):
            came = self._headed[other - FIRST_NUMBER] and other not in self._spans
            chain = duties.changed_post(chain, duties.heads(other) if came else [])
        return chain + duties.deputies(number, span, chain)

    def _decoded(self, event: int) -> tuple[int, Head, Head | None]:
        number = FIRST_NUMBER + (event >> 8)
        slot = event >> 1 & 0x7F
        chain = self._chain(number)
        head = next(head for head in chain if head.slot == slot)
        heads = [other for other in chain if other.kind != "deputy" and other.starts <= head.starts]
        return number, head, heads[-1] if head.kind == "deputy" else None

    def _duty(self, number: int, head: Head, owner: Head | None, *, ended: bool) -> Facts:
        title = codes.statuses()[self._type2[number - FIRST_NUMBER]].title
        return duties.duty_facts(number, head, title, owner, ended=ended)


_CHAINS: Final = 50_000
"""Units whose duties are remembered from round to round; those of further ones are worked out again each time."""

_FIRST_LEGACY: Final = 20_000_000
"""Legacy names belong to nobody with a code; they are drawn from numbers of their own."""

_SHUT: Final[Facts] = {"active": False, "operating": False, "external": False}


def unit_facts(unit: Unit) -> Facts:
    """The facts of a unit as it stands at the end of its history."""
    return {
        "detsis_no": unit.number,
        "name": unit.name,
        "parent_no": unit.parent,
        "second_parent_no": unit.second,
        "main_no": unit.institution.number,
        "place_id": unit.place_id,
        "type1_id": unit.category,
        "type2_id": unit.type2_id,
        "level": unit.level,
        "active": True,
        "operating": True,
        "external": unit.external,
        "address": delivery.address(unit),
        "register_no": f"{unit.number - FIRST_NUMBER + 1:08}",
        "successor_no": None,
    }


def _keeps_legacy_names(own: Institution) -> bool:
    """Small municipalities that have not begun with İYEM: only the names known before are there."""
    return own.short == "belediye" and own.district is not None and chance(own.number, 145, 80)


def _legacy_manager(unit: Unit) -> Facts:
    full_name = " ".join(people.name(_FIRST_LEGACY + unit.number - FIRST_NUMBER))
    return {"detsis_no": unit.number, "full_name": full_name, "title": codes.statuses()[unit.type2_id].title}


def _number(unit: Unit, number: str) -> Facts:
    return {"detsis_no": unit.number, "number": number}


def _from(verb: str, subject: str, facts: Facts, since: datetime) -> Step:
    return Step(verb, subject, {**facts, "valid_from": since})


def _by_subject(step: Step) -> tuple[bool, str, str]:
    return step.subject != "unit", step.subject, step.verb
