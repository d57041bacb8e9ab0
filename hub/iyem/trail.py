"""The trail of İYEM's work: what was recorded, by whom, who acted for whom, who was refused, who asked for people.

Two chains hold it: the journal, with each change of a fact, and the audit trail, with entries, refused calls and
questions about people. Both are read here as one list. Neither holds an identity number.
"""

from __future__ import annotations

import heapq
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from operator import attrgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, String, and_, cast, or_, select

from hub.registry.moment import AnySelect, stream
from hub.store import schema
from hub.store.schema import AuditEvent, ChangeSet, JournalEntry
from hub.store.scope import current

ACTED: Final = "iyem_entry:act"
"""An officer's name was acted in; the detail tells how the officer entered, and the operation."""
REFUSED: Final = "iyem_entry:refuse"
"""An entry or a call was refused; the detail has the reason's code, and what it was about: :data:`ABOUT`."""
ABOUT: Final = ("unit", "duty", "code", "officer")
"""Numbers of the unit, the duty, the manager (T.C. Yönetici Kodu) and the officer that an event is about."""

_SUBJECTS: Final = (schema.Duty, schema.Person, schema.IyemOfficer, schema.DeputyHeadLink, schema.Cv)
_EVENTS: Final = ("iyem_entry:%", "personal:%")
_DUTY = schema.table_of(schema.Duty)
_UNIT = schema.table_of(schema.Unit)
_OFFICER = schema.table_of(schema.IyemOfficer)
_LINK = schema.table_of(schema.DeputyHeadLink)


class Outcome(StrEnum):
    """What became of it."""

    DONE = "done"
    REFUSED = "refused"


class Entry(NamedTuple):
    """One line of the trail."""

    at: datetime
    chain: str
    """``journal`` or ``audit``."""
    serial: int
    """Its number in that chain."""
    outcome: Outcome
    actor: str
    event: str
    """``subject:action``."""
    about: Mapping[str, int]
    """The numbers of :data:`ABOUT` that are known."""
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; what is None does not matter."""

    institution: int | None = None
    """DETSİS number: what concerns its own units, or what was done with its credential or by its officers."""
    unit: int | None = None
    code: int | None = None
    officer: int | None = None
    """What this officer did, or what was done about the grant."""
    since: datetime | None = None
    until: datetime | None = None
    """The period, half-open."""
    outcome: Outcome | None = None


def entries(connection: Connection, wanted: Wanted, limit: int) -> list[Entry]:
    """The latest ``limit`` entries of those that are wanted, in the order of their time."""
    sources = [_audited(connection, wanted)]
    if wanted.outcome is not Outcome.REFUSED:  # what was refused never became a change
        sources.append(_changes(connection, wanted))
    latest = islice(heapq.merge(*sources, key=attrgetter("at"), reverse=True), limit)
    return list(latest)[::-1]


def _changes(connection: Connection, wanted: Wanted) -> Iterator[Entry]:
    """Changes of İYEM's facts, latest first."""
    entry, change = JournalEntry, ChangeSet
    statement = (
        select(change.at, entry.serial, entry.subject, entry.key, entry.unit, entry.action, change.actor, change.origin)
        .join(change, change.first_serial == entry.change)
        .where(entry.subject.in_([kind.subject for kind in _SUBJECTS]), *_between(change.at, wanted))
        .order_by(entry.serial.desc())
    )
    if wanted.unit is not None:
        statement = statement.where(entry.unit == wanted.unit)
    if wanted.institution is not None:
        statement = statement.where(
            entry.unit.in_(_units_of(wanted.institution)) | _acted_for(change.actor, f"kurum {wanted.institution}")
        )
    if wanted.officer is not None:
        grant = (entry.subject == schema.IyemOfficer.subject) & (entry.key == str(wanted.officer))
        statement = statement.where(grant | change.actor.endswith(f" görevli {wanted.officer}"))
    if wanted.code is not None:
        statement = statement.where(_of_manager(wanted.code))
    for at, serial, subject, key, unit, action, actor, origin in stream(connection, statement):
        about = {"unit": unit, _KEYS[subject]: int(key)}
        if subject == schema.Duty.subject:
            about["code"] = _duty(connection, int(key))["code"]
        known = {name: about[name] for name in ABOUT if about.get(name) is not None}
        yield Entry(at, "journal", serial, Outcome.DONE, actor, f"{subject}:{action}", known, {"origin": origin})


_KEYS: Final = {
    # what the key of each kind of fact is
    schema.Duty.subject: "duty",
    schema.Person.subject: "code",
    schema.Cv.subject: "code",
    schema.IyemOfficer.subject: "officer",
    schema.DeputyHeadLink.subject: "unit",
}


