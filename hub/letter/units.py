"""Units as a letter sees them, and the chart that ties them together."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from hub import turkish

CUMHURBASKANLIGI: Final = 17
BAKANLIK: Final = 19
BAGLI: Final = 127
ILGILI: Final = 128
CIVIL: Final = 221
"""Category numbers (type 1) that rules of a letter ask for."""

_AUTHORITY_ENDS: Final = (
    "VALİLİĞİ",
    "KAYMAKAMLIĞI",
    "BÜYÜKELÇİLİĞİ",
    "BAŞKONSOLOSLUĞU",
    "KONSOLOSLUĞU",
    "DAİMİ TEMSİLCİLİĞİ",
    "DAİMÎ TEMSİLCİLİĞİ",
)


@dataclass(frozen=True, slots=True)
class Unit:
    """One institution or unit, with the facts that its letters need."""

    number: int
    """DETSİS number."""
    name: str
    """As recorded, in capitals."""
    parent: int = 0
    """Number of the superior, 0 at a root."""
    parent2: int = 0
    """Number of the second superior (the governorate that a provincial unit serves under), 0 if none."""
    main: int = 0
    """Number of the main institution; a main institution carries its own."""
    category: int = 0
    """Type 1."""
    cut: str = ""
    """Piece of the name that an addressee's line loses (``ResmiYaziKesilecekMuhatapBolumu`` of type 2)."""
    add: str = ""
    """Piece that it gains (``ResmiYaziEklenecekMuhatapBolumu`` of type 2)."""
    place: str = ""
    """Name of the province or district, for regional directorates whose own name does not say it."""
    address: str = ""
    active: bool = True

    @property
    def is_main(self) -> bool:
        """Whether the unit is a main institution, not a unit of one."""
        return self.number == self.main

    @property
    def is_authority(self) -> bool:
        """Whether the unit is a governorate, a district governorate or a mission abroad: one that others serve under.

        The register has no field for it, so the name decides; it is the only place that looks.
        """
        return turkish.upper(self.name).endswith(_AUTHORITY_ENDS)


class Chart:
    """The units that a letter touches, with all their superiors.

    Numbers that are not in it read as "no superior", and a circle in the data ends where it closes; the register should
    hold neither, but a letter must not hang on them.
    """

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units = {unit.number: unit for unit in units}

    def __iter__(self) -> Iterator[int]:
        """All numbers of the chart."""
        return iter(self._units)

    def __contains__(self, number: int) -> bool:
        return number in self._units

    def __getitem__(self, number: int) -> Unit:
        return self._units[number]

    def get(self, number: int) -> Unit | None:
        """The unit with this number; None where the chart has none."""
        return self._units.get(number)

    def line(self, unit: Unit) -> Iterator[Unit]:
        """The unit, its superior, and so on along the first superiors up to the root."""
        seen: set[int] = set()
        at: Unit | None = unit
        while at is not None and at.number not in seen:
            seen.add(at.number)
            yield at
            at = self._units.get(at.parent)

    def idare(self, unit: Unit) -> Unit:
        """The administration a unit writes as: its main institution, or the authority that it serves under.

        Going up from the unit, the first governorate, district governorate or mission that is met or that is a second
        superior; else the main institution; else, where the chart lacks it, the top of the line. A main institution
        writes as itself, whoever oversees it as its second superior (a municipality's governorate).
        """
        top = unit
        for at in self.line(unit):
            if at.is_authority or at.is_main:
                return at
            second = self._serves_under(at)
            if second is not None:
                return second
            top = at
        return self._units.get(unit.main, top)

    def superiors(self, unit: Unit) -> Iterator[Unit]:
        """The unit, then all superiors of both kinds, nearest first.

        At equal distance the authority that the unit serves under comes before the superior in its own institution:
        that is the name on the addressee's first line.
        """
        seen = {unit.number}
        queue = deque([unit])
        while queue:
            at = queue.popleft()
            yield at
            for number in self._pair(at):
                above = self._units.get(number)
                if above is not None and number not in seen:
                    seen.add(number)
                    queue.append(above)

    def signing_line(self, unit: Unit) -> list[Unit]:
        """The unit and its superiors of both kinds up to, and with, the main institution.

        An authority that another institution's unit serves under ends the line as a main institution does: its own
        superiors are none of that unit's.
        """
        seen = {unit.number}
        queue = deque([unit])
        line: list[Unit] = []
        while queue:
            at = queue.popleft()
            line.append(at)
            if at.is_main or (at.is_authority and at.main != unit.main):
                continue
            for number in self._pair(at):
                above = self._units.get(number)
                if above is not None and number not in seen:
                    seen.add(number)
                    queue.append(above)
        return line

    def is_above(self, superior: Unit, unit: Unit) -> bool:
        """Whether ``superior`` is a proper ancestor of ``unit`` along first or second superiors."""
        return any(at.number == superior.number for at in self.superiors(unit)) and superior.number != unit.number

    def _serves_under(self, unit: Unit) -> Unit | None:
        """The second superior, if it is an authority or the unit's category is that of civil administration."""
        second = self._units.get(unit.parent2)
        return second if second is not None and (second.is_authority or unit.category == CIVIL) else None

    def _pair(self, unit: Unit) -> tuple[int, int]:
        if self._serves_under(unit) is not None:
            return unit.parent2, unit.parent
        return unit.parent, unit.parent2
