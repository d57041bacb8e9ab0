"""Names of managers that KAYSİS held before İYEM: gone with an institution's first record there (İYEM principle 11)."""

from __future__ import annotations

from sqlalchemy import Connection, Select, select

from hub.store import schema
from hub.store.change import Change
from hub.store.scope import current

_UNIT = schema.table_of(schema.Unit)
_DUTY = schema.table_of(schema.Duty)
_LEGACY = schema.table_of(schema.LegacyManager)


def is_first_record(connection: Connection, main_no: int) -> bool:
    """Whether no manager of the institution was ever recorded."""
    statement = select(_DUTY.c.id).where(_DUTY.c.detsis_no.in_(_members(main_no))).limit(1)
    return connection.execute(statement).first() is None


def end_names(change: Change, main_no: int) -> int:
    """End all names of the institution; how many there were."""
    statement = select(_LEGACY.c.detsis_no, _LEGACY.c.full_name).where(
        _LEGACY.c.detsis_no.in_(_members(main_no)), current(schema.LegacyManager)
    )
    keys = [dict(row) for row in change.connection.execute(statement).mappings()]
    return change.end_many(schema.LegacyManager, keys, action="first-record")


def _members(main_no: int) -> Select[int]:
    return select(_UNIT.c.detsis_no).where(current(schema.Unit), _UNIT.c.main_no == main_no)
