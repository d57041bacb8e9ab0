"""What officers have to do, and what the register is short of (principles 4, 5, 6, 12, 13, 14).

Everything is computed from the register when asked; nothing is kept, so a report is never out of date.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, case, func, or_, select

from hub import clock
from hub.iyem import chart, places
from hub.iyem.officers import OFFICERS_PER_PLACE, Officer, coordinator
from hub.iyem.places import Place
from hub.iyem.register import closings
from hub.registry import units
from hub.registry.moment import Moment, holds, parts
from hub.store import schema
from hub.store.schema import DutyKind, OfficerRole
from hub.store.scope import current, known_at

CLOSING_TOLD: Final = timedelta(days=30)
"""For how long an officer's queue tells of a unit that was closed while somebody held it."""

_DUTY = schema.table_of(schema.Duty)
_UNIT = schema.table_of(schema.Unit)
_OFFICER = schema.table_of(schema.IyemOfficer)
_HEADS = (_DUTY.c.kind != DutyKind.DEPUTY.value, known_at(schema.Duty))
"""Records of owners and acting heads: a deputy alone is no manager of the unit."""


class Task(StrEnum):
    """What is to be done for a unit, most urgent first."""

    UPDATE = "update"
    """A record that is past its end, a unit that lost its head, or a deputy whose owner is not in office (any more):
    goes before every first record (principle 13)."""
    UNIT_CLOSED = "unit-closed"
    """The unit was closed while somebody held it; the record ends with the unit (T14). Told for some time."""
    FIRST_RECORD = "first-record"
    """No manager was ever recorded."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a work queue."""

    task: Task
    unit_no: int
    unit_name: str
    since: datetime | None
    """Since when the unit has had nobody, or when it was closed."""


def work_queue(connection: Connection, officer: Officer) -> list[Item]:
    """What ``officer`` has to do, updates before first records, each by unit number (principles 6 and 13)."""
    at = clock.now()
    numbers = area(connection, officer)
    updates: list[Item] = []
    firsts: list[Item] = []
    for item in _items(connection, numbers, at):
        (updates if item.task is Task.UPDATE else firsts).append(item)
    named = {item.unit_no for item in updates}
    updates += [item for item in _lone_deputies(connection, numbers, at) if item.unit_no not in named]
    updates.sort(key=lambda item: item.unit_no)
    return updates + list(_closed(connection, area(connection, officer, closed=True), at)) + firsts


def area(connection: Connection, officer: Officer, *, closed: bool = False) -> list[int]:
    """Numbers of the operating units whose managers ``officer`` records (principle 3), ascending; ``closed``: of those
    that were closed as well."""
    beneath = list(units.subtree(connection, officer.area_no, itself=True, second=True, closed=closed))
    if officer.role is OfficerRole.GOREVLI:
        return beneath
    home = places.standing(connection, officer.area_no)
    civil_home = home is not None and home.place is Place.CIVIL
    return [
        at.unit.detsis_no
        for at in places.standings(connection, beneath)
        if (at.place is Place.CIVIL and civil_home) or (at.place is not Place.CIVIL and at.main_no == officer.area_no)
    ]


def missing_units(connection: Connection, main_no: int) -> list[Item]:
    """Units of an institution without a manager now, in the order of a work queue."""
    statement = (
        select(_UNIT.c.detsis_no)
        .where(current(schema.Unit), _UNIT.c.main_no == main_no, _UNIT.c.active.is_(True))
        .order_by(_UNIT.c.detsis_no)
    )
    items = list(_items(connection, list(connection.execute(statement).scalars()), clock.now()))
    return sorted(items, key=lambda item: (item.task is Task.FIRST_RECORD, item.unit_no))


def short_places(connection: Connection) -> list[tuple[int, OfficerRole, int]]:
    """Units in operation with fewer than two officers of a role they have or had: number, role, how many
    (principle 4)."""
    operating = _OFFICER.c.place_no.in_(select(_UNIT.c.detsis_no).where(current(schema.Unit), _UNIT.c.active.is_(True)))
    statement = select(_OFFICER.c.place_no, _OFFICER.c.role).where(known_at(schema.IyemOfficer), operating)
    ever = {(place, role) for place, role in connection.execute(statement)}
    now = Counter((place, role) for place, role in connection.execute(statement.where(holds(schema.IyemOfficer))))
    return sorted(
        (place, OfficerRole(role), now[place, role]) for place, role in ever if now[place, role] < OFFICERS_PER_PLACE
    )


