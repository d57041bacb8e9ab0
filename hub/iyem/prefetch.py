"""What one decision needs of the register as it is known now, by one keyed read.

:class:`hub.iyem.reading.StoredRegister` asks the database step by step, for any moment of knowledge. A decision at the
moment of signing needs the person, the person's duties, the unit's states, the posts that are deputised, and little
else; here one statement brings all of it, and :func:`hub.iyem.decision.may_sign` decides over it as over the other. A
differential test holds both ways against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    LargeBinary,
    Select,
    String,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
    union_all,
)

from hub.iyem.decision import DutyRecord, Named, UnitState, Who
from hub.iyem.reading import beginning, taken_over
from hub.registry.managers import TCKN_PURPOSE
from hub.store import schema
from hub.store.keyed import Keyed, Parameters, Statement
from hub.store.personal import Keys, Tckn
from hub.store.schema import DutyKind
from hub.store.scope import current, known_at
from hub.store.types import Instant

_DUTY: Final = schema.table_of(schema.Duty)
_PERSON: Final = schema.table_of(schema.Person)
_UNIT: Final = schema.table_of(schema.Unit)
_COUNTER: Final = schema.table_of(schema.Counter)

Row = tuple[Any, ...]
_NUMBERS, _TEXTS, _INSTANTS = 5, 3, 5
_COUNTED, _NAMED, _STATE, _OWN, _POST = range(5)
"""What a row of the answer is: the register's serial and beginning, a person, a state of the unit, a duty of the
person asked about, a duty that one of those deputises."""
_START: Final = itemgetter(9, 5)
"""When a duty begins, and the serial of its record, which tells apart those that begin together."""
_KINDS: Final = {kind.value: kind for kind in DutyKind}


class Prefetched:
    """A :class:`hub.iyem.decision.Register` of one question: it knows what was asked about."""

    __slots__ = (
        "_begins",
        "_code",
        "_first_known",
        "_here",
        "_instant",
        "_others",
        "_people",
        "_posts",
        "_tckn",
        "_unit",
        "_unit_no",
        "serial",
    )

    def __init__(self, keyed: Keyed, who: Who, unit_no: int, rows: Sequence[Row]) -> None:
        self._instant = instant = keyed.instant
        self.serial = 0
        self._tckn, self._unit_no = who.tckn, unit_no
        self._code = None if who.tckn is not None else who.code
        self._begins: datetime | None = None
        self._first_known: datetime | None = None
        self._people: dict[int, Named] = {}
        self._unit: list[UnitState] = []
        self._here: list[Row] = []
        self._others: list[Row] = []
        self._posts: dict[int, Row] = {}
        for row in rows:
            part = row[0]
            if part == _OWN:
                (self._here if row[2] == unit_no else self._others).append(row)
            elif part == _STATE:
                _, number, active, parent, successor, _, name, _, _, start, end, known, *_ = row
                begun, self._first_known = instant(start), instant(known)
                assert begun is not None
                self._unit.append(UnitState(number, name, bool(active), parent, successor, begun, instant(end)))
            elif part == _NAMED:
                _, code, asked, _, _, _, given, surname, *_ = row
                self._people[code] = Named(code, f"{given} {surname}")
                if asked and who.tckn is not None:
                    self._code = code
            elif part == _POST:
                self._posts[row[1]] = row
            else:
                self.serial, self._begins = row[1], instant(row[9])
        self._unit.sort(key=lambda state: state.start)

    def code_of(self, tckn: Tckn) -> int | None:
        assert tckn == self._tckn
        return self._code

    def person(self, code: int) -> Named | None:
        assert code == self._code or code in self._people or any(code == row[3] for row in self._posts.values())
        return self._people.get(code)

    def duties(self, code: int, unit_no: int) -> Sequence[DutyRecord]:
        assert (code, unit_no) == (self._code, self._unit_no)
        return [_duty(self._instant, row) for row in sorted(self._here, key=_START)]

    def elsewhere(self, code: int, unit_no: int, at: datetime) -> DutyRecord | None:
        assert (code, unit_no) == (self._code, self._unit_no)
        others = (_duty(self._instant, row) for row in sorted(self._others, key=_START))
        return next((duty for duty in others if duty.in_office(at)), None)

    def duty(self, duty_no: int) -> DutyRecord | None:
        found = self._posts.get(duty_no)
        return None if found is None else _duty(self._instant, found)

    def unit(self, number: int) -> Sequence[UnitState]:
        assert number == self._unit_no
        return self._unit

    def founded(self, number: int) -> bool:
        assert number == self._unit_no
        return not self._unit or self._unit[0].start != self._first_known

    def begins(self) -> datetime | None:
        return self._begins


class Prefetch:
    """Reads what decisions need; one for each process."""

    def __init__(self, keyed: Keyed, keys: Keys | None) -> None:
        self._keyed = keyed
        self._keys = keys
        code = bindparam("code", type_=Integer())
        lookup = bindparam("lookup", type_=LargeBinary())
        found = select(_PERSON.c.code).where(_PERSON.c.tckn_lookup == lookup, current(schema.Person)).scalar_subquery()
        number = bindparam("unit", type_=Integer())
        self._main = keyed.statement(select(_UNIT.c.main_no).where(_UNIT.c.detsis_no == number, current(schema.Unit)))
        self._by_code = keyed.statement(_statement(code))
        self._by_person = keyed.statement(_statement(found))

    def registers(self, questions: Sequence[tuple[Who, int]]) -> list[Prefetched]:
        """A register for each question (who, DETSİS number), all of them of one state of the database.

        Without keys nobody is found by identity number. Raises :class:`~hub.store.errors.DatabaseUnavailableError`.
        """
        found = self._keyed.rows([self._question(who, unit_no) for who, unit_no in questions])
        return [
            Prefetched(self._keyed, who, unit_no, rows) for (who, unit_no), rows in zip(questions, found, strict=True)
        ]

    def institutions(self, numbers: Iterable[int]) -> dict[int, int]:
        """The main institution of each of these units as it is now; numbers that do not exist are left out."""
        wanted = sorted(numbers)
        found = self._keyed.rows([(self._main, {"unit": number}) for number in wanted])
        return {number: rows[0][0] for number, rows in zip(wanted, found, strict=True) if rows}

    def _question(self, who: Who, unit_no: int) -> tuple[Statement, Parameters]:
        if who.tckn is None:
            return self._by_code, {"code": who.code, "unit": unit_no}
        lookup = b"" if self._keys is None else self._keys.lookup(who.tckn.number, TCKN_PURPOSE)
        return self._by_person, {"lookup": lookup, "unit": unit_no}


def _statement(code: ColumnElement[int]) -> Any:
    """The one statement; ``code`` is the person's, given or found."""
    unit = bindparam("unit", type_=Integer())
    # which posts the person deputises in this unit
    deputised = (
        select(_DUTY.c.for_duty_no)
        .where(_DUTY.c.code == code, _DUTY.c.detsis_no == unit, known_at(schema.Duty))
        .where(_DUTY.c.for_duty_no.is_not(None))
    )
    post, other = _DUTY.alias("post"), _DUTY.alias("other")
    posts = [post.c.duty_no.in_(deputised), post.c.known_to.is_(None)]
    holders = select(post.c.code).where(*posts)
    ever = _UNIT.alias("ever")
    first_known = select(func.min(ever.c.known_from)).where(ever.c.detsis_no == unit).scalar_subquery()
    return union_all(
        _row(_COUNTED, [_COUNTER.c.serial], [], [beginning().scalar_subquery()]).where(_COUNTER.c.name == "journal"),
        _row(_NAMED, [_PERSON.c.code, literal_column("1")], [_PERSON.c.given_name, _PERSON.c.surname], []).where(
            _PERSON.c.code == code, current(schema.Person)
        ),
        _row(_NAMED, [_PERSON.c.code, literal_column("0")], [_PERSON.c.given_name, _PERSON.c.surname], []).where(
            _PERSON.c.code.in_(holders), current(schema.Person)
        ),
        _row(
            _STATE,
            [
                _UNIT.c.detsis_no,
                cast(_UNIT.c.active, Integer),
                _UNIT.c.parent_no,
                _UNIT.c.successor_no,
            ],
            [_UNIT.c.name],
            [_UNIT.c.valid_from, _UNIT.c.valid_to, first_known],
        ).where(_UNIT.c.detsis_no == unit, known_at(schema.Unit)),
        _duty_row(_OWN, _DUTY).where(_DUTY.c.code == code, _DUTY.c.detsis_no == unit, known_at(schema.Duty)),
        _duty_row(_OWN, other).where(
            # other units count only where there is nothing in this one
            ~_held(code, unit),
            other.c.code == code,
            other.c.detsis_no != unit,
            other.c.known_to.is_(None),
        ),
        _duty_row(_POST, post).where(*posts),
    )


