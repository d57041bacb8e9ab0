"""XML rules: well-formed, of the right generation, valid against the schemas; and what tells kind and generation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from hub.package.catalogue import catalogue
from hub.package.errors import Words
from hub.package.parts import COMPONENTS, NS, Generation
from hub.package.people import masked
from hub.package.rules.base import ABSENT, Bag, NotApplicableError, Problem, at, component_part, rule, show

OWN_SCHEMA_RULE = {
    "ustveri": "EYP2-K19",
    "nihaiustveri": "EYP2-K85",
    "paketozeti": "EYP2-K29",
    "nihaiozet": "EYP2-K39",
    "parafozeti": "EYP-PARAF-SCHEMA",
    "sifreliicerikbilgisi": "EYP-EYPS-BILGI-SCHEMA",
}
"""Components whose schema errors have a rule of their own; all others fall under ``EYP-XML-SCHEMA``."""

DEVIATIONS = ("EYP-XSD-ANCHORS", "EYP-XSD-KKK", "EYP-XSD-DIGEST-ID", "EYP-XSD-SIFRELI-ID")
"""Deviations from the published schemas that only the schemas see; the others have rules that look at the model."""


def _refused(rule_id: str) -> Callable[[Bag], Iterator[Problem]]:
    def check(bag: Bag) -> Iterator[Problem]:
        for part, error in (*bag.p.refused.items(), *bag.p.opc.refused.items()):
            if error.rule_id == rule_id:
                yield Problem(
                    part, found=error.found, expected=error.expected, line=error.line, column=error.column,
                    code=error.code,
                )  # fmt: skip

    return check


for _id in ("EYP-XML-WELLFORMED", "EYP-XML-DTD"):
    rule(_id)(_refused(_id))


@rule("EYP-XML-LIMITS")
def xml_limits(bag: Bag) -> Iterator[Problem]:
    yield from _refused("EYP-XML-LIMITS")(bag)
    for error in bag.p.damaged.values():
        if error.rule_id == "EYP-XML-LIMITS":
            yield Problem(error.entry, found=error.found, expected=error.expected, code=error.code)


@rule("EYP-XML-ENCODING")
def xml_encoding(bag: Bag) -> Iterator[Problem]:
    parts = {**bag.p.xml, **bag.p.opc.rels_parts}
    for part, xml in parts.items():
        if xml.encoding not in ("utf-8", "utf8"):
            yield Problem(part, found=xml.encoding, expected="utf-8")


@rule("EYP-XML-ROOT")
def xml_roots(bag: Bag) -> Iterator[Problem]:
    for component in COMPONENTS.values():
        part = bag.p.part(component.name)
        xml = bag.p.xml.get(part) if part else None
        if not part or not xml or not component.roots:
            continue
        # the root of the other generation is a mixture of generations, which is a rule of its own
        allowed = component.roots.values()
        if (xml.name, xml.namespace) not in allowed:
            name, namespace = component.roots.get(bag.p.generation) or next(iter(allowed))
            yield Problem(part, 0, f"{xml.name} ({xml.namespace})", f"{name} ({namespace})")


@rule("EYP-XML-GENMIX")
def xml_generations(bag: Bag) -> Iterator[Problem]:
    wanted = "-2" if bag.p.generation is Generation.TWO else "-1"
    for part, xml in bag.p.xml.items():
        for number, element in enumerate(xml.elements()):
            tag = element.tag if isinstance(element.tag, str) else ""
            namespace = tag[1:].partition("}")[0] if tag.startswith("{") else ""
            if namespace.startswith(NS) and namespace[-2:] in ("-1", "-2") and namespace[-2:] != wanted:
                yield Problem(part, number, namespace, f"…{wanted}")
                break


def _schema_of(component: str) -> Callable[[Bag], Iterator[Problem]]:
    def check(bag: Bag) -> Iterator[Problem]:
        part = bag.p.part(component)
        for finding in bag.schema.get(component, ()):
            if finding.rule == "EYP-XML-SCHEMA":
                secret = finding.xpath.endswith("/TCKN")
                yield Problem(
                    part or "",
                    found=masked(finding.found) if secret else finding.found,
                    expected=finding.expected,
                    line=finding.line,
                    column=finding.column,
                    path=finding.xpath,
                    note=None if secret else Words(finding.message_tr, finding.message_en),
                )

    return check


for _name, _id in OWN_SCHEMA_RULE.items():
    rule(_id, when=_name)(_schema_of(_name))


@rule("EYP-XML-SCHEMA")
def xml_schema(bag: Bag) -> Iterator[Problem]:
    for component in bag.schema:
        own = OWN_SCHEMA_RULE.get(component)
        if own is None or not catalogue()[own].applies(bag.p.generation, bag.p.kind):
            yield from _schema_of(component)(bag)


def _deviation(rule_id: str) -> Callable[[Bag], Iterator[Problem]]:
    def check(bag: Bag) -> Iterator[Problem]:
        for component, findings in bag.schema.items():
            for finding in findings:
                if finding.rule == rule_id:
                    shown = masked(finding.found) if finding.xpath.endswith("/TCKN") else finding.found
                    yield Problem(
                        bag.p.part(component) or "",
                        found=shown + (f" (×{finding.count})" if finding.count > 1 else ""),
                        line=finding.line,
                        column=finding.column,
                        path=finding.xpath,
                        schema_fault=finding.fault == "schema",
                    )

    return check


for _id in DEVIATIONS:
    rule(_id)(_deviation(_id))


# Kind and generation --------------------------------------------------------------------------------------------------


@rule("EYP-GEN-VERSION", needs="core")
def version_form(bag: Bag) -> Iterator[Problem]:
    core = bag.p.core
    assert core
    if not re.fullmatch(r"[0-9]+\.[0-9]+", bag.p.version):
        yield at(bag.p.core_part, core.version or core, show(core.version), "n.m")


@rule("EYP-GEN-SUPPORTED", needs="core")
def version_supported(bag: Bag) -> Iterator[Problem]:
    major = bag.p.version.split(".")[0]
    if re.fullmatch(r"[0-9]+\.[0-9]+", bag.p.version) and major not in ("1", "2"):
        yield at(bag.p.core_part, bag.p.core and bag.p.core.version, bag.p.version, "1.x, 2.x")


@rule("EYP-GEN-CONSISTENT", needs="core")
def version_consistent(bag: Bag) -> Iterator[Problem]:
    major = bag.p.version.split(".")[0]
    seen = {item.says for item in bag.p.evidence if item.about == "generation" and item.place != bag.p.core_part}
    if major in ("1", "2") and seen and seen != {f"{major}.x"}:
        yield at(bag.p.core_part, bag.p.core and bag.p.core.version, bag.p.version, ", ".join(sorted(seen)))


@rule("EYP-GEN-MINOR", needs="core")
def version_minor(bag: Bag) -> Iterator[Problem]:
    known: tuple[str, ...] = {"eyp": ("2.0",), "eyps": ("2.0",), "eypg": ("2.1",)}[bag.p.kind]
    if bag.p.generation is Generation.ONE:
        known = ("1.0", "1.1", "1.2", "1.3")
    version = bag.p.version
    if re.fullmatch(r"[12]\.[0-9]+", version) and version[0] == bag.p.generation[0] and version not in known:
        yield at(bag.p.core_part, bag.p.core and bag.p.core.version, version, ", ".join(known))


@rule("EYP-KIND-CATEGORY", needs="core")
def kind_category(bag: Bag) -> Iterator[Problem]:
    kinds = [item for item in bag.p.evidence if item.about == "kind"]
    by_relationship = [item for item in kinds if item.place != bag.p.core_part]
    by_category = [item for item in kinds if item.place == bag.p.core_part and item.says != "?"]
    for item in by_category:
        if item.says != bag.p.kind:
            yield at(component_part(bag.p, "core"), bag.p.core and bag.p.core.category, item.value, bag.p.kind)
    if len({item.says for item in by_relationship}) > 1:
        yield Problem(by_relationship[0].place, found=", ".join(item.says for item in by_relationship), expected="1")


@rule("EYP-KIND-EXTENSION")
def kind_extension(bag: Bag) -> Iterator[Problem]:
    if not bag.file_name:
        raise NotApplicableError  # bytes, or a package in a package
    if not bag.file_name.lower().endswith(f".{bag.p.kind}"):
        yield Problem(found=bag.file_name.rpartition(".")[2] or ABSENT, expected=bag.p.kind)
