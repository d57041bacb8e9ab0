"""All parts of a letter from one sender to a list of addressees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from hub.errors import HubError
from hub.letter.antet import antet
from hub.letter.arz_rica import arz_rica
from hub.letter.delivery import Certificate, Contact, Signatory, certificate, nearest, signatories
from hub.letter.muhatap import DAGITIM_YERLERINE, dagitim_listesi, muhatap
from hub.letter.number import unit_part
from hub.letter.units import Chart, Unit


class LetterError(HubError):
    """The sender or an addressee cannot take part in a letter; the message names the numbers."""

    code: ClassVar[str] = "LETTER_PARTIES"


@dataclass(frozen=True, slots=True)
class Book:
    """What the register knows of the parties of one letter at one moment."""

    chart: Chart
    """The parties with all their superiors of both kinds."""
    at: datetime
    """The moment, aware: certificates are chosen for it."""
    contacts: Mapping[Contact, Mapping[int, str]] = field(default_factory=dict)
    """For each kind, the preferred entry of each unit that has one."""
    keps: Mapping[int, tuple[str, str | None]] = field(default_factory=dict)
    """The active KEP address of each unit that has one, with its kind where it is known."""
    certificates: Mapping[int, Iterable[Certificate]] = field(default_factory=dict)
    owners: Mapping[int, int] = field(default_factory=dict)
    """Unit to the institution with whose certificate it receives."""
    signatories: Iterable[Signatory] = ()
    """Managers who may sign at :attr:`at`; others than those of the sender's line are left out."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One addressee with what delivery needs."""

    number: int
    name: str
    kep: str | None
    kep_kind: str | None
    certificate: bytes | None
    address: str | None


@dataclass(frozen=True, slots=True)
class Letter:
    """The composed parts; None where a letter of this kind has no such part."""

    antet: str
    number_part: str
    contacts: Mapping[Contact, str]
    address: str | None
    signatories: Sequence[Signatory]
    recipients: Sequence[Recipient] | None
    muhatap: str | None
    arz_rica: str | None
    dagitim_listesi: str | None


def compose(sender: int, addressees: Sequence[int], book: Book) -> Letter:
    """Compose the letter of unit ``sender`` to the units ``addressees``, each named once however often it is given.

    Without addressees only the sender's parts are filled. Raises :class:`LetterError` when a number is unknown or its
    unit is closed, because a letter is made of all of it or not at all.
    """
    chart = book.chart
    writer, targets = _parties(sender, list(dict.fromkeys(addressees)), chart)
    names = [muhatap(target, writer, chart) for target in targets]
    contacts = ((kind, nearest(writer, chart, book.contacts.get(kind, {}))) for kind in Contact)
    return Letter(
        antet=antet(writer, chart),
        number_part=unit_part(writer.number),
        contacts={kind: value for kind, value in contacts if value is not None},
        address=writer.address or None,
        signatories=signatories(writer, chart, book.signatories),
        recipients=[_recipient(t, name, book) for t, name in zip(targets, names, strict=True)] or None,
        muhatap=_top_name(names),
        arz_rica=arz_rica(writer, targets, chart) if targets else None,
        dagitim_listesi=dagitim_listesi(names) if len(names) > 1 else None,
    )


def _parties(sender: int, addressees: list[int], chart: Chart) -> tuple[Unit, list[Unit]]:
    writer = chart.get(sender)
    wrong: list[str] = []
    if writer is None:
        wrong.append(f"Gönderen birim DETSİS'te bulunamadı: {sender}")
    elif not writer.active:
        wrong.append(f"Gönderen birim kapatılmıştır: {sender}")
    if unknown := [number for number in addressees if number not in chart]:
        wrong.append(f"Muhatap DETSİS'te bulunamadı: {_listed(unknown)}")
    targets = [chart[number] for number in addressees if number in chart]
    if closed := [unit.number for unit in targets if not unit.active]:
        wrong.append(f"Muhatap kapatılmıştır: {_listed(closed)}")
    if writer is None or wrong:
        raise LetterError(". ".join(wrong))
    return writer, targets


def _listed(numbers: list[int], most: int = 20) -> str:
    shown = ", ".join(str(number) for number in numbers[:most])
    return shown if len(numbers) <= most else f"{shown} ve {len(numbers) - most} numara daha"


def _top_name(names: list[str]) -> str | None:
    if not names:
        return None
    return names[0] if len(names) == 1 else DAGITIM_YERLERINE


def _recipient(unit: Unit, name: str, book: Book) -> Recipient:
    kep, kind = nearest(unit, book.chart, book.keps) or (None, None)
    return Recipient(
        number=unit.number,
        name=name,
        kep=kep,
        kep_kind=kind,
        certificate=certificate(unit.number, book.owners, book.certificates, book.at),
        address=unit.address or None,
    )
