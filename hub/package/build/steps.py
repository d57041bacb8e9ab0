"""Building an ``eyp`` step by step: stop anywhere, let somebody else sign, go on from the file.

The state of a package is what stands in it; nothing else is kept. A step that needs a signature takes it from a
:class:`Signer`, or from a file that was signed elsewhere, or is where the work stops.

=============  ===========================  =================================================================
Step           Generation                   What it adds
=============  ===========================  =================================================================
``icerik``     both                         Üst Yazı, attachments, Üstveri, Core; 1.x: Belge Hedef, Belge İmza
``parafozeti`` 2.x, when ``paraf = true``   Paraf Özeti
``paraf``      2.x, when ``paraf = true``   signature of Paraf Özeti
``paketozeti`` both                         Paket Özeti
``imza``       both                         signature of Paket Özeti
``nihaiustveri``  2.x                       Nihai Üstveri
``nihaiozet``  both                         Nihai Özet
``muhur``      both                         seal of Nihai Özet
=============  ===========================  =================================================================
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from hub.package.build import xmlparts
from hub.package.build.archive import Archive, Base
from hub.package.build.compose import to_bytes
from hub.package.build.description import Description, nihai_ustveri
from hub.package.build.problems import ChangedError, Problems, SignatureRefusedError, StepError
from hub.package.build.signature import check_attached, newest_timestamp
from hub.package.opc import CORE_CONTENT_TYPE, fold
from hub.package.parts import COMPONENTS, MUHUR_1X, OCTETS, Generation
from hub.package.xml import parse


class Step(StrEnum):
    """What has been done to a package; also the value of ``--until``."""

    CONTENT = "icerik"
    PARAF_OZETI = "parafozeti"
    PARAF = "paraf"
    PAKET_OZETI = "paketozeti"
    IMZA = "imza"
    NIHAI_USTVERI = "nihaiustveri"
    NIHAI_OZET = "nihaiozet"
    MUHUR = "muhur"


SIGNED: Final[Mapping[Step, tuple[str, str, str]]] = {
    # step: (relationship of the signature, of the part it signs, that part's name for people)
    Step.PARAF: ("parafimzacades", "parafozeti", "Paraf Özeti"),
    Step.IMZA: ("imzacades", "paketozeti", "Paket Özeti"),
    Step.MUHUR: ("muhurcades", "nihaiozet", "Nihai Özet"),
}
_XML: Final = "application/xml"
_DONE_BY: Final[Mapping[Step, str]] = {
    Step.CONTENT: "ustveri",
    Step.PARAF_OZETI: "parafozeti",
    Step.PARAF: "parafimzacades",
    Step.PAKET_OZETI: "paketozeti",
    Step.IMZA: "imzacades",
    Step.NIHAI_USTVERI: "nihaiustveri",
    Step.NIHAI_OZET: "nihaiozet",
    Step.MUHUR: "muhurcades",
}


class Signer(Protocol):
    """Makes signatures; :mod:`hub.package.build.signers` has the hub's own."""

    def sign(self, step: Step, content: bytes) -> bytes | None:
        """An attached CMS signature of ``content`` for a step of :data:`SIGNED`; None when it does not sign that."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a run left behind."""

    file: Path
    done: Step
    """The last step that is done."""
    waiting: Step | None
    """The step that waits for a signature; None when nothing does."""
    to_sign: bytes
    """The exact bytes to be signed for it; empty when nothing waits."""
    notes: tuple[str, ...] = ()


def plan(generation: Generation, *, paraf: bool) -> tuple[Step, ...]:
    """The steps of an ``eyp`` in order."""
    if generation is Generation.ONE:
        return (Step.CONTENT, Step.PAKET_OZETI, Step.IMZA, Step.NIHAI_OZET, Step.MUHUR)
    return tuple(step for step in Step if paraf or step not in (Step.PARAF_OZETI, Step.PARAF))


