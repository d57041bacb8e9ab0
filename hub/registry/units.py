"""Units: one by number, many by number, upwards, downwards, by filter.

Questions that may have very many answers give numbers, in ascending order and four bytes each;
:func:`units` makes rows of them, piece by piece, and :class:`hub.registry.fragments.Fragments` prepared bytes.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, or_, select

from hub import limits
from hub.errors import HubError
from hub.registry import codes
from hub.registry.moment import NOW, Moment, holds, numbers, parts, stream
from hub.store import schema
from hub.turkish import ascii_cases

SEPARATOR = " > "
"""Between the names of a hierarchy."""


class InvalidFilterError(HubError):
    """A search without any filter, or with one that says nothing."""

    code = "REGISTRY_FILTER"


class Type3Entry(NamedTuple):
    """One type-3 entry of a unit."""

    entry_id: int
    detsis_no: int
    type3_id: int
    name: str | None


class Unit(NamedTuple):
    """A unit at one moment."""

    detsis_no: int
    name: str
    parent_no: int
    second_parent_no: int
    main_no: int
    place_id: int | None
    place_name: str | None
    """Of a unit without a place the general place's, where the registry has a row of it."""
    type1_id: int
    type2_id: int
    level: int
    active: bool
    operating: bool
    external: bool
    """May be addressed from outside."""
    address: str | None
    register_no: str | None
    successor_no: int | None
    hierarchy: str
    """Names of the superiors, highest first, and of the unit, joined by ``>`` between blanks."""
    types3: tuple[Type3Entry, ...]


_UNIT = schema.table_of(schema.Unit)


def unit(connection: Connection, detsis_no: int, moment: Moment = NOW) -> Unit | None:
    """The unit with this number, closed ones included; None for a number that does not exist."""
    return next(units(connection, [detsis_no], moment), None)


def units(connection: Connection, wanted: Iterable[int], moment: Moment = NOW) -> Iterator[Unit]:
    """The units with these numbers, in the order given; numbers that do not exist are left out.

    Rows are made piece by piece: memory does not grow with their number.
    """
    shown = _Shown(connection, moment)
    for part in parts(wanted):
        statement = select(schema.Unit.__table__).where(schema.Unit.detsis_no.in_(part), holds(schema.Unit, moment))
        rows = {row.detsis_no: row for row in connection.execute(statement)}
        yield from shown.rows([rows[number] for number in part if number in rows])


def exists(connection: Connection, wanted: Iterable[int], moment: Moment = NOW) -> set[int]:
    """Those of ``wanted`` that are numbers of units, closed ones included."""
    found: set[int] = set()
    for part in parts(wanted):
        statement = select(_UNIT.c.detsis_no).where(_UNIT.c.detsis_no.in_(part), holds(schema.Unit, moment))
        found.update(connection.execute(statement).scalars())
    return found


def hierarchy(connection: Connection, detsis_no: int, moment: Moment = NOW) -> list[Unit]:
    """The unit itself first, then each superior up to its main institution (or to the top, where the main institution
    is not among them)."""
    chain = [number for number, _ in _upwards(connection, detsis_no, moment)]
    rows = list(units(connection, chain, moment))
    if rows:
        main = rows[0].main_no
        for place, row in enumerate(rows):
            if row.detsis_no == main:
                return rows[: place + 1]
    return rows


def superiors(connection: Connection, detsis_no: int, moment: Moment = NOW) -> list[int]:
    """The numbers of all superiors by either superior link, nearest first."""
    found: dict[int, None] = {}
    edge = [detsis_no]
    for _ in range(limits.HIERARCHY_DEPTH):
        statement = select(_UNIT.c.parent_no, _UNIT.c.second_parent_no).where(
            _UNIT.c.detsis_no.in_(edge), holds(schema.Unit, moment)
        )
        above = {number for row in connection.execute(statement) for number in row if number}
        edge = sorted(above - found.keys() - {detsis_no})
        if not edge:
            break
        found.update(dict.fromkeys(edge))
    return list(found)


def main_institutions(connection: Connection, moment: Moment = NOW, *, closed: bool = False) -> array[int]:
    """The numbers of the main institutions; with ``closed`` also of those that were closed."""
    statement = select(_UNIT.c.detsis_no).where(_UNIT.c.main_no == _UNIT.c.detsis_no, holds(schema.Unit, moment))
    if not closed:
        statement = statement.where(_UNIT.c.active)
    return numbers(connection, statement.order_by(_UNIT.c.detsis_no))


