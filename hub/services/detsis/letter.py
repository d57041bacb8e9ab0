"""``eYazismaPaketi``: what a letter from one sender to a list of addressees needs, composed by :mod:`hub.letter`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from hub import letter, limits
from hub.contract import Call
from hub.letter.delivery import Contact
from hub.registry import codes, delivery, units
from hub.services.detsis.room import Room, within


class LetterOperations:
    """What a letter needs besides its text (``eYazismaPaketi``)."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def eYazismaPaketi(self, call: Call, *, gonderenDetsisID: int, muhatapDetsisIDs: Sequence[int] | None) -> Any:
        """One object, not a list. Refuses parties that are unknown or closed, by name of their numbers."""
        within(muhatapDetsisIDs, limits.ADDRESSEES)
        addressees = list(muhatapDetsisIDs or [])
        with self._room.database.read() as connection:
            book = self._book(connection, gonderenDetsisID, addressees)
        return call.result(
            SonucHatali=False, Sonuclar=_package(call, letter.compose(gonderenDetsisID, addressees, book))
        )

    def _book(self, connection: Connection, sender: int, addressees: Iterable[int]) -> letter.Book:
        """What the registry knows of the parties now."""
        at = self._room.now()
        chart = _chart(connection, [sender, *addressees])
        writer = chart.get(sender)
        own = [] if writer is None else [unit.number for unit in chart.superiors(writer)]
        signing = [] if writer is None else [unit.number for unit in chart.signing_line(writer)]
        contacts: dict[Contact, dict[int, str]] = {kind: {} for kind in Contact}
        for entry in delivery.contacts(connection, own):
            if entry.kind in contacts:
                contacts[Contact(entry.kind)][entry.detsis_no] = entry.value
        keps: dict[int, tuple[str, str | None]] = {}
        for kep in delivery.kep_of(connection, chart):
            if kep.active:
                keps.setdefault(kep.detsis_no, (kep.address, kep.kind))
        owners = delivery.certificate_owners(connection, addressees)
        usable: dict[int, list[letter.Certificate]] = {}
        for row in delivery.certificates_of(connection, {owners.get(number, number) for number in addressees}):
            if row.active and row.not_before <= at:
                added = max(row.uploaded_at, row.updated_at)
                usable.setdefault(row.detsis_no, []).append(letter.Certificate(row.der, row.not_after, added))
        return letter.Book(
            chart=chart,
            at=at,
            contacts=contacts,
            keps=keps,
            certificates=usable,
            owners=owners,
            signatories=list(self._room.signatories(connection, signing, at)),
        )


def _chart(connection: Connection, numbers: Iterable[int]) -> letter.Chart:
    """The units with these numbers and everything above them by either superior."""
    pieces = {row.type2_id: row for row in codes.types2(connection)}
    loaded: dict[int, letter.Unit] = {}
    wanted = set(numbers)
    while wanted:
        above: set[int] = set()
        for row in units.units(connection, sorted(wanted)):
            loaded[row.detsis_no] = _unit(row, pieces.get(row.type2_id))
            above |= {row.parent_no, row.second_parent_no, row.main_no}
        wanted = above - loaded.keys() - wanted - {0}
    return letter.Chart(loaded.values())


def _unit(row: units.Unit, status: codes.Type2 | None) -> letter.Unit:
    return letter.Unit(
        number=row.detsis_no,
        name=row.name,
        parent=row.parent_no,
        parent2=row.second_parent_no,
        main=row.main_no,
        category=row.type1_id,
        cut=(status.addressee_cut or "") if status else "",
        add=(status.addressee_add or "") if status else "",
        place=row.place_name or "",
        address=row.address or "",
        active=row.active,
    )


def _package(call: Call, made: letter.Letter) -> Any:
    """The composed letter in the contract's type, which shares its name with the request's element."""
    types, recipients = call.types, made.recipients
    return types[f"{{{call.contract.namespace}}}eYazismaPaketi"](
        MuhatapBilgi=None if recipients is None else [_recipient(types, one) for one in recipients],
        ImzaYetkilileri=[_signatory(types, one) for one in made.signatories],
        Antet=made.antet,
        MuhatapAd=made.muhatap,
        RYSayiDetsisNo=made.number_part,
        ArzRica=made.arz_rica,
        GonderenTelefonNumarasi=made.contacts.get(Contact.TELEPHONE),
        GonderenFaksNumarasi=made.contacts.get(Contact.FAX),
        GonderenEPostaAdresi=made.contacts.get(Contact.EMAIL),
        GonderenInternetSitesiAdresi=made.contacts.get(Contact.WEB),
        GonderenAdresi=made.address,
        DagitimListesi=made.dagitim_listesi,
    )


def _recipient(types: Any, one: letter.Recipient) -> Any:
    return types.eYazismaMuhatapBilgileri(
        MuhatapKepAdresi=one.kep,
        MuhatapKepTipi=one.kep_kind,
        MuhatapSifrelemeSertifikasi=one.certificate,
        KurumID=one.number,
        MuhatapAdresi=one.address,
        MuhatapAd=one.name,
    )


def _signatory(types: Any, one: letter.Signatory) -> Any:
    return types.EyazismaImzaYetkilisi(
        TCYoneticiKodu=one.yonetici_kodu,
        YoneticiAd=one.name,
        YoneticiSoyad=one.surname,
        VekaletTuru=one.vekalet,
        Unvan=one.title,
        DetsisNo=one.unit,
    )