def build(
    description: Description,
    out: Path,
    *,
    until: Step | None = None,
    signer: Signer | None = None,
    signatures: Mapping[Step, bytes] | None = None,
    base: Path | None = None,
) -> Built:
    """Build an ``eyp``, or go on with ``base``, up to ``until`` (default: as far as signatures are at hand).

    ``signatures`` are made elsewhere, by the step that each is for; giving one for a step that ``base`` has done
    replaces it (a further signer) and does the later steps anew. ``out`` may be ``base`` itself; it is replaced only
    when everything is written.

    Raises :class:`StepError` when ``until`` cannot be reached, :class:`ChangedError` when a digested part of ``base``
    has changed, :class:`~hub.package.build.problems.SignatureRefusedError`,
    :class:`~hub.package.build.problems.DescriptionError`, :class:`~hub.package.errors.PackageError`, ``OSError``.
    """
    steps = plan(description.generation, paraf=description.paraf)
    if until is not None and until not in steps:
        raise StepError(f"Bu pakette “{until}” adımı yok; adımlar: {', '.join(steps)}.")
    with ExitStack() as stack:
        earlier = stack.enter_context(Base(base)) if base else None
        archive = stack.enter_context(Archive(out, description.algorithms, earlier))
        run = _Run(description, archive, signer, dict(signatures or {}))
        done = run.take_over(earlier, steps, until) if earlier else None
        start = steps.index(done) + 1 if done else 0
        waiting: Step | None = None
        for step in steps[start:]:
            if done is not None and until is not None and steps.index(done) >= steps.index(until):
                break
            if not run.take(step):
                waiting = step
                break
            done = step
        assert done is not None
        if until is not None and steps.index(done) < steps.index(until):
            raise StepError(f"“{until}” adımına varılamadı: “{waiting}” için imza verilmedi.")
        if waiting is None and done is not steps[-1]:
            following = steps[steps.index(done) + 1]
            waiting = following if following in SIGNED else None
        to_sign = archive.read(COMPONENTS[SIGNED[waiting][1]].path) if waiting else b""
    return Built(out, done, waiting, to_sign, description.notes)


def add_signature(package: Path, out: Path, step: Step, signature: bytes, algorithms: Iterable[str] = ()) -> None:
    """Put a signature made elsewhere into a package, for one of :data:`SIGNED`; nothing else changes.

    A signature of the same step is replaced, as long as no later step is done.

    Raises as :func:`build`.
    """
    name, signed, title = SIGNED[step]
    with Base(package) as base, Archive(out, tuple(algorithms), base) as archive:
        holder = base.part(signed)
        if holder is None:
            raise StepError(f"Pakette {title} yok; önce o yazılmalı.")
        later = [other for other in list(Step)[list(Step).index(step) + 1 :] if base.part(_DONE_BY[other])]
        if later:
            raise StepError(f"“{later[0]}” adımı yapılmış; imza değişirse sonraki adımlar baştan yapılmalı.")
        check_attached(signature, base.read(holder), title)
        old = base.part(name)
        copy_parts(base, archive, leave={old} if old else set())
        one = step is Step.MUHUR and holder and _is_first_generation(base)
        part = MUHUR_1X if one else COMPONENTS[name].path
        archive.add_bytes(part, OCTETS, signature)
        archive.relate(name, part, source=holder)


def fitting_step(package: Path, signature: bytes) -> Step:
    """The step that ``signature`` is for: the one whose part it contains. Raises :class:`StepError` when none is."""
    with Base(package) as base:
        for step, (_, signed, title) in SIGNED.items():
            holder = base.part(signed)
            if holder is not None:
                with suppress(SignatureRefusedError):
                    check_attached(signature, base.read(holder), title)
                    return step
    raise StepError("İmzanın içindeki içerik paketteki hiçbir özetle aynı değil.")


