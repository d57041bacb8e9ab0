"""Recording many managers at once from a table: an institution's first definition (principles 11, 12 and 13).

All rows are recorded in one transaction, and by default only if none is refused: the first record removes the names
that KAYSİS held for the institution, and a file that is refused removes nothing. With ``partial`` the rows that can be
recorded are, and the others are told.

The columns stand in ``docs/iyem.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import Connection

from hub.errors import HubError
from hub.iyem import places, register
from hub.iyem.errors import IyemError, OutsideAreaError, UnitNotInDetsisError
from hub.iyem.officers import Actor
from hub.iyem.register import Manager, Post
from hub.store.change import Change
from hub.store.database import Database
from hub.store.errors import StoreError
from hub.store.personal import Keys
from hub.store.schema import DutyKind
from hub.turkish import lower

REQUIRED: Final = ("DETSISNo", "Baslama")
COLUMNS: Final = (
    *REQUIRED,
    "TCKimlikNo",
    "YoneticiKodu",
    "Ad",
    "Soyad",
    "DogumTarihi",
    "Bitis",
    "Tur",
    "Unvan",
    "HukukiDayanak",
    "GorevTuru",
    "VekaletTuru",
)
KINDS: Final[Mapping[str, DutyKind]] = {
    "": DutyKind.OWNER,
    "asil": DutyKind.OWNER,
    "vekil": DutyKind.DEPUTY,
    "vekaleten": DutyKind.ACTING,
}
_ORDER: Final = {DutyKind.OWNER: 0, DutyKind.ACTING: 0, DutyKind.DEPUTY: 1}


class BulkFileError(IyemError):
    """A file that cannot be read, or holds no table of managers: an unknown, doubled or missing column, no rows."""

    code = "IYEM_FILE"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not recorded."""

    line: int
    """Line of the file, the header being line 1."""
    code: str
    """Of the error, for example ``IYEM_13_OVERLAP``."""
    reason: str
    """In Turkish; holds no identity number."""


@dataclass(slots=True)
class Outcome:
    """What became of a file."""

    rows: int = 0
    recorded: int = 0
    """0 where the file was refused as a whole."""
    late: int = 0
    legacy_removed: int = 0
    serial: int = 0
    """Of the last change; 0 where nothing was recorded."""
    refused: list[Refusal] = field(default_factory=list)
    """By line."""


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    manager: Manager
    post: Post
    start: str
    end: str


class _TakeBackError(Exception):
    """Takes the transaction back."""


def record_file(
    database: Database,
    keys: Keys,
    actor: Actor,
    name: str,
    cells: Iterable[tuple[int, Sequence[str]]],
    institution: int,
    *,
    partial: bool = False,
) -> Outcome:
    """Record the managers of a table, all units of which belong to ``institution`` (a DETSİS number).

    ``cells`` are the rows with their lines, the header first, ``name`` the file's for the journal.
    ``partial``: record what can be recorded; otherwise one refused row refuses the file, and nothing is written. A row
    that only the store refuses (a text that no field holds) always refuses the file.
    Deputies are recorded after owners and acting heads, whatever the order of the rows. Raises
    :class:`BulkFileError` for a table that is none of managers, :class:`~hub.iyem.errors.UnitNotInDetsisError` for an
    institution that is not in DETSİS, and what reading ``cells`` raises.
    """
    outcome = Outcome()
    rows: list[_Row] = []
    for line, values in _lines(cells):
        outcome.rows += 1
        try:
            rows.append(_row(line, values))
        except HubError as error:
            outcome.refused.append(Refusal(line, error.code, error.message))
    if not outcome.rows:
        raise BulkFileError("Dosyada kayıt yok.")
    rows.sort(key=lambda row: (_ORDER[row.post.kind], row.line))
    try:
        with database.write(actor=actor.name, origin=f"iyem-import:{name}") as change:
            check_institution(change.connection, institution)
            before = change.serial
            for row in rows:
                _record(change, keys, actor, row, institution, outcome)
            if outcome.refused and not partial:
                raise _TakeBackError
            outcome.serial = change.serial if change.serial != before else 0
    except _TakeBackError:
        outcome.recorded = outcome.late = outcome.legacy_removed = 0
    outcome.refused.sort(key=lambda refusal: refusal.line)
    return outcome


