"""Managers and their duties, DETSİS officers, budgets: what the contract's reading operations ask for.

The rules of who may record, and who may sign, are not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from hub import clock
from hub.registry.moment import NOW, Moment, holds, parts
from hub.store import schema
from hub.store.personal import Keys, Tckn
from hub.store.scope import known_at
from hub.turkish import clean

TCKN_PURPOSE = "tckn"
"""What a T.C. kimlik no is sealed and looked up for."""
BIRTH_PURPOSE = "birth"


class Person(NamedTuple):
    """A manager. Sealed data stay sealed: see :func:`birth_date` and :func:`tckn`."""

    code: int
    """T.C. Yönetici Kodu."""
    given_name: str
    surname: str
    tckn_sealed: bytes | None
    birth_sealed: bytes | None


class Duty(NamedTuple):
    """One manager in one unit."""

    duty_no: int
    detsis_no: int
    code: int
    kind: str
    """A :class:`hub.store.schema.DutyKind`."""
    title: str | None
    legal_basis: str | None
    kind_text: str | None
    deputy_text: str | None
    for_duty_no: int | None
    starts_at: datetime
    ends_at: datetime | None
    recorded_at: datetime
    closed_at: datetime | None
    late: bool
    serial: int
    """The change that wrote this record as it stands."""


class Officer(NamedTuple):
    """Someone authorised for DETSİS work at an institution."""

    detsis_no: int
    officer_id: int
    given_name: str
    surname: str
    phone: str | None
    email: str | None
    role: str | None


class Budget(NamedTuple):
    """Budget kind and legal personality of a main institution."""

    detsis_no: int
    budget_kind_id: int
    budget_kind: str | None
    legal_personality_id: int
    legal_personality: str | None


_DUTY = schema.table_of(schema.Duty)
_COLUMNS = tuple(_DUTY.c[{"starts_at": "valid_from", "ends_at": "valid_to"}.get(name, name)] for name in Duty._fields)


def person(connection: Connection, code: int, moment: Moment = NOW) -> Person | None:
    """The manager with this T.C. Yönetici Kodu."""
    return persons(connection, [code], moment).get(code)


def persons(connection: Connection, codes: Iterable[int], moment: Moment = NOW) -> dict[int, Person]:
    """The managers with these codes, by code."""
    table = schema.table_of(schema.Person)
    found: dict[int, Person] = {}
    for part in parts(sorted(set(codes))):
        statement = select(*(table.c[name] for name in Person._fields)).where(
            table.c.code.in_(part), holds(schema.Person, moment)
        )
        found.update((row.code, Person(*row)) for row in connection.execute(statement))
    return found


def codes_of(connection: Connection, lookups: Iterable[bytes]) -> dict[bytes, int]:
    """The codes of the people with these keyed digests of their T.C. kimlik no."""
    table = schema.table_of(schema.Person)
    found: dict[bytes, int] = {}
    for part in parts(sorted(lookups)):
        statement = select(table.c.tckn_lookup, table.c.code).where(table.c.tckn_lookup.in_(part), holds(schema.Person))
        found.update((bytes(row.tckn_lookup), row.code) for row in connection.execute(statement))
    return found


def code_of(connection: Connection, keys: Keys, tckn: Tckn, moment: Moment = NOW) -> int | None:
    """The T.C. Yönetici Kodu of the person with this T.C. kimlik no; None for nobody here."""
    kind = schema.Person
    wanted = keys.lookup(tckn.number, TCKN_PURPOSE)
    statement = select(kind.code).where(kind.tckn_lookup == wanted, holds(kind, moment))
    return connection.execute(statement).scalar_one_or_none()


def tckn(keys: Keys, person: Person) -> Tckn | None:
    """The person's T.C. kimlik no; only for those who may see it."""
    return None if person.tckn_sealed is None else Tckn(keys.unseal(person.tckn_sealed, TCKN_PURPOSE))


