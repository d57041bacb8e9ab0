"""Places: the 81 provinces, their 973 districts, and cities abroad that have a mission.

Names, plate codes and area codes are real; ids and place codes are ours: a province's ``place_code`` is its plate code
times 100, a district adds its place in the alphabet, abroad begins at 10000. ``place_id`` begins at 1001, so that a
reader who mixes up the two numbers notices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from hub.sample.tables import rows
from hub.turkish import upper

FIRST_PLACE_ID: Final = 1001
GENERAL_PLACE_ID: Final = FIRST_PLACE_ID
"""The row for units without a place of their own."""

KIND_GENERAL: Final = (1, "GENEL")
KIND_PROVINCE: Final = (2, "İL")
KIND_DISTRICT: Final = (3, "İLÇE")
KIND_ABROAD: Final = (4, "YURT DIŞI")


@dataclass(frozen=True, slots=True)
class District:
    """One district; ``centre`` marks the place register's "Merkez", which has no district governorate."""

    place_id: int
    plate: int
    name: str
    phone_code: str
    centre: bool

    @property
    def caps(self) -> str:
        """The name in capitals, as unit names are written."""
        return upper(self.name)


@dataclass(frozen=True, slots=True)
class Province:
    """One province with its districts."""

    place_id: int
    plate: int
    name: str
    phone_code: str
    metropolitan: bool
    districts: tuple[District, ...]

    @property
    def caps(self) -> str:
        """The name in capitals, as unit names are written."""
        return upper(self.name)

    @property
    def seat(self) -> int:
        """The place of the province's own offices: its Merkez, else the province itself."""
        return next((d.place_id for d in self.districts if d.centre), self.place_id)


@dataclass(frozen=True, slots=True)
class Mission:
    """A city abroad with an embassy or a consulate general."""

    place_id: int
    country: str
    city: str
    embassy: bool


@cache
def provinces() -> tuple[Province, ...]:
    """All provinces by plate code."""
    done = []
    place_id = FIRST_PLACE_ID
    for plate, name, code, metropolitan, districts in rows("places.txt"):
        place_id += 1
        own, inside = place_id, []
        for part in districts.split(";"):
            phone, _, names = part.rpartition(":")
            for district in names.split(","):
                place_id += 1
                inside.append(District(place_id, int(plate), district, phone or code, district == "Merkez"))
        done.append(Province(own, int(plate), name, code, metropolitan == "B", tuple(inside)))
    return tuple(done)


@cache
def missions() -> tuple[Mission, ...]:
    """All missions, by country."""
    place_id = provinces()[-1].districts[-1].place_id
    done = []
    for country, capital, cities in rows("abroad.txt"):
        for city in [capital, *filter(None, cities.split(","))]:
            place_id += 1
            done.append(Mission(place_id, country, city, embassy=city == capital))
    return tuple(done)


@cache
def phone_codes() -> dict[int, str]:
    """Area code by ``place_id``; abroad has none."""
    found = {GENERAL_PLACE_ID: "312"}
    for province in provinces():
        found[province.place_id] = province.phone_code
        found.update((district.place_id, district.phone_code) for district in province.districts)
    return found


@cache
def labels() -> dict[int, str]:
    """What stands at the end of an address, by ``place_id``: ``Çankaya/ANKARA``."""
    found = {GENERAL_PLACE_ID: "ANKARA"}
    for province in provinces():
        found[province.place_id] = province.caps
        found.update((d.place_id, f"{d.name}/{province.caps}") for d in province.districts)
    found.update((mission.place_id, f"{mission.city}/{upper(mission.country)}") for mission in missions())
    return found


def place_rows() -> Iterator[dict[str, Any]]:
    """The facts of every place."""

    yield _row(GENERAL_PLACE_ID, 1, "TÜRKİYE", None, KIND_GENERAL, None)
    for province in provinces():
        own = province.plate * 100
        yield _row(province.place_id, own, province.caps, province, KIND_PROVINCE, province.phone_code)
        for order, d in enumerate(province.districts, 1):
            yield _row(d.place_id, own + order, d.caps, province, KIND_DISTRICT, d.phone_code)
    for order, mission in enumerate(missions()):
        name = f"{upper(mission.city)} ({upper(mission.country)})"
        yield _row(mission.place_id, 10000 + order, name, None, KIND_ABROAD, None)


def _row(
    place_id: int, code: int, name: str, province: Province | None, kind: tuple[int, str], phone: str | None
) -> dict[str, Any]:
    return {
        "place_id": place_id,
        "place_code": code,
        "name": name,
        "province_code": province.plate if province else 0,
        "province_name": province.caps if province else None,
        "kind_id": kind[0],
        "kind": kind[1],
        "phone_code": phone,
        "active": True,
    }
