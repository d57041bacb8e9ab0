"""Which units changed since a serial or an instant, as their rows are shown to clients.

A unit's row shows more than the unit's own fact: names of superiors, of its place, of its kinds. So when a unit is
renamed or moved, everything beneath it has changed too, and is named by the questions here; the journal itself has one
entry, for the unit that was renamed.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from hub.registry import codes
from hub.registry.moment import holds, numbers, parts
from hub.registry.serials import first_serial_since
from hub.registry.units import subtree
from hub.store import schema

UNIT_SUBJECTS = ("unit", "unit_type3", "place", "type3")
"""What a unit's row shows; a list of units is as old as the last change of one of these."""

_UNIT = schema.table_of(schema.Unit)
_JOURNAL = schema.table_of(schema.JournalEntry)


def changed_after(connection: Connection, serial: int) -> array[int]:
    """The numbers of units whose row changed after ``serial``, closed ones included, in ascending order."""
    if serial <= 0:
        statement = select(_UNIT.c.detsis_no).where(holds(schema.Unit)).order_by(_UNIT.c.detsis_no)
        return numbers(connection, statement)
    found: set[int] = set()
    for group in _groups(connection, serial):
        found.update(group)
    return array("i", sorted(found))


def changed_since(connection: Connection, since: datetime) -> array[int]:
    """:func:`changed_after` for the changes recorded at or after the instant ``since``."""
    return changed_after(connection, first_serial_since(connection, since) - 1)


def external_changed_since(connection: Connection, since: datetime) -> array[int]:
    """Of :func:`changed_since`, and of the units whose KEP addresses changed since, those that take part in external
    correspondence, or took part until then: those that were closed or lost the right are named too.

    A unit's row does not show the address, but the daily job of an EBYS looks the addresses up for the rows it gets
    here and for no others; its table would keep an address that was given up.
    """
    first = first_serial_since(connection, since)
    kep = _JOURNAL.c.subject == schema.KepAddress.subject
    addressed = select(_JOURNAL.c.unit).where(_JOURNAL.c.serial >= first, kep).distinct()
    changed = {*changed_after(connection, first - 1), *numbers(connection, addressed)}
    found = array("i")
    for part in parts(sorted(changed)):
        was = and_(_UNIT.c.external, _UNIT.c.closed_serial >= first)
        statement = (
            select(_UNIT.c.detsis_no)
            .where(_UNIT.c.detsis_no.in_(part), or_(was, and_(_UNIT.c.external, holds(schema.Unit))))
            .distinct()
        )
        outside = set(connection.execute(statement).scalars())
        found.extend(number for number in part if number in outside)
    return found


def own_units(connection: Connection, detsis_no: int, since: datetime | None = None) -> array[int]:
    """The numbers of the units of one institution, itself and closed ones included; with ``since`` only those changed
    at or after that instant. What left the institution is not among them.

    The units of a main institution are those that name it as theirs: a unit whose superior nobody knows is one of them,
    the units of another main institution beneath it (a governorate's beneath a ministry) are not. Of a unit that is no
    main institution it is what lies beneath it.
    """
    statement = select(_UNIT.c.detsis_no).where(_UNIT.c.main_no == detsis_no, holds(schema.Unit))
    own = numbers(connection, statement.order_by(_UNIT.c.detsis_no))
    if detsis_no not in own:
        own = subtree(connection, detsis_no, itself=True, closed=True)
    if since is None:
        return own
    changed = set(changed_since(connection, since))
    return array("i", (number for number in own if number in changed))


def _groups(connection: Connection, serial: int) -> Iterator[array[int]]:
    later = _JOURNAL.c.serial > serial
    direct = select(_JOURNAL.c.unit).where(later, _JOURNAL.c.subject.in_(("unit", "unit_type3"))).distinct()
    named = numbers(connection, direct)
    yield named
    for part in parts(named):
        for number in _renamed(connection, serial, part):
            yield subtree(connection, number, closed=True)
    for kind, column in ((schema.Place, _UNIT.c.place_id), (schema.Type3, None)):
        keys = select(_JOURNAL.c.key).where(later, _JOURNAL.c.subject == kind.subject).distinct()
        for part in parts(sorted(int(key) for key in connection.execute(keys).scalars())):
            if column is not None:
                there = or_(column.in_(part), column.is_(None)) if codes.GENERAL_PLACE_ID in part else column.in_(part)
                yield numbers(connection, select(_UNIT.c.detsis_no).where(there, holds(schema.Unit)))
            else:
                entry = schema.UnitType3
                yield numbers(connection, select(entry.detsis_no).where(entry.type3_id.in_(part), holds(entry)))


def _renamed(connection: Connection, serial: int, named: Sequence[int]) -> array[int]:
    """Those of ``named`` that have others beneath them and whose name or superior is not what it was at ``serial``."""
    before = _UNIT.alias("before")
    child = _UNIT.alias("child")
    was = and_(
        before.c.detsis_no == _UNIT.c.detsis_no,
        before.c.serial <= serial,
        before.c.closed_serial > serial,
        before.c.valid_to.is_(None),
    )
    differs = or_(
        before.c.id.is_(None),
        before.c.name != _UNIT.c.name,
        before.c.parent_no != _UNIT.c.parent_no,
    )
    beneath = (
        select(child.c.id)
        .where(child.c.parent_no == _UNIT.c.detsis_no, child.c.known_to.is_(None), child.c.valid_to.is_(None))
        .exists()
    )
    statement = (
        select(_UNIT.c.detsis_no)
        .outerjoin(before, was)
        .where(_UNIT.c.detsis_no.in_(named), holds(schema.Unit), differs, beneath)
        .distinct()
    )
    return numbers(connection, statement)
