"""XML parts, parsed without trust: no DOCTYPE, no entities, no network, bounded depth, attributes and names.

The parts are in memory and bounded in size before they come here. A finding needs line and column, which lxml does
not keep; :meth:`Xml.position` finds them with a second pass of expat only when something is wrong.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from lxml import etree

from hub import limits
from hub.package.errors import XmlDtdForbiddenError, XmlLimitError, XmlRefusedError, printable

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True, slots=True)
class Position:
    """Line and column, both from 1 (0 when unknown), and the path of an element by local names."""

    line: int = 0
    column: int = 0
    path: str = ""


@dataclass(slots=True)
class Xml:
    """A parsed part: its bytes as stored and its root element."""

    data: bytes
    root: etree._Element
    encoding: str
    """Lower case; ``utf-8`` unless the part says otherwise."""
    _places: list[tuple[int, int]] = field(default_factory=list)
    _elements: list[etree._Element] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Local name of the root element."""
        return local_name(self.root)

    @property
    def namespace(self) -> str:
        """Namespace of the root element; empty for none."""
        return namespace(self.root)

    def elements(self) -> Iterator[etree._Element]:
        """Every element in document order; its index here is what ``at`` means in the model."""
        return self.root.iter(etree.Element)

    def position(self, at: int) -> Position:
        """Where the element with number ``at`` starts."""
        if at < 0:
            return Position()
        if not self._places:
            self._places = _places(self.data)
            self._elements = list(self.elements())
        if at >= min(len(self._places), len(self._elements)):
            return Position()
        line, column = self._places[at]
        return Position(line, _shown(self.data, line, column), path_of(self._elements[at]))


def _shown(data: bytes, line: int, column: int) -> int:
    """The column as an editor shows it: expat counts a byte order mark as one, editors do not."""
    marked = data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return column - 1 if marked and line == 1 and column > 1 else column


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: etree._Element) -> str:
    """The element's namespace; empty when it has none."""
    tag = str(element.tag)
    return tag[1 : tag.index("}")] if tag.startswith("{") else ""


def path_of(element: etree._Element) -> str:
    """A readable XPath by local names, with positions where siblings share a name: ``/UstVeri/Ekler/Ek[2]/Tur``."""
    steps: list[str] = []
    current: etree._Element | None = element
    while current is not None:
        parent = current.getparent()
        step = local_name(current)
        if parent is not None:
            twins = list(parent.iterchildren(current.tag))
            if len(twins) > 1:
                step += f"[{twins.index(current) + 1}]"
        steps.append(step)
        current = parent
    return "/" + "/".join(reversed(steps))


def parse(data: bytes) -> Xml:
    """Parse one part.

    Raises :class:`~hub.package.errors.XmlDtdForbiddenError`, :class:`~hub.package.errors.XmlLimitError` or
    :class:`~hub.package.errors.XmlRefusedError` with line and column where known.
    """
    if len(data) > limits.PART_XML_BYTES:
        raise XmlLimitError("XML bileşeni çok büyük.", found=f"{len(data)} B", expected=f"≤ {limits.PART_XML_BYTES} B")
    encoding = _encoding(data)
    _scan(data, encoding)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=False, remove_pis=False, collect_ids=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise XmlRefusedError(
            "XML bileşeni iyi biçimli değil.", line=line or 0, column=column or 0, found=printable(error.msg or "")
        ) from None
    except (ValueError, LookupError) as error:
        raise XmlRefusedError("XML bileşeni okunamıyor.", found=printable(str(error))) from None
    return Xml(data, root, encoding)


def _encoding(data: bytes) -> str:
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return name
    if data[:2] in (b"<\0", b"\0<"):
        return "utf-16"
    match = _DECLARED.match(data)
    return match.group(1).decode("ascii").lower() if match else "utf-8"


class _Guard:
    """Expat handlers that stop at the first thing no honest part has, before any tree is built."""

    def __init__(self, parser: expat.XMLParserType, data: bytes) -> None:
        self._parser = parser
        self._data = data
        self._depth = 0
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        parser.ordered_attributes = True

    def _where(self) -> dict[str, int]:
        line = self._parser.CurrentLineNumber
        return {"line": line, "column": _shown(self._data, line, self._parser.CurrentColumnNumber + 1)}

    def _start(self, name: str, attributes: list[str]) -> None:
        self._depth += 1
        if self._depth > limits.XML_DEPTH:
            self._refuse(f"derinlik {self._depth}", limits.XML_DEPTH)
        if len(attributes) // 2 > limits.XML_ATTRIBUTES:
            self._refuse(f"{len(attributes) // 2} @", limits.XML_ATTRIBUTES)
        if len(name) > limits.XML_NAME or any(len(key) > limits.XML_NAME for key in attributes[::2]):
            self._refuse("ad", limits.XML_NAME)

    def _refuse(self, found: str, most: int) -> None:
        where = self._where()
        raise XmlLimitError(
            "XML bileşeni boyut veya derinlik sınırını aşıyor.",
            found=found, expected=f"≤ {most}", line=where["line"], column=where["column"],
        )  # fmt: skip

    def _end(self, _name: str) -> None:
        self._depth -= 1

    def _doctype(self, *_: object) -> None:
        where = self._where()
        raise XmlDtdForbiddenError(
            "XML içinde DOCTYPE veya varlık tanımı bulunamaz.", line=where["line"], column=where["column"]
        )


def _scan(data: bytes, encoding: str) -> None:
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise XmlRefusedError("XML kodlaması tanınmıyor.", found=printable(encoding)) from None
    parser = expat.ParserCreate()
    _Guard(parser, data)
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise XmlRefusedError(
            "XML bileşeni iyi biçimli değil.",
            line=error.lineno, column=_shown(data, error.lineno, error.offset + 1), found=expat.ErrorString(error.code),
        ) from None  # fmt: skip
    except (ValueError, LookupError) as error:
        raise XmlRefusedError("XML bileşeni okunamıyor.", found=printable(str(error))) from None


def _places(data: bytes) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    parser = expat.ParserCreate()

    def start(_name: str, _attributes: dict[str, str]) -> None:
        places.append((parser.CurrentLineNumber, parser.CurrentColumnNumber + 1))

    parser.StartElementHandler = start
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError):
        return places
    return places
