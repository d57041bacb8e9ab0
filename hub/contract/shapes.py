"""Shapes: the markup of requests that were read in full before, so that the next one need only have its texts read.

The requests of one client differ in nothing but a few texts. Once a request has been parsed, checked, read and
answered to an authenticated caller, its bytes are kept as a *shape*: everything is literal but the texts of its plain
leaf elements. A later request (with the same content type and SOAPAction) that consists of the same literals, with
texts of harmless characters between them, would be parsed into the same tree with those texts, so the tree is not
made. Everything else, and whatever a text cannot be converted to, takes the full way.

Why that is the same: a text slot begins behind the ``>`` of a start tag and ends before the ``<`` of its end tag, and
holds printable ASCII without ``<``, ``>`` and ``&``. Such a text changes nothing about how the literals after it are
read, is its own value without decoding or normalising, and cannot be split in another way, because every literal after
a slot begins with ``<``. A differential test holds both ways against each other over damaged requests.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from xml.parsers import expat

from lxml import etree

from hub.contract.schema import Complex, Field, Simple
from hub.contract.values import Kind
from hub.contract.wsdl import Version

LARGEST: Final = 4_096
"""Bytes of a request that may become a shape. Requests with lists, which differ in markup each time, are longer."""
_KEYS: Final = 128
"""Pairs of content type and SOAPAction that are remembered: 36 operations in two versions, and some spellings."""
_EACH: Final = 4
"""Shapes of one pair: as many kinds of clients may take turns before they push each other out."""
_PATIENCE: Final = 64
"""Shapes learned for one pair beyond those that proved useful; after so many, its requests never repeat."""

_PLAIN: Final = rb"[ !-%'-;=?-~]*"
_IS_PLAIN: Final = re.compile(_PLAIN)

Convert = Callable[[str], Any]
Key = tuple[str, str | None]


class _Value(NamedTuple):
    """Where a value comes from: the text of a slot, or (slot below 0) the same value each time. Without ``convert``
    the text is the value."""

    name: str
    slot: int
    convert: Convert | None
    constant: Any


class Shape:
    """One shape: its pattern, the operation it calls, and where each argument and header field comes from."""

    __slots__ = ("_match", "_values", "route", "version")

    def __init__(
        self,
        pattern: str,
        route: Any,
        version: Version,
        arguments: list[_Value],
        header_class: Any,
        header: list[_Value],
    ) -> None:
        self._match = re.compile(pattern).fullmatch
        self.route = route
        self.version: Version = version
        scope: dict[str, Any] = {"header_class": header_class}
        inside = ", ".join(f"'{value.name}': {_expression(value, scope)}" for value in arguments)
        head = ", ".join(f"{value.name}={_expression(value, scope)}" for value in header)
        made = "None" if header_class is None else f"header_class({head})"
        self._values: Callable[[tuple[str, ...]], tuple[dict[str, Any], Any]] = eval(  # noqa: S307 - names of the schema
            f"lambda texts: ({{{inside}}}, {made})", scope
        )

    def read(self, body: str) -> tuple[dict[str, Any], Any] | None:
        """Arguments and header of ``body``, or None where it is not of this shape or a text is no such value."""
        found = self._match(body)
        if found is None:
            return None
        try:
            return self._values(found.groups())
        except ValueError:
            return None


def _expression(value: _Value, scope: dict[str, Any]) -> str:
    """What gives ``value``, from ``texts``; what it needs is put into ``scope``."""
    if value.slot >= 0 and value.convert is None:
        return f"texts[{value.slot}]"
    name = f"given_{len(scope)}"
    scope[name] = value.constant if value.slot < 0 else value.convert
    return name if value.slot < 0 else f"{name}(texts[{value.slot}])"


class Shapes:
    """The shapes of one endpoint. Bounded, so that no client can fill memory; the oldest of a pair goes first."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._kinds = kinds
        self._known: dict[Key, list[Shape]] = {}
        self._learned: dict[Key, int] = {}
        self._lock = threading.Lock()
        self.hits = 0

    def find(self, key: Key, body: bytes) -> tuple[Shape, dict[str, Any], Any] | None:
        """The shape of ``body`` with the arguments and header read from it, if it is a known one."""
        known = self._known.get(key)
        if known is None:
            return None
        text = body.decode("latin-1")  # a character a byte: literals compare as they are, slots hold ASCII only
        for shape in known:
            found = shape.read(text)
            if found is not None:
                self.hits += 1
                return shape, *found
        return None

    def learn(
        self,
        key: Key,
        body: bytes,
        *,
        route: Any,
        version: Version,
        element: etree._Element,
        arguments: Mapping[str, Any],
        block: etree._Element | None,
        header: Any,
        header_type: Complex | None,
    ) -> None:
        """Keep the shape of ``body``, which was read in full: ``element`` is its body element, read as
        ``arguments``; ``block`` its header block, read as ``header``."""
        fields = route.operation.input.type.fields
        held = fields + (header_type.fields if header_type is not None and header is not None else [])
        if len(body) > LARGEST or not all(map(self._simple, held)):
            return
        with self._lock:
            count = self._learned.get(key, 0)
            if count > _PATIENCE + self.hits or (key not in self._known and len(self._known) >= _KEYS):
                return
            self._learned[key] = count + 1
        try:
            slots = _Slots(body)
        except expat.ExpatError:
            return  # an encoding that this parser does not know
        places = {node: at for at, node in enumerate(element.getroottree().iter(etree.Element))}
        given = self._values(fields, element, arguments, places, slots)
        inside = [] if header is None or block is None or header_type is None else header_type.fields
        said = {field.name: getattr(header, field.name) for field in inside}
        head = self._values(inside, block, said, places, slots) if block is not None else []
        shape = Shape(slots.pattern(), route, version, given, None if header is None else header.__class__, head)
        if shape.read(body.decode("latin-1")) != (arguments, header):
            return  # not understood well enough to take the short way
        with self._lock:
            former = self._known.get(key, [])
            self._known[key] = [shape, *former][:_EACH]

    def _simple(self, field: Field) -> bool:
        return isinstance(field.type, Simple) and not field.repeated and field.type.enumeration is None

    def _values(
        self,
        fields: list[Field],
        parent: etree._Element,
        read: Mapping[str, Any],
        places: Mapping[etree._Element, int],
        slots: _Slots,
    ) -> list[_Value]:
        """Where each of ``fields`` comes from: the slot of the first child of that name, if it has one."""
        made = []
        for field in fields:
            child = next((node for node in parent if node.tag == field.tag), None)
            slot = -1 if child is None else slots.number(places[child])
            assert isinstance(field.type, Simple)
            convert = None if field.type.builtin == "string" else self._kinds[field.type.builtin].read
            made.append(_Value(field.name, slot, convert, read[field.name]))
        return made


