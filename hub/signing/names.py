"""Name constraints (RFC 5280 4.2.1.10): which names an authority may give certificates to.

Directory names, DNS names, e-mail addresses and URIs are understood. A constraint on another form of name fails the
path when the certificate below has a name of that form. The work is bounded by :data:`hub.limits.NAME_CONSTRAINTS`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from hub import limits
from hub.signing import certificates, der, oids
from hub.signing.certificates import Certificate
from hub.signing.der import DerError, Node
from hub.signing.report import Check, Code, Sub, about, failed

EMAIL: Final = 0x81
DNS: Final = 0x82
DIRECTORY: Final = 0xA4
URI: Final = 0x86
_EMAIL_ATTRIBUTE: Final = "1.2.840.113549.1.9.1"


def check(chain: Sequence[Certificate]) -> Iterator[Check]:
    """Check each constraint of ``chain`` (leaf first) against every certificate below it."""
    for place, authority in enumerate(chain):
        extension = authority.extensions.get(oids.NAME_CONSTRAINTS)
        if place == 0 or extension is None:
            continue
        permitted, excluded = _subtrees(der.parse(extension.value))
        for below, one in enumerate(chain[:place]):
            if one.self_issued and below > 0:
                continue
            if why := _breach(one, permitted, excluded):
                role = "ca" if below else "certificate"
                yield failed(Code.NAME_CONSTRAINTS, about(role, one), why, Sub.CHAIN_CONSTRAINTS_FAILURE)


def _subtrees(node: Node) -> tuple[list[Node], list[Node]]:
    found: dict[int, list[Node]] = {0xA0: [], 0xA1: []}
    for group in node.sequence():
        if group.tag not in found:
            raise DerError("ad kısıtı bozuk")
        for item in group.children():
            found[group.tag].append(item.first())
    if len(found[0xA0]) + len(found[0xA1]) > limits.NAME_CONSTRAINTS:
        raise DerError(f"çok fazla ad kısıtı: sınır {limits.NAME_CONSTRAINTS}")
    return found[0xA0], found[0xA1]


def _names(one: Certificate) -> list[Node]:
    found: list[Node] = []
    if len(der.parse(one.subject).content):
        found.append(der.read(der.wrap(DIRECTORY, one.subject)))
    extension = one.extensions.get(oids.SUBJECT_ALT_NAME)
    if extension is not None:
        found += der.parse(extension.value).sequence()
    found += [
        der.read(der.wrap(EMAIL, text.encode("utf-8")))
        for oid, text in certificates.name_attributes(one.subject)
        if oid == _EMAIL_ATTRIBUTE
    ]
    if len(found) > limits.NAME_CONSTRAINTS:
        raise DerError(f"çok fazla ad: sınır {limits.NAME_CONSTRAINTS}")
    return found


def _breach(one: Certificate, permitted: list[Node], excluded: list[Node]) -> str:
    for name in _names(one):
        if any(base.tag == name.tag and _within(name, base) for base in excluded):
            return "adı yasaklanan ad alanında"
        bases = [base for base in permitted if base.tag == name.tag]
        if bases and not any(_within(name, base) for base in bases):
            return "adı izin verilen ad alanının dışında"
    return ""


def _within(name: Node, base: Node) -> bool:
    if name.tag == DIRECTORY:
        inner, outer = certificates.folded(name.only().raw), certificates.folded(base.only().raw)
        return inner[: len(outer)] == outer
    if name.tag not in (EMAIL, DNS, URI):
        raise DerError("anlaşılmayan türden ad kısıtı")
    value = name.content.decode("utf-8", "replace").casefold()
    limit = base.content.decode("utf-8", "replace").casefold()
    if name.tag == EMAIL:
        if "@" in limit:
            return value == limit
        value = value.rpartition("@")[2]
    elif name.tag == URI:
        try:
            value = urlsplit(value).hostname or ""
        except ValueError:
            raise DerError("adresi okunamıyor") from None
    if not limit:
        return True
    if limit.startswith("."):
        return value.endswith(limit)
    return value == limit or (name.tag == DNS and value.endswith("." + limit))
