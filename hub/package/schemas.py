"""XML parts against the schemas of :mod:`hub.xsd`, and how a part differs from the *published* schemas.

The schemas in ``hub/xsd/eyp1`` and ``hub/xsd/eyp2`` accept what real packages hold and mark where they are wider than
the published ones (or, in generation 1, than the types that writers were generated from); see :mod:`hub.package.xsd`.
A part that is valid against the schema as it stands and invalid against the variant in which one deviation is taken
back has that deviation. So the XSD stays the only statement.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal, cast

from lxml import etree

from hub.package import xsd
from hub.package.errors import XmlRefusedError
from hub.package.xml import Xml, local_name, parse
from hub.package.xsd import Fault

Generation = Literal["1.x", "2.x"]
Severity = Literal["error", "warning"]

MAX_LOG: Final = 1000
"""Schema errors of one part that are looked at: enough for any report, and a hostile part can not make more work."""

MAX_ERRORS: Final = 100
"""Schema errors of one part that are reported; a person reads fewer."""

MAX_MESSAGE: Final = 2_000
"""Characters of one of libxml2's messages that are kept; it repeats the value, which may be as long as the part."""

MAX_BLANKS: Final = 32
"""Empty optional elements of one part that are forgiven where the schema does not allow them."""

BLANK_WORK: Final = 16 << 20
"""Bytes validated anew to find these elements, a validation for each one tried: a hostile part has a thousand of them
whose removal mends nothing. Every honest part with a few of them is a thousand times smaller."""

ROOTS: Final[Mapping[tuple[Generation, str], tuple[str, str]]] = {
    # (generation, relationship name of the part): (schema file, root element)
    ("1.x", "ustveri"): ("eyp1/Ustveri-1.xsd", "Ustveri"),
    ("1.x", "belgehedef"): ("eyp1/BelgeHedef-1.xsd", "BelgeHedef"),
    ("1.x", "belgeimza"): ("eyp1/BelgeImza-1.xsd", "BelgeImza"),
    ("1.x", "paketozeti"): ("eyp1/PaketOzeti-1.xsd", "PaketOzeti"),
    ("1.x", "nihaiozet"): ("eyp1/NihaiOzet-1.xsd", "NihaiOzet"),
    ("1.x", "sifreliicerikbilgisi"): ("eyp1/SifreliIcerikBilgisi-1.xsd", "SifreliIcerikBilgisi"),
    ("2.x", "ustveri"): ("eyp2/Ustveri-2.xsd", "UstVeri"),
    ("2.x", "nihaiustveri"): ("eyp2/NihaiUstveri-2.xsd", "NihaiUstVeri"),
    ("2.x", "belgehedef"): ("eyp2/BelgeHedef-2.xsd", "BelgeHedef"),
    ("2.x", "paketozeti"): ("eyp2/PaketOzeti-2.xsd", "PaketOzeti"),
    ("2.x", "nihaiozet"): ("eyp2/NihaiOzet-2.xsd", "NihaiOzet"),
    ("2.x", "parafozeti"): ("eyp2/ParafOzeti-2.xsd", "ParafOzeti"),
    ("2.x", "sifreliicerikbilgisi"): ("eyp2/Tipler-2.xsd", "SifreliIcerikBilgisi"),
    ("2.x", "guncellemebilgisi"): ("eyp2/Tipler-2.xsd", "GuncellemeBilgisi"),
}
"""Which part follows which schema. The namespace of the root element is the schema's target namespace."""

