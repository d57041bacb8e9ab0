"""Rules of the catalogue that a schema cannot say, checked on a description before anything is written.

Each names its rule; severities are those of the catalogue in build mode. What a schema does say (order, occurrence,
types, code lists) is found by :mod:`hub.package.build.compose`.
"""

from __future__ import annotations

import difflib
import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hub.package.build import shape
from hub.package.build.compose import NIL, TEXT
from hub.package.build.problems import Problems
from hub.package.catalogue import catalogue
from hub.package.digest import ALGORITHMS
from hub.package.values import is_zero_duration
from hub.turkish import valid_tckn

NIL_GUID: Final = str(uuid.UUID(int=0))


# Reading data that may be anything --------------------------------------------------------------------------------


def table(data: Mapping[str, Any], key: str, problems: Problems) -> dict[str, Any]:
    """The table ``key``; an empty one after reporting that there is none."""
    found = data.get(key)
    if isinstance(found, dict):
        return found
    problems.add("BUILD_MISSING" if found is None else "BUILD_TYPE", key, f"{key} bir tablo olarak verilmeli.")
    return {}


def members(value: Any, name: str) -> list[Any]:
    """The members of a list element, given as an array or as a table with the members' own name."""
    if isinstance(value, Mapping):
        value = value.get(name)
        value = [value] if isinstance(value, Mapping) else value
    return value if isinstance(value, list) else []


def unknown_keys(data: Mapping[str, Any], known: set[str], path: str, problems: Problems) -> None:
    """Report every key that is not known, with the nearest that is."""
    for key in data:
        if key not in known:
            near = difflib.get_close_matches(key, sorted(known), 1, 0.6)
            hint = f"“{near[0]}” mi demek istediniz?" if near else f"Olabilecekler: {', '.join(sorted(known))}."
            problems.add("BUILD_UNKNOWN", f"{path}.{key}".lstrip("."), f"“{key}” bilinmiyor. {hint}")


def as_uuid(text: str) -> uuid.UUID:
    """The GUID; a fixed one where ``text`` is none (which is reported elsewhere)."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


def identify(item: dict[str, Any], fallback: uuid.UUID) -> str:
    """Give an Ek or İlgi its ``Id`` in upper case; the identifier."""
    given = item.get("Id", str(fallback))
    value = given.get("Value", str(fallback)) if isinstance(given, Mapping) else given
    value = str(value).upper()
    item["Id"] = {**given, "Value": value} if isinstance(given, Mapping) else {"Value": value}
    return value


def institutions(data: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every ``KurumKurulus`` anywhere in the description, with its path."""
    for key, value in data.items():
        here = f"{path}.{key}" if path else key
        if key == "KurumKurulus" and isinstance(value, dict):
            yield here, value
        elif isinstance(value, Mapping):
            yield from institutions(value, here)
        elif isinstance(value, list):
            for number, item in enumerate(value, 1):
                if isinstance(item, Mapping):
                    yield from institutions(item, f"{here}[{number}]")


# The rules ---------------------------------------------------------------------------------------------------------


def build_rules(
    data: Mapping[str, Any], ustveri: Mapping[str, Any], version: str, problems: Problems, notes: list[str]
) -> None:
    """Everything about an ``eyp`` that its schemas do not say."""
    _security(ustveri, version, problems)
    _identifiers(ustveri, problems)
    _language(ustveri, problems)
    _distribution(ustveri, problems)
    _attachments(ustveri, problems)
    _references(ustveri, problems)
    for place, kurum in institutions(data):
        _institution(kurum, place, problems)
    for place, key, value in _leaves(data, ""):
        _leaf(place, key, value, problems)
    for number, heysk in enumerate(members(ustveri.get("HeyskListesi"), "Heysk"), 1):
        if isinstance(heysk, Mapping) and re.fullmatch("-[0-9]+|0+", str(heysk.get("Kod"))):
            path = f"Ustveri.HeyskListesi[{number}].Kod"
            problems.add("BUILD_RULE", path, "Hizmet kodu sıfırdan büyük olmalı.", "EYP-HEYSK-KOD")
    _remarks(data, ustveri, version, notes)
    if version.startswith("2") and ustveri.get("GuvenlikKodu") in ("GZL", "CGZ"):
        notes.append("Gizli belge yalnız şifreli paket (eyps) içinde gönderilir.")


