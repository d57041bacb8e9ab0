"""Encrypted packages (``eyps``): a finished ``eyp`` in a CMS envelope for its receivers (format, section 6.3)."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from lxml import etree

from hub import clock, limits
from hub.package.build import checks, shape, xmlparts
from hub.package.build.archive import Archive, Base
from hub.package.build.compose import to_bytes
from hub.package.build.description import Common, common, plain
from hub.package.build.directory import Directory
from hub.package.build.envelope import Envelope
from hub.package.build.problems import Problems, StepError
from hub.package.build.steps import add_core
from hub.package.parts import COMPONENTS, ENCRYPTED, Generation, Kind
from hub.package.xml import local_name, parse

_PARTIES: Final = ("KurumKurulus", "GercekSahis", "TuzelSahis")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody for whom a package is encrypted."""

    muhatap: str
    """KKK, T.C. kimlik no or legal person's identifier, as in the distribution."""
    certificate: x509.Certificate


def build_encrypted(
    data: Mapping[str, Any], folder: Path, out: Path, *, directory: Directory | None = None
) -> tuple[str, ...]:
    """Write the ``eyps`` that ``data`` describes to ``out``; notes for people, in Turkish.

    Every ``alicilar`` entry names a ``muhatap`` of the distribution and the file of its certificate (PEM or DER); with
    ``kayittan = true`` a missing certificate comes from ``directory``.

    Raises :class:`~hub.package.build.problems.DescriptionError` with every mistake, :class:`StepError` when the inner
    package is not finished, :class:`~hub.package.build.problems.RecipientError`,
    :class:`~hub.package.errors.PackageError`, ``OSError``.
    """
    problems = Problems()
    data = dict(plain(data))
    given = common(data, Kind.EYPS, problems)
    inner = data.get("icerik")
    if not isinstance(inner, str) or not (folder / inner).is_file():
        problems.add("BUILD_FILE", "icerik", "Şifrelenecek paket verilmemiş ya da bulunamıyor.")
        problems.stop_if_any()
    identifier = checks.guid(data.get("kimlik", str(uuid.uuid4())), "kimlik", problems)
    with Base(folder / str(inner)) as base:
        generation, parties = _finished(base)
        if data.get("surum") and given.generation is not generation:
            problems.add("BUILD_GENERATION", "surum", "Şifrelenecek paketin sürümüyle uyuşmuyor.")
        recipients = _recipients(data, folder, parties, given.created, directory, problems)
        problems.stop_if_any()
        notes = tuple(_notes(recipients, given.created))
        with Archive(out, ()) as archive:
            _write(archive, base, folder / str(inner), generation, recipients, parties, identifier, given)
    return notes


def _write(
    archive: Archive,
    base: Base,
    inner: Path,
    generation: Generation,
    recipients: Sequence[Recipient],
    parties: Mapping[str, etree._Element],
    identifier: str,
    given: Common,
) -> None:
    seed = uuid.UUID(identifier)
    digest = "nihaiozet" if generation is Generation.TWO else "paketozeti"
    part = base.part(digest)
    assert part is not None
    _xml(archive, digest, base.read(part))
    hedef = base.part("belgehedef") if generation is Generation.ONE else None
    _xml(archive, "belgehedef", base.read(hedef) if hedef else _hedef(generation, recipients, parties, bom=given.bom))

    def content() -> Iterator[bytes]:
        with inner.open("rb") as stream:
            while chunk := stream.read(limits.ZIP_CHUNK):
                yield chunk

    envelope = Envelope([item.certificate for item in recipients], inner.stat().st_size, content)
    suffix = ".eyp" if generation is Generation.ONE else ""
    hidden = f"/SifreliIcerik/{str(uuid.uuid5(seed, 'sifreliicerik')).upper()}{suffix}"
    archive.add(hidden, ENCRYPTED, envelope.size, envelope.chunks, store=True)
    archive.relate("sifreliicerik", hidden)
    _xml(archive, "sifreliicerikbilgisi", xmlparts.encryption_note(generation, bom=given.bom))
    core = xmlparts.core_properties(
        identifier=identifier,
        created=given.created,
        creator=core_text(base, "creator"),
        category="RESMIYAZISMA/SIFRELI",
        version="2.0" if generation is Generation.TWO else core_text(base, "version"),
        extras=given.core,
    )
    add_core(archive, core, seed)


def _xml(archive: Archive, name: str, data: bytes) -> None:
    component = COMPONENTS[name]
    archive.add_bytes(component.path, component.content_type, data)
    archive.relate(name, component.path)


def core_text(base: Base, name: str) -> str:
    """A core property of a package; empty when it has none."""
    part = base.part("core")
    found = parse(base.read(part)).root.find(f"{{*}}{name}") if part else None
    return (found.text or "").strip() if found is not None else ""


