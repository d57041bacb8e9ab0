"""Every operation, called by a strict client over a real socket, in both SOAP versions, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import zeep
from letter import chart as c
from parts.serving import serving

from hub.store.database import Database

from . import state

NS = "http://kaysis.gov.tr/"

INPUTS: dict[str, dict[str, Any]] = {
    "YeniDisYazismaYapanlariGetirWs": {"pGun": 1, "pAy": 1, "pYil": 2020},
    "KurumBirimIletisimBilgileriGetirWs": {"detsisId": c.INTERIOR},
    "KurumSDPKodlariGetirWs": {"IdariKimlikKodu": c.INTERIOR},
    "DETSISNoKurumBirimWs": {"DETSISNo": c.FACULTY},
    "KendiTumBirimleriGetirWs": {"degisiklikTarihiBaslangic": zeep.xsd.Nil},
    "HiyerarsiGetirKurumBirimWs": {"DETSISNo": c.HOSPITAL},
    "AdaGoreKurumBirimSorgulaWs": {"ad": "personel", "anaKurumIdareKimlikKodu": 0},
    "DetayBilgilereGoreSorgulaKurumBirimWs": {"yerKodu": 0, "kategoriID": 19, "statuID": 0, "IlKodu": 6},
    "KEPAdresiKontrolEt": {"KepAdresi": "SAGLIK@hs01.kep.tr"},
    "KEPAdresleriniGetir": {"DetsisIDs": {"int": [c.HEALTH, c.ANKARA]}},
    "KurumSertifikaBilgileriniGetir": {"DetsisIDs": c.HEALTH},
    "KurumEypVersiyonuGetir": {"DetsisIDs": c.HEALTH},
    "TebligatNumarasiGetir": {"DetsisId": c.HEALTH},
    "GetHizmetListesi": {"DetsisId": c.INTERIOR},
    "MevzuatSorgula": {"MevzuatAdi": "ISLEMLER", "MevzuatSayisi": None},
    "GetBelgeListesi": {"DetsisId": c.INTERIOR},
    "GetMevzuatListesi": {"DetsisId": c.INTERIOR},
    "eYazismaPaketi": {"gonderenDetsisID": c.PERSONNEL, "muhatapDetsisIDs": {"int": [c.HEALTH, c.ANKARA_HEALTH]}},
    "KutukNodanDetsisNoGetir": {"kutukNoList": {"string": ["K-1", "YOK"]}},
    "AltKurulusBirimleriListele": {"arananKurum": c.INTERIOR},
    "IYEMTCdenGorevListesiGetirWs": {"TCKimlikNo": state.TCKN},
    "IYEMYoneticiIDdenGorevListesiGetirWs": {"YoneticiID": state.MANAGER},
    "IYEMKurumYoneticisiGetirWs": {"KurumID": c.INTERIOR, "Tarih": datetime(2024, 1, 1)},
    "IYEMTumYoneticileriGetirWs": {"KurumID": c.INTERIOR},
    "SertifikalariGetir": {"baslangicTarihi": datetime(2000, 1, 1)},
    "SertifikaSahiplikleriniGetir": {"baslangicTarihi": datetime(2000, 1, 1)},
}
ROWS = {
    "YeniDisYazismaYapanlariGetirWs": sum(unit.is_main for unit in c.UNITS),
    "TumTip1KodlariGetirWs": 3,
    "TumTip2KodlariGetirWs": 4,
    "TumYerKodlariGetirWs": 5,
    "KurumBirimIletisimBilgileriGetirWs": 3,
    "AnakurumIletisimBilgileriWs": 3,
    "AnaKurumlarButceTurleriGetirWs": 1,
    "KurumSDPKodlariGetirWs": 2,
    "DETSISNoKurumBirimWs": 1,
    "KendiTumBirimleriGetirWs": 3,
    "BirimleriminIletisimBilgileriniGetir": None,
    "HiyerarsiGetirKurumBirimWs": 3,
    "AdaGoreKurumBirimSorgulaWs": 2,
    "AnaKurumlariGetirKurumBirimWs": sum(unit.is_main for unit in c.UNITS),
    "DetayBilgilereGoreSorgulaKurumBirimWs": 6,
    "KEPAdresleriniGetir": 3,
    "KurumSertifikaBilgileriniGetir": 2,
    "KurumEypVersiyonuGetir": 1,
    "TebligatNumarasiGetir": 1,
    "GetHizmetListesi": 2,
    "MevzuatSorgula": 1,
    "GetBelgeListesi": 2,
    "GetMevzuatListesi": 2,
    "EypGuncellenenleriGetir": 1,
    "AktifKEPAdresleriniGetir": 3,
    "KutukNodanDetsisNoGetir": 1,
    "DetsisIslemYetkilisiBilgileriWs": 1,
    "AltKurulusBirimleriListele": 7,
    "IYEMTCdenGorevListesiGetirWs": 2,
    "IYEMYoneticiIDdenGorevListesiGetirWs": 2,
    "IYEMKurumYoneticisiGetirWs": 1,
    "IYEMTumYoneticileriGetirWs": 6,
    "SertifikalariGetir": 4,
    "SertifikaSahiplikleriniGetir": 1,
}
"""Rows of each list operation in :mod:`.state`, called as the ministry of health; None for an empty list."""


@pytest.fixture
def address(filled: Database, tmp_path: Path) -> Iterator[str]:
    url = filled.url.render_as_string(hide_password=False)
    with serving("services.served:application", SERVED_DATABASE=url, SERVED_FOLDER=str(tmp_path / "prepared")) as port:
        yield f"http://127.0.0.1:{port}/DETSISServis.asmx"


def rows_of(result: Any) -> list[Any] | None:
    """The rows of a list answer; zeep reads an empty list as None."""
    assert result.SonucHatali is False, result.HataMsj
    assert result.HataMsj is None
    if result.Sonuclar is None:
        return None
    (name,) = dir(result.Sonuclar)
    found: list[Any] = result.Sonuclar[name]
    return found


def test_every_operation(address: str) -> None:
    client = zeep.Client(f"{address}?WSDL")
    element = client.get_element(f"{{{NS}}}BbServiceAuthentication")
    header = element(KurumID=str(c.HEALTH), Password="gizli")
    for port in ("BBDETSISWS", "BBDETSISWS1"):
        service = client.bind("DETSISServis", port)
        operations = service._binding._operations
        assert set(operations) == ROWS.keys() | {"KEPAdresiKontrolEt", "eYazismaPaketi"}
        answers = {name: service[name](**INPUTS.get(name, {}), _soapheaders=[header]) for name in operations}
        for name, count in ROWS.items():
            found = rows_of(answers[name])
            assert (None if found is None else len(found)) == count, name
        check_fields(answers)
        refused = service.DETSISNoKurumBirimWs(DETSISNo=1, _soapheaders=[element(KurumID="1", Password="x")])
        assert refused.SonucHatali is True
        assert refused.HataMsj.startswith("Kimlik doğrulanamadı")
        assert refused.Sonuclar is None
    client.transport.session.close()


def check_fields(answers: dict[str, Any]) -> None:
    (unit,) = answers["DETSISNoKurumBirimWs"].Sonuclar.KurumBirimWS
    assert (unit.DETSISNo, unit.Ad, unit.Aktifmi, unit.FaalOlupOlmadigi) == (
        c.FACULTY,
        "TIP FAKÜLTESİ DEKANLIĞI",
        "True",
        True,
    )
    assert unit.KurumBirimTip3ler.KurumBirimTip3WS[0].TipAdi == "FAKÜLTE"
    assert answers["DETSISNoKurumBirimWs"].TestSonuc is None
    kep = answers["KEPAdresiKontrolEt"]
    assert (kep.SonucHatali, kep.HataMsj, kep.Sonuclar.KurumDetsisNo) == (False, None, c.HEALTH)
    assert answers["KurumSertifikaBilgileriniGetir"].Sonuclar.Sertifika[0].SertifikaDosya == b"saglik"
    assert answers["EypGuncellenenleriGetir"].Sonuclar.YeniEYazismaVersiyonListe[0].DetsisIds.int == [c.HEALTH]
    assert answers["GetMevzuatListesi"].Sonuclar.GetMevzuatListesiWs[1].RGTarih == datetime(1, 1, 1)
    born = answers["IYEMTCdenGorevListesiGetirWs"].Sonuclar.IyemYoneticiObj[1]
    assert (born.DogumTarihi, born.GorevBitisTarihi) == (datetime(1970, 5, 17), None)
    letter = answers["eYazismaPaketi"]
    assert (letter.SonucHatali, letter.HataMsj) == (False, None)
    made = letter.Sonuclar
    assert made.Antet == "T.C.\nİÇİŞLERİ BAKANLIĞI\nPersonel Genel Müdürlüğü"
    assert made.MuhatapAd == "DAĞITIM YERLERİNE"
    assert made.ArzRica == "Arz ve rica ederim."
    assert made.DagitimListesi == "Sağlık Bakanlığına\nAnkara Valiliğine (Ankara İl Sağlık Müdürlüğü)"
    recipients = made.MuhatapBilgi.eYazismaMuhatapBilgileri
    assert [one.MuhatapSifrelemeSertifikasi for one in recipients] == [b"saglik", b"valilik"]
    assert [one.TCYoneticiKodu for one in made.ImzaYetkilileri.EyazismaImzaYetkilisi] == [
        state.MANAGER,
        state.DEPUTY,
        state.MINISTER,
    ]
