"""The sample's inventories: file plan, services, documents, legislation, budgets, DETSİS officers.

Laws are real, with their real numbers and Gazette dates; institutions' own regulations and directives are invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from hub.sample import codes, people
from hub.sample.draw import chance, draw
from hub.sample.structure import Institution
from hub.sample.tables import rows
from hub.turkish import first_letters

LOCAL: Final = frozenset({"valilik", "kaymakamlik", "belediye", "ozelidare"})
_LAW, _REGULATION = (1, "Kanun"), (4, "Kurum Yönetmeliği")
_DIRECTIVE, _PRINCIPLES = (6, "Yönerge"), (7, "Esas ve Usuller")
_FIRST_OFFICER: Final = 9_000_000
"""Officers are people of the sample too, numbered from here."""


def group(own: Institution) -> str:
    """The word by which the tables name the institution's kind."""
    return own.short if own.short in LOCAL else "univ" if own.short.startswith("univ") else "listed"


def has_inventory(own: Institution) -> bool:
    """Whether the institution keeps its own file plan and legislation: small local ones use a superior's."""
    return not own.closed and (group(own) in {"listed", "univ", "valilik"} or own.district is None)


def file_plan(own: Institution) -> Iterator[dict[str, Any]]:
    """The file plan of one main institution."""
    short = group(own) != "listed"
    for order, (code, topic, years, what, parts) in enumerate(_plan(), 1):
        if short and (code.count(".") > 1 or ("." in code and code < "600")):  # the plans of many alike go less deep
            continue
        yield {
            "detsis_no": own.number,
            "code": code,
            "code_id": order,
            "main_code": parts[0],
            "sub_code1": parts[1],
            "sub_code2": parts[2],
            "sub_code3": parts[3],
            "topic": topic,
            "retention_period": years or None,
            "retention_time": "İşlem bitiminden itibaren" if years else None,
            "retention_code": what or None,
            "footnote": "Süresiz saklanır." if years == "S" else None,
            "note": None,
            "active": True,
            "kind": False,
            "group_start": None,
            "group_end": None,
            "level": str(sum(part is not None for part in parts) - 1),
        }


def services(own: Institution) -> Iterator[dict[str, Any]]:
    """The services of one institution."""
    for number, name in _for("services.txt", own):
        yield {"detsis_no": own.number, "service_id": number, "name": name}


def documents(own: Institution) -> Iterator[dict[str, Any]]:
    """The documents of one institution's services."""
    for number, name, kind, asked in _for("documents.txt", own):
        row = {"detsis_no": own.number, "document_id": int(number), "name": name, "kind": kind}
        yield {**row, "requested": asked == "1"}


def legislation(own: Institution) -> Iterator[dict[str, Any]]:
    """The legislation of one institution: laws it works under and texts of its own."""

    def row(order: int, kind: tuple[int, str], name: str, number: str | None, on: date | None) -> dict[str, Any]:
        return {
            "detsis_no": own.number,
            "legislation_id": order,
            "name": name,
            "kind_id": kind[0],
            "kind": kind[1],
            "number": number,
            "dated": on,
            "gazette_number": None,
            "gazette_date": None,
        }

    word = group(own)
    for number, name, on, gazette_date, gazette_number, whose in _laws():
        if own.short in whose or (word == "listed" and "*" in whose) or word in whose:
            law = row(int(number), _LAW, name, number, date.fromisoformat(on))
            yield law | {"gazette_number": gazette_number, "gazette_date": date.fromisoformat(gazette_date)}
    title, n = first_letters(own.name), own.number
    for order, (kind, text) in enumerate(
        (
            (_REGULATION, "Görev ve Çalışma Yönetmeliği"),
            (_REGULATION, "Personeli Görevde Yükselme ve Unvan Değişikliği Yönetmeliği"),
            (_DIRECTIVE, "İmza Yetkileri Yönergesi"),
            (_DIRECTIVE, "Arşiv Hizmetleri Yönergesi"),
            (_PRINCIPLES, "Hizmet İçi Eğitim Esas ve Usulleri"),
        )
    ):
        day = date(2008, 1, 1) + timedelta(days=draw(n, 71 + order) % 5_500)
        own_text = row(100_000 + (n % 100_000) * 10 + order, kind, f"{title} {text}", f"{day.year}/{order + 1}", day)
        if kind is _REGULATION:
            own_text |= {"gazette_number": str(20_000 + (day - date(1988, 1, 1)).days), "gazette_date": day}
        yield own_text


def budget(own: Institution) -> dict[str, Any]:
    """Budget kind and legal personality."""
    personality = 3 if own.budget == 12 else 1 if own.budget == 1 else 2
    return {
        "detsis_no": own.number,
        "budget_kind_id": own.budget,
        "budget_kind": codes.BUDGETS[own.budget],
        "legal_personality_id": personality,
        "legal_personality": codes.PERSONALITIES[personality],
    }


def officers(own: Institution) -> Iterator[dict[str, Any]]:
    """Two DETSİS officers of an institution that keeps an inventory, and of some others."""
    if own.closed or not (has_inventory(own) or chance(own.number, 76, 300)):
        return
    for order, role in enumerate(("DETSİS İşlem Yetkilisi", "DETSİS Bilgi Giriş Görevlisi")):
        person = _FIRST_OFFICER + (own.number % 100_000) * 2 + order
        given, surname = people.name(person)
        yield {
            "detsis_no": own.number,
            "officer_id": (own.number % 100_000) * 2 + order + 1,
            "given_name": given,
            "surname": surname,
            "phone": f"0 (312) 0{draw(person, 77) % 1_000_000:06}",
            "email": f"yetkili{order + 1}@{own.short}.{own.number}.example",
            "role": role,
        }


@cache
def _plan() -> list[tuple[str, str, str, str, list[str | None]]]:
    done = []
    for code, topic, years, what in rows("fileplan.txt"):
        parts: list[str | None] = [*code.split(".")]
        done.append((code, topic, years, what, parts + [None] * (4 - len(parts))))
    return done


@cache
def _table(name: str) -> list[list[str]]:
    return list(rows(name))


@cache
def _laws() -> list[tuple[str, str, str, str, str, frozenset[str]]]:
    return [(r[0], r[1], r[2], r[3], r[4], frozenset(r[5].split())) for r in _table("legislation.txt")]


def _for(name: str, own: Institution) -> Iterator[list[str]]:
    words = {group(own), own.short}
    for row in _table(name):
        if words & set(row[-1].split()):
            yield row[:-1]
