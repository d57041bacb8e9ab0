"""CSV and XLSX tables: columns, refusals with file and line, whole tables, encodings."""

from __future__ import annotations

import base64
import re
import shlex
import time
import warnings
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from parts.databases import KEYS

from hub import clock, limits
from hub.cli import eyhub
from hub.commands.importing import importing
from hub.commands.migrate import migrate
from hub.mirror.delimited import encoding_of
from hub.mirror.importing import Importer
from hub.mirror.sheets import write_templates
from hub.mirror.source import ImportFileError
from hub.mirror.tables import NAMES, tables
from hub.registry import codes, delivery, inventory, managers, rows, serials, units
from hub.store.schema import FACTS

from .conftest import Hub

UNITS = """\
DETSİS No;Ad;Üst Birim DETSİS No;Ana Kurum DETSİS No;Kategori ID;Statü ID;Seviye;Dış Yazışma Muhatabı
24308110;ÖRNEK BAKANLIĞI;0;24308110;19;13;0;evet
24308111;PERSONEL GENEL MÜDÜRLÜĞÜ;24308110;24308110;301;21;1;evet
24308112;ATAMA DAİRE BAŞKANLIĞI;24308111;24308110;301;24;2;hayır
"""


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    file = folder / name
    file.write_text(text, encoding=encoding, newline="")
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1254", "utf-16"])
@pytest.mark.parametrize("said", ["sep=,\r\n", '"sep=,"\n'])
def test_a_line_before_the_header_may_say_the_separator(hub: Hub, tmp_path: Path, encoding: str, said: str) -> None:
    text = said + UNITS.replace(";", ",") + "1;2,x\n"
    (report,) = hub.take(write(tmp_path, "birimler.csv", text, encoding))
    assert (report.opened, [refusal.line for refusal in report.refusals]) == (3, [6])


