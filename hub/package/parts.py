"""The components of a package: their relationship names, fixed places, roots and models (format of 1.x and 2.x)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hub.package import model
from hub.package.node import Node

NS: Final = "urn:dpt:eyazisma:schema:xsd:"


class Kind(StrEnum):
    """What a package is for; the value is also its file extension."""

    EYP = "eyp"
    EYPS = "eyps"
    EYPG = "eypg"


class Generation(StrEnum):
    """The two families of vocabularies."""

    ONE = "1.x"
    TWO = "2.x"


@dataclass(frozen=True, slots=True)
class Component:
    """One kind of part."""

    name: str
    """Name of its relationship, in the exact spelling."""
    path: str = ""
    """Its fixed part name; empty where the file name is free."""
    relationship_id: str = ""
    content_type: str = "application/xml"
    source: str = "/"
    """Part name of the relationship's source."""
    roots: Mapping[Generation, tuple[str, str]] | None = None
    """Generation → local name and namespace of the root element."""
    model: type[Node] | None = None


def _both(name: str, two: str = "", suffix: str = "") -> dict[Generation, tuple[str, str]]:
    suffix = suffix or name
    return {Generation.ONE: (name, f"{NS}{suffix}-1"), Generation.TWO: (two or name, f"{NS}{suffix}-2")}


def _two(name: str, suffix: str) -> dict[Generation, tuple[str, str]]:
    return {Generation.TWO: (name, f"{NS}{suffix}-2")}


OCTETS: Final = "application/octet-stream"
ENCRYPTED: Final = "application/pkcs7-mime"
ZIPPED: Final = "application/x-zip-compressed"

PAKET_OZETI: Final = "/PaketOzeti/PaketOzeti.xml"
NIHAI_OZET: Final = "/NihaiOzet/NihaiOzet.xml"
PARAF_OZETI: Final = "/ParafOzeti/ParafOzeti.xml"

_BILGI: Final = {
    Generation.ONE: ("SifreliIcerikBilgisi", f"{NS}SifreliIcerikBilgisi-1"),
    Generation.TWO: ("SifreliIcerikBilgisi", f"{NS}Tipler-2"),
}

COMPONENTS: Final[Mapping[str, Component]] = {
    item.name.lower(): item
    for item in (
        Component("ustyazi", "", "IdUstYazi", ""),
        Component(
            "ustveri", "/Ustveri/Ustveri.xml", "IdUstveri",
            roots=_both("Ustveri", "UstVeri"), model=model.Ustveri,
        ),
        Component(
            "nihaiustveri", "/NihaiUstveri/NihaiUstveri.xml", "IdNihaiUstveri",
            roots=_two("NihaiUstVeri", "NihaiUstveri"), model=model.NihaiUstveri,
        ),
        Component(
            "belgehedef", "/BelgeHedef/BelgeHedef.xml", "IdBelgeHedef",
            roots=_both("BelgeHedef"), model=model.BelgeHedef,
        ),
        Component(
            "belgeimza", "/Imzalar/BelgeImza.xml", "IdBelgeImza",
            roots={Generation.ONE: ("BelgeImza", f"{NS}BelgeImza-1")}, model=model.BelgeImza,
        ),
        Component(
            "parafozeti", PARAF_OZETI, "IdParafOzeti",
            roots=_two("ParafOzeti", "ParafOzeti"), model=model.OzetBelgesi,
        ),
        Component("parafimzacades", "/Paraflar/ParafImzaCades.imz", "IdParafImzaCades", OCTETS, PARAF_OZETI),
        Component("paketozeti", PAKET_OZETI, "IdPaketOzeti", roots=_both("PaketOzeti"), model=model.OzetBelgesi),
        Component("imzacades", "/Imzalar/ImzaCades.imz", "IdImzaCades", OCTETS, PAKET_OZETI),
        Component("nihaiozet", NIHAI_OZET, "IdNihaiOzet", roots=_both("NihaiOzet"), model=model.OzetBelgesi),
        Component("muhurcades", "/Muhur/MuhurCades.imz", "IdMuhurCades", OCTETS, NIHAI_OZET),
        Component("ek", "", "IdEk_", ""),
        Component("imzasizEk", "", "IdImzasizEk_", ""),
        Component("sifreliicerik", "", "IdSifreliIcerik", ENCRYPTED),
        Component(
            "sifreliicerikbilgisi", "/SifreliIcerikBilgisi/SifreliIcerikBilgisi.xml", "IdSifreliIcerikBilgisi",
            roots=_BILGI, model=model.SifreliIcerikBilgisi,
        ),
        Component(
            "guncellemebilgisi", "/GuncellemeBilgisi/GuncellemeBilgisi.xml", "IdGuncellemeBilgisi",
            roots=_two("GuncellemeBilgisi", "Tipler"), model=model.GuncellemeBilgisi,
        ),
        Component("orijinalpaket", "", "IdOrijinalPaket", ZIPPED),
        Component("arsivozellikleri", "/Arsiv/ArsivOzellikleri.xml", "", ""),
    )
}  # fmt: skip
"""By relationship name in lower case."""

MUHUR_1X: Final = "/Muhurler/MuhurCades.imz"
"""Where generation 1 keeps its seal; the place of generation 2 is read as well."""
