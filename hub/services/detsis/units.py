"""Institutions and units (section "Institutions and units" of the contract)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hub import limits
from hub.contract import Call, Measured, Rendered
from hub.registry import changed, managers, units
from hub.services.detsis import rows
from hub.services.detsis.refusals import ArgumentError
from hub.services.detsis.room import Room, found, instant, within


class UnitOperations:
    """Units by number, name, place and hierarchy, and what changed of them."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def DETSISNoKurumBirimWs(self, call: Call, *, DETSISNo: int) -> Any:
        """One unit, closed ones included; an empty list for a number that does not exist."""
        row = self._room.fragments.get(DETSISNo)
        return found(call, [] if row is None else [Rendered(row)])

    def HiyerarsiGetirKurumBirimWs(self, call: Call, *, DETSISNo: int) -> Any:
        """The unit itself first: clients show the first row's hierarchy as the unit's."""
        return found(call, self._units(lambda c: [row.detsis_no for row in units.hierarchy(c, DETSISNo)]))

    def AdaGoreKurumBirimSorgulaWs(self, call: Call, *, ad: str | None, anaKurumIdareKimlikKodu: int) -> Any:
        """Names that contain ``ad``, case and Turkish letters apart; of one main institution, or everywhere (0)."""
        numbers = self._room.names.search(ad or "", anaKurumIdareKimlikKodu)
        return found(call, self._rows(numbers))

    def AnaKurumlariGetirKurumBirimWs(self, call: Call) -> Any:
        """All main institutions that are not closed."""
        return found(call, self._units(units.main_institutions))

    def AnaKurumlarButceTurleriGetirWs(self, call: Call) -> Any:
        """Kinds of budget of all main institutions that are not closed."""
        return self._room.whole.answer(call.operation.name, ("budget", "unit"), lambda c: _budgets(call, c))

    def AltKurulusBirimleriListele(self, call: Call, *, arananKurum: int) -> Any:
        """The whole subtree without the unit itself."""
        return found(call, self._units(lambda c: units.subtree(c, arananKurum)))

    def DetayBilgilereGoreSorgulaKurumBirimWs(
        self, call: Call, *, yerKodu: int, kategoriID: int, statuID: int, IlKodu: int
    ) -> Any:
        """Filters joined by AND; 0 does not filter, and something must."""

        def wanted(connection: Connection) -> Iterable[int]:
            return units.detail_search(
                connection, place_code=yerKodu, type1_id=kategoriID, type2_id=statuID, province_code=IlKodu
            )

        return found(call, self._units(wanted))

    def YeniDisYazismaYapanlariGetirWs(self, call: Call, *, pGun: int, pAy: int, pYil: int) -> Any:
        """Units in external correspondence that changed on that day or later; those that lost the right or closed are
        among them, so that clients can store the flag."""
        since = instant(_day(pYil, pAy, pGun))
        return found(call, self._units(lambda c: changed.external_changed_since(c, since)))

    def KendiTumBirimleriGetirWs(self, call: Call, *, degisiklikTarihiBaslangic: datetime | None) -> Any:
        """All units of the caller's institution; with a date those changed at or after it."""
        since = None if degisiklikTarihiBaslangic is None else instant(degisiklikTarihiBaslangic)
        return found(call, self._units(lambda c: changed.own_units(c, call.caller.detsis_no, since)))

    def KutukNodanDetsisNoGetir(self, call: Call, *, kutukNoList: Sequence[str | None] | None) -> Any:
        """Rows of the units with these register numbers; a number without a unit has no row."""
        within(kutukNoList, limits.ARGUMENT_LIST)
        return self._room.shown(call, rows.register_entry, lambda c: units.by_register_numbers(c, kutukNoList or []))

    def _units(self, wanted: Callable[[Connection], Iterable[int]]) -> Iterable[Any]:
        """The prepared rows of the units that ``wanted`` finds. Finding is over before the first row is written."""
        with self._room.database.read() as connection:
            numbers = wanted(connection)
        return self._rows(numbers)

    def _rows(self, numbers: Iterable[int]) -> Iterable[Any]:
        """Prepared rows: few of them in memory; more while they are sent, since their length is known; and made for
        this answer where there is no file of them."""
        listed = self._room.fragments.measured(numbers)
        if listed is None:
            return map(Rendered, self._room.fragments.get_many(numbers))
        pieces, size = listed
        if size > limits.SOAP_ANSWER_HELD:
            return Measured(map(Rendered, pieces), size)
        return [Rendered(b"".join(pieces))] if size else []


def _budgets(call: Call, connection: Connection) -> Iterator[Any]:
    mains = units.main_institutions(connection)
    budgets = managers.budgets(connection, mains)
    for row in units.units(connection, (number for number in mains if number in budgets)):
        yield rows.budget(call.types, row, budgets[row.detsis_no])


def _day(year: int, month: int, day: int) -> datetime:
    try:
        return datetime(year, month, day)  # noqa: DTZ001 - Türkiye's wall clock, as the client means it
    except (ValueError, OverflowError):
        raise ArgumentError(f"Geçersiz tarih: gün {day}, ay {month}, yıl {year}.") from None
