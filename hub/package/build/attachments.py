"""Üst Yazı, attachments and references of a description: files found, names encoded, what is left out filled in."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hub import limits
from hub.package.build import checks, names
from hub.package.build.problems import Problems

ETIKETLER: Final = "abcçdefgğhıijklmnoöprsştuüvyz"
"""Labels of references in their order."""

_MIME: Final[Mapping[str, str]] = {
    # what the platform's tables lack or disagree on; the rest is asked of :mod:`mimetypes` without the system's files
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".xml": "application/xml",
    ".zip": "application/zip",
    ".eyp": "application/eyazisma",
    ".eypg": "application/eyazisma",
}
_TABLE: Final = mimetypes.MimeTypes(filenames=())

_WORD: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_MEDIA_TYPE: Final = re.compile(rf'{_WORD}/{_WORD}(?:; ?{_WORD}=(?:{_WORD}|"[ !#-\[\]-~]*"))*')
"""A media type of RFC 9110 8.3.1. It becomes the part's content type; OPC readers refuse a package with any other."""

_BOOLEANS: Final[Mapping[Any, bool]] = {"true": True, "1": True, "false": False, "0": False}
"""The values of xsd:boolean, as a package that was read has them."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes into the package."""

    identifier: str
    """GUID of the Ek; empty for Üst Yazı."""
    file: Path
    name: str
    """Encoded file name, the last segment of the part name."""
    content_type: str
    signed: bool = True


def letter(data: Mapping[str, Any], ustveri: dict[str, Any], folder: Path, problems: Problems) -> Attachment | None:
    """Üst Yazı: its file from ``ustyazi``, its name and type into Üstveri."""
    given = data.get("ustyazi")
    given = given.get("dosya") if isinstance(given, Mapping) else given
    file = _file(given, folder, "ustyazi", problems, "EYP2-K2")
    if file is None:
        # what would follow from the file is not missing as well
        ustveri.setdefault("DosyaAdi", names.FALLBACK)
        ustveri.setdefault("MimeTuru", "application/pdf")
        return None
    name = names.encode(str(ustveri.get("DosyaAdi", file.name)))
    ustveri["DosyaAdi"] = name
    mime = _media_type(ustveri, file, "Ustveri.MimeTuru", "EYP-USTVERI-MIME", problems)
    return Attachment("", file, name, mime)


def complete_attachments(
    ustveri: dict[str, Any], folder: Path, seed: uuid.UUID, problems: Problems, notes: list[str]
) -> tuple[tuple[Attachment, ...], dict[str, str]]:
    """Fill in what attachments leave out; the files of the DED ones, and which ``anahtar`` means which identifier."""
    found: list[Attachment] = []
    keys: dict[str, str] = {}
    taken: set[str] = set()
    items = checks.members(ustveri.get("Ekler"), "Ek")
    numbered = any(isinstance(item, Mapping) and "SiraNo" in item for item in items)
    for number, item in enumerate(items, 1):
        path = f"Ustveri.Ekler[{number}]"
        if not isinstance(item, dict):
            continue
        identifier = checks.identify(item, uuid.uuid5(seed, f"ek/{number}"))
        key = item.pop("anahtar", None)
        for name in (key, identifier):
            if isinstance(name, str) and keys.setdefault(name.casefold(), identifier) != identifier:
                problems.add("BUILD_DUPLICATE", f"{path}.anahtar", f"“{name}” başka bir ekte de var.")
        if not numbered:
            item["SiraNo"] = number
        elif isinstance(order := item.get("SiraNo"), str) and re.fullmatch("[0-9]{1,10}", order):
            item["SiraNo"] = int(order)
        kind = item.get("Tur")
        signed = item.setdefault("ImzaliMi", kind == "DED")
        if isinstance(signed, str):
            item["ImzaliMi"] = _BOOLEANS.get(signed.strip(), signed)
        given = item.pop("dosya", None)
        if kind == "DED":
            file = _file(given, folder, f"{path}.dosya", problems, "EYP2-K23")
            if file is None:
                continue
            wanted = str(item.get("DosyaAdi", file.name))
            name = names.unique(names.encode(wanted), taken)
            if name != names.encode(wanted):
                notes.append(f"{path}: “{wanted}” adı başka bir ekte de var, “{name}” olarak yazıldı.")
            item["DosyaAdi"] = name
            mime = _media_type(item, file, f"{path}.MimeTuru", "EYP-EK-DED-MIME", problems)
            found.append(Attachment(identifier, file, name, mime, item["ImzaliMi"] is not False))
        elif given is not None and kind == "HRF":
            file = _file(given, folder, f"{path}.dosya", problems, "")
            if file is not None and "Ozet" not in item:
                item["Ozet"] = _digest(file)
        elif given is not None:
            problems.add("BUILD_FILE", f"{path}.dosya", f"{kind} türündeki ekin dosyası pakete konmaz.", "EYP2-K24")
    return tuple(found), keys


