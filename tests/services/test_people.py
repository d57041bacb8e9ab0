"""Managers, officers, and who may see what of them."""

from __future__ import annotations

import logging

import pytest
from letter import chart as c
from sqlalchemy import select

from hub.services.detsis import Detsis, rows
from hub.store.database import Database
from hub.store.errors import DatabaseUnavailableError
from hub.store.schema import AuditEvent, Duty

from .conftest import Client
from .state import ACTING, DEPUTY, GOVERNOR, LATE, MANAGER, MINISTER, OTHER_TCKN, TCKN


def held(found: list[dict[str, str]]) -> list[tuple[int, int]]:
    return [(int(row["YoneticiKodu"]), int(row["ID"])) for row in found]


def test_duties_by_manager_code(client: Client) -> None:
    past, present = client.rows("IYEMYoneticiIDdenGorevListesiGetirWs", YoneticiID=MANAGER)
    assert present == {
        "ID": str(c.PERSONNEL),
        "Ad": "PERSONEL GENEL MÜDÜRLÜĞÜ",
        "KurumHiyerarsik": "CUMHURBAŞKANLIĞI > İÇİŞLERİ BAKANLIĞI > PERSONEL GENEL MÜDÜRLÜĞÜ",
        "ParentIdareKimlikKodu": str(c.INTERIOR),
        "UnvanAdi": "Yönetici",
        "YoneticiKodu": str(MANAGER),
        "YoneticiAdiSoyadi": "Ayşe Asıl",
        "DogumTarihi": None,
        "Yasi": "0",
        "GorevTuru": "Asaleten",
        "GorevBaslamaTarihi": "2022-06-01T12:00:00",
        "GorevBitisTarihi": None,
        "Aktifmi": "true",
    }
    assert (past["ID"], past["Aktifmi"], past["GorevBitisTarihi"]) == (
        str(c.INTERIOR),
        "false",
        "2020-01-01T03:00:00",
    )
    assert client.rows("IYEMYoneticiIDdenGorevListesiGetirWs", YoneticiID=1) == []


def test_a_deputy_is_told_from_the_owner_where_nobody_put_it_in_words(client: Client, service: Detsis) -> None:
    with service.room.database.write(actor="test", origin="test") as change:
        for row_id in change.connection.execute(select(Duty.id).where(Duty.known_to.is_(None))).scalars().all():
            change.correct(Duty, row_id, {"kind_text": None})
    found = client.rows("IYEMKurumYoneticisiGetirWs", KurumID=c.PERSONNEL)
    assert [(row["YoneticiKodu"], row.get("GorevTuru")) for row in found] == [
        (str(MANAGER), None),
        (str(DEPUTY), "Vekaleten"),
    ]
    acting = client.rows("IYEMKurumYoneticisiGetirWs", KurumID=c.ANKARA_HEALTH)[0]
    assert acting["GorevTuru"] == "Vekaleten (boş kadro)"


def test_birth_dates_are_for_callers_with_the_right(trusted: Client) -> None:
    row = trusted.rows("IYEMYoneticiIDdenGorevListesiGetirWs", YoneticiID=MINISTER)[0]
    assert row["DogumTarihi"] == "1970-05-17T00:00:00"
    assert int(row["Yasi"]) > 50


def test_duties_by_identity_number(trusted: Client) -> None:
    assert held(trusted.rows("IYEMTCdenGorevListesiGetirWs", TCKimlikNo=f" {TCKN} ")) == [
        (MANAGER, c.INTERIOR),
        (MANAGER, c.PERSONNEL),
    ]
    assert trusted.rows("IYEMTCdenGorevListesiGetirWs", TCKimlikNo=OTHER_TCKN) == []


def test_without_the_right_nothing_is_told_of_an_identity_number(client: Client) -> None:
    asked = [TCKN, OTHER_TCKN, "123", ""]
    assert {client.refusal("IYEMTCdenGorevListesiGetirWs", TCKimlikNo=number) for number in asked} == {
        "Bu işlem için yetkiniz bulunmamaktadır."
    }


@pytest.mark.parametrize("number", ["", "123", "10000000147", "1000000014x", "00000000000"])
def test_a_wrong_identity_number_is_refused(trusted: Client, number: str) -> None:
    message = trusted.refusal("IYEMTCdenGorevListesiGetirWs", TCKimlikNo=number)
    assert message == "T.C. kimlik numarası geçersiz."