DEVIATIONS: Final[Mapping[str, tuple[str, str]]] = {
    # name: (what it is in Turkish, in English)
    "EYP-XSD-ANCHORS": (
        "Yayımlanan şemadaki desen, XSD'de harf sayılan ^ ve $ işaretlerini içeriyor; hiçbir gerçek değer uymuyor.",
        "The published pattern holds ^ and $, which are literal characters in XSD; no real value fits it.",
    ),
    "EYP-XSD-KKK": (
        "Yayımlanan şema KKK için on dört haneli eski numarayı ister; değer sekiz haneli DETSİS numarasıdır.",
        "The published schema asks for the fourteen-digit legacy number; the value is an eight-digit DETSİS number.",
    ),
    "EYP-XSD-DIGEST-ID": (
        "Özet bileşeninin Id değeri bir GUID; rakamla başladığı için yayımlanan şemadaki xsd:ID türüne uymuyor.",
        "Id of the digest component is a GUID; starting with a digit it is no xsd:ID as the published schema asks.",
    ),
    "EYP-XSD-SIFRELI-ID": (
        "Şifreli İçerik Bilgisi bileşeninin Id değeri xsd:ID türüne uymuyor (çoğunlukla boş bırakılıyor).",
        "Id of Şifreli İçerik Bilgisi is no xsd:ID (writers mostly leave it empty).",
    ),
    "EYP-DAGITIM-MIAT": (
        "Miat süre (xsd:duration) yerine tam sayı olarak yazılmış.",
        "Miat is written as an integer instead of an xsd:duration.",
    ),
    "EYP-KKK-BIRIM-FORMAT": (
        "BirimKKK sekiz haneli DETSİS numarası değil.",
        "BirimKKK is not an eight-digit DETSİS number.",
    ),
    "EYP-USTVERI-MIME": ("MimeTuru yazılmamış.", "MimeTuru is missing."),
    "EYP-TEXT-BLANK": (
        "İsteğe bağlı öğe boş yazılmış; yok sayıldı.",
        "An optional element is written empty; it counts as absent.",
    ),
    "EYP-USTVERI-EMPTYLIST": (
        "İsteğe bağlı liste üyesiz yazılmış; yok sayıldı.",
        "An optional list is written without members; it counts as absent.",
    ),
    "EYP-USTVERI-GECERLILIK-NIL": (
        "Boş GuvenlikKoduGecerlilikTarihi xsi:nil ile işaretlenmemiş.",
        "An empty GuvenlikKoduGecerlilikTarihi is not marked xsi:nil.",
    ),
}
"""Named deviations of real packages, with what each one is."""

BLANKS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("Ekler", "Ilgiler", "IlgiliListesi", "HeyskListesi", "KonulmamisEkListesi"), "EYP-USTVERI-EMPTYLIST"
    ),
    "GuvenlikKoduGecerlilikTarihi": "EYP-USTVERI-GECERLILIK-NIL",
}
"""Deviation of an optional element that is written empty where the schema wants content; others EYP-TEXT-BLANK."""


@dataclass(frozen=True, slots=True)
class SchemaFinding:
    """One difference between a part and a schema."""

    rule: str
    """``EYP-XML-SCHEMA`` (or ``EYP-XML-WELLFORMED``, ``-DTD``, ``-LIMITS``, ``-ROOT``) for an error, a name of
    :data:`DEVIATIONS` for a warning."""

    severity: Severity
    fault: Fault
    """``schema``: the published schema is at fault; a report shows the warning without counting it against the
    package."""

    line: int
    """1-based line in the part's bytes."""

    column: int
    """1-based column, in characters, of the element's ``<``."""

    xpath: str
    """Where, as local names with positions, for example ``/UstVeri/Ekler/Ek[2]/Tur``; empty when nothing parsed."""

    at: int
    """Number of the element in document order; -1 when nothing parsed."""

    found: str
    """The offending value or element, shortened to 200 characters."""

    expected: str
    """What the schema allows there: element names, a pattern, a list of codes, a type; may be empty."""

    message_tr: str
    message_en: str
    count: int = 1
    """How many places of the part have the same deviation; the location is that of the first."""


def check(part_kind: str, generation: Generation, part: bytes | Xml) -> list[SchemaFinding]:
    """Findings on one XML part, errors first, in document order; empty when it follows even the published schema.

    ``part_kind`` is the relationship name of the part in lower case (``ustveri``, ``paketozeti`` …; see
    :data:`ROOTS`), ``part`` its bytes as stored (a byte order mark is accepted) or what
    :func:`hub.package.xml.parse` made of them. A deviation comes out once for a part, with the number of its places.
    Raises :class:`KeyError` for a part that the generation does not have.
    """
    file, root_name = ROOTS[generation, part_kind]
    try:
        xml = parse(part) if isinstance(part, bytes) else part
    except XmlRefusedError as error:
        en = {
            "EYP-XML-DTD": "A document type declaration is forbidden.",
            "EYP-XML-LIMITS": f"Beyond a limit: {error.found}; allowed: {error.expected}.",
        }.get(error.rule_id, f"Not well-formed: {error.found}.")
        return [
            SchemaFinding(
                rule=error.rule_id,
                severity="error",
                fault="package",
                line=error.line,
                column=error.column,
                xpath="",
                at=-1,
                found=error.found,
                expected=error.expected,
                message_tr=error.message,
                message_en=en,
            )
        ]
    document = _Document(xml)
    found, expected = _readable(xml.root.tag), f"{root_name} ({xsd.namespace(file)})"
    if found != expected:
        return [
            document.finding(
                "EYP-XML-ROOT",
                xml.root,
                found=found,
                expected=expected,
                tr=f"Kök öğe {found}; {expected} olmalı.",
                en=f"The root element is {found}; it should be {expected}.",
            )
        ]
    return document.findings(file)


