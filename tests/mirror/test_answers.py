"""Saved answers: envelopes, prefixes and orders of the field; bad files; lists that shrink."""

from __future__ import annotations

from pathlib import Path

import pytest
from parts.databases import KEYS
from sqlalchemy import event

from hub import clock
from hub.mirror import answers, meaning, whole
from hub.mirror.importing import Importer
from hub.mirror.source import ImportFileError
from hub.registry import codes, delivery, inventory, units

from .conftest import Hub

SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
KAYSIS = "http://kaysis.gov.tr/"


def unit(number: int, name: str, parent: int = 0, main: int = 24308110, more: str = "") -> str:
    return (
        f"<DETSISNo>{number}</DETSISNo><Ad>{name}</Ad><ParentIdareKimlikKodu>{parent}</ParentIdareKimlikKodu>"
        f"<AnaKurumIdareKimlikKodu>{main}</AnaKurumIdareKimlikKodu><Fk_BulunduguYerID>6</Fk_BulunduguYerID>"
        "<Fk_KurumBirimTipID1>19</Fk_KurumBirimTipID1><Fk_KurumBirimTipID2>13</Fk_KurumBirimTipID2>"
        "<Aktifmi>True</Aktifmi><ParentIdareKimlikKodu2>0</ParentIdareKimlikKodu2>"
        f"<FaalOlupOlmadigi>true</FaalOlupOlmadigi><Seviye>{1 if parent else 0}</Seviye>"
        f"<DisYazismaMuhatabiOlupOlmadigi>true</DisYazismaMuhatabiOlupOlmadigi>{more}"
    )


def answer(operation: str, rows: str, soap: str = SOAP11, failed: str = "false", more: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{soap}"><soap:Body>'
        f'<{operation}Response xmlns="{KAYSIS}"><{operation}Result><SonucHatali>{failed}</SonucHatali>'
        f"<Sonuclar>{rows}</Sonuclar>{more}</{operation}Result></{operation}Response></soap:Body></soap:Envelope>"
    )


