"""Contacts, KEP addresses, certificates, package versions, notification numbers."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path

import pytest
from letter import chart as c
from parts.registry import rename_unit, set_contacts, set_kep

from hub.services.detsis import Detsis

from .conftest import NS, Client, fields, text
from .state import CLOSED


def test_the_preferred_contact_of_a_kind_comes_last(client: Client) -> None:
    rows = client.rows("KurumBirimIletisimBilgileriGetirWs", detsisId=c.INTERIOR)
    assert [(row["IletisimTip"], row["Iletisim"]) for row in rows] == [
        ("1", "www.ornek.gov.tr"),
        ("4", "0312 000 00 01"),
        ("4", "0312 000 00 00"),
    ]
    assert rows[0]["IletisimAdi"] == "İnternet Sitesi"
    assert client.rows("KurumBirimIletisimBilgileriGetirWs", detsisId=1) == []


def test_contacts_of_main_institutions(client: Client, service: Detsis) -> None:
    assert {row["DetsisNo"] for row in client.rows("AnakurumIletisimBilgileriWs")} == {str(c.INTERIOR)}
    with service.room.database.write(actor="test", origin="test") as change:
        set_contacts(change, c.HEALTH, [(2, "bilgi@ornek.gov.tr", None)])
    assert {row["DetsisNo"] for row in client.rows("AnakurumIletisimBilgileriWs")} == {str(c.INTERIOR), str(c.HEALTH)}


def test_contacts_of_own_units(client: Client, trusted: Client) -> None:
    rows = client.rows("BirimleriminIletisimBilgileriniGetir")
    assert {row["KurumBirimId"] for row in rows} == {str(c.INTERIOR), str(c.PERSONNEL)}
    assert rows[-1] == {
        "KurumBirimId": str(c.PERSONNEL),
        "KurumBirimAdi": "PERSONEL GENEL MÜDÜRLÜĞÜ",
        "KurumBirimHiyerarsi": "CUMHURBAŞKANLIĞI > İÇİŞLERİ BAKANLIĞI > PERSONEL GENEL MÜDÜRLÜĞÜ",
        "IletisimTipId": "5",
        "IletisimTip": "Faks",
        "IletisimBilgisi": "0312 000 00 03",
    }
    assert str(CLOSED) not in {row["KurumBirimId"] for row in rows}
    assert trusted.rows("BirimleriminIletisimBilgileriniGetir") == []


def test_a_kep_address_is_known_whatever_its_case(client: Client) -> None:
    for address in ("Saglik@HS01.kep.tr", "SAGLIK@hs01.KEP.TR", " saglik@hs01.kep.tr "):
        result = client.result("KEPAdresiKontrolEt", KepAdresi=address)
        found = result.find(f"{{{NS}}}Sonuclar")
        assert found is not None
        assert fields(found) == {
            "KurumDetsisNo": str(c.HEALTH),
            "KepAdresi": "Saglik@HS01.kep.tr",
            "Aktifmi": "true",
            "Durum": "Aktif",
        }


def test_an_unknown_kep_address_is_a_record_of_defaults(client: Client) -> None:
    for body in ("", "<KepAdresi />", "<KepAdresi>sağlık@hs01.kep.tr</KepAdresi>", "<KepAdresi>' OR 1=1</KepAdresi>"):
        result = client.result("KEPAdresiKontrolEt", body)
        assert text(result, "SonucHatali") == "false"
        found = result.find(f"{{{NS}}}Sonuclar")
        assert found is not None
        assert fields(found) == {"KurumDetsisNo": "0", "Aktifmi": "false"}


def test_the_record_of_a_refusal_is_there_with_defaults(service: Detsis) -> None:
    stranger = Client(service, password="yanlış")
    result = stranger.result("KEPAdresiKontrolEt", KepAdresi="saglik@hs01.kep.tr")
    assert text(result, "SonucHatali") == "true"
    found = result.find(f"{{{NS}}}Sonuclar")
    assert found is not None
    assert fields(found) == {"KurumDetsisNo": "0", "Aktifmi": "false"}


def test_kep_addresses_of_numbers_active_first(client: Client) -> None:
    rows = client.rows("KEPAdresleriniGetir", DetsisIDs=[c.HEALTH])
    assert [(row["KepAdresi"], row["Aktifmi"]) for row in rows] == [
        ("Saglik@HS01.kep.tr", "true"),
        ("a.eski@hs01.kep.tr", "false"),
    ]
    rows = client.rows("KEPAdresleriniGetir", DetsisIDs=[c.INTERIOR, 1, c.ANKARA, c.ANKARA])
    assert [row["KurumDetsisNo"] for row in rows] == [str(c.INTERIOR), str(c.ANKARA)]


def test_no_numbers_is_an_empty_success(client: Client) -> None:
    for body in ("", "<DetsisIDs />", "<DetsisIDs><int>5</int></DetsisIDs>"):
        assert client.rows("KEPAdresleriniGetir", body) == []


def test_too_many_numbers_are_refused(client: Client) -> None:
    assert "en fazla 10000" in client.refusal("KEPAdresleriniGetir", DetsisIDs=[1] * 10_001)


def test_all_active_kep_addresses_follow_every_change(client: Client, service: Detsis) -> None:
    def addresses() -> list[str]:
        return [row["KepAdresi"] for row in client.rows("AktifKEPAdresleriniGetir")]

    assert addresses() == ["icisleri@hs02.kep.tr", "Saglik@HS01.kep.tr", "ankara.valiligi@hs01.kep.tr"]
    assert client.raw("AktifKEPAdresleriniGetir") == client.raw("AktifKEPAdresleriniGetir")
    with service.room.database.write(actor="test", origin="test") as change:
        set_kep(change, c.HEALTH, "saglik@hs01.kep.tr", active=False)
    assert addresses() == ["icisleri@hs02.kep.tr", "ankara.valiligi@hs01.kep.tr"]
    with service.room.database.write(actor="test", origin="test") as change:
        rename_unit(change, c.BANK, "YENİ BANKA A.Ş.")
    assert len(addresses()) == 2


def test_a_list_that_is_built_is_the_one_that_is_prepared(client: Client, service: Detsis) -> None:
    for operation in ("AktifKEPAdresleriniGetir", "TumYerKodlariGetirWs", "AnakurumIletisimBilgileriWs"):
        built = client.raw(operation)  # nothing is kept yet
        service.room.whole.finish()
        prepared = client.raw(operation)
        assert service.room.whole.kept(operation)
        service.room.whole.keep = False
        assert client.raw(operation) == prepared == built
        service.room.whole.keep = True


def test_a_list_that_is_made_takes_away_what_a_killed_process_left(
    client: Client, service: Detsis, tmp_path: Path
) -> None:
    operation = "TumYerKodlariGetirWs"
    folder = tmp_path / "prepared"
    folder.mkdir(exist_ok=True)
    (folder / f".{operation}.1-2-0123456789abcdef.99999.new").write_bytes(b"half")
    (folder / f"{operation}.1-2-0123456789abcdef").write_bytes(b"older")
    client.rows(operation)
    service.room.whole.finish()
    assert service.room.whole.kept(operation)
    left = {path.name for path in folder.iterdir() if operation in path.name}
    assert len(left) == 2, left  # the list, and the lock of who writes it
    assert f"{operation}.lock" in left


def test_a_list_that_cannot_be_kept_is_built(
    client: Client, service: Detsis, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(pieces: Iterable[bytes], _: Path) -> None:
        assert b"".join(pieces)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hub.services.detsis.whole.prepare", full)
    for _ in range(2):
        assert len(client.rows("AktifKEPAdresleriniGetir")) == 3
        service.room.whole.finish()
    assert not service.room.whole.kept("AktifKEPAdresleriniGetir")
    assert "OSError" in caplog.text


def test_certificates_of_an_institution(client: Client) -> None:
    rows = client.rows("KurumSertifikaBilgileriniGetir", DetsisIDs=c.HEALTH)
    assert [(base64.b64decode(row["SertifikaDosya"]), row["Aktifmi"]) for row in rows] == [
        (b"saglik", "true"),
        (b"eski", "false"),
    ]
    assert rows[0]["GecerlilikTarihi"] == "2090-01-01T03:00:00"
    assert rows[0]["KayitTarihi"] == "2020-01-01T03:00:00"
    assert client.rows("KurumSertifikaBilgileriniGetir") == []


def test_certificates_since_counts_the_later_of_upload_and_update(client: Client) -> None:
    rows = client.rows("SertifikalariGetir", baslangicTarihi="2022-06-01T12:00:00")
    assert [row["DetsisId"] for row in rows] == [str(c.ANKARA)]
    assert len(client.rows("SertifikalariGetir", baslangicTarihi="2020-01-01T03:00:00")) == 4
    assert len(client.rows("SertifikalariGetir")) == 4
    assert client.rows("SertifikalariGetir", baslangicTarihi="2022-06-01T09:00:01Z") == []


def test_certificate_ownerships_since(client: Client) -> None:
    pair = {"KurumBirimId": str(c.ANKARA_HEALTH), "SertifikaSahibiKurumId": str(c.ANKARA)}
    assert client.rows("SertifikaSahiplikleriniGetir", baslangicTarihi="2000-01-01") == [pair]
    assert client.rows("SertifikaSahiplikleriniGetir") == [pair]
    assert client.rows("SertifikaSahiplikleriniGetir", baslangicTarihi="2098-01-01") == []


def test_package_versions(client: Client) -> None:
    assert client.rows("KurumEypVersiyonuGetir", DetsisIDs=c.HEALTH) == [{"Versiyon": "2.0"}]
    assert client.rows("KurumEypVersiyonuGetir", DetsisIDs=c.EDUCATION) == [{"Versiyon": "1.3"}]
    assert client.rows("KurumEypVersiyonuGetir", DetsisIDs=c.BANK) == []
    assert client.rows("EypGuncellenenleriGetir") == [{"DetsisIds": [str(c.HEALTH)]}]


def test_notification_number(client: Client) -> None:
    assert client.rows("TebligatNumarasiGetir", DetsisId=c.HEALTH) == [{"TebligatNo": "15000-00000-00001"}]
    assert client.rows("TebligatNumarasiGetir", DetsisId=c.BANK) == []
