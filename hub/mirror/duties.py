"""Duty records in imports: recognised again by unit, manager and start, never overlapping, never shortened unseen.

An answer of a KAYSİS endpoint does not say when a duty was recorded there. A manager may sign only from the moment of
recording, so a duty that comes in is taken as recorded when the hub took it in: the hub vouches for no earlier moment,
and its record says that it was taken over, so that a question about an earlier moment is answered "indeterminate".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from hub.store.schema import TAKEN_OVER, Duty, DutyKind, Person, Unit, table_of
from hub.store.scope import current, known_at

_COMPARED = ("kind", "title", "legal_basis", "kind_text", "valid_from", "valid_to")
Refused = Callable[[Facts, StoreError], None]


class PostHeldError(TimeOrderError):
    """Another duty stands in the way, which may end with a later row."""


def put_duties(change: Change, rows: Sequence[Facts], refused: Refused) -> Counts:
    """Record ``rows``: a new duty is opened, one that differs (an end was recorded, a title changed) is corrected, one
    that is the same left alone. One told with its number keeps it and may get another start. A deputy of whom it is not
    told for whom acts for the owner then, as soon as one is known. A duty that would give a unit two heads at once, a
    deputy's without an end (İYEM principle 17), and one with another's number is handed to ``refused``."""
    change.flush()
    counts = Counts()
    recorded: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for duty in _recorded(change, Duty.detsis_no, {row["detsis_no"] for row in rows}):
        recorded[duty["detsis_no"]].append(duty)
    people = set(_people(change, {row["code"] for row in rows}))
    numbers = {row["duty_no"] for row in rows if row.get("duty_no")}
    numbered = {duty["duty_no"]: _whose(duty) for duty in _recorded(change, Duty.duty_no, numbers)}
    highest = change.connection.execute(select(func.max(Duty.duty_no))).scalar() or 0
    next_number = 1 + max(highest, *numbers, 0)
    fresh: list[Facts] = []
    for row in sorted(rows, key=lambda row: (row["detsis_no"], row["kind"] == DutyKind.DEPUTY, row["valid_from"])):
        if row["code"] not in people:
            counts.refused += 1
            refused(row, StoreError("Bu T.C. Yönetici Kodu ile kayıtlı bir yönetici yok."))
            continue
        others = recorded[row["detsis_no"]]
        before = next((duty for duty in others if _same(duty, row)), None)
        if before is not None and all(before[name] == row[name] for name in _COMPARED if name in row):
            counts.unchanged += 1
            others[others.index(before)] = _read(before)
            continue
        why = _refusal(row, before, others, numbered)
        if why is not None:
            counts.refused += 1
            refused(row, why)
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
            numbered[new["duty_no"]] = _whose(new)
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
            others[others.index(before)] = _read(before) | changes  # a successor's row may follow
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


def _people(change: Change, codes: set[int]) -> Iterator[int]:
    """Those of ``codes`` that a recorded manager has."""
    for part in parts(sorted(codes)):
        yield from change.connection.execute(
            select(Person.code).where(Person.code.in_(part), current(Person))
        ).scalars()


def _recorded(change: Change, column: Any, numbers: set[int]) -> Iterator[Mapping[str, Any]]:
    """The duties, as is known now, that have one of ``numbers`` in ``column``."""
    for part in parts(sorted(numbers)):
        statement = select(table_of(Duty)).where(column.in_(part), known_at(Duty))
        yield from map(dict, change.connection.execute(statement).mappings())


def _read(duty: Mapping[str, Any]) -> dict[str, Any]:
    """``duty`` without its record's id, as those are that came in: another row may not be about it, too."""
    return {name: value for name, value in duty.items() if name != "id"}


def _whose(duty: Mapping[str, Any]) -> tuple[int, int]:
    return duty["detsis_no"], duty["code"]


def _same(duty: Mapping[str, Any], row: Facts) -> bool:
    told = "duty_no" if row.get("duty_no") else "valid_from"
    return _whose(duty) == _whose(row) and bool(duty[told] == row[told])


def _refusal(
    row: Facts,
    before: Mapping[str, Any] | None,
    others: Sequence[Mapping[str, Any]],
    numbered: Mapping[int, tuple[int, int]],
) -> TimeOrderError | None:
    """Why ``row`` is refused, which is no known duty as it is; ``before`` is what was known of it until now."""
    if row["kind"] == DutyKind.DEPUTY and row["valid_to"] is None:
        return TimeOrderError("Vekâletin başlangıcı ve bitişi birlikte bildirilmeli.")
    if numbered.get(row.get("duty_no") or 0, _whose(row)) != _whose(row) or (before is not None and "id" not in before):
        return TimeOrderError("Bu görev numarası başka bir görevin.")
    if before is None and any(_same(duty, {**row, "duty_no": None}) for duty in others):
        return TimeOrderError("Bu görev başka bir numarayla kayıtlı.")
    if any(_two_heads(row, duty) for duty in others if duty is not before):
        return PostHeldError("Birimin aynı dönemde kayıtlı başka bir yöneticisi var.")
    return None


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
