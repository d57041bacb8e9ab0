"""Rules on Nihai Üstveri, the list of signers, Belge Hedef and Belge İmza."""

from __future__ import annotations

from collections.abc import Iterator

from hub.package.model import GercekSahis, Imza
from hub.package.node import Node
from hub.package.rules.base import ABSENT, Bag, Problem, at, blank, rule
from hub.package.rules.common import ROOT_RELS, at_most_one, filled, in_place
from hub.package.rules.metadata import real_date


def _final(bag: Bag) -> Iterator[tuple[str, Node]]:
    if final := bag.p.nihai_ustveri:
        yield bag.p.part("nihaiustveri") or "", final


@rule("EYP2-K82")
def final_one(bag: Bag) -> Iterator[Problem]:
    found = bag.p.opc.related("nihaiustveri")
    signed = bag.p.opc.related("imzacades") or bag.p.opc.related("nihaiozet") or bag.p.opc.related("muhurcades")
    if len(found) > 1 or (signed and (len(found) != 1 or bag.p.opc.target("nihaiustveri") is None)):
        yield Problem(ROOT_RELS, found=str(len(found)), expected="1")


rule("EYP2-K84", when="nihaiustveri")(in_place("nihaiustveri"))


rule("EYP2-K85-BELGENO", when="nihaiustveri")(filled(_final, "belge_no"))


@rule("EYP2-K85-TARIH", when="nihaiustveri")
def final_date(bag: Bag) -> Iterator[Problem]:
    final, part = bag.p.nihai_ustveri, bag.p.part("nihaiustveri")
    assert final
    if not real_date(final.tarih):
        yield at(part, final.tarih if final.tarih is not None else final, final.tarih, "xsd:dateTime")


@rule("EYP2-K85-IMZA", when="nihaiustveri")
def final_signers(bag: Bag) -> Iterator[Problem]:
    final, part = bag.p.nihai_ustveri, bag.p.part("nihaiustveri")
    assert final
    if not final.imzalar:
        yield at(part, final.belge_imzalar or final, 0, "≥ 1")


@rule("EYP-NIHAIUSTVERI-1X")
def no_final_in_one(bag: Bag) -> Iterator[Problem]:
    for name in ("nihaiustveri", "parafozeti", "parafimzacades"):
        if part := bag.p.part(name):
            yield Problem(part, found=name, expected=ABSENT)


def _signers(bag: Bag) -> Iterator[tuple[str, Imza]]:
    for name, document in (("nihaiustveri", bag.p.nihai_ustveri), ("belgeimza", bag.p.belge_imza)):
        for imza in document.imzalar if document else ():
            yield bag.p.part(name) or "", imza


def _is_person(person: GercekSahis | None) -> bool:
    return (
        person is not None
        and person.kisi is not None
        and not blank(person.kisi.ilk_adi)
        and not blank(person.kisi.soyadi)
    )


@rule("EYP-IMZA-IMZALAYAN")
def signer_named(bag: Bag) -> Iterator[Problem]:
    for part, imza in _signers(bag):
        # a person whose name is incomplete has a rule of his own
        if imza.imzalayan is None or imza.imzalayan.kisi is None:
            yield at(part, imza, None, "Imzalayan/Kisi")


@rule("EYP-IMZA-VEKALET")
def proxies(bag: Bag) -> Iterator[Problem]:
    for part, imza in _signers(bag):
        for person in (imza.yetki_devreden, imza.vekalet_veren):
            if person is not None and not _is_person(person):
                yield at(part, person, None, "Kisi")


rule("EYP-IMZA-AMAC")(filled(_signers, "amac"))


@rule("EYP-IMZA-TCYK-2X")
def manager_code_two(bag: Bag) -> Iterator[Problem]:
    for part, imza in _signers(bag):
        if imza.tcyk is not None:
            yield at(part, imza.tcyk, imza.tcyk, ABSENT)


@rule("EYP-IMZA-TCYK-1X")
def manager_code_one(bag: Bag) -> Iterator[Problem]:
    if bag.p.version == "1.3":
        return
    for part, imza in _signers(bag):
        if imza.tcyk is not None:
            yield at(part, imza.tcyk, bag.p.version, "1.3")


# Belge Hedef and Belge İmza -------------------------------------------------------------------------------------------


@rule("EYP-BELGEHEDEF-1X")
def target_present(bag: Bag) -> Iterator[Problem]:
    if bag.p.part("belgehedef") is None:
        yield Problem(ROOT_RELS, found="0", expected="1")


rule("EYP-BELGEHEDEF-MULTI")(at_most_one("belgehedef"))


rule("EYP-BELGEHEDEF-URI", when="belgehedef")(in_place("belgehedef"))


@rule("EYP-BELGEHEDEF-LIST", when="belgehedef")
def target_list(bag: Bag) -> Iterator[Problem]:
    document, part = bag.p.belge_hedef, bag.p.part("belgehedef")
    assert document
    if not document.hedefler:
        yield at(part, document.hedef_listesi or document, 0, "≥ 1")
    for hedef in document.hedefler:
        if len(hedef.parties) != 1:
            yield at(part, hedef, len(hedef.parties), "1")


@rule("EYP-BELGEHEDEF-MATCH", when="belgehedef", needs="ustveri")
def target_addressed(bag: Bag) -> Iterator[Problem]:
    document, ustveri = bag.p.belge_hedef, bag.p.ustveri
    assert document
    assert ustveri
    addressed = {dagitim.key for dagitim in ustveri.dagitimlar}
    for hedef in document.hedefler:
        if hedef.key and hedef.key not in addressed:
            kind, _, number = hedef.key.partition(":")
            yield at(bag.p.part("belgehedef"), hedef, kind if kind == "TCKN" else number)


@rule("EYP-BELGEHEDEF-2X-EYP")
def target_absent(bag: Bag) -> Iterator[Problem]:
    if part := bag.p.part("belgehedef"):
        yield Problem(part, expected=ABSENT)


@rule("EYP-BELGEIMZA-MULTI", when="belgeimza")
def signers_once(bag: Bag) -> Iterator[Problem]:
    found, part = bag.p.opc.related("belgeimza"), bag.p.part("belgeimza") or ""
    if len(found) > 1:
        yield Problem(ROOT_RELS, found[1].at, str(len(found)), "1")
    elif part.lower() != "/imzalar/belgeimza.xml":
        yield Problem(part, found=part, expected="/Imzalar/BelgeImza.xml")


@rule("EYP-BELGEIMZA-REQUIRED")
def signers_present(bag: Bag) -> Iterator[Problem]:
    if bag.p.part("muhurcades") is None:
        return
    if bag.p.part("belgeimza") is None:
        yield Problem(ROOT_RELS, found="0", expected="1")
    elif bag.p.belge_imza and not bag.p.belge_imza.imzalar:
        yield at(bag.p.part("belgeimza"), bag.p.belge_imza, 0, "≥ 1")


@rule("EYP-BELGEIMZA-2X")
def signers_absent(bag: Bag) -> Iterator[Problem]:
    if part := bag.p.part("belgeimza"):
        yield Problem(part, expected=ABSENT)
