"""Rules on Üstveri: identity, subject, codes, lists; and on the references (İlgi)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from itertools import count
from typing import Final

from hub.clock import to_local
from hub.package.catalogue import catalogue
from hub.package.model import Ustveri
from hub.package.node import Node
from hub.package.rules.base import ABSENT, Bag, Problem, at, blank, rule
from hub.package.rules.common import exactly_one, filled, in_place
from hub.package.values import GUID, as_datetime, as_int, has_offset

LETTERS: Final = "abcçdefgğhıijklmnoöprsştuüvyz"
"""Labels of references, in order."""

_ZERO = "00000000-0000-0000-0000-000000000000"


def _ustveri(bag: Bag) -> tuple[Ustveri, str]:
    found = bag.p.ustveri
    assert found
    return found, bag.p.part("ustveri") or ""


def _itself(bag: Bag) -> Iterator[tuple[str, Node]]:
    ustveri, part = _ustveri(bag)
    yield part, ustveri


def _references(bag: Bag) -> Iterator[tuple[str, Node]]:
    ustveri, part = _ustveri(bag)
    yield from ((part, item) for item in ustveri.ilgi_listesi)


def _services(bag: Bag) -> Iterator[tuple[str, Node]]:
    ustveri, part = _ustveri(bag)
    yield from ((part, item) for item in (ustveri.heysk_listesi.heysk if ustveri.heysk_listesi else ()))


def _elsewhere(bag: Bag) -> Iterator[tuple[str, Node]]:
    ustveri, part = _ustveri(bag)
    yield from ((part, item) for item in ustveri.ek_listesi if (item.tur or "").strip() == "HRF")


def real_date(text: str | None) -> bool:
    """Whether a date-time is one and not the zero value that some writers leave (year 1)."""
    value = as_datetime(text)
    return value is not None and value.year > 1


def local_day(instant: datetime) -> date:
    """The calendar day of an instant in Türkiye; what is dated without a time of day is compared by it."""
    return to_local(instant).date()


rule("EYP2-K16")(exactly_one("ustveri"))


rule("EYP2-K18", when="ustveri")(in_place("ustveri"))


@rule("EYP2-K19-DAGITIM", needs="ustveri")
def some_distribution(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    if not ustveri.dagitimlar:
        yield at(part, ustveri.dagitim_listesi or ustveri, 0, "≥ 1")


@rule("EYP2-K19-OZID", needs="ustveri")
def oz_ids(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    values = [ustveri.oz_id, *(ek.oz_id for ek in ustveri.ek_listesi), *(i.oz_id for i in ustveri.ilgi_listesi)]
    for item in values:
        if item is not None and (blank(item) or blank(item.scheme_id)):
            yield at(part, item, f"{item.scheme_id or ABSENT}:{item.strip() or ABSENT}", "schemeID:…")


@rule("EYP2-K19-DOGRULAMA", needs="ustveri")
def verification_address(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    holder = ustveri.dogrulama_bilgisi
    if holder is None or blank(holder.dogrulama_adresi):
        yield at(part, holder or ustveri, holder.dogrulama_adresi if holder else None)


@rule("EYP-USTVERI-DOGRULAMA-URL", needs="ustveri")
def verification_url(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    value = ustveri.dogrulama_bilgisi.dogrulama_adresi if ustveri.dogrulama_bilgisi else None
    if not blank(value) and not re.match(r"https?://[^\s/]", (value or "").strip(), re.IGNORECASE):
        yield at(part, value, value, "https://…")


rule("EYP2-K19-HRF", needs="ustveri")(filled(_elsewhere, "referans"))


@rule("EYP2-K19-KONULMAMIS", needs="ustveri")
def withheld_known(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    known = {ek.ek_id for ek in ustveri.ek_listesi}
    for dagitim in ustveri.dagitimlar:
        for item in dagitim.konulmamis:
            if not blank(item.ek_id) and (item.ek_id or "").strip().upper() not in known:
                yield at(part, item.ek_id, item.ek_id)


@rule("EYP2-K61", needs="ustveri")
def ids_differ(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    seen: set[str] = set()
    ids = [*(ek.id for ek in ustveri.ek_listesi), *(ilgi.id for ilgi in ustveri.ilgi_listesi)]
    values = [ustveri.belge_id, *(item.value if item else None for item in ids)]
    for value in values:
        if blank(value):
            continue
        key = (value or "").strip().upper()
        if key in seen:
            yield at(part, value, value)
        seen.add(key)


def _guids(bag: Bag) -> Iterator[tuple[str, str | None]]:
    ustveri, part = _ustveri(bag)
    yield part, ustveri.belge_id
    for item in (*(ek.id for ek in ustveri.ek_listesi), *(ilgi.id for ilgi in ustveri.ilgi_listesi)):
        yield part, item.value if item else None
    for ilgi in ustveri.ilgi_listesi:
        yield part, ilgi.ek_id
    for dagitim in ustveri.dagitimlar:
        for withheld in dagitim.konulmamis:
            yield part, withheld.ek_id


@rule("EYP2-K80", needs="ustveri")
def upper_case(bag: Bag) -> Iterator[Problem]:
    values = list(_guids(bag))
    for name in ("paketozeti", "nihaiozet", "parafozeti"):
        part = bag.p.part(name)
        summary = {"paketozeti": bag.p.paket_ozeti, "nihaiozet": bag.p.nihai_ozet, "parafozeti": bag.p.paraf_ozeti}
        if part and (document := summary[name]):
            values.append((part, document.id))
    if bag.p.core and bag.p.core_part:
        values.append((bag.p.core_part, bag.p.core.identifier))
    for part, value in values:
        text = (value or "").strip()
        if GUID.fullmatch(text) and text != text.upper():
            yield at(part, value, value, text.upper())


@rule("EYP-ID-GUID", needs="ustveri")
def guid_form(bag: Bag) -> Iterator[Problem]:
    for part, value in _guids(bag):
        if not blank(value) and not GUID.fullmatch((value or "").strip()):
            yield at(part, value, value, "8-4-4-4-12")


@rule("EYP-USTVERI-BELGEID", needs="ustveri")
def belge_id(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    if blank(ustveri.belge_id) or (ustveri.belge_id or "").strip() == _ZERO:
        yield at(part, ustveri.belge_id or ustveri, ustveri.belge_id, "GUID")


rule("EYP-USTVERI-KONU", needs="ustveri")(filled(_itself, "konu"))


@rule("EYP-USTVERI-TARIH", needs="ustveri")
def tarih(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    if not real_date(ustveri.tarih):
        yield at(part, ustveri.tarih or ustveri, ustveri.tarih, "xsd:dateTime")


rule("EYP-USTVERI-BELGENO", needs="ustveri")(filled(_itself, "belge_no"))


@rule("EYP-USTVERI-NO-TARIH", needs="ustveri")
def no_tarih(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    for value in (ustveri.tarih, ustveri.belge_no):
        if value is not None:
            yield at(part, value, value, ABSENT)


@rule("EYP-USTVERI-GUVENLIK", needs="ustveri")
def security_code(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    codes = catalogue()["EYP-USTVERI-GUVENLIK"].params[bag.p.generation]
    if (ustveri.guvenlik_kodu or "").strip() not in codes:
        yield at(part, ustveri.guvenlik_kodu or ustveri, ustveri.guvenlik_kodu, ", ".join(codes))


@rule("EYP-USTVERI-GUVENLIK-OZL", needs="ustveri")
def security_withdrawn(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    if (ustveri.guvenlik_kodu or "").strip() == "OZL":
        yield at(part, ustveri.guvenlik_kodu, "OZL")


@rule("EYP-USTVERI-GECERLILIK", needs="ustveri")
def security_until(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    until, written = as_datetime(ustveri.guvenlik_kodu_gecerlilik_tarihi), as_datetime(ustveri.tarih)
    if until and written and local_day(until) < local_day(written):
        value = ustveri.guvenlik_kodu_gecerlilik_tarihi
        yield at(part, value, value, f"≥ {ustveri.tarih}")


@rule("EYP-USTVERI-GECERLILIK-NIL", needs="ustveri")
def security_nil(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    value = ustveri.guvenlik_kodu_gecerlilik_tarihi
    if value is not None and blank(value) and not value.nil:
        yield at(part, value, value, "xsi:nil")


rule("EYP-USTVERI-MIME", needs="ustveri")(filled(_itself, "mime_turu"))


@rule("EYP-USTVERI-OZID-MISSING", needs="ustveri")
def oz_id(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    if ustveri.oz_id is None:
        yield at(part, ustveri, None)


@rule("EYP-USTVERI-DIL", needs="ustveri")
def language(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    if not blank(ustveri.dil) and not re.fullmatch(r"[a-z]{3}", (ustveri.dil or "").strip()):
        yield at(part, ustveri.dil, ustveri.dil, "ISO 639-3")


rule("EYP-USTVERI-DOSYAADI", needs="ustveri")(filled(_itself, "dosya_adi"))


@rule("EYP-USTVERI-OLUSTURAN", needs="ustveri")
def creator_party(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    parties = ustveri.olusturan.parties if ustveri.olusturan else ()
    if len(parties) != 1:
        yield at(part, ustveri.olusturan or ustveri, len(parties), "1")


@rule("EYP-USTVERI-ILGILI", needs="ustveri")
def contact_party(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    for item in ustveri.ilgili_listesi.ilgili if ustveri.ilgili_listesi else ():
        if len(item.parties) != 1:
            yield at(part, item, len(item.parties), "1")


@rule("EYP-USTVERI-EMPTYLIST", needs="ustveri")
def empty_lists(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    lists: list[tuple[object, tuple[object, ...]]] = [
        (ustveri.ekler, ustveri.ek_listesi),
        (ustveri.ilgiler, ustveri.ilgi_listesi),
        (ustveri.ilgili_listesi, ustveri.ilgili_listesi.ilgili if ustveri.ilgili_listesi else ()),
        (ustveri.heysk_listesi, ustveri.heysk_listesi.heysk if ustveri.heysk_listesi else ()),
    ]
    lists += [(dagitim.konulmamis_ek_listesi, dagitim.konulmamis) for dagitim in ustveri.dagitimlar]
    for holder, members in lists:
        if holder is not None and not members:
            yield at(part, holder, 0, "≥ 1")


@rule("EYP-USTVERI-DATE-OFFSET", needs="ustveri")
def date_offsets(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    dates: list[str | None] = [ustveri.tarih, ustveri.guvenlik_kodu_gecerlilik_tarihi]
    dates += [ilgi.tarih for ilgi in ustveri.ilgi_listesi]
    for value in dates:
        if as_datetime(value) is not None and not has_offset(value):
            yield at(part, value, value, "±hh:mm")


@rule("EYP-SDP-KOD", needs="ustveri")
def sdp_code(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    pattern = catalogue()["EYP-SDP-KOD"].params["pattern"]
    for sdp in ustveri.sdp_bilgisi.codes if ustveri.sdp_bilgisi else ():
        if not blank(sdp.kod) and not re.fullmatch(pattern, (sdp.kod or "").strip()):
            yield at(part, sdp.kod, sdp.kod, "000.00.00.00")


@rule("EYP-SDP-REQUIRED", needs="ustveri")
def sdp_complete(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    if ustveri.sdp_bilgisi and ustveri.sdp_bilgisi.ana_sdp is None:
        yield at(part, ustveri.sdp_bilgisi, None, "AnaSdp")
    for sdp in ustveri.sdp_bilgisi.codes if ustveri.sdp_bilgisi else ():
        if blank(sdp.kod) or blank(sdp.ad):
            yield at(part, sdp, f"{sdp.kod or ABSENT} {sdp.ad or ABSENT}", "Kod, Ad")


@rule("EYP-HEYSK-KOD", needs="ustveri")
def heysk_code(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    for item in ustveri.heysk_listesi.heysk if ustveri.heysk_listesi else ():
        if (as_int(item.kod) or 0) <= 0:
            yield at(part, item.kod or item, item.kod, "> 0")


rule("EYP-HEYSK-AD", needs="ustveri")(filled(_services, "ad"))


# İlgi -----------------------------------------------------------------------------------------------------------------


@rule("EYP-ILGI-ID", needs="ustveri")
def reference_id(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    for ilgi in ustveri.ilgi_listesi:
        if ilgi.id is None or blank(ilgi.id.value):
            yield at(part, ilgi.id or ilgi, None, "GUID")


rule("EYP-ILGI-ETIKET", needs="ustveri")(filled(_references, "etiket"))


def _lower(text: str | None) -> str:
    return (text or "").strip().replace("İ", "i").replace("I", "ı").lower()


@rule("EYP-ILGI-ETIKET-UNIQUE", needs="ustveri")
def labels_unique(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    seen: set[str] = set()
    for ilgi in ustveri.ilgi_listesi:
        if _lower(ilgi.etiket) in seen and not blank(ilgi.etiket):
            yield at(part, ilgi.etiket, ilgi.etiket)
        seen.add(_lower(ilgi.etiket))


@rule("EYP-ILGI-ETIKET-LETTER", needs="ustveri")
def label_letter(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    for ilgi in ustveri.ilgi_listesi:
        if not blank(ilgi.etiket) and (len(_lower(ilgi.etiket)) != 1 or _lower(ilgi.etiket) not in LETTERS):
            yield at(part, ilgi.etiket, ilgi.etiket, "a … z")


@rule("EYP-ILGI-ETIKET-ORDER", needs="ustveri")
def label_order(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    labels = [_lower(ilgi.etiket) for ilgi in ustveri.ilgi_listesi]
    # labels that are missing, doubled or no letters have rules of their own
    if len(set(labels)) != len(labels) or any(len(item) != 1 or item not in LETTERS for item in labels):
        return
    for number, ilgi in zip(count(), ustveri.ilgi_listesi, strict=False):
        wanted = LETTERS[number] if number < len(LETTERS) else ABSENT
        if labels[number] != wanted:
            yield at(part, ilgi.etiket, ilgi.etiket, wanted)
            return


@rule("EYP2-K25", needs="ustveri")
def attached_reference(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    known = {ek.ek_id for ek in ustveri.ek_listesi}
    for ilgi in ustveri.ilgi_listesi:
        if not blank(ilgi.ek_id) and (ilgi.ek_id or "").strip().upper() not in known:
            yield at(part, ilgi.ek_id, ilgi.ek_id)


rule("EYP-ILGI-AD", needs="ustveri")(filled(_references, "ad"))


@rule("EYP-EYPS-REQUIRED-GZL", needs="ustveri")
def secret_in_the_open(bag: Bag) -> Iterator[Problem]:
    ustveri, part = _ustveri(bag)
    if (ustveri.guvenlik_kodu or "").strip() in ("GZL", "CGZ") and not bag.enclosed:
        yield at(part, ustveri.guvenlik_kodu, ustveri.guvenlik_kodu, "eyps")
