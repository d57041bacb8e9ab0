"""Rules on the distribution list (Dağıtım)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hub.package.catalogue import catalogue
from hub.package.model import Dagitim
from hub.package.rules.base import Bag, Problem, at, blank, rule
from hub.package.values import is_duration, is_zero_duration


def _entries(bag: Bag) -> Iterator[tuple[str, Dagitim]]:
    ustveri = bag.p.ustveri
    for dagitim in ustveri.dagitimlar if ustveri else ():
        yield bag.p.part("ustveri") or "", dagitim


@rule("EYP-DAGITIM-TARAF", needs="ustveri")
def party(bag: Bag) -> Iterator[Problem]:
    for part, item in _entries(bag):
        if len(item.parties) != 1:
            yield at(part, item, len(item.parties), "1")


@rule("EYP-DAGITIM-IVEDILIK", needs="ustveri")
def urgency(bag: Bag) -> Iterator[Problem]:
    codes = catalogue()["EYP-DAGITIM-IVEDILIK"].params[bag.p.generation]
    for part, item in _entries(bag):
        if (item.ivedilik or "").strip() not in codes:
            yield at(part, item.ivedilik or item, item.ivedilik, ", ".join(codes))


@rule("EYP-DAGITIM-CIV", needs="ustveri")
def urgency_withdrawn(bag: Bag) -> Iterator[Problem]:
    for part, item in _entries(bag):
        if (item.ivedilik or "").strip() == "CIV":
            yield at(part, item.ivedilik, "CIV", "IVD")


@rule("EYP-DAGITIM-TURU", needs="ustveri")
def purpose(bag: Bag) -> Iterator[Problem]:
    for part, item in _entries(bag):
        if (item.dagitim_turu or "").strip() not in ("GRG", "BLG"):
            yield at(part, item.dagitim_turu or item, item.dagitim_turu, "GRG, BLG")


@rule("EYP-DAGITIM-MIAT", needs="ustveri")
def term(bag: Bag) -> Iterator[Problem]:
    for part, item in _entries(bag):
        value = item.miat
        if blank(value) or is_duration(value):
            continue
        # a count of ticks is a known deviation of one writer: named, but no reason to refuse a letter
        ticks = re.fullmatch(r"-?[0-9]{1,19}", (value or "").strip())
        yield at(part, value, value, "xsd:duration", severity="warning" if ticks else None)


@rule("EYP-DAGITIM-GNL-MIAT", needs="ustveri")
def dated(bag: Bag) -> Iterator[Problem]:
    for part, item in _entries(bag):
        if (item.ivedilik or "").strip() == "GNL" and (
            blank(item.miat) or is_zero_duration(item.miat) or (item.miat or "").strip() == "0"
        ):
            yield at(part, item.miat or item, item.miat, "PnD")


@rule("EYP-DAGITIM-KONULMAMIS-ID", needs="ustveri")
def withheld_id(bag: Bag) -> Iterator[Problem]:
    for part, item in _entries(bag):
        for withheld in item.konulmamis:
            if blank(withheld.ek_id):
                yield at(part, withheld, withheld.ek_id, "GUID")


@rule("EYP-DAGITIM-KONULMAMIS-DED", needs="ustveri")
def withheld_kind(bag: Bag) -> Iterator[Problem]:
    kinds = {ek.ek_id: (ek.tur or "").strip() for ek in (bag.p.ustveri.ek_listesi if bag.p.ustveri else ())}
    for part, item in _entries(bag):
        for withheld in item.konulmamis:
            found = kinds.get((withheld.ek_id or "").strip().upper())
            if found not in (None, "DED"):
                yield at(part, withheld.ek_id, found, "DED")


@rule("EYP-DAGITIM-KONULMAMIS-DUP", needs="ustveri")
def withheld_once(bag: Bag) -> Iterator[Problem]:
    for part, item in _entries(bag):
        seen: set[str] = set()
        for withheld in item.konulmamis:
            key = (withheld.ek_id or "").strip().upper()
            if key and key in seen:
                yield at(part, withheld.ek_id, withheld.ek_id)
            seen.add(key)


def withheld_ids(bag: Bag) -> frozenset[str]:
    """Ids of attachments withheld from the receiver in hand; from any receiver when it is not known."""
    entries = [item for _, item in _entries(bag)]
    if bag.receiver:
        mine = [item for item in entries if item.key.partition(":")[2].upper() == bag.receiver.upper()]
        entries = mine or []
    return frozenset((item.ek_id or "").strip().upper() for entry in entries for item in entry.konulmamis)
