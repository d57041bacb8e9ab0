"""XML bytes before they are a tree: what must not be parsed at all, and where an element stands.

libxml2 gives schema errors a line without a column (and no line beyond 65,535), so places come from a second reading
with expat, made only when there is something to report.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.parsers import expat

from lxml import etree

from hub.limits import XML_ATTRIBUTES, XML_DEPTH, XML_NAME
from hub.package.xsd import parser


@dataclass(frozen=True, slots=True)
class Unparsable:
    """Why some bytes are not to be parsed, and where that shows (1-based line and column)."""

    rule: str
    line: int
    column: int
    message_tr: str
    message_en: str


class _RefusedError(Exception):
    pass


def unparsable(data: bytes) -> Unparsable | None:
    """The reason why ``data`` is not to be parsed, or None. A DTD is refused before any entity in it is read."""
    reader = expat.ParserCreate()
    depth = 0
    why: tuple[str, str, str] | None = None

    def refuse(rule: str, tr: str, en: str) -> None:
        nonlocal why
        why = rule, tr, en
        raise _RefusedError

    def doctype(*_: object) -> None:
        refuse("EYP-XML-DTD", "Belge türü bildirimi (DOCTYPE) yasak.", "A document type declaration is forbidden.")

    def started(name: str, attributes: list[str]) -> None:
        nonlocal depth
        depth += 1
        if depth > XML_DEPTH:
            refuse("EYP-XML-LIMITS", f"Öğeler {XML_DEPTH} düzeyden derin.", f"Elements nest deeper than {XML_DEPTH}.")
        if len(attributes) > 2 * XML_ATTRIBUTES:
            refuse(
                "EYP-XML-LIMITS",
                f"Bir öğede {XML_ATTRIBUTES} taneden çok öznitelik var.",
                f"An element has more than {XML_ATTRIBUTES} attributes.",
            )
        if len(name) > XML_NAME:
            refuse(
                "EYP-XML-LIMITS",
                f"Bir ad {XML_NAME} karakterden uzun.",
                f"A name is longer than {XML_NAME} characters.",
            )

    def ended(name: str) -> None:
        nonlocal depth
        depth -= 1

    reader.ordered_attributes = True
    reader.StartDoctypeDeclHandler = doctype
    reader.StartElementHandler = started
    reader.EndElementHandler = ended
    try:
        reader.Parse(data, True)
        etree.fromstring(data, parser())
    except _RefusedError:
        assert why is not None
    except (expat.ExpatError, etree.XMLSyntaxError, LookupError, ValueError) as error:
        why = "EYP-XML-WELLFORMED", "XML sözdizimi bozuk.", f"Not well-formed: {error}"
    else:
        return None
    rule, tr, en = why
    return Unparsable(rule, reader.CurrentLineNumber, reader.CurrentColumnNumber + 1, tr, en)


class Places:
    """Lines, columns and readable paths of the elements of one document."""

    def __init__(self, data: bytes, root: etree._Element) -> None:
        """``root`` is what ``data`` parses to; its elements are what the other methods take."""
        self._data = data
        self._root = root
        self._at: dict[etree._Element, tuple[int, int]] = {}

    def position(self, element: etree._Element) -> tuple[int, int]:
        """1-based line and column (in characters) of the element's ``<``."""
        if not self._at:
            places: list[tuple[int, int]] = []
            reader = expat.ParserCreate()

            def started(name: str, attributes: object) -> None:
                places.append((reader.CurrentLineNumber, reader.CurrentColumnNumber + 1))

            reader.StartElementHandler = started
            reader.Parse(self._data, True)
            self._at = dict(zip(self._root.iter(etree.Element), places, strict=True))
        return self._at[element]

    def xpath(self, element: etree._Element) -> str:
        """Local names with positions where there are twins, for example ``/UstVeri/Ekler/Ek[2]/Tur``."""
        steps = []
        at: etree._Element | None = element
        while at is not None:
            parent: etree._Element | None = at.getparent()
            twins = [] if parent is None else [child for child in parent if child.tag == at.tag]
            name = etree.QName(at).localname
            steps.append(f"{name}[{twins.index(at) + 1}]" if len(twins) > 1 else name)
            at = parent
        return "/" + "/".join(reversed(steps))
