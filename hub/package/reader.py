"""From a file to everything that can be said of it without judging: kind, generation, parts, model, digests.

``read_package`` never refuses what it can hold: what is missing, doubled or malformed stays visible to the rules. Only
an archive that the guard refuses, or one whose relationships cannot be read, raises.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar, cast

from hub import limits
from hub.package import model
from hub.package.binding import bind
from hub.package.container import Container
from hub.package.digest import ALGORITHMS, PartFacts, Scanner, facts_of, survey
from hub.package.errors import ContainerError, XmlRefusedError
from hub.package.node import Node
from hub.package.opc import Opc, fold, read_opc
from hub.package.parts import COMPONENTS, MUHUR_1X, NS, Generation, Kind
from hub.package.source import Closing, Source
from hub.package.xml import Xml, parse

_N = TypeVar("_N", bound=Node)

PDFA: Final = b"pdfaid:part"
VBA: Final = b"vbaProject.bin"
VBA_OLE: Final = "_VBA_PROJECT".encode("utf-16-le")
EICAR: Final = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sign of a package's kind or generation: where it was read, what it says, what follows from it."""

    about: str
    """``kind`` or ``generation``."""
    place: str
    value: str
    says: str


@dataclass(slots=True)
class Package(Closing):
    """A package as read. A context manager: nested packages and temporary files live as long as it is open."""

    name: str
    """File name without folders; empty when unknown."""
    container: Container
    opc: Opc
    kind: Kind
    generation: Generation
    version: str
    """Core property ``version`` as written; empty when absent."""
    evidence: tuple[Evidence, ...]
    xml: Mapping[str, Xml]
    """Part name → parsed XML of every component that is XML, core properties included."""
    refused: Mapping[str, XmlRefusedError]
    """Part name → why it could not be parsed."""
    small: Mapping[str, bytes]
    """Part name → bytes of every part that was read whole: XML components and signatures."""
    models: Mapping[str, Node]
    """Part name → model of the component."""
    facts: Mapping[str, PartFacts]
    """Part name → size, digests and first bytes."""
    damaged: Mapping[str, ContainerError] = field(default_factory=dict)
    """Part name → why its bytes cannot be trusted (checksum, more data than declared)."""
    _stack: ExitStack = field(default_factory=ExitStack)
    _places: dict[str, str | None] = field(default_factory=dict)

    def close(self) -> None:
        """Close the package and everything opened from it."""
        self._stack.close()

    def keep_open(self, stack: ExitStack) -> None:
        """Close what ``stack`` holds together with this package."""
        self._stack.push(stack)

    def part(self, name: str) -> str | None:
        """The existing part of a component (relationship name): by relationship, else at its fixed place."""
        if name not in self._places:
            self._places[name] = self._place(name.lower())
        return self._places[name]

    def _place(self, name: str) -> str | None:
        component = COMPONENTS[name]
        if found := self.opc.target(name):
            return found
        if component.path and (found := self.opc.find(component.path)):
            return found
        return self.opc.find(MUHUR_1X) if name == "muhurcades" else None

    def component(self, name: str, cls: type[_N]) -> _N | None:
        """The model of a component; None when it is absent or cannot be parsed."""
        part = self.part(name)
        found = self.models.get(part) if part else None
        return found if isinstance(found, cls) else None

    @property
    def ustveri(self) -> model.Ustveri | None:
        """Üstveri; like its neighbours None where the part is absent or cannot be read."""
        return self.component("ustveri", model.Ustveri)

    @property
    def nihai_ustveri(self) -> model.NihaiUstveri | None:
        """Nihai Üstveri (2.x)."""
        return self.component("nihaiustveri", model.NihaiUstveri)

    @property
    def paket_ozeti(self) -> model.OzetBelgesi | None:
        """Paket Özeti."""
        return self.component("paketozeti", model.OzetBelgesi)

    @property
    def nihai_ozet(self) -> model.OzetBelgesi | None:
        """Nihai Özet."""
        return self.component("nihaiozet", model.OzetBelgesi)

    @property
    def paraf_ozeti(self) -> model.OzetBelgesi | None:
        """Paraf Özeti (2.x)."""
        return self.component("parafozeti", model.OzetBelgesi)

    @property
    def belge_hedef(self) -> model.BelgeHedef | None:
        """Belge Hedef (1.x, and encrypted packages)."""
        return self.component("belgehedef", model.BelgeHedef)

    @property
    def belge_imza(self) -> model.BelgeImza | None:
        """Belge İmza (1.x)."""
        return self.component("belgeimza", model.BelgeImza)

    @property
    def sifreli_icerik_bilgisi(self) -> model.SifreliIcerikBilgisi | None:
        """Şifreli İçerik Bilgisi (encrypted packages)."""
        return self.component("sifreliicerikbilgisi", model.SifreliIcerikBilgisi)

    @property
    def guncelleme_bilgisi(self) -> model.GuncellemeBilgisi | None:
        """Güncelleme Bilgisi (update packages)."""
        return self.component("guncellemebilgisi", model.GuncellemeBilgisi)

    @property
    def core_part(self) -> str | None:
        """The core properties part."""
        return self.opc.target("core")

    @property
    def core(self) -> model.Core | None:
        """The OPC core properties; None where they are absent or cannot be read."""
        part = self.core_part
        found = self.models.get(part) if part else None
        return found if isinstance(found, model.Core) else None

    @property
    def signers(self) -> tuple[model.Imza, ...]:
        """The signers that the package's own metadata lists: Nihai Üstveri (2.x) or Belge İmza (1.x)."""
        if self.nihai_ustveri:
            return self.nihai_ustveri.imzalar
        return self.belge_imza.imzalar if self.belge_imza else ()

    @property
    def belge_no(self) -> str | None:
        """The document number, wherever the generation keeps it."""
        holder = self.nihai_ustveri if self.generation is Generation.TWO else self.ustveri
        return holder.belge_no if holder else None

    @property
    def tarih(self) -> str | None:
        """The document's date as written, wherever the generation keeps it."""
        holder = self.nihai_ustveri if self.generation is Generation.TWO else self.ustveri
        return holder.tarih if holder else None