def document_id(package: Path) -> str:
    """BelgeId of a package that is being built. Raises :class:`StepError` when it has no Üstveri."""
    with Base(package) as base:
        part = base.part("ustveri")
        found = parse(base.read(part)).root.find("{*}BelgeId") if part else None
    if found is None or not found.text:
        raise StepError("Pakette Üstveri yok; sürdürülemez.")
    return found.text.strip()


def _is_first_generation(base: Base) -> bool:
    part = base.part("nihaiozet")
    return part is not None and b"NihaiOzet-1" in base.read(part)[:1024]


def copy_parts(base: Base, archive: Archive, leave: set[str]) -> None:
    """Take over every part and relationship but those of the parts in ``leave``."""
    gone = {fold(part) for part in leave}
    for part in base.opc.parts:
        if fold(part) not in gone:
            archive.take(part)
    for item in base.opc.relationships:
        target = base.opc.find(item.resolved) if item.resolved else None
        if target is None or fold(target) in gone:
            continue
        source = "/" if item.source == "/" else base.opc.find(item.source)
        if source and fold(source) not in gone:
            archive.relate_as(item.type, target, item.id, source=source)


class _Run:
    """One run over the steps."""

    def __init__(
        self, description: Description, archive: Archive, signer: Signer | None, signatures: dict[Step, bytes]
    ) -> None:
        self.description = description
        self.archive = archive
        self.signer = signer
        self.signatures = signatures
        self.seed = uuid.UUID(description.belge_id)

    def take_over(self, base: Base, steps: tuple[Step, ...], until: Step | None) -> Step:
        """Take over what ``base`` has of the steps, except what is to be done anew; the last step taken over."""
        done = [step for step in steps if base.part(_DONE_BY[step])]
        if not done or done != list(steps[: len(done)]):
            raise StepError("Paket bu tanımın adımlarıyla kurulmuş değil; sürdürülemez.")
        for step in self.signatures:
            if step in done:
                done = done[: done.index(step)]
        if until is not None and until in done:
            done = done[: done.index(until) + 1]
        keep = {_DONE_BY[step] for step in done}
        leave = {part for step in Step if _DONE_BY[step] not in keep and (part := base.part(_DONE_BY[step]))}
        copy_parts(base, self.archive, leave)
        self._check_same(base)
        return done[-1]

    def _check_same(self, base: Base) -> None:
        """The package must be the one that is described: same Üstveri, same files."""
        part = base.part("ustveri")
        assert part is not None
        if base.read(part) != to_bytes(self.description.ustveri, bom=self.description.bom):
            raise ChangedError("Paketteki Üstveri tanımdakinden farklı; paket baştan kurulmalı.")

    def take(self, step: Step) -> bool:
        """Do one step; False when it needs a signature that is not at hand."""
        if step in SIGNED:
            return self._sign(step)
        if step is Step.CONTENT:
            self._content()
        elif step is Step.NIHAI_USTVERI:
            self._nihai_ustveri()
        else:
            self._digest(step.value)
        return True

    def _content(self) -> None:
        about = self.description
        self._file("ustyazi", f"/UstYazi/{about.letter.name}", about.letter.content_type, about.letter.file)
        for item in about.attachments:
            name, folder = ("ek", "Ekler") if item.signed else ("imzasizEk", "ImzasizEkler")
            part = f"/{folder}/{item.name}"
            self.archive.add_file(part, item.content_type, item.file)
            self.archive.relate(name, part, f"{COMPONENTS[name.lower()].relationship_id}{item.identifier}")
        for name, element in (
            ("belgehedef", about.belge_hedef),
            ("belgeimza", about.belge_imza),
            ("ustveri", about.ustveri),
        ):
            if element is not None:
                self._part(name, to_bytes(element, bom=about.bom))
        core = xmlparts.core_properties(
            identifier=about.belge_id,
            created=about.created,
            creator=about.creator,
            category="RESMIYAZISMA",
            version=about.version,
            subject=about.konu,
            extras=about.core,
        )
        add_core(self.archive, core, self.seed)

    def _file(self, name: str, part: str, content_type: str, file: Path) -> None:
        self.archive.add_file(part, content_type, file)
        self.archive.relate(name, part)

    def _part(self, name: str, data: bytes) -> None:
        component = COMPONENTS[name]
        self.archive.add_bytes(component.path, _XML, data)
        self.archive.relate(name, component.path)

    def _digest(self, name: str) -> None:
        about = self.description
        parts = list(_referenced(name, about, self.archive.parts))
        self._check_unchanged(name, parts)
        references = [(part, self.archive.digests(part)) for part in parts]
        data = xmlparts.digest_document(
            name, about.generation, about.belge_id, references, about.algorithms, bom=about.bom
        )
        self._part(name, data)

    def _check_unchanged(self, name: str, parts: list[str]) -> None:
        """What an earlier digest covers must still have that digest, or the later one would only repeat the fraud."""
        for earlier in ("parafozeti", "paketozeti"):
            path = COMPONENTS[earlier].path
            if earlier == name or path not in self.archive.parts:
                continue
            for part, value in xmlparts.recorded(self.archive.read(path)):
                found = self.archive.digests(part).values() if part in self.archive.parts else ()
                if value not in found:
                    raise ChangedError(f"{part}: {earlier} yazıldıktan sonra değişmiş.")

    def _sign(self, step: Step) -> bool:
        name, signed, title = SIGNED[step]
        holder = COMPONENTS[signed].path
        content = self.archive.read(holder)
        signature = self.signatures.get(step)
        if signature is None and self.signer is not None:
            signature = self.signer.sign(step, content)
        if signature is None:
            return False
        check_attached(signature, content, title)
        one = step is Step.MUHUR and self.description.generation is Generation.ONE
        part = MUHUR_1X if one else COMPONENTS[name].path
        self.archive.add_bytes(part, OCTETS, signature)
        self.archive.relate(name, part, source=holder)
        return True

    def _nihai_ustveri(self) -> None:
        given = self.description.nihai_ustveri
        problems = Problems()
        if given is None:
            problems.add("BUILD_MISSING", "NihaiUstveri", "İmzadan sonra gereken NihaiUstveri verilmemiş.", "EYP2-K82")
            problems.stop_if_any()
        assert given is not None
        stamp = newest_timestamp(self.archive.read(COMPONENTS["imzacades"].path))
        element = nihai_ustveri(given, stamp, problems)
        problems.stop_if_any()
        self._part("nihaiustveri", to_bytes(element, bom=self.description.bom))


