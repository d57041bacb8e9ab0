"""A whole letter: parties, number, delivery, signatories."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.letter import Book, Certificate, Chart, LetterError, LetterNumber, Prefix, Signatory, compose
from hub.letter.delivery import Contact
from hub.letter.number import LetterNumberError

from . import chart as c

NOW = datetime(2024, 5, 6, 9, tzinfo=UTC)
YEAR = timedelta(days=365)


def cert(der: bytes, *, until: datetime | None = NOW + YEAR, added: datetime = NOW - YEAR) -> Certificate:
    return Certificate(der, until, added)


BOOK = Book(
    chart=c.chart(),
    at=NOW,
    contacts={
        Contact.TELEPHONE: {c.PERSONNEL: "0312 000 00 01", c.INTERIOR: "0312 000 00 00"},
        Contact.FAX: {c.INTERIOR: "0312 000 00 09"},
        Contact.WEB: {c.PRESIDENCY: "www.ornek.gov.tr"},
        Contact.EMAIL: {c.EDUCATION: "baska@ornek.gov.tr"},
    },
    keps={c.HEALTH: ("saglik@hs01.kep.tr", None), c.ANKARA: ("ankara@hs01.kep.tr", None)},
    certificates={c.ANKARA: [cert(b"valilik")], c.HEALTH: [cert(b"saglik")]},
    owners={c.ANKARA_HEALTH: c.ANKARA},
    signatories=[
        Signatory(3, "Ayşe", "Örnek", "Bakan", c.INTERIOR),
        Signatory(2, "Ali", "Vekil", "Genel Müdür V.", c.PERSONNEL, vekalet="Vekaleten"),
        Signatory(1, "Can", "Asıl", "Genel Müdür", c.PERSONNEL),
        Signatory(4, "Ece", "Uzak", "Bakan", c.EDUCATION),
        Signatory(5, "Ege", "Daire", "Daire Başkanı", c.ATAMA),
    ],
)


def test_a_letter_to_one() -> None:
    letter = compose(c.ATAMA, [c.ANKARA_HEALTH], BOOK)
    assert letter.antet == "T.C.\nİÇİŞLERİ BAKANLIĞI\nAtama ve Nakil Dairesi Başkanlığı"
    assert letter.number_part == str(c.ATAMA)
    assert letter.muhatap == "ANKARA VALİLİĞİNE\n(Ankara İl Sağlık Müdürlüğü)"
    assert letter.arz_rica == "Rica ederim."
    assert letter.dagitim_listesi is None
    assert [s.yonetici_kodu for s in letter.signatories] == [5, 1, 2, 3]
    assert letter.contacts == {
        Contact.TELEPHONE: "0312 000 00 01",
        Contact.FAX: "0312 000 00 09",
        Contact.WEB: "www.ornek.gov.tr",
    }
    assert letter.recipients is not None
    (recipient,) = letter.recipients
    assert recipient.kep == "ankara@hs01.kep.tr", "the governorate, which stands on the first line, before the ministry"
    assert recipient.certificate == b"valilik"
    assert (recipient.number, recipient.name) == (c.ANKARA_HEALTH, letter.muhatap)


def test_a_letter_to_many() -> None:
    letter = compose(c.INTERIOR, [c.HEALTH, c.ANKARA, c.HEALTH], BOOK)
    assert letter.muhatap == "DAĞITIM YERLERİNE"
    assert letter.arz_rica == "Arz ve rica ederim."
    assert letter.dagitim_listesi == "Sağlık Bakanlığına\nAnkara Valiliğine"
    assert letter.recipients is not None
    assert [r.name for r in letter.recipients] == ["SAĞLIK BAKANLIĞINA", "ANKARA VALİLİĞİNE"]


def test_without_addressees_only_the_senders_part_is_filled() -> None:
    letter = compose(c.INTERIOR, [], BOOK)
    assert letter.antet == "T.C.\nİÇİŞLERİ BAKANLIĞI"
    assert (letter.muhatap, letter.arz_rica, letter.dagitim_listesi, letter.recipients) == (None, None, None, None)


def test_a_provincial_unit_is_signed_for_by_its_governor_too() -> None:
    book = replace(
        BOOK,
        signatories=[
            Signatory(9, "A", "B", "Bakan", c.INTERIOR),
            Signatory(8, "A", "B", "Bakan", c.HEALTH),
            Signatory(7, "A", "B", "Vali", c.ANKARA),
            Signatory(6, "A", "B", "Müdür", c.ANKARA_HEALTH),
        ],
    )
    assert [s.yonetici_kodu for s in compose(c.ANKARA_HEALTH, [], book).signatories] == [6, 7, 8]


def test_a_governorate_within_a_ministry_is_signed_for_up_to_its_main_institution() -> None:
    """A register may keep governorates as units of the ministry; one that another institution's unit serves under
    ends that unit's line all the same."""
    city, district, office, health = 20000001, 20000002, 20000003, 20000004
    units = [
        *c.UNITS,
        c.u(city, "SİVAS VALİLİĞİ", c.INTERIOR, main=c.INTERIOR),
        c.u(district, "ZARA KAYMAKAMLIĞI", city, main=c.INTERIOR),
        c.u(office, "YAZI İŞLERİ MÜDÜRLÜĞÜ", district, main=c.INTERIOR),
        c.u(health, "ZARA İLÇE SAĞLIK MÜDÜRLÜĞÜ", c.HEALTH, main=c.HEALTH, parent2=district),
    ]
    over = [c.HEALTH, c.INTERIOR, city, district, office, health]
    book = replace(
        BOOK, chart=Chart(units), signatories=[Signatory(i, "A", "B", "Amir", no) for i, no in enumerate(over)]
    )

    def signing(number: int) -> list[int]:
        return [s.unit for s in compose(number, [], book).signatories]

    assert signing(office) == [office, district, city, c.INTERIOR]
    assert signing(city) == [city, c.INTERIOR]
    assert signing(health) == [health, district, c.HEALTH]


