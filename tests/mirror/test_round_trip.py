"""Every operation's answer, saved and imported elsewhere, gives the same rows there."""

from __future__ import annotations

from pathlib import Path

import pytest
from clients.asked import OF_ONE_UNIT
from lxml import etree

from hub.contract import Contract
from hub.mirror import meaning
from hub.registry import managers, units

from .conftest import DEMO, NS, Hub, Serve, Served, request

ALL = [
    "TumTip1KodlariGetirWs",
    "TumTip2KodlariGetirWs",
    "TumYerKodlariGetirWs",
    "AnaKurumlariGetirKurumBirimWs",
    "AnaKurumlarButceTurleriGetirWs",
    "AnakurumIletisimBilgileriWs",
    "AktifKEPAdresleriniGetir",
]
CALLERS = ["KendiTumBirimleriGetirWs", "BirimleriminIletisimBilgileriniGetir", "DetsisIslemYetkilisiBilgileriWs"]
OF_ONE = OF_ONE_UNIT | {
    "KurumSDPKodlariGetirWs": "IdariKimlikKodu",
    "DETSISNoKurumBirimWs": "DETSISNo",
    "HiyerarsiGetirKurumBirimWs": "DETSISNo",
    "AltKurulusBirimleriListele": "arananKurum",
    "IYEMTumYoneticileriGetirWs": "KurumID",
    "IYEMKurumYoneticisiGetirWs": "KurumID",
}


def questions(sample: Served) -> dict[str, str]:
    """A body for each operation of the contract, so that each answers with rows."""
    asked = dict.fromkeys(ALL + CALLERS, "") | {name: f"<{arg}>{DEMO}</{arg}>" for name, arg in OF_ONE.items()}
    with sample.database.read() as connection:
        duty = next(iter(managers.duties_in(connection, [DEMO])))
        person = managers.person(connection, duty.code)
        assert person is not None
        number = managers.tckn(sample.service.room.keys, person)  # type: ignore[arg-type]
        register = [row.register_no for row in units.units(connection, [DEMO, DEMO + 1])]
    kep = sample.rows("AktifKEPAdresleriniGetir")[0]
    address = etree.fromstring(kep).findtext(f"{{{NS}}}KepAdresi")
    assert number is not None
    return asked | {
        "KendiTumBirimleriGetirWs": "",
        "YeniDisYazismaYapanlariGetirWs": "<pGun>1</pGun><pAy>1</pAy><pYil>2015</pYil>",
        "AdaGoreKurumBirimSorgulaWs": "<ad>personel</ad><anaKurumIdareKimlikKodu>0</anaKurumIdareKimlikKodu>",
        "DetayBilgilereGoreSorgulaKurumBirimWs": "<IlKodu>6</IlKodu>",
        "KEPAdresiKontrolEt": f"<KepAdresi>{address}</KepAdresi>",
        "KEPAdresleriniGetir": f"<DetsisIDs><int>{DEMO}</int><int>{DEMO + 1}</int></DetsisIDs>",
        "SertifikalariGetir": "<baslangicTarihi>2015-01-01T00:00:00</baslangicTarihi>",
        "SertifikaSahiplikleriniGetir": "<baslangicTarihi>2015-01-01T00:00:00</baslangicTarihi>",
        "EypGuncellenenleriGetir": "",
        "MevzuatSorgula": "<MevzuatAdi>Özel Öğretim Kurumları Kanunu</MevzuatAdi>",
        "KutukNodanDetsisNoGetir": "<kutukNoList>"
        + "".join(f"<string>{number}</string>" for number in register)
        + "</kutukNoList>",
        "IYEMTCdenGorevListesiGetirWs": f"<TCKimlikNo>{number.number}</TCKimlikNo>",
        "IYEMYoneticiIDdenGorevListesiGetirWs": f"<YoneticiID>{duty.code}</YoneticiID>",
        "eYazismaPaketi": f"<gonderenDetsisID>{DEMO}</gonderenDetsisID>",
    }


def test_every_operation_of_the_contract_has_a_meaning(contract: Contract, sample: Served) -> None:
    assert meaning._MAKERS.keys() == contract.operations.keys() == questions(sample).keys()


def saved(folder: Path, sample: Served, asked: dict[str, str]) -> list[Path]:
    files = []
    for number, (operation, body) in enumerate(asked.items()):
        file = folder / f"{number:02}.xml"
        file.write_bytes(sample.answer(operation, body))
        file.with_name(f"{file.stem}.request.xml").write_bytes(request(operation, body))
        files.append(file)
    return files


@pytest.fixture(scope="module")
def asked(sample: Served) -> dict[str, str]:
    return questions(sample)


def test_what_is_exported_and_imported_answers_alike(
    sample: Served, asked: dict[str, str], hub: Hub, serve: Serve, tmp_path: Path
) -> None:
    files = saved(tmp_path, sample, asked)
    reports = hub.take(*files)
    assert {report.label for report in reports} == asked.keys()
    told = [(report.label, refusal) for report in reports for refusal in report.refusals]
    assert told == []
    assert not any(report.held for report in reports)
    for report in reports:
        assert report.changed == bool(report.opened + report.altered + report.closed), report
    assert next(report.altered for report in reports if report.label == "MevzuatSorgula")
    after = hub.database.serial()
    for report in hub.take(*files):
        assert not report.changed, report
    assert hub.database.serial() == after

    there = serve(hub.database, tmp_path / "prepared")
    # a search or a list of changes covers what was not asked for in full; a letter needs everything
    partly = {"YeniDisYazismaYapanlariGetirWs", "eYazismaPaketi", "DetayBilgilereGoreSorgulaKurumBirimWs"}
    for operation, body in asked.items():
        if operation not in partly:
            assert there.rows(operation, body) == sample.rows(operation, body), operation
