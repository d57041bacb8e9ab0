"""From parsed XML to the model: children go to the fields of their wire names, namespace apart.

Nothing is refused here. What the schemas do not allow (an unknown child, a second one where one may be) leaves the
first in its place; the XML layer reports it.
"""

from __future__ import annotations

from dataclasses import fields
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from lxml import etree

from hub.package.node import Identifier, Node, Text, wire_name
from hub.package.xml import XSI, Xml, local_name

_N = TypeVar("_N", bound=Node)


class _Plan:
    """What to do with the children and attributes of one model class."""

    def __init__(self, cls: type[Node]) -> None:
        self.cls = cls
        self.children: dict[str, tuple[str, type[Node] | None, bool]] = {}
        self.attributes: dict[str, str] = {}
        hints = get_type_hints(cls)
        for item in fields(cls):
            name = wire_name(item)
            if not name:
                continue
            if item.metadata.get("attribute"):
                self.attributes[name] = item.name
                continue
            kinds = [kind for kind in _members(hints[item.name]) if kind is not NoneType]
            repeated = get_origin(kinds[0]) is tuple
            kind = get_args(kinds[0])[0] if repeated else kinds[0]
            self.children[name] = (item.name, kind if issubclass(kind, Node) else None, repeated)


def _members(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


_PLANS: dict[type[Node], _Plan] = {}


def _plan(cls: type[Node]) -> _Plan:
    if cls not in _PLANS:
        _PLANS[cls] = _Plan(cls)
    return _PLANS[cls]


def bind(xml: Xml, cls: type[_N]) -> _N:
    """The model of a whole part."""
    numbers = {element: index for index, element in enumerate(xml.elements())}
    return _bind(xml.root, cls, numbers)


def _bind(element: etree._Element, cls: type[_N], numbers: dict[etree._Element, int]) -> _N:
    plan = _plan(cls)
    at = numbers[element]
    values: dict[str, Any] = {"at": at}
    lists: dict[str, list[Node | Text]] = {}
    for name, field_name in plan.attributes.items():
        value = element.get(name)
        values[field_name] = None if value is None else Text(value, at=at)
    for child in element.iterchildren(etree.Element):
        known = plan.children.get(local_name(child))
        if known is None:
            continue
        field_name, kind, repeated = known
        part: Node | Text = _leaf(child, numbers) if kind is None else _bind(child, kind, numbers)
        if repeated:
            lists.setdefault(field_name, []).append(part)
        else:
            values.setdefault(field_name, part)
    values.update((field_name, tuple(parts)) for field_name, parts in lists.items())
    return cls(**values)


def _leaf(element: etree._Element, numbers: dict[etree._Element, int]) -> Text:
    # a comment or processing instruction inside splits the text but does not end it
    text = (element.text or "") + "".join(child.tail or "" for child in element)
    return Identifier(
        text,
        language_id=element.get("languageID"),
        scheme_id=element.get("schemeID"),
        nil=element.get(f"{{{XSI}}}nil") in ("true", "1"),
        at=numbers[element],
    )
