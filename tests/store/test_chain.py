"""What the chains cover is the same however it is put together: quickly, or by the encoder of the standard library."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.store import chain
from hub.store.schema import FACTS, Fact, table_of

TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))
INSTANTS = st.datetimes(timezones=st.just(UTC))
VALUES: dict[type, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: st.integers(-(1 << 63), (1 << 63) - 1),
    bool: st.booleans(),
    bytes: st.binary(),
    date: st.dates(),
    datetime: INSTANTS,
}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return (value - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    if isinstance(value, date):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value


def _dumped(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@pytest.mark.parametrize("kind", FACTS.values(), ids=FACTS)
@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_form_of_a_fact_is_json_of_what_is_not_null(kind: type[Fact], data: st.DataObject) -> None:
    row = {c.name: data.draw(st.none() | VALUES[c.type.python_type]) for c in table_of(kind).columns}
    expected = {name: _plain(row[name]) for name in chain.digested_columns(kind) if row[name] is not None}
    assert chain.fact_form(kind, row) == _dumped(expected)


def test_form_of_a_fact_whose_values_are_of_other_types_is_another_and_no_error() -> None:
    kind = FACTS["unit"]
    row = dict.fromkeys((c.name for c in table_of(kind).columns), None) | {"detsis_no": 7, "name": "A"}
    tampered: dict[str, Any] = row | {"detsis_no": "7"}
    assert chain.fact_form(kind, row) == b'{"detsis_no":7,"name":"A"}'
    assert chain.fact_form(kind, tampered) == b'{"detsis_no":"7","name":"A"}'


@settings(deadline=None)
@given(
    first=st.integers(1, 1 << 62),
    at=INSTANTS,
    words=st.tuples(TEXTS, TEXTS, TEXTS, TEXTS, TEXTS),
    serial=st.integers(1, 1 << 62),
    unit=st.none() | st.integers(1, 99_999_999),
    digest=st.binary(min_size=16, max_size=16),
    before=st.binary(min_size=32, max_size=32),
)
def test_links_are_the_hashes_that_verifying_counts(
    first: int,
    at: datetime,
    words: tuple[str, str, str, str, str],
    serial: int,
    unit: int | None,
    digest: bytes,
    before: bytes,
) -> None:
    actor, origin, subject, key, action = words
    link = chain.Links(first, at, actor, origin).after(before, serial, subject, key, unit, action, digest)
    assert link == chain.next_hash(before, serial, first, at, actor, origin, subject, key, unit, action, digest)
