"""What may hang below what: the outline of ``units.txt``, and how large it grows at a place.

A :class:`Plan` is a line of the outline; a :class:`Site` is one unit that it could become: in this province, that
district, with that name. The outline is far larger than any registry that is made of it; :mod:`hub.sample.structure`
takes as much of it as was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final, NamedTuple

from hub.sample import codes, places
from hub.sample.tables import lines, names
from hub.turkish import upper

SCHOOL_NAMES: Final = names("schools")
SCHOOL_KINDS: Final = names("school kinds")
REGION_SEATS: Final = (34, 35, 42, 6, 33, 38, 55, 23, 21, 61, 65, 25, 7, 16, 37, 58)
"""Plate codes of the seats of regional directorates, first to last."""

_MARK: Final = re.compile(r"%(\w+)")
_PER_PLACE: Final = {"il", "ilce", "hepilce"}


@dataclass(slots=True, eq=False)
class Plan:
    """One line of the outline."""

    name: str
    mark: str = ""
    second: bool = False
    """Whether the civil administrator of the place is its second superior."""
    children: list[Plan] = field(default_factory=list)


class Site(NamedTuple):
    """One unit that could be."""

    plan: Plan
    name: str
    type2_id: int
    category: int
    place_id: int
    province: places.Province | None
    district: places.District | None
    second: bool


@cache
def templates() -> dict[str, list[Plan]]:
    """The outline, by template. What a template hangs below a unit is shared, not copied."""
    found: dict[str, list[Plan]] = {}
    later: list[tuple[list[Plan], str]] = []
    stack: list[list[Plan]] = []
    for line in lines("units.txt"):
        if line.startswith("= "):
            stack = [found.setdefault(line[2:].strip(), [])]
            continue
        depth = (len(line) - len(line.lstrip())) // 2
        head, _, below = line.strip().partition("<")
        siblings = stack[depth]
        if not head.strip():
            later.extend((siblings, name) for name in below.split())
            continue
        marks = _MARK.findall(head)
        plan = Plan(_MARK.sub("", head).strip(), mark="".join(m for m in marks if m != "2"), second="2" in marks)
        siblings.append(plan)
        later.extend((plan.children, name) for name in below.split())
        stack[depth + 1 :] = [plan.children]
    for siblings, name in later:
        siblings.extend(found[name])
    return found


class Outline:
    """The outline for a registry that has the district governorates ``districts``."""

    def __init__(self, districts: frozenset[int]) -> None:
        self._districts = districts
        self._capacity: dict[tuple[int, int, int], int] = {}

    def below(self, site: Site) -> list[Site]:
        """What could stand directly below ``site``."""
        return [child for plan in site.plan.children for child in self._sites(plan, site)]

    def capacity(self, site: Site) -> int:
        """How many units ``site`` could become: itself and everything below."""
        key = (id(site.plan), 0, 0)
        if _varies(site.plan):
            province, district = site.province, site.district
            key = (id(site.plan), province.plate if province else 0, district.place_id if district else 0)
        if (known := self._capacity.get(key)) is None:
            known = 1 + sum(self.capacity(child) for child in self.below(site))
            self._capacity[key] = known
        return known

    def active(self, province: places.Province) -> Iterator[places.District]:
        """The province's districts that have a governorate."""
        return (d for d in province.districts if d.place_id in self._districts)

    def _sites(self, plan: Plan, above: Site) -> Iterator[Site]:
        if plan.mark in _PER_PLACE:
            yield from self._per_place(plan, above)
        elif plan.mark == "bolge":
            for number, plate in enumerate(REGION_SEATS, 1):
                province = places.provinces()[plate - 1]
                name = plan.name.format(no=number, il=province.caps)
                type2_id = codes.status_of(plan.name)
                yield Site(plan, name, type2_id, codes.REGIONAL, province.seat, province, None, False)
        elif plan.mark == "yurtdisi":
            for mission in places.missions():
                name = f"{upper(mission.city)} {'BÜYÜKELÇİLİĞİ' if mission.embassy else 'BAŞKONSOLOSLUĞU'}"
                yield Site(plan, name, codes.status_of(name), codes.ABROAD, mission.place_id, None, None, False)
        elif plan.mark in {"okul", "hastane", "muze"}:
            for name in self._facilities(plan, above):
                status = codes.status_of(name)
                yield Site(plan, name, status, codes.FACILITY, above.place_id, above.province, above.district, False)
        else:
            name = _filled(plan.name, above.province, above.district)
            status = codes.status_of(plan.name)
            yield Site(plan, name, status, above.category, above.place_id, above.province, above.district, plan.second)

    def _per_place(self, plan: Plan, above: Site) -> Iterator[Site]:
        status = codes.status_of(plan.name)
        category = codes.JUDICIAL if status in {100, 101, 102} else codes.FIELD
        if plan.mark == "il":
            for province in places.provinces():
                name = _filled(plan.name, province, None)
                yield Site(plan, name, status, category, province.seat, province, None, plan.second)
            return
        for province in (above.province,) if above.province else places.provinces():
            for district in province.districts:
                if district.place_id in self._districts or (plan.mark == "hepilce" and district.centre):
                    name = _filled(plan.name, province, district)
                    yield Site(plan, name, status, category, district.place_id, province, district, plan.second)

    @staticmethod
    def _facilities(plan: Plan, above: Site) -> list[str]:
        if plan.mark == "okul":
            return [f"{name} {kind}" for name in SCHOOL_NAMES for kind in SCHOOL_KINDS]
        if plan.mark == "muze":
            return [_filled(plan.name, above.province, None)]
        assert above.district is not None
        own = above.district.caps
        return [f"{own} DEVLET HASTANESİ", *(f"{own} {n} NUMARALI AİLE SAĞLIĞI MERKEZİ" for n in range(1, 9))]


@cache
def _varies(plan: Plan) -> bool:
    """Whether what hangs below the unit depends on where it is."""
    return any(child.mark or _varies(child) for child in plan.children)


def _filled(name: str, province: places.Province | None, district: places.District | None) -> str:
    if "{" not in name:
        return name
    assert province is not None
    own = "" if district is None else (f"{province.caps} MERKEZ" if district.centre else district.caps)
    return name.format(il=province.caps, ilce=own)
