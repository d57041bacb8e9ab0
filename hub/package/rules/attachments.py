"""Rules on the files: Üst Yazı and attachments, as parts and as Üstveri describes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from hub.package.digest import ALGORITHMS
from hub.package.errors import Words
from hub.package.model import Ek
from hub.package.node import Node
from hub.package.opc import Relationship, fold
from hub.package.parts import Generation
from hub.package.reader import PDFA
from hub.package.rules.base import Bag, NotCheckedError, Problem, at, blank, require, rule
from hub.package.rules.common import exactly_one, filled
from hub.package.rules.distribution import withheld_ids
from hub.package.values import as_bool, as_int

_LATIN: Final = str.maketrans("şŞöÖçÇıİğĞüÜ", "sSoOcCiIgGuU")


def encoded_name(name: str) -> str:
    """A file name as writers put it into the part name: Latin letters, printable ASCII, no white space."""
    return "".join(c for c in name.translate(_LATIN) if " " < c <= "~")


def file_of(part: str) -> str:
    """The last segment of a part name, percent-escapes decoded."""
    return unquote(part.rpartition("/")[2])


def same_name(declared: str | None, part: str) -> bool:
    """Whether ``DosyaAdi`` names the part: equal, ignoring case, or equal after the file-name encoding."""
    wanted, found = (declared or "").strip().lower(), file_of(part).lower()
    return wanted == found or encoded_name(wanted).lower() == encoded_name(found).lower()


def _attached(bag: Bag) -> Iterator[tuple[Relationship, str, str]]:
    """Attachment relationships with their existing part and the Ek Id that the relationship Id carries."""
    for name, prefix in (("ek", "idek_"), ("imzasizek", "idimzasizek_")):
        for item in bag.p.opc.related(name):
            part = bag.p.opc.find(item.resolved) if item.resolved else None
            if part:
                ek_id = item.id[len(prefix) :] if item.id.lower().startswith(prefix) else ""
                yield item, part, ek_id.upper()


def _ekler(bag: Bag) -> tuple[Ek, ...]:
    return bag.p.ustveri.ek_listesi if bag.p.ustveri else ()


def _ustveri_part(bag: Bag) -> str:
    return bag.p.part("ustveri") or ""


def _each(bag: Bag) -> Iterator[tuple[str, Node]]:
    yield from ((_ustveri_part(bag), ek) for ek in _ekler(bag))


def _inside(bag: Bag) -> Iterator[tuple[str, Node]]:
    yield from ((_ustveri_part(bag), ek) for ek in _ekler(bag) if (ek.tur or "").strip() == "DED")


def _part_of(bag: Bag, ek: Ek) -> str | None:
    """The part of a DED attachment: by relationship Id, else by file name in its folder."""
    for _, part, ek_id in _attached(bag):
        if ek_id and ek_id == ek.ek_id:
            return part
    return None


# Üst Yazı -------------------------------------------------------------------------------------------------------------


rule("EYP2-K2")(exactly_one("ustyazi"))


@rule("EYP2-K4", when="ustyazi")
def letter_place(bag: Bag) -> Iterator[Problem]:
    part = bag.p.part("ustyazi") or ""
    if not re.fullmatch(r"/ustyazi/[^/]+", fold(part)):
        yield Problem(part, found=part, expected="/UstYazi/…")


@rule("EYP2-K5", when="ustyazi")
def letter_name(bag: Bag) -> Iterator[Problem]:
    part = bag.p.part("ustyazi") or ""
    if re.search(r"\s", file_of(part)):
        yield Problem(part, found=file_of(part))


@rule("EYP2-K6", when="ustyazi")
def letter_pdf(bag: Bag) -> Iterator[Problem]:
    part = bag.p.part("ustyazi") or ""
    require(bag.p, "ustyazi")
    facts = bag.p.facts[part]
    if not facts.size:
        return  # an empty letter has a rule of its own
    if not facts.head.startswith(b"%PDF-"):
        yield Problem(part, found=facts.head[:8].hex(" "), expected="%PDF-")
    elif PDFA not in facts.marks:
        yield Problem(part, found="PDF", expected="PDF/A (pdfaid:part)")


@rule("EYP-USTYAZI-NOTEMPTY", when="ustyazi")
def letter_size(bag: Bag) -> Iterator[Problem]:
    part = bag.p.part("ustyazi") or ""
    if bag.p.facts[part].size == 0:
        yield Problem(part, found="0 B")


@rule("EYP-USTYAZI-MIME", needs=("ustveri", "ustyazi"))
def letter_mime(bag: Bag) -> Iterator[Problem]:
    part, ustveri = bag.p.part("ustyazi") or "", bag.p.ustveri
    assert ustveri
    declared = bag.p.opc.content_type(part)
    if declared and not blank(ustveri.mime_turu) and declared.lower() != (ustveri.mime_turu or "").strip().lower():
        yield at(_ustveri_part(bag), ustveri.mime_turu, ustveri.mime_turu, declared)


@rule("EYP-USTYAZI-DOSYAADI", needs=("ustveri", "ustyazi"))
def letter_file_name(bag: Bag) -> Iterator[Problem]:
    part, ustveri = bag.p.part("ustyazi") or "", bag.p.ustveri
    assert ustveri
    if not blank(ustveri.dosya_adi) and not same_name(ustveri.dosya_adi, part):
        yield at(_ustveri_part(bag), ustveri.dosya_adi, ustveri.dosya_adi, file_of(part))


@rule("EYP-NAME-ENCODING")
def names_plain(bag: Bag) -> Iterator[Problem]:
    for part in bag.p.opc.parts:
        if fold(part).split("/")[1] in ("ustyazi", "ekler", "imzasizekler"):
            name = file_of(part)
            if name != encoded_name(name):
                yield Problem(part, found=name, expected=encoded_name(name))


# Attachments as parts -------------------------------------------------------------------------------------------------


@rule("EYP2-K12", needs="ustveri")
def signed_folder(bag: Bag) -> Iterator[Problem]:
    yield from _folder(bag, signed=True)


@rule("EYP-EK-UNSIGNED-FOLDER", needs="ustveri")
def unsigned_folder(bag: Bag) -> Iterator[Problem]:
    yield from _folder(bag, signed=False)


def _folder(bag: Bag, *, signed: bool) -> Iterator[Problem]:
    name, folder = ("ek", "/ekler/") if signed else ("imzasizek", "/imzasizekler/")
    by_id = {ek.ek_id: ek for ek in _ekler(bag) if ek.ek_id}
    for item, part, ek_id in _attached(bag):
        ek = by_id.get(ek_id)
        is_signed = ek.imzali if ek and (ek.tur or "").strip() == "DED" else item.name == "ek"
        if is_signed != signed:
            continue
        if item.name != name:
            yield Problem(item.part, item.at, item.type, "ek" if signed else "imzasizEk")
        elif not re.fullmatch(folder + r"[^/]+", fold(part)):
            yield Problem(part, found=part, expected="/Ekler/…" if signed else "/ImzasizEkler/…")


@rule("EYP-EK-REL-ID", needs="ustveri")
def relationship_ids(bag: Bag) -> Iterator[Problem]:
    known = {ek.ek_id for ek in _ekler(bag) if ek.ek_id}
    for item, _, ek_id in _attached(bag):
        if not ek_id:
            yield Problem(item.part, item.at, item.id, "IdEk_…" if item.name == "ek" else "IdImzasizEk_…")
        elif ek_id not in known and any(same_name(ek.dosya_adi, item.resolved) for ek in _ekler(bag)):
            yield Problem(item.part, item.at, item.id)


@rule("EYP2-K23", needs="ustveri")
def internal_present(bag: Bag) -> Iterator[Problem]:
    for ek in _missing(bag):
        if ek.ek_id not in withheld_ids(bag):
            yield at(_ustveri_part(bag), ek, ek.dosya_adi or ek.ek_id)


@rule("EYP2-K23-WITHHELD", needs="ustveri")
def internal_withheld(bag: Bag) -> Iterator[Problem]:
    for ek in _missing(bag):
        if ek.ek_id in withheld_ids(bag):
            yield at(_ustveri_part(bag), ek, ek.dosya_adi or ek.ek_id)


def _missing(bag: Bag) -> Iterator[Ek]:
    parts = [part for _, part, _ in _attached(bag)]
    for ek in _ekler(bag):
        # a part with a wrong relationship Id is there all the same; that Id has a rule of its own
        named = not blank(ek.dosya_adi) and any(same_name(ek.dosya_adi, part) for part in parts)
        if (ek.tur or "").strip() == "DED" and not named and _part_of(bag, ek) is None:
            yield ek


@rule("EYP2-K24", needs="ustveri")
def part_declared(bag: Bag) -> Iterator[Problem]:
    by_id = {ek.ek_id: ek for ek in _ekler(bag) if ek.ek_id}
    for item, part, ek_id in _attached(bag):
        ek = by_id.get(ek_id) or next((ek for ek in _ekler(bag) if same_name(ek.dosya_adi, part)), None)
        if ek is None:
            yield Problem(part, found=item.id)
        elif (ek.tur or "").strip() != "DED":
            yield at(_ustveri_part(bag), ek.tur or ek, ek.tur, "DED")


@rule("EYP-EK-SINGLE-PART", needs="ustveri")
def one_part(bag: Bag) -> Iterator[Problem]:
    parts: dict[str, str] = {}
    for item, part, ek_id in _attached(bag):
        if ek_id and parts.setdefault(ek_id, part) != part and item.name == _relation(bag, ek_id):
            yield Problem(item.part, item.at, part, parts[ek_id])


def _relation(bag: Bag, ek_id: str) -> str:
    """The relationship name of the first part of an attachment; copies in the other folder have their own rule."""
    return next(item.name for item, _, found in _attached(bag) if found == ek_id)


@rule("EYP-EK-DOSYAADI", needs="ustveri")
def attachment_names(bag: Bag) -> Iterator[Problem]:
    for ek in _ekler(bag):
        part = _part_of(bag, ek)
        if part and not blank(ek.dosya_adi) and not same_name(ek.dosya_adi, part):
            yield at(_ustveri_part(bag), ek.dosya_adi, ek.dosya_adi, file_of(part))


@rule("EYP-EK-MIME", needs="ustveri")
def attachment_mime(bag: Bag) -> Iterator[Problem]:
    for ek in _ekler(bag):
        part = _part_of(bag, ek)
        declared = bag.p.opc.content_type(part) if part else None
        if declared and not blank(ek.mime_turu) and declared.lower() != (ek.mime_turu or "").strip().lower():
            yield at(_ustveri_part(bag), ek.mime_turu, ek.mime_turu, declared)


@rule("EYP-EK-NOTEMPTY")
def attachment_size(bag: Bag) -> Iterator[Problem]:
    for _, part, _ in _attached(bag):
        facts = bag.p.facts.get(part)
        if facts and facts.size == 0:
            yield Problem(part, found="0 B")


@rule("EYP-EK-SINGLE-COPY")
def one_copy(bag: Bag) -> Iterator[Problem]:
    signed = {(ek_id, file_of(part).lower()) for item, part, ek_id in _attached(bag) if item.name == "ek"}
    ids = {ek_id for ek_id, _ in signed if ek_id}
    for item, part, ek_id in _attached(bag):
        if item.name == "imzasizek" and (ek_id in ids if ek_id else (ek_id, file_of(part).lower()) in signed):
            yield Problem(part, found=item.id)


# Attachments as Üstveri describes them -------------------------------------------------------------------------------


@rule("EYP-EK-ID", needs="ustveri")
def ek_id(bag: Bag) -> Iterator[Problem]:
    for ek in _ekler(bag):
        if not ek.ek_id:
            yield at(_ustveri_part(bag), ek.id or ek, None, "GUID")


@rule("EYP-EK-TUR", needs="ustveri")
def ek_kind(bag: Bag) -> Iterator[Problem]:
    for ek in _ekler(bag):
        if (ek.tur or "").strip() not in ("DED", "HRF", "FZK"):
            yield at(_ustveri_part(bag), ek.tur or ek, ek.tur, "DED, HRF, FZK")


rule("EYP-EK-DED-DOSYAADI", needs="ustveri")(filled(_inside, "dosya_adi"))


rule("EYP-EK-DED-MIME", needs="ustveri")(filled(_inside, "mime_turu"))


@rule("EYP-EK-HRF-URL", needs="ustveri")
def hrf_url(bag: Bag) -> Iterator[Problem]:
    for ek in _ekler(bag):
        is_url = re.match(r"(?:https?|ftps?)://[^\s/]", (ek.referans or "").strip(), re.IGNORECASE)
        if (ek.tur or "").strip() == "HRF" and not blank(ek.referans) and not is_url:
            yield at(_ustveri_part(bag), ek.referans, ek.referans, "https://…")


@rule("EYP-EK-HRF-IMZALI", needs="ustveri")
def outside_unsigned(bag: Bag) -> Iterator[Problem]:
    for ek in _ekler(bag):
        if (ek.tur or "").strip() in ("HRF", "FZK") and as_bool(ek.imzali_mi):
            yield at(_ustveri_part(bag), ek.imzali_mi, ek.imzali_mi, "false")


@rule("EYP-EK-OZET", needs="ustveri")
def ozet_complete(bag: Bag) -> Iterator[Problem]:
    for ek in _ekler(bag):
        if ek.ozet and (
            ek.ozet.ozet_algoritmasi is None or blank(ek.ozet.ozet_algoritmasi.algorithm) or blank(ek.ozet.ozet_degeri)
        ):
            yield at(_ustveri_part(bag), ek.ozet, ek.ozet.ozet_degeri)


@rule("EYP-EK-OZET-ALG", needs="ustveri")
def ozet_algorithm(bag: Bag) -> Iterator[Problem]:
    allowed = {"sha256", "sha384", "sha512"}
    if bag.p.generation is Generation.ONE:
        allowed = {"sha1", "ripemd160", "sha256", "sha512"}
    for ek in _ekler(bag):
        algorithm = ek.ozet.ozet_algoritmasi.algorithm if ek.ozet and ek.ozet.ozet_algoritmasi else None
        if not blank(algorithm) and ALGORITHMS.get((algorithm or "").strip()) not in allowed:
            yield at(_ustveri_part(bag), algorithm, algorithm, ", ".join(sorted(allowed)))


@rule("EYP-EK-OZET-HRFONLY", needs="ustveri")
def ozet_place(bag: Bag) -> Iterator[Problem]:
    for ek in _ekler(bag):
        if ek.ozet and (ek.tur or "").strip() in ("DED", "FZK"):
            yield at(_ustveri_part(bag), ek.ozet, ek.tur, "HRF")


@rule("EYP-EK-SIRANO", needs="ustveri")
def order_number(bag: Bag) -> Iterator[Problem]:
    for ek in _ekler(bag):
        if (as_int(ek.sira_no) or 0) < 1:
            yield at(_ustveri_part(bag), ek.sira_no or ek, ek.sira_no, "≥ 1")


@rule("EYP-EK-SIRANO-UNIQUE", needs="ustveri")
def order_numbers(bag: Bag) -> Iterator[Problem]:
    seen: set[int] = set()
    for ek in _ekler(bag):
        number = as_int(ek.sira_no)
        if number is not None and number in seen:
            yield at(_ustveri_part(bag), ek.sira_no, ek.sira_no)
        seen.add(number or 0)


def _absent(bag: Bag, ek_id: str) -> bool:
    return all(found != ek_id for _, _, found in _attached(bag))


@rule("EYP-EK-DUPLICATE-NAME", needs="ustveri")
def names_apart(bag: Bag) -> Iterator[Problem]:
    seen: dict[tuple[bool, str], Ek] = {}
    withheld = {item for item in withheld_ids(bag) if _absent(bag, item)}
    for ek in _ekler(bag):
        if (ek.tur or "").strip() != "DED" or blank(ek.dosya_adi):
            continue
        key = (ek.imzali, encoded_name(ek.dosya_adi or "").lower())
        if (other := seen.setdefault(key, ek)) is not ek:
            # a writer that made the part names unique has solved it; then the parts differ, or one is withheld
            parts = [_part_of(bag, item) for item in (ek, other) if item.ek_id not in withheld]
            if None in parts or len(set(parts)) < len(parts):
                yield at(_ustveri_part(bag), ek.dosya_adi, ek.dosya_adi)


rule("EYP-EK-AD", needs="ustveri")(filled(_each, "ad"))


@rule("EYP-EK-IMZALIMI", needs="ustveri")
def signed_explicit(bag: Bag) -> Iterator[Problem]:
    for ek in _ekler(bag):
        if (ek.tur or "").strip() == "DED" and as_bool(ek.imzali_mi) is None:
            yield at(_ustveri_part(bag), ek, ek.imzali_mi, "true, false")


def parts_by_signing(bag: Bag) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Attached parts: the signed ones (under ``/Ekler/`` or related as such) and the unsigned ones.

    Raises :class:`NotCheckedError` when the relationships cannot be read.
    """
    if bag.p.opc.refused:
        raise NotCheckedError(Words("İlişkiler okunamadı.", "Relationships cannot be read."))
    signed = [part for item, part, _ in _attached(bag) if item.name == "ek"]
    unsigned = [part for item, part, _ in _attached(bag) if item.name == "imzasizek"]
    # what lies in the folder of signed attachments counts as one, whatever else it is related as
    signed += [part for part in bag.p.opc.parts if fold(part).startswith("/ekler/") and part not in signed]
    return tuple(signed), tuple(unsigned)
