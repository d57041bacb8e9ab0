"""Operations on institutions, units and code lists."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from letter import chart as c
from parts.registry import close_unit, describe_unit, rebuild, rename_unit

from hub import clock, limits
from hub.contract import answer
from hub.registry.fragments import Fragments
from hub.registry.snapshot import Snapshot
from hub.services.detsis import Detsis

from .conftest import Client
from .state import CLOSED, NAMELESS_PLACE

NUMBER = "DETSISNo"


def numbers(rows: list[dict[str, str]]) -> list[int]:
    return [int(row[NUMBER]) for row in rows]


def test_one_unit_with_every_field(client: Client) -> None:
    assert client.rows("DETSISNoKurumBirimWs", DETSISNo=c.ANKARA_HEALTH) == [
        {
            "DETSISNo": str(c.ANKARA_HEALTH),
            "Ad": "ANKARA İL SAĞLIK MÜDÜRLÜĞÜ",
            "ParentIdareKimlikKodu": str(c.HEALTH),
            "AnaKurumIdareKimlikKodu": str(c.HEALTH),
            "Fk_BulunduguYerID": "6",
            "Fk_KurumBirimTipID1": "1",
            "Fk_KurumBirimTipID2": "1",
            "KurumHiyerarsik": "CUMHURBAŞKANLIĞI > SAĞLIK BAKANLIĞI > ANKARA İL SAĞLIK MÜDÜRLÜĞÜ",
            "Aktifmi": "True",
            "KurumBirimTip3ler": "",
            "ParentIdareKimlikKodu2": str(c.ANKARA),
            "FaalOlupOlmadigi": "true",
            "Seviye": "2",
            "DisYazismaMuhatabiOlupOlmadigi": "false",
            "YerAdi": "ANKARA",
        }
    ]


def test_a_unit_with_kinds_and_an_address(client: Client) -> None:
    (row,) = client.rows("DETSISNoKurumBirimWs", DETSISNo=c.FACULTY)
    entry = {"ID": "70", "DETSISNo": str(c.FACULTY), "Fk_KurumBirimTip3ID": "7", "TipAdi": "FAKÜLTE"}
    assert row["KurumBirimTip3ler"] == [entry]
    (row,) = client.rows("DETSISNoKurumBirimWs", DETSISNo=c.INTERIOR)
    assert row["Adres"] == "Örnek Cad. No: 1 Çankaya/ANKARA"
    assert row["AnaKurumIdareKimlikKodu"] == str(c.INTERIOR)


def test_a_unit_without_a_place_has_one_that_the_place_list_holds(client: Client) -> None:
    (row,) = client.rows("DETSISNoKurumBirimWs", DETSISNo=NAMELESS_PLACE)
    places = {place["ID"]: place for place in client.rows("TumYerKodlariGetirWs")}
    assert places[row["Fk_BulunduguYerID"]]["YerAdi"] == row["YerAdi"]


def test_a_closed_unit_is_answered_with_its_flags(client: Client) -> None:
    (row,) = client.rows("DETSISNoKurumBirimWs", DETSISNo=CLOSED)
    assert (row["Aktifmi"], row["FaalOlupOlmadigi"], row["DisYazismaMuhatabiOlupOlmadigi"]) == (
        "False",
        "false",
        "false",
    )


@pytest.mark.parametrize("number", [0, -1, 99999999, 2147483647])
def test_a_number_that_does_not_exist_is_an_empty_success(client: Client, number: int) -> None:
    assert client.rows("DETSISNoKurumBirimWs", DETSISNo=number) == []
    assert client.rows("HiyerarsiGetirKurumBirimWs", DETSISNo=number) == []
    assert client.rows("AltKurulusBirimleriListele", arananKurum=number) == []


def test_a_missing_number_is_zero(client: Client) -> None:
    assert client.rows("DETSISNoKurumBirimWs") == []


def test_the_hierarchy_begins_with_the_unit_and_ends_with_its_main_institution(client: Client) -> None:
    assert numbers(client.rows("HiyerarsiGetirKurumBirimWs", DETSISNo=c.ATAMA)) == [c.ATAMA, c.PERSONNEL, c.INTERIOR]
    assert numbers(client.rows("HiyerarsiGetirKurumBirimWs", DETSISNo=c.INTERIOR)) == [c.INTERIOR]


@pytest.mark.parametrize(
    ("name", "main", "expected"),
    [
        ("personel genel", 0, [c.PERSONNEL, c.EDU_PERSONNEL]),
        ("PERSONEL GENEL", c.EDUCATION, [c.EDU_PERSONNEL]),
        ("icisleri", 0, [c.INTERIOR]),
        ("İÇİŞLERİ", 0, [c.INTERIOR]),
        ("IÇIŞLERI", 0, [c.INTERIOR]),
        ("milli  egitim mudur", 0, [c.ANKARA_MEM, c.CANKAYA_MEM, c.IZMIR_MEM]),
        ("boyle bir ad yok", 0, []),
        ("kapali dairesi", 0, []),
        ("%_%_%_%_%aaaaa", 0, []),
        ("' OR 1=1 -- uuuuu", 0, []),
    ],
)
def test_search_by_name(client: Client, name: str, main: int, expected: list[int]) -> None:
    rows = client.rows("AdaGoreKurumBirimSorgulaWs", ad=name, anaKurumIdareKimlikKodu=main)
    assert numbers(rows) == sorted(expected)
    assert all(row["KurumHiyerarsik"].endswith(row["Ad"]) for row in rows)


@pytest.mark.parametrize("name", ["", "abcd", "  a b c d  ", ".....", "ab-cd"])
def test_too_short_a_name_is_refused(client: Client, name: str) -> None:
    assert "en az 5 harf" in client.refusal("AdaGoreKurumBirimSorgulaWs", ad=name, anaKurumIdareKimlikKodu=0)


def test_a_missing_name_is_refused(client: Client) -> None:
    assert "en az 5 harf" in client.refusal("AdaGoreKurumBirimSorgulaWs")


def test_main_institutions(client: Client) -> None:
    found = numbers(client.rows("AnaKurumlariGetirKurumBirimWs"))
    assert found == sorted(unit.number for unit in c.UNITS if unit.is_main)


def test_budgets(client: Client) -> None:
    (row,) = client.rows("AnaKurumlarButceTurleriGetirWs")
    assert (row["DETSISNo"], row["ButceTuruID"], row["ButceTuru"]) == (str(c.INTERIOR), "1", "Genel Bütçe")
    assert (row["Fk_TuzelKisilikID"], row["TuzelKisilik"]) == ("2", "Kamu")


def test_units_beneath_are_the_whole_subtree_without_the_unit(client: Client) -> None:
    assert numbers(client.rows("AltKurulusBirimleriListele", arananKurum=c.PERSONNEL)) == [c.ATAMA]
    found = numbers(client.rows("AltKurulusBirimleriListele", arananKurum=c.INTERIOR))
    assert c.INTERIOR not in found
    assert CLOSED not in found
    assert {c.PERSONNEL, c.ATAMA, c.CANKAYA} <= set(found)


def test_detail_search_joins_filters_by_and(client: Client) -> None:
    def search(place: int = 0, category: int = 0, status: int = 0, province: int = 0) -> list[int]:
        return numbers(
            client.rows(
                "DetayBilgilereGoreSorgulaKurumBirimWs",
                yerKodu=place,
                kategoriID=category,
                statuID=status,
                IlKodu=province,
            )
        )

    assert set(search(province=35)) == {c.IZMIR, c.KONAK, c.IZMIR_MEM}
    assert search(place=3500) == search(province=35)
    assert search(status=3) == [c.UNIVERSITY]
    assert search(category=127) == [c.ROADS]
    assert search(category=127, province=35) == []
    assert search(category=127, province=6) == [c.ROADS]
    assert search(category=-5) == []


def test_detail_search_without_a_filter_is_refused(client: Client) -> None:
    assert client.refusal("DetayBilgilereGoreSorgulaKurumBirimWs")


def day(instant: datetime) -> dict[str, int]:
    local = clock.to_local(instant)
    return {"pGun": local.day, "pAy": local.month, "pYil": local.year}


def test_external_units_changed_since_a_day(client: Client, service: Detsis) -> None:
    today, tomorrow = day(clock.now()), day(clock.now() + timedelta(days=2))
    assert numbers(client.rows("YeniDisYazismaYapanlariGetirWs", **today)) == sorted(
        unit.number for unit in c.UNITS if unit.is_main
    )
    assert client.rows("YeniDisYazismaYapanlariGetirWs", **tomorrow) == []
    with service.room.database.write(actor="test", origin="test") as change:
        close_unit(change, c.BANK)
        describe_unit(change, c.COMPANY, external=False)
    rows = {int(row[NUMBER]): row for row in client.rows("YeniDisYazismaYapanlariGetirWs", **today)}
    assert rows[c.BANK]["Aktifmi"] == "False"
    assert rows[c.COMPANY]["DisYazismaMuhatabiOlupOlmadigi"] == "false"
    assert numbers(client.rows("YeniDisYazismaYapanlariGetirWs", pGun=1, pAy=1, pYil=1900))
    assert numbers(client.rows("YeniDisYazismaYapanlariGetirWs", pGun=1, pAy=1, pYil=1))


@pytest.mark.parametrize("parts", [(31, 2, 2024), (0, 0, 0), (1, 13, 2024), (1, 1, -1), (1, 1, 2147483647)])
def test_an_impossible_date_is_refused(client: Client, parts: tuple[int, int, int]) -> None:
    message = client.refusal("YeniDisYazismaYapanlariGetirWs", pGun=parts[0], pAy=parts[1], pYil=parts[2])
    assert message.startswith("Geçersiz tarih")


@pytest.mark.parametrize(
    "argument",
    [
        "",
        '<degisiklikTarihiBaslangic xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true" />',
        "<degisiklikTarihiBaslangic>0001-01-01T00:00:00</degisiklikTarihiBaslangic>",
        "<degisiklikTarihiBaslangic>2019-12-31</degisiklikTarihiBaslangic>",
    ],
)
def test_all_own_units(client: Client, argument: str) -> None:
    found = numbers(client.rows("KendiTumBirimleriGetirWs", argument))
    assert found == sorted(found)
    assert {c.INTERIOR, c.PERSONNEL, c.ATAMA, CLOSED} <= set(found)
    assert c.HEALTH not in found


def test_own_units_changed_since(client: Client, trusted: Client, service: Detsis) -> None:
    future = {"degisiklikTarihiBaslangic": "2098-01-01T00:00:00"}
    assert client.rows("KendiTumBirimleriGetirWs", **future) == []
    assert c.HOSPITAL in numbers(trusted.rows("KendiTumBirimleriGetirWs"))
    with service.room.database.write(actor="test", origin="test") as change:
        rename_unit(change, c.PERSONNEL, "İNSAN KAYNAKLARI GENEL MÜDÜRLÜĞÜ")
        at = clock.to_local(change.at).isoformat()
    rows = client.rows("KendiTumBirimleriGetirWs", degisiklikTarihiBaslangic=at)
    assert numbers(rows) == [c.PERSONNEL, c.ATAMA], "the renamed unit, and what shows its name"
    assert "İNSAN KAYNAKLARI" in rows[1]["KurumHiyerarsik"]
    assert client.rows("DETSISNoKurumBirimWs", DETSISNo=c.PERSONNEL)[0]["Ad"].startswith("İNSAN")
    assert numbers(client.rows("AdaGoreKurumBirimSorgulaWs", ad="insan kayn", anaKurumIdareKimlikKodu=0)) == [
        c.PERSONNEL
    ]


def test_register_numbers(client: Client) -> None:
    body = (
        "<kutukNoList><string>k-2</string><string>YOK</string>"
        '<string xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true" /><string /><string> K-1 </string>'
        "</kutukNoList>"
    )
    rows = client.rows("KutukNodanDetsisNoGetir", body)
    assert [(row[NUMBER], row["DevletTeskilatiKutukNo"], row["Aktifmi"]) for row in rows] == [
        (str(c.INTERIOR), "K-1", "True"),
        (str(CLOSED), "K-2", "False"),
    ]
    assert client.rows("KutukNodanDetsisNoGetir") == []
    assert client.rows("KutukNodanDetsisNoGetir", "<kutukNoList />") == []
    assert "en fazla 10000" in client.refusal("KutukNodanDetsisNoGetir", kutukNoList=["x"] * 10_001)


def test_code_lists_hold_inactive_rows(client: Client) -> None:
    categories = {row["ID"]: row for row in client.rows("TumTip1KodlariGetirWs")}
    assert categories["18"]["Aktifmi"] == "false"
    assert (categories["19"]["AcilacakTip2ID"], categories["19"]["KurumBirimTipi1ParentID"]) == ("2", "0")
    assert categories["19"]["KayitTarihi"] == "2022-06-01T12:00:00"
    statuses = {row["ID"]: row for row in client.rows("TumTip2KodlariGetirWs")}
    assert statuses["4"]["ResmiYaziKesilecekMuhatapBolumu"] == "BELEDİYESİ"
    assert "ResmiYaziKesilecekMuhatapBolumu" not in statuses["3"]
    places = client.rows("TumYerKodlariGetirWs")
    assert [place["ID"] for place in places] == ["0", "6", "35", "601", "699"]
    assert places[3] == {
        "ID": "601",
        "IlKodu": "6",
        "YerAdi": "ÇANKAYA",
        "YerKodu": "601",
        "IlAdi": "ANKARA",
        "Fk_YerTipiID": "2",
        "Aktifmi": "true",
        "TelefonAlanKodu": "312",
        "YerTipi": "İLÇE",
    }


def test_the_same_question_gives_the_same_bytes(client: Client) -> None:
    for operation in ("AnaKurumlariGetirKurumBirimWs", "KendiTumBirimleriGetirWs", "TumYerKodlariGetirWs"):
        assert client.raw(operation) == client.raw(operation)


LONG = [
    ("AltKurulusBirimleriListele", {"arananKurum": c.INTERIOR}),
    ("KendiTumBirimleriGetirWs", {}),
    ("AnaKurumlariGetirKurumBirimWs", {}),
    ("DetayBilgilereGoreSorgulaKurumBirimWs", {"yerKodu": 0, "kategoriID": 0, "statuID": 0, "IlKodu": 6}),
    ("YeniDisYazismaYapanlariGetirWs", {"pGun": 1, "pAy": 1, "pYil": 2019}),
    ("AdaGoreKurumBirimSorgulaWs", {"ad": "personel", "anaKurumIdareKimlikKodu": 0}),
]


@pytest.mark.parametrize(("operation", "arguments"), LONG)
def test_long_lists_are_sent_while_they_are_read(
    client: Client, operation: str, arguments: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise AssertionError("a temporary file")

    body = "".join(f"<{name}>{value}</{name}>" for name, value in arguments.items())
    asked: list[int] = []
    read = Snapshot.read
    monkeypatch.setattr(Snapshot, "read", lambda *given: asked.append(1) or read(*given))
    rebuild(client.service.room.fragments)
    short = client.raw(operation, body)
    assert b"<KurumBirimWS>" in short[1]
    monkeypatch.setattr(limits, "SOAP_ANSWER_HELD", 0)
    with monkeypatch.context() as unmeasured:
        unmeasured.setattr(Fragments, "measured", lambda *_: None)
        assert client.raw(operation, body) == short
    monkeypatch.setattr(answer.tempfile, "TemporaryFile", refuse)
    asked.clear()
    pieces = client.service.endpoint(client.environ(operation, body), lambda *_: asked.append(0))
    assert asked == [0]  # the head of the answer is out before the first row is read
    assert b"".join(pieces) == short[1]
    assert len(asked) > 1