def complete_references(ustveri: dict[str, Any], keys: Mapping[str, str], seed: uuid.UUID, problems: Problems) -> None:
    """Fill in identifiers and labels of references; resolve attachment keys in references and distribution."""
    items = checks.members(ustveri.get("Ilgiler"), "Ilgi")
    labelled = any(isinstance(item, Mapping) and "Etiket" in item for item in items)
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            continue
        checks.identify(item, uuid.uuid5(seed, f"ilgi/{number}"))
        if not labelled and number <= len(ETIKETLER):
            item["Etiket"] = ETIKETLER[number - 1]
        if "EkId" in item:
            item["EkId"] = _resolve(item["EkId"], keys, f"Ustveri.Ilgiler[{number}].EkId", "EYP2-K25", problems)
    for number, item in enumerate(checks.members(ustveri.get("DagitimListesi"), "Dagitim"), 1):
        if not isinstance(item, dict) or "KonulmamisEkListesi" not in item:
            continue
        path = f"Ustveri.DagitimListesi[{number}].KonulmamisEkListesi"
        withheld = checks.members(item["KonulmamisEkListesi"], "KonulmamisEk")
        item["KonulmamisEkListesi"] = [
            {
                "EkId": _resolve(
                    one.get("EkId") if isinstance(one, Mapping) else one,
                    keys,
                    f"{path}[{place}]",
                    "EYP2-K19-KONULMAMIS",
                    problems,
                )
            }
            for place, one in enumerate(withheld, 1)
        ]


def _resolve(value: Any, keys: Mapping[str, str], path: str, rule: str, problems: Problems) -> str:
    found = keys.get(str(value).casefold())
    if found is None:
        problems.add("BUILD_REFERENCE", path, f"“{value}” anahtarı ya da kimliği olan bir ek yok.", rule)
        return str(uuid.UUID(int=1)).upper()
    return found


def _file(given: Any, folder: Path, path: str, problems: Problems, rule: str) -> Path | None:
    if not isinstance(given, str | Path) or not str(given):
        problems.add("BUILD_MISSING", path, "Dosya verilmemiş.", rule)
        return None
    file = folder / given
    try:
        size = file.stat().st_size
        with file.open("rb"):
            pass
    except (OSError, ValueError):
        problems.add("BUILD_FILE", path, f"“{given}” okunamıyor ya da bir dosya değil.", rule)
        return None
    if not size:
        problems.add(
            "BUILD_FILE", path, f"“{given}” boş.", "EYP-EK-NOTEMPTY" if "Ek" in path else "EYP-USTYAZI-NOTEMPTY"
        )
        return None
    if size > limits.ZIP_ENTRY_BYTES:
        problems.add("BUILD_FILE", path, f"“{given}” bir bileşenin alabileceğinden büyük.", "EYP-ZIP-SIZE")
        return None
    return file


def _media_type(about: dict[str, Any], file: Path, path: str, rule: str, problems: Problems) -> str:
    """The media type given in ``MimeTuru``, or by the file's extension; must be one."""
    given = about.setdefault("MimeTuru", _mime(file))
    if not isinstance(given, str) or not _MEDIA_TYPE.fullmatch(given):
        problems.add("BUILD_VALUE", path, "Bir MIME türü (örneğin application/pdf) olmalı.", rule)
    return str(given)


def _mime(file: Path) -> str:
    suffix = file.suffix.lower()
    return _MIME.get(suffix) or _TABLE.guess_type(f"x{suffix}")[0] or "application/octet-stream"


def _digest(file: Path) -> dict[str, Any]:
    with file.open("rb") as stream:
        value = hashlib.file_digest(stream, "sha256").digest()
    return {
        "OzetAlgoritmasi": "http://www.w3.org/2001/04/xmlenc#sha256",
        "OzetDegeri": base64.b64encode(value).decode(),
    }
