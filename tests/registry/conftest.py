"""A small state that every registry test starts from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from hub.store import schema
from hub.store.database import Database
from hub.store.freshness import Freshness
from hub.turkish import fold

START = datetime(2020, 1, 1, tzinfo=UTC)

MINISTRY, GENERAL, BRANCH, GOVERNOR, PROVINCIAL, UNIVERSITY, FACULTY = (
    24308110,
    24308111,
    24308112,
    24300010,
    24308113,
    24309000,
    24309001,
)


def unit_row(number: int, name: str, parent: int, main: int, level: int, **more: Any) -> dict[str, Any]:
    return {
        "detsis_no": number,
        "name": name,
        "folded_name": fold(name),
        "parent_no": parent,
        "main_no": main,
        "level": level,
        "type1_id": 19,
        "type2_id": 1,
        "place_id": 6,
        "valid_from": START,
        **more,
    }


UNITS = [
    unit_row(MINISTRY, "ÖRNEK BAKANLIĞI", 0, MINISTRY, 0, external=True, register_no="K-1"),
    unit_row(GENERAL, "BİLGİ İŞLEM GENEL MÜDÜRLÜĞÜ", MINISTRY, MINISTRY, 1, external=True),
    unit_row(BRANCH, "YAZILIM ŞUBESİ", GENERAL, MINISTRY, 2),
    unit_row(GOVERNOR, "DENEME VALİLİĞİ", 0, GOVERNOR, 0, external=True, place_id=34),
    unit_row(
        PROVINCIAL, "İL BİLGİ MÜDÜRLÜĞÜ", MINISTRY, MINISTRY, 1, second_parent_no=GOVERNOR, place_id=34, external=True
    ),
    unit_row(UNIVERSITY, "NUMUNE ÜNİVERSİTESİ REKTÖRLÜĞÜ", 0, UNIVERSITY, 0, external=True, type1_id=132),
    unit_row(FACULTY, "BİLGİSAYAR FAKÜLTESİ", UNIVERSITY, UNIVERSITY, 1),
]


def place(number: int, name: str) -> Mapping[str, Any]:
    return {
        "place_id": number,
        "place_code": 100 + number,
        "name": name,
        "province_code": number,
        "province_name": name,
        "kind_id": 1,
        "kind": "İL",
        "valid_from": START,
    }


@pytest.fixture
def filled(database: Database) -> Database:
    """``database`` with two places, one kind and seven units, so since 2020."""
    with database.write(actor="test", origin="test") as change:
        change.open_many(schema.Place, [place(6, "ANKARA"), place(34, "İSTANBUL")])
        change.open(schema.Type3, {"type3_id": 7, "name": "FAKÜLTE"}, valid_from=START)
        change.open_many(schema.Unit, UNITS)
        change.open(schema.UnitType3, {"detsis_no": FACULTY, "type3_id": 7, "entry_id": 70}, valid_from=START)
    return database


@pytest.fixture
def freshness(filled: Database) -> Iterator[Freshness]:
    fresh = Freshness(filled)
    yield fresh
    fresh.close()