def add_core(archive: Archive, data: bytes, seed: uuid.UUID) -> str:
    """Write the core properties under a name that follows from ``seed``; the part name."""
    part = f"/package/services/metadata/core-properties/{uuid.uuid5(seed, 'core').hex}.psmdcp"
    archive.add_bytes(part, CORE_CONTENT_TYPE, data)
    archive.relate("core", part, f"R{uuid.uuid5(seed, 'core-relationship').hex[:16]}")
    return part


def _referenced(name: str, about: Description, parts: tuple[str, ...]) -> Iterable[str]:
    """The parts that a digest document covers, in the official writer's order (format, section 7.1)."""
    present = set(parts)
    letter = f"/UstYazi/{about.letter.name}"
    yield from (COMPONENTS["ustveri"].path, letter)
    if name != "parafozeti":
        following = ["belgehedef", "belgeimza"] if name == "nihaiozet" else ["belgehedef"]
        following += ["parafozeti", "parafimzacades"]
        following += ["paketozeti", "imzacades", "nihaiustveri"] if name == "nihaiozet" else []
        yield from (COMPONENTS[item].path for item in following if COMPONENTS[item].path in present)
    yield from (part for part in parts if part.startswith("/Ekler/"))
    if name == "nihaiozet":
        yield from (part for part in parts if part.endswith(".psmdcp") and part.startswith("/package/"))
