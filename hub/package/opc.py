"""Open Packaging Conventions (ISO/IEC 29500-2): parts, their content types and their relationships.

Upper and lower ASCII letters are the same in names; a relationship's target may be absolute or relative to its source.
Nothing external is ever fetched. What is wrong is kept as data for the rules, not raised, as long as
the part itself can be parsed.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from hub import limits
from hub.package.container import Container
from hub.package.errors import XmlRefusedError
from hub.package.xml import Xml, local_name, namespace, parse
from hub.package.zipdir import Entry

CONTENT_TYPES: Final = "[Content_Types].xml"
CT_NS: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
RELS_NS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
CORE_TYPE: Final = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
CORE_CONTENT_TYPE: Final = "application/vnd.openxmlformats-package.core-properties+xml"
RELS_CONTENT_TYPE: Final = "application/vnd.openxmlformats-package.relationships+xml"
EYP_TYPE: Final = "http://eyazisma.dpt/iliskiler/"


_LOWER: Final = str.maketrans({chr(c): chr(c + 32) for c in range(ord("A"), ord("Z") + 1)})


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """A part name as it is compared: leading slash, percent-escapes decoded, ASCII letters in lower case."""
    name = unquote(name)
    if not name.startswith("/"):
        name = "/" + name
    return name.translate(_LOWER)


@dataclass(frozen=True, slots=True)
class Relationship:
    """One relationship as written, and where its target leads."""

    id: str
    type: str
    target: str
    external: bool
    source: str
    """Part name of the source; ``/`` for the package."""
    part: str
    """The relationships part that holds it."""
    resolved: str
    """The target as an absolute part name; empty when external or leading above the package's root."""
    at: int
    """Number of its element within :attr:`part`."""
    name: str
    """The e-Yazışma relationship name in lower case (``ustyazi``, ``imzasizek`` …), ``core``, or empty."""


def relationship_name(kind: str) -> str:
    """:attr:`Relationship.name` of a relationship type, compared without regard to case."""
    lowered = kind.lower()
    if lowered == CORE_TYPE:
        return "core"
    return lowered.removeprefix(EYP_TYPE) if lowered.startswith(EYP_TYPE) else ""


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """A Default or Override of the content types; ``key`` is the extension or the part name as written."""

    key: str
    content_type: str
    at: int


