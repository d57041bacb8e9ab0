"""CSV and XLSX files as sources: one table a CSV file, one table a sheet of a workbook, read row by row.

CSV is read by :mod:`hub.mirror.delimited`. A workbook is a ZIP container: its entries, sizes and names are checked
before anything of it is read, and no part of it may declare a document type.
"""

from __future__ import annotations

import csv
import re
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

import openpyxl

from hub import limits
from hub.errors import HubError
from hub.mirror import delimited
from hub.mirror.delimited import Progress
from hub.mirror.source import NOT_CALCULATED, ImportFileError, Plan, Refusal, Row, Vanishing
from hub.mirror.tables import NAMES, Table, table_named
from hub.store import schema
from hub.store.personal import Keys

_FORMULA: Final = re.compile(rb"<(?:\w{1,8}:)?f[\s/>]")


class TableSource:
    """One table of a file. ``full``: the file holds the whole table, so what it does not name is gone."""

    def __init__(self, path: Path, sheet: str | None, table: Table, keys: Keys, *, full: bool, orphans: bool) -> None:
        self.path = path
        self._sheet = sheet
        self._table = table
        self._keys = keys
        self._full = full
        self._orphans = orphans
        self.label = table.name

    def rows(self, progress: Progress) -> Iterator[Row | Refusal]:
        """The facts of every row below the header."""
        cells = (
            delimited.cells(self.path, progress) if self._sheet is None else _sheet(self.path, self._sheet, progress)
        )
        with closing(cells):
            _, header = next(cells, (1, ()))
            try:
                columns = self._table.matched(header)
            except ImportFileError as error:
                raise ImportFileError(f"{self.path.name}: {error.message}") from None
            order: dict[tuple[int, int], int] = {}

            def rank(number: int, kind: int) -> int:
                place = order[number, kind] = order.get((number, kind), -1) + 1
                return place

            for line, values in cells:
                if not any(value.strip() for value in values):
                    continue
                place = f"satır {line}" if self._sheet is None else f"{self._sheet} sayfası, satır {line}"
                named = {column: values[at] if at < len(values) else "" for at, column in columns.items()}
                if len(values) > len(header) and any(value.strip() for value in values[len(header) :]):
                    yield Refusal(line, place, "Satırda başlıktan çok sütun var.", self._table.owner(named))
                    continue
                try:
                    facts = self._table.facts(named, self._keys, rank)
                except HubError as error:
                    yield Refusal(line, place, error.message, self._table.owner(named))
                    continue
                yield Row(line, place, self._table.kind, facts)

    def plan(self) -> Plan:
        """What a whole table closes; units are shut, duties are never ended by being left out."""
        kind = self._table.kind
        if not self._full or kind in {schema.Duty, schema.Person}:
            return Plan(orphans=self._orphans)
        if kind is schema.Unit:
            shut = {"active": False, "operating": False, "external": False}
            return Plan([Vanishing(kind, (schema.Unit.active.is_(True),), shut)], self._orphans)
        if kind is schema.Certificate:
            return Plan([Vanishing(kind, (kind.active.is_(True),), {"active": False})], self._orphans)
        return Plan([Vanishing(kind)], self._orphans)


def table_sources(
    path: Path, keys: Keys, *, table: str | None = None, full: bool = False, orphans: bool = False
) -> list[TableSource]:
    """The tables that the file holds, by its name or its sheets' names, or by ``table``.

    Raises :class:`~hub.mirror.source.ImportFileError` for a file that holds none.
    """
    if path.suffix.lower() == ".csv":
        return [TableSource(path, None, _named(table or path.stem, path), keys, full=full, orphans=orphans)]
    _guard(path)
    found = []
    with closing(_workbook(path)) as book:
        names = [str(name) for name in book.sheetnames]
    for name in names:
        if table is None and table_named(name) is None and len(names) > 1:
            continue  # notes and the like beside the tables
        source = _named(table or (name if table_named(name) else path.stem), path)
        found.append(TableSource(path, name, source, keys, full=full, orphans=orphans))
    if not found:
        raise ImportFileError(f"{path.name}: sayfa adlarından hiçbiri bir tablo adı değil")
    return found


def _named(text: str, path: Path) -> Table:
    found = table_named(text)
    if found is None:
        raise ImportFileError(
            f"{path.name}: hangi tablo olduğu adından anlaşılmıyor; --table ile belirtin: {', '.join(NAMES)}"
        )
    return found


# XLSX --------------------------------------------------------------------------------------------------------------


def _workbook(path: Path, *, formulas: bool = False) -> Any:
    """The workbook with the values of its cells, or with ``formulas`` in their place."""
    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=not formulas, keep_links=False)
    except Exception as error:  # the library raises whatever a broken part makes it raise
        raise ImportFileError(f"{path.name}: çalışma kitabı okunamıyor ({type(error).__name__})") from None


def first_sheet(path: Path) -> Generator[tuple[int, Sequence[str]], None, None]:
    """The rows of a workbook's first sheet with their lines, as text. A cell that holds a day and no hour is a day.

    Raises :class:`~hub.mirror.source.ImportFileError`.
    """
    _guard(path)
    with closing(_workbook(path)) as book:
        name = str(book.sheetnames[0]) if book.sheetnames else ""
    yield from _sheet(path, name, lambda _: None, _day_or_moment)


