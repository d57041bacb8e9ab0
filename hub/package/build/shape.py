"""The shape of each XML part, read from the schemas: what goes where, how often, of which type.

The builder writes nothing that a schema does not say; this is its only source of element names, orders and
occurrences. Where the hub's schemas are wider than the published ones for the sake of packages in the field
(``dev:fault="package"``), a writer keeps to the published side.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Final, Literal

import xmlschema
from xmlschema.validators import XsdElement

from hub.package.schemas import ROOTS, Generation
from hub.package.xsd import DEV, FOLDER

XS: Final = "{http://www.w3.org/2001/XMLSchema}"


@dataclass(frozen=True, slots=True)
class Simple:
    """A simple type."""

    base: str
    """Local name of the built-in type below it: ``string``, ``dateTime``, ``boolean`` …"""
    codes: tuple[str, ...]
    """The values of a code list; empty for any other type."""
    name: str
    checker: Any = field(compare=False, repr=False)

    def accepts(self, text: str) -> bool:
        """Whether ``text`` is a value of the type."""
        return self.checker.is_valid(text) is True


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of an element."""

    name: str
    type: Simple
    required: bool


class Shape:
    """The type of an element: text, attributes, children in order."""

    def __init__(self, declared: Any) -> None:
        self._declared = declared

    @cached_property
    def attributes(self) -> tuple[Attribute, ...]:
        """The attributes that the element may have."""
        found = getattr(self._declared, "attributes", {})
        return tuple(Attribute(name, _simple(a.type), a.use == "required") for name, a in found.items() if name)

    @cached_property
    def text(self) -> Simple | None:
        """The type of the element's text; None when it has children, or nothing."""
        if self._declared.is_simple():
            return _simple(self._declared)
        return _simple(self._declared.content) if self._declared.has_simple_content() else None

    @cached_property
    def children(self) -> tuple[Child, ...]:
        """Its children in the order in which they are written; alternatives share :attr:`Child.choice`."""
        if self.text is not None:
            return ()
        found: list[Child] = []
        for particle in self._declared.content.iter_elements():
            if isinstance(particle, XsdElement):
                group = particle.parent
                alternatives = getattr(group, "model", "") == "choice"
                found.append(Child(particle, id(group) if alternatives else None))
        return tuple(found)

    @cached_property
    def items(self) -> Child | None:
        """The repeated child of a list: the only child, without attributes beside it."""
        only = self.children[0] if len(self.children) == 1 and not self.attributes else None
        return only if only is not None and only.most != 1 else None


class Child:
    """One element of a content model."""

    def __init__(self, particle: XsdElement, choice: int | None) -> None:
        self._particle = particle
        self.choice = choice
        self.tag = str(particle.name)
        """Name with namespace, as lxml writes it."""
        self.name = str(particle.local_name)
        published = particle.elem.get(f"{DEV}minOccurs") if _own_fault(particle.elem) else None
        self.least = int(published) if published else particle.min_occurs
        self.most: int | None = particle.max_occurs
        self.nillable = bool(particle.nillable)

    @cached_property
    def shape(self) -> Shape:
        """The type of the element; where the package is to blame for a deviation, the published one."""
        published = self._particle.elem.get(f"{DEV}type") if _own_fault(self._particle.elem) else None
        if published:
            name = self._particle.schema.resolve_qname(published)
            return Shape(self._particle.maps.types[name])
        return Shape(self._particle.type)


def _own_fault(component: Any) -> bool:
    return bool(component.get(f"{DEV}fault") == "package")


@cache
def _schema(file: str) -> xmlschema.XMLSchema10:
    return xmlschema.XMLSchema10(FOLDER / file, allow="local")


@cache
def root(part: str, generation: Generation) -> tuple[str, Shape]:
    """Tag and shape of the root element of ``part`` (a relationship name in lower case)."""
    file, name = ROOTS[generation, part]
    schema = _schema(file)
    element = schema.elements[name]
    return str(element.name), Shape(element.type)


@cache
def simple(generation: Generation, name: str) -> Simple:
    """A named simple type of the shared types."""
    file: Literal["eyp1/Tipler-1.xsd", "eyp2/Tipler-2.xsd"]
    file = "eyp1/Tipler-1.xsd" if generation == "1.x" else "eyp2/Tipler-2.xsd"
    return _simple(_schema(file).types[name])


def _simple(declared: Any) -> Simple:
    base = declared
    while base.name is None or not base.name.startswith(XS):
        base = base.base_type
    return Simple(
        base.name.removeprefix(XS),
        tuple(str(code) for code in declared.enumeration or ()),
        str(declared.local_name or base.local_name),
        declared,
    )