def test_identity_numbers_are_not_logged(trusted: Client, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    trusted.rows("IYEMTCdenGorevListesiGetirWs", TCKimlikNo=TCKN)
    client.refusal("IYEMTCdenGorevListesiGetirWs", TCKimlikNo=TCKN)
    trusted.refusal("IYEMTCdenGorevListesiGetirWs", TCKimlikNo="10000000147")
    assert not any(secret in caplog.text for secret in (TCKN, "10000000147", "gizli"))


def trail(service: Detsis) -> list[tuple[str, str, str]]:
    with service.room.database.read() as connection:
        statement = select(AuditEvent.actor, AuditEvent.event, AuditEvent.subject, AuditEvent.detail)
        found = connection.execute(statement.order_by(AuditEvent.serial)).all()
    assert not any(number in repr(found) for number in (TCKN, OTHER_TCKN))
    return [(row.actor, row.event, row.subject) for row in found]


def test_questions_for_personal_data_are_in_the_audit_trail(trusted: Client, client: Client) -> None:
    trusted.rows("IYEMTCdenGorevListesiGetirWs", TCKimlikNo=TCKN)
    trusted.rows("IYEMTCdenGorevListesiGetirWs", TCKimlikNo=OTHER_TCKN)
    client.refusal("IYEMTCdenGorevListesiGetirWs", TCKimlikNo=TCKN)
    client.rows("IYEMYoneticiIDdenGorevListesiGetirWs", YoneticiID=MANAGER)
    trusted.rows("IYEMYoneticiIDdenGorevListesiGetirWs", YoneticiID=MANAGER)
    trusted.rows("IYEMTumYoneticileriGetirWs", KurumID=c.INTERIOR)
    own, other = f"kurum {c.HEALTH}", f"kurum {c.INTERIOR}"
    assert trail(trusted.service) == [
        (own, "personal:ask", f"tckn of {MANAGER}"),
        (own, "personal:ask", "tckn of nobody"),
        (other, "personal:refuse", "tckn"),
        (own, "personal:ask", f"manager {MANAGER}"),
        (own, "personal:ask", f"units beneath {c.INTERIOR}"),
    ]


def test_without_a_trail_nothing_is_shown(trusted: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Database, *args: object, **detail: object) -> None:
        raise DatabaseUnavailableError("disk dolu")

    monkeypatch.setattr(Database, "audit", full)
    assert "İşlem şu anda tamamlanamadı" in trusted.refusal("IYEMTCdenGorevListesiGetirWs", TCKimlikNo=TCKN)


def test_who_holds_a_unit_now(client: Client) -> None:
    nil = '<Tarih xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true" />'
    for body in ("", nil):
        found = client.rows("IYEMKurumYoneticisiGetirWs", f"<KurumID>{c.PERSONNEL}</KurumID>{body}")
        assert held(found) == [(MANAGER, c.PERSONNEL), (DEPUTY, c.PERSONNEL)]
    assert client.rows("IYEMKurumYoneticisiGetirWs") == []


@pytest.mark.parametrize(
    ("at", "codes"),
    [
        ("2019-06-01T00:00:00", [MANAGER]),
        ("2020-01-01T02:59:59", [MANAGER]),
        ("2020-01-01T03:00:00", [MINISTER]),
        ("2019-12-31T23:59:59Z", [MANAGER]),
        ("2024-01-01", [MINISTER]),
        ("0001-01-01T00:00:00", []),
    ],
)
def test_who_held_a_unit_then(client: Client, at: str, codes: list[int]) -> None:
    found = client.rows("IYEMKurumYoneticisiGetirWs", KurumID=c.INTERIOR, Tarih=at)
    assert [int(row["YoneticiKodu"]) for row in found] == codes


def test_a_manager_recorded_late_holds_the_unit_all_the_same(client: Client) -> None:
    assert held(client.rows("IYEMKurumYoneticisiGetirWs", KurumID=c.ATAMA)) == [(LATE, c.ATAMA)]


def test_all_records_of_an_institution_and_its_units(client: Client) -> None:
    found = held(client.rows("IYEMTumYoneticileriGetirWs", KurumID=c.INTERIOR))
    assert found == [
        (MANAGER, c.INTERIOR),
        (MINISTER, c.INTERIOR),
        (MANAGER, c.PERSONNEL),
        (DEPUTY, c.PERSONNEL),
        (LATE, c.ATAMA),
        (GOVERNOR, c.ANKARA),
    ]
    assert held(client.rows("IYEMTumYoneticileriGetirWs", KurumID=c.HEALTH)) == [(ACTING, c.ANKARA_HEALTH)]


def test_officers_of_the_own_institution(client: Client) -> None:
    assert client.rows("DetsisIslemYetkilisiBilgileriWs") == [
        {
            "Adi": "Veli",
            "Soyadi": "Yetkili",
            "Telefon": "0312",
            "Email": "v@ornek.gov.tr",
            "Yetkisi": "DETSİS Yetkilisi",
        }
    ]


def test_ages_are_full_years_on_the_local_day() -> None:
    from datetime import UTC, date, datetime

    born = date(2000, 5, 17)
    assert rows.age(born, datetime(2024, 5, 16, 20, 59, tzinfo=UTC)) == 23
    assert rows.age(born, datetime(2024, 5, 16, 21, tzinfo=UTC)) == 24
    assert rows.age(date(2000, 2, 29), datetime(2023, 2, 28, 12, tzinfo=UTC)) == 22
