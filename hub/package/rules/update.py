"""Rules on update packages (.eypg): their components, the change itself, the original."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hub.package.catalogue import catalogue
from hub.package.errors import Words
from hub.package.model import Guncelleme, GuvenlikKoduDegisiklikBilgisi
from hub.package.opc import fold
from hub.package.parts import ZIPPED
from hub.package.reader import Package
from hub.package.rules.base import ABSENT, Bag, NotCheckedError, Problem, at, blank, rule
from hub.package.rules.common import filled, in_place
from hub.package.rules.metadata import local_day, real_date
from hub.package.values import GUID, as_datetime

FUTURE: Final = Words("Tarih gelecekte.", "The date is in the future.")


@rule("EYP-EYPG-GENERATION")
def generation(bag: Bag) -> Iterator[Problem]:
    if bag.p.kind == "eypg":
        yield Problem(bag.p.core_part or "", found=bag.p.version or bag.p.generation, expected="2.1")


@rule("EYP-EYPG-COMPONENTS")
def components(bag: Bag) -> Iterator[Problem]:
    for name in ("orijinalpaket", "guncellemebilgisi", "nihaiozet"):
        found = bag.p.opc.related(name)
        if len(found) != 1 or bag.p.opc.target(name) is None:
            yield Problem("/_rels/.rels", found=f"{name}: {len(found)}", expected="1")


@rule("EYP-EYPG-ONLY")
def nothing_else(bag: Bag) -> Iterator[Problem]:
    for name in ("ustyazi", "ustveri", "nihaiustveri", "paketozeti", "parafozeti", "parafimzacades", "imzacades", "ek",
                 "imzasizek", "sifreliicerik", "sifreliicerikbilgisi", "belgehedef"):  # fmt: skip
        if part := bag.p.part(name):
            yield Problem(part, found=name, expected=ABSENT)


@rule("EYP-EYPG-ORIGINAL-URI", when="orijinalpaket")
def original_place(bag: Bag) -> Iterator[Problem]:
    part = bag.p.part("orijinalpaket") or ""
    inner = bag.inner.package if bag.inner else None
    wanted = [f"/OrijinalPaket/OrijinalPaket.{kind}" for kind in ((inner.kind,) if inner else ("eyp", "eypg"))]
    if fold(part) not in [fold(name) for name in wanted] and not (inner and inner.kind == "eyps"):
        yield Problem(part, found=part, expected=", ".join(wanted))


@rule("EYP-EYPG-ORIGINAL-CT", when="orijinalpaket")
def original_type(bag: Bag) -> Iterator[Problem]:
    part = bag.p.part("orijinalpaket") or ""
    found = bag.p.opc.content_type(part)
    if found and found.lower() != ZIPPED:
        yield Problem(part, found=found, expected=ZIPPED)


def _original(bag: Bag) -> Package:
    if bag.inner is None or bag.inner.package is None:
        raise NotCheckedError(bag.inner_missing or Words("Orijinal paket açılamadı.", "The original was not opened."))
    return bag.inner.package


@rule("EYP-EYPG-ORIGINAL-PLAIN", when="orijinalpaket")
def original_plain(bag: Bag) -> Iterator[Problem]:
    if _original(bag).kind == "eyps":
        yield Problem(bag.p.part("orijinalpaket") or "", found="eyps", expected="eyp, eypg")


@rule("EYP-EYPG-ORIGINAL-VALID", when="orijinalpaket")
def original_valid(bag: Bag) -> Iterator[Problem]:
    part = bag.p.part("orijinalpaket") or ""
    if bag.inner is None:
        _original(bag)
    elif bag.inner.failed or bag.inner.package is None:
        note = Words("Orijinal paket geçersiz; ayrıntısı kendi raporunda.", "The original fails (its own report).")
        yield Problem(part, note=note)
    elif bag.inner.incomplete:
        raise NotCheckedError(Words("Orijinal paket tam denetlenemedi.", "The original was not checked completely."))


rule("EYP-EYPG-BILGI-URI", when="guncellemebilgisi")(in_place("guncellemebilgisi"))


def _updates(bag: Bag) -> Iterator[tuple[str, Guncelleme]]:
    info = bag.p.guncelleme_bilgisi
    for item in info.guncellemeler if info else ():
        yield bag.p.part("guncellemebilgisi") or "", item


def _changes(bag: Bag) -> Iterator[tuple[str, GuvenlikKoduDegisiklikBilgisi]]:
    for part, item in _updates(bag):
        for body in item.guvenlik_kodu_degisiklik_bilgisi:
            yield part, body


@rule("EYP-EYPG-BILGI-LIST", when="guncellemebilgisi")
def some_update(bag: Bag) -> Iterator[Problem]:
    info = bag.p.guncelleme_bilgisi
    if info and not info.guncellemeler:
        yield at(bag.p.part("guncellemebilgisi"), info, 0, "≥ 1")


@rule("EYP-EYPG-TUR", when="guncellemebilgisi")
def kind_of_update(bag: Bag) -> Iterator[Problem]:
    for part, item in _updates(bag):
        if (item.guncelleme_turu or "").strip() != "GuvenlikKodu":
            yield at(part, item.guncelleme_turu or item, item.guncelleme_turu, "GuvenlikKodu")


@rule("EYP-EYPG-TUR-BODY", when="guncellemebilgisi")
def body(bag: Bag) -> Iterator[Problem]:
    for part, item in _updates(bag):
        found = len(item.guvenlik_kodu_degisiklik_bilgisi)
        if (item.guncelleme_turu or "").strip() == "GuvenlikKodu" and found != 1:
            yield at(part, item, found, "1")


@rule("EYP-EYPG-KOD", when="guncellemebilgisi")
def new_code(bag: Bag) -> Iterator[Problem]:
    codes = catalogue()["EYP-USTVERI-GUVENLIK"].params["2.x"]
    for part, item in _changes(bag):
        value = item.yeni_gizlilik_derecesi
        if (value or "").strip() not in codes:
            yield at(part, value or item, value, ", ".join(codes))


@rule("EYP-EYPG-KOD-OZL", when="guncellemebilgisi")
def new_code_withdrawn(bag: Bag) -> Iterator[Problem]:
    for part, item in _changes(bag):
        if (item.yeni_gizlilik_derecesi or "").strip() == "OZL":
            yield at(part, item.yeni_gizlilik_derecesi, "OZL")


def code_in_force(package: Package) -> str | None:
    """The security code after a package: that of its last update, else that of its Üstveri; None when unknown."""
    if package.guncelleme_bilgisi:
        bodies = [b for item in package.guncelleme_bilgisi.guncellemeler for b in item.guvenlik_kodu_degisiklik_bilgisi]
        return (bodies[-1].yeni_gizlilik_derecesi or "").strip() if bodies else None
    return (package.ustveri.guvenlik_kodu or "").strip() if package.ustveri else None


@rule("EYP-EYPG-KOD-CHANGE", when="guncellemebilgisi")
def code_changes(bag: Bag) -> Iterator[Problem]:
    before = code_in_force(_original(bag))
    for part, item in _changes(bag):
        after = (item.yeni_gizlilik_derecesi or "").strip()
        if before and after == before:
            yield at(part, item.yeni_gizlilik_derecesi, after, f"≠ {before}")
        before = after


@rule("EYP-EYPG-TARIH", when="guncellemebilgisi")
def change_date(bag: Bag) -> Iterator[Problem]:
    for part, item in _changes(bag):
        if not real_date(item.degistirme_tarihi):
            yield at(part, item.degistirme_tarihi or item, item.degistirme_tarihi, "xsd:dateTime")


@rule("EYP-EYPG-TARIH-ORDER", when="guncellemebilgisi")
def change_order(bag: Bag) -> Iterator[Problem]:
    original, now = _original(bag), as_datetime(bag.now)
    date = original.tarih
    if original.kind == "eypg" and original.core:
        date = original.core.created
    earliest = as_datetime(date)
    for part, item in _changes(bag):
        value = as_datetime(item.degistirme_tarihi)
        if value and earliest and local_day(value) < local_day(earliest):
            yield at(part, item.degistirme_tarihi, item.degistirme_tarihi, f"≥ {date}")
        elif value and now and value > now:
            # the day of judging stays out of the report: tomorrow's shall have the same bytes
            yield at(part, item.degistirme_tarihi, item.degistirme_tarihi, note=FUTURE)


rule("EYP-EYPG-ACIKLAMA", when="guncellemebilgisi")(filled(_changes, "aciklama"))
rule("EYP-EYPG-KARARNO", when="guncellemebilgisi")(filled(_changes, "komisyon_karari_belge_no"))
rule("EYP-EYPG-KARARID", when="guncellemebilgisi")(filled(_changes, "komisyon_karari_belge_id"))


@rule("EYP-EYPG-KARARID-GUID", when="guncellemebilgisi")
def decision_id(bag: Bag) -> Iterator[Problem]:
    for part, item in _changes(bag):
        value = item.komisyon_karari_belge_id
        if not blank(value) and not GUID.fullmatch((value or "").strip()):
            yield at(part, value, value, "GUID")


@rule("EYP-EYPG-NIHAIOZET-ID", needs=("core", "nihaiozet"))
def summary_id(bag: Bag) -> Iterator[Problem]:
    core, document = bag.p.core, bag.p.nihai_ozet
    assert core
    assert document
    if (document.id or "").strip().upper() != (core.identifier or "").strip().upper():
        yield at(bag.p.part("nihaiozet"), document, document.id, core.identifier or ABSENT)


@rule("EYP-EYPG-IDENTIFIER", needs="core")
def identifier(bag: Bag) -> Iterator[Problem]:
    original, core = _original(bag), bag.p.core
    assert core
    mine = (core.identifier or "").strip().upper()
    theirs = {(original.core.identifier or "").strip().upper()} if original.core else set()
    theirs |= {(original.ustveri.belge_id or "").strip().upper()} if original.ustveri else set()
    if mine and mine in theirs:
        yield at(bag.p.core_part, core.identifier, core.identifier, f"≠ {mine}")