def _remarks(data: Mapping[str, Any], ustveri: Mapping[str, Any], version: str, notes: list[str]) -> None:
    """What the validator will only warn of."""
    address = ustveri.get("DogrulamaBilgisi")
    address = address.get("DogrulamaAdresi") if isinstance(address, Mapping) else address
    if isinstance(address, str) and not re.match("https?://", address.strip(), re.IGNORECASE):
        notes.append("Ustveri.DogrulamaBilgisi: http ya da https adresi değil. [EYP-USTVERI-DOGRULAMA-URL]")
    if version.startswith("1") and "BelgeImza" not in data:
        notes.append("BelgeImza verilmemiş; mühürlü 1.x paketinde imzacıları gösterir. [EYP-BELGEIMZA-REQUIRED]")
    pattern = catalogue()["EYP-SDP-KOD"].params["pattern"]
    for path, key, value in _leaves(ustveri.get("SdpBilgisi"), "Ustveri.SdpBilgisi"):
        if key == "Kod" and isinstance(value, str) and not re.fullmatch(pattern, value.strip()):
            notes.append(f"{path}: “{value[:80]}” dosya planı kodu biçiminde değil (000.00.00). [EYP-SDP-KOD]")


def _security(ustveri: Mapping[str, Any], version: str, problems: Problems) -> None:
    code = ustveri.get("GuvenlikKodu")
    if code == "OZL" and version.startswith("2"):
        problems.add(
            "BUILD_RULE", "Ustveri.GuvenlikKodu", "OZL kodu kaldırıldı; yeni pakette kullanılamaz.",
            "EYP-USTVERI-GUVENLIK-OZL",
        )  # fmt: skip


def _identifiers(ustveri: Mapping[str, Any], problems: Problems) -> None:
    guid = shape.simple("2.x", "ST_GUID")
    seen: dict[str, str] = {}
    for path, value in _guids(ustveri):
        if not guid.accepts(value):
            problems.add("BUILD_VALUE", path, f"“{value[:80]}” bir GUID değil.", "EYP-ID-GUID")
        elif value.lower() == NIL_GUID:
            problems.add("BUILD_RULE", path, "Sıfırlardan oluşan GUID kullanılamaz.", "EYP-USTVERI-BELGEID")
        elif (other := seen.setdefault(value.lower(), path)) != path:
            problems.add("BUILD_DUPLICATE", path, f"Aynı kimlik {other} içinde de var.", "EYP2-K61")


