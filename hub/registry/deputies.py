"""For whom deputies act of whom that is not known: the owner of the unit's post when they begin.

A deputy may come in before the owner: with an earlier file, or from a register that does not tell. Or the owner's
record was taken back, because another person held the post: the deputation is to the post and was recorded, so it
stands, but lets nobody sign until the right owner is recorded. As soon as such an owner is known, the deputy's record
is corrected; what was known before stays on the axis of knowledge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.registry.moment import parts
from hub.store.change import Change
from hub.store.schema import Duty, DutyKind, table_of
from hub.store.scope import known_at

_DUTY = table_of(Duty)
_HELD = _DUTY.alias("held")
_OWNER = select(_HELD.c.id).where(_HELD.c.duty_no == _DUTY.c.for_duty_no, _HELD.c.known_to.is_(None))
"""The record of the owner for whom a deputy acts, as is known now."""


def owner_then(duties: Iterable[Mapping[str, Any]], code: int, start: datetime) -> int | None:
    """The number of the duty among those of one unit that holds its post at ``start``, other than by the person with
    ``code``; None where there is none."""
    for duty in duties:
        begun = duty["kind"] == DutyKind.OWNER and duty["code"] != code and duty["valid_from"] <= start
        if begun and (duty["valid_to"] is None or start < duty["valid_to"]):
            number: int = duty["duty_no"]
            return number
    return None


def find_owners(change: Change, unit_nos: Iterable[int]) -> int:
    """Give the deputies of these units who have no owner theirs, where one is known; how many got one."""
    change.flush()
    count = 0
    for part in parts(sorted(set(unit_nos))):
        of_part = (_DUTY.c.detsis_no.in_(part), known_at(Duty))
        lone = select(_DUTY).where(*of_part, _DUTY.c.kind == DutyKind.DEPUTY.value, ~_OWNER.exists())
        deputies = change.connection.execute(lone.order_by(_DUTY.c.duty_no)).mappings().all()
        if not deputies:
            continue
        owners = select(_DUTY).where(
            _DUTY.c.detsis_no.in_({row["detsis_no"] for row in deputies}),
            _DUTY.c.kind == DutyKind.OWNER.value,
            known_at(Duty),
        )
        held = [dict(row) for row in change.connection.execute(owners.order_by(_DUTY.c.valid_from)).mappings()]
        for row in deputies:
            here = (duty for duty in held if duty["detsis_no"] == row["detsis_no"])
            number = owner_then(here, row["code"], row["valid_from"])
            if number is not None:
                change.correct(Duty, row["id"], {"for_duty_no": number}, action="find-owner")
                count += 1
    return count
