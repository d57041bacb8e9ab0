"""The schemas of ``hub/xsd`` and their stricter variants.

Where a schema of the hub is wider than the published one, the component carries attributes of the namespace
``urn:eyazisma-hub:xsd:deviation:1``: ``dev:id`` names the deviation, ``dev:fault`` says whose it is, and any other
``dev:x`` is the published value of the attribute ``x``. :func:`load` takes chosen deviations back.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from lxml import etree

Fault = Literal["package", "schema"]

DEV: Final = "{urn:eyazisma-hub:xsd:deviation:1}"
FOLDER: Final = Path(__file__).parent.parent / "xsd"


def parser() -> etree.XMLParser:
    """An XML parser that expands no entity, reads no DTD and opens nothing."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )


class _Folder(etree.Resolver):
    """Hands out the schemas of one folder with the chosen deviations taken back; nothing else can be reached."""

    def __init__(self, folder: Path, strict: tuple[str, ...]) -> None:
        self.folder = folder
        self.strict = frozenset(strict)

    def read(self, name: str) -> bytes:
        tree = etree.parse(str(self.folder / name), parser())
        for component in tree.iter(etree.Element):
            if component.get(f"{DEV}id") in self.strict:
                for attribute, value in list(component.attrib.items()):
                    local = str(attribute).removeprefix(DEV)
                    if local != attribute and local not in {"id", "fault"}:
                        component.set(local, value)
        return etree.tostring(tree)

    def resolve(self, system_url: str, public_id: str, context: Any = None) -> Any:
        name = (system_url or "").rpartition("/")[2]
        assert (self.folder / name).is_file(), f"{system_url}: not one of the hub's schemas"
        return self.resolve_string(self.read(name), context, base_url=system_url)


@cache
def load(file: str, strict: tuple[str, ...] = ()) -> etree.XMLSchema:
    """The schema ``file`` (a path under ``hub/xsd``, for example ``eyp2/Ustveri-2.xsd``), compiled once.

    ``strict`` names the deviations to take back, in it and in every schema that it imports.
    """
    folder, _, name = file.partition("/")
    resolver = _Folder(FOLDER / folder, strict)
    reader = parser()
    reader.resolvers.add(resolver)
    return etree.XMLSchema(etree.fromstring(resolver.read(name), reader, base_url=f"hub-xsd:///{folder}/{name}"))


@cache
def deviations(file: str) -> dict[str, Fault]:
    """Deviations that the schema and those it imports allow, with whose fault each is."""
    folder, _, name = file.partition("/")
    todo: list[str] = [name]
    seen: set[str] = set()
    found: dict[str, Fault] = {}
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        tree = etree.parse(str(FOLDER / folder / name), parser())
        for component in tree.iter(etree.Element):
            if rule := component.get(f"{DEV}id"):
                found[rule] = "schema" if component.get(f"{DEV}fault") == "schema" else "package"
            if component.tag == "{http://www.w3.org/2001/XMLSchema}import":
                todo.append(str(component.attrib["schemaLocation"]))
    return found


@cache
def namespace(file: str) -> str:
    """Target namespace of the schema."""
    return str(etree.parse(str(FOLDER / file), parser()).getroot().attrib["targetNamespace"])
