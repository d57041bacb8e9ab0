"""Services, documents, legislation and file plan of institutions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from hub.contract import Call
from hub.registry import changed, inventory, units
from hub.registry.moment import parts
from hub.services.detsis import rows
from hub.services.detsis.refusals import ArgumentError
from hub.services.detsis.room import Room, found


class InventoryOperations:
    """An institution's inventory is that of all its own units; a unit's, that of itself and of all beneath it."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def GetHizmetListesi(self, call: Call, *, DetsisId: int) -> Any:
        """Services with the unit that gives each."""

        def entries(connection: Connection) -> Iterator[Any]:
            for part in parts(_institution(connection, DetsisId)):
                held = list(inventory.services_in(connection, part))
                giving = dict.fromkeys(row.detsis_no for row in held)
                shown = {unit.detsis_no: unit for unit in units.units(connection, giving)}
                for row in held:
                    yield rows.service(call.types, row, shown.get(row.detsis_no))

        return found(call, self._room.stream(entries))

    def GetBelgeListesi(self, call: Call, *, DetsisId: int) -> Any:
        """Documents; one that several units ask for, or issue, is one row."""

        def entries(connection: Connection) -> Iterator[Any]:
            told: set[tuple[int, bool]] = set()
            for row in inventory.documents_in(connection, _institution(connection, DetsisId)):
                if (row.document_id, row.requested) not in told:
                    told.add((row.document_id, row.requested))
                    yield rows.document(call.types, row)

        return found(call, self._room.stream(entries))

    def GetMevzuatListesi(self, call: Call, *, DetsisId: int) -> Any:
        """Legislation; a piece registered for several units is one row."""

        def entries(connection: Connection) -> Iterator[Any]:
            told: set[int] = set()
            for row in inventory.legislation_in(connection, _institution(connection, DetsisId)):
                if row.legislation_id not in told:
                    told.add(row.legislation_id)
                    yield rows.legislation(call.types, row)

        return found(call, self._room.stream(entries))

    def MevzuatSorgula(self, call: Call, *, MevzuatAdi: str | None, MevzuatSayisi: str | None) -> Any:
        """By title, number or both."""
        return self._room.shown(
            call, rows.legislation_found, lambda c: inventory.search_legislation(c, MevzuatAdi, MevzuatSayisi)
        )

    def KurumSDPKodlariGetirWs(self, call: Call, *, IdariKimlikKodu: int) -> Any:
        """File plan codes of one main institution; clients of an older contract call it without the number. Raises
        :class:`~hub.services.detsis.refusals.ArgumentError` then."""
        if IdariKimlikKodu == 0:
            raise ArgumentError("Ana kurumun DETSİS numarası (IdariKimlikKodu) verilmelidir.")
        return self._room.shown(call, rows.file_plan_code, lambda c: inventory.file_plan(c, IdariKimlikKodu))


def _institution(connection: Connection, detsis_no: int) -> list[int]:
    return list(changed.own_units(connection, detsis_no))
