"""Rules on the digest documents: Paket Özeti, Nihai Özet, Paraf Özeti, and every reference in them.

What must be digested is found through the relationships, because that is how readers find what they display: a
relationship that leads to another part than the digested one shows as a missing reference, with both parts named.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from hub.package.digest import ALGORITHMS, LENGTHS
from hub.package.errors import Words
from hub.package.model import DigestItem, OzetBelgesi, Reference
from hub.package.opc import fold
from hub.package.parts import COMPONENTS, PARAF_OZETI
from hub.package.rules.attachments import parts_by_signing, same_name
from hub.package.rules.base import ABSENT, Bag, NotCheckedError, Problem, at, blank, rule, show
from hub.package.rules.common import exactly_one, in_place
from hub.package.rules.distribution import withheld_ids

INTERNAL: Final = "http://eyazisma.dpt/bilesen#dahili"
EXTERNAL: Final = "http://eyazisma.dpt/bilesen#harici"
DOCUMENTS: Final = ("paketozeti", "nihaiozet", "parafozeti")
PARAF_IMZA: Final = COMPONENTS["parafimzacades"].path


@dataclass(frozen=True, slots=True)
class _Document:
    """One digest document and where it stands."""

    name: str
    part: str
    content: OzetBelgesi

    def references(self) -> Iterator[Reference]:
        """Its references to parts of the package."""
        for item in self.content.reference:
            if (item.type or "").strip() != EXTERNAL:
                yield item

    def covers(self, part: str) -> bool:
        """Whether some reference is to this part."""
        return any(fold((item.uri or "").strip()) == fold(part) for item in self.references() if not blank(item.uri))


def _document(bag: Bag, name: str) -> _Document | None:
    part = bag.p.part(name)
    content = bag.p.models.get(part) if part else None
    return _Document(name, part or "", content) if isinstance(content, OzetBelgesi) else None


def _documents(bag: Bag) -> Iterator[_Document]:
    for name in DOCUMENTS:
        if found := _document(bag, name):
            yield found


def _needed(bag: Bag, name: str) -> _Document:
    found = _document(bag, name)
    if found is None:
        raise NotCheckedError(Words(f"Bileşen yok ya da okunamıyor: {name}", f"Absent or unreadable: {name}"))
    return found


def _id(bag: Bag) -> str:
    return ((bag.p.ustveri.belge_id if bag.p.ustveri else None) or "").strip().upper()


# Presence and place ---------------------------------------------------------------------------------------------------


rule("EYP2-K26")(exactly_one("paketozeti"))


@rule("EYP2-K98")
def final_one(bag: Bag) -> Iterator[Problem]:
    if bag.p.kind in ("eyps", "eypg"):
        # their own lists of components demand it; here only that it is not doubled
        if len(bag.p.opc.related("nihaiozet")) > 1:
            yield Problem("/_rels/.rels", found=str(len(bag.p.opc.related("nihaiozet"))), expected="1")
    else:
        yield from exactly_one("nihaiozet")(bag)


@rule("EYP-NIHAIOZET-1X")
def final_in_one(bag: Bag) -> Iterator[Problem]:
    found = bag.p.opc.related("nihaiozet")
    sealed = bag.p.opc.related("muhurcades") or bag.p.part("muhurcades")
    if len(found) > 1 or (sealed and not found):
        yield Problem("/_rels/.rels", found=str(len(found)), expected="1")


rule("EYP2-K28", when="paketozeti")(in_place("paketozeti"))
rule("EYP2-K38", when="nihaiozet")(in_place("nihaiozet"))


def _identity(name: str) -> Callable[[Bag], Iterator[Problem]]:
    def check(bag: Bag) -> Iterator[Problem]:
        document = _needed(bag, name)
        if bag.p.kind == "eyps":
            inner = bag.inner.package if bag.inner else None
            if inner is None:
                raise NotCheckedError(bag.inner_missing or Words("İç paket yok.", "There is no inner package."))
            wanted = ((inner.ustveri.belge_id if inner.ustveri else None) or "").strip().upper()
        else:
            wanted = _id(bag)
            if not wanted:
                raise NotCheckedError(Words("Belge kimliği yok.", "There is no BelgeId."))
        if (document.content.id or "").strip().upper() != wanted:
            yield at(document.part, document.content, show(document.content.id), wanted)

    return check


rule("EYP2-K34", when="paketozeti")(_identity("paketozeti"))
rule("EYP2-K44", when="nihaiozet")(_identity("nihaiozet"))
rule("EYP-PARAF-ID", when="parafozeti")(_identity("parafozeti"))


# What must be covered -------------------------------------------------------------------------------------------------


def _uncovered(bag: Bag, name: str, components: Iterable[str]) -> Iterator[Problem]:
    """Components that exist and have no reference, each with the part that is referenced in its folder instead."""
    document = _needed(bag, name)
    for component in components:
        part = bag.p.core_part if component == "core" else bag.p.part(component)
        if part is None or document.covers(part):
            continue
        folder = fold(part).rpartition("/")[0]
        others = [
            (item.uri or "").strip()
            for item in document.references()
            if fold((item.uri or "").strip()).rpartition("/")[0] == folder
        ]
        yield at(document.part, document.content, ", ".join(others) or ABSENT, part)


def _covers(name: str, *components: str) -> Callable[[Bag], Iterator[Problem]]:
    return lambda bag: _uncovered(bag, name, components)


rule("EYP2-K33-CONTENT", needs="paketozeti")(_covers("paketozeti", "ustveri", "ustyazi"))
rule("EYP2-K33-HEDEF", needs="paketozeti", when="belgehedef")(_covers("paketozeti", "belgehedef"))
rule("EYP2-K43-CONTENT", needs="nihaiozet")(
    _covers("nihaiozet", "ustyazi", "ustveri", "nihaiustveri", "paketozeti", "imzacades", "core")
)
rule("EYP2-K43-CONTENT-1X", when="nihaiozet")(
    _covers("nihaiozet", "ustyazi", "ustveri", "belgehedef", "belgeimza", "paketozeti", "imzacades", "core")
)
rule("EYP-EYPG-NIHAIOZET-CONTENT", needs="nihaiozet")(
    _covers("nihaiozet", "guncellemebilgisi", "orijinalpaket", "core")
)


def _covers_attachments(name: str) -> Callable[[Bag], Iterator[Problem]]:
    def check(bag: Bag) -> Iterator[Problem]:
        document = _needed(bag, name)
        signed, _ = parts_by_signing(bag)
        for part in signed:
            if not document.covers(part):
                yield at(document.part, document.content, ABSENT, part)

    return check


rule("EYP2-K33-EK", needs="paketozeti")(_covers_attachments("paketozeti"))
rule("EYP2-K43-EK", when="nihaiozet")(_covers_attachments("nihaiozet"))


def _covers_paraf(name: str) -> Callable[[Bag], Iterator[Problem]]:
    def check(bag: Bag) -> Iterator[Problem]:
        document = _needed(bag, name)
        for path in (bag.p.part("parafozeti") or PARAF_OZETI, bag.p.part("parafimzacades") or PARAF_IMZA):
            if not document.covers(path):
                yield at(document.part, document.content, ABSENT, path)

    return check


rule("EYP2-K33-PARAF", needs="paketozeti", when="parafozeti")(_covers_paraf("paketozeti"))
rule("EYP2-K43-PARAF", needs="nihaiozet", when="parafozeti")(_covers_paraf("nihaiozet"))


@rule("EYP-PARAF-CONTENT", when="parafozeti")
def paraf_content(bag: Bag) -> Iterator[Problem]:
    document = _needed(bag, "parafozeti")
    yield from _uncovered(bag, "parafozeti", ("ustveri", "ustyazi"))
    yield from _covers_attachments("parafozeti")(bag)
    signed, _ = parts_by_signing(bag)
    allowed = {fold(part) for part in (*signed, bag.p.part("ustveri"), bag.p.part("ustyazi")) if part}
    for item in document.references():
        uri = fold((item.uri or "").strip())
        if uri not in allowed and bag.p.opc.find(uri) is not None:
            yield at(document.part, item, item.uri)


def _no_unsigned(name: str) -> Callable[[Bag], Iterator[Problem]]:
    def check(bag: Bag) -> Iterator[Problem]:
        document = _needed(bag, name)
        unsigned = {fold(part) for part in parts_by_signing(bag)[1]}
        for item in document.references():
            if fold((item.uri or "").strip()) in unsigned:
                yield at(document.part, item, item.uri, ABSENT)

    return check


rule("EYP2-K33-UNSIGNED", needs="paketozeti")(_no_unsigned("paketozeti"))
rule("EYP2-K43-UNSIGNED", when="nihaiozet")(_no_unsigned("nihaiozet"))


def _no_reference(name: str, components: tuple[str, ...]) -> Callable[[Bag], Iterator[Problem]]:
    def check(bag: Bag) -> Iterator[Problem]:
        document = _needed(bag, name)
        late = {fold(COMPONENTS[item].path): item for item in components if item != "core"}
        late |= {fold(part): item for item in components if (part := _part(bag, item))}
        for item in document.references():
            if fold((item.uri or "").strip()) in late:
                yield at(document.part, item, item.uri, ABSENT)

    return check


def _part(bag: Bag, component: str) -> str | None:
    return bag.p.core_part if component == "core" else bag.p.part(component)


rule("EYP-PAKETOZETI-LATE", needs="paketozeti")(
    _no_reference("paketozeti", ("paketozeti", "imzacades", "nihaiustveri", "core", "nihaiozet", "muhurcades"))
)
rule("EYP-NIHAIOZET-SELF", when="nihaiozet")(_no_reference("nihaiozet", ("nihaiozet", "muhurcades")))


@rule("EYP2-K45", when="nihaiozet")
def no_external(bag: Bag) -> Iterator[Problem]:
    document = _needed(bag, "nihaiozet")
    for item in document.content.reference:
        if (item.type or "").strip() == EXTERNAL:
            yield at(document.part, item, item.uri, INTERNAL)


@rule("EYP-OPC-UNDIGESTED", when="nihaiozet")
def undigested(bag: Bag) -> Iterator[Problem]:
    document = _needed(bag, "nihaiozet")
    # components that their own rules demand are not named a second time
    demanded = {"ustyazi", "ustveri", "nihaiustveri", "paketozeti", "imzacades", "core", "parafozeti", "parafimzacades",
                "belgehedef", "belgeimza", "guncellemebilgisi", "orijinalpaket", "nihaiozet", "muhurcades"}  # fmt: skip
    known = {fold(part) for name in demanded if (part := _part(bag, name))}
    known |= {fold(part) for part in parts_by_signing(bag)[0]}
    for part in bag.p.opc.parts:
        if fold(part) in known or fold(part).startswith("/imzasizekler/"):
            continue
        if not document.covers(part) and not any(fold(part) == fold(u) for u in parts_by_signing(bag)[1]):
            yield Problem(part, found=ABSENT, expected=document.part)


# Digests --------------------------------------------------------------------------------------------------------------


def _matches(name: str) -> Callable[[Bag], Iterator[Problem]]:
    def check(bag: Bag) -> Iterator[Problem]:
        document = _needed(bag, name)
        for item in document.references():
            part = bag.p.opc.find((item.uri or "").strip()) if not blank(item.uri) else None
            if part is None:
                continue
            if part in bag.p.damaged:
                yield at(document.part, item, bag.p.damaged[part].code, item.uri or "")
                continue
            for digest in item.digests:
                yield from _compare(bag, document, item, digest, part)

    return check


def _compare(bag: Bag, document: _Document, item: Reference, digest: DigestItem, part: str) -> Iterator[Problem]:
    algorithm = ALGORITHMS.get(digest.algorithm.strip())
    value = decoded(digest.digest_value)
    if algorithm is None or value is None or len(value) != LENGTHS[algorithm]:
        return  # algorithms and forms of values have rules of their own
    actual = bag.p.facts[part].digests.get(algorithm)
    if actual is None:
        raise NotCheckedError(
            Words(f"Bu bilgisayarda {algorithm} hesaplanamıyor.", f"{algorithm} is not available on this computer.")
        )
    if actual != value:
        yield at(
            document.part,
            digest,
            f"{algorithm}={base64.b64encode(actual).decode()}",
            base64.b64encode(value).decode(),
            note=Words(f"Bileşen: {part}", f"Part: {part}"),
        )


def decoded(text: str | None) -> bytes | None:
    """The bytes of an xsd:base64Binary; None when it is not one."""
    try:
        return base64.b64decode(re.sub(r"\s", "", text or ""), validate=True) or None
    except (binascii.Error, ValueError):
        return None


rule("EYP2-K33-MISMATCH", needs="paketozeti")(_matches("paketozeti"))
rule("EYP2-K43-MISMATCH", when="nihaiozet")(_matches("nihaiozet"))


def _resolves(name: str) -> Callable[[Bag], Iterator[Problem]]:
    def check(bag: Bag) -> Iterator[Problem]:
        document = _needed(bag, name)
        for item in document.references():
            uri = (item.uri or "").strip()
            if not uri.startswith("/") or bag.p.opc.find(uri) is not None or _may_be_absent(bag, uri):
                continue
            yield at(document.part, item, ABSENT, uri)

    return check


def _may_be_absent(bag: Bag, uri: str) -> bool:
    """Attachments withheld from the receiver, and the paraf signature, may be taken out after sealing."""
    if fold(uri) == fold(PARAF_IMZA):
        return True
    if not fold(uri).startswith("/ekler/"):
        return False
    withheld = withheld_ids(bag)
    ekler = bag.p.ustveri.ek_listesi if bag.p.ustveri else ()
    return any(ek.ek_id in withheld and same_name(ek.dosya_adi, uri) for ek in ekler)


rule("EYP2-K33-MISSING", needs="paketozeti")(_resolves("paketozeti"))
rule("EYP2-K43-MISSING", when="nihaiozet")(_resolves("nihaiozet"))


@rule("EYP-PARAF-DIGEST", when="parafozeti")
def paraf_digests(bag: Bag) -> Iterator[Problem]:
    yield from _matches("parafozeti")(bag)
    yield from _resolves("parafozeti")(bag)


# The form of references -----------------------------------------------------------------------------------------------


def _all(bag: Bag) -> Iterator[tuple[str, Reference]]:
    for document in _documents(bag):
        for item in document.content.reference:
            yield document.part, item


@rule("EYP-DIGEST-COUNT-2X")
def two_digests(bag: Bag) -> Iterator[Problem]:
    for part, item in _all(bag):
        complete = [d for d in item.digest_item if d.digest_method is not None and d.digest_value is not None]
        if len(item.digest_item) != 2 or len(complete) != 2 or item.digest_method or item.digest_value:
            yield at(part, item, len(item.digests), "2")


@rule("EYP-DIGEST-COUNT-1X")
def one_digest(bag: Bag) -> Iterator[Problem]:
    for part, item in _all(bag):
        if item.digest_item or item.digest_method is None or item.digest_value is None:
            yield at(part, item, len(item.digests), "1")


def _uris(item: Reference) -> list[str]:
    return [digest.algorithm.strip() for digest in item.digests]


@rule("EYP-DIGEST-SHA512")
def has_sha512(bag: Bag) -> Iterator[Problem]:
    for part, item in _all(bag):
        if item.digests and "sha512" not in [ALGORITHMS.get(uri) for uri in _uris(item)]:
            yield at(part, item, ", ".join(ALGORITHMS.get(uri, uri) for uri in _uris(item)), "sha512")


@rule("EYP-DIGEST-DISTINCT")
def distinct(bag: Bag) -> Iterator[Problem]:
    for part, item in _all(bag):
        uris = [uri for uri in _uris(item) if uri]
        if len(set(uris)) != len(uris):
            yield at(part, item, ", ".join(ALGORITHMS.get(uri, uri) for uri in uris))


def _allowed(*names: str) -> Callable[[Bag], Iterator[Problem]]:
    def check(bag: Bag) -> Iterator[Problem]:
        for part, item in _all(bag):
            for digest in item.digests:
                if digest.digest_method is not None and ALGORITHMS.get(digest.algorithm.strip()) not in names:
                    yield at(part, digest.digest_method, digest.algorithm, ", ".join(names))

    return check


rule("EYP-DIGEST-ALG-2X")(_allowed("sha256", "sha384", "sha512"))
rule("EYP-DIGEST-ALG-1X")(_allowed("sha1", "ripemd160", "sha256", "sha512"))


@rule("EYP-DIGEST-WEAK-1X")
def weak(bag: Bag) -> Iterator[Problem]:
    for part, item in _all(bag):
        for digest in item.digests:
            if (name := ALGORITHMS.get(digest.algorithm.strip())) in ("sha1", "ripemd160"):
                yield at(part, digest.digest_method or digest, name, "sha256")


@rule("EYP-DIGEST-VALUE")
def value_form(bag: Bag) -> Iterator[Problem]:
    for part, item in _all(bag):
        for digest in item.digests:
            if digest.digest_value is None:
                continue  # the number of digests is a rule of its own
            value = decoded(digest.digest_value)
            length = LENGTHS.get(ALGORITHMS.get(digest.algorithm.strip(), ""))
            if value is None or (length is not None and len(value) != length):
                shown = show(digest.digest_value)[:60] if value is None else f"{len(value)} B"
                yield at(part, digest.digest_value, shown, f"{length} B" if length else "base64")


@rule("EYP-DIGEST-URI")
def uri_present(bag: Bag) -> Iterator[Problem]:
    for part, item in _all(bag):
        if blank(item.uri):
            yield at(part, item, item.uri)


@rule("EYP-DIGEST-URI-ABS")
def uri_absolute(bag: Bag) -> Iterator[Problem]:
    for part, item in _all(bag):
        uri = (item.uri or "").strip()
        if (
            uri
            and (item.type or "").strip() != EXTERNAL
            and (not uri.startswith("/") or any(s in ("", ".", "..") for s in fold(uri).split("/")[1:]) or "\\" in uri)
        ):
            yield at(part, item, item.uri, "/…/…")


@rule("EYP-DIGEST-URI-DUP")
def uri_once(bag: Bag) -> Iterator[Problem]:
    for document in _documents(bag):
        seen: set[str] = set()
        for item in document.content.reference:
            uri = (item.uri or "").strip()
            key = uri if (item.type or "").strip() == EXTERNAL else fold(uri)
            if uri and key in seen:
                yield at(document.part, item, item.uri)
            seen.add(key)


@rule("EYP-DIGEST-TYPE")
def reference_type(bag: Bag) -> Iterator[Problem]:
    for part, item in _all(bag):
        if item.type is not None and item.type.strip() not in (INTERNAL, EXTERNAL):
            yield at(part, item, item.type, INTERNAL)


@rule("EYP-DIGEST-HARICI", needs=("ustveri", "paketozeti"))
def external_known(bag: Bag) -> Iterator[Problem]:
    document, ustveri = _needed(bag, "paketozeti"), bag.p.ustveri
    assert ustveri
    known = {(ek.referans or "").strip() for ek in ustveri.ek_listesi if (ek.tur or "").strip() == "HRF"}
    for item in document.content.reference:
        if (item.type or "").strip() == EXTERNAL and (item.uri or "").strip() not in known:
            yield at(document.part, item, item.uri)
