"""Changes that tests make to a registry, one at a time; the hub itself imports whole lists.

Each is from ``at`` on (None: from the change's instant). What is changed must be there; nothing else is checked. And
:func:`rebuild`, for the file that is made of a registry.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.registry import rows
from hub.registry.live import Live
from hub.store import schema
from hub.store.change import Change
from hub.store.scope import current
from hub.turkish import ascii_fold, fold


def open_unit(change: Change, detsis_no: int, name: str, parent_no: int = 0, *, at: datetime | None = None) -> None:
    """Open a unit beneath ``parent_no``, or a main institution."""
    main, level = detsis_no, 0
    if parent_no:
        above = change.now(schema.Unit, {"detsis_no": parent_no})
        main, level = above["main_no"], above["level"] + 1
    facts = {"parent_no": parent_no, "main_no": main, "level": level, "type1_id": 1, "type2_id": 1}
    change.open(schema.Unit, rows.unit(detsis_no=detsis_no, name=name, **facts), valid_from=at or change.at)


def describe_unit(change: Change, detsis_no: int, *, at: datetime | None = None, **facts: Any) -> None:
    """Change facts of the unit."""
    change.alter(schema.Unit, {"detsis_no": detsis_no}, facts, at=at)


def rename_unit(change: Change, detsis_no: int, name: str, *, at: datetime | None = None) -> None:
    """Give the unit another name."""
    describe_unit(change, detsis_no, at=at, name=name, folded_name=fold(name))


def close_unit(change: Change, detsis_no: int, *, at: datetime | None = None, successor_no: int | None = None) -> None:
    """Close the unit; ``successor_no`` takes over."""
    describe_unit(change, detsis_no, at=at, active=False, operating=False, external=False, successor_no=successor_no)


def set_contacts(change: Change, detsis_no: int, entries: Iterable[tuple[int, str, str | None]]) -> None:
    """Make ``entries`` (kind, value, label) all the contact entries of the unit; of a kind, the last is preferred."""
    wanted = [
        rows.contact(detsis_no=detsis_no, kind=kind, value=value, label=label, rank=rank)
        for rank, (kind, value, label) in enumerate(entries)
    ]
    named = {(row["kind"], row["value"]) for row in wanted}
    kind_of = schema.Contact
    held = select(kind_of.kind, kind_of.value).where(kind_of.detsis_no == detsis_no, current(kind_of))
    gone = {(kind, value) for kind, value in change.connection.execute(held)} - named
    change.end_many(kind_of, [{"detsis_no": detsis_no, "kind": kind, "value": value} for kind, value in sorted(gone)])
    change.put_many(kind_of, wanted)


def set_kep(change: Change, detsis_no: int, address: str, *, active: bool = True, at: datetime | None = None) -> None:
    """Record a KEP address of the unit, or change one that it has."""
    change.put_many(schema.KepAddress, [rows.kep(detsis_no=detsis_no, address=address, active=active)], at=at)


def end_kep(change: Change, detsis_no: int, address: str, *, at: datetime | None = None) -> None:
    """The unit does not have this address any longer."""
    change.end(schema.KepAddress, {"detsis_no": detsis_no, "folded_address": ascii_fold(address)}, at=at)


def set_package_version(change: Change, detsis_no: int, version: str, *, at: datetime | None = None) -> None:
    """The institution works with this e-Yazışma package version."""
    change.put_many(schema.PackageVersion, [{"detsis_no": detsis_no, "version": version}], at=at)


def rebuild(live: Live[Any, Any]) -> None:
    """Make the file of now, in this thread, as where there is none yet."""
    for path in live._shelf.folder.glob(f"{live._shelf.stem}-*.snap"):
        path.unlink()
    live._build(wait=True)
