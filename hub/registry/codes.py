"""Code lists: categories (type 1), statuses (type 2), kinds (type 3), places."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, select

from hub.registry.moment import NOW, Moment, holds, stream
from hub.store import schema


class Type1(NamedTuple):
    """Category (kategori)."""

    type1_id: int
    name: str
    plural: str | None
    parent_id: int
    opens_type2_id: int
    recorded_at: datetime
    active: bool


class Type2(NamedTuple):
    """Status (statü); ``addressee_add`` and ``addressee_cut`` word an addressee."""

    type2_id: int
    name: str
    plural: str | None
    parent_id: int
    addressee_add: str | None
    addressee_cut: str | None
    recorded_at: datetime
    used: bool
    active: bool


GENERAL_PLACE_ID: Final = 0
"""The place that a unit without a place counts to."""


class Place(NamedTuple):
    """A province, district or other place."""

    place_id: int
    place_code: int
    name: str
    province_code: int
    province_name: str | None
    kind_id: int
    kind: str | None
    phone_code: str | None
    active: bool


def types1(connection: Connection, moment: Moment = NOW) -> list[Type1]:
    """All categories by id, inactive ones included."""
    table = schema.table_of(schema.Type1)
    statement = select(*(table.c[name] for name in Type1._fields)).where(holds(schema.Type1, moment))
    return [Type1(*row) for row in connection.execute(statement.order_by(table.c.type1_id))]


def types2(connection: Connection, moment: Moment = NOW) -> list[Type2]:
    """All statuses by id, inactive ones included."""
    table = schema.table_of(schema.Type2)
    statement = select(*(table.c[name] for name in Type2._fields)).where(holds(schema.Type2, moment))
    return [Type2(*row) for row in connection.execute(statement.order_by(table.c.type2_id))]


def places(connection: Connection, moment: Moment = NOW) -> Iterator[Place]:
    """All places by id, inactive ones included, piece by piece."""
    table = schema.table_of(schema.Place)
    statement = select(*(table.c[name] for name in Place._fields)).where(holds(schema.Place, moment))
    for row in stream(connection, statement.order_by(table.c.place_id)):
        yield Place(*row)
