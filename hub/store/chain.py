"""The hash chains of the journal and of the audit trail: what exactly is hashed.

A chain begins with 32 zero bytes. Each row's hash is the SHA-256 over the hash before it and the row's canonical form,
so that a row edited, taken out, put in or moved breaks every hash after it; the counter row holds the last serial and
hash, so that a cut end shows too, and seals them with a key that the database does not hold.

Canonical form: a JSON object or array in UTF-8, without blanks, keys sorted, members that are null left out; an
instant is its microseconds since 1970-01-01T00:00:00Z, a date its ISO form, bytes are hexadecimal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any, Final

from hub.store.schema import Fact, table_of
from hub.store.types import to_microseconds

START: Final = bytes(32)
DIGEST_BYTES: Final = 16
_LATER: Final = frozenset({"id", "known_to", "closed_serial"})
"""Columns that are not part of what was written: the row's number, and what a later change sets."""


def _other(value: object) -> object:
    if isinstance(value, datetime):
        return to_microseconds(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    raise TypeError(f"no canonical form for {type(value).__name__}")


_encode: Final[Callable[[object], str]] = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=_other, check_circular=False
).encode


_WRITTEN: Final[Mapping[type, Callable[[Any], str]]] = {
    str: encode_basestring,
    int: int.__repr__,
    bool: lambda value: "true" if value else "false",
    datetime: lambda value: str(to_microseconds(value)),
}
"""The canonical form of a value of a column's type, where it is written without asking for the value's own type."""


def canonical(value: object) -> bytes:
    """The canonical form of ``value``; the caller sorts mappings and leaves nulls out."""
    return _encode(value).encode()


def digested_columns(kind: type[Fact]) -> tuple[str, ...]:
    """The columns of ``kind`` that its digest covers, sorted."""
    return tuple(
        sorted(
            column.name
            for column in table_of(kind).columns
            if column.name not in _LATER and not column.info.get("derived")
        )
    )


@cache
def _members(kind: type[Fact]) -> Sequence[tuple[str, str, Callable[[Any], str]]]:
    """For each column that the digest covers its name, how its member begins, and what writes its value."""
    columns = table_of(kind).columns
    return [
        (name, f"{_encode(name)}:", _WRITTEN.get(columns[name].type.python_type, _encode))
        for name in digested_columns(kind)
    ]


def fact_form(kind: type[Fact], row: Mapping[str, Any]) -> bytes:
    """The canonical form of one fact row. Filling a registry takes hundreds of thousands of them, so the members are
    put together here by the columns' types, and not by an encoder that asks each value what it is."""
    members = _members(kind)
    try:
        written = [begin + write(value) for name, begin, write in members if (value := row[name]) is not None]
    except TypeError:  # something else was put into the database behind the hub's back: it has another form, and shows
        return _encode({name: row[name] for name, _, _ in members if row[name] is not None}).encode()
    return f"{{{','.join(written)}}}".encode()


def digest(opened: Iterable[bytes], closed: Iterable[tuple[int, datetime]]) -> bytes:
    """The digest of one change: the forms of the rows it opened, and of those it closed the serial that had opened each
    and since when it was so; all sorted."""
    total = sha256()
    for form in sorted(opened):
        total.update(form)
        total.update(b"\n")
    for serial, valid_from in sorted(closed):
        total.update(b"-%d@%d\n" % (serial, to_microseconds(valid_from)))
    return total.digest()[:DIGEST_BYTES]


def next_hash(before: bytes, *values: object) -> bytes:
    """The hash of a row with these ``values`` that follows a row with the hash ``before``."""
    return sha256(before + _encode(values).encode()).digest()


class Links:
    """The hashes of the journal's rows of one change, whose ``first`` serial, instant ``at``, ``actor`` and ``origin``
    are the same in all of them. They are those that :func:`next_hash` gives."""

    def __init__(self, first: int, at: datetime, actor: str, origin: str) -> None:
        self._same = _encode([first, at, actor, origin])[1:-1]

    def after(
        self, before: bytes, serial: int, subject: str, key: str, unit: int | None, action: str, digest: bytes
    ) -> bytes:
        """The hash of the row ``serial`` that follows a row with the hash ``before``."""
        words = f"{encode_basestring(subject)},{encode_basestring(key)}"
        about = "null" if unit is None else unit
        form = f'[{serial},{self._same},{words},{about},{encode_basestring(action)},"{digest.hex()}"]'
        return sha256(before + form.encode()).digest()