def read_package(
    file: Path | bytes | Source | Container,
    name: str = "",
    *,
    scanner: Scanner | None = None,
    extra_algorithms: Iterable[str] = (),
) -> Package:
    """Open and read a package: guard, parts, kind and generation, model, and one streaming pass over all parts.

    ``name`` is the file name when ``file`` is not a path. ``extra_algorithms`` (hashlib names) are computed for every
    part in addition to those that the digest documents use.

    Raises :class:`~hub.package.errors.PackageError`, and ``OSError`` when the file cannot be read.
    """
    if isinstance(file, Path):
        name = name or file.name
    container = file if isinstance(file, Container) else Container.open(file)
    with ExitStack() as stack:
        stack.callback(container.close)
        opc = read_opc(container)
        reading = _Reading(container, opc)
        reading.read_components()
        kind, generation, version, evidence = _identify(reading)
        reading.survey(scanner, frozenset(extra_algorithms))
        return Package(
            name=name,
            container=container,
            opc=opc,
            kind=kind,
            generation=generation,
            version=version,
            evidence=evidence,
            xml=reading.xml,
            refused=reading.refused,
            small=reading.small,
            models=reading.models,
            facts=reading.facts,
            damaged=reading.damaged,
            _stack=stack.pop_all(),
        )


class _Reading:
    """What accumulates while a package is read."""

    def __init__(self, container: Container, opc: Opc) -> None:
        self.container = container
        self.opc = opc
        self.xml: dict[str, Xml] = {}
        self.refused: dict[str, XmlRefusedError] = {}
        self.small: dict[str, bytes] = {}
        self.models: dict[str, Node] = {}
        self.facts: dict[str, PartFacts] = {}
        self.damaged: dict[str, ContainerError] = {}

    def read_components(self) -> None:
        """Parse every XML component and take signature parts into memory."""
        wanted: dict[str, type[Node] | None] = {}
        for relationship in self.opc.relationships:
            component = COMPONENTS.get(relationship.name)
            part = self.opc.find(relationship.resolved) if relationship.resolved else None
            if part and relationship.name == "core":
                wanted.setdefault(part, model.Core)
            elif part and component and (component.model or component.path):
                wanted.setdefault(part, component.model)
        for component in COMPONENTS.values():
            if component.path and (part := self.opc.find(component.path)):
                wanted.setdefault(part, component.model)
        if part := self.opc.find(MUHUR_1X):
            wanted.setdefault(part, None)
        for part, cls in wanted.items():
            try:
                self._read(part, cls)
            except ContainerError as error:
                self.damaged[part] = error

    def _read(self, part: str, cls: type[Node] | None) -> None:
        limit = limits.PART_XML_BYTES if cls else limits.PART_CMS_BYTES
        self.small[part] = data = self.container.read(self.opc.parts[part], limit)
        if cls is None:
            return
        try:
            self.xml[part] = parse(data)
        except XmlRefusedError as error:
            self.refused[part] = error
            return
        self.models[part] = bind(self.xml[part], cls)

    def survey(self, scanner: Scanner | None, extra: frozenset[str]) -> None:
        """Stream every part once, with the algorithms that some digest document uses for it."""
        wanted = self._algorithms()
        for part, entry in self.opc.parts.items():
            if part in self.damaged:
                continue
            algorithms = wanted.get(fold(part), frozenset()) | extra
            patterns = _patterns(part)
            try:
                if part in self.small:
                    data = self.small[part]
                    self.facts[part] = facts_of(iter((data,)), len(data), part, algorithms, patterns, scanner)
                else:
                    self.facts[part] = survey(self.container, entry, algorithms, patterns=patterns, scanner=scanner)
            except ContainerError as error:
                self.damaged[part] = error

    def _algorithms(self) -> dict[str, frozenset[str]]:
        wanted: dict[str, frozenset[str]] = {}
        for document in self.models.values():
            if not isinstance(document, model.OzetBelgesi):
                continue
            for reference in document.reference:
                names = {ALGORITHMS[item.algorithm] for item in reference.digests if item.algorithm in ALGORITHMS}
                key = fold((reference.uri or "").strip())
                wanted[key] = wanted.get(key, frozenset()) | names
        return wanted