def subtree(
    connection: Connection,
    detsis_no: int,
    moment: Moment = NOW,
    *,
    itself: bool = False,
    closed: bool = False,
    second: bool = False,
) -> array[int]:
    """The numbers of all units beneath one.

    ``itself`` adds the unit; ``closed`` adds closed units; ``second`` also follows the second superior. What lies
    beneath a closed unit is found in any case.
    """
    if moment == NOW:
        found = _below_now(connection, detsis_no, second)
    else:
        found = _below_then(connection, detsis_no, moment, second)
    found.discard(detsis_no)
    if not closed:
        for part in parts(sorted(found)):
            statement = select(_UNIT.c.detsis_no).where(
                _UNIT.c.detsis_no.in_(part), holds(schema.Unit, moment), ~_UNIT.c.active
            )
            found.difference_update(connection.execute(statement).scalars())
    if itself and exists(connection, [detsis_no], moment):
        found.add(detsis_no)
    return array("i", sorted(found))


def detail_search(
    connection: Connection,
    *,
    place_code: int = 0,
    type1_id: int = 0,
    type2_id: int = 0,
    province_code: int = 0,
    closed: bool = False,
    moment: Moment = NOW,
) -> array[int]:
    """The numbers of units by place, category, status and province; 0 does not filter, filters are joined by AND.

    Raises :class:`InvalidFilterError` where nothing filters.
    """
    if not (place_code or type1_id or type2_id or province_code):
        raise InvalidFilterError("En az bir arama ölçütü verilmelidir.")
    statement = select(_UNIT.c.detsis_no).where(holds(schema.Unit, moment))
    if type1_id:
        statement = statement.where(_UNIT.c.type1_id == type1_id)
    if type2_id:
        statement = statement.where(_UNIT.c.type2_id == type2_id)
    if place_code or province_code:
        place = schema.Place
        places = select(place.place_id).where(holds(place, moment))
        if place_code:
            places = places.where(place.place_code == place_code)
        if province_code:
            places = places.where(place.province_code == province_code)
        general = places.where(place.place_id == codes.GENERAL_PLACE_ID).exists()
        statement = statement.where(
            or_(_UNIT.c.place_id.in_(places.scalar_subquery()), and_(_UNIT.c.place_id.is_(None), general))
        )
    if not closed:
        statement = statement.where(_UNIT.c.active)
    return numbers(connection, statement.order_by(_UNIT.c.detsis_no))


def by_register_numbers(
    connection: Connection, register_numbers: Iterable[str | None], moment: Moment = NOW
) -> list[Unit]:
    """The units with these register (kütük) numbers, by number; unknown and missing ones are left out. The case of A–Z
    is not regarded."""
    given = {text.strip() for text in register_numbers if text is not None and text.strip()}
    wanted = sorted(set().union(*map(ascii_cases, given)))
    found: set[int] = set()
    for start in range(0, len(wanted), limits.BULK_ROWS):
        part = wanted[start : start + limits.BULK_ROWS]
        statement = select(_UNIT.c.detsis_no).where(_UNIT.c.register_no.in_(part), holds(schema.Unit, moment))
        found.update(connection.execute(statement).scalars())
    return list(units(connection, sorted(found), moment))


def all_numbers(connection: Connection, moment: Moment = NOW) -> array[int]:
    """The numbers of all units, closed ones included."""
    return numbers(connection, select(_UNIT.c.detsis_no).where(holds(schema.Unit, moment)).order_by(_UNIT.c.detsis_no))


# Pieces ------------------------------------------------------------------------------------------------------------


def _upwards(connection: Connection, detsis_no: int, moment: Moment) -> list[tuple[int, str]]:
    """Numbers and names from the unit to the top, by first superiors; a ring in bad data ends it."""
    found: dict[int, str] = {}
    number = detsis_no
    while number and number not in found and len(found) < limits.HIERARCHY_DEPTH:
        statement = select(_UNIT.c.name, _UNIT.c.parent_no).where(
            _UNIT.c.detsis_no == number, holds(schema.Unit, moment)
        )
        row = connection.execute(statement).one_or_none()
        if row is None:
            break
        found[number] = row.name
        number = row.parent_no
    return list(found.items())


def _below_now(connection: Connection, detsis_no: int, second: bool) -> set[int]:
    start = select(_UNIT.c.detsis_no.label("number")).where(_UNIT.c.detsis_no == detsis_no, holds(schema.Unit))
    below = start.cte("below", recursive=True)
    link = _UNIT.c.parent_no == below.c.number
    if second:
        link = or_(link, _UNIT.c.second_parent_no == below.c.number)
    tree = below.union(select(_UNIT.c.detsis_no).where(link, holds(schema.Unit)))
    return set(numbers(connection, select(tree.c.number)))