def birth_date(keys: Keys, person: Person) -> date | None:
    """The person's date of birth; only for those who may see it."""
    return None if person.birth_sealed is None else date.fromisoformat(keys.unseal(person.birth_sealed, BIRTH_PURPOSE))


def duties_of(connection: Connection, code: int, known: datetime | None = None) -> list[Duty]:
    """All duties of one manager, past and present, by start, as was known at ``known`` (None: as is known now)."""
    return list(_duties(connection, known, _DUTY.c.code == code))


def held_from(connection: Connection, code: int, at: datetime) -> set[int]:
    """The units that the manager with this code holds at ``at`` or will hold later."""
    return {duty.detsis_no for duty in duties_of(connection, code) if duty.ends_at is None or duty.ends_at > at}


def duties_at(connection: Connection, detsis_no: int, moment: Moment = NOW) -> list[Duty]:
    """Who holds the unit at ``moment``: owner or acting head first, then deputies."""
    at = moment.valid or moment.known or clock.now()
    statement = select(*_COLUMNS).where(_DUTY.c.detsis_no == detsis_no, holds(schema.Duty, Moment(at, moment.known)))
    rows = [Duty(*row) for row in connection.execute(statement)]
    return sorted(rows, key=lambda duty: (duty.kind == schema.DutyKind.DEPUTY, duty.starts_at, duty.duty_no))


def duties_in(connection: Connection, detsis_nos: Sequence[int], known: datetime | None = None) -> Iterator[Duty]:
    """All duties in these units, active and ended, by unit in the order given, then by start; piece by piece."""
    for part in parts(detsis_nos):
        found: dict[int, list[Duty]] = {}
        for duty in _duties(connection, known, _DUTY.c.detsis_no.in_(part)):
            found.setdefault(duty.detsis_no, []).append(duty)
        for number in part:
            yield from found.get(number, ())


def officers(connection: Connection, detsis_no: int, moment: Moment = NOW) -> list[Officer]:
    """The DETSİS officers of one institution, by their number."""
    table = schema.table_of(schema.DetsisOfficer)
    statement = select(*(table.c[name] for name in Officer._fields)).where(
        table.c.detsis_no == detsis_no, holds(schema.DetsisOfficer, moment)
    )
    return [Officer(*row) for row in connection.execute(statement.order_by(table.c.officer_id))]


def budgets(connection: Connection, detsis_nos: Iterable[int], moment: Moment = NOW) -> dict[int, Budget]:
    """Budget kind and legal personality of these institutions, by number."""
    table = schema.table_of(schema.Budget)
    found: dict[int, Budget] = {}
    for part in parts(detsis_nos):
        statement = select(*(table.c[name] for name in Budget._fields)).where(
            table.c.detsis_no.in_(part), holds(schema.Budget, moment)
        )
        found.update((row.detsis_no, Budget(*row)) for row in connection.execute(statement))
    return found


def person_row(
    keys: Keys, *, code: int, given_name: str, surname: str, tckn: Tckn | None = None, birth: date | None = None
) -> dict[str, object]:
    """The row of a :class:`hub.store.schema.Person`, personal data sealed, ready for a change."""
    return {
        "code": code,
        "given_name": clean(given_name),
        "surname": clean(surname),
        "tckn_sealed": None if tckn is None else keys.seal(tckn.number, TCKN_PURPOSE),
        "tckn_lookup": None if tckn is None else keys.lookup(tckn.number, TCKN_PURPOSE),
        "birth_sealed": None if birth is None else keys.seal(birth.isoformat(), BIRTH_PURPOSE),
    }


def _duties(connection: Connection, known: datetime | None, which: ColumnElement[bool]) -> Iterator[Duty]:
    statement = (
        select(*_COLUMNS).where(which, known_at(schema.Duty, known)).order_by(_DUTY.c.valid_from, _DUTY.c.duty_no)
    )
    for row in connection.execute(statement):
        yield Duty(*row)
