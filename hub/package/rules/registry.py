"""Rules that ask the registry, as it was on the letter's date (İYEM G2 for KEP addresses)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hub.letter.number import LetterNumber, LetterNumberError
from hub.package import model
from hub.package.errors import Words
from hub.package.register import Register
from hub.package.rules.base import Bag, NotCheckedError, Outcome, Problem, at, blank, rule
from hub.package.rules.parties import institutions

_NUMBER = re.compile(r"[1-9][0-9]{7}")


def _register(bag: Bag) -> Register:
    if bag.register is None:
        raise bag.no_register or NotCheckedError(Words("DETSİS kayıtlarına bakılmadı.", "The registry was not asked."))
    return bag.register


def _number(text: str | None) -> int | None:
    value = (text or "").strip()
    return int(value) if _NUMBER.fullmatch(value) else None


def _inactive(bag: Bag, part: str, item: model.KurumKurulus) -> Iterator[Problem]:
    """Numbers of an institution that were not active units on the day. Malformed ones have a rule of their own."""
    register = _register(bag)
    for text in (item.kkk, item.birim_kkk):
        number = _number(text)
        if number is None:
            continue
        found = register.unit(number)
        if found is None and register.exists_now(number):
            raise NotCheckedError(
                Words(
                    f"Kayıtta {number} için bu tarihe ait bilgi yok.",
                    f"The registry has no data on {number} for that day.",
                ),
                Outcome.INDETERMINATE,
            )
        if found is None or not found.active:
            name = found.name if found else ""
            yield at(part, text, f"{text} {name}".strip())


def _known(register: Register, text: str | None) -> int | None:
    """The number, when the registry has that unit on the day: what it does not have is reported elsewhere."""
    number = _number(text)
    return number if number is not None and register.unit(number) is not None else None


@rule("EYP-KAYIT-OLUSTURAN", needs="ustveri")
def creator(bag: Bag) -> Iterator[Problem]:
    _register(bag)
    ustveri = bag.p.ustveri
    if ustveri and ustveri.olusturan and ustveri.olusturan.kurum_kurulus:
        yield from _inactive(bag, bag.p.part("ustveri") or "", ustveri.olusturan.kurum_kurulus)


def _addressed(bag: Bag) -> Iterator[tuple[str, model.Taraf]]:
    if bag.p.ustveri:
        for dagitim in bag.p.ustveri.dagitimlar:
            yield bag.p.part("ustveri") or "", dagitim
    elif bag.p.belge_hedef:
        for hedef in bag.p.belge_hedef.hedefler:
            yield bag.p.part("belgehedef") or "", hedef


@rule("EYP-KAYIT-MUHATAP")
def addressees(bag: Bag) -> Iterator[Problem]:
    _register(bag)
    for part, item in _addressed(bag):
        if item.kurum_kurulus:
            yield from _inactive(bag, part, item.kurum_kurulus)


@rule("EYP-KAYIT-BIRIM")
def units_belong(bag: Bag) -> Iterator[Problem]:
    register = _register(bag)
    for part, item in institutions(bag):
        institution, unit = _known(register, item.kkk), _known(register, item.birim_kkk)
        if institution and unit and unit != institution and institution not in register.superiors(unit):
            yield at(part, item.birim_kkk, item.birim_kkk, f"< {item.kkk}")


@rule("EYP-KAYIT-KEP")
def kep_registered(bag: Bag) -> Iterator[Problem]:
    register = _register(bag)
    for part, item in institutions(bag):
        address = item.iletisim_bilgisi.kep_adresi if item.iletisim_bilgisi else None
        numbers = {n for n in (_known(register, item.kkk), _known(register, item.birim_kkk)) if n}
        if blank(address) or not numbers:
            continue
        if not register.kep_holders((address or "").strip(), frozenset(numbers)):
            yield at(part, address, address, ", ".join(str(number) for number in sorted(numbers)))


def _sender_institutions(bag: Bag, register: Register) -> frozenset[int]:
    """The sending institution, its main institution and everything between."""
    ustveri = bag.p.ustveri
    sender = ustveri.olusturan.kurum_kurulus if ustveri and ustveri.olusturan else None
    numbers: set[int] = set()
    for text in (sender.kkk, sender.birim_kkk) if sender else ():
        number = _number(text)
        unit = register.unit(number) if number else None
        if number and unit:
            numbers |= {number, unit.main_no} | register.superiors(number)
    return frozenset(numbers)


@rule("EYP-KAYIT-SDP", needs="ustveri")
def file_plan(bag: Bag) -> Iterator[Problem]:
    register, ustveri = _register(bag), bag.p.ustveri
    assert ustveri
    institutions_of = _sender_institutions(bag, register)
    for sdp in ustveri.sdp_bilgisi.codes if ustveri.sdp_bilgisi else ():
        if blank(sdp.kod):
            continue
        known = register.has_file_plan_code(institutions_of, (sdp.kod or "").strip())
        if known is None:
            raise NotCheckedError(
                Words("Kayıtta kurumun dosya planı yok.", "The registry holds no file plan of the institution.")
            )
        if not known:
            yield at(bag.p.part("ustveri"), sdp.kod, sdp.kod)


@rule("EYP-KAYIT-HEYSK", needs="ustveri")
def services(bag: Bag) -> Iterator[Problem]:
    register, ustveri = _register(bag), bag.p.ustveri
    assert ustveri
    for item in ustveri.heysk_listesi.heysk if ustveri.heysk_listesi else ():
        if blank(item.kod):
            continue
        known = register.has_service((item.kod or "").strip())
        if known is None:
            raise NotCheckedError(Words("Kayıtta hizmet envanteri yok.", "The registry holds no service inventory."))
        if not known:
            yield at(bag.p.part("ustveri"), item.kod, item.kod)


@rule("EYP-KAYIT-BELGENO", needs="ustveri")
def number(bag: Bag) -> Iterator[Problem]:
    register, ustveri = _register(bag), bag.p.ustveri
    assert ustveri
    if blank(bag.p.belge_no):
        raise NotCheckedError(Words("Belge numarası yok.", "There is no document number."))
    part = bag.p.part("nihaiustveri") or bag.p.part("ustveri")
    try:
        parsed = LetterNumber.parse(bag.p.belge_no or "")
    except LetterNumberError:
        yield at(part, bag.p.belge_no, bag.p.belge_no, "E-12345678-000.00-1")
        return
    sender = ustveri.olusturan.kurum_kurulus if ustveri.olusturan else None
    own = {n for n in (_number(sender.kkk), _number(sender.birim_kkk)) if n} if sender else set()
    # the number is that of the preparing unit, which may be any unit below the institution
    if parsed.unit not in own and not own & register.superiors(parsed.unit):
        yield at(part, bag.p.belge_no, parsed.unit, ", ".join(str(number) for number in sorted(own)))
    codes = {(sdp.kod or "").strip() for sdp in (ustveri.sdp_bilgisi.codes if ustveri.sdp_bilgisi else ())}
    if codes and parsed.file_code not in codes:
        yield at(part, bag.p.belge_no, parsed.file_code, ", ".join(sorted(codes)))


@rule("EYP-KAYIT-SURUM")
def versions(bag: Bag) -> Iterator[Problem]:
    register = _register(bag)
    mine = re.match(r"([0-9]+)\.([0-9]+)", bag.p.version)
    if not mine:
        raise NotCheckedError(Words("Paket sürümü okunamadı.", "The package's version cannot be read."))
    for part, item in _addressed(bag):
        institution = item.kurum_kurulus
        wanted = _known(register, institution.kkk) if institution else None
        if institution is None or wanted is None:
            continue
        unit = register.unit(wanted)
        recorded = register.package_version(wanted) or (register.package_version(unit.main_no) if unit else None)
        theirs = re.match(r"([0-9]+)\.([0-9]+)", recorded or "")
        if theirs and tuple(map(int, theirs.groups())) < tuple(map(int, mine.groups())):
            yield at(part, institution.kkk, f"{institution.kkk}: {recorded}", f"≥ {bag.p.version}")
