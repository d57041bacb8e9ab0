"""XML Schema as the engine needs it: named types with their fields in wire order, and global elements.

Read from the ``xsd:schema`` elements of a WSDL (and the local files that they include or import). Extensions are
flattened, anonymous types get the name of their element. A construct that the engine could not read or write
faithfully is refused when the contract is loaded, by name; nothing is skipped silently.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lxml import etree

from hub.contract.errors import ContractError

XSD: Final = "http://www.w3.org/2001/XMLSchema"
_X: Final = f"{{{XSD}}}"
_KEYS: Final = tuple(f"{_X}{name}" for name in ("unique", "key", "keyref"))
_NAMESPACE: Final = re.compile(r"[A-Za-z0-9:/._~%#?=+-]*")
"""Namespaces become part of compiled writers, so only plain URIs are taken."""


@dataclass(frozen=True, slots=True)
class Simple:
    """A simple type: the built-in type it comes down to and, where restricted, the values it allows."""

    qname: str
    builtin: str
    """Local name of the XML Schema built-in type, for example ``int``."""
    enumeration: frozenset[str] | None = None
    facets: tuple[tuple[str, str], ...] = ()
    """The other facets, by name with their values, from the base type outwards. All of them hold; alternative patterns
    of one restriction are one facet."""

    @property
    def name(self) -> str:
        """The local name of the type."""
        return local(self.qname)


@dataclass(frozen=True, slots=True)
class Field:
    """One element of a complex type."""

    name: str
    namespace: str
    """Namespace of the element on the wire; empty for an unqualified one."""
    type: Simple | Complex
    min: int
    max: int | None
    """Largest number of occurrences; None for ``unbounded``."""
    nillable: bool

    @property
    def tag(self) -> str:
        """The element's name as lxml has it: ``{namespace}local``, or the bare name of an unqualified one."""
        return f"{{{self.namespace}}}{self.name}" if self.namespace else self.name

    @property
    def repeated(self) -> bool:
        """Whether the element may occur more than once."""
        return self.max is None or self.max > 1


@dataclass(slots=True, eq=False)
class Complex:
    """A complex type. ``fields`` holds the inherited fields first, as they stand on the wire."""

    qname: str
    base: Complex | None = None
    abstract: bool = False
    anonymous: bool = False
    any_attribute: bool = False
    own: list[Field] = field(default_factory=list, repr=False)

    @property
    def name(self) -> str:
        """The local name of the type."""
        return local(self.qname)

    @property
    def namespace(self) -> str:
        """The namespace of the type; empty for none."""
        return namespace(self.qname)

    @property
    def fields(self) -> list[Field]:
        """The inherited fields, then its own: the order on the wire."""
        return [*(self.base.fields if self.base else ()), *self.own]

    @property
    def item(self) -> Field | None:
        """The repeated field, where this type is nothing but a wrapper of one (an array type)."""
        fields = self.fields
        return fields[0] if len(fields) == 1 and fields[0].repeated else None


@dataclass(frozen=True, slots=True)
class Element:
    """A global element."""

    qname: str
    type: Simple | Complex
    nillable: bool

    @property
    def name(self) -> str:
        """The local name of the element."""
        return local(self.qname)

    @property
    def namespace(self) -> str:
        """The namespace of the element; empty for none."""
        return namespace(self.qname)


def local(qname: str) -> str:
    """The local part of an expanded name ``{namespace}local``."""
    return qname.rpartition("}")[2]


def namespace(qname: str) -> str:
    """The namespace of an expanded name ``{namespace}local``; empty where it has none."""
    return qname[1:].partition("}")[0] if qname.startswith("{") else ""


def resolve(node: etree._Element, name: str) -> str:
    """The expanded name ``{namespace}local`` of a prefixed ``name`` as ``node`` sees the prefixes. Raises
    :class:`~hub.contract.errors.ContractError` for an unknown prefix."""
    prefix, colon, tail = name.strip().rpartition(":")
    uri = node.nsmap.get(prefix if colon else None)
    if uri is None and colon:
        raise ContractError(f"{name}: bilinmeyen önek")
    return f"{{{uri}}}{tail}" if uri else tail


