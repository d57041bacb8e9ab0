"""Provinces, districts and missions of the sample."""

from __future__ import annotations

from hub.sample import places
from hub.turkish import clean


def test_all_provinces_and_districts_are_there() -> None:
    provinces = places.provinces()
    assert [p.plate for p in provinces] == list(range(1, 82))
    assert sum(len(p.districts) for p in provinces) == 973
    assert sum(d.centre for p in provinces for d in p.districts) == 51
    assert sum(p.metropolitan for p in provinces) == 30
    assert not any(p.metropolitan and any(d.centre for d in p.districts) for p in provinces)


def test_names_are_written_as_turkish_is() -> None:
    by_plate = {p.plate: p for p in places.provinces()}
    assert by_plate[34].caps == "İSTANBUL"
    assert by_plate[73].caps == "ŞIRNAK"
    assert by_plate[76].caps == "IĞDIR"
    for province in by_plate.values():
        assert len({d.name for d in province.districts}) == len(province.districts)
        for name in (province.name, *(d.name for d in province.districts)):
            assert clean(name) == name


def test_area_codes() -> None:
    codes = [p.phone_code for p in places.provinces()]
    assert all(len(code) == 3 and code.isdigit() for code in codes)
    assert len(set(codes)) == 81
    istanbul = places.provinces()[33]
    asia = {d.name for d in istanbul.districts if d.phone_code == "216"}
    assert len(asia) == 14
    assert {"Kadıköy", "Üsküdar", "Tuzla"} <= asia


def test_ids_are_unique_and_none_is_missing() -> None:
    rows = list(places.place_rows())
    ids = [row["place_id"] for row in rows]
    assert ids == list(range(places.FIRST_PLACE_ID, places.FIRST_PLACE_ID + len(rows)))
    assert len({row["place_code"] for row in rows}) == len(rows)
    assert sum(row["kind"] == "İLÇE" for row in rows) == 973
