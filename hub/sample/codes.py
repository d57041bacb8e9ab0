"""Code lists: categories (type 1), statuses (type 2), kinds (type 3), budget kinds and legal personality."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from hub.clock import TURKIYE
from hub.sample.tables import rows

RECORDED: Final = datetime(2015, 1, 5, 9, 0, tzinfo=TURKIYE).astimezone(UTC)
"""When the code lists were recorded."""

CENTRAL: Final = 301
FIELD: Final = 302
REGIONAL: Final = 303
ABROAD: Final = 304
ACADEMIC: Final = 305
LOCAL: Final = 306
FACILITY: Final = 307
JUDICIAL: Final = 308
CIVIL: Final = 221

KINDS: Final[Mapping[str, tuple[int, str]]] = {
    "İLKOKULU": (11, "İLKOKUL"),
    "ORTAOKULU": (12, "ORTAOKUL"),
    "ANADOLU LİSESİ": (13, "ANADOLU LİSESİ"),
    "İMAM HATİP LİSESİ": (14, "ANADOLU İMAM HATİP LİSESİ"),
    "TEKNİK ANADOLU LİSESİ": (15, "MESLEKİ VE TEKNİK ANADOLU LİSESİ"),
    "FEN LİSESİ": (16, "FEN LİSESİ"),
    "ANAOKULU": (17, "ANAOKULU"),
    "DEVLET HASTANESİ": (31, "DEVLET HASTANESİ"),
    "ARAŞTIRMA HASTANESİ": (32, "ÜNİVERSİTE HASTANESİ"),
    "AİLE SAĞLIĞI MERKEZİ": (33, "AİLE SAĞLIĞI MERKEZİ"),
    "MÜZESİ": (51, "MÜZE"),
    "HALK KÜTÜPHANESİ": (52, "HALK KÜTÜPHANESİ"),
}
"""Type-3 id and name by the end of a unit's name."""

BUDGETS: Final[Mapping[int, str]] = {
    1: "GENEL BÜTÇELİ İDARE",
    3: "ÖZEL BÜTÇELİ İDARE",
    7: "DÜZENLEYİCİ VE DENETLEYİCİ KURUM",
    9: "SOSYAL GÜVENLİK KURUMU",
    10: "MAHALLÎ İDARE",
    12: "DİĞER",
}

PERSONALITIES: Final[Mapping[int, str]] = {
    1: "DEVLET TÜZEL KİŞİLİĞİ İÇİNDE",
    2: "KAMU TÜZEL KİŞİLİĞİ",
    3: "ÖZEL HUKUK TÜZEL KİŞİLİĞİ",
}


@dataclass(frozen=True, slots=True)
class Status:
    """One status; ``ending`` tells by a unit's name that it has it."""

    type2_id: int
    name: str
    plural: str
    ending: str
    title: str
    group: int
    cut: str
    add: str
    external: bool


@cache
def statuses() -> Mapping[int, Status]:
    """All statuses by id."""
    return {
        int(row[0]): Status(int(row[0]), row[1], row[2], row[3], row[4], int(row[5]), row[6], row[7], row[8] == "1")
        for row in rows("statuses.txt")
    }


@cache
def status_of(name: str) -> int:
    """The id of the status of a unit called ``name``: the one whose ending is the longest that fits. Raises LookupError
    where none fits."""
    fitting = [s for s in statuses().values() if s.ending and name.endswith(s.ending)]
    if not fitting:
        raise LookupError(f"no status for {name}")
    return max(fitting, key=lambda status: len(status.ending)).type2_id


@cache
def kind_of(name: str) -> int:
    """The type-3 id of a unit called ``name``; 0 if it has none."""
    fitting = [ending for ending in KINDS if name.endswith(ending)]
    return KINDS[max(fitting, key=len)][0] if fitting else 0


def category_rows() -> Iterator[dict[str, Any]]:
    """The facts of every category."""
    for type1_id, name, plural, parent, group, active in rows("categories.txt"):
        yield {
            "type1_id": int(type1_id),
            "name": name,
            "plural": plural,
            "parent_id": int(parent),
            "opens_type2_id": int(group),
            "recorded_at": RECORDED,
            "active": active == "1",
        }


def status_rows() -> Iterator[dict[str, Any]]:
    """The facts of every status."""
    for status in statuses().values():
        yield {
            "type2_id": status.type2_id,
            "name": status.name,
            "plural": status.plural,
            "parent_id": status.group,
            "addressee_add": status.add or None,
            "addressee_cut": status.cut or None,
            "recorded_at": RECORDED,
            "used": status.group != 0,
            "active": True,
        }


def kind_rows() -> Iterator[dict[str, Any]]:
    """The facts of every type-3 kind."""
    for type3_id, name in KINDS.values():
        yield {"type3_id": type3_id, "name": name, "active": True}