def _below_then(connection: Connection, detsis_no: int, moment: Moment, second: bool) -> set[int]:
    children: dict[int, array[int]] = defaultdict(lambda: array("i"))
    statement = select(_UNIT.c.detsis_no, _UNIT.c.parent_no, _UNIT.c.second_parent_no)
    known = False
    for row in stream(connection, statement.where(holds(schema.Unit, moment))):
        known = known or row.detsis_no == detsis_no
        children[row.parent_no].append(row.detsis_no)
        if second and row.second_parent_no:
            children[row.second_parent_no].append(row.detsis_no)
    found: set[int] = set()
    edge = [detsis_no] if known else []
    while edge:
        found.update(edge)
        edge = [child for number in edge for child in children.get(number, ()) if child not in found]
    return found


def _place(row: Row[Any]) -> int:
    return codes.GENERAL_PLACE_ID if row.place_id is None else int(row.place_id)


class _Shown:
    """Makes rows as they are shown: with the hierarchy's text, the place's name and the type-3 entries.

    Texts of superiors are kept from one piece to the next, up to a bound; most units share few superiors.
    """

    def __init__(self, connection: Connection, moment: Moment) -> None:
        self._connection = connection
        self._moment = moment
        self._above: dict[int, tuple[str, int]] = {}
        self._places: dict[int, str | None] = {}
        self._kinds: dict[int, str | None] = {}

    def rows(self, rows: Sequence[Row[Any]]) -> Iterator[Unit]:
        if not rows:
            return
        if len(self._above) > limits.HIERARCHY_CACHE:
            self._above.clear()
        self._load_above({row.parent_no for row in rows})
        self._load_places({_place(row) for row in rows})
        entries = self._entries([row.detsis_no for row in rows])
        for row in rows:
            yield Unit(
                row.detsis_no,
                row.name,
                row.parent_no,
                row.second_parent_no,
                row.main_no,
                row.place_id,
                self._places.get(_place(row)),
                row.type1_id,
                row.type2_id,
                row.level,
                row.active,
                row.operating,
                row.external,
                row.address,
                row.register_no,
                row.successor_no,
                self._text(row.detsis_no, row.name, row.parent_no),
                tuple(entries.get(row.detsis_no, ())),
            )

    def _text(self, number: int, name: str, parent: int) -> str:
        names = [name]
        seen = {number}
        while parent and parent not in seen and (above := self._above.get(parent)) is not None:
            seen.add(parent)
            names.append(above[0])
            parent = above[1]
        return SEPARATOR.join(reversed(names))

    def _load_above(self, wanted: set[int]) -> None:
        wanted = wanted - self._above.keys() - {0}
        for _ in range(limits.HIERARCHY_DEPTH):
            if not wanted:
                return
            above: set[int] = set()
            for part in parts(sorted(wanted)):
                statement = select(_UNIT.c.detsis_no, _UNIT.c.name, _UNIT.c.parent_no).where(
                    _UNIT.c.detsis_no.in_(part), holds(schema.Unit, self._moment)
                )
                for number, name, parent in self._connection.execute(statement):
                    self._above[number] = (name, parent)
                    above.add(parent)
            wanted = above - self._above.keys() - {0}

    def _load_places(self, wanted: set[int]) -> None:
        place = schema.Place
        for part in parts(sorted(wanted - self._places.keys())):
            statement = select(place.place_id, place.name).where(place.place_id.in_(part), holds(place, self._moment))
            self._places.update(dict.fromkeys(part))
            self._places.update((row.place_id, row.name) for row in self._connection.execute(statement))

    def _entries(self, wanted: Sequence[int]) -> dict[int, list[Type3Entry]]:
        entry, kind = schema.UnitType3, schema.Type3
        statement = (
            select(entry.detsis_no, entry.entry_id, entry.type3_id)
            .where(entry.detsis_no.in_(wanted), holds(entry, self._moment))
            .order_by(entry.detsis_no, entry.entry_id)
        )
        rows = self._connection.execute(statement).all()
        for part in parts(sorted({row.type3_id for row in rows} - self._kinds.keys())):
            names = select(kind.type3_id, kind.name).where(kind.type3_id.in_(part), holds(kind, self._moment))
            self._kinds.update(dict.fromkeys(part))
            self._kinds.update((row.type3_id, row.name) for row in self._connection.execute(names))
        found: dict[int, list[Type3Entry]] = defaultdict(list)
        for row in rows:
            found[row.detsis_no].append(
                Type3Entry(row.entry_id, row.detsis_no, row.type3_id, self._kinds[row.type3_id])
            )
        return found
