"""The tables that CSV and XLSX files may hold: which facts, which columns, and what a cell's text means.

Columns follow from the store's own tables; only what people call them is stated here. A header may be the Turkish name,
or the field's own; case, Turkish letters, blanks and underscores do not matter.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Boolean, Date, Integer, LargeBinary

from hub import clock, limits
from hub.errors import HubError
from hub.mirror import people
from hub.mirror.source import Facts, ImportFileError, broken
from hub.registry import rows
from hub.registry.rows import line
from hub.store import schema
from hub.store.change import shape
from hub.store.personal import Keys, Tckn
from hub.store.schema import Fact, table_of
from hub.store.types import Instant
from hub.turkish import fold

_DETSIS: Final = "DETSİS No"
HEADERS: Final[Mapping[str, str]] = {
    "detsis_no": _DETSIS,
    "name": "Ad",
    "parent_no": "Üst Birim DETSİS No",
    "second_parent_no": "İkinci Üst Birim DETSİS No",
    "main_no": "Ana Kurum DETSİS No",
    "place_id": "Yer ID",
    "type1_id": "Kategori ID",
    "type2_id": "Statü ID",
    "type3_id": "Tür ID",
    "level": "Seviye",
    "active": "Aktif",
    "operating": "Faal",
    "external": "Dış Yazışma Muhatabı",
    "address": "Adres",
    "register_no": "Kütük No",
    "successor_no": "Yerine Geçen DETSİS No",
    "entry_id": "Kayıt ID",
    "plural": "Çoğul Adı",
    "parent_id": "Üst ID",
    "opens_type2_id": "Açılacak Statü ID",
    "recorded_at": "Kayıt Tarihi",
    "addressee_add": "Eklenecek Muhatap Bölümü",
    "addressee_cut": "Kesilecek Muhatap Bölümü",
    "used": "Kullanılıyor",
    "place_code": "Yer Kodu",
    "province_code": "İl Kodu",
    "province_name": "İl Adı",
    "kind_id": "Tip ID",
    "kind": "Tip",
    "phone_code": "Telefon Alan Kodu",
    "value": "İletişim Bilgisi",
    "label": "Açıklama",
    "rank": "Sıra",
    "status": "Durum",
    "der": "Sertifika (base64)",
    "uploaded_at": "Yüklenme Tarihi",
    "updated_at": "Güncelleme Tarihi",
    "owner_no": "Sertifika Sahibi DETSİS No",
    "version": "Sürüm",
    "number": "Numara",
    "budget_kind_id": "Bütçe Türü ID",
    "budget_kind": "Bütçe Türü",
    "legal_personality_id": "Tüzel Kişilik ID",
    "legal_personality": "Tüzel Kişilik",
    "code": "Kod",
    "code_id": "Kod ID",
    "main_code": "Ana Kod",
    "sub_code1": "Alt Kod 1",
    "sub_code2": "Alt Kod 2",
    "sub_code3": "Alt Kod 3",
    "topic": "Konu",
    "retention_period": "Saklama Süresi",
    "retention_time": "Saklama Zamanı",
    "retention_code": "Saklama Kodu",
    "footnote": "Dipnot",
    "note": "Not",
    "group_start": "Grup Başlangıcı",
    "group_end": "Grup Bitişi",
    "service_id": "Hizmet No",
    "document_id": "Belge No",
    "requested": "İstenen",
    "legislation_id": "Mevzuat ID",
    "dated": "Tarih",
    "gazette_number": "Resmî Gazete Sayısı",
    "gazette_date": "Resmî Gazete Tarihi",
    "officer_id": "Yetkili No",
    "given_name": "Adı",
    "surname": "Soyadı",
    "phone": "Telefon",
    "email": "E-posta",
    "role": "Yetkisi",
    "tckn": "T.C. Kimlik No",
    "birth": "Doğum Tarihi",
    "duty_no": "Görev No",
    "title": "Unvan",
    "legal_basis": "Hukuki Dayanak",
    "kind_text": "Görev Türü",
    "deputy_text": "Vekâlet Türü",
    "for_duty_no": "Vekâlet Edilen Görev No",
    "starts": "Başlama Zamanı",
    "ends": "Bitiş Zamanı",
    "full_name": "Adı Soyadı",
}
_OWN_HEADERS: Final[Mapping[tuple[type[Fact], str], str]] = {
    (schema.Person, "code"): "T.C. Yönetici Kodu",
    (schema.Duty, "code"): "T.C. Yönetici Kodu",
    (schema.Duty, "kind"): "Görev (asil, vekil, vekaleten)",
    (schema.Contact, "kind"): "İletişim Tipi (1 web, 2 e-posta, 4 telefon, 5 faks)",
    (schema.KepAddress, "address"): "KEP Adresi",
    (schema.KepAddress, "kind"): "KEP Tipi",
    (schema.Legislation, "kind_id"): "Tür ID",
    (schema.Legislation, "kind"): "Tür",
    (schema.Document, "kind"): "Belge Türü",
}
_DUTY_KINDS: Final[Mapping[str, schema.DutyKind]] = {
    "asil": schema.DutyKind.OWNER,
    "vekil": schema.DutyKind.DEPUTY,
    "vekaleten": schema.DutyKind.ACTING,
    **{kind.value: kind for kind in schema.DutyKind},
}
NAMES: Final[Mapping[str, tuple[str, type[Fact]]]] = {
    "kategoriler": ("categories", schema.Type1),
    "statuler": ("statuses", schema.Type2),
    "turler": ("kinds", schema.Type3),
    "yerler": ("places", schema.Place),
    "birimler": ("units", schema.Unit),
    "birim_turleri": ("unit_kinds", schema.UnitType3),
    "butceler": ("budgets", schema.Budget),
    "iletisim": ("contacts", schema.Contact),
    "kep": ("kep_addresses", schema.KepAddress),
    "sertifikalar": ("certificates", schema.Certificate),
    "sertifika_sahipligi": ("certificate_owners", schema.CertificateOwnership),
    "eyp_surumleri": ("package_versions", schema.PackageVersion),
    "tebligat": ("notification_numbers", schema.NotificationNumber),
    "sdp": ("file_plan", schema.FilePlanCode),
    "hizmetler": ("services", schema.Service),
    "belgeler": ("documents", schema.Document),
    "mevzuat": ("legislation", schema.Legislation),
    "yetkililer": ("officers", schema.DetsisOfficer),
    "yoneticiler": ("managers", schema.Person),
    "gorevler": ("duties", schema.Duty),
}
"""Tables in the order in which they are imported together: Turkish name, English name, kind of fact."""

_LEFT_OUT: Final = frozenset(
    {"fingerprint", "not_before", "not_after", "tckn_sealed", "tckn_lookup", "birth_sealed", "late", "closed_at"}
    | {"recorder"}
)
_MORE: Final[Mapping[type[Fact], tuple[str, ...]]] = {schema.Person: ("tckn", "birth"), schema.Duty: ("starts", "ends")}
_OPTIONAL: Final = frozenset({"updated_at", "recorded_at", "duty_no", "code_id", "main_code", "tckn", "birth", "ends"})
_TRUE: Final = frozenset({"1", "true", "evet", "e", "dogru", "x"})
_FALSE: Final = frozenset({"0", "false", "hayir", "h", "yanlis", ""})
_FILE_CODE: Final = re.compile(r"[0-9]{3}(?:\.[0-9]{2}){0,3}")
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    field: str
    header: str
    required: bool
    read: Callable[[str], Any]
    what: str
    """What its cells hold, in Turkish."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table that a file may hold."""

    name: str
    english: str
    kind: type[Fact]
    columns: tuple[Column, ...]

    def matched(self, header: Sequence[str]) -> dict[int, Column]:
        """The column at each place of a file's header row. Raises :class:`~hub.mirror.source.ImportFileError` for
        an unknown, doubled or missing column."""
        known = {_plain(name): column for column in self.columns for name in (column.field, column.header)}
        found: dict[int, Column] = {}
        for place, title in enumerate(header):
            if not title.strip():
                continue
            column = known.get(_plain(title))
            if column is None:
                raise ImportFileError(f"{self.name}: bilinmeyen sütun: {title.strip()[:60]}")
            if column in found.values():
                raise ImportFileError(f"{self.name}: sütun iki kez var: {column.header}")
            found[place] = column
        missing = [column.header for column in self.columns if column.required and column not in found.values()]
        if missing:
            raise ImportFileError(f"{self.name}: eksik sütun: {', '.join(missing)}")
        return found

    def facts(self, cells: Mapping[Column, str], keys: Keys, rank: Callable[[int, int], int]) -> Facts:
        """The facts of one row. Raises :class:`~hub.errors.HubError` with the reason for a row that cannot be taken;
        ``rank`` gives a contact entry its place where the file has none."""
        values: dict[str, Any] = {}
        for column, text in cells.items():
            text = text.strip()
            if not text and column.required:
                raise rows.RefusedError(f"{column.header} boş.")
            if broken(text):
                raise rows.RefusedError(
                    f"{column.header}: hücrede değer değil, hata ya da hesaplanmamış formül var ({text})."
                )
            try:
                values[column.field] = column.read(text) if text else None
            except ValueError:
                raise rows.RefusedError(f"{column.header}: {column.what} olmalı.") from None
        return _made(self.kind, values, keys, rank)

    def owner(self, cells: Mapping[Column, str]) -> int | None:
        """Whose entry a row is that could not be taken; None where its cell does not tell."""
        for column, text in cells.items():
            if column.field == self.kind.key[0]:
                try:
                    return int(column.read(text.strip()))
                except (ValueError, TypeError, HubError):
                    return None
        return None


