"""Checks that several rules make alike: a component is there once, lies at its place; a leaf is filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from hub.package.node import Node
from hub.package.opc import fold
from hub.package.parts import COMPONENTS
from hub.package.rules.base import Bag, Problem, RuleFunction, at, blank

ROOT_RELS: Final = "/_rels/.rels"


def exactly_one(name: str) -> RuleFunction:
    """There is one relationship of this name, and it leads to a part."""

    def check(bag: Bag) -> Iterator[Problem]:
        found = bag.p.opc.related(name)
        if len(found) != 1 or bag.p.opc.target(name) is None:
            yield Problem(ROOT_RELS, found=str(len(found)), expected="1")

    return check


def at_most_one(name: str) -> RuleFunction:
    """There is no second relationship of this name."""

    def check(bag: Bag) -> Iterator[Problem]:
        found = bag.p.opc.related(name)
        if len(found) > 1:
            yield Problem(found[1].part, found[1].at, str(len(found)), "≤ 1")

    return check


def in_place(*names: str) -> RuleFunction:
    """Each of these components that exists is the part that the format names."""

    def check(bag: Bag) -> Iterator[Problem]:
        for name in names:
            part, wanted = bag.p.part(name), COMPONENTS[name].path
            if part and fold(part) != fold(wanted):
                yield Problem(part, found=part, expected=wanted)

    return check


def filled(nodes: Callable[[Bag], Iterable[tuple[str, Node]]], field: str) -> RuleFunction:
    """In each of these nodes the leaf is there and not blank."""

    def check(bag: Bag) -> Iterator[Problem]:
        for part, node in nodes(bag):
            value = getattr(node, field)
            if blank(value):
                yield at(part, node if value is None else value, value)

    return check
