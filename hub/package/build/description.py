"""A package's description: what a person or a program says, made complete and checked.

Keys that start with a capital letter are element names of the schemas; lower-case keys are the builder's own. What
can be known is filled in (identifiers, order numbers, labels, file names, MIME types); everything else must be said.
See docs/package-build.md.
"""

from __future__ import annotations

import copy
import json
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from lxml import etree

from hub import clock, limits
from hub.package.build import checks, compose, shape
from hub.package.build.attachments import Attachment, complete_attachments, complete_references, letter
from hub.package.build.directory import Directory
from hub.package.build.fill import fill
from hub.package.build.problems import BuildError, Problems
from hub.package.node import Node, Text, wire_name
from hub.package.parts import Generation, Kind

DIGESTS: Final[Mapping[str, str]] = {"SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
VERSIONS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.EYP: ("2.0", "1.3"),
    Kind.EYPS: ("2.0", "1.3"),
    Kind.EYPG: ("2.1",),
}
"""Versions that can be written, the default first."""

CORE_EXTRAS: Final = ("description", "keywords", "title", "language")
"""Core properties that a description may add; the others follow from the package."""

_COMMON: Final = {"paket", "surum", "ozet", "bom", "olusturma", "core"}
_KEYS: Final[Mapping[Kind, set[str]]] = {
    Kind.EYP: _COMMON | {"kayittan", "paraf", "ustyazi", "Ustveri", "BelgeHedef", "BelgeImza", "NihaiUstveri"},
    Kind.EYPS: _COMMON | {"icerik", "alicilar", "kimlik", "kayittan"},
    Kind.EYPG: _COMMON | {"orijinal", "kimlik", "GuncellemeBilgisi", "konu"},
}


@dataclass(frozen=True, slots=True)
class Description:
    """A complete, checked description of an ``eyp``."""

    version: str
    generation: Generation
    algorithms: tuple[str, ...]
    """hashlib names of the digests of each reference, in the order in which they are written."""
    bom: bool
    created: datetime
    core: Mapping[str, str]
    belge_id: str
    paraf: bool
    letter: Attachment
    attachments: tuple[Attachment, ...]
    ustveri: etree._Element
    konu: str
    creator: str
    belge_hedef: etree._Element | None
    belge_imza: etree._Element | None
    nihai_ustveri: Mapping[str, Any] | None
    """Content of Nihai Üstveri as given; ``Tarih`` may be missing until the signature is there."""
    notes: tuple[str, ...]
    """What was changed or is worth knowing, in Turkish."""


def load(file: Path) -> dict[str, Any]:
    """A description as data from a TOML (``.toml``) or JSON (``.json``) file.

    Raises :class:`~hub.package.build.problems.BuildError` when it is neither, ``OSError`` when it cannot be read.
    """
    with file.open("rb") as opened:
        data = opened.read(limits.DESCRIPTION + 1)
    if len(data) > limits.DESCRIPTION:
        raise BuildError(f"{file.name}: tanım {limits.DESCRIPTION >> 20} MB'tan büyük olamaz.")
    try:
        text = data.decode("utf-8-sig")
        found = json.loads(text) if file.suffix.lower() == ".json" else tomllib.loads(text)
    except (UnicodeDecodeError, ValueError) as error:
        raise BuildError(f"{file.name}: tanım okunamıyor: {' '.join(str(error).split())}") from error
    if not isinstance(found, dict):
        raise BuildError(f"{file.name}: tanım bir tablo (nesne) olmalı.")
    return found


def kind_of(data: Mapping[str, Any]) -> Kind:
    """The kind of package that is described; raises :class:`DescriptionError`."""
    problems = Problems()
    kind = data.get("paket", "eyp")
    if kind not in list(Kind):
        problems.add("BUILD_CODE", "paket", f"“{kind}” bilinmiyor; eyp, eyps ya da eypg olmalı.")
    problems.stop_if_any()
    return Kind(kind)


@dataclass(frozen=True, slots=True)
class Common:
    """What the descriptions of all kinds have."""

    version: str
    generation: Generation
    algorithms: tuple[str, ...]
    bom: bool
    created: datetime
    core: Mapping[str, str]