def _held(code: ColumnElement[int], unit: ColumnElement[int]) -> ColumnElement[bool]:
    here = _DUTY.alias("here")
    held = select(here.c.id).where(here.c.code == code, here.c.detsis_no == unit, here.c.known_to.is_(None))
    return held.exists()


def _duty_row(part: int, table: Any) -> Select[Any]:
    c = table.c
    return _row(
        part,
        [c.duty_no, c.detsis_no, c.code, c.for_duty_no, c.serial],
        [c.kind, c.title, c.recorder],
        [c.valid_from, c.valid_to, c.recorded_at, c.closed_at, c.known_from],
    )


def _row(
    part: int,
    numbers: list[ColumnElement[Any]],
    texts: list[ColumnElement[Any]],
    instants: list[ColumnElement[Any]],
) -> Select[Any]:
    """Columns of one kind of row, filled up to those that all kinds have in common."""
    columns: list[ColumnElement[Any]] = [literal_column(str(part), Integer)]
    for given, count, kind in (
        (numbers, _NUMBERS, BigInteger()),
        (texts, _TEXTS, String()),
        (instants, _INSTANTS, Instant()),
    ):
        columns += given + [cast(null(), kind)] * (count - len(given))
    return select(*(column.label(f"c{place}") for place, column in enumerate(columns)))


def _duty(instant: Any, row: Row) -> DutyRecord:
    _, number, unit_no, code, for_duty_no, serial, kind, title, recorder, start, end, recorded, closed, known = row
    return DutyRecord(
        duty_no=number,
        unit_no=unit_no,
        code=code,
        kind=_KINDS[kind],
        start=instant(start),
        end=instant(end),
        recorded_at=instant(recorded),
        closed_at=instant(closed),
        known_from=instant(known),
        known_to=None,
        serial=serial,
        title=title,
        for_duty_no=for_duty_no,
        taken_over=taken_over(recorder),
    )