@dataclass(slots=True)
class Opc:
    """The package's parts, types and relationships."""

    parts: Mapping[str, Entry]
    """Part name as stored, with leading slash → entry; without content types and relationships parts."""
    types: Xml | None = None
    defaults: tuple[TypeEntry, ...] = ()
    overrides: tuple[TypeEntry, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    rels_parts: Mapping[str, Xml] = field(default_factory=dict)
    refused: Mapping[str, XmlRefusedError] = field(default_factory=dict)
    """Part name → why content types or a relationships part could not be parsed."""
    _folded: Mapping[str, str] = field(default_factory=dict)
    _by_name: Mapping[str, tuple[Relationship, ...]] = field(default_factory=dict)
    _override_types: Mapping[str, str] = field(default_factory=dict)
    _default_types: Mapping[str, str] = field(default_factory=dict)

    def find(self, name: str) -> str | None:
        """The part that ``name`` means, as stored; None when there is none."""
        return self._folded.get(fold(name))

    def content_type(self, part: str) -> str | None:
        """The declared content type of a part: its Override, else the Default of its extension."""
        folded = fold(part)
        if (found := self._override_types.get(folded)) is not None:
            return found
        file = folded.rsplit("/", 1)[-1]
        return self._default_types.get(file.rpartition(".")[2]) if "." in file else None

    def related(self, name: str, source: str | None = None) -> tuple[Relationship, ...]:
        """Relationships by :attr:`Relationship.name`; ``source`` narrows to one source part."""
        found = self._by_name.get(name, ())
        return found if source is None else tuple(item for item in found if fold(item.source) == fold(source))

    def target(self, name: str) -> str | None:
        """The existing part that the first relationship of this name leads to."""
        for item in self.related(name):
            if item.resolved and (part := self.find(item.resolved)):
                return part
        return None


def read_opc(container: Container) -> Opc:
    """Read content types and all relationships parts.

    Raises :class:`~hub.package.errors.ContainerError` when an entry is damaged; malformed XML is kept in
    :attr:`Opc.refused`.
    """
    parts: dict[str, Entry] = {}
    xmls: dict[str, Xml] = {}
    refused: dict[str, XmlRefusedError] = {}
    for entry in container.entries:
        is_types = entry.name.lower() == CONTENT_TYPES.lower()
        if not is_types and not _is_rels(entry.name):
            parts["/" + entry.name] = entry
            continue
        name = CONTENT_TYPES if is_types else "/" + entry.name
        try:
            xmls[name] = parse(container.read(entry, limits.PART_XML_BYTES))
        except XmlRefusedError as error:
            refused[name] = error
    opc = Opc(parts, refused=refused, _folded={fold(name): name for name in parts})
    types = xmls.pop(CONTENT_TYPES, None)
    if types is not None:
        opc.types = types
        opc.defaults = tuple(_type_entries(types, "Default", "Extension"))
        opc.overrides = tuple(_type_entries(types, "Override", "PartName"))
        # the first of two wins; that there are two is a finding of its own
        opc._override_types = {fold(item.key): item.content_type for item in reversed(opc.overrides)}
        opc._default_types = {item.key.lower(): item.content_type for item in reversed(opc.defaults)}
    opc.rels_parts = xmls
    opc.relationships = tuple(item for part, xml in sorted(xmls.items()) for item in _relationships(part, xml))
    by_name: dict[str, list[Relationship]] = {}
    for item in opc.relationships:
        if not item.external:
            by_name.setdefault(item.name, []).append(item)
    opc._by_name = {name: tuple(items) for name, items in by_name.items()}
    return opc


def _is_rels(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    return file.lower().endswith(".rels") and (folder.lower() == "_rels" or folder.lower().endswith("/_rels"))


def source_of(part: str) -> str:
    """The part whose relationships the part ``…/_rels/X.rels`` holds; ``/`` for the package's own."""
    folder, _, file = part.rpartition("/")
    return folder[: -len("_rels")] + file[: -len(".rels")]


def rels_of(part: str) -> str:
    """The relationships part of a source part (``/`` for the package)."""
    folder, _, file = part.rpartition("/")
    return f"{folder}/_rels/{file}.rels"


def resolve(source: str, target: str) -> str:
    """A relationship target as an absolute part name; empty when it climbs above the root or is no path."""
    target = unquote(target.split("#", 1)[0])
    if not target or "\\" in target or "\0" in target:
        return ""
    base = source.rsplit("/", 1)[0] + "/"
    path = target if target.startswith("/") else base + target
    depth = 0
    for segment in path.split("/")[1:]:
        depth += -1 if segment == ".." else 0 if segment in ("", ".") else 1
        if depth < 0:
            return ""
    return posixpath.normpath(path).replace("//", "/")


def _type_entries(xml: Xml, kind: str, key: str) -> Iterator[TypeEntry]:
    for at, element in enumerate(xml.elements()):
        if local_name(element) == kind and namespace(element) == CT_NS:
            yield TypeEntry(element.get(key, ""), element.get("ContentType", ""), at)


def _relationships(part: str, xml: Xml) -> Iterator[Relationship]:
    source = source_of(part)
    for at, element in enumerate(xml.elements()):
        if local_name(element) != "Relationship" or namespace(element) != RELS_NS:
            continue
        target = element.get("Target", "")
        external = element.get("TargetMode", "Internal") != "Internal" or "://" in target
        yield Relationship(
            id=element.get("Id", ""),
            type=element.get("Type", ""),
            target=target,
            external=external,
            source=source,
            part=part,
            resolved="" if external else resolve(source, target),
            at=at,
            name=relationship_name(element.get("Type", "")),
        )
