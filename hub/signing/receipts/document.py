"""A receipt as data, and its XML. Order and occurrence come from the schema; here only names are paired."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from hub import clock
from hub.signing.receipts.errors import ReceiptFormError

if TYPE_CHECKING:
    import xmlschema

NAMESPACE: Final = "urn:eyazisma-hub:tutanak:1"
_XML: Final = "http://www.w3.org/XML/1998/namespace"
_LANG: Final = f"@{{{_XML}}}lang"


class Kind(StrEnum):
    """What the receipt is of."""

    VALIDATION = "DOGRULAMA"
    DECISION = "KARAR"


class Outcome(StrEnum):
    """What came out; only the first is a pass."""

    PASSED = "GECTI"
    FAILED = "KALDI"
    WARNING = "UYARI"
    INDETERMINATE = "BELIRSIZ"
    NOT_CHECKED = "DENETLENMEDI"
    NOT_CONFIGURED = "YAPILANDIRILMADI"


@dataclass(frozen=True, slots=True)
class Issuer:
    """The hub that issues."""

    name: str
    detsis_no: str | None = None
    url: str | None = None
    software: str | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """Something that was given, by digest: ``digests`` maps SHA-256, SHA-384 or SHA-512 to the digest's octets."""

    name: str
    digests: Mapping[str, bytes]
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a stable code, its outcome and, by language, its words."""

    code: str
    outcome: Outcome
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt states. Times are aware. It never holds a T.C. kimlik no: receipts are handed on freely."""

    id: str
    kind: Kind
    issuer: Issuer
    issued_at: datetime
    subject: tuple[tuple[str, str], ...]
    """Identifiers of what was asked about: (kind, value)."""
    outcome: Outcome
    texts: Mapping[str, str]
    """The answer in words by language (``tr``, ``en``)."""
    inputs: tuple[Input, ...] = ()
    valid_at: datetime | None = None
    """The instant that the answer is about."""
    known_at: datetime | None = None
    """As the registry was known at this instant."""
    serial: int | None = None
    """Serial of the registry's newest change that the answer rests on."""
    reasons: tuple[Reason, ...] = ()
    valid_until: datetime | None = None
    """Until when the answer holds if nothing changes."""


def new_id() -> str:
    """An identifier for a new receipt."""
    return str(uuid.uuid4())


@cache
def schema() -> xmlschema.XMLSchema:
    """The compiled schema; nothing is loaded from outside the package."""
    import xmlschema

    folder = files("hub") / "xsd" / "tutanak"
    return xmlschema.XMLSchema(str(folder / "tutanak.xsd"), allow="local")


def to_xml(receipt: Receipt) -> etree._Element:
    """The unsigned document. Raises :class:`ReceiptFormError` when the schema does not allow what is stated."""
    import xmlschema

    try:
        encoded: Any = schema().encode(
            show(receipt),
            path=f"{{{NAMESPACE}}}Tutanak",
            namespaces={"": NAMESPACE, "xml": _XML},
            converter=xmlschema.UnorderedConverter,
        )
    except (xmlschema.XMLSchemaException, ValueError) as error:
        reason = getattr(error, "reason", None) or str(error)
        raise ReceiptFormError(f"Tutanak şemaya uymuyor: {reason}") from error
    return _rebuilt(encoded, None)