def _of_manager(code: int) -> ColumnElement[bool]:
    """Changes of what is known of the manager with this T.C. Yönetici Kodu."""
    entry = JournalEntry
    duties = select(cast(_DUTY.c.duty_no, String)).where(_DUTY.c.code == code)
    links = select(_LINK.c.serial).where(_LINK.c.code == code)
    unlinks = select(_LINK.c.closed_serial).where(_LINK.c.code == code, _LINK.c.closed_serial.is_not(None))
    return or_(
        and_(entry.subject.in_([schema.Person.subject, schema.Cv.subject]), entry.key == str(code)),
        and_(entry.subject == schema.Duty.subject, entry.key.in_(duties)),
        and_(entry.subject == schema.DeputyHeadLink.subject, entry.serial.in_(links.union(unlinks))),
    )


def _audited(connection: Connection, wanted: Wanted) -> Iterator[Entry]:
    """Events of the audit trail, latest first."""
    event = AuditEvent
    statement: AnySelect = (
        select(event.at, event.serial, event.actor, event.event, event.subject, event.detail)
        .where(or_(*(event.event.like(like) for like in _EVENTS)), *_between(event.at, wanted))
        .order_by(event.serial.desc())
    )
    if wanted.outcome is not None:
        refused = event.event.endswith(":refuse")
        statement = statement.where(refused if wanted.outcome is Outcome.REFUSED else ~refused)
    home = None if wanted.institution is None else _Home(connection, wanted.institution)
    for at, serial, actor, name, subject, words in stream(connection, statement):
        detail = json.loads(words)
        about = {key: detail.pop(key) for key in ABOUT if key in detail}
        if (named := _NAMED.fullmatch(subject)) is not None:
            about.setdefault(_NAMES[named[1]], int(named[2]))
        acting = _ACTING.search(actor)
        officers = {about.get("officer")} | ({int(acting[1])} if acting else set())
        units = {int(number) for number in str(detail.get("units", "")).split()} | {about.get("unit")}
        if "duty" in about:
            duty = _duty(connection, about["duty"])
            units.add(duty.get("detsis_no"))
            about |= {"unit": duty["detsis_no"], "code": duty["code"]} if duty else {}
        if wanted.unit is not None and wanted.unit not in units:
            continue
        if wanted.officer is not None and wanted.officer not in officers:
            continue
        if wanted.code is not None and wanted.code != about.get("code"):
            continue
        if home is not None and not home.concerned(actor, units, officers):
            continue
        outcome = Outcome.REFUSED if name.endswith(":refuse") else Outcome.DONE
        yield Entry(at, "audit", serial, outcome, actor, name, about, {"subject": subject, **detail})


_ACTING: Final = re.compile(r" görevli ([0-9]+)$")
_NAMES: Final = {"officer": "officer", "manager": "code", "tckn of": "code", "unit": "unit", "units beneath": "unit"}
_NAMED: Final = re.compile(f"({'|'.join(_NAMES)}) ([0-9]{{1,10}})")
"""How the subject of an event names a number."""


class _Home:
    """What belongs to one institution."""

    def __init__(self, connection: Connection, main_no: int) -> None:
        self._main_no = main_no
        self._units = set(connection.execute(_units_of(main_no)).scalars())
        of = select(_OFFICER.c.officer_no).where(_OFFICER.c.place_no.in_(_units_of(main_no)))
        self._officers = set(connection.execute(of).scalars())

    def concerned(self, actor: str, units: set[int | None], officers: set[int | None]) -> bool:
        """Whether an event concerns it: its credential, its units, its officers."""
        name = f"kurum {self._main_no}"
        return (
            actor == name
            or actor.startswith(f"{name} ")
            or not self._units.isdisjoint(units)
            or not self._officers.isdisjoint(officers)
        )


def _units_of(main_no: int) -> AnySelect:
    return select(_UNIT.c.detsis_no).where(_UNIT.c.main_no == main_no, current(schema.Unit))


def _acted_for(actor: Any, name: str) -> ColumnElement[bool]:
    return or_(actor == name, actor.startswith(f"{name} "))


def _between(at: Any, wanted: Wanted) -> list[ColumnElement[bool]]:
    since = [] if wanted.since is None else [at >= wanted.since]
    return since if wanted.until is None else [*since, at < wanted.until]


def _duty(connection: Connection, duty_no: int) -> Mapping[str, Any]:
    """Unit and code of a duty, which no correction changes; empty for a number that there never was."""
    statement = select(_DUTY.c.detsis_no, _DUTY.c.code).where(_DUTY.c.duty_no == duty_no).limit(1)
    row = connection.execute(statement).mappings().one_or_none()
    return {} if row is None else dict(row)
