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

from hub import limits
from hub.registry.moment import AnySelect, parts
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
    """Aware, in UTC."""
    chain: str
    """``journal`` or ``audit``."""
    serial: int
    """Its number in that chain."""
    outcome: Outcome
    actor: str
    """As whoever did it is named there: ``operator:…``, ``kurum N``, either with ``görevli N`` behind."""
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
    """The period, half-open; aware."""
    outcome: Outcome | None = None


def entries(connection: Connection, wanted: Wanted, limit: int) -> list[Entry]:
    """The latest ``limit`` entries of those that are wanted, oldest first."""
    home = None if wanted.institution is None else _home(connection, wanted.institution)
    sources = [_audited(connection, wanted, home)]
    if wanted.outcome is not Outcome.REFUSED:  # what was refused never became a change
        sources.append(_changes(connection, wanted, home, limit))
    latest = islice(heapq.merge(*sources, key=attrgetter("at"), reverse=True), limit)
    return list(latest)[::-1]


def _changes(connection: Connection, wanted: Wanted, home: _Home | None, limit: int) -> Iterator[Entry]:
    """The latest ``limit`` changes of İYEM's facts, latest first."""
    entry, change = JournalEntry, ChangeSet
    statement = (
        select(change.at, entry.serial, entry.subject, entry.key, entry.unit, entry.action, change.actor, change.origin)
        .join(change, change.first_serial == entry.change)
        .where(entry.subject.in_([kind.subject for kind in _SUBJECTS]), *_between(change.at, wanted))
        .order_by(entry.serial.desc())
        .limit(limit)
    )
    if wanted.unit is not None:
        statement = statement.where(entry.unit == wanted.unit)
    if home is not None:
        statement = statement.where(
            entry.unit.in_(_units_of(home.main_no)) | change.actor.in_(_actors(connection, home))
        )
    if wanted.officer is not None:
        grant = (entry.subject == schema.IyemOfficer.subject) & (entry.key == str(wanted.officer))
        statement = statement.where(grant | change.actor.endswith(f" görevli {wanted.officer}"))
    if wanted.code is not None:
        statement = statement.where(_of_manager(wanted.code))
    rows = connection.execute(statement).all()
    duties = _duties(connection, [int(row.key) for row in rows if row.subject == schema.Duty.subject])
    for at, serial, subject, key, unit, action, actor, origin in rows:
        about = {} if unit is None else {"unit": unit}
        about[_KEYS[subject]] = int(key)
        about |= duties.get(about.get("duty"), {})
        yield Entry(at, "journal", serial, Outcome.DONE, actor, f"{subject}:{action}", about, {"origin": origin})


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


def _audited(connection: Connection, wanted: Wanted, home: _Home | None) -> Iterator[Entry]:
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
    with connection.execute(statement, execution_options={"yield_per": limits.BULK_ROWS}) as result:
        for part in result.partitions():
            found = [_event(*row) for row in part]
            duties = _duties(connection, [one.about["duty"] for one in found if "duty" in one.about])
            for one in found:
                entry = one._replace(about={**one.about, **duties.get(one.about.get("duty"), {})})
                if _is_wanted(entry, wanted, home):
                    yield entry


def _event(at: datetime, serial: int, actor: str, name: str, subject: str, words: str) -> Entry:
    """The entry of a row, with the numbers that the row itself holds."""
    detail = json.loads(words)
    about = {key: detail.pop(key) for key in ABOUT if key in detail}
    if (named := _NAMED.fullmatch(subject)) is not None:
        about.setdefault(_NAMES[named[1]], int(named[2]))
    outcome = Outcome.REFUSED if name.endswith(":refuse") else Outcome.DONE
    return Entry(at, "audit", serial, outcome, actor, name, about, {"subject": subject, **detail})


def _is_wanted(entry: Entry, wanted: Wanted, home: _Home | None) -> bool:
    """Whether an event is about the unit, manager, officer and institution asked for."""
    units = {*map(int, str(entry.detail.get("units", "")).split()), entry.about.get("unit")}
    officers = {_acting(entry.actor)[1], entry.about.get("officer")}
    return (
        (wanted.unit is None or wanted.unit in units)
        and (wanted.officer is None or wanted.officer in officers)
        and (wanted.code is None or wanted.code == entry.about.get("code"))
        and (
            home is None
            or home.acts_as(entry.actor)
            or not home.units.isdisjoint(units)
            or entry.about.get("officer") in home.officers
        )
    )


_ACTOR: Final = re.compile(r"(?:kurum ([0-9]+)\b)?.*?(?: görevli ([0-9]+))?", re.DOTALL)
"""How who did something is named, where it was a unit's credential, an officer or both."""
_NAMES: Final = {"officer": "officer", "manager": "code", "tckn of": "code", "unit": "unit", "units beneath": "unit"}
_NAMED: Final = re.compile(f"({'|'.join(_NAMES)}) ([0-9]{{1,10}})")
"""How the subject of an event names a number."""


class _Home(NamedTuple):
    """What belongs to one institution now."""

    main_no: int
    units: set[int]
    officers: set[int]

    def acts_as(self, actor: str) -> bool:
        """Whether something was done with the credential of one of its units or by one of its officers."""
        unit, officer = _acting(actor)
        return unit in self.units or officer in self.officers


def _home(connection: Connection, main_no: int) -> _Home:
    of = select(_OFFICER.c.officer_no).where(_OFFICER.c.place_no.in_(_units_of(main_no)))
    units, officers = (set(connection.execute(query).scalars()) for query in (_units_of(main_no), of))
    return _Home(main_no, units, officers)


def _units_of(main_no: int) -> AnySelect:
    return select(_UNIT.c.detsis_no).where(_UNIT.c.main_no == main_no, current(schema.Unit))


def _actors(connection: Connection, home: _Home) -> list[str]:
    """The names in which changes were made with the institution's credentials or by its officers."""
    actor = ChangeSet.actor
    likely = select(actor).where(actor.startswith("kurum ") | actor.contains(" görevli ")).distinct()
    return [name for name in connection.execute(likely).scalars() if home.acts_as(name)]


def _acting(actor: str) -> tuple[int | None, int | None]:
    """The unit with whose credential, and the officer in whose name ``actor`` did something."""
    found = _ACTOR.fullmatch(actor)
    assert found is not None  # every part may be missing
    unit, officer = (None if number is None else int(number) for number in found.groups())
    return unit, officer


def _between(at: Any, wanted: Wanted) -> list[ColumnElement[bool]]:
    since = [] if wanted.since is None else [at >= wanted.since]
    return since if wanted.until is None else [*since, at < wanted.until]


def _duties(connection: Connection, numbers: list[int]) -> dict[int | None, dict[str, int]]:
    """Unit and code of each duty, which no correction changes; nothing of a number that there never was."""
    columns = _DUTY.c.duty_no, _DUTY.c.detsis_no, _DUTY.c.code
    return {
        number: {"unit": unit_no, "code": code}
        for part in parts(numbers)
        for number, unit_no, code in connection.execute(select(*columns).where(_DUTY.c.duty_no.in_(part)))
    }
