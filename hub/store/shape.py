"""The columns of each kind of fact, and whether a row may be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import BigInteger

from hub.store.errors import StoreError
from hub.store.schema import Fact, table_of

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of a kind of fact, sorted out once."""

    template: Mapping[str, Any]
    """Every column but the row's number, with its default."""
    facts: tuple[str, ...]
    """Columns that say what is so, the key and derived columns included."""
    compared: tuple[str, ...]
    """Columns whose difference makes a change."""
    types: tuple[tuple[str, type, bool, int], ...]
    """For each column its Python type, whether it may be None, and the bits of a whole number."""


_TIME: Final = ("valid_from", "valid_to", "known_from", "known_to", "serial", "closed_serial")


@cache
def shape(kind: type[Fact]) -> Shape:
    """The :class:`Shape` of ``kind``."""
    columns = [column for column in table_of(kind).columns if column.name != "id"]
    facts = [column for column in columns if column.name not in _TIME]
    template = {column.name: getattr(column.default, "arg", None) for column in columns}
    return Shape(
        template=template,
        facts=tuple(column.name for column in facts),
        compared=tuple(c.name for c in facts if c.name not in kind.key and not c.info.get("derived")),
        types=tuple(
            (c.name, c.type.python_type, bool(c.nullable), 64 if isinstance(c.type, BigInteger) else 32) for c in facts
        ),
    )


def key_of(kind: type[Fact], row: Row) -> tuple[Any, ...]:
    """The key of a row as it came from outside."""
    for name, wanted, _, bits in shape(kind).types:
        if name in kind.key:
            _check_value(name, row.get(name), wanted, False, bits)
    return tuple(row[name] for name in kind.key)


def check_row(kind: type[Fact], row: Row) -> None:
    """Refuse a row that lacks a fact, or has one of another type: it would not come back as it was written, and the
    journal's digest would not be that of what is stored."""
    for name, wanted, nullable, bits in shape(kind).types:
        value = row[name]
        if type(value) is not wanted or wanted not in _ANY:
            _check_value(name, value, wanted, nullable, bits)
    for name in ("valid_from", "valid_to"):
        _check_value(name, row[name], datetime, name == "valid_to", 0)


_ANY: Final = frozenset({bool, bytes, date})
"""Types of which any value may be written."""


def _check_value(name: str, value: Any, wanted: type, nullable: bool, bits: int) -> None:
    if value is None:
        if not nullable:
            raise StoreError(f"Zorunlu alan boş: {name}")
        return
    right = isinstance(value, wanted)
    if wanted is str:
        right = right and "\0" not in value
    elif wanted is int:
        right = right and not isinstance(value, bool) and -(1 << bits - 1) <= value < 1 << bits - 1
    elif wanted is datetime:
        right = right and value.tzinfo is not None
    elif wanted is date:
        right = right and not isinstance(value, datetime)
    if not right:
        raise StoreError(f"Alanın değeri geçersiz: {name}")


def overlap(one: Row, other: Row) -> bool:
    """Whether two periods (``valid_from`` up to, but without ``valid_to``; None is open) share an instant."""
    return (one["valid_to"] is None or other["valid_from"] < one["valid_to"]) and (
        other["valid_to"] is None or one["valid_from"] < other["valid_to"]
    )
