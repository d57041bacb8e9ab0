"""Rules on encrypted packages (.eyps), outside and, once decrypted, inside."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from hub.package.envelope import EnvelopeError, peek
from hub.package.errors import Words
from hub.package.opc import fold
from hub.package.parts import COMPONENTS, ENCRYPTED, Generation
from hub.package.reader import Package
from hub.package.rules.base import ABSENT, Bag, NotCheckedError, Problem, at, blank, rule, show
from hub.package.rules.common import exactly_one, in_place
from hub.package.values import GUID

VERSION: Final = "1.4"
YONTEM: Final = "Elektronik Belgeleri Açık Anahtar Altyapısı Kullanarak Güvenli İşleme Rehberi"
URIS: Final = (
    "http://www.kamusm.gov.tr/dokumanlar/belgeler",
    "http://www.e-yazisma.gov.tr/SitePages/dokumanlar.aspx",
)


@rule("EYP-EYPS-CORE")
def components(bag: Bag) -> Iterator[Problem]:
    for name in ("sifreliicerikbilgisi", "sifreliicerik"):
        found = bag.p.opc.related(name)
        if len(found) != 1 or bag.p.opc.target(name) is None:
            yield Problem("/_rels/.rels", found=f"{name}: {len(found)}", expected="1")


def _copy(name: str) -> Callable[[Bag], Iterator[Problem]]:
    def check(bag: Bag) -> Iterator[Problem]:
        found = bag.p.opc.related(name)
        # more than one is the rule on their number; here that the copy is there
        if not found or bag.p.opc.target(name) is None:
            yield Problem("/_rels/.rels", found="0", expected="1")

    return check


rule("EYP-EYPS-NIHAIOZET")(_copy("nihaiozet"))


rule("EYP-EYPS-PAKETOZETI")(exactly_one("paketozeti"))


@rule("EYP-EYPS-BELGEHEDEF")
def receivers(bag: Bag) -> Iterator[Problem]:
    if bag.p.part("belgehedef") is None:
        yield Problem("/_rels/.rels", found="0", expected="1")


@rule("EYP-EYPS-URI-2X", when="sifreliicerik")
def content_name_two(bag: Bag) -> Iterator[Problem]:
    part = bag.p.part("sifreliicerik") or ""
    name = part.rpartition("/")[2]
    if not fold(part).startswith("/sifreliicerik/") or not GUID.fullmatch(name) or name != name.upper():
        yield Problem(part, found=part, expected="/SifreliIcerik/{GUID}")


@rule("EYP-EYPS-URI-1X", when="sifreliicerik")
def content_name_one(bag: Bag) -> Iterator[Problem]:
    part = bag.p.part("sifreliicerik") or ""
    if not re.fullmatch(rf"/sifreliicerik/{GUID.pattern}\.eyp", fold(part)):
        yield Problem(part, found=part, expected="/SifreliIcerik/{GUID}.eyp")


@rule("EYP-EYPS-CT", when="sifreliicerik")
def content_type(bag: Bag) -> Iterator[Problem]:
    part = bag.p.part("sifreliicerik") or ""
    found = bag.p.opc.content_type(part)
    if found and found.lower() != ENCRYPTED:
        yield Problem(part, found=found, expected=ENCRYPTED)


@rule("EYP-EYPS-CMS", when="sifreliicerik")
def content_enveloped(bag: Bag) -> Iterator[Problem]:
    part = bag.p.part("sifreliicerik") or ""
    facts = bag.p.facts.get(part)
    if facts is None:
        raise NotCheckedError(Words("Şifreli içerik okunamadı.", "The encrypted content cannot be read."))
    if facts.head.startswith(b"PK\x03\x04"):
        note = Words(
            "İçerik şifrelenmemiş: düz bir paket (deneme paketi).", "The content is not encrypted: a plain package."
        )
        yield Problem(part, found=facts.head[:4].hex(" "), expected="CMS EnvelopedData (30 …)", note=note)
        return
    try:
        peek(facts.head)
    except EnvelopeError as error:
        yield Problem(part, found=facts.head[:8].hex(" "), expected="CMS EnvelopedData (30 …)", note=error.why)


rule("EYP-EYPS-BILGI-URI", when="sifreliicerikbilgisi")(in_place("sifreliicerikbilgisi"))


@rule("EYP-EYPS-BILGI-VALUES", when="sifreliicerikbilgisi")
def info_values(bag: Bag) -> Iterator[Problem]:
    info, part = bag.p.sifreli_icerik_bilgisi, bag.p.part("sifreliicerikbilgisi")
    assert info
    for value, wanted in ((info.version, VERSION), (info.yontem, YONTEM)):
        if (value or "").strip() != wanted:
            yield at(part, info, value, wanted)
    if tuple(uri.strip() for uri in info.uri) != URIS:
        yield at(part, info, ", ".join(info.uri) or ABSENT, ", ".join(URIS))


@rule("EYP-EYPS-PLAINTEXT")
def nothing_plain(bag: Bag) -> Iterator[Problem]:
    names = ["ustyazi", "ustveri", "nihaiustveri", "ek", "imzasizek", "imzacades", "parafozeti", "parafimzacades",
             "muhurcades", "belgeimza"]  # fmt: skip
    if bag.p.generation is Generation.TWO:
        names.append("paketozeti")
    seen: set[str] = set()
    for name in names:
        parts = {part for item in bag.p.opc.related(name) if (part := bag.p.opc.find(item.resolved))}
        if COMPONENTS[name].path and (part := bag.p.part(name)):
            parts.add(part)
        for part in sorted(parts - seen):
            seen.add(part)
            yield Problem(part, found=name, expected=ABSENT)


@rule("EYP-EYPS-SUBJECT", needs="core")
def subject_secret(bag: Bag) -> Iterator[Problem]:
    core = bag.p.core
    assert core
    inner = bag.inner.package if bag.inner else None
    hidden = " ".join((inner.ustveri.konu or "").split()) if inner and inner.ustveri else None
    for value in (core.subject, core.description, core.keywords, core.title):
        text = " ".join((value or "").split())
        # without the hidden subject to compare with, any text may be it
        if text and (hidden is None or (hidden and hidden.lower() in text.lower())):
            yield at(bag.p.core_part, value, value, ABSENT)


# Inside ---------------------------------------------------------------------------------------------------------------


def _inner(bag: Bag) -> Package:
    if bag.inner is None or bag.inner.package is None:
        raise NotCheckedError(bag.inner_missing or Words("İç paket açılmadı.", "The inner package was not opened."))
    return bag.inner.package


@rule("EYP-EYPS-INNER-KIND", when="sifreliicerik")
def inner_kind(bag: Bag) -> Iterator[Problem]:
    part = bag.p.part("sifreliicerik") or ""
    if bag.inner is not None and bag.inner.package is None:
        yield Problem(part, found=ABSENT, expected="eyp")
        return
    inner = _inner(bag)
    if inner.kind != "eyp" or inner.generation is not bag.p.generation:
        yield Problem(part, found=f"{inner.kind} {inner.generation}", expected=f"eyp {bag.p.generation}")
    elif bag.inner and bag.inner.failed:
        yield Problem(
            part,
            note=Words("İç paket geçersiz; ayrıntısı kendi raporunda.", "The inner package fails (its own report)."),
        )
    elif bag.inner and bag.inner.incomplete:
        raise NotCheckedError(Words("İç paket tam denetlenemedi.", "The inner package was not checked completely."))


@rule("EYP-EYPS-INNER-DIGEST", when="sifreliicerik")
def inner_digest(bag: Bag) -> Iterator[Problem]:
    inner = _inner(bag)
    name = "nihaiozet" if bag.p.generation is Generation.TWO else "paketozeti"
    outer_part, inner_part = bag.p.part(name), inner.part(name)
    if outer_part is None or outer_part not in bag.p.small:
        raise NotCheckedError(Words(f"Bileşen yok: {name}", f"No such component: {name}"))
    copy = bag.p.small[outer_part]
    original = inner.small.get(inner_part) if inner_part else None
    if copy != original:
        yield Problem(outer_part, found=f"{len(copy)} B", expected=f"{len(original or b'')} B")


@rule("EYP-EYPS-INNER-BELGEID", when="sifreliicerik")
def inner_id(bag: Bag) -> Iterator[Problem]:
    inner = _inner(bag)
    document = bag.p.nihai_ozet if bag.p.generation is Generation.TWO else bag.p.paket_ozeti
    if document is None or inner.ustveri is None:
        raise NotCheckedError(Words("Karşılaştırılacak bileşen yok.", "There is nothing to compare."))
    if (document.id or "").strip().upper() != (inner.ustveri.belge_id or "").strip().upper():
        name = "nihaiozet" if bag.p.generation is Generation.TWO else "paketozeti"
        yield at(bag.p.part(name), document, document.id, show(inner.ustveri.belge_id))


@rule("EYP-EYPS-INNER-HEDEF", when=("sifreliicerik", "belgehedef"))
def inner_receivers(bag: Bag) -> Iterator[Problem]:
    inner, document = _inner(bag), bag.p.belge_hedef
    if inner.ustveri is None or document is None:
        raise NotCheckedError(Words("Karşılaştırılacak bileşen yok.", "There is nothing to compare."))
    addressed = {dagitim.key for dagitim in inner.ustveri.dagitimlar}
    for hedef in document.hedefler:
        if not blank(hedef.key) and hedef.key not in addressed:
            kind, _, number = hedef.key.partition(":")
            yield at(bag.p.part("belgehedef"), hedef, kind if kind == "TCKN" else number)