def test_a_refused_row_of_a_workbook_names_its_sheet(hub: Hub, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, row in (("birimler", [0, "A", 0, 0, 1, 1, 0]), ("kep", [24308199, "a@hs01.kep.tr"])):
        sheet = book.create_sheet(name)
        header = UNITS.splitlines()[0].split(";")[:7] if name == "birimler" else ["DETSİS No", "KEP Adresi"]
        sheet.append(header)
        sheet.append(row)
    book.save(tmp_path / "veri.xlsx")
    assert [(found.line, found.place, found.reason) for found in hub.reasons(tmp_path / "veri.xlsx")] == [
        (2, "birimler sayfası, satır 2", "DETSİS numarası sekiz basamaklı olmalı."),
        (2, "kep sayfası, satır 2", "Bu numaralı birim kayıtlı değil."),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1254", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_units_come_in(hub: Hub, tmp_path: Path, encoding: str, separator: str) -> None:
    file = write(tmp_path, "birimler.csv", UNITS.replace(";", separator), encoding)
    (report,) = hub.take(file)
    assert (report.opened, report.refused) == (3, 0)
    with hub.database.read() as connection:
        found = units.unit(connection, 24308112)
    assert found is not None
    assert found.hierarchy == "ÖRNEK BAKANLIĞI > PERSONEL GENEL MÜDÜRLÜĞÜ > ATAMA DAİRE BAŞKANLIĞI"
    (again,) = hub.take(file)
    assert not again.changed
    assert again.unchanged == 3


def test_every_refused_row_has_its_line_and_reason(hub: Hub, tmp_path: Path) -> None:
    bad = UNITS + (
        "123;KISA NUMARA;0;0;19;13;0;evet\n"
        "24308114;HALKA A;24308115;24308110;301;24;1;evet\n"
        "24308115;HALKA B;24308114;24308110;301;24;1;evet\n"
        "24308116;SAHİPSİZ;29999999;24308110;301;24;1;evet\n"
        "24308117;KÖTÜ SAYI;24308110;24308110;301;yirmi;1;evet\n"
        "24308118;A > B;24308110;24308110;301;24;1;evet\n"
        "24308111;YİNE;24308110;24308110;301;24;1;evet\n"
        ";BOŞ;24308110;24308110;301;24;1;evet\n"
    )
    reasons = {refusal.line: refusal.reason for refusal in hub.reasons(write(tmp_path, "birimler.csv", bad))}
    assert sorted(reasons) == [5, 6, 7, 8, 9, 10, 11, 12]
    assert "sekiz basamaklı" in reasons[5]
    assert "halka" in reasons[6]
    assert "halka" in reasons[7]
    assert "Üst birim kayıtlı değil" in reasons[8]
    assert "Statü ID: tam sayı olmalı" in reasons[9]
    assert "“>”" in reasons[10]
    assert "ikinci kez" in reasons[11]
    assert "DETSİS No boş" in reasons[12]
    with hub.database.read() as connection:
        assert list(units.all_numbers(connection)) == [24308110, 24308111, 24308112]


@pytest.mark.parametrize("name", ["kategoriler", "statuler", "turler", "yerler"])
@pytest.mark.parametrize("empty", [False, True])
def test_the_required_columns_are_enough(hub: Hub, tmp_path: Path, name: str, empty: bool) -> None:
    """A row that fills them alone comes in, also where the other columns are there and empty; again, it is the same."""
    columns = [column for column in tables()[name].columns if column.required or empty]
    cells = [("7" if column.what == "tam sayı" else "ÖRNEK") if column.required else "" for column in columns]
    text = ";".join(column.header for column in columns) + "\n" + ";".join(cells) + "\n"
    file = write(tmp_path, f"{name}.csv", text)
    (report,) = hub.take(file)
    assert (report.opened, report.refused) == (1, 0), report.refusals
    (again,) = hub.take(file)
    assert (again.unchanged, again.changed) == (1, False)


def test_an_empty_cell_ends_what_was_known_and_an_absent_column_leaves_it(hub: Hub, tmp_path: Path) -> None:
    head, *lines = UNITS.splitlines()
    more = head + ";İkinci Üst Birim DETSİS No;Yer ID;Adres;Kütük No;Aktif;Faal\n"
    others = {
        # columns that must be there with a row of them, columns that need not be
        "iletisim": ("DETSİS No;İletişim Tipi;İletişim Bilgisi", "24308111;4;0312", ";Açıklama", ";Santral"),
        "kep": ("DETSİS No;KEP Adresi", "24308111;a@hs01.kep.tr", ";Durum;KEP Tipi", ";Aktif;KAMU"),
        "mevzuat": (
            "DETSİS No;Mevzuat ID;Ad;Tür ID",
            "24308111;5;KANUN;1",
            ";Numara;Resmî Gazete Tarihi",
            ";657;14.07.1965",
        ),
    }

    def take(units: str, told: Callable[[str], str] | None) -> None:
        """The units, and the other tables: of the columns that need not be there, with what ``told`` makes of their
        cells; None: without these columns."""
        files = [write(tmp_path, "birimler.csv", units)]
        for name, (columns, cells, optional, known) in others.items():
            text = f"{columns}\n{cells}\n" if told is None else f"{columns}{optional}\n{cells}{told(known)}\n"
            files.append(write(tmp_path, f"{name}.csv", text))
        hub.take(*files)

    def known() -> list[object]:
        with hub.database.read() as connection:
            unit = units.unit(connection, 24308111)
            assert unit is not None
            (contact,) = delivery.contacts(connection, [24308111])
            (kep,) = delivery.kep_of(connection, [24308111])
            (law,) = inventory.legislation_in(connection, [24308111])
        return [
            (unit.second_parent_no, unit.place_id, unit.address, unit.register_no, unit.operating),
            contact.label,
            (kep.status, kep.kind),
            (law.number, law.gazette_date),
        ]

    take(more + f"{lines[0]};;;;;;\n{lines[1]};24308110;7;Kat 1;44;evet;hayır\n", str)
    full = [(24308110, 7, "Kat 1", "44", False), "Santral", ("Aktif", "KAMU"), ("657", date(1965, 7, 14))]
    assert known() == full
    take(UNITS, None)
    assert known() == full
    take(more + f"{lines[1]};;;;;;\n", lambda cells: ";" * cells.count(";"))
    assert known() == [(0, None, None, None, False), None, (None, None), (None, None)]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_commas_in_the_name_of_a_column_separate_nothing(hub: Hub, tmp_path: Path, separator: str) -> None:
    columns = [column.header for column in tables()["iletisim"].columns if column.required]
    assert sum(header.count(",") for header in columns) >= len(columns)
    header = separator.join(f'"{one}"' if separator == "," else one for one in columns)
    hub.take(write(tmp_path, "birimler.csv", UNITS))
    text = f"{header}\n24308110{separator}4{separator}0312 000 00 01\n"
    (report,) = hub.take(write(tmp_path, "iletisim.csv", text))
    assert (report.opened, report.refused) == (1, 0)


def test_orphans_are_taken_when_wished(hub: Hub, tmp_path: Path) -> None:
    orphan = write(tmp_path, "birimler.csv", UNITS + "24308116;SAHİPSİZ;29999999;24308110;301;24;1;evet\n")
    (report,) = hub.take(orphan, orphans=True)
    assert (report.opened, report.refused) == (4, 0)


def test_contacts_kep_and_managers(hub: Hub, tmp_path: Path) -> None:
    folder = tmp_path
    write(folder, "birimler.csv", UNITS)
    write(
        folder,
        "iletisim.csv",
        "detsis_no;kind;value\n24308110;4;0312 000 00 01\n24308110;4;0312 000 00 02\n29999999;4;0312 000 00 03\n",
    )
    write(folder, "kep.csv", "DETSİS No;KEP Adresi;Aktif\n24308110;Ornek@hs01.kep.tr;evet\n24308111;yok;evet\n")
    write(
        folder,
        "yoneticiler.csv",
        "T.C. Yönetici Kodu;Adı;Soyadı;T.C. Kimlik No\n5001;Ayşe;Örnek;10000000146\n5002;Ali;Örnek;12345678901\n",
    )
    write(
        folder,
        "gorevler.csv",
        "Görev No;DETSİS No;T.C. Yönetici Kodu;Görev;Unvan;Başlama Zamanı;Bitiş Zamanı\n"
        "1;24308110;5001;owner;Bakan;01.02.2020 09:00;\n"
        "2;24308110;5001;owner;Bakan;01.03.2021 09:00;\n",
    )
    names = ("birimler", "iletisim", "kep", "yoneticiler", "gorevler")
    files = [folder / f"{name}.csv" for name in names]
    reports = {report.label: report for report in hub.take(*reversed(files))}
    assert [reports[name].opened for name in names] == [3, 2, 1, 1, 1]
    assert [reports[name].refused for name in names] == [0, 1, 1, 1, 1]
    refused = [refusal.reason for report in reports.values() for refusal in report.refusals]
    assert not any("12345678901" in reason for reason in refused)
    with hub.database.read() as connection:
        assert [c.value for c in delivery.contacts(connection, [24308110])] == ["0312 000 00 01", "0312 000 00 02"]
        (duty,) = managers.duties_at(connection, 24308110)
    assert duty.title == "Bakan"
    assert duty.starts_at.isoformat() == "2020-02-01T06:00:00+00:00"
    assert not any(report.changed for report in hub.take(*files))


def test_a_whole_table_closes_what_it_does_not_name(hub: Hub, tmp_path: Path) -> None:
    hub.take(write(tmp_path, "birimler.csv", UNITS))
    shorter = "".join(UNITS.splitlines(keepends=True)[:-1])
    file = write(tmp_path, "birimler.csv", shorter)
    (report,) = hub.take(file)
    assert report.closed == 0
    (report,) = hub.take(file, full=True, share=0.5)
    assert report.closed == 1
    with hub.database.read() as connection:
        closed = units.unit(connection, 24308112)
    assert closed is not None
    assert (closed.active, closed.operating, closed.external) == (False, False, False)
    assert not hub.take(file, full=True)[0].changed


def test_a_table_in_two_files_is_no_whole_one(tmp_path: Path) -> None:
    """Each would close what only the other names; what else came with them is taken, parts of managers, too."""
    data = ["--data", str(tmp_path / "data")]
    assert CliRunner().invoke(migrate, data).exit_code == 0
    lines = UNITS.splitlines(keepends=True)
    head = "T.C. Yönetici Kodu;Adı;Soyadı\n"
    names = ("birimler-1.csv", "birimler-2.csv", "kategoriler.csv", "yoneticiler-1.csv", "yoneticiler-2.csv")
    texts = (
        *("".join(lines[:-1]), "".join([lines[0], lines[-1]])),
        *("Kategori ID;Ad\n90;Deneme\n", f"{head}5001;Ayşe;Örnek\n", f"{head}5002;Ali;Örnek\n"),
    )
    files = [str(write(tmp_path, name, text)) for name, text in zip(names, texts, strict=True)]
    assert CliRunner().invoke(importing, [*files, *data]).exit_code == 0
    done = CliRunner().invoke(importing, [*files, "--full", "--share", "100", *data])
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1), done.output
    assert "birimler: --full ile 2 kez verildi" in done.stderr
    assert [line.rpartition("/")[2].partition(":")[0] for line in done.stdout.splitlines()] == [*names[2:]]


@pytest.mark.parametrize(
    ("row", "spared"),
    [
        ("24308112;ATAMA > DAİRE;24308111;24308110;301;24;2;hayır", {24308112}),  # a name that cannot be
        ("24308112;ATAMA;24308111;24308110;301;24;2;hayır;fazla", {24308112}),
        ("2430811O;ATAMA;24308111;24308110;301;24;2;hayır", {24308111, 24308112}),  # whose row it is cannot be told
        ("1;ATAMA;24308111;24308110;301;24;2;hayır", set()),  # nobody's
    ],
)
def test_a_refused_row_of_a_whole_table_closes_nothing_that_it_names(
    hub: Hub, tmp_path: Path, row: str, spared: set[int]
) -> None:
    hub.take(write(tmp_path, "birimler.csv", UNITS))
    shorter = "".join([*UNITS.splitlines(keepends=True)[:2], row])
    (report,) = hub.take(write(tmp_path, "birimler.csv", shorter), full=True, share=1.0)
    assert (report.refused, report.spared, report.closed) == (1, len(spared), 2 - len(spared))
    with hub.database.read() as connection:
        numbers = units.all_numbers(connection)
        assert {unit.detsis_no for unit in units.units(connection, numbers) if unit.active} == {24308110, *spared}


def test_what_was_held_as_a_whole_table_is_approved_as_one(hub: Hub, tmp_path: Path) -> None:
    hub.take(write(tmp_path, "birimler.csv", UNITS))
    file = write(tmp_path, "liste.csv", "".join(UNITS.splitlines(keepends=True)[:-1]))
    (report,) = hub.take(file, table="birimler", full=True, share=0.0)
    assert report.held is not None
    importer = Importer(hub.database, KEYS, actor="operator", share=0.0)  # as eyhub import --approve 1, and no more
    _, stands = importer.decide(report.held, approve=True)
    assert stands == file
    (report,) = [importer.run(source) for source in importer.sources(file)]
    assert (report.held, report.closed) == (None, 1)


def test_a_workbook_has_a_table_a_sheet(hub: Hub, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "notlar"
    sheet = book.create_sheet("Birimler")
    for line in UNITS.splitlines():
        sheet.append([int(cell) if cell.isdigit() else cell for cell in line.split(";")])
    contacts = book.create_sheet("contacts")
    contacts.append(["DETSİS No", "kind", "value"])
    contacts.append([24308110, 2, "bilgi@ornek.example"])
    contacts.append([24308110, 7, "x"])
    book.save(tmp_path / "hub.xlsx")
    reports = {report.label: report for report in hub.take(tmp_path / "hub.xlsx")}
    assert (reports["birimler"].opened, reports["iletisim"].opened) == (3, 1)
    (refusal,) = reports["iletisim"].refusals
    assert refusal.line == 3
    assert "İletişim türü" in refusal.reason


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("birimler.csv", UNITS.encode("utf-16-le"), "işaretsiz UTF-16"),
        ("birimler.csv", UNITS.encode("utf-32"), "UTF-32"),
        ("birimler.csv", UNITS.encode("utf-16")[:-1], "kodlaması bozuk"),
        ("birimler.csv", UNITS.encode()[:-3] + b"\xfd\n", "kodlaması bozuk"),
        ("birimler.csv", b"\xef\xbb\xbf" + UNITS.encode("cp1254"), "kodlaması bozuk"),
        ("birimler.csv", UNITS.encode("cp1254") + b"\x9d", "kodlaması bozuk"),
        ("birimler.csv", b"DETSIS No;Yok Boyle\n1;2\n", "bilinmeyen sütun: Yok Boyle"),
        ("birimler.csv", b"DETSIS No;Ad\n1;2\n", "eksik sütun"),
        ("birimler.csv", b'DETSIS No;Ad\n"1;2\n', "eksik sütun|CSV okunamıyor"),
        ("birimler.csv", b"", "eksik sütun"),
        ("bilinmez.csv", b"a;b\n", "--table"),
        ("birimler.xlsx", b"PK\x03\x04 not a zip", "bozuk"),
        ("birimler.xlsx", UNITS.encode(), "bozuk"),
    ],
)
def test_files_that_cannot_be_read_are_told_and_leave_nothing(
    hub: Hub, tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    with pytest.raises(ImportFileError, match=message):
        hub.take(file)
    assert hub.database.serial() == 0


def test_a_row_in_the_middle_that_breaks_the_file_takes_the_whole_file_back(hub: Hub, tmp_path: Path) -> None:
    rows = "".join(f"2430{n:04};BİRİM {n};0;0;19;13;0;evet\n" for n in range(5_000))
    data = (UNITS.splitlines()[0] + "\n" + rows).encode() + b"24399999;K\xdd\xdd;0;0;19;13;0;evet\n"
    file = tmp_path / "birimler.csv"
    file.write_bytes(data)
    with pytest.raises(ImportFileError, match="kodlaması bozuk"):
        hub.take(file)
    assert hub.database.serial() == 0


def test_curly_quotes_do_not_make_windows_1254_look_like_damaged_utf8(hub: Hub, tmp_path: Path) -> None:
    name = "ŞEHİT ÖMER’İN ADINI TAŞIYAN “YENİ ÇAĞ” OKULU MÜDÜRLÜĞÜ – 2"
    file = write(tmp_path, "birimler.csv", UNITS.replace("PERSONEL GENEL MÜDÜRLÜĞÜ", name), "cp1254")
    hub.take(file)
    with hub.database.read() as connection:
        found = units.unit(connection, 24308111)
    assert found is not None
    assert found.name == name


def test_an_encoding_is_told_across_blocks(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for size in (1, 2, 3, 7):
        monkeypatch.setattr("hub.limits.IMPORT_BLOCK", size)
        for encoding, expected in (("utf-8", "utf-8-sig"), ("cp1254", "cp1254"), ("utf-16", "utf-16")):
            assert encoding_of(write(tmp_path, "birimler.csv", UNITS, encoding)) == expected


# What a workbook may be ----------------------------------------------------------------------------------------------


def workbook(path: Path, more: dict[str, bytes] | None = None, *, twice: str = "") -> Path:
    """A workbook with one sheet of units, and ``more`` entries in its container; ``twice`` names one to be doubled."""
    book = openpyxl.Workbook()
    book.active.title = "birimler"
    for line in UNITS.splitlines():
        book.active.append(line.split(";"))
    book.save(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        for name, data in (more or {}).items():
            archive.writestr(name, data)
        if twice:
            archive.writestr(twice, archive.read(twice))
    return path


def addressed(path: Path, *cells: str) -> Path:
    """A workbook of the unit 24308111, its addresses as XML."""
    header = [*UNITS.splitlines()[0].split(";"), "Adres"]
    book = openpyxl.Workbook()
    book.active.title = "birimler"
    book.active.append(header)
    for number, _ in enumerate(cells, 24308111):
        book.active.append([number, f"BİRİM {number}", 24308110, 24308110, 301, 21, 1, "evet", "yer tutucu"])
    book.save(path)
    for line, cell in enumerate(cells, 2):
        edited(path, f'<c r="I{line}".*?</c>', f'<c r="I{line}" {cell}</c>')
    return path


def addresses(hub: Hub) -> list[str | None]:
    with hub.database.read() as connection:
        found = [units.unit(connection, number) for number in range(24308111, 24308115)]
    return [None if unit is None else unit.address for unit in found]


def test_a_formula_without_its_value_is_no_empty_cell(hub: Hub, tmp_path: Path) -> None:
    """Programs write formulas and leave the calculating to the spreadsheet: an empty cell would end the address."""
    known = [f't="inlineStr"><is><t>Cadde {n}</t></is>' for n in range(4)]
    hub.take(write(tmp_path, "birimler.csv", UNITS), addressed(tmp_path / "birimler-2.xlsx", *known))
    file = addressed(
        tmp_path / "birimler-3.xlsx",
        "><f>CONCATENATE(A1)</f>",
        't="str"><f>CONCATENATE(A1)</f><v>Sokak 1</v>',
        't="str"><f>IF(A1="","","")</f><v></v>',
        "><f>CONCATENATE(A1)</f><v></v>",
    )
    (report,) = hub.take(file)
    assert [refusal.line for refusal in report.refusals] == [2, 5]
    assert "Adres: hücrede değer değil" in report.refusals[0].reason
    assert addresses(hub) == ["Cadde 0", "Sokak 1", None, "Cadde 3"]


@pytest.mark.parametrize("code", ["105.1", "10", "abc", "105..01", "105.01.01.01.01", "105,01", "１０５"])
def test_a_file_plan_code_is_one(hub: Hub, tmp_path: Path, code: str) -> None:
    """A spreadsheet makes 105.1 of 105.10, which would be found under neither."""
    hub.take(write(tmp_path, "birimler.csv", UNITS))
    rows = [f"24308110;{each};KONU" for each in (code, "105", "105.10", "010.01.01.02")]
    (report,) = hub.take(write(tmp_path, "sdp.csv", "\n".join(["DETSİS No;Kod;Konu", *rows])))
    assert [(refusal.line, refusal.reason[:17]) for refusal in report.refusals] == [(2, "Dosya planı kodu ")]
    with hub.database.read() as connection:
        assert [row.code for row in inventory.file_plan(connection, 24308110)] == ["010.01.01.02", "105", "105.10"]


@pytest.mark.parametrize("text", ["#N/A", "#REF!", "#DIV/0!", "#YOK", "#BAŞV!", "#AD?", "########"])
def test_an_error_in_a_cell_is_no_text(hub: Hub, tmp_path: Path, text: str) -> None:
    hub.take(write(tmp_path, "birimler.csv", UNITS))
    cell = f't="e"><v>{text}</v>' if text.isascii() else f't="inlineStr"><is><t>{text}</t></is>'
    (report,) = hub.take(addressed(tmp_path / "birimler.xlsx", cell))
    assert [refusal.line for refusal in report.refusals] == [2]
    (report,) = hub.take(write(tmp_path, "birimler.csv", UNITS.replace("ATAMA DAİRE BAŞKANLIĞI", text)))
    assert [refusal.reason for refusal in report.refusals] == [
        f"Ad: hücrede değer değil, hata ya da hesaplanmamış formül var ({text})."
    ]


def refused(hub: Hub, path: Path, message: str) -> None:
    began = time.process_time()
    with pytest.raises(ImportFileError, match=message):
        hub.take(path)
    assert time.process_time() - began < 5
    assert hub.database.serial() == 0


def edited(path: Path, old: str, new: str) -> Path:
    """The workbook at ``path`` with another text in its sheet."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert re.search(old.encode(), entries[sheet])
    entries[sheet] = re.sub(old.encode(), new.encode(), entries[sheet], count=1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("size", ["A1", "A1:B2", "A1:XFD1048576"])
def test_no_row_is_lost_to_the_size_that_a_sheet_states_for_itself(hub: Hub, tmp_path: Path, size: str) -> None:
    file = edited(workbook(tmp_path / "birimler.xlsx"), '<dimension ref="[^"]*"', f'<dimension ref="{size}"')
    (report,) = hub.take(file)
    assert (report.opened, report.refused) == (3, 0)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('<c r="A2" t="[a-zA-Z]+">.*?</c>', '<c r="A2" t="s"><v>777</v></c>', "okunamıyor"),
        ('<row r="3"', '<row r="9999999"', "çok satır"),
    ],
)
def test_a_sheet_that_cannot_be_read_to_its_end_is_refused(
    hub: Hub, tmp_path: Path, old: str, new: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SHEET_ROWS", 1_000)
    refused(hub, edited(workbook(tmp_path / "birimler.xlsx"), old, new), message)


@pytest.mark.parametrize("entry", ["xl/worksheets/sheet9.xml", "xl/styles2.xml", "docProps/thumbnail.jpeg"])
def test_a_bomb_in_a_workbook_is_refused(hub: Hub, tmp_path: Path, entry: str) -> None:
    refused(hub, workbook(tmp_path / "birimler.xlsx", {entry: b" " * (40 << 20)}), "çok büyüyor")


def test_a_forged_size_does_not_hide_a_bomb(hub: Hub, tmp_path: Path) -> None:
    path = workbook(tmp_path / "birimler.xlsx", {"xl/bomb.xml": b" " * (40 << 20)})
    size = (40 << 20).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (100).to_bytes(4, "little")))
    refused(hub, path, "çok büyüyor|bozuk")


@pytest.mark.parametrize("entry", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_doubled_entry_of_a_workbook_is_refused(hub: Hub, tmp_path: Path, entry: str) -> None:
    refused(hub, workbook(tmp_path / "birimler.xlsx", twice=entry), "yinelenen")


@pytest.mark.parametrize("entry", ["../out.xml", "/etc/out.xml", "a\\b.xml", "C:/out.xml", "xl/../../out.xml"])
def test_an_entry_that_points_elsewhere_is_refused(hub: Hub, tmp_path: Path, entry: str) -> None:
    refused(hub, workbook(tmp_path / "birimler.xlsx", {entry: b"<a/>"}), "adı güvenli olmayan")


@pytest.mark.parametrize(
    "part",
    [b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', '<!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode("utf-16")],
)
def test_a_document_type_in_a_workbook_is_refused(hub: Hub, tmp_path: Path, part: bytes) -> None:
    refused(hub, workbook(tmp_path / "birimler.xlsx", {"xl/more.xml": b" " * 65_530 + part}), "DOCTYPE")


def test_too_many_entries_of_a_workbook_are_refused(hub: Hub, tmp_path: Path) -> None:
    refused(
        hub, workbook(tmp_path / "birimler.xlsx", {f"xl/media/{n}.png": b"" for n in range(2_001)}), "çok fazla ya da"
    )


def test_a_workbook_cut_anywhere_is_refused_or_whole(hub: Hub, tmp_path: Path) -> None:
    data = workbook(tmp_path / "whole.xlsx").read_bytes()
    for size in range(0, len(data), 97):
        file = tmp_path / "birimler.xlsx"
        file.write_bytes(data[:size])
        refused(hub, file, "bozuk")


def test_templates_have_every_table_and_come_in_empty(hub: Hub, tmp_path: Path) -> None:
    files = write_templates(tmp_path)
    assert {file.stem for file in files} == {*NAMES, "tablolar"}
    assert all(report.opened == 0 and not report.changed for report in hub.take(*files))


def test_every_table_and_column_is_documented() -> None:
    """Facts that İYEM's rules guard (its officers, links, CVs, old names) come in through İYEM, not as tables."""
    guarded = {kind for kind in FACTS.values() if kind.__module__.endswith(".iyem")} | {FACTS["legacy_manager"]}
    assert {table.kind for table in tables().values()} == set(FACTS.values()) - guarded
    text = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")
    for table in tables().values():
        assert f"`{table.name}`" in text
        assert f"`{table.english}`" in text
        for column in table.columns:
            assert column.header in text, (table.name, column.header)


def test_the_command_reports_and_exits(tmp_path: Path) -> None:
    assert CliRunner().invoke(eyhub, ["migrate", "--data", str(tmp_path)]).exit_code == 0
    good = write(tmp_path, "birimler.csv", UNITS)
    bad = write(tmp_path, "iletisim.csv", "detsis_no;kind;value\n24308110;9;x\n")
    worse = write(tmp_path, "kep.csv", "x\n")
    run = CliRunner()
    data = ["--data", str(tmp_path)]
    done = run.invoke(importing, [str(good), *data])
    assert done.exit_code == 0, done.output
    assert "3 yeni" in done.stdout
    assert "değişiklik yok" in run.invoke(importing, [str(good), *data]).stdout
    refused = run.invoke(importing, [str(bad), *data])
    assert refused.exit_code == 1
    assert f"{bad}:2: satır 2: İletişim türü" in refused.stderr
    unreadable = run.invoke(importing, [str(worse), *data])
    assert unreadable.exit_code == 2
    assert unreadable.stderr.count("\n") == 1
    assert run.invoke(eyhub, ["import"]).exit_code == 2
    nothing = tmp_path / "boş"
    nothing.mkdir()
    write(nothing, "oku.txt", "x")
    with pytest.raises(ImportFileError, match="boş: klasörde alınacak"):
        run.invoke(importing, [str(nothing), *data], catch_exceptions=False)


def test_the_command_says_what_would_close_and_how_to_decide(tmp_path: Path) -> None:
    """The printed commands work as they stand, wherever they are pasted."""
    data = tmp_path / "bir klasör"
    options = ["--data", str(data)]
    assert CliRunner().invoke(migrate, options).exit_code == 0
    file = write(tmp_path, "birimler.csv", UNITS)
    assert CliRunner().invoke(importing, [str(file), *options]).exit_code == 0
    write(tmp_path, "birimler.csv", "".join(UNITS.splitlines(keepends=True)[:-1]))

    def held() -> list[str]:
        done = CliRunner().invoke(importing, [str(file), "--full", *options])
        assert done.exit_code == 1, done.output
        return done.stdout.splitlines()

    first, going, approve, refuse = held()
    assert first == f"{file}: birimler: BEKLETİLDİ: 1/3 kayıt kapanacaktı; dosyadan hiçbir şey alınmadı"
    assert going == "  24308112 ATAMA DAİRE BAŞKANLIĞI"
    words = shlex.split(refuse.partition("eyhub import ")[2])
    assert CliRunner().invoke(importing, words).stdout == "reddedildi: birimler\n"
    words = shlex.split(approve.partition("eyhub import ")[2])
    with pytest.raises(rows.RefusedError, match="bekleyen"):  # refused is refused
        CliRunner().invoke(importing, words, catch_exceptions=False)
    words = shlex.split(held()[2].partition("eyhub import ")[2])
    done = CliRunner().invoke(importing, words)
    assert (done.exit_code, "1 kapanan" in done.stdout) == (0, True), done.output


@pytest.mark.parametrize(
    ("name", "text", "options", "message"),
    [
        ("birimler-2.csv", "DETSİS No|Ad\n", [], "birimler-2.csv: birimler: bilinmeyen sütun: DETSİS No|Ad"),
        ("birimler-2.csv", "Ad\n", [], "birimler-2.csv: birimler: eksik sütun: DETSİS No, "),
        ("liste.csv", UNITS, [], "liste.csv: hangi tablo olduğu adından anlaşılmıyor; --table ile belirtin: kategori"),
        ("liste.csv", UNITS, ["--table", "birim"], "Invalid value for '--table': no such table; one of kategoriler, "),
    ],
)
def test_the_command_names_the_file_and_the_tables(
    tmp_path: Path, name: str, text: str, options: list[str], message: str
) -> None:
    data = ["--data", str(tmp_path)]
    assert CliRunner().invoke(migrate, data).exit_code == 0
    done = CliRunner().invoke(eyhub, ["import", str(write(tmp_path, name, text)), *options, *data])
    assert (done.exit_code, message in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize("row", ["19;BAKANLIK;", "19;BAKANLIK"])
def test_a_category_without_a_day_counts_as_recorded_when_it_came(hub: Hub, tmp_path: Path, row: str) -> None:
    header = ";".join(["Kategori ID", "Ad", "Kayıt Tarihi"][: row.count(";") + 1])
    (report,) = hub.take(write(tmp_path, "kategoriler.csv", f"{header}\n{row}\n"))
    assert (report.opened, report.refused) == (1, 0)
    with hub.database.read() as connection:
        (first,) = codes.types1(connection)
        serial = serials.serial(connection)
    assert abs(first.recorded_at - clock.now()) < timedelta(minutes=5)
    (again,) = hub.take(write(tmp_path, "kategoriler.csv", f"{header}\n{row.replace('BAKANLIK', 'BAKANLIKLAR')}\n"))
    assert (again.altered, again.refused) == (1, 0)
    with hub.database.read() as connection:
        (second,) = codes.types1(connection)
        assert serials.serial(connection) == serial + 1
    assert (second.name, second.recorded_at) == ("BAKANLIKLAR", first.recorded_at)


@pytest.mark.parametrize("moment", ["0001-01-01 00:00", "01.01.0001", "9999-12-31T23:59:59-10:00"])
def test_moments_outside_the_calendar_are_refused(hub: Hub, tmp_path: Path, moment: str) -> None:
    text = f"Kategori ID;Ad;Kayıt Tarihi\n19;BAKANLIK;{moment}\n20;VALİLİK;2020-01-01\n"
    (refusal,) = hub.reasons(write(tmp_path, "kategoriler.csv", text))
    assert (refusal.line, "Kayıt Tarihi" in refusal.reason) == (2, True)


def test_a_withdrawn_certificate_is_told_to_those_who_ask_for_changes(hub: Hub, tmp_path: Path) -> None:
    """By the date of its last change, which a file of the same dates must not take back."""
    der = base64.b64encode(encryption_certificate(24308110))
    head = "DETSİS No;Sertifika (base64);Yüklenme Tarihi"
    row = f"24308110;{der.decode()};2020-03-01 09:00"
    hub.take(write(tmp_path, "birimler.csv", UNITS), write(tmp_path, "sertifikalar.csv", f"{head}\n{row}\n"))
    before = clock.now()

    def since() -> list[bool]:
        with hub.database.read() as connection:
            return [found.active for found in delivery.certificates_since(connection, before)]

    assert since() == []
    for name, active in (("hayır", False), ("evet", True)):
        (report,) = hub.take(write(tmp_path, "sertifikalar.csv", f"{head};Aktif\n{row};{name}\n"))
        assert report.altered == 1
        assert since() == [active]
    hub.take(write(tmp_path, "sertifikalar.csv", f"{head};Aktif\n{row};hayır\n"))
    (report,) = hub.take(write(tmp_path, "sertifikalar.csv", f"{head}\n{row}\n"))
    assert (report.unchanged, since()) == (1, [False]), "a file without the column leaves it withdrawn"


def test_a_certificate_that_a_whole_table_no_longer_names_is_withdrawn(hub: Hub, tmp_path: Path) -> None:
    rows = [f"24308110;{base64.b64encode(encryption_certificate(n)).decode()};2020-03-01" for n in range(30)]
    head = "DETSİS No;Sertifika (base64);Yüklenme Tarihi"
    hub.take(write(tmp_path, "birimler.csv", UNITS))
    hub.take(write(tmp_path, "sertifikalar.csv", "\n".join([head, *rows])))
    before = clock.now()
    (report,) = hub.take(write(tmp_path, "sertifikalar.csv", "\n".join([head, *rows[1:]])), full=True)
    assert (report.closed, report.held) == (1, None)
    with hub.database.read() as connection:
        (gone,) = delivery.certificates_since(connection, before)
    assert not gone.active


def encryption_certificate(number: int) -> bytes:
    """A certificate of an institution, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"ÖRNEK {number}")])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    now = clock.now()
    dated = built.serial_number(number + 1).not_valid_before(now).not_valid_after(now + timedelta(days=365))
    return dated.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
