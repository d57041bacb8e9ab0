"""OPC rules: content types, part names, relationships."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from hub.package.opc import (
    CONTENT_TYPES,
    CORE_TYPE,
    CT_NS,
    EYP_TYPE,
    RELS_CONTENT_TYPE,
    RELS_NS,
    Relationship,
    fold,
    source_of,
)
from hub.package.parts import COMPONENTS, NIHAI_OZET, PAKET_OZETI, PARAF_OZETI
from hub.package.rules.base import ABSENT, Bag, Problem, rule

ROOT_RELS = "/_rels/.rels"
_NCNAME = re.compile(r"[^\W\d][\w.\-·]*")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
RESERVED = "arsivozellikleri"


@rule("EYP-OPC-CT-PRESENT")
def types_present(bag: Bag) -> Iterator[Problem]:
    opc = bag.p.opc
    if opc.types is None:
        refused = opc.refused.get(CONTENT_TYPES)
        yield Problem(CONTENT_TYPES, found=refused.code if refused else ABSENT, expected="1")
    elif (opc.types.name, opc.types.namespace) != ("Types", CT_NS):
        yield Problem(CONTENT_TYPES, 0, opc.types.name, "Types")


@rule("EYP-OPC-CT-DECLARED")
def types_declared(bag: Bag) -> Iterator[Problem]:
    for part in (*bag.p.opc.parts, *bag.p.opc.rels_parts):
        if not bag.p.opc.content_type(part):
            yield Problem(part, found=ABSENT)


@rule("EYP-OPC-CT-DUPLICATE")
def types_unique(bag: Bag) -> Iterator[Problem]:
    opc = bag.p.opc
    for items, key in ((opc.defaults, str.lower), (opc.overrides, fold)):
        seen: set[str] = set()
        for item in items:
            if key(item.key) in seen:
                yield Problem(CONTENT_TYPES, item.at, item.key)
            seen.add(key(item.key))


@rule("EYP-OPC-CT-EXPECTED")
def types_expected(bag: Bag) -> Iterator[Problem]:
    opc = bag.p.opc
    wanted = dict.fromkeys(opc.rels_parts, RELS_CONTENT_TYPE)
    for relationship in opc.relationships:
        component = COMPONENTS.get(relationship.name)
        part = opc.find(relationship.resolved) if relationship.resolved else None
        # original and encrypted content have rules of their own
        if component and component.content_type and part and component.name not in ("orijinalpaket", "sifreliicerik"):
            wanted[part] = component.content_type
    for part, expected in wanted.items():
        found = opc.content_type(part)
        if found and found.lower() != expected:
            yield Problem(part, found=found, expected=expected)


@rule("EYP-OPC-PARTNAME")
def part_names(bag: Bag) -> Iterator[Problem]:
    for part in bag.p.opc.parts:
        for segment in part.split("/")[1:]:
            if not segment or segment.endswith("."):
                yield Problem(part, found=segment or "//")
            for escape in re.findall(r"%([0-9A-Fa-f]{2})", segment):
                character = unquote(f"%{escape}")
                if character in "/\\" or _UNRESERVED.fullmatch(character):
                    yield Problem(part, found=f"%{escape}")


@rule("EYP-OPC-PARTNAME-EQUIV")
def part_names_apart(bag: Bag) -> Iterator[Problem]:
    names = {fold(part): part for part in bag.p.opc.parts}
    for folded, part in names.items():
        above = folded
        while above := above.rpartition("/")[0]:
            if above in names:
                yield Problem(part, found=names[above])


@rule("EYP-OPC-RELS-PRESENT")
def rels_present(bag: Bag) -> Iterator[Problem]:
    for part, error in bag.p.opc.refused.items():
        if part != CONTENT_TYPES:
            yield Problem(part, found=error.code, line=error.line, column=error.column)
    if any(fold(part) == ROOT_RELS for part in bag.p.opc.refused):
        return
    if not any(fold(item.source) == "/" for item in bag.p.opc.relationships):
        yield Problem(ROOT_RELS, found=ABSENT, expected="≥ 1")
    for part, xml in bag.p.opc.rels_parts.items():
        if (xml.name, xml.namespace) != ("Relationships", RELS_NS):
            yield Problem(part, 0, xml.name, "Relationships")


@rule("EYP-OPC-RELS-DUPID")
def rel_ids(bag: Bag) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for item in bag.p.opc.relationships:
        if (item.part, item.id) in seen or not _NCNAME.fullmatch(item.id):
            yield _at(item, item.id)
        seen.add((item.part, item.id))


@rule("EYP-OPC-RELS-TARGET")
def targets_exist(bag: Bag) -> Iterator[Problem]:
    for item in bag.p.opc.relationships:
        if item.resolved and bag.p.opc.find(item.resolved) is None:
            yield _at(item, ABSENT, item.target)


@rule("EYP-OPC-RELS-EXTERNAL")
def targets_inside(bag: Bag) -> Iterator[Problem]:
    for item in bag.p.opc.relationships:
        if item.external:
            yield _at(item, item.target)


@rule("EYP-OPC-RELS-ESCAPE")
def targets_below_root(bag: Bag) -> Iterator[Problem]:
    for item in bag.p.opc.relationships:
        if not item.external and not item.resolved:
            yield _at(item, item.target)


@rule("EYP-OPC-RELS-SOURCE")
def sources(bag: Bag) -> Iterator[Problem]:
    opc = bag.p.opc
    # the summary may itself lie at another place; its own rule says so, and its relationships are right there
    summaries = {fold(path): fold(bag.p.part(name) or path) for name, path in _SUMMARIES}
    for item in opc.relationships:
        component = COMPONENTS.get(item.name)
        if item.name == "core" or component:
            wanted = component.source if component else "/"
            if fold(item.source) not in (fold(wanted), summaries.get(fold(wanted))):
                yield _at(item, item.source, wanted)
    for part in opc.rels_parts:
        source = source_of(part)
        if source != "/" and opc.find(source) is None:
            yield Problem(part, found=ABSENT, expected=source)


_SUMMARIES = (("paketozeti", PAKET_OZETI), ("nihaiozet", NIHAI_OZET), ("parafozeti", PARAF_OZETI))


@rule("EYP-OPC-RELS-ID")
def fixed_ids(bag: Bag) -> Iterator[Problem]:
    for item in bag.p.opc.relationships:
        component = COMPONENTS.get(item.name)
        if not component or not component.relationship_id or component.relationship_id.endswith("_"):
            continue
        if item.id != component.relationship_id:
            yield _at(item, item.id, component.relationship_id)


@rule("EYP-OPC-RELS-TYPE-CASE")
def type_case(bag: Bag) -> Iterator[Problem]:
    for item in bag.p.opc.relationships:
        component = COMPONENTS.get(item.name)
        exact = CORE_TYPE if item.name == "core" else EYP_TYPE + component.name if component else item.type
        if item.type != exact:
            yield _at(item, item.type, exact)


@rule("EYP-OPC-RELS-UNKNOWN")
def known_types(bag: Bag) -> Iterator[Problem]:
    for item in bag.p.opc.relationships:
        if item.name not in COMPONENTS and item.name not in ("core", RESERVED):
            yield _at(item, item.type)


@rule("EYP-OPC-ORPHAN")
def orphans(bag: Bag) -> Iterator[Problem]:
    opc = bag.p.opc
    reached = {fold(item.resolved) for item in opc.relationships if item.resolved}
    for part in opc.parts:
        if fold(part) not in reached:
            yield Problem(part)


@rule("EYP-ARSIV-RESERVED")
def reserved(bag: Bag) -> Iterator[Problem]:
    for item in bag.p.opc.related(RESERVED):
        yield _at(item, item.target)


def _at(item: Relationship, found: str, expected: str = "") -> Problem:
    return Problem(item.part, item.at, found, expected)