def test_refusals_name_the_numbers() -> None:
    with pytest.raises(LetterError) as refused:
        compose(99999999, [c.HEALTH], BOOK)
    assert refused.value.message == "Gönderen birim DETSİS'te bulunamadı: 99999999"
    with pytest.raises(LetterError) as refused:
        compose(c.HEALTH, [c.ANKARA, 99999998, 0], BOOK)
    assert refused.value.message == "Muhatap DETSİS'te bulunamadı: 99999998, 0"
    closed = Chart(replace(u, active=u.number not in (c.ANKARA, c.IZMIR)) for u in c.UNITS)
    with pytest.raises(LetterError) as refused:
        compose(c.HEALTH, [c.KONAK, c.ANKARA, c.IZMIR], replace(BOOK, chart=closed))
    assert refused.value.message == f"Muhatap kapatılmıştır: {c.ANKARA}, {c.IZMIR}"
    with pytest.raises(LetterError) as refused:
        compose(c.IZMIR, [99999998, c.ANKARA, c.KONAK], replace(BOOK, chart=closed))
    assert refused.value.message == (
        f"Gönderen birim kapatılmıştır: {c.IZMIR}. Muhatap DETSİS'te bulunamadı: 99999998. "
        f"Muhatap kapatılmıştır: {c.ANKARA}"
    ), "whoever puts it right is told of all at once"
    with pytest.raises(LetterError) as refused:
        compose(c.ANKARA, [], replace(BOOK, chart=closed))
    assert refused.value.message == f"Gönderen birim kapatılmıştır: {c.ANKARA}"
    with pytest.raises(LetterError) as refused:
        compose(c.HEALTH, list(range(1, 101)), BOOK)
    assert refused.value.message.endswith(", 20 ve 80 numara daha")


def test_a_closed_superior_lends_neither_kep_nor_contacts() -> None:
    closed = Chart(replace(u, active=u.number not in (c.ANKARA, c.PERSONNEL)) for u in c.UNITS)
    letter = compose(c.ATAMA, [c.ANKARA_HEALTH], replace(BOOK, chart=closed))
    assert letter.contacts[Contact.TELEPHONE] == "0312 000 00 00"
    assert letter.recipients is not None
    assert letter.recipients[0].kep == "saglik@hs01.kep.tr", "the next one up, not that of the governorate"


def test_the_newest_valid_certificate_is_used() -> None:
    book = replace(
        BOOK,
        owners={},
        certificates={
            c.ANKARA: [
                cert(b"old", added=NOW - 3 * YEAR),
                cert(b"new", added=NOW - YEAR),
                cert(b"expired", added=NOW, until=NOW),
            ],
            c.IZMIR: [cert(b"gone", until=NOW - YEAR)],
            c.KONAK: [cert(b"open", until=None)],
        },
    )
    recipients = compose(c.INTERIOR, [c.ANKARA, c.IZMIR, c.KONAK, c.HEALTH], book).recipients
    assert recipients is not None
    assert [r.certificate for r in recipients] == [b"new", None, b"open", None]


def test_letter_numbers() -> None:
    number = LetterNumber(Prefix.ELECTRONIC, 12345678, "105.01.01", 4321)
    assert str(number) == "E-12345678-105.01.01-4321"
    assert LetterNumber.parse(" E-12345678-105.01.01-4321 ") == number
    assert LetterNumber.parse("Z-12345678-010-1").prefix is Prefix.PAPER
    assert LetterNumber.parse("O-12345678-105.01.01.01-1").prefix is Prefix.EXTRAORDINARY


@pytest.mark.parametrize(
    "text",
    ["", "12345678-105.01-1", "X-12345678-105-1", "E-1234567-105-1", "E-12345678-105.1-1", "E-12345678-105-0",
     "E-12345678-105.01.01.01.01-1", "E-12345678-105-1-", "E-02345678-105-1", "E-12345678-105-١"],
)  # fmt: skip
def test_bad_letter_numbers(text: str) -> None:
    with pytest.raises(LetterNumberError):
        LetterNumber.parse(text)


def test_bad_register_numbers() -> None:
    with pytest.raises(LetterNumberError):
        LetterNumber(Prefix.PAPER, 12345678, "105", 0)