def preload() -> None:
    """Compile the schemas of every part now, so that the first package pays nothing."""
    for file, _ in ROOTS.values():
        xsd.load(file)
        xsd.load(file, tuple(xsd.deviations(file)))


class _Document:
    """One part on its way through the schema and its variants."""

    def __init__(self, xml: Xml) -> None:
        self.xml = xml
        self.tries = BLANK_WORK // len(xml.data)
        """How many blank elements may still be tried."""
        root = xml.root
        self.root = copy.deepcopy(root)
        """What is validated; blank elements are taken out of it. Findings are made from the original."""
        self.original = dict(zip(self.root.iter(), root.iter(), strict=True))
        self.number = {element: at for at, element in enumerate(xml.elements())}
        self.prefixes = {
            prefix: uri for element in root.iter(etree.Element) for prefix, uri in element.nsmap.items() if prefix
        }

    def findings(self, file: str) -> list[SchemaFinding]:
        schema = xsd.load(file)
        found: list[SchemaFinding] = []
        said: list[tuple[str, str]] = []
        if not schema.validate(self.root):
            found += self._drop_blanks(schema)
            said = self._said(schema)
        errors = [self._error(self._element(path), message) for path, message in said[:MAX_ERRORS]]
        if len(said) >= MAX_LOG:
            return errors  # a part this wrong is not looked at for finer differences
        if not xsd.load(file, tuple(xsd.deviations(file))).validate(self.root):
            for rule, fault in xsd.deviations(file).items():
                variant = xsd.load(file, (rule,))
                variant.validate(self.root)
                more = list((Counter(self._said(variant)) - Counter(said)).elements())
                elements = [self._element(path) for path, _ in more]
                blank = [element for element in elements if _blank(element)]
                for name, places in ((rule, [e for e in elements if e not in blank]), ("EYP-TEXT-BLANK", blank)):
                    if places:
                        found.append(self._deviation(name, fault, places[0], len(places)))
        return sorted(errors, key=_order) + sorted(found, key=_order)

    def _drop_blanks(self, schema: etree.XMLSchema) -> list[SchemaFinding]:
        """Take out the empty elements that make the part invalid, where taking them out mends it."""
        hits: dict[str, list[etree._Element]] = {}
        for _ in range(MAX_BLANKS):
            said = self._said(schema)
            # an element that the schema does not know there at all is no optional one left empty
            known = [path for path, message in said if "This element is not expected" not in message]
            if not any(self._mended_without(self._element(path, own=True), schema, len(said), hits) for path in known):
                break
        schema.validate(self.root)
        return [
            self._deviation(rule, "package", min(elements, key=self.number.__getitem__), len(elements))
            for rule, elements in hits.items()
        ]

    def _mended_without(
        self, element: etree._Element, schema: etree.XMLSchema, errors: int, hits: dict[str, list[etree._Element]]
    ) -> bool:
        parent: etree._Element | None = element.getparent()
        if parent is None or not _blank(element) or self.tries <= 0:
            return False
        self.tries -= 1
        index = parent.index(element)
        parent.remove(element)
        schema.validate(self.root)
        if len(self._said(schema)) < errors:
            name = local_name(element)
            hits.setdefault(BLANKS.get(name, "EYP-TEXT-BLANK"), []).append(self.original[element])
            return True
        parent.insert(index, element)
        schema.validate(self.root)
        return False

    def _said(self, schema: etree.XMLSchema) -> list[tuple[str, str]]:
        """What the last validation said: libxml2's path and message, in document order."""
        entries = cast("Iterable[etree._LogEntry]", schema.error_log)
        return [(entry.path or "/*", entry.message) for entry in islice(entries, MAX_LOG)]

    def _element(self, path: str, *, own: bool = False) -> etree._Element:
        """The original element (or our ``own`` copy) that ``path`` names; the root where it cannot be told."""
        try:
            hits = self.root.getroottree().xpath(path, namespaces=self.prefixes)
        except etree.XPathError:
            hits = []
        element = hits[0] if isinstance(hits, list) and hits and isinstance(hits[0], etree._Element) else self.root
        return element if own else self.original[element]

    def _deviation(self, rule: str, fault: Fault, element: etree._Element, count: int) -> SchemaFinding:
        tr, en = DEVIATIONS[rule]
        value = (element.text or "").strip() or element.get("Value") or element.get("Id")
        found = value or ("''" if "Id" in element.attrib else f"<{local_name(element)}>")
        return self.finding(
            rule, element, found=found, expected="", tr=tr, en=en, severity="warning", fault=fault, count=count
        )

    def _error(self, element: etree._Element, message: str) -> SchemaFinding:
        plain = _NAMESPACES.sub("", _shortened(message))
        words = {"name": local_name(element), "found": "", "expected": ""}
        tr = "{name} şemaya uymuyor."
        for pattern, template in _SAYINGS:
            if match := pattern.search(plain):
                words |= {key: value or "" for key, value in match.groupdict().items()}
                tr = template
                break
        return self.finding(
            "EYP-XML-SCHEMA",
            element,
            found=words["found"] or words["name"],
            expected=words["expected"],
            tr=tr.format_map({key: value[:200] for key, value in words.items()}),
            en=plain,
        )

    def finding(
        self,
        rule: str,
        element: etree._Element,
        *,
        found: str,
        expected: str,
        tr: str,
        en: str,
        severity: Severity = "error",
        fault: Fault = "package",
        count: int = 1,
    ) -> SchemaFinding:
        at = self.number[element]
        where = self.xml.position(at)
        return SchemaFinding(
            rule, severity, fault, where.line, where.column, where.path, at, found[:200], expected, tr, en, count
        )


