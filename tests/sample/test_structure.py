"""The units of the sample: how many, how numbered, how they hang together."""

from __future__ import annotations

from collections import Counter

import pytest

from hub.sample import codes
from hub.sample.structure import DEMO_INSTITUTION, FIRST_NUMBER, LARGEST, SMALLEST, Structure
from hub.turkish import clean


@pytest.fixture(scope="module")
def structure() -> Structure:
    return Structure(20_000)


@pytest.mark.parametrize("count", [SMALLEST, 2_001, 7_777, 20_000])
def test_exactly_as_many_units_as_asked_for_consecutively_numbered(count: int) -> None:
    numbers = [unit.number for unit in Structure(count).units()]
    assert numbers == list(range(FIRST_NUMBER, FIRST_NUMBER + count))


@pytest.mark.slow
@pytest.mark.parametrize("count", [300_000, LARGEST])
def test_large_samples_too(count: int) -> None:
    last = FIRST_NUMBER - 1
    for unit in Structure(count).units():
        assert unit.number == last + 1
        last = unit.number
    assert last == FIRST_NUMBER + count - 1


@pytest.mark.parametrize("count", [0, SMALLEST - 1, LARGEST + 1])
def test_other_sizes_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="between"):
        Structure(count)


@pytest.mark.parametrize("count", [SMALLEST, 20_000])
def test_the_tree_is_one(count: int) -> None:
    level: dict[int, int] = {0: -1}
    main: dict[int, int] = {}
    for unit in Structure(count).units():
        assert unit.level == level[unit.parent] + 1, unit
        assert unit.second == 0 or unit.second in level
        level[unit.number] = unit.level
        main[unit.number] = unit.institution.number
        assert main[unit.institution.number] == unit.institution.number
        assert unit.institution.number == unit.number or main[unit.parent] == unit.institution.number
    assert sorted(set(level.values()) - {-1}) == list(range(8))


def test_it_is_shaped_like_the_real_one(structure: Structure) -> None:
    units = list(structure.units())
    roots = [unit for unit in units if unit.parent == 0]
    assert 25 <= len(roots) <= 45
    categories = Counter(unit.category for unit in units if unit.number == unit.institution.number)
    assert categories[19] == 17 + 4  # with the four that were closed
    assert categories[221] == 81 + 922
    assert categories[204] == 81 + 922
    assert categories[205] == 51
    assert {16, 17, 18, 125, 127, 128, 129, 132, 210, 214} <= categories.keys()
    names = Counter(unit.name for unit in units)
    assert sum(n > 100 for n in names.values()) > 10
    assert sum(bool(codes.kind_of(unit.name)) for unit in units) > 1_000
    assert structure.by_name(DEMO_INSTITUTION).number == Structure(SMALLEST).by_name(DEMO_INSTITUTION).number


def test_provincial_units_have_the_governor_as_second_superior(structure: Structure) -> None:
    units = {unit.number: unit for unit in structure.units()}
    seen = Counter[str]()
    for unit in units.values():
        if unit.second:
            governor = units[unit.second]
            ministry = units[unit.parent].institution
            assert governor.name.endswith(("VALİLİĞİ", "KAYMAKAMLIĞI"))
            assert ministry.number == unit.institution.number
            seen[governor.name.split()[-1]] += 1
    assert seen["VALİLİĞİ"] > 500
    assert seen["KAYMAKAMLIĞI"] > 500


def test_every_name_fits_its_status(structure: Structure) -> None:
    for unit in structure.units():
        status = codes.statuses()[unit.type2_id]
        assert unit.name.endswith(status.cut), unit
        assert clean(unit.name) == unit.name
        assert ">" not in unit.name
        assert "{" not in unit.name


def test_every_status_and_category_is_listed() -> None:
    listed = {row["type1_id"] for row in codes.category_rows()}
    used = {unit.category for unit in Structure(20_000).units()}
    assert used <= listed
    for row in codes.status_rows():
        assert row["parent_id"] in {0, *range(1, 9)}