def unserved(connection: Connection) -> list[int]:
    """Institutions, governorates and district governorates in operation that never had a Yetkili (principle 4)."""
    served = _served(connection)
    named = [_UNIT.c.name.like(f"%{end}") for end in places.AUTHORITIES]
    statement = select(_UNIT.c.detsis_no, _UNIT.c.main_no, _UNIT.c.name).where(
        current(schema.Unit), _UNIT.c.active.is_(True), or_(_UNIT.c.detsis_no == _UNIT.c.main_no, *named)
    )
    rows = connection.execute(statement.order_by(_UNIT.c.detsis_no))
    return [row.detsis_no for row in rows if row.detsis_no not in served]


def uncovered(connection: Connection) -> list[tuple[int, int]]:
    """Provincial units in operation that no Görevli was ever granted for, with whose Yetkili would grant it (principles
    4 and 5).

    Only the uppermost provincial unit of an institution, as its Görevli record what lies beneath it; not what belongs
    to a civil authority itself, whose Yetkili record that; and only where there ever was a Yetkili: :func:`unserved`
    names the others.
    """
    served = _served(connection)
    had = (known_at(schema.IyemOfficer), _OFFICER.c.role == OfficerRole.GOREVLI.value)
    ever = {n for row in connection.execute(select(_OFFICER.c.place_no, _OFFICER.c.area_no).where(*had)) for n in row}
    numbers = select(_UNIT.c.detsis_no).where(current(schema.Unit), _UNIT.c.active.is_(True))
    provincial: dict[int, tuple[int, int, int]] = {}
    for part in parts(connection.execute(numbers.order_by(_UNIT.c.detsis_no)).scalars().all() if served else []):
        for at in places.standings(connection, part):
            if at.provincial and at.authority_no not in {row.detsis_no for row in at.line}:
                provincial[at.unit.detsis_no] = at.unit.parent_no, at.main_no, coordinator(at)
    return [
        (number, by)
        for number, (above, main, by) in provincial.items()
        if by in served and number not in ever and provincial.get(above, (0, 0, 0))[1] != main
    ]


def _served(connection: Connection) -> set[int]:
    """Institutions and civil authorities that have or had a Yetkili."""
    ever = select(_OFFICER.c.area_no).where(known_at(schema.IyemOfficer), _OFFICER.c.role == OfficerRole.YETKILI.value)
    return set(connection.execute(ever).scalars())


def incomplete(connection: Connection) -> list[tuple[int, int, int]]:
    """Institutions whose first definition is not finished (principle 12): number, operating units, those without any
    record."""
    recorded = select(_DUTY.c.id).where(_DUTY.c.detsis_no == _UNIT.c.detsis_no, *_HEADS).exists()
    missing = func.sum(case((recorded, 0), else_=1))
    statement = (
        select(_UNIT.c.main_no, func.count(), missing)
        .where(current(schema.Unit), _UNIT.c.active.is_(True))
        .group_by(_UNIT.c.main_no)
        .having(missing > 0)
        .order_by(_UNIT.c.main_no)
    )
    return [(int(main), int(count), int(lacking)) for main, count, lacking in connection.execute(statement)]


def late_grants(connection: Connection) -> list[int]:
    """Officers in force who were granted access after the day principle 8 set."""
    table = schema.table_of(schema.IyemOfficer)
    statement = select(table.c.officer_no).where(table.c.late.is_(True), holds(schema.IyemOfficer))
    return list(connection.execute(statement.order_by(table.c.officer_no)).scalars())


def unlinked_units(connection: Connection, head_no: int) -> list[int]:
    """First-level units of an institution or governorate without a link to a deputy head who still is one (principle
    14).

    Units of civil administration are the governorate's to link, and local governments nobody's; the deputy heads' own
    posts need no link.
    """
    head = places.standing(connection, head_no)
    if head is None:
        return []
    deputies = chart.deputy_heads(connection, head_no)
    linked = {unit for unit, code in chart.linked(connection, head_no).items() if deputies.get(code, set()) - {unit}}
    done = linked | chart.deputy_posts(connection, head_no)
    statement = (
        select(_UNIT.c.detsis_no)
        .where(current(schema.Unit), _UNIT.c.active.is_(True))
        .where((_UNIT.c.parent_no == head_no) | (_UNIT.c.second_parent_no == head_no))
        .order_by(_UNIT.c.detsis_no)
    )
    numbers = [number for number in connection.execute(statement).scalars() if number not in done]
    return [at.unit.detsis_no for at in places.standings(connection, numbers) if chart.is_linked_by(at, head)]


