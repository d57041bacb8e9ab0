"""What a package asks of the registry, as of the letter's date; and the registry that answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, select

from hub.registry import delivery, inventory, serials, units
from hub.registry.moment import Moment
from hub.store import schema


@dataclass(frozen=True, slots=True)
class UnitState:
    """A unit on the day asked for."""

    name: str
    main_no: int
    active: bool
    external: bool


class Register(Protocol):
    """The registry on one day. Numbers are DETSİS numbers."""

    @property
    def serial(self) -> int:
        """Serial of the last change that these answers know."""

    def unit(self, number: int) -> UnitState | None:
        """The unit on that day; None when the registry has no such unit on it."""

    def exists_now(self, number: int) -> bool:
        """Whether the registry knows the unit today, whatever it knows of that day."""

    def superiors(self, number: int) -> frozenset[int]:
        """All superiors by either link."""

    def kep_holders(self, address: str, among: frozenset[int]) -> frozenset[int]:
        """Those units of ``among`` to which the KEP address was registered and active."""

    def has_file_plan_code(self, main: frozenset[int], code: str) -> bool | None:
        """Whether one of the institutions has the code; None when the registry holds no file plan of theirs."""

    def has_service(self, code: str) -> bool | None:
        """Whether the service inventory has the code; None when the registry holds no inventory at all."""

    def package_version(self, number: int) -> str | None:
        """The package version that the institution works with; None when none is recorded."""


class RegisterAt:
    """The hub's own registry over one read connection. Its methods are those of :class:`Register`."""

    def __init__(self, connection: Connection, day: datetime) -> None:
        self._connection = connection
        self._moment = Moment(day)
        self.serial: int = serials.serial(connection)

    def unit(self, number: int) -> UnitState | None:
        found = units.unit(self._connection, number, self._moment)
        return found and UnitState(found.name, found.main_no, found.active and found.operating, found.external)

    def exists_now(self, number: int) -> bool:
        return units.unit(self._connection, number) is not None

    def superiors(self, number: int) -> frozenset[int]:
        return frozenset(units.superiors(self._connection, number, self._moment))

    def kep_holders(self, address: str, among: frozenset[int]) -> frozenset[int]:
        wanted = address.strip().lower()
        found = delivery.kep_of(self._connection, among, self._moment)
        return frozenset(kep.detsis_no for kep in found if kep.active and kep.address.lower() == wanted)

    def has_file_plan_code(self, main: frozenset[int], code: str) -> bool | None:
        if any(inventory.file_plan_code(self._connection, number, code, self._moment) for number in main):
            return True
        return False if any(inventory.file_plan(self._connection, number, self._moment) for number in main) else None

    def has_service(self, code: str) -> bool | None:
        if inventory.service(self._connection, code, self._moment):
            return True
        statement = select(schema.Service.service_id).limit(1)
        return None if self._connection.execute(statement).first() is None else False

    def package_version(self, number: int) -> str | None:
        return delivery.package_version(self._connection, number, self._moment)
