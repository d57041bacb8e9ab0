"""``eyhub package show``: what a package is and holds, without judging it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from hub.errors import HubError
from hub.package import model
from hub.package.errors import printable
from hub.package.reader import Package, read_package
from hub.package.rules.parties import masked


class UnreadableFileError(HubError):
    """The file cannot be read."""

    code = "FILE"


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(file: Path, as_json: bool) -> None:
    """Show what a package is and holds. It is not judged: eyhub package validate does that."""
    try:
        with read_package(file) as package:
            data = describe(package)
    except OSError as error:
        raise UnreadableFileError(f"{file}: {error.strerror or type(error).__name__}") from None
    if as_json:
        click.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    for line in _lines(data):
        click.echo(line)


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


def _lines(data: dict[str, Any], indent: str = "") -> list[str]:
    lines: list[str] = []
    for key, value in data.items():
        if isinstance(value, dict):
            lines += [f"{indent}{key}:", *_lines(value, indent + "  ")]
        elif isinstance(value, list):
            if value:
                lines.append(f"{indent}{key}:")
            for item in value:
                shown = ", ".join(f"{k}={v}" for k, v in item.items() if v != "") if isinstance(item, dict) else item
                lines.append(f"{indent}  - {printable(str(shown), 500)}")
        elif value != "":
            lines.append(f"{indent}{key}: {printable(str(value), 500)}")
    return lines
