"""The inventories of units: file plan, services, documents, legislation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select

from hub.registry.moment import NOW, Moment, holds, parts
from hub.registry.units import InvalidFilterError
from hub.store import schema
from hub.turkish import ascii_cases, fold


class FilePlanCode(NamedTuple):
    """A file plan code as one main institution uses it."""

    code_id: int
    detsis_no: int
    code: str
    main_code: str
    sub_code1: str | None
    sub_code2: str | None
    sub_code3: str | None
    topic: str
    retention_period: str | None
    retention_time: str | None
    retention_code: str | None
    footnote: str | None
    note: str | None
    active: bool
    kind: bool
    group_start: str | None
    group_end: str | None
    level: str | None


class Service(NamedTuple):
    """A public service and the unit that gives it."""

    detsis_no: int
    service_id: str
    name: str


class Document(NamedTuple):
    """A document asked for (``requested``) or issued in a unit's services."""

    detsis_no: int
    document_id: int
    name: str
    kind: str | None
    requested: bool


class Legislation(NamedTuple):
    """A piece of legislation; ``gazette_date`` is None for what the Official Gazette never published."""

    detsis_no: int
    legislation_id: int
    name: str
    kind_id: int
    kind: str | None
    number: str | None
    dated: date | None
    gazette_number: str | None
    gazette_date: date | None


def file_plan(connection: Connection, detsis_no: int, moment: Moment = NOW) -> list[FilePlanCode]:
    """The codes of one main institution, by code."""
    kind = schema.FilePlanCode
    table = schema.table_of(kind)
    statement = select(*(table.c[name] for name in FilePlanCode._fields)).where(
        table.c.detsis_no == detsis_no, holds(kind, moment)
    )
    return sorted((FilePlanCode(*row) for row in connection.execute(statement)), key=lambda code: code.code)


def file_plan_code(connection: Connection, detsis_no: int, code: str, moment: Moment = NOW) -> FilePlanCode | None:
    """One code of one main institution."""
    kind = schema.FilePlanCode
    table = schema.table_of(kind)
    statement = select(*(table.c[name] for name in FilePlanCode._fields)).where(
        table.c.detsis_no == detsis_no, table.c.code == code, holds(kind, moment)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else FilePlanCode(*row)


def service(connection: Connection, service_id: str, moment: Moment = NOW) -> list[Service]:
    """The units that give one service, by number."""
    kind = schema.Service
    statement = select(kind.detsis_no, kind.service_id, kind.name).where(
        kind.service_id == service_id, holds(kind, moment)
    )
    return sorted(Service(*row) for row in connection.execute(statement))


def search_legislation(
    connection: Connection, name: str | None = None, number: str | None = None, moment: Moment = NOW
) -> list[Legislation]:
    """Legislation whose name contains ``name`` (folded) and whose number is ``number`` (in any case of A–Z); what is
    missing or blank does not filter. One piece registered for several units is one row, that of the lowest number.

    Raises :class:`~hub.registry.units.InvalidFilterError` where nothing filters.
    """
    folded, wanted = fold(name or ""), (number or "").strip()
    if not folded and not wanted:
        raise InvalidFilterError("Mevzuat adı ya da sayısı verilmelidir.")
    table = schema.table_of(schema.Legislation)
    statement = select(*(table.c[column] for column in Legislation._fields)).where(holds(schema.Legislation, moment))
    if folded:
        statement = statement.where(table.c.folded_name.contains(folded, autoescape=True))
    if wanted:
        statement = statement.where(table.c.number.in_(ascii_cases(wanted)))
    found: dict[int, Legislation] = {}
    for row in connection.execute(statement.order_by(table.c.legislation_id, table.c.detsis_no)):
        found.setdefault(row.legislation_id, Legislation(*row))
    return list(found.values())


def services_in(connection: Connection, detsis_nos: Iterable[int], moment: Moment = NOW) -> Iterator[Service]:
    """The services of these units, by unit in ascending order within pieces of the list, then by service number."""
    table = schema.table_of(schema.Service)
    for part in parts(detsis_nos):
        statement = select(*(table.c[name] for name in Service._fields)).where(
            table.c.detsis_no.in_(part), holds(schema.Service, moment)
        )
        yield from sorted(Service(*row) for row in connection.execute(statement))


def documents_in(connection: Connection, detsis_nos: Iterable[int], moment: Moment = NOW) -> Iterator[Document]:
    """The documents of these units, by unit in ascending order within pieces of the list, then by document number."""
    table = schema.table_of(schema.Document)
    for part in parts(detsis_nos):
        statement = select(*(table.c[name] for name in Document._fields)).where(
            table.c.detsis_no.in_(part), holds(schema.Document, moment)
        )
        for row in connection.execute(statement.order_by(table.c.detsis_no, table.c.document_id, ~table.c.requested)):
            yield Document(*row)


def legislation_in(connection: Connection, detsis_nos: Iterable[int], moment: Moment = NOW) -> Iterator[Legislation]:
    """The legislation registered for these units, by unit in ascending order within pieces of the list, then by its
    number in the registry."""
    table = schema.table_of(schema.Legislation)
    for part in parts(detsis_nos):
        statement = select(*(table.c[name] for name in Legislation._fields)).where(
            table.c.detsis_no.in_(part), holds(schema.Legislation, moment)
        )
        for row in connection.execute(statement.order_by(table.c.detsis_no, table.c.legislation_id)):
            yield Legislation(*row)