def write(folder: Path, name: str, text: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


MINISTRY = f"<KurumBirimWS>{unit(24308110, 'ÖRNEK BAKANLIĞI')}</KurumBirimWS>"


@pytest.mark.parametrize("soap", [SOAP11, SOAP12])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_both_versions_of_soap(hub: Hub, tmp_path: Path, soap: str, mark: bytes) -> None:
    text = answer("AnaKurumlariGetirKurumBirimWs", MINISTRY, soap).encode()
    (report,) = hub.take(write(tmp_path, "a.xml", mark + text))
    assert report.opened == 1


def test_any_prefixes_orders_and_unknown_elements(hub: Hub, tmp_path: Path) -> None:
    row = unit(24308110, "ÖRNEK  BAKANLIĞI\t", more="<Yeni>1</Yeni>")
    text = (
        f'<e:Envelope xmlns:e="{SOAP12}" xmlns:k="{KAYSIS}">\n <e:Header><k:X/></e:Header><e:Body>'
        "<k:DETSISNoKurumBirimWsResponse><k:DETSISNoKurumBirimWsResult><k:HataMsj/>"
        "<k:Sonuclar><!-- x --><k:KurumBirimWS>"
        + row.replace("</", "\0").replace("<", "<k:").replace("\0", "</k:")
        + "</k:KurumBirimWS></k:Sonuclar><k:SonucHatali>false</k:SonucHatali>"
        "</k:DETSISNoKurumBirimWsResult></k:DETSISNoKurumBirimWsResponse></e:Body></e:Envelope>"
    )
    hub.take(write(tmp_path, "a.xml", text))
    with hub.database.read() as connection:
        found = units.unit(connection, 24308110)
    assert found is not None
    assert found.name == "ÖRNEK BAKANLIĞI"


def test_refused_rows_are_told_by_number(hub: Hub, tmp_path: Path) -> None:
    rows = MINISTRY + "".join(
        f"<KurumBirimWS>{row}</KurumBirimWS>"
        for row in (
            unit(24308111, ""),
            unit(24308112, "A").replace("True", "Belki"),
            unit(24308113, "B").replace("<Seviye>0", "<Seviye>x"),
        )
    )
    refusals = hub.reasons(write(tmp_path, "a.xml", answer("AnaKurumlariGetirKurumBirimWs", rows)))
    assert [(r.place, r.reason) for r in refusals] == [
        ("kayıt 2", "Birim adı boş."),
        ("kayıt 3", "Aktifmi alanı True ya da False değil."),
        ("kayıt 4", "Okunamayan değer: Seviye"),
    ]


BOMB = "<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<html><body>502</body></html>", "SOAP yanıtı değil"),
        ("<!DOCTYPE html><html></html>", "DOCTYPE"),
        (BOMB + answer("AnaKurumlariGetirKurumBirimWs", MINISTRY).partition("?>")[2], "DOCTYPE"),
        (answer("AnaKurumlariGetirKurumBirimWs", MINISTRY)[:-40], "düzgün bir XML"),
        (answer("AnaKurumlariGetirKurumBirimWs", MINISTRY + "\x01"), "düzgün bir XML"),
        (answer("BilinmeyenWs", ""), "bu sözleşmenin bir yanıtı değil"),
        (answer("KurumEypVersiyonuGetir", ""), "hangi kurumun olduğunu söylemiyor"),
        (answer("AnaKurumlariGetirKurumBirimWs", "<a>" * 80 + "</a>" * 80), "derin"),
        (
            answer("AnaKurumlariGetirKurumBirimWs", "", failed="true", more="<HataMsj>Yetki yok</HataMsj>"),
            "bir hata bildiriyor: Yetki yok",
        ),
        (
            f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><s:Fault><faultstring/></s:Fault></s:Body></s:Envelope>',
            "Fault",
        ),
        ("", "düzgün bir XML|SOAP yanıtı değil"),
        (answer("AnaKurumlariGetirKurumBirimWs", MINISTRY).encode("utf-16"), "UTF-8 değil"),
        (answer("AnaKurumlariGetirKurumBirimWs", "").replace("utf-8", "windows-1254"), "UTF-8 değil"),
    ],
)
def test_bad_files_are_told_and_leave_nothing(hub: Hub, tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(ImportFileError, match=message):
        hub.take(write(tmp_path, "bad.xml", text))
    assert hub.database.serial() == 0


@pytest.mark.parametrize("by", ["name", "request"])
def test_the_number_asked_for_comes_from_the_name_or_the_request(hub: Hub, tmp_path: Path, by: str) -> None:
    rows = "<ElektronikYazismaVersiyon><Versiyon>2.0</Versiyon></ElektronikYazismaVersiyon>"
    hub.take(write(tmp_path, "birim.xml", answer("DETSISNoKurumBirimWs", MINISTRY)))
    text = answer("KurumEypVersiyonuGetir", rows)
    if by == "name":
        file = write(tmp_path, "KurumEypVersiyonuGetir.24308110.xml", text)
    else:
        file = write(tmp_path, "surum.xml", text)
        request = f'<e:Envelope xmlns:e="{SOAP11}"><e:Body><KurumEypVersiyonuGetir xmlns="{KAYSIS}">'
        request += "<DetsisIDs>24308110</DetsisIDs></KurumEypVersiyonuGetir></e:Body></e:Envelope>"
        write(tmp_path, "surum.request.xml", request)
    hub.take(file)
    with hub.database.read() as connection:
        assert delivery.package_version(connection, 24308110) == "2.0"


def test_a_document_that_is_asked_for_and_issued_is_two_rows(hub: Hub, tmp_path: Path) -> None:
    def listed(*rows: tuple[int, str]) -> str:
        told = (
            f"<GetBelgeListesiWs><BelgeBeyanID>{number}</BelgeBeyanID><BelgeBeyanAdi>DİPLOMA</BelgeBeyanAdi>"
            f"<BelgeTur>DİPLOMA</BelgeTur><Istenenmi>{asked}</Istenenmi></GetBelgeListesiWs>"
            for number, asked in rows
        )
        return answer("GetBelgeListesi", "".join(told))

    def held() -> list[tuple[int, bool]]:
        with hub.database.read() as connection:
            return [(row.document_id, row.requested) for row in inventory.documents_in(connection, [24308110])]

    hub.take(write(tmp_path, "birim.xml", answer("DETSISNoKurumBirimWs", MINISTRY)))
    name = "GetBelgeListesi.24308110.xml"
    (report,) = hub.take(write(tmp_path, name, listed((7, "False"), (7, "True"), (8, "True"))))
    assert (report.opened, report.refused) == (3, 0)
    assert held() == [(7, True), (7, False), (8, True)]
    (report,) = hub.take(write(tmp_path, name, listed((7, "True"), (8, "True"))))
    assert (report.unchanged, report.closed) == (2, 1)
    assert held() == [(7, True), (8, True)]


# A list that shrinks -----------------------------------------------------------------------------------------------


def kep_list(count: int) -> str:
    rows = (
        f"<KepBilgileriWs><KurumDetsisNo>24308110</KurumDetsisNo><KepAdresi>a{n}@hs01.kep.tr</KepAdresi>"
        "<Aktifmi>true</Aktifmi></KepBilgileriWs>"
        for n in range(count)
    )
    return answer("AktifKEPAdresleriniGetir", "".join(rows))


def active(hub: Hub) -> int:
    with hub.database.read() as connection:
        return len(list(delivery.active_kep(connection)))


@pytest.fixture
def listed(hub: Hub, tmp_path: Path) -> Hub:
    """A registry with one ministry and a hundred KEP addresses."""
    hub.take(
        write(tmp_path, "birim.xml", answer("DETSISNoKurumBirimWs", MINISTRY)),
        write(tmp_path, "kep.xml", kep_list(100)),
    )
    assert active(hub) == 100
    return hub


def test_a_newer_list_closes_what_disappeared(listed: Hub, tmp_path: Path) -> None:
    (report,) = listed.take(write(tmp_path, "kep.xml", kep_list(96)))
    assert (report.closed, report.held, active(listed)) == (4, None, 96)
    with listed.database.read() as connection:
        gone = delivery.kep_owner(connection, "a99@hs01.kep.tr")
    assert gone is not None
    assert not gone.active


def test_d2_a_list_that_shrinks_too_much_is_held_and_old_data_stay(listed: Hub, tmp_path: Path) -> None:
    file = write(tmp_path, "kep.xml", kep_list(90))
    before = listed.database.serial()
    (report,) = listed.take(file)
    assert report.held is not None
    assert report.would_close == 10
    assert (active(listed), listed.database.serial()) == (100, before)
    assert listed.take(file)[0].held == report.held  # held once, however often it comes
    importer = Importer(listed.database, KEYS, actor="operator")
    (waiting,) = importer.waiting()
    assert (waiting.id, waiting.would_close, waiting.total) == (report.held, 10, 100)
    _, stands = importer.decide(report.held, approve=True)
    assert stands == file
    (report,) = listed.take(file)
    assert (report.closed, active(listed)) == (10, 90)
    assert importer.waiting() == []


def test_d2_a_word_holds_for_one_import(listed: Hub, tmp_path: Path) -> None:
    """An old file that comes again, when the list has grown anew, waits for a word of its own."""
    full, short = write(tmp_path, "full.xml", kep_list(100)), write(tmp_path, "short.xml", kep_list(10))
    importer = Importer(listed.database, KEYS, actor="operator")

    def take(file: Path) -> tuple[int, bool]:
        (report,) = listed.take(file)
        return active(listed), report.held is not None

    assert take(short) == (100, True)
    importer.decide(importer.waiting()[0].id, approve=True)
    assert take(short) == (10, False)
    assert take(short) == (10, False)
    assert take(full) == (100, False)
    assert take(short) == (100, True)
    importer.decide(importer.waiting()[0].id, approve=True)
    assert take(short) == (10, False)


@pytest.mark.parametrize(
    ("row", "spared"),
    [
        ("<KurumDetsisNo>24308110</KurumDetsisNo><KepAdresi>a 99@hs01.kep.tr</KepAdresi>", 4),
        ("<KurumDetsisNo>24308111</KurumDetsisNo><KepAdresi>a 99@hs01.kep.tr</KepAdresi>", 0),
        ("<KurumDetsisNo>x</KurumDetsisNo><KepAdresi>a99@hs01.kep.tr</KepAdresi>", 4),
    ],
)
def test_a_refused_row_of_a_list_closes_nothing_of_whom_it_names(
    listed: Hub, tmp_path: Path, row: str, spared: int
) -> None:
    broken = f"<KepBilgileriWs>{row}<Aktifmi>true</Aktifmi></KepBilgileriWs></Sonuclar>"
    text = kep_list(96).replace("</Sonuclar>", broken)
    (report,) = listed.take(write(tmp_path, "kep.xml", text))
    assert (report.refused, report.spared, report.closed) == (1, spared, 4 - spared)


@pytest.mark.parametrize("operation", sorted(meaning._MAKERS))
def test_a_list_that_closes_entries_knows_the_owner_of_each_row(operation: str) -> None:
    """Whose row it is stands where the WSDL says: a field that the rows do not have would never be found."""
    closing = whole.vanishing(operation, 24308110, since=False)
    field = whole._OWNER_FIELDS.get(operation)
    if closing and operation not in {*whole._OF_ONE, "GetHizmetListesi"}:  # the asked one's; of a unit beneath it
        assert field is not None
    if field is not None:
        row = answers._row_type(answers.contract().operations[operation])
        assert field in {item.name for item in answers.contract().kind(row).fields}


def test_a_list_of_what_lies_beneath_leaves_orphans_alone(hub: Hub, tmp_path: Path) -> None:
    """They are the institution's, but beneath nothing that is known: only its own list names them."""
    orphan = f"<KurumBirimWS>{unit(24308900, 'YETİM BİRİMİ', parent=29999999)}</KurumBirimWS>"
    beneath = [f"<KurumBirimWS>{unit(24308200 + n, f'BİRİM {n}', parent=24308110)}</KurumBirimWS>" for n in range(30)]

    def take(operation: str, rows: list[str]) -> set[int]:
        hub.take(write(tmp_path, f"{operation}.24308110.xml", answer(operation, "".join(rows))))
        with hub.database.read() as connection:
            return {row.detsis_no for row in units.units(connection, units.all_numbers(connection)) if not row.active}

    assert take("KendiTumBirimleriGetirWs", [MINISTRY, orphan, *beneath]) == set()
    assert take("AltKurulusBirimleriListele", beneath[1:]) == {24308200}
    assert take("KendiTumBirimleriGetirWs", [MINISTRY, *beneath[1:]]) == {24308200, 24308900}


def test_an_answer_about_one_unit_asks_for_no_others(hub: Hub, tmp_path: Path) -> None:
    """Such answers come in by the thousand: none may cost as much as the registry is large."""
    below = "".join(
        f"<KurumBirimWS>{unit(24308200 + n, f'BİRİM {n}', parent=24308110)}</KurumBirimWS>" for n in range(9)
    )
    hub.take(write(tmp_path, "birim.xml", answer("AnaKurumlariGetirKurumBirimWs", MINISTRY)))
    hub.take(write(tmp_path, "alt.24308110.xml", answer("AltKurulusBirimleriListele", below)))
    one = f"<KurumBirimWS>{unit(24308208, 'YENİ AD', parent=24308207)}</KurumBirimWS>"
    entry = "<DetsisNo>{}</DetsisNo><Iletisim>a@b.tr</Iletisim><IletisimTip>2</IletisimTip>"
    entries = "".join(f"<IletisimBilgileriWS>{entry.format(n)}</IletisimBilgileriWS>" for n in (24308208, 24308299))
    asked: list[str] = []
    event.listen(hub.database.writer, "before_cursor_execute", lambda *given: asked.append(given[2]))
    changed, contacts = hub.take(
        write(tmp_path, "DETSISNoKurumBirimWs.24308208.xml", answer("DETSISNoKurumBirimWs", one)),
        write(
            tmp_path,
            "KurumBirimIletisimBilgileriGetirWs.24308208.xml",
            answer("KurumBirimIletisimBilgileriGetirWs", entries),
        ),
    )
    assert (changed.altered, contacts.opened, contacts.refused) == (1, 1, 1)
    of_units = [" ".join(text.split()) for text in asked if " FROM unit " in " ".join(text.split())]
    assert of_units
    assert [text for text in of_units if " IN " not in text and "detsis_no =" not in text] == []


def test_d2_a_refused_change_stays_out(listed: Hub, tmp_path: Path) -> None:
    file = write(tmp_path, "kep.xml", kep_list(0))
    (report,) = listed.take(file)
    assert report.held is not None
    Importer(listed.database, KEYS, actor="operator").decide(report.held, approve=False)
    again = listed.take(file)[0].held
    assert again not in (None, report.held)
    assert active(listed) == 100


def test_the_general_place_of_another_registry_keeps_its_name(hub: Hub, tmp_path: Path) -> None:
    place = (
        "<ResYerKodlari><ID>0</ID><IlKodu>0</IlKodu><YerAdi>TÜRKİYE</YerAdi><YerKodu>90</YerKodu>"
        "<Fk_YerTipiID>0</Fk_YerTipiID><Aktifmi>true</Aktifmi></ResYerKodlari>"
    )
    row = MINISTRY.replace("<Fk_BulunduguYerID>6<", "<Fk_BulunduguYerID>0<")
    reports = hub.take(
        write(tmp_path, "a.xml", answer("TumYerKodlariGetirWs", place)),
        write(tmp_path, "b.xml", answer("AnaKurumlariGetirKurumBirimWs", row)),
    )
    assert [(report.opened, report.refused) for report in reports] == [(1, 0), (1, 0)]
    with hub.database.read() as connection:
        (found,) = codes.places(connection)
        ministry = units.unit(connection, 24308110)
        assert list(units.detail_search(connection, place_code=90)) == [24308110]
    assert ministry is not None
    assert (found.name, ministry.place_name) == ("TÜRKİYE", "TÜRKİYE")


@pytest.mark.parametrize("recorded", ["0001-01-01T00:00:00", "2019-05-06T07:08:09"])
def test_a_status_of_no_day_is_taken(hub: Hub, tmp_path: Path, recorded: str) -> None:
    """.NET writes the first day of its calendar where nothing was recorded."""
    row = (
        "<ResKurumBirimTipleri2><ID>13</ID><KurumBirimTipi2>AKTİF</KurumBirimTipi2>"
        "<KurumBirimTipi2ParentID>0</KurumBirimTipi2ParentID>"
        f"<KayitTarihi>{recorded}</KayitTarihi><Used>true</Used><Aktifmi>true</Aktifmi></ResKurumBirimTipleri2>"
    )
    (report,) = hub.take(write(tmp_path, "a.xml", answer("TumTip2KodlariGetirWs", row)))
    assert (report.opened, report.refused) == (1, 0)
    with hub.database.read() as connection:
        (found,) = codes.types2(connection)
    told = clock.to_local(found.recorded_at)
    assert told.year == (clock.to_local(clock.now()).year if recorded.startswith("0001") else 2019)