def _finished(base: Base) -> tuple[Generation, dict[str, etree._Element]]:
    """The generation of a finished ``eyp`` and the parties of its distribution by what identifies them."""
    if base.part("sifreliicerik") or base.part("orijinalpaket"):
        raise StepError("Yalnız eyp türündeki paket şifrelenir.")
    part = base.part("ustveri")
    if part is None:
        raise StepError("Şifrelenecek pakette Üstveri yok.")
    root = parse(base.read(part)).root
    generation = Generation.ONE if str(root.tag).partition("}")[0].endswith("-1") else Generation.TWO
    needed = (
        ("imzacades",) if generation is Generation.ONE else ("imzacades", "nihaiustveri", "nihaiozet", "muhurcades")
    )
    if missing := [name for name in needed if not base.part(name)]:
        raise StepError(f"Paket tamamlanmamış, şifrelenemez; eksik: {', '.join(missing)}.")
    parties: dict[str, etree._Element] = {}
    for dagitim in root.iter("{*}Dagitim"):
        for element in dagitim:
            if local_name(element) in _PARTIES and identity(element):
                parties.setdefault(identity(element), element)
    return generation, parties


def identity(party: etree._Element) -> str:
    """What identifies a party: KKK, T.C. kimlik no or the legal person's identifier; empty when it has none."""
    for name in ("KKK", "TCKN", "Id"):
        found = party.find(f"{{*}}{name}")
        if found is not None and (found.text or "").strip():
            return (found.text or "").strip()
    return ""


def _hedef(
    generation: Generation, recipients: Sequence[Recipient], parties: Mapping[str, etree._Element], *, bom: bool
) -> bytes:
    """Belge Hedef of the receivers, each party as the distribution writes it."""
    tag, root = shape.root("belgehedef", generation.value)
    child = root.children[0]
    items = child.shape.items
    assert items is not None
    namespace = etree.QName(tag).namespace or ""
    shared = etree.QName(child.tag).namespace or ""
    names: dict[str | None, str] = {None: namespace, "tipler": shared}
    element = etree.Element(tag, nsmap=names)  # type: ignore[arg-type]  # None is the default namespace
    targets = etree.SubElement(element, child.tag)
    for muhatap in dict.fromkeys(recipient.muhatap for recipient in recipients):
        party = copy.deepcopy(parties[muhatap])
        party.tail = None
        etree.SubElement(targets, items.tag).append(party)
    etree.cleanup_namespaces(element)
    return to_bytes(element, bom=bom)


def _recipients(
    data: Mapping[str, Any],
    folder: Path,
    parties: Mapping[str, etree._Element],
    at: datetime,
    directory: Directory | None,
    problems: Problems,
) -> list[Recipient]:
    found: list[Recipient] = []
    items = data.get("alicilar")
    if not isinstance(items, list) or not items:
        problems.add("BUILD_MISSING", "alicilar", "En az bir alıcı verilmeli.", "EYP-EYPS-BELGEHEDEF")
        return found
    for number, item in enumerate(items, 1):
        path = f"alicilar[{number}]"
        if not isinstance(item, Mapping):
            problems.add("BUILD_TYPE", path, "Alıcı bir tablo olmalı.")
            continue
        checks.unknown_keys(item, {"muhatap", "sertifika"}, path, problems)
        muhatap = item.get("muhatap")
        if muhatap not in parties:
            where = f"{path}.muhatap"
            text = "Paketin dağıtımında böyle bir muhatap yok."
            problems.add("BUILD_REFERENCE", where, text, "EYP-EYPS-INNER-HEDEF")
        certificate = _certificate(item, folder, muhatap, at, directory, data, path, problems)
        if certificate is not None:
            found.append(Recipient(str(muhatap), certificate))
    return found


def _certificate(
    item: Mapping[str, Any],
    folder: Path,
    muhatap: Any,
    at: datetime,
    directory: Directory | None,
    data: Mapping[str, Any],
    path: str,
    problems: Problems,
) -> x509.Certificate | None:
    raw: bytes | None = None
    if isinstance(item.get("sertifika"), str):
        try:
            raw = (folder / item["sertifika"]).read_bytes()
        except (OSError, ValueError):
            problems.add("BUILD_FILE", f"{path}.sertifika", f"“{item['sertifika']}” okunamıyor.")
            return None
    elif data.get("kayittan") and directory is not None and isinstance(muhatap, str) and muhatap.isdecimal():
        raw = directory.encryption_certificate(muhatap, at)
        if raw is None:
            problems.add("BUILD_REGISTRY", path, f"{muhatap} için kayıtta şifreleme sertifikası yok.")
            return None
    if raw is None:
        problems.add("BUILD_MISSING", f"{path}.sertifika", "Sertifika dosyası verilmemiş.")
        return None
    try:
        pem = raw.lstrip().startswith(b"-----")
        return x509.load_pem_x509_certificate(raw) if pem else x509.load_der_x509_certificate(raw)
    except ValueError:
        problems.add("BUILD_FILE", f"{path}.sertifika", "Dosya bir X.509 sertifikası değil.")
        return None


def _notes(recipients: Sequence[Recipient], at: datetime) -> Iterator[str]:
    for item in recipients:
        if not item.certificate.not_valid_before_utc <= at <= item.certificate.not_valid_after_utc:
            until = clock.to_local(item.certificate.not_valid_after_utc)
            yield f"{item.muhatap}: sertifika bu tarihte geçerli değil (geçerlilik sonu {until:%d.%m.%Y})."