def unlinked(connection: Connection) -> list[tuple[int, int]]:
    """Head and unit for each first-level unit without a link, of the institutions and governorates in operation that
    have or had a Yetkili, or have links."""
    link = schema.table_of(schema.DeputyHeadLink)
    linking = set(connection.execute(select(link.c.head_no).where(current(schema.DeputyHeadLink)).distinct()).scalars())
    heads = places.standings(connection, sorted(linking | _served(connection)))
    return [
        (at.unit.detsis_no, unit)
        for at in heads
        if at.unit.active and (at.unit.detsis_no == at.main_no or places.is_governorate(at.unit.name))
        for unit in unlinked_units(connection, at.unit.detsis_no)
    ]


def _lone_deputies(connection: Connection, numbers: list[int], at: datetime) -> Iterator[Item]:
    """Units in which somebody acts for an owner who is not in office (any more), or whose record was taken back: such
    a deputation lets nobody sign, and is to be ended or taken back (principles 6 and 17)."""
    owner = _DUTY.alias("owner")
    in_office = select(owner.c.id).where(
        owner.c.duty_no == _DUTY.c.for_duty_no,
        owner.c.known_to.is_(None),
        owner.c.valid_from <= at,
        owner.c.valid_to.is_(None) | (owner.c.valid_to > at),
    )
    for part in parts(numbers):
        statement = (
            select(_UNIT.c.detsis_no, _UNIT.c.name, func.min(_DUTY.c.valid_from))
            .join(_DUTY, _DUTY.c.detsis_no == _UNIT.c.detsis_no)
            .where(_UNIT.c.detsis_no.in_(part), current(schema.Unit), holds(schema.Duty, Moment(at)))
            .where(_DUTY.c.kind == DutyKind.DEPUTY.value, _DUTY.c.for_duty_no.is_not(None), ~in_office.exists())
            .group_by(_UNIT.c.detsis_no, _UNIT.c.name)
        )
        for number, name, since in connection.execute(statement.order_by(_UNIT.c.detsis_no)):
            yield Item(Task.UPDATE, number, name, since)


def _closed(connection: Connection, numbers: list[int], at: datetime) -> Iterator[Item]:
    """Units closed not long ago while somebody held them."""
    closed = closings()
    for part in parts(numbers):
        statement = (
            select(closed.c.detsis_no, closed.c.at, _UNIT.c.name)
            .join(_UNIT, (_UNIT.c.detsis_no == closed.c.detsis_no) & current(schema.Unit))
            .where(closed.c.detsis_no.in_(part), closed.c.at > at - CLOSING_TOLD)
            .where(
                select(_DUTY.c.id)
                .where(_DUTY.c.detsis_no == closed.c.detsis_no, known_at(schema.Duty))
                .where(_DUTY.c.valid_to.is_(None) | (_DUTY.c.valid_to >= closed.c.at))
                .exists()
            )
            .order_by(closed.c.detsis_no)
        )
        for number, when, name in connection.execute(statement):
            yield Item(Task.UNIT_CLOSED, number, name, when)


def _items(connection: Connection, numbers: list[int], at: datetime) -> Iterator[Item]:
    for part in parts(numbers):
        rows = {
            row.detsis_no: row.name
            for row in connection.execute(
                select(_UNIT.c.detsis_no, _UNIT.c.name).where(
                    _UNIT.c.detsis_no.in_(part), current(schema.Unit), _UNIT.c.active.is_(True)
                )
            )
        }
        heads: dict[int, list[tuple[datetime, datetime | None]]] = {}
        query = select(_DUTY.c.detsis_no, _DUTY.c.valid_from, _DUTY.c.valid_to).where(
            _DUTY.c.detsis_no.in_(part), _DUTY.c.kind != DutyKind.DEPUTY.value, known_at(schema.Duty)
        )
        for number, start, end in connection.execute(query):
            heads.setdefault(number, []).append((start, end))
        for number in part:
            if number not in rows:
                continue
            periods = heads.get(number)
            if periods is None:
                yield Item(Task.FIRST_RECORD, number, rows[number], None)
            elif not any(start <= at and (end is None or at < end) for start, end in periods):
                ended = [end for _, end in periods if end is not None and end <= at]
                yield Item(Task.UPDATE, number, rows[number], max(ended, default=None))