def _instant(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return clock.from_local(moment) if isinstance(moment, datetime) else None
    except ValueError:
        return None


def common(data: Mapping[str, Any], kind: Kind, problems: Problems) -> Common:
    """Read what all kinds share; mistakes go to ``problems``."""
    checks.unknown_keys(data, _KEYS[kind], "", problems)
    versions = VERSIONS[kind]
    version = data.get("surum", versions[0])
    if version not in versions:
        problems.add("BUILD_CODE", "surum", f"“{version}” yazılamaz; olabilecekler: {', '.join(versions)}.")
        version = versions[0]
    generation = Generation.ONE if version.startswith("1.") else Generation.TWO
    bom = data.get("bom", True)
    if not isinstance(bom, bool):
        problems.add("BUILD_TYPE", "bom", "true ya da false olmalı.")
    created = _instant(data.get("olusturma", clock.now()))
    if created is None:
        problems.add("BUILD_TYPE", "olusturma", "tarih-saat olmalı (örneğin 2026-03-02T09:30:00+03:00).")
        created = clock.now()
    core = data.get("core", {})
    if not isinstance(core, Mapping) or not all(isinstance(value, str) for value in core.values()):
        problems.add("BUILD_TYPE", "core", "metinlerden oluşan bir tablo olmalı.")
        core = {}
    checks.unknown_keys(core, set(CORE_EXTRAS), "core", problems)
    for name, text in core.items():
        compose.writable(text, f"core.{name}", problems)
    return Common(
        version,
        generation,
        _algorithms(data.get("ozet"), generation, problems),
        bom is not False,
        created,
        core,
    )


def _algorithms(chosen: Any, generation: Generation, problems: Problems) -> tuple[str, ...]:
    if generation is Generation.ONE:
        allowed, chosen = ("SHA-256", "SHA-512"), "SHA-256" if chosen is None else chosen
    else:
        # the second digest is always SHA-512; two equal ones make every verifier reject the package
        allowed, chosen = ("SHA-384", "SHA-256"), "SHA-384" if chosen is None else chosen
    if chosen not in allowed:
        problems.add("BUILD_CODE", "ozet", f"“{chosen}” kullanılamaz; olabilecekler: {', '.join(allowed)}.")
        chosen = allowed[0]
    first = DIGESTS[chosen]
    return (first,) if generation is Generation.ONE else (first, "sha512")


def prepare(
    data: Mapping[str, Any], folder: Path, *, belge_id: str = "", directory: Directory | None = None
) -> Description:
    """Complete and check the description of an ``eyp``.

    ``folder`` is what relative file names start from. ``belge_id`` is used where the description has none (a package
    that is continued); otherwise a new one is made. With ``kayittan = true`` names and contact data of institutions
    that the description leaves out come from ``directory``.

    Raises :class:`~hub.package.build.problems.DescriptionError` with every mistake.
    """
    problems = Problems()
    notes: list[str] = []
    data = dict(plain(data))
    given = common(data, Kind.EYP, problems)
    generation = given.generation
    ustveri = checks.table(data, "Ustveri", problems)
    identifier = str(ustveri.setdefault("BelgeId", belge_id or str(uuid.uuid4()))).upper()
    ustveri["BelgeId"] = identifier
    seed = checks.as_uuid(identifier)
    written = letter(data, ustveri, folder, problems)
    attachments, keys = complete_attachments(ustveri, folder, seed, problems, notes)
    complete_references(ustveri, keys, seed, problems)
    if data.get("kayittan"):
        fill(directory, data, generation, given.created, problems)
    checks.build_rules(data, ustveri, given.version, problems, notes)
    tag, root = shape.root("ustveri", generation.value)
    element = compose.compose(tag, root, ustveri, "Ustveri", problems)
    hedef = _belge_hedef(data, ustveri, generation, problems)
    imza = _belge_imza(data, generation, problems, notes)
    paraf = _flag(data, "paraf", problems)
    if paraf and generation is Generation.ONE:
        problems.add("BUILD_GENERATION", "paraf", "Paraf Özeti 1.x pakette olmaz.", "EYP-NIHAIUSTVERI-1X")
    nihai = _nihai(data, generation, problems)
    problems.stop_if_any()
    assert written is not None
    return Description(
        version=given.version,
        generation=generation,
        algorithms=given.algorithms,
        bom=given.bom,
        created=given.created,
        core=given.core,
        belge_id=identifier,
        paraf=paraf,
        letter=written,
        attachments=attachments,
        ustveri=element,
        konu=_text(ustveri["Konu"]),
        creator=creator(ustveri["Olusturan"]),
        belge_hedef=hedef,
        belge_imza=imza,
        nihai_ustveri=nihai,
        notes=tuple(notes),
    )


def nihai_ustveri(given: Mapping[str, Any], date_: datetime | None, problems: Problems) -> etree._Element:
    """Nihai Üstveri as described; dated ``date_``, the newest signature timestamp, where the description is silent."""
    content = dict(given)
    if date_ is not None:
        content.setdefault("Tarih", date_.astimezone(clock.TURKIYE))
    if "Tarih" not in content:
        problems.add(
            "BUILD_TIMESTAMP",
            "NihaiUstveri.Tarih",
            "İmzada zaman damgası yok; belge tarihi damgadan alınamadı, tanımda verin.",
            "EYP-NIHAIUSTVERI-TARIH-TS",
        )
    tag, root = shape.root("nihaiustveri", "2.x")
    return compose.compose(tag, root, content, "NihaiUstveri", problems)


def _nihai(data: Mapping[str, Any], generation: Generation, problems: Problems) -> Mapping[str, Any] | None:
    if "NihaiUstveri" not in data:
        return None
    if generation is Generation.ONE:
        problems.add(
            "BUILD_GENERATION",
            "NihaiUstveri",
            "1.x pakette Nihai Üstveri olmaz; tarih ve sayı Ustveri'de, imzalar BelgeImza'dadır.",
            "EYP-NIHAIUSTVERI-1X",
        )
        return None
    content = checks.table(data, "NihaiUstveri", problems)
    checks.signers(content.get("BelgeImzalar"), "NihaiUstveri.BelgeImzalar", problems)
    # the date is not known before the signature; everything else is checked now
    nihai_ustveri(content, datetime(2000, 1, 1, tzinfo=UTC), problems)
    return content


def _belge_hedef(
    data: Mapping[str, Any], ustveri: Mapping[str, Any], generation: Generation, problems: Problems
) -> etree._Element | None:
    if generation is Generation.TWO:
        if "BelgeHedef" in data:
            problems.add("BUILD_GENERATION", "BelgeHedef", "2.x pakette Belge Hedef olmaz.", "EYP-BELGEHEDEF-2X-EYP")
        return None
    given = data.get("BelgeHedef")
    path = "BelgeHedef" if given is not None else "Ustveri.DagitimListesi"
    parties = (
        given
        if given is not None
        else [
            party(item)
            for item in checks.members(ustveri.get("DagitimListesi"), "Dagitim")
            if isinstance(item, Mapping)
        ]
    )
    known = len(problems)
    tag, root = shape.root("belgehedef", generation.value)
    element = compose.compose(tag, root, {"HedefListesi": parties}, "", problems)
    if given is None:
        del problems[known:]  # the same mistakes were found in the distribution itself
    else:
        problems[known:] = [
            type(item)(item.code, item.path.replace("HedefListesi", path, 1), item.message, item.rule)
            for item in problems[known:]
        ]
    return element


def _belge_imza(
    data: Mapping[str, Any], generation: Generation, problems: Problems, notes: list[str]
) -> etree._Element | None:
    if "BelgeImza" not in data:
        return None
    if generation is Generation.TWO:
        problems.add(
            "BUILD_GENERATION", "BelgeImza", "2.x pakette Belge İmza olmaz; imzacılar NihaiUstveri'dedir.",
            "EYP-BELGEIMZA-2X",
        )  # fmt: skip
        return None
    checks.signers(data["BelgeImza"], "BelgeImza", problems)
    for number, item in enumerate(checks.members(data["BelgeImza"], "Imza"), 1):
        if isinstance(item, Mapping) and "TCYK" not in item:
            notes.append(f"BelgeImza[{number}]: TCYK (T.C. Yönetici Kodu) verilmemiş.")
    known = len(problems)
    tag, root = shape.root("belgeimza", generation.value)
    element = compose.compose(tag, root, {"ImzaListesi": data["BelgeImza"]}, "", problems)
    problems[known:] = [
        type(item)(item.code, item.path.replace("ImzaListesi", "BelgeImza", 1), item.message, item.rule)
        for item in problems[known:]
    ]
    return element


def party(item: Mapping[str, Any]) -> dict[str, Any]:
    """The party of a distribution entry alone, as Belge Hedef has it."""
    return {name: item[name] for name in ("KurumKurulus", "GercekSahis", "TuzelSahis") if name in item}


def creator(olusturan: Mapping[str, Any]) -> str:
    """The core property ``creator`` of an Olusturan, rendered as the official writer does."""
    if institution := olusturan.get("KurumKurulus"):
        return "/".join(part for part in (_text(institution.get("Adi")), institution.get("KKK", "")) if part)
    if legal := olusturan.get("TuzelSahis"):
        identifier = legal.get("Id", {})
        return _text(legal.get("Adi")) or f"{identifier.get('schemeID', '')}:{identifier.get('deger', '')}"
    person = olusturan.get("GercekSahis", {})
    name = person.get("Kisi", {})
    full = " ".join(
        text for key in ("OnEk", "Unvan", "IlkAdi", "IkinciAdi", "Soyadi") if (text := _text(name.get(key)))
    )
    return ",".join(text for text in (_text(person.get("TCKN")), _text(person.get("Gorev")), full) if text)


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        value = value.get(compose.TEXT)
    return value.strip() if isinstance(value, str) else ""


def _flag(data: Mapping[str, Any], key: str, problems: Problems) -> bool:
    value = data.get(key, False)
    if not isinstance(value, bool):
        problems.add("BUILD_TYPE", key, "true ya da false olmalı.")
    return value is True


# From the typed model -------------------------------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """``value`` as mappings, lists and scalars of its own; nodes of :mod:`hub.package.model` by their wire names."""
    if isinstance(value, Node):
        found: dict[str, Any] = {}
        for item in fields(value):
            name, content = wire_name(item), getattr(value, item.name)
            if name and content is not None and content != ():
                found[name] = plain(content)
        return found
    if isinstance(value, Text):
        extras = {"schemeID": value.scheme_id, "languageID": value.language_id}
        given = {key: text for key, text in extras.items() if text is not None}
        if value.nil:
            return {compose.NIL: True}
        return {compose.TEXT: str(value), **given} if given else str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(content) for key, content in value.items()}
    if isinstance(value, list | tuple):
        return [plain(content) for content in value]
    return value if isinstance(value, str | int | float | bool | bytes | date) else copy.copy(value)
