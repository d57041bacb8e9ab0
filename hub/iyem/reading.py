"""The register read from the database, as was known at one moment of knowledge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from hub.iyem.decision import DutyRecord, Named, UnitState
from hub.registry import managers, serials
from hub.registry.moment import Moment
from hub.store import schema
from hub.store.personal import Keys, Tckn
from hub.store.scope import known_at

_DUTY = schema.table_of(schema.Duty)
_UNIT = schema.table_of(schema.Unit)


class StoredRegister:
    """A :class:`hub.iyem.decision.Register` over ``connection``'s snapshot.

    ``keys`` find people by identity number; without them such a question finds nobody. ``known`` as in
    :func:`hub.store.scope.known_at`.
    """

    def __init__(self, connection: Connection, keys: Keys | None, known: datetime | None = None) -> None:
        self._connection = connection
        self._keys = keys
        self._known = known

    @property
    def serial(self) -> int:
        if self._known is None:
            return serials.serial(self._connection)
        return serials.serial_at(self._connection, self._known)

    def code_of(self, tckn: Tckn) -> int | None:
        if self._keys is None:
            return None
        return managers.code_of(self._connection, self._keys, tckn, Moment(None, self._known))

    def person(self, code: int) -> Named | None:
        found = managers.person(self._connection, code, Moment(None, self._known))
        return None if found is None else Named(found.code, f"{found.given_name} {found.surname}")

    def duties(self, code: int, unit_no: int) -> Sequence[DutyRecord]:
        return self._duties((_DUTY.c.code == code) & (_DUTY.c.detsis_no == unit_no))

    def elsewhere(self, code: int, unit_no: int, at: datetime) -> DutyRecord | None:
        others = self._duties((_DUTY.c.code == code) & (_DUTY.c.detsis_no != unit_no))
        return next((duty for duty in others if duty.in_office(at)), None)

    def duties_of(self, code: int) -> Sequence[DutyRecord]:
        """All duties of one person."""
        return self._duties(_DUTY.c.code == code)

    def duties_in(self, unit_no: int) -> Sequence[DutyRecord]:
        """All duties in one unit."""
        return self._duties(_DUTY.c.detsis_no == unit_no)

    def duty(self, duty_no: int) -> DutyRecord | None:
        return next(iter(self._duties(_DUTY.c.duty_no == duty_no)), None)

    def _duties(self, which: ColumnElement[bool]) -> list[DutyRecord]:
        statement = select(_DUTY).where(which, known_at(schema.Duty, self._known))
        return [record(row) for row in self._connection.execute(statement.order_by(_DUTY.c.valid_from, _DUTY.c.id))]

    def unit(self, number: int) -> Sequence[UnitState]:
        statement = select(_UNIT).where(_UNIT.c.detsis_no == number, known_at(schema.Unit, self._known))
        return [
            UnitState(
                row.detsis_no, row.name, row.active, row.parent_no, row.successor_no, row.valid_from, row.valid_to
            )
            for row in self._connection.execute(statement.order_by(_UNIT.c.valid_from))
        ]

    def founded(self, number: int) -> bool:
        unit = select(func.min(_UNIT.c.valid_from), func.min(_UNIT.c.known_from)).where(_UNIT.c.detsis_no == number)
        begins, known = self._connection.execute(unit).one()
        return begins is None or bool(begins != known)

    def begins(self) -> datetime | None:
        found: datetime | None = self._connection.execute(beginning(self._known)).scalar_one_or_none()
        return found


def beginning(known: datetime | None = None) -> Select[datetime]:
    """The statement for the start of the first duty, as was known at ``known``: the first entry of an index."""
    return select(_DUTY.c.valid_from).where(known_at(schema.Duty, known)).order_by(_DUTY.c.valid_from).limit(1)


def record(row: Row[*tuple[Any, ...]]) -> DutyRecord:
    """The duty in a row of the table."""
    return DutyRecord(
        duty_no=row.duty_no,
        unit_no=row.detsis_no,
        code=row.code,
        kind=schema.DutyKind(row.kind),
        start=row.valid_from,
        end=row.valid_to,
        recorded_at=row.recorded_at,
        closed_at=row.closed_at,
        known_from=row.known_from,
        known_to=row.known_to,
        serial=row.serial,
        title=row.title,
        for_duty_no=row.for_duty_no,
        taken_over=taken_over(row.recorder),
    )


def taken_over(recorder: str | None) -> bool:
    """Whether the ``recorder`` of a duty says that it was copied from another register."""
    return recorder is not None and recorder.startswith(schema.TAKEN_OVER)
