"""The XML parts that follow from the package itself: core properties, digest documents, Şifreli İçerik Bilgisi."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from lxml import etree

from hub import __version__
from hub.package.build import compose, shape
from hub.package.build.problems import Problems
from hub.package.digest import ALGORITHMS
from hub.package.parts import Generation
from hub.package.xml import parse

CP: Final = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
DC: Final = "http://purl.org/dc/elements/1.1/"
TERMS: Final = "http://purl.org/dc/terms/"
INTERNAL: Final = "http://eyazisma.dpt/bilesen#dahili"
REVISION: Final = f"Python/{__version__}"
"""Mark of the producing platform and software version."""

URIS: Final[Mapping[str, str]] = {name: uri for uri, name in ALGORITHMS.items()}

GUIDE: Final[Mapping[str, Any]] = {
    "Version": "1.4",
    "Yontem": "Elektronik Belgeleri Açık Anahtar Altyapısı Kullanarak Güvenli İşleme Rehberi",
    "URI": [
        "http://www.kamusm.gov.tr/dokumanlar/belgeler",
        "http://www.e-yazisma.gov.tr/SitePages/dokumanlar.aspx",
    ],
}
"""Fixed content of Şifreli İçerik Bilgisi (rule EYP-EYPS-BILGI-VALUES)."""


def core_properties(
    *,
    identifier: str,
    created: datetime,
    creator: str,
    category: str,
    version: str,
    subject: str = "",
    extras: Mapping[str, str] | None = None,
) -> bytes:
    """The core properties part. ``created`` is aware; ``extras`` are further properties of OPC by their names.

    The time is written to the second: Java's OPC readers take a longer fraction for milliseconds and come out minutes
    later.
    """
    names: dict[str | None, str] = {None: CP, "dc": DC, "dcterms": TERMS, "xsi": compose.XSI}
    root = etree.Element(f"{{{CP}}}coreProperties", nsmap=names)  # type: ignore[arg-type]  # None: default namespace
    _leaf(root, DC, "identifier", identifier)
    stamp = created.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    _leaf(root, TERMS, "created", stamp).set(f"{{{compose.XSI}}}type", "dcterms:W3CDTF")
    _leaf(root, DC, "creator", creator)
    if subject:
        _leaf(root, DC, "subject", subject)
    for name, text in (extras or {}).items():
        _leaf(root, CP if name == "keywords" else DC, name, text)
    _leaf(root, CP, "category", category)
    _leaf(root, CP, "contentType", "application/eyazisma")
    _leaf(root, CP, "version", version)
    _leaf(root, CP, "revision", REVISION)
    return b'<?xml version="1.0" encoding="utf-8"?>\r\n' + etree.tostring(root, encoding="utf-8")


def _leaf(parent: etree._Element, namespace: str, name: str, text: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{namespace}}}{name}")
    child.text = text
    return child


def digest_document(
    name: str,
    generation: Generation,
    identifier: str,
    references: Iterable[tuple[str, Mapping[str, bytes]]],
    algorithms: tuple[str, ...],
    *,
    bom: bool,
) -> bytes:
    """Paraf, Paket or Nihai Özet (``name`` is its relationship name).

    ``references`` are part names with their digests by hashlib name; ``algorithms`` says which are written, in order.
    """
    content = {
        "Id": identifier,
        "Reference": [
            {"URI": part, "Type": INTERNAL} | _digests(digests, generation, algorithms) for part, digests in references
        ],
    }
    return _part(name, generation, content, bom=bom)


def _digests(digests: Mapping[str, bytes], generation: Generation, algorithms: tuple[str, ...]) -> dict[str, Any]:
    items = [
        {"DigestMethod": URIS[name], "DigestValue": base64.b64encode(digests[name]).decode()} for name in algorithms
    ]
    return items[0] if generation is Generation.ONE else {"DigestItem": items}


def encryption_note(generation: Generation, *, bom: bool) -> bytes:
    """Şifreli İçerik Bilgisi. Its Id is left out: an empty one, as other writers have it, breaks the schema."""
    return _part("sifreliicerikbilgisi", generation, GUIDE, bom=bom)


def _part(name: str, generation: Generation, content: Mapping[str, Any], *, bom: bool) -> bytes:
    problems = Problems()
    tag, root = shape.root(name, generation.value)
    element = compose.compose(tag, root, content, "", problems)
    assert not problems, problems
    return compose.to_bytes(element, bom=bom)


def recorded(document: bytes) -> list[tuple[str, bytes]]:
    """Part name and digest of every digest in a digest document."""
    root = parse(document).root
    found: list[tuple[str, bytes]] = []
    for reference in root.iterchildren("{*}Reference"):
        part = reference.get("URI", "")
        for value in reference.iter("{*}DigestValue"):
            try:
                found.append((part, base64.b64decode(value.text or "")))
            except ValueError:
                found.append((part, b""))  # equals no digest, so the part counts as changed
    return found
