"""Contact entries. The preferred entry of each kind comes last, because clients keep only the last that they read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from hub.contract import Call
from hub.registry import changed, delivery, units
from hub.registry.moment import parts
from hub.services.detsis import rows
from hub.services.detsis.room import Room, found


class ContactOperations:
    """Contacts of units and main institutions."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def KurumBirimIletisimBilgileriGetirWs(self, call: Call, *, detsisId: int) -> Any:
        """Entries of one unit."""
        return self._room.shown(call, rows.contact, lambda c: delivery.contacts(c, [detsisId]))

    def AnakurumIletisimBilgileriWs(self, call: Call) -> Any:
        """Entries of all main institutions that are not closed."""

        def entries(connection: Connection) -> Iterator[Any]:
            for row in delivery.contacts(connection, units.main_institutions(connection)):
                yield rows.contact(call.types, row)

        return self._room.whole.answer(call.operation.name, ("contact", "unit"), entries)

    def BirimleriminIletisimBilgileriniGetir(self, call: Call) -> Any:
        """Entries of the units of the caller's institution that are not closed."""

        def entries(connection: Connection) -> Iterator[Any]:
            for part in parts(changed.own_units(connection, call.caller.detsis_no)):
                found_here = list(delivery.contacts(connection, part))
                having = dict.fromkeys(row.detsis_no for row in found_here)
                shown = {row.detsis_no: row for row in units.units(connection, having) if row.active}
                for row in found_here:
                    if row.detsis_no in shown:
                        yield rows.unit_contact(call.types, row, shown[row.detsis_no])

        return found(call, self._room.stream(entries))
