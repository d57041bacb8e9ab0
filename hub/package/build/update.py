"""Update packages (``eypg``): a decision about an earlier package, with that package inside (format, section 6.4)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hub.package.build import checks, compose, shape, xmlparts
from hub.package.build.archive import Archive, Base
from hub.package.build.description import common, plain
from hub.package.build.encrypted import core_text
from hub.package.build.problems import Problems, StepError
from hub.package.build.signature import check_attached
from hub.package.build.steps import Built, Signer, Step, add_core
from hub.package.parts import COMPONENTS, OCTETS, ZIPPED, Generation, Kind
from hub.package.xml import parse

SUBJECT = "Gizlilik Derecesi Değiştirme"


def build_update(
    data: Mapping[str, Any], folder: Path, out: Path, *, until: Step | None = None, signer: Signer | None = None
) -> Built:
    """Write the ``eypg`` that ``data`` describes to ``out``, sealed when ``signer`` seals.

    Without a seal it waits for one: :func:`hub.package.build.steps.add_signature` puts it in.

    Raises :class:`~hub.package.build.problems.DescriptionError` with every mistake, :class:`StepError` for an original
    that cannot be updated, :class:`~hub.package.errors.PackageError`, ``OSError``.
    """
    if until not in (None, Step.NIHAI_OZET, Step.MUHUR):
        raise StepError(f"Güncelleme paketinde “{until}” adımı yok; adımlar: nihaiozet, muhur.")
    problems = Problems()
    data = dict(plain(data))
    given = common(data, Kind.EYPG, problems)
    identifier = checks.guid(data.get("kimlik", str(uuid.uuid4())), "kimlik", problems)
    subject = data.get("konu", SUBJECT)
    if not isinstance(subject, str):
        problems.add("BUILD_TYPE", "konu", "metin olmalı.")
    else:
        compose.writable(subject, "konu", problems)
    updates = checks.updates(data.get("GuncellemeBilgisi"), problems)
    tag, root = shape.root("guncellemebilgisi", "2.x")
    element = compose.compose(tag, root, updates, "GuncellemeBilgisi", problems)
    original = data.get("orijinal")
    if not isinstance(original, str) or not (folder / original).is_file():
        problems.add("BUILD_FILE", "orijinal", "Güncellenecek paket verilmemiş ya da bulunamıyor.")
    problems.stop_if_any()
    with Base(folder / str(original)) as base:
        suffix, notes = _original(base, updates, identifier)
        creator = core_text(base, "creator")
    seed = uuid.UUID(identifier)
    with Archive(out, given.algorithms) as archive:
        bilgi = COMPONENTS["guncellemebilgisi"]
        archive.add_bytes(bilgi.path, bilgi.content_type, compose.to_bytes(element, bom=given.bom))
        archive.relate("guncellemebilgisi", bilgi.path)
        nested = f"/OrijinalPaket/OrijinalPaket.{suffix}"
        archive.add_file(nested, ZIPPED, folder / str(original))
        archive.relate("orijinalpaket", nested)
        core = xmlparts.core_properties(
            identifier=identifier,
            created=given.created,
            creator=creator,
            category="RESMIYAZISMA/GUNCELLEME",
            version=given.version,
            subject=str(subject),
            extras=given.core,
        )
        core_part = add_core(archive, core, seed)
        references = [(part, archive.digests(part)) for part in (bilgi.path, nested, core_part)]
        ozet = COMPONENTS["nihaiozet"].path
        content = xmlparts.digest_document(
            "nihaiozet", Generation.TWO, identifier, references, given.algorithms, bom=given.bom
        )
        archive.add_bytes(ozet, "application/xml", content)
        archive.relate("nihaiozet", ozet)
        seal = signer.sign(Step.MUHUR, content) if signer and until is not Step.NIHAI_OZET else None
        if seal is not None:
            check_attached(seal, content, "Nihai Özet")
            archive.add_bytes(COMPONENTS["muhurcades"].path, OCTETS, seal)
            archive.relate("muhurcades", COMPONENTS["muhurcades"].path, source=ozet)
        elif until is Step.MUHUR:
            raise StepError("“muhur” adımına varılamadı: mühür verilmedi.")
    if seal is not None:
        return Built(out, Step.MUHUR, None, b"", notes)
    return Built(out, Step.NIHAI_OZET, Step.MUHUR, content, notes)


def _original(base: Base, updates: Any, identifier: str) -> tuple[str, tuple[str, ...]]:
    """The extension of the nested original, and notes about the update."""
    if base.part("sifreliicerik"):
        raise StepError("Şifreli paket (eyps) güncellenemez; içindeki paket güncellenir.")
    nested = base.part("orijinalpaket")
    bilgi, ustveri = base.part("guncellemebilgisi"), base.part("ustveri")
    holder = bilgi if nested else ustveri
    if holder is None or not base.part("muhurcades"):
        raise StepError("Orijinal, mühürlenmiş bir eyp ya da eypg paketi değil.")
    root = parse(base.read(holder)).root
    if str(root.tag).partition("}")[0].endswith("-1"):
        raise StepError("Güncelleme paketi yalnız 2.x paketleri için yapılır.")
    if core_text(base, "identifier").upper() == identifier:
        raise StepError("Güncelleme paketinin kimliği orijinalinkinden farklı olmalı.")
    found = root.findall(".//{*}YeniGizlilikDerecesi") if nested else root.findall("{*}GuvenlikKodu")
    code = (found[-1].text or "").strip() if found else ""
    wanted = checks.new_codes(updates)
    notes = (f"Yeni gizlilik derecesi ({code}) yürürlüktekiyle aynı.",) if wanted and wanted[-1] == code else ()
    return ("eypg" if nested else "eyp"), notes
