"""KEP addresses, encryption certificates, package versions, notification numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Final

from hub import limits
from hub.contract import Call, Measured
from hub.registry import delivery
from hub.registry.addresses import ActiveAddresses
from hub.services.detsis import rows
from hub.services.detsis.room import Room, found, instant, within

_KEP_FIELDS: Final = itemgetter(0, 1, 2, 3)
"""All of a KEP row but its kind, which the contract does not have."""


class DeliveryOperations:
    """KEP addresses, certificates, package versions and notification numbers."""

    def __init__(self, room: Room) -> None:
        self._room = room
        columns = ("KurumDetsisNo", "KepAdresi", "Aktifmi", "Durum")
        self._write_kep = write = room.contract.row_writer("KepBilgileriWs", columns)
        self._active = ActiveAddresses(room.database, room.freshness, lambda rows: len(write.block(rows)))

    # KEP -----------------------------------------------------------------------------------------------------------

    def KEPAdresiKontrolEt(self, call: Call, *, KepAdresi: str | None) -> Any:
        """One record, never a list. For an unknown address the record with every field at its default: the contract
        writes it wherever this result has none."""
        with self._room.database.read() as connection:
            row = delivery.kep_owner(connection, KepAdresi) if KepAdresi else None
        return call.result(SonucHatali=False, Sonuclar=None if row is None else rows.kep(call.types, row))

    def KEPAdresleriniGetir(self, call: Call, *, DetsisIDs: Sequence[int] | None) -> Any:
        """Addresses of the listed units; of each the active one first, because clients read the first untested."""
        within(DetsisIDs, limits.ARGUMENT_LIST)
        if not DetsisIDs:
            return found(call, [])
        return self._room.shown(call, rows.kep, lambda c: delivery.kep_of(c, DetsisIDs))

    def AktifKEPAdresleriniGetir(self, call: Call) -> Any:
        """All active addresses of all units. Clients call it before each lookup, so it is kept prepared; built for its
        request, it is written from memory while it is sent."""
        write = self._write_kep

        def built() -> Measured:
            listed = self._active.listed()
            return Measured((write.block(block.rows) for block in listed.blocks), listed.size)

        return self._room.whole.answer(
            call.operation.name, ("kep",), lambda c: write.many(map(_KEP_FIELDS, delivery.active_kep(c))), built
        )

    # Certificates --------------------------------------------------------------------------------------------------

    def KurumSertifikaBilgileriniGetir(self, call: Call, *, DetsisIDs: int) -> Any:
        """Certificates of one institution (one number, whatever the argument's name says)."""
        return self._room.shown(call, rows.certificate, lambda c: delivery.certificates(c, DetsisIDs))

    def SertifikalariGetir(self, call: Call, *, baslangicTarihi: datetime) -> Any:
        """Certificates that were uploaded, changed or withdrawn since a time (Türkiye's wall clock)."""
        since = instant(baslangicTarihi)
        return found(
            call,
            self._room.stream(
                lambda c: (rows.certificate(call.types, row) for row in delivery.certificates_since(c, since))
            ),
        )

    def SertifikaSahiplikleriniGetir(self, call: Call, *, baslangicTarihi: datetime) -> Any:
        """Ownerships of certificates that changed since a time (Türkiye's wall clock)."""
        since = instant(baslangicTarihi)
        return self._room.shown(call, rows.ownership, lambda c: delivery.ownerships_since(c, since))

    # Versions and notification -------------------------------------------------------------------------------------

    def KurumEypVersiyonuGetir(self, call: Call, *, DetsisIDs: int) -> Any:
        """Package version of one institution."""
        with self._room.database.read() as connection:
            version = delivery.package_version(connection, DetsisIDs)
        return found(call, [] if version is None else [call.types.ElektronikYazismaVersiyon(Versiyon=version)])

    def EypGuncellenenleriGetir(self, call: Call) -> Any:
        """One item that lists all institutions on a newer version; no item where there is none."""
        with self._room.database.read() as connection:
            moved = delivery.moved_to_another_version(connection)
        return found(call, [call.types.YeniEYazismaVersiyonListe(DetsisIds=moved)] if moved else [])

    def TebligatNumarasiGetir(self, call: Call, *, DetsisId: int) -> Any:
        """Electronic notification number of one unit; no item where there is none."""
        with self._room.database.read() as connection:
            number = delivery.notification_number(connection, DetsisId)
        return found(call, [] if number is None else [call.types.TebligatNumarasiWs(TebligatNo=number)])
