"""Rules on parties wherever they stand: institutions, legal and natural persons, contact data, texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Final

from hub.package import model
from hub.package.catalogue import catalogue
from hub.package.node import Node, Text
from hub.package.parts import Generation
from hub.package.people import masked
from hub.package.rules.base import ABSENT, Bag, Problem, at, blank, rule
from hub.turkish import valid_tckn

_LEGACY: Final = re.compile(r"[0-9A-Fa-f]{14}")
_MAIL: Final = re.compile(r"[^@\s]+@(?:[^@\s.]+\.)+[^@\s.]{2,}")
_WEB: Final = re.compile(r"(?:https?://)?(?:[^\s/.?#]+\.)+[^\s/.?#]{2,}(?:[/?#]\S*)?", re.IGNORECASE)
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_HOLDERS: Final = ("ustveri", "nihaiustveri", "belgehedef", "belgeimza")


def nodes(bag: Bag) -> Sequence[tuple[str, Node]]:
    """Every node of the documents that hold parties, with its part, in document order."""
    if bag.walked is None:  # a dozen rules ask for them
        bag.walked = tuple(
            (part, node)
            for name in _HOLDERS
            if (part := bag.p.part(name)) and (document := bag.p.models.get(part))
            for node in _walk(document)
        )
    return bag.walked


_NAMES: Final[dict[type[Node], tuple[str, ...]]] = {}


def _names(kind: type[Node]) -> tuple[str, ...]:
    if kind not in _NAMES:
        _NAMES[kind] = tuple(item.name for item in fields(kind))
    return _NAMES[kind]


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for name in _names(type(node)):
        value = getattr(node, name)
        for child in value if isinstance(value, tuple) else (value,):
            if isinstance(child, Node):
                yield from _walk(child)


def _leaves(bag: Bag) -> Iterator[tuple[str, Node, str, Text]]:
    for part, node in nodes(bag):
        for name in _names(type(node)):
            value = getattr(node, name)
            if isinstance(value, Text):
                yield part, node, name, value


def institutions(bag: Bag) -> Iterator[tuple[str, model.KurumKurulus]]:
    """Every institution of the package, with its part."""
    for part, node in nodes(bag):
        if isinstance(node, model.KurumKurulus):
            yield part, node


def _people(bag: Bag) -> Iterator[tuple[str, model.GercekSahis]]:
    for part, node in nodes(bag):
        if isinstance(node, model.GercekSahis):
            yield part, node


def _contacts(bag: Bag) -> Iterator[tuple[str, model.IletisimBilgisi]]:
    for part, node in nodes(bag):
        if isinstance(node, model.IletisimBilgisi):
            yield part, node


@rule("EYP-KKK-REQUIRED")
def kkk_required(bag: Bag) -> Iterator[Problem]:
    for part, item in institutions(bag):
        if blank(item.kkk):
            yield at(part, item.kkk if item.kkk is not None else item, item.kkk)


@rule("EYP-KKK-FORMAT")
def kkk_format(bag: Bag) -> Iterator[Problem]:
    pattern = catalogue()["EYP-KKK-FORMAT"].params["pattern"]
    for part, item in institutions(bag):
        value = (item.kkk or "").strip()
        # in generation 1 the form of old is only named, by the rule on it
        known = bag.p.generation is Generation.ONE and _LEGACY.fullmatch(value)
        if value and not re.fullmatch(pattern, value) and not known:
            yield at(part, item.kkk, item.kkk, "12345678")


@rule("EYP-KKK-LEGACY")
def kkk_legacy(bag: Bag) -> Iterator[Problem]:
    for part, item in institutions(bag):
        for value in (item.kkk, item.birim_kkk):
            if _LEGACY.fullmatch((value or "").strip()):
                yield at(part, value, value, "12345678")


@rule("EYP-KKK-BIRIM-FORMAT")
def unit_format(bag: Bag) -> Iterator[Problem]:
    pattern = catalogue()["EYP-KKK-BIRIM-FORMAT"].params["pattern"]
    for part, item in institutions(bag):
        value = (item.birim_kkk or "").strip()
        if value and not re.fullmatch(pattern, value) and not _LEGACY.fullmatch(value):
            yield at(part, item.birim_kkk, item.birim_kkk, "12345678")


@rule("EYP-KKK-BIRIM-MISSING")
def unit_missing(bag: Bag) -> Iterator[Problem]:
    for part, item in institutions(bag):
        if blank(item.birim_kkk):
            yield at(part, item, item.birim_kkk)


@rule("EYP-KKK-BYK")
def byk(bag: Bag) -> Iterator[Problem]:
    for part, item in institutions(bag):
        if not blank(item.byk):
            yield at(part, item.byk, item.byk, ABSENT)


def _legal(bag: Bag) -> Iterator[tuple[str, model.TuzelSahis]]:
    for part, node in nodes(bag):
        if isinstance(node, model.TuzelSahis):
            yield part, node


@rule("EYP-TUZEL-ID")
def legal_id(bag: Bag) -> Iterator[Problem]:
    for part, item in _legal(bag):
        if item.id is None or blank(item.id) or blank(item.id.scheme_id):
            shown = ABSENT if item.id is None else f"{item.id.scheme_id or ABSENT}:{item.id.strip() or ABSENT}"
            yield at(part, item.id if item.id is not None else item, shown, "schemeID:…")


@rule("EYP-TUZEL-SCHEME")
def legal_scheme(bag: Bag) -> Iterator[Problem]:
    values = catalogue()["EYP-TUZEL-SCHEME"].params["values"]
    for part, item in _legal(bag):
        if item.id is not None and not blank(item.id.scheme_id) and (item.id.scheme_id or "").strip() not in values:
            yield at(part, item.id, item.id.scheme_id, ", ".join(values))


@rule("EYP-KISI-AD")
def person_name(bag: Bag) -> Iterator[Problem]:
    for part, node in nodes(bag):
        if isinstance(node, model.Kisi) and (blank(node.ilk_adi) or blank(node.soyadi)):
            yield at(part, node, f"{node.ilk_adi or ABSENT} {node.soyadi or ABSENT}")
        elif isinstance(node, model.GercekSahis) and node.kisi is None:
            yield at(part, node, None, "Kisi")


@rule("EYP-TCKN-FORMAT")
def tckn_format(bag: Bag) -> Iterator[Problem]:
    for part, item in _people(bag):
        if not blank(item.tckn) and not re.fullmatch(r"[1-9][0-9]{10}", (item.tckn or "").strip(), re.ASCII):
            yield at(part, item.tckn, masked(item.tckn), "[1-9][0-9]{10}")


@rule("EYP-TCKN-CHECKSUM")
def tckn_checksum(bag: Bag) -> Iterator[Problem]:
    for part, item in _people(bag):
        value = (item.tckn or "").strip()
        if re.fullmatch(r"[1-9][0-9]{10}", value, re.ASCII) and not valid_tckn(value):
            yield at(part, item.tckn, masked(value))


@rule("EYP-TCKN-MISSING")
def tckn_missing(bag: Bag) -> Iterator[Problem]:
    for part, item in _people(bag):
        if blank(item.tckn):
            yield at(part, item, item.tckn)


@rule("EYP-KEP-FORMAT")
def kep_format(bag: Bag) -> Iterator[Problem]:
    for part, item in _contacts(bag):
        if not blank(item.kep_adresi) and not _MAIL.fullmatch((item.kep_adresi or "").strip()):
            yield at(part, item.kep_adresi, item.kep_adresi, "…@hs01.kep.tr")


@rule("EYP-KEP-DOMAIN")
def kep_domain(bag: Bag) -> Iterator[Problem]:
    domains = catalogue()["EYP-KEP-DOMAIN"].params["values"]
    for part, item in _contacts(bag):
        value = (item.kep_adresi or "").strip()
        if _MAIL.fullmatch(value) and value.rpartition("@")[2].lower() not in domains:
            yield at(part, item.kep_adresi, item.kep_adresi, f"{domains[0]} … {domains[-1]}")


@rule("EYP-KEP-1X")
def kep_in_one(bag: Bag) -> Iterator[Problem]:
    for part, item in _contacts(bag):
        if item.kep_adresi is not None:
            yield at(part, item.kep_adresi, item.kep_adresi, ABSENT)


@rule("EYP-ILETISIM-EPOSTA")
def mail(bag: Bag) -> Iterator[Problem]:
    for part, item in _contacts(bag):
        if not blank(item.e_posta) and not _MAIL.fullmatch((item.e_posta or "").strip()):
            yield at(part, item.e_posta, item.e_posta, "ad@alan.tr")


@rule("EYP-ILETISIM-TELEFON")
def phone(bag: Bag) -> Iterator[Problem]:
    for part, item in _contacts(bag):
        for value in (item.telefon, item.telefon_diger, item.faks):
            digits = re.sub(r"[\s().-]", "", value or "")
            if not blank(value) and not re.fullmatch(r"(?:\+?[0-9]{1,3})?[1-9][0-9]{9}", digits):
                yield at(part, value, value, "[+90] 10 …")


@rule("EYP-ILETISIM-WEB")
def web(bag: Bag) -> Iterator[Problem]:
    for part, item in _contacts(bag):
        value = (item.web_adresi or "").strip()
        if value and not _WEB.fullmatch(value):
            yield at(part, item.web_adresi, item.web_adresi, "https://…")


@rule("EYP-ILETISIM-MISSING")
def contact_complete(bag: Bag) -> Iterator[Problem]:
    wanted = ("telefon", "e_posta", "adres", "ilce", "il", "ulke")
    for part, node in nodes(bag):
        if isinstance(node, (model.KurumKurulus, model.TuzelSahis, model.GercekSahis)):
            contact = node.iletisim_bilgisi
            missing = [name for name in wanted if contact is None or blank(getattr(contact, name))]
            if missing:
                yield at(part, node, None, ", ".join(missing))


_JUDGED_ELSEWHERE: Final[dict[type[Node], frozenset[str]]] = {
    model.Id: frozenset({"value", "e_yazisma_id_mi"}),
    model.KurumKurulus: frozenset({"kkk"}),
    model.TuzelSahis: frozenset({"id"}),
    model.Kisi: frozenset({"ilk_adi", "soyadi"}),
    model.Dagitim: frozenset({"ivedilik", "dagitim_turu"}),
    model.KonulmamisEk: frozenset({"ek_id"}),
    model.Ek: frozenset({"tur", "sira_no", "oz_id", "dosya_adi", "mime_turu", "referans"}),
    model.OzetAlgoritmasi: frozenset({"algorithm"}),
    model.Ozet: frozenset({"ozet_degeri"}),
    model.Ilgi: frozenset({"etiket", "oz_id"}),
    model.Sdp: frozenset({"kod", "ad"}),
    model.Heysk: frozenset({"kod", "ad"}),
    model.DogrulamaBilgisi: frozenset({"dogrulama_adresi"}),
    model.NihaiUstveri: frozenset({"tarih", "belge_no"}),
    model.Ustveri: frozenset(
        {"belge_id", "konu", "tarih", "belge_no", "guvenlik_kodu", "guvenlik_kodu_gecerlilik_tarihi", "mime_turu",
         "oz_id", "dosya_adi"}
    ),
}  # fmt: skip
"""Leaves whose blankness is the subject of a rule of their own."""


@rule("EYP-TEXT-BLANK")
def blank_texts(bag: Bag) -> Iterator[Problem]:
    for part, node, name, text in _leaves(bag):
        if blank(text) and not text.nil and name not in _JUDGED_ELSEWHERE.get(type(node), ()):
            yield at(part, text, text)


@rule("EYP-TEXT-LANGUAGE")
def languages(bag: Bag) -> Iterator[Problem]:
    for part, _, _, text in _leaves(bag):
        if text.language_id is not None and not _LANGUAGE.fullmatch(text.language_id.strip()):
            yield at(part, text, text.language_id, "xsd:language")


@rule("EYP-GERCEK-GOREV")
def duty(bag: Bag) -> Iterator[Problem]:
    for part, item in _people(bag):
        if blank(item.gorev) or item.kisi is None or blank(item.kisi.unvan):
            yield at(part, item, None, "Gorev, Unvan")
