"""What a package is and holds, as plain data for people; nothing is judged."""

from __future__ import annotations

from typing import Any

from hub.package import model
from hub.package.people import masked
from hub.package.reader import Package


def describe(package: Package) -> dict[str, Any]:
    """The package as plain data. Numbers of persons are masked."""
    ustveri = package.ustveri
    data: dict[str, Any] = {
        "file": package.name,
        "kind": package.kind.value,
        "generation": package.generation.value,
        "version": package.version,
        "evidence": [f"{item.place}: {item.value} → {item.says}" for item in package.evidence],
    }
    if ustveri:
        data |= {
            "belge_id": (ustveri.belge_id or "").strip(),
            "konu": " ".join((ustveri.konu or "").split()),
            "belge_no": (package.belge_no or "").strip(),
            "tarih": (package.tarih or "").strip(),
            "guvenlik_kodu": (ustveri.guvenlik_kodu or "").strip(),
            "olusturan": _party(ustveri.olusturan) if ustveri.olusturan else "",
            "dagitim": [
                {
                    "muhatap": _party(item),
                    "ivedilik": (item.ivedilik or "").strip(),
                    "tur": (item.dagitim_turu or "").strip(),
                    "konulmamis_ekler": [(ek.ek_id or "").strip() for ek in item.konulmamis],
                }
                for item in ustveri.dagitimlar
            ],
            "ekler": [
                {
                    "id": ek.ek_id,
                    "tur": (ek.tur or "").strip(),
                    "ad": (ek.ad or ek.dosya_adi or ek.referans or "").strip(),
                    "imzali": ek.imzali,
                }
                for ek in ustveri.ek_listesi
            ],
            "ilgiler": [
                {"etiket": (item.etiket or "").strip(), "belge_no": (item.belge_no or "").strip()}
                for item in ustveri.ilgi_listesi
            ],
        }
    elif package.core:
        data["identifier"] = (package.core.identifier or "").strip()
    if package.belge_hedef:
        data["hedefler"] = [_party(item) for item in package.belge_hedef.hedefler]
    data["imzalar"] = [_signer(item) for item in package.signers]
    data["parts"] = [
        {"name": name, "content_type": package.opc.content_type(name) or "", "size": entry.size}
        for name, entry in sorted(package.opc.parts.items())
    ]
    if package.damaged:
        data["damaged"] = {name: error.code for name, error in sorted(package.damaged.items())}
    return data


def _party(party: model.Taraf) -> str:
    for item in party.parties:
        if isinstance(item, model.KurumKurulus):
            return f"{item.adi or ''} ({item.kkk or ''})".strip()
        if isinstance(item, model.TuzelSahis):
            return f"{item.adi or ''} ({item.id.scheme_id if item.id else ''} {item.id or ''})".strip()
        return _person(item)
    return ""


def _person(person: model.GercekSahis) -> str:
    name = person.kisi.full_name if person.kisi else ""
    return f"{name} {masked(person.tckn)}".strip()


def _signer(imza: model.Imza) -> dict[str, str]:
    return {
        "imzalayan": _person(imza.imzalayan) if imza.imzalayan else "",
        "makam": (imza.makam or "").strip(),
        "amac": (imza.amac or "").strip(),
        "tcyk": (imza.tcyk or "").strip(),
    }
