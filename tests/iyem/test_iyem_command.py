"""``eyhub iyem``: bulk first recording, officers, queue; exit codes, one line on refusal, nothing half-written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from iyem import conftest as state
from iyem.test_authority_command import folder
from sqlalchemy import select

from hub import limits
from hub.commands.importing import importing
from hub.commands.iyem import iyem
from hub.iyem import bulk
from hub.store import schema, verify
from hub.store.database import Database
from hub.store.personal import Keys
from hub.store.scope import current

__all__ = ["folder"]

HEADER = "DETSISNo;TCKimlikNo;Ad;Soyad;Baslama;Bitis;Tur"
CONTACT = "--given-name Ayşe --surname Örnek --work-phone 03120000000 --mobile-phone 05000000000 --email a@b.example"


def run(folder: Path, *arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(iyem, [*arguments, "--data", str(folder)], input=given)


def load(
    folder: Path, *rows: str, header: str = HEADER, options: tuple[str, ...] = (), institution: int = 30
) -> Result:
    file = folder / "managers.csv"
    file.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8-sig")
    return run(folder, "import", str(file), "--institution", str(institution), *options)


def row(unit: int, person: int, start: str = "2016-04-30T09:00", end: str = "", kind: str = "asil") -> str:
    return f"{unit};{state.tckn(person)};Ad{person};Soyad{person};{start};{end};{kind}"


@contextmanager
def opened(folder: Path) -> Iterator[Database]:
    database = Database.open(f"sqlite:///{folder / 'hub.sqlite'}", Keys.load(folder / "hub.key"))
    try:
        yield database
    finally:
        database.close()


def serial(folder: Path) -> int:
    with opened(folder) as database:
        return database.serial()


def old_names(folder: Path) -> int:
    with opened(folder) as database, database.read() as connection:
        table = schema.table_of(schema.LegacyManager)
        return len(connection.execute(select(table.c.id).where(current(schema.LegacyManager))).all())


@pytest.fixture
def town(folder: Path) -> Path:
    with opened(folder) as database, database.write(actor="test", origin="test") as change:
        for name in ("Eski Başkan", "Eski Müdür"):
            change.open(schema.LegacyManager, {"detsis_no": state.TOWN_BRANCH, "full_name": name, "title": None})
    return folder


def test_an_institution_is_recorded_in_one_transaction(town: Path) -> None:
    deputy = row(31, 53, "2016-05-01T00:00", "2016-05-02T09:00", "vekil")  # before the owner it acts for
    done = load(town, deputy, row(30, 51), row(31, 52, kind=""))
    assert done.exit_code == 0, done.output
    assert "3 kaydedilen" in done.stdout
    assert "2 eski ad silindi" in done.stdout
    assert old_names(town) == 0
    with opened(town) as database, database.read() as connection:
        assert verify.verify(connection, database.keys).outcome == "passed"
        changes = connection.execute(select(schema.table_of(schema.ChangeSet).c.origin)).scalars().all()
    assert changes.count("iyem-import:managers.csv") == 1
    again = load(town, row(30, 51))
    assert again.exit_code == 1
    assert "managers.csv:2: IYEM_13_OVERLAP" in again.stderr


def test_one_refused_row_refuses_all_and_removes_nothing(town: Path) -> None:
    before = serial(town)
    bad = [
        (row(30, 52), "IYEM_13_OVERLAP"),
        (row(12, 53), "IYEM_03_AREA"),
        (row(99, 53), "IYEM_01_UNIT"),
        (row(31, 53, "2016-04-30"), "IYEM_13_HOUR"),
        (row(31, 53, kind="müdür"), "IYEM"),
        (row(31, 53).replace(state.tckn(53), "12345678901"), "IYEM_15_CODE"),
        (row(31, 54, "2016-04-30T09:00", "2016-05-02T09:00", "vekil"), "IYEM_17_DEPUTY"),
        ("x;;;;;;", "IYEM"),
        ("99999999999999999999;;;;;;", "IYEM"),
    ]
    done = load(town, row(30, 51), *(text for text, _ in bad))
    assert done.exit_code == 1
    assert [line.split(": ")[1] for line in done.stderr.splitlines()] == [code for _, code in bad]
    assert [int(line.split(":")[1]) for line in done.stderr.splitlines()] == list(range(3, 3 + len(bad)))
    assert "0 kaydedilen" in done.stdout
    assert serial(town) == before
    assert old_names(town) == 2
    assert "12345678901" not in done.output
    assert all(state.tckn(person) not in done.output for person in range(51, 55))


def test_partial_records_the_rest_and_gives_no_code_to_the_refused(town: Path) -> None:
    done = load(town, row(30, 51), row(30, 52), row(31, 53), options=("--partial",))
    assert done.exit_code == 1
    assert "2 kaydedilen" in done.stdout
    assert old_names(town) == 0
    with opened(town) as database, database.read() as connection:
        names = connection.execute(select(schema.table_of(schema.Person).c.given_name)).scalars().all()
    assert sorted(names) == ["Ad1", "Ad51", "Ad53"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"DETSISNo;Baslama\n",
        b"DETSISNo;Baslama;Renk\n1;2;3\n",
        b"DETSISNo;DETSISNo;Baslama\n1;1;2\n",
        b"DETSISNo\n1\n",
        b"DETSISNo;Baslama\n1;2;3\n",
        b"DETSISNo;Baslama\n\x81;2\n",
        b'DETSISNo;Baslama\n1;"2\n',
        b"PK\x03\x04\x00\x00",
    ],
)
def test_an_unreadable_file_is_one_line_and_exit_code_2(folder: Path, content: bytes) -> None:
    file = folder / "managers.csv"
    file.write_bytes(content)
    done = run(folder, "import", str(file), "--institution", "30")
    assert done.exit_code == 2
    assert done.stderr.startswith("eyhub: IYEM_FILE: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_file_as_excel_saves_it_in_turkish_is_read(town: Path) -> None:
    """In Windows-1254 with semicolons, below the line that says so."""
    file = town / "managers.csv"
    rows = ["sep=;", HEADER, row(30, 51).replace("Soyad51", "Şığ"), row(12, 53), ""]
    file.write_bytes("\r\n".join(rows).encode("cp1254"))
    done = run(town, "import", str(file), "--institution", "30", "--partial")
    assert (done.exit_code, "1 kaydedilen" in done.stdout) == (1, True), done.output
    assert "managers.csv:4: IYEM_03_AREA" in done.stderr
    with opened(town) as database, database.read() as connection:
        names = connection.execute(select(schema.table_of(schema.Person).c.surname)).scalars().all()
    assert "Şığ" in names


def test_a_file_that_is_too_large_is_not_read(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "IYEM_FILE", 60)
    done = load(town, row(30, 51))
    assert (done.exit_code, done.stderr.startswith("eyhub: IYEM_FILE: ")) == (2, True)


def test_a_short_row_is_refused_and_no_crash(folder: Path) -> None:
    file = folder / "managers.csv"
    file.write_text("Baslama;DETSISNo\n2016-04-30T09:00\n", encoding="utf-8")
    done = run(folder, "import", str(file), "--institution", "30")
    assert (done.exit_code, "managers.csv:2: IYEM: DETSISNo" in done.stderr) == (1, True)


def workbook(path: Path, *rows: Sequence[object]) -> Path:
    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append(cells)
    book.create_sheet("Notlar").append(["dokunmayın"])
    book.save(path)
    return path


def test_a_workbook_is_recorded_like_a_csv_file(town: Path) -> None:
    header = ["DETSISNo", "TCKimlikNo", "Ad", "Soyad", "DogumTarihi", "Baslama", "Bitis", "Tur", None]
    file = workbook(
        town / "managers.xlsx",
        header,
        [30, int(state.tckn(51)), "Ayşe", "Örnek", date(1970, 1, 31), datetime(2016, 4, 30, 9), None, "asil"],
        [31, state.tckn(52), "Ali", "Örnek", "1971-02-01", "2016-04-30T00:00", None, None],
    )
    done = run(town, "import", str(file), "--institution", "30")
    assert done.exit_code == 0, done.output
    assert "2 kaydedilen" in done.stdout
    assert "2 eski ad silindi" in done.stdout
    with opened(town) as database, database.read() as connection:
        duty = schema.table_of(schema.Duty)
        starts = connection.execute(select(duty.c.valid_from).where(duty.c.detsis_no.in_((30, 31)))).scalars().all()
    assert sorted(starts) == [state.local("2016-04-30T00:00"), state.local("2016-04-30T09:00")]


def test_a_day_without_an_hour_is_refused_in_a_workbook_too(town: Path) -> None:
    file = workbook(
        town / "managers.xlsx",
        ["DETSISNo", "TCKimlikNo", "Ad", "Soyad", "Baslama"],
        [30, state.tckn(51), "Ayşe", "Örnek", date(2016, 4, 30)],
        [31, state.tckn(52), "Ali", "Örnek", datetime(2016, 4, 30, 9)],
    )
    done = run(town, "import", str(file), "--institution", "30")
    assert done.exit_code == 1
    assert "managers.xlsx:2: IYEM_13_HOUR" in done.stderr
    assert old_names(town) == 2


@pytest.mark.parametrize("title", ["#N/A", '=IF(A2=30,"Müdür","")'])
def test_a_cell_without_a_value_is_no_title(town: Path, title: str) -> None:
    """A formula whose value the file does not hold looks empty, an error of the spreadsheet like text."""
    file = workbook(
        town / "managers.xlsx",
        ["DETSISNo", "TCKimlikNo", "Ad", "Soyad", "Baslama", "Unvan"],
        [30, state.tckn(51), "Ayşe", "Örnek", datetime(2016, 4, 30, 9), title],
    )
    done = run(town, "import", str(file), "--institution", "30", "--partial")
    assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1)
    assert done.stderr.startswith("eyhub: IYEM_FILE: managers.xlsx: satır 2: ")


@pytest.mark.parametrize("content", [b"", b"DETSISNo;Baslama\n", b"PK\x03\x04\x00\x00"])
def test_a_broken_workbook_is_one_line_and_exit_code_2(folder: Path, content: bytes) -> None:
    file = folder / "managers.XLSX"
    file.write_bytes(content)
    done = run(folder, "import", str(file), "--institution", "30")
    assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1)
    assert done.stderr.startswith("eyhub: IYEM_FILE: ")


def test_the_report_names_what_is_short(folder: Path) -> None:
    before = run(folder, "report")
    assert before.exit_code == 1
    lines = before.stdout.splitlines()
    # institutions and civil authorities alike, a district governorate is no institution of its own
    assert [line.split()[1] for line in lines if line.startswith("no-yetkili")] == ["10", "20", "23", "30", "50"]
    assert "incomplete  30  2/2" in lines
    assert "incomplete  50  1/1" in lines
    assert run(folder, "officers", "grant", "yetkili", "30", "--tckn", state.tckn(1), *CONTACT.split()).exit_code == 0
    assert load(folder, row(30, 51), row(31, 52)).exit_code == 0
    lines = run(folder, "report").stdout.splitlines()
    assert "few-officers  30  yetkili  1" in lines
    assert "late-grant  1" in lines
    assert not any(line.startswith(("no-yetkili  30", "incomplete  30")) for line in lines)


def test_a_list_that_closes_a_unit_ends_its_duties(folder: Path) -> None:
    assert load(folder, row(30, 51), row(31, 52)).exit_code == 0
    with opened(folder) as database, database.write(actor="test", origin="test") as change:
        change.alter(schema.Unit, {"detsis_no": 31}, {"active": False, "operating": False, "external": False})
    table = folder / "kategoriler.csv"
    table.write_text("Kategori ID;Ad;Kayıt Tarihi\n7;ÖRNEK;2016-01-01\n", encoding="utf-8")
    done = CliRunner().invoke(importing, [str(table), "--data", str(folder)])
    assert done.exit_code == 0, done.output
    assert "kapanan birimlerde sona eren görev kaydı: 1" in done.stdout
    assert run(folder, "follow-closures").stdout == ""


def test_the_institution_must_be_one(folder: Path) -> None:
    for number in (31, 99):
        done = load(folder, row(30, 51), institution=number)
        assert (done.exit_code, done.stderr.split(":")[1].strip()) == (1, "IYEM_01_UNIT")


def test_officers_are_granted_listed_and_withdrawn(folder: Path) -> None:
    for person in (61, 62):
        done = run(
            folder, "officers", "grant", "yetkili", "11", "--tckn", "-", *CONTACT.split(), given=state.tckn(person)
        )
        assert done.exit_code == 0, done.output
    refused = run(folder, "officers", "withdraw", "1")
    assert (refused.exit_code, refused.stderr.split(":")[1].strip()) == (1, "IYEM_04_PLACE")
    replaced = run(folder, "officers", "withdraw", "1", "--tckn", "-", *CONTACT.split(), given=state.tckn(63))
    assert (replaced.exit_code, replaced.stdout) == (0, "3\n")
    listed = run(folder, "officers", "list", "11")
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["2", "3"]
    assert run(folder, "officers", "list", "12").exit_code == 1
    assert run(folder, "officers", "grant", "gorevli", "11", *CONTACT.split()).exit_code == 1
    assert run(folder, "queue", "1").exit_code == 1
    queue = run(folder, "queue", "2")
    assert queue.exit_code == 0
    assert "first-record  13  YAZILIM ŞUBE MÜDÜRLÜĞÜ" in queue.stdout


def test_missing_units_and_closures(folder: Path) -> None:
    assert run(folder, "missing", "--institution", "30").exit_code == 1
    assert run(folder, "missing", "--institution", "99").exit_code == 1
    assert load(folder, row(30, 51), row(31, 52)).exit_code == 0
    assert run(folder, "missing", "--institution", "30").exit_code == 0
    assert run(folder, "follow-closures").stdout == ""
    with opened(folder) as database, database.write(actor="test", origin="test") as change:
        change.alter(schema.Unit, {"detsis_no": 31}, {"active": False, "operating": False, "external": False})
    assert run(folder, "follow-closures").stdout == "3\n"


def test_all_columns_are_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "iyem.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in (*bulk.COLUMNS, *filter(None, bulk.KINDS)))
