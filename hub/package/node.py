"""What the model of a package is made of: leaves that know where they stood, and nodes with wire names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self


class Text(str):
    """The text of a leaf element; ``language_id`` is its ``languageID`` attribute, ``nil`` its ``xsi:nil``."""

    __slots__ = ("at", "language_id", "nil", "scheme_id")

    at: int
    language_id: str | None
    scheme_id: str | None
    nil: bool

    def __new__(
        cls,
        value: str = "",
        *,
        language_id: str | None = None,
        scheme_id: str | None = None,
        nil: bool = False,
        at: int = -1,
    ) -> Self:
        text = super().__new__(cls, value)
        text.language_id = language_id
        text.scheme_id = scheme_id
        text.nil = nil
        text.at = at
        return text


class Identifier(Text):
    """The text of an identifier; ``scheme_id`` is its ``schemeID`` attribute."""

    __slots__ = ()


def wire(name: str, *, attribute: bool = False) -> Any:
    """A single child (or attribute) whose wire name does not follow from the field's."""
    return field(default=None, metadata={"wire": name, "attribute": attribute})


def many(name: str = "") -> Any:
    """A repeated child."""
    return field(default=(), metadata={"wire": name} if name else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Anything read from an element; ``at`` is that element's number in document order, -1 when not read."""

    at: int = field(default=-1, compare=False, repr=False, metadata={"wire": ""})


def wire_name(item: Any) -> str:
    """The wire name of a field of a model class; empty for ``at``."""
    name = item.metadata.get("wire")
    return name if name is not None else "".join(part[:1].upper() + part[1:] for part in item.name.split("_"))


def place(value: object) -> int:
    """Where a node or leaf stood in its document; -1 when it was not read from one."""
    at = getattr(value, "at", -1)
    return at if isinstance(at, int) else -1
