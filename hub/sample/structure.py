"""The units: which there are, in which order they are numbered, what stands below what.

Numbers are consecutive from :data:`FIRST_NUMBER`: first the main institutions in the order of ``institutions.txt``
(so TBMM is 10000000 in every sample, and a ministry has the same number whatever the size), then universities,
governorates, municipalities, special provincial administrations, district governorates; then, one main institution
after the other, the units below it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import isqrt
from typing import Final, NamedTuple

from hub.sample import codes, places
from hub.sample.draw import share
from hub.sample.outline import Outline, Plan, Site, templates
from hub.sample.tables import lines

FIRST_NUMBER: Final = 10_000_000
DEMO_INSTITUTION: Final = "MİLLÎ EĞİTİM BAKANLIĞI"
"""The institution whose credential a demonstration makes: it has units of every kind at every level."""
SMALLEST: Final = 2_000
LARGEST: Final = 1_000_000

_CAPITAL: Final = 6
_CAPITAL_WEIGHT: Final = 40
"""The capital's municipality grows to its full depth (eight levels) even in the smallest sample."""
_UNIVERSITIES: Final = (
    "ANADOLU BİLİMLERİ ÜNİVERSİTESİ REKTÖRLÜĞÜ",
    "UYGULAMALI TEKNİK BİLİMLER ÜNİVERSİTESİ REKTÖRLÜĞÜ",
    "SANAT VE TASARIM ÜNİVERSİTESİ REKTÖRLÜĞÜ",
)


@dataclass(slots=True)
class Institution:
    """A main institution."""

    name: str
    category: int
    short: str
    budget: int
    place_id: int
    province: places.Province | None
    district: places.District | None
    plan: Plan
    superior: Institution | None
    former: tuple[tuple[str, date], ...] = ()
    """Earlier names, each with the day it ended."""
    closed: tuple[date, str] | None = None
    """The day it was closed and its successor's name."""
    weight: int = 6
    """How readily it grows when the sample does."""
    number: int = 0

    @property
    def level(self) -> int:
        """How many institutions stand above it."""
        return 0 if self.superior is None else self.superior.level + 1


class Unit(NamedTuple):
    """One unit as it stands at the end of its history."""

    number: int
    name: str
    parent: int
    second: int
    grandparent: int
    """The superior's own superior; 0 if none. Moved units came from there."""
    institution: Institution
    type2_id: int
    category: int
    place_id: int
    level: int
    leaf: bool
    external: bool