def _facets(restriction: etree._Element) -> Iterator[tuple[str, str]]:
    """The facets of one restriction besides its enumeration."""
    patterns = []
    for node in restriction.iterchildren(etree.Element):
        name, value = etree.QName(node).localname, node.get("value", "")
        if name == "pattern":
            patterns.append(value)
        elif name not in {"annotation", "simpleType", "enumeration"}:
            yield name, value
    if patterns:
        yield "pattern", "|".join(patterns)


def _check_element(node: etree._Element, owner: str) -> None:
    """Refuse what would make an element depend on more than its own type: values of its own, and keys."""
    found = [name for name in ("default", "fixed", "substitutionGroup") if node.get(name) is not None]
    found += [etree.QName(key).localname for key in node.iterchildren(*_KEYS)]
    if found:
        raise ContractError(f"{owner}.{node.get('name')}: xsd:element içinde {found[0]} desteklenmez")


class Schema:
    """All types and elements of a contract, by expanded name."""

    def __init__(self, nodes: list[etree._Element], folder: Path) -> None:
        """Read the ``xsd:schema`` elements ``nodes``; includes and imports are looked for beneath ``folder``.

        Raises :class:`~hub.contract.errors.ContractError`.
        """
        self.types: dict[str, Simple | Complex] = {}
        self.elements: dict[str, Element] = {}
        self.documents: list[etree._Element] = []
        self._raw_types: dict[str, etree._Element] = {}
        self._raw_elements: dict[str, etree._Element] = {}
        self._files: set[Path] = set()
        for node in nodes:
            self._collect(node, folder.resolve(), node.get("targetNamespace", ""))
        for qname in list(self._raw_types):
            self._type(qname)
        for qname in list(self._raw_elements):
            self._element(qname)

    # Collecting ----------------------------------------------------------------------------------------------------

    def _collect(self, node: etree._Element, folder: Path, target: str) -> None:
        if not _NAMESPACE.fullmatch(target):
            raise ContractError(f"{target!r}: bu ad alanı desteklenmez")
        self.documents.append(node)
        for child in node.iterchildren(etree.Element):
            kind = etree.QName(child).localname
            if kind in {"import", "include"}:
                self._follow(child, folder, target)
            elif kind in {"complexType", "simpleType", "element"}:
                table = self._raw_elements if kind == "element" else self._raw_types
                qname = f"{{{target}}}{child.get('name')}"
                if qname in table:
                    raise ContractError(f"{qname}: şemada iki kez tanımlı")
                table[qname] = child
            elif kind != "annotation":
                raise ContractError(f"xsd:{kind}: sözleşme motorunun desteklemediği bir şema yapısı")

    def _follow(self, node: etree._Element, folder: Path, target: str) -> None:
        """Read an included or imported schema file that lies beneath ``folder``; never anything from a network."""
        location = node.get("schemaLocation")
        if location is None:
            return
        path = (folder / location).resolve()
        if "://" in location or not path.is_file():
            raise ContractError(f"{location}: şema dosyası yerel klasörde bulunamadı")
        if path in self._files:
            return
        self._files.add(path)
        root = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
        own = root.get("targetNamespace", "")
        wanted = target if node.tag == f"{_X}include" else node.get("namespace", "")
        if own not in {wanted, ""}:
            raise ContractError(f"{location}: ad alanı {own!r}, beklenen {wanted!r}")
        self._collect(root, path.parent, wanted)

    # Building ------------------------------------------------------------------------------------------------------

    def _type(self, qname: str) -> Simple | Complex:
        if qname in self.types:
            return self.types[qname]
        if namespace(qname) == XSD:
            return Simple(qname, local(qname))
        node = self._raw_types.get(qname)
        if node is None:
            raise ContractError(f"{qname}: tip tanımlı değil")
        if node.tag == f"{_X}simpleType":
            self.types[qname] = made = self._simple(node, qname)
            return made
        return self._complex(node, qname, anonymous=False)

    def _element(self, qname: str) -> Element:
        if qname in self.elements:
            return self.elements[qname]
        node = self._raw_elements.get(qname)
        if node is None:
            raise ContractError(f"{qname}: öğe tanımlı değil")
        _check_element(node, qname)
        made = Element(qname, self._type_of_element(node, qname), node.get("nillable") in {"true", "1"})
        self.elements[qname] = made
        return made

    def _type_of_element(self, node: etree._Element, owner: str) -> Simple | Complex:
        """Type of an element declaration: named by ``type`` or anonymous inside it."""
        if (named := node.get("type")) is not None:
            return self._type(resolve(node, named))
        for child in node.iterchildren(f"{_X}complexType"):
            return self._complex(child, owner, anonymous=True)
        for child in node.iterchildren(f"{_X}simpleType"):
            return self._simple(child, owner)
        raise ContractError(f"{owner}: öğenin tipi belirtilmemiş (xsd:anyType desteklenmez)")

    def _simple(self, node: etree._Element, qname: str) -> Simple:
        restriction = node.find(f"{_X}restriction")
        if restriction is None:
            raise ContractError(f"{qname}: yalnız xsd:restriction ile kurulan basit tipler desteklenir")
        if (named := restriction.get("base")) is not None:
            base = self._type(resolve(restriction, named))
        else:
            inner = restriction.find(f"{_X}simpleType")
            if inner is None:
                raise ContractError(f"{qname}: kısıtlamanın tabanı yok")
            base = self._simple(inner, qname)
        if isinstance(base, Complex):
            raise ContractError(f"{qname}: basit tip bileşik bir tipten türetilemez")
        values = [value.get("value", "") for value in restriction.iterchildren(f"{_X}enumeration")]
        allowed = frozenset(values) if values else base.enumeration
        return Simple(qname, base.builtin, allowed, (*base.facets, *_facets(restriction)))

    def _complex(self, node: etree._Element, qname: str, *, anonymous: bool) -> Complex:
        made = Complex(qname, abstract=node.get("abstract") in {"true", "1"}, anonymous=anonymous)
        if not anonymous:
            self.types[qname] = made  # before the fields, which may refer back to it
        body = node
        content = node.find(f"{_X}complexContent")
        if content is not None:
            extension = content.find(f"{_X}extension")
            if extension is None:
                raise ContractError(f"{qname}: xsd:complexContent içinde yalnız xsd:extension desteklenir")
            base = self._type(resolve(extension, extension.get("base", "")))
            if isinstance(base, Simple):
                raise ContractError(f"{qname}: basit içerikli genişletme desteklenmez")
            made.base = base
            made.any_attribute = base.any_attribute
            body = extension
        target = namespace(qname)
        for child in body.iterchildren(etree.Element):
            kind = etree.QName(child).localname
            if kind == "sequence":
                made.own.extend(self._sequence(child, target, qname))
            elif kind == "anyAttribute":
                made.any_attribute = True
            elif kind not in {"annotation", "complexContent"}:
                raise ContractError(f"{qname}: xsd:{kind} desteklenmez")
        names = [item.name for item in made.fields]
        if len(set(names)) != len(names):
            raise ContractError(f"{qname}: aynı adlı iki alan")
        for name in names:
            if not name.isidentifier() or keyword.iskeyword(name) or name == "self":
                raise ContractError(f"{qname}.{name}: alan adı Python adı olarak kullanılamıyor")
        return made

    def _sequence(self, node: etree._Element, target: str, owner: str) -> Iterator[Field]:
        if node.get("minOccurs", "1") != "1" or node.get("maxOccurs", "1") != "1":
            raise ContractError(f"{owner}: tekrarlanan xsd:sequence desteklenmez")
        for child in node.iterchildren(etree.Element):
            kind = etree.QName(child).localname
            if kind == "element":
                yield self._local_element(child, target, owner)
            elif kind == "sequence":
                yield from self._sequence(child, target, owner)
            elif kind != "annotation":
                raise ContractError(f"{owner}: xsd:sequence içinde xsd:{kind} desteklenmez")

    def _local_element(self, node: etree._Element, target: str, owner: str) -> Field:
        _check_element(node, owner)
        most = node.get("maxOccurs", "1")
        low, high = int(node.get("minOccurs", "1")), None if most == "unbounded" else int(most)
        if (reference := node.get("ref")) is not None:
            element = self._element(resolve(node, reference))
            return Field(element.name, element.namespace, element.type, low, high, element.nillable)
        name = node.get("name", "")
        form = node.get("form") or self._root(node).get("elementFormDefault", "unqualified")
        kind = self._type_of_element(node, f"{{{target}}}{local(owner)}.{name}")
        nillable = node.get("nillable") in {"true", "1"}
        return Field(name, target if form == "qualified" else "", kind, low, high, nillable)

    @staticmethod
    def _root(node: etree._Element) -> etree._Element:
        while node.tag != f"{_X}schema":
            parent = node.getparent()
            assert parent is not None
            node = parent
        return node
