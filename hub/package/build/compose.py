"""From plain data to the XML of a part, in the order that the schema gives.

The data is what TOML, JSON or a caller writes: mappings whose keys are wire names, lists, scalars. Short forms:

- a list element (``Ekler``, ``DagitimListesi`` …) may be given as the array of its members;
- an element with one simple child (``DogrulamaBilgisi``, a ``KonulmamisEk``) may be given as that child's value;
- an element of attributes only (``Id``, ``OzetAlgoritmasi``) may be given as the value of its first attribute;
- text with attributes is either the text, or a mapping of ``deger`` and the attributes (``schemeID``, ``languageID``);
- ``{nil = true}`` (in JSON also ``null``) writes ``xsi:nil`` where the schema allows it.
"""

from __future__ import annotations

import base64
import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any, Final

from lxml import etree

from hub.clock import TURKIYE
from hub.package.build.problems import Problems
from hub.package.build.shape import Child, Shape, Simple

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
TIPLER: Final = "urn:dpt:eyazisma:schema:xsd:Tipler-"
TEXT: Final = "deger"
NIL: Final = "nil"
BOM: Final = b"\xef\xbb\xbf"


def compose(tag: str, shape: Shape, value: Any, path: str, problems: Problems) -> etree._Element:
    """The root element ``tag`` of ``shape`` from ``value``; mistakes go to ``problems`` with paths under ``path``."""
    namespace = etree.QName(tag).namespace or ""
    shared = TIPLER + namespace.rpartition("-")[2]
    prefixes: dict[str | None, str] = {"tipler": shared} if namespace == shared else {None: namespace, "tipler": shared}
    if "Ozet" in namespace:
        prefixes = {None: namespace}
    root = etree.Element(tag, nsmap=prefixes)  # type: ignore[arg-type]  # None is the default namespace
    _fill(root, shape, value, path, problems)
    return root


def to_bytes(root: etree._Element, *, bom: bool = True) -> bytes:
    """The part's bytes: UTF-8, indented, CRLF line ends, as the parts of the field are; a byte order mark if wanted."""
    etree.indent(root, "  ")
    text = etree.tostring(root, encoding="unicode").replace("\r", "&#13;").replace("\n", "\r\n")
    return (BOM if bom else b"") + b'<?xml version="1.0" encoding="utf-8"?>\r\n' + text.encode()


def _fill(element: etree._Element, shape: Shape, value: Any, path: str, problems: Problems) -> None:
    is_list = isinstance(value, Sequence) and not isinstance(value, str | bytes)
    if shape.text is not None:
        _fill_text(element, shape, shape.text, value, path, problems)
    elif not shape.children:
        _fill_attributes(element, shape, value, path, problems)
    elif shape.items is not None and is_list:
        _fill_list(element, shape.items, value, path, problems)
    elif isinstance(value, Mapping):
        _fill_children(element, shape, value, path, problems)
    elif len(shape.children) == 1 and shape.children[0].shape.text is not None and not shape.items and not is_list:
        _append(element, shape.children[0], value, path, problems)
    else:
        kind = "dizi" if shape.items else "tablo"
        problems.add("BUILD_TYPE", path, f"{_name(element)} bir {kind} olmalı.")


def _fill_text(
    element: etree._Element, shape: Shape, simple: Simple, value: Any, path: str, problems: Problems
) -> None:
    if isinstance(value, Mapping):
        known = {attribute.name: attribute for attribute in shape.attributes}
        for key in value:
            if key not in known and key != TEXT:
                _unknown(key, [TEXT, *known], path, problems)
        for name, attribute in known.items():
            if name in value and (text := scalar(value[name], attribute.type, f"{path}.{name}", problems)) is not None:
                element.set(name, text)
        if TEXT not in value:
            problems.add("BUILD_MISSING", f"{path}.{TEXT}", "Metin verilmemiş.")
            return
        path, value = f"{path}.{TEXT}", value[TEXT]
    if (text := scalar(value, simple, path, problems)) is not None:
        element.text = text


