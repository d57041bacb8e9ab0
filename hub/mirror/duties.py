"""Duty records in imports: recognised again by unit, manager and start, never overlapping, never shortened unseen.

An answer of a KAYSİS endpoint does not say when a duty was recorded there. A manager may sign only from the moment of
recording, so a duty that comes in is taken as recorded when the hub took it in: the hub vouches for no earlier moment,
and its record says that it was taken over, so that a question about an earlier moment is answered "indeterminate".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from hub import clock
from hub.mirror.source import Facts
from hub.registry import legacy
from hub.registry.deputies import find_owners, owner_then
from hub.registry.moment import parts
from hub.store.change import Change, Counts
from hub.store.errors import StoreError, TimeOrderError
from hub.store.schema import TAKEN_OVER, Duty, DutyKind, Unit, table_of
from hub.store.scope import current, known_at

_COMPARED = ("kind", "title", "legal_basis", "kind_text", "valid_to")
Refused = Callable[[Facts, StoreError], None]


def put_duties(change: Change, rows: Sequence[Facts], refused: Refused) -> Counts:
    """Record ``rows``: a new duty is opened, one that differs (an end was recorded, a title changed) is corrected, one
    that is the same left alone. A deputy of whom it is not told for whom acts for the owner then, as soon as one is
    known. A duty that would give a unit two heads at once, and a deputy's without an end (İYEM principle 17), is handed
    to ``refused``."""
    change.flush()
    counts = Counts()
    recorded = _recorded(change, {row["detsis_no"] for row in rows})
    next_number = 1 + (change.connection.execute(select(func.max(Duty.duty_no))).scalar() or 0)
    fresh: list[Facts] = []
    for row in sorted(rows, key=lambda row: (row["detsis_no"], row["kind"] == DutyKind.DEPUTY, row["valid_from"])):
        others = recorded[row["detsis_no"]]
        before = next((duty for duty in others if _same(duty, row)), None)
        if before is not None and all(before[name] == row[name] for name in _COMPARED if name in row):
            counts.unchanged += 1
            continue
        if row["kind"] == DutyKind.DEPUTY and row["valid_to"] is None:
            counts.refused += 1
            refused(row, TimeOrderError("Vekâletin başlangıcı ve bitişi birlikte bildirilmeli."))
            continue
        if any(_two_heads(row, duty) for duty in others if duty is not before):
            counts.refused += 1
            refused(row, TimeOrderError("Birimin aynı dönemde kayıtlı başka bir yöneticisi var."))
            continue
        ended = row["valid_to"] is not None and row["kind"] != DutyKind.DEPUTY
        if before is None:
            day = clock.to_local(row["valid_from"]).date()
            told = row.get("recorded_at")
            new = {
                **row,
                "duty_no": row.get("duty_no") or next_number,
                **_of_kind(row, others),
                "recorded_at": told or change.at,
                "closed_at": row.get("closed_at") or (change.at if ended else None),
                "recorder": row.get("recorder") or (change.origin if told else f"{TAKEN_OVER} {change.origin}"),
                "late": told is not None and clock.to_local(told).date() > day,
            }
            next_number = max(next_number, new["duty_no"]) + 1
            fresh.append(new)
            others.append(new)
            continue
        changes: dict[str, Any] = {name: row[name] for name in _COMPARED if name in row}
        if row["kind"] != before["kind"]:
            changes |= _of_kind(row, others)
        if row["valid_to"] is None:
            changes["closed_at"] = None
        elif ended and before["closed_at"] is None:
            changes["closed_at"] = row.get("closed_at") or change.at
        try:
            change.correct(Duty, before["id"], changes)
        except StoreError as error:
            counts.refused += 1
            refused(row, error)
        else:
            counts.altered += 1
            others[others.index(before)] = {**before, **changes}  # a successor's row may follow
    institutions = _first_recorded(change, {row["detsis_no"] for row in fresh})
    opened = change.open_many(Duty, fresh, refused=lambda row, error: refused(dict(row), error))
    counts.opened += opened.opened
    counts.refused += opened.refused
    if opened.opened:
        for main_no in institutions:
            legacy.end_names(change, main_no)
    find_owners(change, recorded)  # deputies that came in before
    return counts


def _first_recorded(change: Change, numbers: set[int]) -> list[int]:
    """Institutions of these units of which no manager was recorded before (İYEM principle 11)."""
    table = table_of(Unit)
    mains: set[int] = set()
    for part in parts(sorted(numbers)):
        statement = select(table.c.main_no).where(table.c.detsis_no.in_(part), current(Unit)).distinct()
        mains.update(change.connection.execute(statement).scalars())
    return [main_no for main_no in sorted(mains) if legacy.is_first_record(change.connection, main_no)]


def _recorded(change: Change, numbers: set[int]) -> dict[int, list[Mapping[str, Any]]]:
    found: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    table = table_of(Duty)
    statement = select(table).where(table.c.detsis_no.in_(numbers), known_at(Duty))
    for row in change.connection.execute(statement).mappings():
        found[row["detsis_no"]].append(dict(row))
    return found


def _same(duty: Mapping[str, Any], row: Facts) -> bool:
    if row.get("duty_no"):
        return bool(duty["duty_no"] == row["duty_no"])
    return bool(duty["code"] == row["code"] and duty["valid_from"] == row["valid_from"])


def _two_heads(row: Facts, duty: Mapping[str, Any]) -> bool:
    """Whether both are heads (owner or acting) of the unit at some moment."""
    if DutyKind.DEPUTY in (row["kind"], duty["kind"]):
        return False
    return _before_end(row["valid_from"], duty["valid_to"]) and _before_end(duty["valid_from"], row["valid_to"])


def _of_kind(row: Facts, others: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What follows from how the post is held: for whom a deputy acts, where that is not told but known, and in what
    words it is no owner's."""
    acted = owner_then(others, row["code"], row["valid_from"]) if row["kind"] == DutyKind.DEPUTY else None
    words = None if row["kind"] == DutyKind.OWNER else "Vekaleten"
    return {"for_duty_no": row.get("for_duty_no") or acted, "deputy_text": row.get("deputy_text") or words}


def _before_end(start: datetime, end: datetime | None) -> bool:
    return end is None or start < end
