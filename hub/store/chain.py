"""The hash chains of the journal and of the audit trail: what exactly is hashed.

A chain begins with 32 zero bytes. Each row's hash is the SHA-256 over the hash before it and the row's canonical form,
so that a row edited, taken out, put in or moved breaks every hash after it; the counter row holds the last serial and
hash, so that a cut end shows too, and seals them with a key that the database does not hold.

Canonical form: a JSON object or array in UTF-8, without blanks, keys sorted, members that are null left out; an
instant is its microseconds since 1970-01-01T00:00:00Z, a date its ISO form, bytes are hexadecimal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256
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


def fact_form(columns: Iterable[str], row: Mapping[str, Any]) -> bytes:
    """The canonical form of one fact row."""
    return _encode({name: row[name] for name in columns if row[name] is not None}).encode()


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