def _fill_attributes(element: etree._Element, shape: Shape, value: Any, path: str, problems: Problems) -> None:
    if not isinstance(value, Mapping):
        value = {shape.attributes[0].name: value}
    for key in value:
        if key not in {attribute.name for attribute in shape.attributes}:
            _unknown(key, [attribute.name for attribute in shape.attributes], path, problems)
    _set_attributes(element, shape, value, path, problems)


def _set_attributes(
    element: etree._Element, shape: Shape, value: Mapping[str, Any], path: str, problems: Problems
) -> None:
    for attribute in shape.attributes:
        if attribute.name in value:
            text = scalar(value[attribute.name], attribute.type, f"{path}.{attribute.name}".lstrip("."), problems)
            if text is not None:
                element.set(attribute.name, text)
        elif attribute.required:
            problems.add("BUILD_MISSING", f"{path}.{attribute.name}".lstrip("."), "Verilmemiş.")


def _fill_list(element: etree._Element, items: Child, values: Sequence[Any], path: str, problems: Problems) -> None:
    if len(values) < max(items.least, 1):
        problems.add(
            "BUILD_EMPTY", path, f"{_name(element)} boş olamaz; üyesi yoksa yazmayın.", "EYP-USTVERI-EMPTYLIST"
        )
    for number, value in enumerate(values, 1):
        _append(element, items, value, f"{path}[{number}]", problems)


def _fill_children(
    element: etree._Element, shape: Shape, value: Mapping[str, Any], path: str, problems: Problems
) -> None:
    names = list(dict.fromkeys(child.name for child in shape.children))
    _set_attributes(element, shape, value, path, problems)
    known = names + [attribute.name for attribute in shape.attributes]
    for key in value:
        if key not in known:
            _unknown(key, known, path, problems)
    done: set[int] = set()
    for child in shape.children:
        if child.choice is not None and child.choice not in done:
            done.add(child.choice)
            _check_choice([c for c in shape.children if c.choice == child.choice], value, path, problems)
    for name in names:
        particles = [child for child in shape.children if child.name == name]
        first, here = particles[0], f"{path}.{name}".lstrip(".")
        if name not in value:
            if first.choice is None and first.least:
                problems.add("BUILD_MISSING", here, f"{name} verilmemiş.")
            continue
        given = value[name]
        is_list = isinstance(given, Sequence) and not isinstance(given, str | bytes)
        if len(particles) > 1:
            given = given if is_list else [given]
            if len(given) != len(particles):
                problems.add("BUILD_TYPE", here, f"{name} tam {len(particles)} kez olmalı.")
            for number, item in enumerate(given, 1):
                _append(element, first, item, f"{here}[{number}]", problems)
        elif first.most != 1 and is_list:
            _fill_list(element, first, given, here, problems)
        else:
            _append(element, first, given, here, problems)


def _check_choice(alternatives: list[Child], value: Mapping[str, Any], path: str, problems: Problems) -> None:
    names = [child.name for child in alternatives]
    given = [name for name in names if name in value]
    if len(given) != 1:
        found = f"{' ve '.join(given)} birlikte verilmiş" if given else "hiçbiri verilmemiş"
        problems.add("BUILD_CHOICE", path, f"{', '.join(names)} öğelerinden tam biri olmalı; {found}.")


def _append(parent: etree._Element, child: Child, value: Any, path: str, problems: Problems) -> None:
    element = etree.SubElement(parent, child.tag)
    if value is None or (isinstance(value, Mapping) and value.get(NIL) is True):
        if child.nillable:
            element.set(f"{{{XSI}}}nil", "true")
        else:
            problems.add("BUILD_NIL", path, f"{child.name} boş (nil) olamaz.")
        return
    _fill(element, child.shape, value, path, problems)


def _unknown(key: str, names: list[str], path: str, problems: Problems) -> None:
    near = difflib.get_close_matches(key, names, 1, 0.6)
    hint = f"“{near[0]}” mi demek istediniz?" if near else f"Olabilecekler: {', '.join(names)}."
    problems.add("BUILD_UNKNOWN", f"{path}.{key}".lstrip("."), f"“{key}” bilinmiyor. {hint}")


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


# Scalars ------------------------------------------------------------------------------------------------------------


