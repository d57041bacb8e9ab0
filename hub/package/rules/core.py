"""Rules on the core properties and the file name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hub.package import model
from hub.package.opc import CORE_CONTENT_TYPE, fold, rels_of
from hub.package.rules.base import ABSENT, Bag, NotApplicableError, Problem, at, blank, rule, show
from hub.package.values import GUID, as_w3cdtf
from hub.package.xml import XSI, local_name

DCTERMS: Final = "http://purl.org/dc/terms/"


@rule("EYP-CORE-ONE")
def core_one(bag: Bag) -> Iterator[Problem]:
    relationships = bag.p.opc.related("core")
    if len(relationships) != 1:
        yield Problem("/_rels/.rels", found=str(len(relationships)), expected="1")
    elif bag.p.core_part is None:
        yield Problem("/_rels/.rels", relationships[0].at, ABSENT, relationships[0].target)


@rule("EYP-CORE-CT", when="core")
def core_type(bag: Bag) -> Iterator[Problem]:
    found = bag.p.opc.content_type(bag.p.core_part or "")
    if found and found.lower() != CORE_CONTENT_TYPE:
        yield Problem(bag.p.core_part or "", found=found, expected=CORE_CONTENT_TYPE)


@rule("EYP-CORE-NORELS", when="core")
def core_plain(bag: Bag) -> Iterator[Problem]:
    part = bag.p.core_part or ""
    if rels := next((name for name in bag.p.opc.rels_parts if fold(name) == fold(rels_of(part))), None):
        yield Problem(rels)
    seen: set[str] = set()
    for number, element in enumerate(bag.p.xml[part].elements()):
        if element.getparent() is not bag.p.xml[part].root:
            continue  # keywords may hold several values
        if str(element.tag) in seen:
            yield Problem(part, number, local_name(element), "1")
        seen.add(str(element.tag))


@rule("EYP2-K66", needs="ustveri")
def file_name(bag: Bag) -> Iterator[Problem]:
    if not bag.file_name:
        raise NotApplicableError  # bytes, or a package in a package
    wanted = f"{_belge_id(bag)}.eyp"
    if bag.file_name.lower() != wanted.lower():
        yield Problem(found=bag.file_name, expected=wanted)


@rule("EYP2-K68", needs=("core", "ustveri"))
def identifier_is_belge_id(bag: Bag) -> Iterator[Problem]:
    core = bag.p.core
    assert core
    if (core.identifier or "").strip().upper() != _belge_id(bag).upper():
        yield at(bag.p.core_part, core.identifier or core, core.identifier, _belge_id(bag).upper())


@rule("EYP-CORE-IDENTIFIER-GUID", needs="core")
def identifier_guid(bag: Bag) -> Iterator[Problem]:
    core = bag.p.core
    assert core
    if not GUID.fullmatch((core.identifier or "").strip()):
        yield at(bag.p.core_part, core.identifier or core, core.identifier, "GUID")


@rule("EYP2-K69", needs=("core", "ustveri"))
def subject_is_konu(bag: Bag) -> Iterator[Problem]:
    core, ustveri = bag.p.core, bag.p.ustveri
    assert core
    assert ustveri
    if _spaced(core.subject) != _spaced(ustveri.konu):
        yield at(bag.p.core_part, core.subject or core, core.subject, show(ustveri.konu))


def _category(wanted: str) -> object:
    def check(bag: Bag) -> Iterator[Problem]:
        core = bag.p.core
        assert core
        if (core.category or "").strip() != wanted:
            yield at(bag.p.core_part, core.category or core, core.category, wanted)

    return check


for _id, _wanted in (
    ("EYP2-K71", "RESMIYAZISMA"),
    ("EYP-CORE-CATEGORY-EYPS", "RESMIYAZISMA/SIFRELI"),
    ("EYP-CORE-CATEGORY-EYPG", "RESMIYAZISMA/GUNCELLEME"),
):
    rule(_id, needs="core")(_category(_wanted))  # type: ignore[arg-type]


@rule("EYP2-K73", needs="core")
def content_type(bag: Bag) -> Iterator[Problem]:
    core = bag.p.core
    assert core
    if (core.content_type or "").strip() != "application/eyazisma":
        yield at(bag.p.core_part, core.content_type or core, core.content_type, "application/eyazisma")


@rule("EYP-CORE-CREATED", needs="core")
def created(bag: Bag) -> Iterator[Problem]:
    core, part = bag.p.core, bag.p.core_part or ""
    assert core
    if as_w3cdtf(core.created) is None:
        yield at(part, core.created or core, core.created, "xsd:dateTime")
        return
    for number, element in enumerate(bag.p.xml[part].elements()):
        if local_name(element) != "created":
            continue
        written = element.get(f"{{{XSI}}}type", "").strip()
        prefix, _, kind = written.rpartition(":")
        if (element.nsmap.get(prefix or None), kind) != (DCTERMS, "W3CDTF"):
            yield Problem(part, number, written or ABSENT, "dcterms:W3CDTF")


@rule("EYP-CORE-CREATED-UTC", needs="core")
def created_utc(bag: Bag) -> Iterator[Problem]:
    value = bag.p.core.created if bag.p.core else None
    if as_w3cdtf(value) is not None and not (value or "").strip().endswith("Z"):
        yield at(bag.p.core_part, value, value, "…Z")


@rule("EYP-CORE-CREATOR", needs="core")
def creator(bag: Bag) -> Iterator[Problem]:
    core = bag.p.core
    assert core
    if blank(core.creator):
        yield at(bag.p.core_part, core.creator or core, core.creator)


@rule("EYP-CORE-CREATOR-MATCH", needs=("core", "ustveri"))
def creator_match(bag: Bag) -> Iterator[Problem]:
    core, ustveri = bag.p.core, bag.p.ustveri
    assert core
    assert ustveri
    names = renderings(ustveri.olusturan) if ustveri.olusturan else ()
    if names and not blank(core.creator) and _spaced(core.creator) not in {_spaced(name) for name in names}:
        yield at(bag.p.core_part, core.creator, core.creator, names[0])


@rule("EYP-CORE-REVISION", needs="core")
def revision(bag: Bag) -> Iterator[Problem]:
    core = bag.p.core
    assert core
    if blank(core.revision):
        yield at(bag.p.core_part, core.revision or core, core.revision)


def renderings(party: model.Taraf) -> tuple[str, ...]:
    """How ``creator`` may render a party: the official way first, then the name/identifier form of PHP writers."""
    if party.kurum_kurulus:
        names = [party.kurum_kurulus.adi, party.kurum_kurulus.kkk]
        return ("/".join(name.strip() for name in names if name and name.strip()),)
    if party.tuzel_sahis:
        person = party.tuzel_sahis
        number = f"{person.id.scheme_id}:{person.id.strip()}" if person.id else ""
        name = (person.adi or "").strip()
        return (name or number, f"{name}/{person.id or ''}")
    if party.gercek_sahis:
        human = party.gercek_sahis
        full = human.kisi.full_name if human.kisi else ""
        parts = [human.tckn, human.gorev, full]
        return (",".join(part.strip() for part in parts if part and part.strip()), f"{full}/{human.tckn or ''}")
    return ()


def _belge_id(bag: Bag) -> str:
    return ((bag.p.ustveri.belge_id if bag.p.ustveri else None) or "").strip()


def _spaced(text: str | None) -> str:
    return " ".join((text or "").split())
