"""Services, documents, legislation, file plan."""

from __future__ import annotations

from letter import chart as c
from sqlalchemy import event

from .conftest import Client


def test_services_of_an_institution_name_the_unit_that_gives_them(client: Client) -> None:
    assert client.rows("GetHizmetListesi", DetsisId=c.INTERIOR) == [
        {
            "HizmetAd": "Hizmet 100001",
            "HizmetId": "100001",
            "KurumHiyerarsik": "CUMHURBAŞKANLIĞI > İÇİŞLERİ BAKANLIĞI",
        },
        {
            "HizmetAd": "Hizmet 100002",
            "HizmetId": "100002",
            "KurumHiyerarsik": "CUMHURBAŞKANLIĞI > İÇİŞLERİ BAKANLIĞI > PERSONEL GENEL MÜDÜRLÜĞÜ",
        },
    ]
    assert [row["HizmetId"] for row in client.rows("GetHizmetListesi", DetsisId=c.PERSONNEL)] == ["100002"]
    assert client.rows("GetHizmetListesi") == []


def test_what_is_another_main_institutions_is_not_that_of_the_one_above(client: Client) -> None:
    for operation in ("GetHizmetListesi", "GetBelgeListesi", "GetMevzuatListesi"):
        assert client.rows(operation, DetsisId=c.PRESIDENCY) == []


def test_a_list_of_services_asks_no_question_for_each_unit(client: Client) -> None:
    asked: list[str] = []
    reader = client.service.room.database.reader
    event.listen(reader, "before_cursor_execute", lambda *given: asked.append(given[2]))
    counts = []
    for institution in (c.PERSONNEL, c.INTERIOR):  # one unit that gives services, two
        asked.clear()
        assert client.rows("GetHizmetListesi", DetsisId=institution)
        counts.append(len(asked))
    assert counts[1] <= counts[0] + 1


def test_documents_appear_once(client: Client) -> None:
    assert client.rows("GetBelgeListesi", DetsisId=c.INTERIOR) == [
        {"BelgeBeyanID": "9", "BelgeBeyanAdi": "Belge 9", "BelgeTur": "TUTANAK", "Istenenmi": "True"},
        {"BelgeBeyanID": "10", "BelgeBeyanAdi": "Belge 10", "BelgeTur": "TUTANAK", "Istenenmi": "False"},
    ]


def test_legislation_without_a_gazette_date_carries_the_empty_one(client: Client) -> None:
    rows = client.rows("GetMevzuatListesi", DetsisId=c.INTERIOR)
    assert [(row["MevzuatId"], row["RGTarih"]) for row in rows] == [
        ("1", "2020-06-10T00:00:00"),
        ("2", "0001-01-01T00:00:00"),
    ]
    assert "RGSayi" not in rows[1]
    assert (rows[0]["TurId"], rows[0]["Tur"], rows[0]["Sayi"]) == ("3", "Yönetmelik", "2646")


def test_legislation_is_found_by_title_number_or_both(client: Client) -> None:
    first = {"MevzuatAdi": "ÖRNEK İŞLEMLER YÖNETMELİĞİ", "MevzuatSayisi": "2646", "MevzuatTarihi": "09/06/2020"}
    assert client.rows("MevzuatSorgula", MevzuatAdi="islemler") == [first]
    assert client.rows("MevzuatSorgula", MevzuatSayisi="2646") == [first]
    assert client.rows("MevzuatSorgula", MevzuatAdi="işlemler", MevzuatSayisi="2646") == [first]
    assert client.rows("MevzuatSorgula", MevzuatAdi="işlemler", MevzuatSayisi="7") == []
    assert "MevzuatTarihi" not in client.rows("MevzuatSorgula", MevzuatSayisi="7")[0]


def test_a_legislation_search_for_nothing_is_refused(client: Client) -> None:
    assert client.refusal("MevzuatSorgula")
    assert client.refusal("MevzuatSorgula", MevzuatAdi="  ", MevzuatSayisi="")


def test_file_plan_codes_keep_leading_zeros(client: Client) -> None:
    rows = client.rows("KurumSDPKodlariGetirWs", IdariKimlikKodu=c.INTERIOR)
    assert [(row["Kod"], row["AnaKod"]) for row in rows] == [("010", "010"), ("105.01.01.01", "105")]
    assert (rows[1]["AltKod3"], rows[1]["SaklamaKodu"], rows[1]["Seviye"]) == ("01", "A3", "1")
    assert "AltKod1" not in rows[0]
    assert client.rows("KurumSDPKodlariGetirWs", IdariKimlikKodu=c.HEALTH) == []


def test_a_file_plan_without_its_institution_is_refused(client: Client) -> None:
    assert "IdariKimlikKodu" in client.refusal("KurumSDPKodlariGetirWs")
