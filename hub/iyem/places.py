"""Where a unit stands, as İYEM's principles 2 to 5 and 14 see it.

DETSİS has no field that says "central" or "provincial", so the place follows from what it does have: the category, the
second superior, the names of the authorities above, the province. Each of these readings stands here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from hub.registry import units
from hub.registry.units import Unit
from hub.turkish import upper

_GOVERNORATE: Final = "VALİLİĞİ"
AUTHORITIES: Final = (_GOVERNORATE, "KAYMAKAMLIĞI")
"""How the names of civil authorities end."""
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
    line: tuple[Unit, ...]
    """The unit and its superiors by the first link, nearest first."""

    @property
    def provincial(self) -> bool:
        """Attached straight to a centre, or to civil administration."""
        return self.place in (Place.DIRECT, Place.CIVIL)


def is_authority(name: str) -> bool:
    """Whether a unit of this name is a governorate or a district governorate."""
    return upper(name).endswith(AUTHORITIES)


def is_governorate(name: str) -> bool:
    """Whether a unit of this name is a governorate."""
    return upper(name).endswith(_GOVERNORATE)


def standing(connection: Connection, number: int) -> Standing | None:
    """Where the unit with this DETSİS number stands now; None for a number that does not exist."""
    return next(standings(connection, [number]), None)


def standings(connection: Connection, numbers: Iterable[int]) -> Iterator[Standing]:
    """Where each of these units stands now, in the order given; numbers that do not exist are left out."""
    wanted = list(numbers)
    rows: dict[int, Unit] = {}
    lacking = set(wanted)
    while lacking:
        found = {row.detsis_no: row for row in units.units(connection, sorted(lacking))}
        rows.update(found)
        lacking = {n for row in found.values() for n in (row.parent_no, row.second_parent_no)} - rows.keys() - {0}
        if not found:
            break
    for number in wanted:
        if number in rows:
            yield _standing(_line(rows, number), rows)


def _standing(line: list[Unit], rows: Mapping[int, Unit]) -> Standing:
    unit = line[0]
    seconds = {row.second_parent_no: rows[row.second_parent_no] for row in line if row.second_parent_no in rows}
    main = next((row for row in line if row.detsis_no == unit.main_no), line[-1])
    authority = _authority(line, seconds)
    return Standing(unit, _place(line, seconds, main, authority), unit.main_no, authority, tuple(line))


def works_in_personnel(at: Standing) -> bool:
    """Whether a unit, or one above it within the institution, is the central personnel unit. An institution too small
    to have one keeps its records itself, so its main unit counts as well."""
    if at.place not in (Place.CENTRAL, Place.LOCAL):
        return False
    return at.unit.detsis_no == at.main_no or any(
        word in upper(row.name) for row in at.line for word in _PERSONNEL_WORDS
    )


def works_in_registry_office(at: Standing) -> bool:
    """Whether a unit is the registry office (yazı işleri) of a governorate or district governorate, or the authority
    itself where none is recorded beneath it."""
    if at.authority_no is None:
        return False
    return is_authority(at.unit.name) or _REGISTRY_OFFICE in upper(at.unit.name)


def _line(rows: Mapping[int, Unit], number: int) -> list[Unit]:
    found: list[Unit] = []
    seen: set[int] = set()
    while number in rows and number not in seen:
        seen.add(number)
        found.append(rows[number])
        number = rows[number].parent_no
    return found


def _authority(line: Sequence[Unit], seconds: Mapping[int, Unit]) -> int | None:
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


def _place(line: Sequence[Unit], seconds: Mapping[int, Unit], main: Unit, authority: int | None) -> Place:
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