def scalar(value: Any, simple: Simple, path: str, problems: Problems) -> str | None:
    """``value`` as text of the simple type; None after reporting why it is none."""
    text = _WRITERS.get(simple.base, _write_text)(value)
    if text is None:
        kind = _KINDS.get(simple.base, "metin")
        problems.add("BUILD_TYPE", path, f"{kind} olmalı, {_kind_of(value)} verilmiş.")
        return None
    if not writable(text, path, problems):
        return None
    if simple.codes and text not in simple.codes:
        problems.add("BUILD_CODE", path, f"“{text[:80]}” kod listesinde yok: {', '.join(simple.codes)}.")
        return None
    if not simple.accepts(text):
        shown = "Değer" if simple.name == "ST_TCKN" else f"“{text[:80]}”"
        problems.add("BUILD_VALUE", path, f"{shown} bir {_KINDS.get(simple.name, simple.name)} değil.")
        return None
    return text


def writable(text: str, path: str, problems: Problems) -> bool:
    """Whether ``text`` can stand in an element; what hinders it goes to ``problems``."""
    if not text.strip():
        problems.add("BUILD_BLANK", path, "Boş metin yazılamaz; öğe gerekmiyorsa yazmayın.", "EYP-TEXT-BLANK")
        return False
    if _UNWRITABLE.search(text):
        problems.add("BUILD_CHARACTER", path, "XML'de yazılamayan bir denetim karakteri içeriyor.")
        return False
    return True


_UNWRITABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_KINDS: Final[Mapping[str, str]] = {
    "dateTime": "tarih-saat",
    "boolean": "true ya da false",
    "int": "tam sayı",
    "duration": "süre (örneğin P3D)",
    "base64Binary": "base64",
    "ST_GUID": "GUID",
    "ST_KKK": "sekiz haneli DETSİS numarası",
    "ST_TCKN": "on bir haneli T.C. kimlik numarası",
    "ST_OzetDegeri": "base64",
    "language": "dil kodu",
    "anyURI": "adres (URI)",
}


def _kind_of(value: Any) -> str:
    names = ((bool, "true/false"), (int, "sayı"), (float, "sayı"), (str, "metin"), (Mapping, "tablo"), (date, "tarih"))
    return next((name for kind, name in names if isinstance(value, kind)), "dizi")


def _write_text(value: Any) -> str | None:
    return str(value) if isinstance(value, str) else None


def _write_boolean(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value in ("true", "false") else None


def _write_int(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value) else None


def _write_duration(value: Any) -> str | None:
    if isinstance(value, timedelta):
        seconds = value // timedelta(seconds=1)
        return f"P{seconds // 86400}D" if seconds % 86400 == 0 else f"PT{seconds}S"
    return value if isinstance(value, str) else None


def _write_base64(value: Any) -> str | None:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value if isinstance(value, str) else None


_EXACT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def _write_instant(value: Any) -> str | None:
    if isinstance(value, str):
        try:
            parsed = datetime.fromisoformat(value)
        except ValueError:
            return None
        if _EXACT.fullmatch(value):
            return value  # with all its digits: other writers give seven of a second
        value = parsed
    return instant(value) if isinstance(value, date) else None


def instant(value: date) -> str:
    """``value`` as xsd:dateTime with its offset; without one it is Türkiye's time, a date without time is midnight."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if value.tzinfo is None:
        value = value.replace(tzinfo=TURKIYE)
    if (offset := value.utcoffset()) and offset % timedelta(minutes=1):
        # before 1910 Türkiye's clocks kept the sun's time, with seconds that xsd:dateTime cannot say
        value = value.replace(tzinfo=timezone(timedelta(minutes=offset // timedelta(minutes=1))))
    # a fold-aware offset of the zone, but written without the zone's name
    return value.isoformat().replace("+00:00", "Z") if value.tzinfo is UTC else value.isoformat()


_WRITERS: Final[Mapping[str, Callable[[Any], str | None]]] = {
    "boolean": _write_boolean,
    "int": _write_int,
    "duration": _write_duration,
    "base64Binary": _write_base64,
    "dateTime": _write_instant,
}