def _made(kind: type[Fact], values: dict[str, Any], keys: Keys, rank: Callable[[int, int], int]) -> Facts:
    given = {name: value for name, value in values.items() if value is not None}
    told = {*given, *(values.keys() & _emptied(kind))}
    if kind is schema.Unit:
        return _only(rows.unit(**given), {*told, "folded_name"})
    if kind is schema.Contact:
        place = given.pop("rank", None)
        made = _only(rows.contact(**given), told)
        return made | {"rank": rank(made["detsis_no"], made["kind"]) if place is None else place}
    if kind is schema.KepAddress:
        return _only(rows.kep(**given), {*told, "folded_address"})
    if kind is schema.Certificate:
        derived = {"fingerprint", "not_before", "not_after", "updated_at"}
        return _only(rows.certificate(**given), {*told, *derived})
    if kind is schema.Legislation:
        return _only(rows.legislation(**given), {*told, "folded_name"})
    if kind is schema.Person:
        return people.person(keys, **given)
    if kind is schema.Duty:
        starts, ends = values.pop("starts"), values.pop("ends", None)
        held = _DUTY_KINDS.get(fold(values["kind"]))
        if held is None:
            raise rows.RefusedError("Görev asil, vekil ya da vekaleten olmalı.")
        return {**values, "kind": held, "valid_from": starts, "valid_to": ends}
    if kind is schema.FilePlanCode:
        return _file_plan(values)
    for name in ("detsis_no", "owner_no"):
        if name in values:
            rows.detsis_number(values[name])
    may_lack = _defaulted(kind) | {"recorded_at"}
    return {name: value for name, value in values.items() if value is not None or name not in may_lack}