def _day_or_moment(value: object) -> str:
    """A workbook keeps a day as its midnight."""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return _cell(value)


def _sheet(
    path: Path, name: str, progress: Progress, cell: Callable[[object], str] | None = None
) -> Generator[tuple[int, Sequence[str]], None, None]:
    formulas = _guard(path)
    with ExitStack() as opened:
        book = opened.enter_context(closing(_workbook(path)))
        other = opened.enter_context(closing(_workbook(path, formulas=True))) if formulas else None
        try:
            rows = _rows(book[name]) if other is None else _values(book[name], other[name])
            for line, row in enumerate(rows, 1):
                if line > limits.SHEET_ROWS:
                    raise ImportFileError(f"{path.name}: sayfada izin verilenden çok satır var")
                yield line, list(map(cell or _cell, row))
        except ImportFileError:
            raise
        except Exception as error:  # as above
            raise ImportFileError(f"{path.name}: sayfa okunamıyor ({type(error).__name__})") from None
    progress(path.stat().st_size)


def _rows(sheet: Any, *, values_only: bool = True) -> Iterator[Sequence[Any]]:
    sheet.reset_dimensions()  # rows beyond the size that the file states for itself would be passed over
    yield from sheet.iter_rows(max_col=limits.IMPORT_COLUMNS, values_only=values_only)


def _values(sheet: Any, formulas: Any) -> Iterator[Sequence[Any]]:
    """The rows of a sheet that holds formulas: a formula whose value the file does not hold (programs that write
    workbooks leave that to the spreadsheet) is no empty cell. A text that came out empty is one."""
    for row, other in zip(_rows(sheet, values_only=False), _rows(formulas), strict=True):
        yield [
            NOT_CALCULATED if shown.value is None and formula is not None and shown.data_type != "str" else shown.value
            for shown, formula in zip(row, other, strict=True)
        ]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def _guard(path: Path) -> bool:
    """Refuse a container that is not what it says: too many entries, odd names, forged or bombing sizes, a document
    type in any XML part. Every byte is counted as it is inflated; nothing is written anywhere. Returns whether a sheet
    holds a formula."""
    formulas = False
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if len(entries) > limits.SHEET_ENTRIES or len(names) != len(entries):
                raise ImportFileError(f"{path.name}: arşivde çok fazla ya da yinelenen girdi var")
            if "xl/workbook.xml" not in names:
                raise ImportFileError(f"{path.name}: dosya bir XLSX çalışma kitabı değil")
            total = 0
            for entry in entries:
                size, formula = _inflated(archive, entry, path)
                total, formulas = total + size, formulas or formula
                if total > limits.SHEET_BYTES:
                    raise ImportFileError(f"{path.name}: çalışma kitabı açıldığında izin verilenden büyük")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
        raise ImportFileError(f"{path.name}: dosya bir XLSX çalışma kitabı değil ya da bozuk") from None
    return formulas


def _inflated(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> tuple[int, bool]:
    name = entry.filename
    if entry.flag_bits & 1 or name.startswith(("/", "\\")) or ".." in name.split("/") or "\\" in name or ":" in name:
        raise ImportFileError(f"{path.name}: arşivde şifreli ya da adı güvenli olmayan bir girdi var")
    sheet = name.startswith("xl/worksheets/") or name == "xl/sharedStrings.xml"
    most = limits.SHEET_BYTES if sheet else limits.SHEET_SMALL
    size, tail, formula = 0, b"", False
    with archive.open(entry) as part:
        while block := part.read(limits.ZIP_CHUNK):
            size += len(block)
            packed = max(entry.compress_size, 1)
            bomb = size > limits.ZIP_RATIO_FLOOR and size > packed * limits.ZIP_RATIO
            if size > most or bomb:
                raise ImportFileError(f"{path.name}: arşivdeki bir girdi izin verilenden çok büyüyor")
            if name.endswith((".xml", ".rels", ".vml")) and _declares(tail + block):
                raise ImportFileError(f"{path.name}: belge türü bildirimi (DOCTYPE) kabul edilmez")
            formula = formula or (sheet and _FORMULA.search(tail + block) is not None)
            tail = block[-16:]
    return size, formula


def _declares(data: bytes) -> bool:
    """Whether a document type or entity is declared, in UTF-8 or UTF-16."""
    plain = data.replace(b"\0", b"")
    return b"<!DOCTYPE" in plain or b"<!ENTITY" in plain


def write_templates(folder: Path) -> list[Path]:
    """An empty CSV file for each table, with its header row, and one workbook with all; their paths."""
    from hub.mirror.tables import tables

    folder.mkdir(parents=True, exist_ok=True)
    done = []
    book = openpyxl.Workbook()
    book.remove(book.active)
    for table in tables().values():
        header = [column.header for column in table.columns]
        file = folder / f"{table.name}.csv"
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            csv.writer(out, delimiter=";", lineterminator="\r\n").writerow(header)
        done.append(file)
        book.create_sheet(table.name).append(header)
    workbook = folder / "tablolar.xlsx"
    book.save(workbook)
    return [*done, workbook]
