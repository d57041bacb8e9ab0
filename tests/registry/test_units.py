"""Units: by number, upwards, downwards, by filter, and as they were."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.registry import changed, codes, serials, units
from hub.registry.moment import Moment
from hub.registry.units import InvalidFilterError, Type3Entry
from hub.store import schema
from hub.store.database import Database
from registry.conftest import (
    BRANCH,
    FACULTY,
    GENERAL,
    GOVERNOR,
    MINISTRY,
    PROVINCIAL,
    START,
    UNIVERSITY,
    place,
    unit_row,
)


def test_a_unit_is_shown_with_its_hierarchy_place_and_kinds(filled: Database) -> None:
    with filled.read() as connection:
        branch = units.unit(connection, BRANCH)
        faculty = units.unit(connection, FACULTY)
        assert units.unit(connection, 11111111) is None
    assert branch is not None
    assert branch.hierarchy == "ÖRNEK BAKANLIĞI > BİLGİ İŞLEM GENEL MÜDÜRLÜĞÜ > YAZILIM ŞUBESİ"
    assert branch.place_name == "ANKARA"
    assert branch.types3 == ()
    assert faculty is not None
    assert faculty.types3 == (Type3Entry(70, FACULTY, 7, "FAKÜLTE"),)


def test_many_units_come_in_the_order_asked_for(filled: Database) -> None:
    with filled.read() as connection:
        found = [unit.detsis_no for unit in units.units(connection, [FACULTY, 5, MINISTRY, BRANCH])]
    assert found == [FACULTY, MINISTRY, BRANCH]


def test_the_hierarchy_begins_with_the_unit_and_ends_with_its_main_institution(filled: Database) -> None:
    with filled.read() as connection:
        assert [unit.detsis_no for unit in units.hierarchy(connection, BRANCH)] == [BRANCH, GENERAL, MINISTRY]
        assert units.hierarchy(connection, 11111111) == []
        assert units.superiors(connection, PROVINCIAL) == [GOVERNOR, MINISTRY]


def test_downwards(filled: Database) -> None:
    with filled.read() as connection:
        assert list(units.subtree(connection, MINISTRY)) == [GENERAL, BRANCH, PROVINCIAL]
        assert list(units.subtree(connection, MINISTRY, itself=True)) == [MINISTRY, GENERAL, BRANCH, PROVINCIAL]
        assert list(units.subtree(connection, GOVERNOR)) == []
        assert list(units.subtree(connection, GOVERNOR, second=True)) == [PROVINCIAL]
        assert list(units.subtree(connection, 11111111, itself=True)) == []
        assert list(units.main_institutions(connection)) == [GOVERNOR, MINISTRY, UNIVERSITY]


def test_a_unit_without_a_place_is_at_the_general_place_where_the_registry_has_one(filled: Database) -> None:
    with filled.write(actor="test", origin="test") as change:
        change.open(schema.Unit, unit_row(24308999, "YERSİZ BİRİM", MINISTRY, MINISTRY, 1, place_id=None))
    with filled.read() as connection:
        unit = units.unit(connection, 24308999)
        assert list(units.detail_search(connection, place_code=100)) == []
        before = serials.serial(connection)
    assert unit is not None
    assert (unit.place_id, unit.place_name) == (None, None)
    with filled.write(actor="test", origin="test") as change:
        change.open(schema.Place, place(codes.GENERAL_PLACE_ID, "TÜRKİYE"), valid_from=START)
    with filled.read() as connection:
        unit = units.unit(connection, 24308999)
        assert list(units.detail_search(connection, place_code=100)) == [24308999]
        assert list(units.detail_search(connection, place_code=100, type1_id=132)) == []
        assert list(units.detail_search(connection, place_code=134)) == [GOVERNOR, PROVINCIAL]
        assert list(changed.changed_after(connection, before)) == [24308999]
    assert unit is not None
    assert (unit.place_id, unit.place_name) == (None, "TÜRKİYE")


def test_filters_are_joined_by_and(filled: Database) -> None:
    with filled.read() as connection:
        assert list(units.detail_search(connection, province_code=34)) == [GOVERNOR, PROVINCIAL]
        assert list(units.detail_search(connection, place_code=134, type1_id=19)) == [GOVERNOR, PROVINCIAL]
        assert list(units.detail_search(connection, type1_id=132)) == [UNIVERSITY]
        assert list(units.detail_search(connection, type1_id=132, province_code=34)) == []
        with pytest.raises(InvalidFilterError):
            units.detail_search(connection)


def test_register_numbers(filled: Database) -> None:
    with filled.read() as connection:
        found = units.by_register_numbers(connection, [None, "K-9", " K-1 ", ""])
    assert [unit.detsis_no for unit in found] == [MINISTRY]


def test_the_past_is_told_as_it_was_and_as_it_was_known(filled: Database) -> None:
    then = START + timedelta(days=400)
    known_before = datetime.now(UTC)
    with filled.write(actor="test", origin="test") as change:
        change.alter(schema.Unit, {"detsis_no": MINISTRY}, {"name": "YENİ BAKANLIK"}, at=then)
    with filled.read() as connection:
        names = {
            moment: units.units(connection, [GENERAL], moment).__next__().hierarchy.split(" > ")[0]
            for moment in (
                Moment(),
                Moment(then),
                Moment(then - timedelta(microseconds=1)),
                Moment(then, known_before),
                Moment(None, known_before),
            )
        }
        assert units.unit(connection, GENERAL, Moment(START - timedelta(days=1))) is None
        assert list(units.subtree(connection, MINISTRY, Moment(then))) == [GENERAL, BRANCH, PROVINCIAL]
        assert list(units.subtree(connection, MINISTRY, Moment(START - timedelta(days=1)))) == []
        assert list(units.subtree(connection, GOVERNOR, Moment(then), second=True)) == [PROVINCIAL]
    assert list(names.values()) == [
        "YENİ BAKANLIK",
        "YENİ BAKANLIK",
        "ÖRNEK BAKANLIĞI",
        "ÖRNEK BAKANLIĞI",
        "ÖRNEK BAKANLIĞI",
    ]