def _file_plan(values: dict[str, Any]) -> Facts:
    rows.detsis_number(values["detsis_no"])
    if _FILE_CODE.fullmatch(values["code"]) is None:  # a spreadsheet that took 010.10 for a number has 10.1
        raise rows.RefusedError("Dosya planı kodu 105.01.01 biçiminde olmalı; sütunu metin olarak biçimlendirin.")
    parts: list[str | None] = [*values["code"].split(".")]
    parts += [None] * (4 - len(parts))
    names = ("main_code", "sub_code1", "sub_code2", "sub_code3")
    values |= {name: values.get(name) or part for name, part in zip(names, parts, strict=True)}
    values["code_id"] = values.get("code_id") or int(re.sub(r"\D", "", values["code"]) or 0) % 2**31
    return {name: value for name, value in values.items() if value is not None or name not in ("active", "kind")}


def _only(made: Facts, names: set[str]) -> Facts:
    """``made`` without what the file has no column for, so that what is known of it stays."""
    return {name: value for name, value in made.items() if name in names}


@cache
def _emptied(kind: type[Fact]) -> frozenset[str]:
    """Fields of which an empty cell says that there is none; of the others it says nothing."""
    return frozenset({c.name for c in table_of(kind).columns if c.nullable} | {"second_parent_no"})


