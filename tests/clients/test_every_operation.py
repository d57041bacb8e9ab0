"""Every operation called by the clients that institutions use, in both SOAP versions: all read the same rows."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from clients.harness import Access, Axis, Client, Dotnet, Invocation, JaxWs, Zeep, node, php, shapes

WSDL = Path(__file__).parents[2] / "hub" / "wsdl" / "DETSISServis.wsdl"
OLD = "2015-03-01T00:00:00"

Make = Callable[[Path], Client]
CLIENTS: dict[str, Make] = {
    **{f"zeep-{version}": lambda folder, v=version: Zeep(WSDL, v) for version in (1, 2)},
    **{f"php-{version}": lambda folder, v=version: php(WSDL, v) for version in (1, 2)},
    **{f"node-{version}": lambda folder, v=version: node(WSDL, v, folder) for version in (1, 2)},
    **{f"dotnet-{version}": lambda folder, v=version: Dotnet(WSDL, v, folder) for version in (1, 2)},
    **{f"jaxws-{version}": lambda folder, v=version: JaxWs(WSDL, v, folder) for version in (1, 2)},
    "axis-1": lambda folder: Axis(WSDL, 1, folder),
}
PARTS = {"php": "php", "node": "node", "dotnet": "mono", "jaxws": "java", "axis": "java"}


def calls(facts: dict[str, Any]) -> list[Invocation]:
    """One or more calls of each operation, with inputs that have rows and inputs that have none."""
    own, unit = int(facts["kurum_id"]), facts["sender"]
    mine = [own, unit, *facts["addressees"]]
    found = [
        Invocation(name, {})
        for name in (
            "TumTip1KodlariGetirWs",
            "TumTip2KodlariGetirWs",
            "TumYerKodlariGetirWs",
            "AnakurumIletisimBilgileriWs",
            "AnaKurumlarButceTurleriGetirWs",
            "AnaKurumlariGetirKurumBirimWs",
            "BirimleriminIletisimBilgileriniGetir",
            "EypGuncellenenleriGetir",
            "AktifKEPAdresleriniGetir",
            "DetsisIslemYetkilisiBilgileriWs",
        )
    ]
    found += [Invocation("DETSISNoKurumBirimWs", {"DETSISNo": number}) for number in (*mine, 1)]
    found += [Invocation("HiyerarsiGetirKurumBirimWs", {"DETSISNo": number}) for number in (unit, 1)]
    found += [Invocation("AltKurulusBirimleriListele", {"arananKurum": number}) for number in (own, 1)]
    found += [
        Invocation("KendiTumBirimleriGetirWs", {"degisiklikTarihiBaslangic": None}),
        Invocation("KendiTumBirimleriGetirWs", {"degisiklikTarihiBaslangic": OLD}),
        Invocation("YeniDisYazismaYapanlariGetirWs", {"pGun": 1, "pAy": 3, "pYil": 2015}),
        Invocation("YeniDisYazismaYapanlariGetirWs", {"pGun": 31, "pAy": 2, "pYil": 2015}),
        Invocation("AdaGoreKurumBirimSorgulaWs", {"ad": "bilgi islem", "anaKurumIdareKimlikKodu": 0}),
        Invocation("AdaGoreKurumBirimSorgulaWs", {"ad": "MİLLÎ EĞİTİM", "anaKurumIdareKimlikKodu": own}),
        Invocation("AdaGoreKurumBirimSorgulaWs", {"ad": "abc", "anaKurumIdareKimlikKodu": 0}),
        Invocation(
            "DetayBilgilereGoreSorgulaKurumBirimWs", {"yerKodu": 0, "kategoriID": 19, "statuID": 0, "IlKodu": 0}
        ),
        Invocation("DetayBilgilereGoreSorgulaKurumBirimWs", {"yerKodu": 0, "kategoriID": 0, "statuID": 0, "IlKodu": 0}),
        Invocation("KEPAdresleriniGetir", {"DetsisIDs": mine}),
        Invocation("KEPAdresleriniGetir", {"DetsisIDs": []}),
        Invocation("KEPAdresiKontrolEt", {"KepAdresi": "yok@hs01.kep.tr"}),
        Invocation("eYazismaPaketi", {"gonderenDetsisID": unit, "muhatapDetsisIDs": facts["addressees"]}),
        Invocation("eYazismaPaketi", {"gonderenDetsisID": unit, "muhatapDetsisIDs": None}),
        Invocation("eYazismaPaketi", {"gonderenDetsisID": 1, "muhatapDetsisIDs": [2]}),
        Invocation("KutukNodanDetsisNoGetir", {"kutukNoList": [*facts["register_numbers"], "yok"]}),
        Invocation("MevzuatSorgula", {"MevzuatAdi": "Kanun", "MevzuatSayisi": ""}),
        Invocation("MevzuatSorgula", {"MevzuatAdi": "", "MevzuatSayisi": ""}),
        Invocation("KurumSDPKodlariGetirWs", {"IdariKimlikKodu": own}),
        Invocation("KurumSDPKodlariGetirWs", {"IdariKimlikKodu": 0}),
        Invocation("SertifikalariGetir", {"baslangicTarihi": OLD}),
        Invocation("SertifikaSahiplikleriniGetir", {"baslangicTarihi": OLD}),
        Invocation("IYEMTCdenGorevListesiGetirWs", {"TCKimlikNo": facts["tckn"]}),
        Invocation("IYEMTCdenGorevListesiGetirWs", {"TCKimlikNo": "12345678901"}),
        Invocation("IYEMYoneticiIDdenGorevListesiGetirWs", {"YoneticiID": facts["yonetici_kodu"]}),
        Invocation("IYEMKurumYoneticisiGetirWs", {"KurumID": unit, "Tarih": None}),
        Invocation("IYEMKurumYoneticisiGetirWs", {"KurumID": own, "Tarih": "2020-06-01T12:00:00"}),
        Invocation("IYEMTumYoneticileriGetirWs", {"KurumID": own}),
    ]
    single = {
        "KurumBirimIletisimBilgileriGetirWs": "detsisId",
        "KurumSertifikaBilgileriniGetir": "DetsisIDs",
        "KurumEypVersiyonuGetir": "DetsisIDs",
        "TebligatNumarasiGetir": "DetsisId",
        "GetHizmetListesi": "DetsisId",
        "GetBelgeListesi": "DetsisId",
        "GetMevzuatListesi": "DetsisId",
    }
    return found + [Invocation(name, {field: number}) for name, field in single.items() for number in (own, unit, 1)]


@pytest.fixture(scope="session")
def facts(demo: Access) -> dict[str, Any]:
    path = demo.facts["database_url"].removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        query = "SELECT register_no FROM unit WHERE register_no IS NOT NULL AND known_to IS NULL ORDER BY id LIMIT 3"
        numbers = [row[0] for row in database.execute(query)]
    return {**demo.facts, "register_numbers": numbers}


@pytest.fixture(scope="session")
def first(demo: Access, facts: dict[str, Any]) -> list[Any]:
    """What zeep reads, strictly: the measure for the others."""
    return Zeep(WSDL, 1).call(demo, calls(facts))


def test_the_calls_are_of_every_operation_and_most_have_rows(first: list[Any], facts: dict[str, Any]) -> None:
    asked = calls(facts)
    assert {call.operation for call in asked} == set(shapes(WSDL).operations)
    with_rows = {call.operation for call, answer in zip(asked, first, strict=True) if answer.get("Sonuclar")}
    assert with_rows == set(shapes(WSDL).operations)
    assert not [answer for answer in first if "fault" in answer]
    refused = [call.operation for call, answer in zip(asked, first, strict=True) if answer["SonucHatali"] == "true"]
    assert len(refused) >= 6
    for answer in first:
        assert ("HataMsj" in answer) == (answer["SonucHatali"] == "true")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.part(PARTS[kind])) if (kind := name.partition("-")[0]) in PARTS else name
        for name in CLIENTS
        if name != "zeep-1"
    ],
)
def test_a_client_reads_the_same_rows(
    name: str,
    demo: Access,
    first: list[Any],
    facts: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.getbasetemp() / f"client-{name.partition('-')[0]}"
    folder.mkdir(exist_ok=True)
    client = CLIENTS[name](folder)
    asked = calls(facts)
    for call, expected, found in zip(asked, first, client.call(demo, asked), strict=True):
        assert found == expected, (call, json.dumps(found, ensure_ascii=False)[:1500])