def from_xml(data: bytes) -> Receipt:
    """The receipt that ``data`` (an unsigned document) states. Raises :class:`ReceiptFormError`."""
    import xmlschema

    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
        found: Any = schema().decode(root, namespaces={"": NAMESPACE})
    except (xmlschema.XMLSchemaException, etree.XMLSyntaxError, ValueError) as error:
        reason = getattr(error, "reason", None) or str(error)
        raise ReceiptFormError(f"Tutanak şemaya uymuyor: {reason}") from error
    issuer = found["Duzenleyen"]
    return Receipt(
        id=found["Kimlik"],
        kind=Kind(found["Tur"]),
        issuer=Issuer(issuer["Ad"], issuer.get("DETSISNo"), issuer.get("Adres"), issuer.get("Yazilim")),
        issued_at=_time(found["DuzenlemeZamani"]),
        subject=tuple((item["@Ad"], item["$"]) for item in found["Konu"]["Tanim"]),
        outcome=Outcome(found["Sonuc"]),
        texts=_texts(found.get("Metin")),
        inputs=tuple(
            Input(
                item["Ad"],
                {one["@Algoritma"]: base64.b64decode(one["$"]) for one in item["Ozet"]},
                item.get("Boyut"),
            )
            for item in found.get("Girdi") or ()
        ),
        valid_at=_optional(found.get("GecerliOlduguZaman")),
        known_at=_optional(found.get("BilindigiZaman")),
        serial=found.get("KayitSeriNo"),
        reasons=tuple(
            Reason(item["@Kod"], Outcome(item["@Sonuc"]), _texts(item.get("Metin")))
            for item in found.get("Gerekce") or ()
        ),
        valid_until=_optional(found.get("GecerlilikSonu")),
    )


def show(receipt: Receipt) -> dict[str, Any]:
    """The receipt by the schema's names, without what is absent; also good for JSON."""
    issuer = receipt.issuer
    data: dict[str, Any] = {
        "@Surum": "1",
        "Kimlik": receipt.id,
        "Tur": receipt.kind.value,
        "Duzenleyen": _present(
            {"Ad": issuer.name, "DETSISNo": issuer.detsis_no, "Adres": issuer.url, "Yazilim": issuer.software}
        ),
        "DuzenlemeZamani": _iso(receipt.issued_at),
        "Konu": {"Tanim": [{"@Ad": kind, "$": value} for kind, value in receipt.subject]},
        "Girdi": [
            _present(
                {
                    "Ad": item.name,
                    "Boyut": item.size,
                    "Ozet": [
                        {"@Algoritma": name, "$": base64.b64encode(value).decode()}
                        for name, value in item.digests.items()
                    ],
                }
            )
            for item in receipt.inputs
        ],
        "GecerliOlduguZaman": _iso(receipt.valid_at),
        "BilindigiZaman": _iso(receipt.known_at),
        "KayitSeriNo": receipt.serial,
        "Sonuc": receipt.outcome.value,
        "Gerekce": [
            _present({"@Kod": reason.code, "@Sonuc": reason.outcome.value, "Metin": _words(reason.texts)})
            for reason in receipt.reasons
        ],
        "GecerlilikSonu": _iso(receipt.valid_until),
        "Metin": _words(receipt.texts),
    }
    return _present(data)


def _present(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None and value != []}


def _words(texts: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"@xml:lang": language, "$": text} for language, text in texts.items()]


def _texts(found: list[dict[str, str]] | None) -> dict[str, str]:
    return {item[_LANG]: item["$"] for item in found or ()}


def _iso(instant: datetime | None) -> str | None:
    if instant is None:
        return None
    if instant.tzinfo is None:
        raise ReceiptFormError("Tutanaktaki zamanlar saat dilimi taşımalı.")
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _time(text: str) -> datetime:
    try:
        return clock.from_local(datetime.fromisoformat(text))
    except ValueError as error:
        raise ReceiptFormError("Tutanaktaki bir zaman okunamadı.") from error


def _optional(text: str | None) -> datetime | None:
    return None if text is None else _time(text)


def _rebuilt(element: Any, parent: etree._Element | None) -> etree._Element:
    """The encoder's tree as lxml's, with the schema's namespace as the default one and no layout."""
    if parent is None:
        made = etree.Element(element.tag, nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    else:
        made = etree.SubElement(parent, element.tag)
    for name, value in element.attrib.items():
        made.set(name, value)
    if len(element) == 0:
        made.text = element.text
    for child in element:
        _rebuilt(child, made)
    return made
