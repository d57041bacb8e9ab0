"""Where a unit stands, as İYEM's principles 2 to 5 and 14 see it.

DETSİS has no field that says "central" or "provincial", so the place follows from what it does have: the category, the
second superior, the names of the authorities above, the province. Each of these readings stands here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from hub import limits
from hub.registry import units
from hub.registry.units import Unit
from hub.turkish import upper

_GOVERNORATE: Final = "VALİLİĞİ"
_DISTRICT_GOVERNORATE: Final = "KAYMAKAMLIĞI"
_MISSIONS: Final = (
    "BÜYÜKELÇİLİĞİ",
    "BAŞKONSOLOSLUĞU",
    "KONSOLOSLUĞU",
    "DAİMİ TEMSİLCİLİĞİ",
    "DAİMÎ TEMSİLCİLİĞİ",
)
_PROVINCIAL_WORDS: Final = (" İL MÜDÜRLÜĞÜ", "BÖLGE MÜDÜRLÜĞÜ", " İLÇE MÜDÜRLÜĞÜ", "BAŞMÜDÜRLÜĞÜ", "BÖLGE BAŞKANLIĞI")
_PERSONNEL_WORDS: Final = ("PERSONEL", "İNSAN KAYNAKLARI")
_REGISTRY_OFFICE: Final = "YAZI İŞLERİ"

CIVIL_CATEGORY: Final = 221
"""Attached to civil administration."""
LOCAL_CATEGORIES: Final = frozenset({202, 204, 205})
"""Attached to a local government, municipality, special provincial administration."""


class Place(StrEnum):
    """Where a unit stands."""

    CENTRAL = "central"
    FOREIGN = "foreign"
    DIRECT = "direct"
    """Provincial, attached straight to its institution's centre."""
    CIVIL = "civil"
    """Provincial, attached to civil administration, or a civil authority itself."""
    LOCAL = "local"
    """A local government or one of its units."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One unit's place and what it belongs to."""

    unit: Unit
    place: Place
    main_no: int
    """The institution."""
    authority_no: int | None
    """The governorate or district governorate that it serves under, or is."""
    line: tuple[int, ...]
    """The unit and its superiors by the first link, nearest first."""

    @property
    def provincial(self) -> bool:
        """Attached straight to a centre, or to civil administration."""
        return self.place in (Place.DIRECT, Place.CIVIL)


def is_authority(name: str) -> bool:
    """Whether a unit of this name is a governorate or a district governorate."""
    return upper(name).endswith((_GOVERNORATE, _DISTRICT_GOVERNORATE))


def is_governorate(name: str) -> bool:
    """Whether a unit of this name is a governorate."""
    return upper(name).endswith(_GOVERNORATE)


def standing(connection: Connection, number: int) -> Standing | None:
    """Where the unit with this DETSİS number stands now; None for a number that does not exist."""
    line = _line(connection, number)
    if not line:
        return None
    unit = line[0]
    seconds = {row.detsis_no: row for row in units.units(connection, {u.second_parent_no for u in line} - {0})}
    main = next((u for u in line if u.detsis_no == unit.main_no), line[-1])
    authority = _authority(line, seconds)
    return Standing(
        unit, _place(line, seconds, main, authority), unit.main_no, authority, tuple(u.detsis_no for u in line)
    )


def works_in_personnel(standing_: Standing, names: tuple[str, ...]) -> bool:
    """Whether a unit, or one above it within the institution, is the central personnel unit; ``names`` are those of its
    line. An institution too small to have one keeps its records itself, so its main unit counts as well."""
    if standing_.place is not Place.CENTRAL and standing_.place is not Place.LOCAL:
        return False
    own = names[0]
    return standing_.unit.detsis_no == standing_.main_no or any(
        word in upper(name) for name in (own, *names[1:]) for word in _PERSONNEL_WORDS
    )


def works_in_registry_office(standing_: Standing, names: tuple[str, ...]) -> bool:
    """Whether a unit is the registry office (yazı işleri) of a governorate or district governorate, or the authority
    itself where none is recorded beneath it."""
    if standing_.authority_no is None:
        return False
    return is_authority(names[0]) or _REGISTRY_OFFICE in upper(names[0])


def line_names(connection: Connection, number: int) -> tuple[str, ...]:
    """Names of the unit and its superiors by the first link, nearest first."""
    return tuple(row.name for row in _line(connection, number))


def _line(connection: Connection, number: int) -> list[Unit]:
    found: list[Unit] = []
    seen: set[int] = set()
    while number and number not in seen and len(found) < limits.HIERARCHY_DEPTH:
        seen.add(number)
        row = units.unit(connection, number)
        if row is None:
            break
        found.append(row)
        number = row.parent_no
    return found


def _authority(line: list[Unit], seconds: dict[int, Unit]) -> int | None:
    """The nearest authority on the way up: the unit itself, its second superior, its superior, and so on."""
    for row in line:
        if is_authority(row.name):
            return row.detsis_no
        second = seconds.get(row.second_parent_no)
        if second is not None and is_authority(second.name):
            return second.detsis_no
        if row.detsis_no == row.main_no:
            break
    return None


def _place(line: list[Unit], seconds: dict[int, Unit], main: Unit, authority: int | None) -> Place:
    if main.type1_id in LOCAL_CATEGORIES:
        return Place.LOCAL
    if authority is not None or any(row.type1_id == CIVIL_CATEGORY for row in line):
        return Place.CIVIL
    own = line[: next((n for n, row in enumerate(line) if row.detsis_no == main.detsis_no), len(line))]
    names = [upper(row.name) for row in own] + [
        upper(s.name) for row in own if (s := seconds.get(row.second_parent_no))
    ]
    if any(name.endswith(_MISSIONS) for name in names):
        return Place.FOREIGN
    if any(word in name for name in names for word in _PROVINCIAL_WORDS):
        return Place.DIRECT
    return Place.CENTRAL