def _guids(ustveri: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Ustveri.BelgeId", str(ustveri.get("BelgeId", ""))
    for container, name in (("Ekler", "Ek"), ("Ilgiler", "Ilgi")):
        for number, item in enumerate(members(ustveri.get(container), name), 1):
            if isinstance(item, Mapping) and isinstance(item.get("Id"), Mapping):
                yield f"Ustveri.{container}[{number}].Id", str(item["Id"].get("Value", ""))


def _language(ustveri: Mapping[str, Any], problems: Problems) -> None:
    code = ustveri.get("Dil")
    if isinstance(code, str) and not (len(code) == 3 and code.isascii() and code.isalpha() and code.islower()):
        problems.add(
            "BUILD_VALUE", "Ustveri.Dil", "Dil üç küçük harfli ISO 639-3 kodu olmalı (tur).", "EYP-USTVERI-DIL"
        )


def _distribution(ustveri: Mapping[str, Any], problems: Problems) -> None:
    kinds = {
        item["Id"].get("Value"): item.get("Tur")
        for item in members(ustveri.get("Ekler"), "Ek")
        if isinstance(item, Mapping) and isinstance(item.get("Id"), Mapping)
    }
    for number, item in enumerate(members(ustveri.get("DagitimListesi"), "Dagitim"), 1):
        if not isinstance(item, Mapping):
            continue
        path = f"Ustveri.DagitimListesi[{number}]"
        term = item.get("Miat")
        if item.get("Ivedilik") == "GNL" and (term is None or (isinstance(term, str) and is_zero_duration(term))):
            problems.add("BUILD_RULE", f"{path}.Miat", "Günlü (GNL) dağıtımda süre verilmeli.", "EYP-DAGITIM-GNL-MIAT")
        if isinstance(term, str) and term.lstrip().startswith("-"):
            problems.add("BUILD_VALUE", f"{path}.Miat", "Süre eksi olamaz.")
        if item.get("Ivedilik") == "CIV":
            problems.add("BUILD_RULE", f"{path}.Ivedilik", "CIV kodu 1.2'de kaldırıldı.", "EYP-DAGITIM-CIV")
        withheld = [one.get("EkId") for one in members(item.get("KonulmamisEkListesi"), "KonulmamisEk")]
        for place, one in enumerate(withheld, 1):
            where = f"{path}.KonulmamisEkListesi[{place}]"
            if kinds.get(one, "DED") != "DED":
                problems.add(
                    "BUILD_RULE", where, "Yalnız DED türündeki ek konulmamış olabilir.", "EYP-DAGITIM-KONULMAMIS-DED"
                )
            if one in withheld[: place - 1]:
                problems.add("BUILD_DUPLICATE", where, "Ek iki kez yazılmış.", "EYP-DAGITIM-KONULMAMIS-DUP")


def _attachments(ustveri: Mapping[str, Any], problems: Problems) -> None:
    numbers: set[object] = set()
    for number, item in enumerate(members(ustveri.get("Ekler"), "Ek"), 1):
        if not isinstance(item, Mapping):
            continue
        path = f"Ustveri.Ekler[{number}]"
        kind, order = item.get("Tur"), item.get("SiraNo")
        if isinstance(order, int) and order < 1:
            problems.add("BUILD_RULE", f"{path}.SiraNo", "Sıra numarası en az 1 olmalı.", "EYP-EK-SIRANO")
        if order is not None and order in numbers:
            problems.add("BUILD_DUPLICATE", f"{path}.SiraNo", f"{order} başka bir ekte de var.", "EYP-EK-SIRANO-UNIQUE")
        numbers.add(order if isinstance(order, int | str) else None)
        if kind == "HRF" and "Referans" not in item:
            problems.add("BUILD_MISSING", f"{path}.Referans", "HRF ekin adresi verilmeli.", "EYP2-K19-HRF")
        if kind in ("HRF", "FZK") and item.get("ImzaliMi") is True:
            problems.add("BUILD_RULE", f"{path}.ImzaliMi", f"{kind} türündeki ek imzalı olamaz.", "EYP-EK-HRF-IMZALI")
        digest = item.get("Ozet")
        method = digest.get("OzetAlgoritmasi") if isinstance(digest, Mapping) else None
        method = method.get("Algorithm") if isinstance(method, Mapping) else method
        if isinstance(method, str) and ALGORITHMS.get(method) not in ("sha256", "sha384", "sha512"):
            path = f"{path}.Ozet.OzetAlgoritmasi"
            problems.add("BUILD_RULE", path, "SHA-256, SHA-384 ya da SHA-512 olmalı.", "EYP-EK-OZET-ALG")


def _references(ustveri: Mapping[str, Any], problems: Problems) -> None:
    labels: set[str] = set()
    for number, item in enumerate(members(ustveri.get("Ilgiler"), "Ilgi"), 1):
        label = item.get("Etiket") if isinstance(item, Mapping) else None
        if isinstance(label, str):
            if label.casefold() in labels:
                path = f"Ustveri.Ilgiler[{number}].Etiket"
                problems.add("BUILD_DUPLICATE", path, f"“{label}” başka bir ilgide de var.", "EYP-ILGI-ETIKET-UNIQUE")
            labels.add(label.casefold())


def _institution(kurum: Mapping[str, Any], path: str, problems: Problems) -> None:
    number = kurum.get("KKK")
    if isinstance(number, str) and not shape.simple("2.x", "ST_KKK").accepts(number):
        problems.add(
            "BUILD_VALUE", f"{path}.KKK", f"“{number[:80]}” bir sekiz haneli DETSİS numarası değil.", "EYP-KKK-FORMAT"
        )
    if "BYK" in kurum:
        problems.add("BUILD_RULE", f"{path}.BYK", "BYK 1.2'de kaldırıldı.", "EYP-KKK-BYK")


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str, Any]]:
    items: Any = value.items() if isinstance(value, Mapping) else ()
    for key, content in items:
        here = f"{path}.{key}" if path else key
        yield here, key, content
        if isinstance(content, list):
            for number, item in enumerate(content, 1):
                yield from _leaves(item, f"{here}[{number}]")
        else:
            yield from _leaves(content, here)


