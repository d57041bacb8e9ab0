"""Shapes: the markup of requests that were read in full before, so that the next one need only have its texts read.

The requests of one client differ in nothing but a few texts. Once a request has been parsed, checked, read and
answered to an authenticated caller, its bytes are kept as a *shape*: everything is literal but the texts of its plain
leaf elements. A later request (with the same content type and SOAPAction) that consists of the same literals, with
texts of harmless characters between them, would be parsed into the same tree with those texts, so the tree is not
made. Everything else, and whatever a text cannot be converted to, takes the full way.

Why that is the same: a text slot begins behind the ``>`` of a start tag and ends before the ``<`` of its end tag, and
holds printable ASCII without ``<``, ``>`` and ``&``. Such a text changes nothing about how the literals after it are
read, is its own value without decoding or normalising, and cannot be split in another way, because every literal after
a slot begins with ``<``. Where requests are validated against their schema, each text has to be certainly valid by
itself (:mod:`hub.contract.facets`), and what was read of no text must stand there as it stood. A differential test
holds both ways against each other over damaged requests.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from lxml import etree

from hub.contract.facets import AS_IS, Convert, certain
from hub.contract.schema import Complex, Field, Simple
from hub.contract.slots import Slots
from hub.contract.values import Kind
from hub.contract.wsdl import Version

LARGEST: Final = 4_096
"""Bytes of a request that may become a shape. Longer ones hold lists, which differ in markup each time."""
_KEYS: Final = 128
"""Pairs of content type and SOAPAction that are remembered: 36 operations in two versions, and some spellings."""
_EACH: Final = 4
"""Shapes of one pair: as many kinds of clients may take turns before they push each other out."""
_AT_ONCE: Final = 256
_EACH_SECOND: Final = 4
"""How many shapes may be learned at once and for long. Learning one costs as much as some twenty requests, so whoever
sends another markup each time must not keep the processor busy with it."""

Key = tuple[str, str | None]


class Shape:
    """One shape: its pattern, the operation it calls, and how arguments and header are made of its texts."""

    __slots__ = ("_make", "_match", "hits", "pattern", "route", "version")

    def __init__(
        self, route: Any, version: Version, pattern: str, make: Callable[..., tuple[dict[str, Any], Any]]
    ) -> None:
        """``make`` is called with the texts of the groups of ``pattern``; raises ValueError where one is no value."""
        self.route = route
        self.version: Version = version
        self.pattern = pattern
        self._match = re.compile(pattern).fullmatch
        self._make = make
        self.hits = 0

    def read(self, body: str) -> tuple[dict[str, Any], Any] | None:
        """Arguments and header of ``body``, or None where it is not of this shape or a text is no such value."""
        found = self._match(body)
        if found is None:
            return None
        try:
            return self._make(*found.groups())
        except ValueError:
            return None


class Shapes:
    """The shapes of one endpoint. Bounded, so that no client can fill memory or keep the others out: of one pair of
    content type and SOAPAction the shape that was used longest ago goes first, of the pairs the least used."""

    def __init__(self, kinds: Mapping[str, Kind], classes: Mapping[int, Any], *, strict: bool) -> None:
        """``classes`` are the model classes by type; ``strict``: bodies were validated against the schema."""
        self._kinds = kinds
        self._classes = classes
        self._strict = strict
        self._known: dict[Key, list[Shape]] = {}
        self._left: float = _AT_ONCE
        self._since = time.monotonic()
        self._lock = threading.Lock()

    @property
    def hits(self) -> int:
        """Requests that took the short way, as far as their shapes are still known."""
        return sum(shape.hits for shapes in self._known.values() for shape in shapes)

    def find(self, key: Key, body: bytes) -> tuple[Shape, dict[str, Any], Any] | None:
        """The shape of ``body`` with the arguments and header read from it, if it is a known one."""
        known = self._known.get(key)
        if known is None:
            return None
        text = body.decode("latin-1")  # a character a byte: literals compare as they are, slots hold ASCII only
        for shape in known:
            found = shape.read(text)
            if found is not None:
                shape.hits += 1
                if shape is not known[0]:  # two threads may do this at once; at worst a shape has to be learned again
                    self._known[key] = [shape, *(other for other in known if other is not shape)]
                return shape, *found
        return None

    def wants(self, body: bytes) -> bool:
        """Whether ``body`` may be learned now. A yes counts as learning it: ask once, and only to do so."""
        if len(body) > LARGEST:
            return False
        now = time.monotonic()
        with self._lock:
            self._left = min(_AT_ONCE, self._left + (now - self._since) * _EACH_SECOND)
            self._since = now
            if self._left < 1:
                return False
            self._left -= 1
            return True

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
        """Keep the shape of ``body``, which is wanted (:meth:`wants`) and was read in full: ``element`` is its body
        element, read as ``arguments``; ``block`` its header block, read as ``header``."""
        if block is not None and header is None:  # unread, for its text perhaps, which may be another next time
            return
        try:
            slots = Slots(body)
            maker = _Maker(slots, element, self._kinds, self._classes)
            given = maker.arguments(route.operation.input.type, element, arguments, strict=self._strict)
            head = "None"
            if header is not None and block is not None and header_type is not None:
                head = maker.instance(header_type, block, header, strict=False)
        except ValueError:
            return
        pattern = slots.pattern(maker.read, maker.others(element) if self._strict else ())
        shape = Shape(route, version, pattern, maker.function(f"({given}, {head})"))
        if shape.read(body.decode("latin-1")) != (arguments, header):
            return  # not understood well enough to take the short way
        with self._lock:
            while key not in self._known and len(self._known) >= _KEYS:
                self._forget()
            others = [other for other in self._known.get(key, ()) if other.pattern != shape.pattern]
            self._known[key] = [shape, *others][:_EACH]

    def _forget(self) -> None:
        """Forget the pair whose shapes were used least; what was long ago counts half."""
        used = {key: sum(shape.hits for shape in shapes) for key, shapes in list(self._known.items())}
        del self._known[min(used, key=used.__getitem__)]
        for shapes in self._known.values():
            for shape in shapes:
                shape.hits //= 2


class _Maker:
    """Makes Python expressions of what a request was read as, in which the texts of its slots are variables."""

    def __init__(
        self, slots: Slots, element: etree._Element, kinds: Mapping[str, Kind], classes: Mapping[int, Any]
    ) -> None:
        self._slots = slots
        self._kinds = kinds
        self._classes = classes
        self._places = {node: at for at, node in enumerate(element.getroottree().iter(etree.Element))}
        self._scope: dict[str, Any] = {}
        self.read: set[int] = set()
        """The elements whose texts are used, by number."""

    def function(self, expression: str) -> Callable[..., Any]:
        """``expression`` as a function of the texts that it uses, in document order."""
        names = ", ".join(f"t{number}" for number in sorted(self.read))
        made: Callable[..., Any] = eval(f"lambda {names}: {expression}", self._scope)  # noqa: S307 - names of the schema
        return made

    def others(self, element: etree._Element) -> set[int]:
        """The elements within ``element`` whose texts are not used. They were valid as they were."""
        return {self._places[node] for node in element.iter(etree.Element)} - self.read

    def arguments(self, kind: Complex, node: etree._Element, said: Mapping[str, Any], *, strict: bool) -> str:
        """The body element ``node`` of type ``kind`` as a dictionary, read as ``said``."""
        given = self._fields(kind.fields, node, said, strict=strict)
        return f"{{{', '.join(f'{name!r}: {value}' for name, value in given)}}}"

    def instance(self, kind: Complex, node: etree._Element, value: Any, *, strict: bool) -> str:
        """``node`` as an instance of ``kind``, read as ``value``."""
        said = {field.name: getattr(value, field.name) for field in kind.fields}
        given = self._fields(kind.fields, node, said, strict=strict)
        return f"{self._name(self._classes[id(kind)])}({', '.join(f'{name}={one}' for name, one in given)})"

    def _fields(
        self, fields: list[Field], parent: etree._Element, said: Mapping[str, Any], *, strict: bool
    ) -> Iterator[tuple[str, str]]:
        """Name and expression of each of ``fields``, read from the children of ``parent`` as ``said``."""
        for field in fields:
            value = said[field.name]
            found = [child for child in parent if child.tag == field.tag]
            if not found or value is None:
                yield field.name, self._constant(value)
            elif field.repeated:
                yield field.name, self._list(field, found, value, strict=strict)
            else:
                yield field.name, self._occurrence(field, found[0], value, strict=strict)

    def _list(self, field: Field, nodes: list[etree._Element], values: list[Any], *, strict: bool) -> str:
        pairs = zip(nodes, values, strict=True)
        return f"[{', '.join(self._occurrence(field, node, value, strict=strict) for node, value in pairs)}]"

    def _occurrence(self, field: Field, node: etree._Element, value: Any, *, strict: bool) -> str:
        """One element of ``field``, read as ``value``."""
        kind = field.type
        if value is None:
            return "None"
        if isinstance(kind, Simple):
            return self._leaf(kind, self._places[node], value, strict=strict)
        if kind.item is not None:
            items = [child for child in node if child.tag == kind.item.tag]
            return self._list(kind.item, items, value, strict=strict)
        return self.instance(kind, node, value, strict=strict)

    def _leaf(self, kind: Simple, number: int, value: Any, *, strict: bool) -> str:
        if number not in self._slots:
            return self._constant(value)
        how = self._kinds[kind.builtin]
        convert = certain(kind, how) if strict else _lenient(kind, how)
        if convert is None:
            raise ValueError(kind.name)
        self.read.add(number)
        return f"t{number}" if convert is AS_IS else f"{self._name(convert)}(t{number})"

    def _constant(self, value: Any) -> str:
        return "None" if value is None else self._name(value)

    def _name(self, value: Any) -> str:
        name = f"given_{len(self._scope)}"
        self._scope[name] = value
        return name


def _lenient(kind: Simple, how: Kind) -> Convert:
    """What the full way takes as a text of ``kind`` where nothing is validated."""
    allowed = kind.enumeration
    if allowed is None:
        return AS_IS if kind.builtin == "string" else how.read

    def read(text: str) -> Any:
        value = how.read(text)
        if value not in allowed:
            raise ValueError(kind.name)
        return value

    return read