def _patterns(part: str) -> tuple[bytes, ...]:
    folder = fold(part).split("/")[1]
    if folder == "ustyazi":
        return (PDFA, EICAR)
    return (VBA, VBA_OLE, EICAR) if folder in ("ekler", "imzasizekler") else ()


def _identify(reading: _Reading) -> tuple[Kind, Generation, str, tuple[Evidence, ...]]:
    """Kind from relationships, generation from namespaces, each beside what the core properties say."""
    opc = reading.opc
    evidence: list[Evidence] = []
    kind = Kind.EYP
    for name, meant in (("sifreliicerik", Kind.EYPS), ("orijinalpaket", Kind.EYPG)):
        if found := opc.related(name):
            evidence.append(Evidence("kind", found[0].part, found[0].type, meant))
            kind = meant if kind is Kind.EYP else kind
    if kind is Kind.EYP:
        evidence.append(Evidence("kind", "/_rels/.rels", "–", Kind.EYP))
    core = next((item for item in reading.models.values() if isinstance(item, model.Core)), None)
    core_part = opc.target("core") or ""
    category = (core.category or "").strip() if core else ""
    if category:
        says = {"RESMIYAZISMA": Kind.EYP, "RESMIYAZISMA/SIFRELI": Kind.EYPS, "RESMIYAZISMA/GUNCELLEME": Kind.EYPG}
        evidence.append(Evidence("kind", core_part, category, says.get(category, "?")))
    version = (core.version or "").strip() if core else ""
    if version:
        says_generation = {"1": Generation.ONE, "2": Generation.TWO}.get(version.split(".")[0], "?")
        evidence.append(Evidence("generation", core_part, version, says_generation))
    votes: list[Generation] = []
    for part, xml in sorted(reading.xml.items()):
        if xml.namespace.startswith(NS) and xml.namespace[-2:] in ("-1", "-2"):
            says_generation = Generation.ONE if xml.namespace.endswith("-1") else Generation.TWO
            votes.append(says_generation)
            evidence.append(Evidence("generation", part, xml.namespace, says_generation))
    by_version = {"1": Generation.ONE, "2": Generation.TWO}.get(version.split(".")[0])
    if votes:
        # Generations are told apart by vocabulary first: it decides which schemas and rules can apply at all
        ones = votes.count(Generation.ONE)
        generation = Generation.ONE if ones * 2 > len(votes) else Generation.TWO
        if ones * 2 == len(votes) and by_version:
            generation = by_version
    else:
        generation = by_version or Generation.TWO
    return kind, generation, version, tuple(evidence)


def archive_ratio(facts: PartFacts) -> tuple[int, int] | None:
    """Compressed and expanded bytes that an attached archive declares, as far as its directory was kept."""
    tail = facts.tail
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or end + 22 > len(tail):
        return None
    size = cast(int, struct.unpack_from("<L", tail, end + 12)[0])
    at = end - size
    if at < 0:
        return None
    compressed = expanded = 0
    while at + 46 <= end and tail.startswith(b"PK\x01\x02", at):
        packed, whole, names, extras, comments = struct.unpack_from("<2L3H", tail, at + 20)
        compressed, expanded = compressed + packed, expanded + whole
        at += 46 + names + extras + comments
    return compressed, expanded