def _shortened(message: str) -> str:
    """``message`` without the middle of a long value: what was expected stands at its end."""
    if len(message) <= MAX_MESSAGE:
        return message
    return f"{message[: MAX_MESSAGE // 2]}…{message[-MAX_MESSAGE // 2 :]}"


def _blank(element: etree._Element) -> bool:
    """Whether the element says nothing at all."""
    return not len(element) and not (element.text or "").strip() and not element.attrib


def _order(finding: SchemaFinding) -> tuple[int, int, str]:
    return finding.line, finding.column, finding.rule


def _readable(tag: object) -> str:
    """``{urn:x}a`` as ``a (urn:x)``."""
    namespace, _, name = str(tag).removeprefix("{").rpartition("}")
    return f"{name} ({namespace})" if namespace else name


# What libxml2 says, in Turkish
_NAMESPACES: Final = re.compile(r"\{[^{}]*\}(?=[\w*])")
_SAYINGS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern), tr)
    for pattern, tr in (
        (
            r"This element is not expected\. Expected is (?:one of )?\( (?P<expected>.+) \)\.",
            "Burada {name} olamaz; beklenen: {expected}.",
        ),
        (r"This element is not expected\.", "Burada {name} olamaz."),
        (
            r"Missing child element\(s\)\. Expected is (?:one of )?\( (?P<expected>.+) \)\.",
            "{name} içinde eksik öğe var; beklenen: {expected}.",
        ),
        (
            r"^(?:Element '[^']*'(?:, attribute '[^']*')?: )?"
            r"'(?P<found>.*)' is not a valid value of the [a-z ]*type(?: '(?P<expected>[^']*)')?\.",
            "“{found}” değeri {expected} türüne uymuyor.",
        ),
        (
            r"The value '(?P<found>.*)' is not accepted by the pattern '(?P<expected>.*)'\.",
            "“{found}” değeri desene uymuyor: {expected}.",
        ),
        (
            r"The value '(?P<found>.*)' is not an element of the set \{(?P<expected>.*)\}\.",
            "“{found}” değeri listede yok: {expected}.",
        ),
        (r"attribute '(?P<found>[^']*)': The attribute '[^']*' is not allowed\.", "{found} özniteliği burada olamaz."),
        (r"The attribute '(?P<expected>[^']*)' is required but missing\.", "{expected} özniteliği eksik."),
        (r"Character content other than whitespace is not allowed", "{name} içinde metin olamaz."),
        (r"Element content is not allowed", "{name} içinde öğe olamaz."),
        (r"Character content is not allowed", "{name} boş olmalı."),
    )
)