class _Slots:
    """The plain leaf texts of a document, by the number of their element in document order."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._open: list[tuple[int, bool]] = []
        self._text = -1
        self._count = 0
        self._spans: dict[int, tuple[int, int]] = {}
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = False
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.Parse(body, True)
        self._order = {number: at for at, number in enumerate(sorted(self._spans, key=lambda n: self._spans[n]))}

    def number(self, element: int) -> int:
        """The slot of an element, or -1 where its text is not plain."""
        return self._order.get(element, -1)

    def pattern(self) -> str:
        """The regular expression of the shape: literals, with a group for each slot."""
        parts = []
        at = 0
        for start, end in sorted(self._spans.values()):
            parts += [re.escape(self._body[at:start]), b"(" + _PLAIN + b")"]
            at = end
        return b"".join([*parts, re.escape(self._body[at:])]).decode("latin-1")

    def _start(self, _name: str, attributes: dict[str, str]) -> None:
        if self._open:
            self._open[-1] = (self._open[-1][0], False)
        bare = all(name == "xmlns" or name.startswith("xmlns:") for name in attributes)
        self._open.append((self._count, bare))
        self._count += 1
        self._text = -1

    def _characters(self, _data: str) -> None:
        if self._text < 0:
            self._text = self._parser.CurrentByteIndex

    def _end(self, _name: str) -> None:
        number, leaf = self._open.pop()
        end = self._parser.CurrentByteIndex
        start = end if self._text < 0 else self._text
        body = self._body
        closed = body[end : end + 2] == b"</" and body[start - 1 : start] == b">"
        if leaf and closed and _IS_PLAIN.fullmatch(body, start, end):
            self._spans[number] = (start, end)
        self._text = -1
