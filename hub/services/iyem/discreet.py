"""What is told of people asked about by T.C. kimlik no, to a caller without the right to personal data.

Such a caller asks about units of the own institution only, and learns nothing of people who hold no duty there, not
even whether İYEM knows them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from hub.access.door import Caller
from hub.iyem.decision import Decision, Reason, Who
from hub.package.signatories import SignatoriesIn
from hub.registry import managers, units
from hub.services.iyem.common import RightError
from hub.store.database import Database
from hub.store.personal import Keys, Tckn

_OF_OTHERS: Final = frozenset({Reason.PERSON_UNKNOWN, Reason.CODE_OF_ANOTHER, Reason.NO_DUTY_HERE, Reason.OTHER_UNIT})
"""Reasons that tell of a person beyond the unit asked about."""


def check_people(database: Database, caller: Caller, numbers: Iterable[int], mains: Mapping[int, int]) -> int:
    """The caller's institution. ``numbers`` are the units that are asked about by identity number: those of others need
    the right to personal data, and are noted. ``mains`` has the institution of each and of the caller.

    Raises :class:`RightError`.
    """
    home = mains.get(caller.detsis_no, caller.detsis_no)
    foreign = sorted({number for number in numbers if mains.get(number) != home})
    if foreign:
        event = "personal:ask" if caller.may_see_personal_data else "personal:refuse"
        database.audit(f"kurum {caller.kurum_id}", event, "iyem", units=" ".join(map(str, foreign)))
        if not caller.may_see_personal_data:
            raise RightError("Başka kurumların birimleri için T.C. kimlik no ile sorgu yetkiniz yok.")
    return home


def reduced(found: Decision, who: Who, at_home: Callable[[int], bool], serves: Callable[[int], bool]) -> Decision:
    """The decision with nothing in it of people who hold no duty in the caller's institution. ``at_home``: is this unit
    of that institution; ``serves``: has or had the manager with this code a duty there."""
    if who.tckn is None or found.reason not in _OF_OTHERS:
        return found
    if found.record is not None and at_home(found.record.unit_no):
        return found
    if found.reason is Reason.CODE_OF_ANOTHER and who.code is not None and serves(who.code):
        return found
    return found._replace(reason=Reason.NO_DUTY_HERE, person=None, record=None)


def institutions(connection: Connection, numbers: Iterable[int]) -> dict[int, int]:
    """Unit → its main institution; units that do not exist are left out."""
    return {row.detsis_no: row.main_no for row in units.units(connection, sorted(set(numbers)))}


class Discreet(SignatoriesIn):
    """İYEM as it answers such a caller; ``home`` is the caller's institution."""

    def __init__(self, connection: Connection, keys: Keys, home: int) -> None:
        super().__init__(connection, keys)
        self._home = home

    def decide(self, who: Who, unit_no: int, at: datetime, known: datetime | None = None) -> Decision:
        return reduced(super().decide(who, unit_no, at, known), who, self._at_home, self._serves)

    def code_of(self, tckn: Tckn) -> int | None:
        code = super().code_of(tckn)
        return code if code is not None and self._serves(code) else None

    def _at_home(self, unit_no: int) -> bool:
        return institutions(self._connection, [unit_no]).get(unit_no) == self._home

    def _serves(self, code: int) -> bool:
        held = [duty.detsis_no for duty in managers.duties_of(self._connection, code)]
        return self._home in institutions(self._connection, held).values()