@cache
def _defaulted(kind: type[Fact]) -> frozenset[str]:
    return frozenset(c.name for c in table_of(kind).columns if c.default is not None)


# Columns -----------------------------------------------------------------------------------------------------------


@cache
def tables() -> Mapping[str, Table]:
    """Every table by its Turkish name."""
    return {name: Table(name, english, kind, _columns(kind)) for name, (english, kind) in NAMES.items()}


def table_named(text: str) -> Table | None:
    """The table that a file or sheet called ``text`` holds: its name, or what the name begins with."""
    plain = _plain(text)
    named = {_plain(name): table for table in tables().values() for name in (table.name, table.english)}
    fitting = [name for name in named if plain.startswith(name)]
    return named[max(fitting, key=len)] if fitting else None


def _columns(kind: type[Fact]) -> tuple[Column, ...]:
    form, held = shape(kind), table_of(kind).columns
    done = []
    for name in form.facts:
        if name in _LEFT_OUT or held[name].info.get("derived"):
            continue
        read, what = _reader(held[name].type)
        done.append(
            _column(
                kind, name, not held[name].nullable and held[name].default is None and name not in _OPTIONAL, read, what
            )
        )
    for name in _MORE.get(kind, ()):
        read, what = {"tckn": (_tckn, "11 haneli geçerli bir T.C. kimlik no"), "birth": (_day, _DAY)}.get(
            name, (_hour, _TIME)
        )
        done.append(_column(kind, name, name == "starts", read, what))
    return tuple(done)


def _column(kind: type[Fact], name: str, required: bool, read: Callable[[str], Any], what: str) -> Column:
    return Column(name, _OWN_HEADERS.get((kind, name)) or HEADERS[name], required, read, what)


_DAY: Final = "2025-01-31 ya da 31.01.2025 gibi bir tarih"
_TIME: Final = "2025-01-31 09:30 ya da 31.01.2025 09:30 gibi bir tarih ve saat (Türkiye saati)"


def _reader(kind: object) -> tuple[Callable[[str], Any], str]:
    if isinstance(kind, Boolean):
        return _truth, "evet ya da hayır"
    if isinstance(kind, Integer):
        return _integer, "tam sayı"
    if isinstance(kind, Instant):
        return _instant, _TIME
    if isinstance(kind, Date):
        return _day, _DAY
    if isinstance(kind, LargeBinary):
        return _bytes, "base64"
    return _text, "metin"


def _truth(text: str) -> bool:
    plain = fold(text)
    if plain in _TRUE:
        return True
    if plain in _FALSE:
        return False
    raise ValueError(text)


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError(text)
    number = int(text)
    if not -(2**31) <= number < 2**31:
        raise ValueError(text)
    return number


def _text(text: str) -> str | None:
    return line(text, limits.REGISTRY_TEXT)


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        raise ValueError(text) from None


def _tckn(text: str) -> Tckn:
    return Tckn(text)


def _day(text: str) -> date:
    return _wall(text).date()


def _instant(text: str) -> datetime:
    return clock.from_local(_wall(text))


def _hour(text: str) -> datetime:
    """A taking up or leaving, which is told with its hour (İYEM principle 13)."""
    if ":" not in text:
        raise ValueError(text)
    return _instant(text)


def _wall(text: str) -> datetime:
    """A date or moment in ISO form, or as Türkiye writes it (day first)."""
    if match := re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(.*)", text):
        day, month, year, rest = match.groups()
        text = f"{year}-{int(month):02}-{int(day):02}{rest}"
    return datetime.fromisoformat(text)


def _plain(text: str) -> str:
    return "".join(c for c in fold(text.partition("(")[0]) if c.isalnum())
