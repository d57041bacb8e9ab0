"""Managers and officers. Who may see personal data is decided here, and each such question is in the audit trail.

The trail is written before anything is shown: where it cannot be, nothing is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hub.contract import Call
from hub.registry import managers, units
from hub.registry.moment import Moment, parts
from hub.services.detsis import rows
from hub.services.detsis.refusals import ArgumentError, NoRightError
from hub.services.detsis.room import Room, found, instant
from hub.store.personal import Keys, Tckn
from hub.turkish import valid_tckn


class PeopleOperations:
    """Managers and officers, with what only callers of the right to personal data may ask."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def IYEMTCdenGorevListesiGetirWs(self, call: Call, *, TCKimlikNo: str | None) -> Any:
        """All duties of the person with this T.C. kimlik no, for callers who may ask by it.

        The right comes first: what a caller without it gets tells nothing of the number. Raises
        :class:`~hub.services.detsis.refusals.NoRightError`, ``ArgumentError`` for a number that is none.
        """
        if not call.caller.may_see_personal_data:
            self._record(call, "personal:refuse", "tckn")
            raise NoRightError
        number = (TCKimlikNo or "").strip()
        if not valid_tckn(number):
            raise ArgumentError("T.C. kimlik numarası geçersiz.")
        keys = self._room.keys
        if keys is None:
            return found(call, [])
        with self._room.database.read() as connection:
            code = managers.code_of(connection, keys, Tckn(number))
            self._record(call, "personal:ask", f"tckn of {'nobody' if code is None else code}")
            duties = [] if code is None else managers.duties_of(connection, code)
            return found(call, list(self._rows(call, connection, duties, keys)))

    def IYEMYoneticiIDdenGorevListesiGetirWs(self, call: Call, *, YoneticiID: int) -> Any:
        """All duties of the manager with this T.C. Yönetici Kodu, past and present."""
        keys = self._opened(call, f"manager {YoneticiID}")
        return found(call, self._room.listed(lambda c: self._rows(call, c, managers.duties_of(c, YoneticiID), keys)))

    def IYEMKurumYoneticisiGetirWs(self, call: Call, *, KurumID: int, Tarih: datetime | None) -> Any:
        """Who held the unit at that moment, or holds it now: owner or acting head, then deputies."""
        at = self._room.now() if Tarih is None else instant(Tarih)
        keys = self._opened(call, f"unit {KurumID}")
        return found(
            call,
            self._room.listed(lambda c: self._rows(call, c, managers.duties_at(c, KurumID, Moment(valid=at)), keys)),
        )

    def IYEMTumYoneticileriGetirWs(self, call: Call, *, KurumID: int) -> Any:
        """All records, active and ended, of the unit and of everything beneath it."""
        keys = self._opened(call, f"units beneath {KurumID}")

        def records(connection: Connection) -> Iterator[Any]:
            for part in parts(units.subtree(connection, KurumID, itself=True, closed=True)):
                yield from self._rows(call, connection, list(managers.duties_in(connection, part)), keys)

        return found(call, self._room.stream(records))

    def DetsisIslemYetkilisiBilgileriWs(self, call: Call) -> Any:
        """DETSİS officers of the caller's own institution."""
        return self._room.shown(call, rows.officer, lambda c: managers.officers(c, call.caller.detsis_no))

    def _opened(self, call: Call, about: str) -> Keys | None:
        """The keys of personal data, where the caller may see what they open."""
        if self._room.keys is None or not call.caller.may_see_personal_data:
            return None
        self._record(call, "personal:ask", about)
        return self._room.keys

    def _record(self, call: Call, event: str, about: str) -> None:
        actor, name = f"kurum {call.caller.detsis_no}", call.operation.name
        self._room.database.audit(actor, event, about, operation=name, correlation=call.correlation)

    def _rows(
        self, call: Call, connection: Connection, duties: Iterable[managers.Duty], keys: Keys | None
    ) -> Iterator[Any]:
        """Rows of ``duties``; dates of birth and ages only with ``keys``."""
        duties = list(duties)
        at = self._room.now()
        shown = {row.detsis_no: row for row in units.units(connection, _distinct(duty.detsis_no for duty in duties))}
        people = managers.persons(connection, (duty.code for duty in duties))
        for duty in duties:
            person, unit = people.get(duty.code), shown.get(duty.detsis_no)
            if person is not None and unit is not None:
                born = None if keys is None else managers.birth_date(keys, person)
                yield rows.duty(call.types, duty, unit, person, born, at)


def _distinct(numbers: Iterable[int]) -> Sequence[int]:
    return list(dict.fromkeys(numbers))