def _record(change: Change, keys: Keys, actor: Actor, row: _Row, institution: int, outcome: Outcome) -> None:
    """One row. What İYEM refuses, it refuses before it writes; any other refusal takes the whole file back."""
    try:
        found = places.standing(change.connection, row.post.unit_no)
        if found is not None and found.main_no != institution:
            raise OutsideAreaError(f"{row.post.unit_no} numaralı birim bu kurumun değil.")
        start = register.parse_instant(row.start)
        end = register.parse_instant(row.end) if row.end else None
        done = register.record(change, keys, actor, row.manager, row.post, start, end)
    except IyemError as error:
        outcome.refused.append(Refusal(row.line, error.code, error.message))
        return
    except StoreError as error:
        outcome.refused.append(Refusal(row.line, error.code, error.message))
        raise _TakeBackError from None
    outcome.recorded += 1
    outcome.late += done.late
    outcome.legacy_removed += done.legacy_removed


def check_institution(connection: Connection, institution: int) -> None:
    """Raises :class:`~hub.iyem.errors.UnitNotInDetsisError` for a number that is no main institution's."""
    found = places.standing(connection, institution)
    if found is None:
        raise UnitNotInDetsisError(f"{institution} numaralı kurum DETSİS'te yok.")
    if found.main_no != institution:
        raise UnitNotInDetsisError(f"{institution} numaralı birim bir ana kurum değil; kurumu {found.main_no}.")


def _lines(rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows below the header by column, with their lines; empty ones are passed over."""
    found = iter(rows)
    header = [name.strip() for name in next(found, (1, ()))[1]]
    while header and not header[-1]:
        header.pop()  # a workbook's rows are as wide as its widest
    _check_header(header)
    for line, values in found:
        if any(value.strip() for value in values):
            if len(values) > len(header) and any(value.strip() for value in values[len(header) :]):
                raise BulkFileError(f"Satır {line}: başlıktan çok sütun var.")
            yield line, {name: value.strip() for name, value in zip(header, values, strict=False)}


def _check_header(header: Sequence[str]) -> None:
    for name in header:
        if name not in COLUMNS:
            raise BulkFileError(f"Bilinmeyen sütun: {name[:40]!r}.")
        if header.count(name) > 1:
            raise BulkFileError(f"Sütun iki kez var: {name}.")
    for name in REQUIRED:
        if name not in header:
            raise BulkFileError(f"Eksik sütun: {name}.")


def _row(line: int, values: Mapping[str, str]) -> _Row:
    kind = KINDS.get(lower(values.get("Tur", "")).replace("â", "a"))
    if kind is None:
        raise IyemError("Tur yalnızca asil, vekil ya da vekaleten olabilir.")
    code = values.get("YoneticiKodu")
    manager = Manager(
        code=_number("YoneticiKodu", code) if code else None,
        tckn=values.get("TCKimlikNo") or None,
        given_name=values.get("Ad", ""),
        surname=values.get("Soyad", ""),
        birth=_date(values.get("DogumTarihi", "")),
    )
    post = Post(
        _number("DETSISNo", values.get("DETSISNo", "")),
        kind,
        values.get("Unvan") or None,
        values.get("HukukiDayanak") or None,
        values.get("GorevTuru") or None,
        values.get("VekaletTuru") or None,
    )
    return _Row(line, manager, post, values.get("Baslama", ""), values.get("Bitis", ""))


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) < 2**31):
        raise IyemError(f"{name} bir sayı olmalı.")
    return int(text)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise IyemError("DogumTarihi okunamadı; örnek: 1970-01-31.") from None