class Structure:
    """The units of a sample of ``count`` units.

    Raises ``ValueError`` outside :data:`SMALLEST` to :data:`LARGEST`.
    """

    def __init__(self, count: int) -> None:
        if not SMALLEST <= count <= LARGEST:
            raise ValueError(f"between {SMALLEST} and {LARGEST} units")
        self.count = count
        governed = [d for p in places.provinces() for d in p.districts if not d.centre]
        wanted = min(len(governed), (count - 900) // 8)
        chosen = frozenset(governed[i * len(governed) // wanted].place_id for i in range(wanted))
        self._outline = Outline(chosen)
        self.institutions = self._institutions()
        self._governor = {i.province.plate: i for i in self.institutions if i.short == "valilik" and i.province}
        self._district_governor = {i.place_id: i for i in self.institutions if i.short == "kaymakamlik"}
        for offset, institution in enumerate(self.institutions):
            institution.number = FIRST_NUMBER + offset

    def units(self) -> Iterator[Unit]:
        """Every unit, by number; a unit comes after its superiors."""
        for institution in self.institutions:
            yield self._top(institution)
        sites = [_site(institution) for institution in self.institutions]
        room = [0 if i.closed else self._outline.capacity(s) - 1 for i, s in zip(self.institutions, sites, strict=True)]
        weights = [1 + isqrt(r) * i.weight for r, i in zip(room, self.institutions, strict=True)]
        number = FIRST_NUMBER + len(self.institutions)
        for institution, site, below in zip(
            self.institutions, sites, share(self.count - len(self.institutions), room, weights), strict=True
        ):
            for unit in self._below(institution, site, institution.number, 0, institution.level, below, number):
                yield unit
                number += 1

    def by_name(self, name: str) -> Institution:
        """The main institution called ``name``."""
        return next(i for i in self.institutions if i.name == name)

    # Main institutions ---------------------------------------------------------------------------------------------

    def _institutions(self) -> list[Institution]:
        found = list(_listed())
        council = next(i for i in found if i.short == "yok")
        interior = next(i for i in found if i.short == "icisleri")
        found += _universities(council, 40 if self.count < 5_000 else 129)
        governors = [_governor(province, interior) for province in places.provinces()]
        found += governors
        for province, governor in zip(places.provinces(), governors, strict=True):
            found.append(_municipality(province, None, governor))
            if not province.metropolitan:
                found.append(_administration(province, governor))
        for province, governor in zip(places.provinces(), governors, strict=True):
            for district in self._outline.active(province):
                found.append(_district_governor(province, district, governor))
                found.append(_municipality(province, district, found[-1]))
        return found

    def _top(self, own: Institution) -> Unit:
        superior = own.superior
        return Unit(
            number=own.number,
            name=own.name,
            parent=superior.number if superior else 0,
            second=0,
            grandparent=0,
            institution=own,
            type2_id=codes.status_of(own.name),
            category=own.category,
            place_id=own.place_id,
            level=own.level,
            leaf=False,
            external=True,
        )

    # Units below ---------------------------------------------------------------------------------------------------

    def _below(
        self, own: Institution, above: Site, parent: int, grandparent: int, level: int, count: int, number: int
    ) -> Iterator[Unit]:
        """``count`` units below ``above`` (which is ``parent``), numbered from ``number`` on."""
        if count == 0:
            return
        sites = self._outline.below(above)
        if count < len(sites):
            sites = [sites[(2 * i + 1) * len(sites) // (2 * count)] for i in range(count)]
        room = [self._outline.capacity(site) - 1 for site in sites]
        left = count - len(sites)
        weights = [(1 + isqrt(r)) * (4 if order % 5 == 0 else 1) for order, r in enumerate(room)]  # some in depth
        parts = room if left == sum(room) else share(left, room, weights)
        for site, below in zip(sites, parts, strict=True):
            yield Unit(
                number=number,
                name=site.name,
                parent=parent,
                second=self._second(site),
                grandparent=grandparent,
                institution=own,
                type2_id=site.type2_id,
                category=site.category,
                place_id=site.place_id,
                level=level + 1,
                leaf=below == 0,
                external=codes.statuses()[site.type2_id].external,
            )
            yield from self._below(own, site, number, parent, level + 1, below, number + 1)
            number += 1 + below

    def _second(self, site: Site) -> int:
        if not site.second or site.province is None:
            return 0
        if site.district is not None:
            return self._district_governor[site.district.place_id].number
        return self._governor[site.province.plate].number


def _site(own: Institution) -> Site:
    category = {132: codes.ACADEMIC, 204: codes.LOCAL, 205: codes.LOCAL, 221: codes.CIVIL, 125: codes.JUDICIAL}
    return Site(
        plan=own.plan,
        name=own.name,
        type2_id=0,
        category=category.get(own.category, codes.CENTRAL),
        place_id=own.place_id,
        province=own.province,
        district=own.district,
        second=False,
    )


def _listed() -> Iterator[Institution]:
    above: list[Institution] = []
    for line in lines("institutions.txt"):
        depth = (len(line) - len(line.lstrip())) // 2
        name, category, short, budget, plate, below, *history = (field.strip() for field in line.split("|"))
        province = places.provinces()[int(plate) - 1]
        former: list[tuple[str, date]] = []
        closed = None
        text = history[0] if history else ""
        for part in filter(None, (p.strip() for p in text.split("~"))):
            if part.startswith("!"):
                day, _, successor = part[1:].partition(">")
                closed = (date.fromisoformat(day), successor)
            else:
                old, _, day = part.partition("@")
                former.append((old, date.fromisoformat(day)))
        plan = Plan(name, children=[child for template in below.split() for child in templates()[template]])
        seat = next((d.place_id for d in province.districts if d.name == "Çankaya"), province.seat)
        own = Institution(
            name=name,
            category=int(category),
            short=short,
            budget=int(budget),
            place_id=seat,
            province=None,
            district=None,
            plan=plan,
            superior=above[depth - 1] if depth else None,
            former=tuple(former),
            closed=closed,
        )
        above[depth:] = [own]
        yield own


_local_plans: Final[dict[str, Plan]] = {}


def _local(
    name: str,
    category: int,
    short: str,
    budget: int,
    place_id: int,
    province: places.Province,
    district: places.District | None,
    template: str,
    superior: Institution,
    weight: int,
) -> Institution:
    plan = _local_plans.setdefault(template, Plan(template, children=templates()[template]))
    return Institution(name, category, short, budget, place_id, province, district, plan, superior, weight=weight)


def _universities(council: Institution, count: int) -> Iterator[Institution]:
    crowded = [p for p in places.provinces() if p.metropolitan]
    names = [(p, _UNIVERSITIES[0]) for p in places.provinces()]
    names += [(p, _UNIVERSITIES[1]) for p in crowded] + [(p, _UNIVERSITIES[2]) for p in crowded]
    for order, (province, kind) in enumerate(names[:count]):
        short = f"univ{order + 1:03}"
        name = f"{province.caps} {kind}"
        yield _local(name, 132, short, 3, province.seat, province, None, "universite", council, 2)


def _governor(province: places.Province, interior: Institution) -> Institution:
    name = f"{province.caps} VALİLİĞİ"
    return _local(name, codes.CIVIL, "valilik", 1, province.seat, province, None, "valilik", interior, 2)


def _district_governor(province: places.Province, district: places.District, above: Institution) -> Institution:
    name = f"{district.caps} KAYMAKAMLIĞI"
    return _local(name, codes.CIVIL, "kaymakamlik", 1, district.place_id, province, district, "kaymakamlik", above, 0)


def _municipality(province: places.Province, district: places.District | None, above: Institution) -> Institution:
    if district is None:
        kind = "BÜYÜKŞEHİR BELEDİYE BAŞKANLIĞI" if province.metropolitan else "BELEDİYE BAŞKANLIĞI"
        template = "buyuksehir" if province.metropolitan else "belediye"
        name = f"{province.caps} {kind}"
        weight = _CAPITAL_WEIGHT if province.plate == _CAPITAL else 5 if province.metropolitan else 1
        return _local(name, 204, "belediye", 10, province.seat, province, None, template, above, weight)
    name = f"{district.caps} BELEDİYE BAŞKANLIĞI"
    return _local(name, 204, "belediye", 10, district.place_id, province, district, "belediye", above, 0)


def _administration(province: places.Province, above: Institution) -> Institution:
    name = f"{province.caps} İL ÖZEL İDARESİ"
    return _local(name, 205, "ozelidare", 10, province.seat, province, None, "ozelidare", above, 1)
