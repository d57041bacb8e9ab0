"""Rules on the signature parts that need no trust: presence, place, structure, the content they carry."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hub.package.errors import Words
from hub.package.opc import fold
from hub.package.parts import COMPONENTS, MUHUR_1X
from hub.package.rules.base import Bag, NotCheckedError, Problem, rule
from hub.package.rules.common import at_most_one, in_place
from hub.package.signatures import SIGNED, SignatureFacts

PLACEHOLDER = Words(
    "İmza değil, yer tutucu baytlar (deneme paketi).", "Placeholder bytes instead of a signature (a test package)."
)
NOT_CMS = Words("CMS SignedData yapısı değil.", "Not a CMS SignedData structure.")
DETACHED = Words("İmza içeriği taşımıyor (ayrık imza).", "The signature carries no content (detached).")
OTHER_CONTENT = Words(
    "İmzalanan içerik paketteki bileşenle aynı değil.", "The signed content is not the part in the package."
)


def _facts(bag: Bag, name: str) -> SignatureFacts:
    found = bag.signatures.get(name)
    if found is None:
        raise NotCheckedError(Words(f"Bileşen yok ya da okunamıyor: {name}", f"Absent or unreadable: {name}"))
    return found


def _one(name: str, summary: str, rels: str) -> Callable[[Bag], Iterator[Problem]]:
    def check(bag: Bag) -> Iterator[Problem]:
        source = bag.p.part(summary)
        found = bag.p.opc.related(name, source) if source else ()
        if len(found) != 1 or bag.p.opc.find(found[0].resolved) is None:
            yield Problem(rels, found=str(len(found)), expected="1")

    return check


rule("EYP-IMZA-ONE")(_one("imzacades", "paketozeti", "/PaketOzeti/_rels/PaketOzeti.xml.rels"))
rule("EYP-MUHUR-ONE")(_one("muhurcades", "nihaiozet", "/NihaiOzet/_rels/NihaiOzet.xml.rels"))


rule("EYP-MUHUR-1X")(at_most_one("muhurcades"))


rule("EYP-IMZA-URI", when="imzacades")(in_place("imzacades"))
rule("EYP-MUHUR-URI", when="muhurcades")(in_place("muhurcades"))


@rule("EYP-MUHUR-URI-1X", when="muhurcades")
def seal_place_one(bag: Bag) -> Iterator[Problem]:
    part = bag.p.part("muhurcades") or ""
    if fold(part) != fold(MUHUR_1X):
        yield Problem(part, found=part, expected=MUHUR_1X)


def _structure(name: str) -> Callable[[Bag], Iterator[Problem]]:
    def check(bag: Bag) -> Iterator[Problem]:
        facts = _facts(bag, name)
        if facts.error:
            note = PLACEHOLDER if facts.is_placeholder else NOT_CMS
            yield Problem(facts.part, found=facts.shown, expected="CMS SignedData (30 …)", note=note)

    return check


def _carries(name: str) -> Callable[[Bag], Iterator[Problem]]:
    def check(bag: Bag) -> Iterator[Problem]:
        facts = _facts(bag, name)
        summary = bag.p.part(SIGNED[name])
        if facts.error:
            raise NotCheckedError(PLACEHOLDER if facts.is_placeholder else NOT_CMS)
        if summary is None or summary not in bag.p.small:
            raise NotCheckedError(Words("İmzalanan bileşen yok.", "The signed component is missing."))
        if facts.content is None:
            yield Problem(facts.part, found="0 B", expected=summary, note=DETACHED)
        elif facts.content != bag.p.small[summary]:
            yield Problem(facts.part, found=f"{len(facts.content)} B", expected=summary, note=OTHER_CONTENT)

    return check


rule("EYP-IMZA-DER", when="imzacades")(_structure("imzacades"))
rule("EYP-MUHUR-DER", when="muhurcades")(_structure("muhurcades"))
rule("EYP2-K81", when="imzacades")(_carries("imzacades"))
rule("EYP2-K100", when="muhurcades")(_carries("muhurcades"))


@rule("EYP-PARAF-DER", when="parafimzacades")
def paraf_structure(bag: Bag) -> Iterator[Problem]:
    facts = _facts(bag, "parafimzacades")
    if facts.error:
        yield from _structure("parafimzacades")(bag)
    else:
        yield from _carries("parafimzacades")(bag)


# Paraf ----------------------------------------------------------------------------------------------------------------


rule("EYP-PARAF-MULTI", when="parafozeti")(at_most_one("parafozeti"))


rule("EYP-PARAF-URI")(in_place("parafozeti", "parafimzacades"))


@rule("EYP-PARAF-IMZA", when="parafozeti")
def paraf_signed(bag: Bag) -> Iterator[Problem]:
    source = bag.p.part("parafozeti")
    found = bag.p.opc.related("parafimzacades", source)
    if len(found) != 1 or bag.p.part("parafimzacades") is None:
        yield Problem("/ParafOzeti/_rels/ParafOzeti.xml.rels", found=str(len(found)), expected="1")


@rule("EYP-PARAF-IMZA-ALONE", when="parafimzacades")
def paraf_alone(bag: Bag) -> Iterator[Problem]:
    if bag.p.part("parafozeti") is None:
        yield Problem(bag.p.part("parafimzacades") or "", expected=COMPONENTS["parafozeti"].path)


@rule("EYP-EYPG-MUHUR-SINGLE", when="muhurcades")
def update_seal_single(bag: Bag) -> Iterator[Problem]:
    facts = _facts(bag, "muhurcades")
    if facts.error:
        raise NotCheckedError(PLACEHOLDER if facts.is_placeholder else NOT_CMS)
    if facts.signers != 1 or facts.counter_signatures:
        yield Problem(facts.part, found=f"{facts.signers} + {facts.counter_signatures}", expected="1 + 0")