def _leaf(path: str, key: str, value: Any, problems: Problems) -> None:
    if key == "TCKN" and isinstance(value, str) and not valid_tckn(value):
        problems.add("BUILD_VALUE", path, "T.C. kimlik numarası değil.", "EYP-TCKN-CHECKSUM")
    is_identifier = key == "OzId" or (key == "Id" and path.endswith("TuzelSahis.Id"))
    if is_identifier and not (isinstance(value, Mapping) and (value.get("schemeID") or value.get(NIL))):
        rule = "EYP2-K19-OZID" if key == "OzId" else "EYP-TUZEL-ID"
        problems.add("BUILD_MISSING", path, f"{{ {TEXT} = …, schemeID = … }} olarak verilmeli.", rule)


def signers(value: Any, path: str, problems: Problems) -> None:
    """Rules on the list of signers: at least one."""
    if not members(value, "Imza"):
        problems.add("BUILD_MISSING", path, "En az bir imzacı verilmeli.", "EYP2-K85-IMZA")


def guid(value: Any, path: str, problems: Problems) -> str:
    """``value`` as a GUID in upper case; a placeholder after reporting that it is none."""
    text = str(value).upper()
    if not shape.simple("2.x", "ST_GUID").accepts(text) or text == NIL_GUID:
        problems.add("BUILD_VALUE", path, f"“{text[:80]}” bir GUID değil.", "EYP-CORE-IDENTIFIER-GUID")
        return str(uuid.UUID(int=1)).upper()
    return text


def updates(value: Any, problems: Problems) -> list[Any]:
    """The updates of an ``eypg``, checked beyond their schema; identifiers in upper case."""
    found = members(value, "Guncellemeler")
    if not found:
        problems.add("BUILD_MISSING", "GuncellemeBilgisi", "En az bir güncelleme verilmeli.", "EYP-EYPG-BILGI-LIST")
    for number, item in enumerate(found, 1):
        body = item.get("GuvenlikKoduDegisiklikBilgisi") if isinstance(item, Mapping) else None
        if isinstance(item, dict) and isinstance(body, list) and len(body) == 1:
            body = item["GuvenlikKoduDegisiklikBilgisi"] = body[0]  # the reader's model keeps what is there too often
        if not isinstance(body, dict):
            continue
        path = f"GuncellemeBilgisi[{number}].GuvenlikKoduDegisiklikBilgisi"
        if body.get("YeniGizlilikDerecesi") == "OZL":
            problems.add("BUILD_RULE", f"{path}.YeniGizlilikDerecesi", "OZL kodu kaldırıldı.", "EYP-EYPG-KOD-OZL")
        if "KomisyonKarariBelgeId" in body:
            where = f"{path}.KomisyonKarariBelgeId"
            body["KomisyonKarariBelgeId"] = guid(body["KomisyonKarariBelgeId"], where, problems)
    return found


def new_codes(value: Any) -> list[str]:
    """The security codes that updates set, in order."""
    bodies = [item.get("GuvenlikKoduDegisiklikBilgisi") for item in value if isinstance(item, Mapping)]
    return [str(body.get("YeniGizlilikDerecesi")) for body in bodies if isinstance(body, Mapping)]
