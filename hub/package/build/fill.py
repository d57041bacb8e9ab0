"""What a description leaves to the registry (``kayittan = true``): names, contact data, codes' names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from hub.package.build import checks
from hub.package.build.directory import Directory
from hub.package.build.problems import Problems
from hub.package.parts import Generation

NUMBER: Final = re.compile(r"[1-9][0-9]{7}")


def fill(
    directory: Directory | None, data: dict[str, Any], generation: Generation, at: datetime, problems: Problems
) -> None:
    """Fill in what the registry knows as of ``at`` and the description leaves out; what it says is kept."""
    if directory is None:
        problems.add("BUILD_REGISTRY", "kayittan", "Kayıttan istenmiş, ama bir kayıt bağlı değil (--data).")
        return
    for path, kurum in checks.institutions(data):
        _institution(directory, kurum, path, generation, at, problems)
    ustveri = data.get("Ustveri")
    if isinstance(ustveri, dict):
        _codes(directory, ustveri, at, problems)


def _institution(
    directory: Directory, kurum: dict[str, Any], path: str, generation: Generation, at: datetime, problems: Problems
) -> None:
    birim = kurum.pop("birim", None)
    key = "birim" if birim is not None else "KKK"
    number = birim if birim is not None else kurum.get("KKK")
    if not isinstance(number, str) or not NUMBER.fullmatch(number):
        if birim is not None:
            problems.add("BUILD_VALUE", f"{path}.birim", "Sekiz haneli DETSİS numarası olmalı.", "EYP-KKK-FORMAT")
            kurum.setdefault("KKK", "10000000")  # so that only this mistake is reported
        return
    found = directory.institution(number, at)
    if found is None:
        problems.add("BUILD_REGISTRY", f"{path}.{key}", f"{number} kayıtta yok ya da o tarihte etkin değil.")
        kurum.setdefault("KKK", number)
        return
    if birim is None and found["KKK"] != number:
        text = f"{number} bir kurum değil, {found['KKK']} kurumunun birimi; “birim” olarak verin."
        problems.add("BUILD_REGISTRY", f"{path}.KKK", text)
        return
    for name, value in _fitting(found, generation).items():
        kurum.setdefault(name, value)


def _fitting(found: Mapping[str, Any], generation: Generation) -> dict[str, Any]:
    """Without what generation 1 has no place for."""
    facts = dict(found)
    if generation is Generation.ONE:
        facts.pop("BirimKKK", None)
        contact = {name: text for name, text in facts.pop("IletisimBilgisi", {}).items() if name != "KepAdresi"}
        if contact:
            facts["IletisimBilgisi"] = contact
    return facts


def _codes(directory: Directory, ustveri: Mapping[str, Any], at: datetime, problems: Problems) -> None:
    sender = ustveri.get("Olusturan")
    sender = sender.get("KurumKurulus") if isinstance(sender, Mapping) else None
    number = str(sender.get("KKK", "")) if isinstance(sender, Mapping) else ""
    sdp = ustveri.get("SdpBilgisi")
    places: list[tuple[str, Any]] = []
    if isinstance(sdp, Mapping):
        places.append(("Ustveri.SdpBilgisi.AnaSdp", sdp.get("AnaSdp")))
        others = checks.members(sdp.get("DigerSdpler"), "SdpListesi")
        places += [(f"Ustveri.SdpBilgisi.DigerSdpler[{place}]", item) for place, item in enumerate(others, 1)]
    for path, item in places:
        if isinstance(item, dict) and "Ad" not in item and isinstance(item.get("Kod"), str):
            known = NUMBER.fullmatch(number)
            _name(item, directory.file_plan_name(number, item["Kod"], at) if known else None, path, problems)
    for place, item in enumerate(checks.members(ustveri.get("HeyskListesi"), "Heysk"), 1):
        if isinstance(item, dict) and "Ad" not in item and isinstance(item.get("Kod"), int):
            _name(item, directory.service_name(item["Kod"], at), f"Ustveri.HeyskListesi[{place}]", problems)


def _name(item: dict[str, Any], name: str | None, path: str, problems: Problems) -> None:
    if name is None:
        problems.add("BUILD_REGISTRY", f"{path}.Kod", f"{item['Kod']} kayıtta yok.")
        item["Ad"] = str(item["Kod"])
    else:
        item["Ad"] = name
