"""Changing the registry, one subject at a time. Every function is one or more entries of the journal.

``at`` is from when the new state is so (None: from the change's instant on); it may lie in the past, not ahead.
Refusals raise :class:`~hub.registry.rows.RefusedError` or the store's own errors, and then nothing of the transaction
is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.registry import rows
from hub.registry.moment import Moment, holds, parts
from hub.registry.rows import RefusedError
from hub.registry.units import exists, subtree
from hub.store import schema
from hub.store.change import Change
from hub.store.errors import NoSuchFactError
from hub.store.scope import current
from hub.turkish import ascii_fold, fold

# Units -------------------------------------------------------------------------------------------------------------


def open_unit(
    change: Change, *, detsis_no: int, name: str, parent_no: int, at: datetime | None = None, **facts: Any
) -> int:
    """Open a unit beneath ``parent_no`` (0: a root, its own main institution); the serial.

    ``facts`` are those of :func:`hub.registry.rows.unit`; level and main institution follow from the superior unless
    ``main_no`` says that the unit is a main institution itself. A number is never used twice. Raises
    :class:`~hub.registry.rows.RefusedError`.
    """
    at = at or change.at
    change.flush()
    if exists(change.connection, [detsis_no]):
        raise RefusedError("Bu DETSİS numarası zaten verilmiş; numaralar yeniden kullanılmaz.")
    main, level = detsis_no, 0
    if parent_no:
        superior = _superior(change, parent_no, at)
        main, level = superior["main_no"], superior["level"] + 1
    if second := facts.get("second_parent_no"):
        _superior(change, second, at)
    facts = {"main_no": main, "level": level, **facts}
    row = rows.unit(detsis_no=detsis_no, name=name, parent_no=parent_no, **facts)
    return change.open(schema.Unit, row, valid_from=at)


def rename_unit(change: Change, detsis_no: int, name: str, *, at: datetime | None = None) -> int | None:
    """Give the unit another name from ``at`` on; the serial, or None where it bears that name already."""
    cleaned = rows.unit_name(name)
    facts = {"name": cleaned, "folded_name": fold(cleaned)}
    return change.alter(schema.Unit, {"detsis_no": detsis_no}, facts, at=at, action="rename")


def move_unit(
    change: Change,
    detsis_no: int,
    parent_no: int,
    *,
    second_parent_no: int | None = None,
    at: datetime | None = None,
) -> int:
    """Put the unit, with all beneath it, under ``parent_no`` (0: make it a root); the last serial.

    ``second_parent_no`` None leaves the second superior as it is. Level and main institution of everything beneath
    follow. Refused: a superior that does not exist, is closed, or lies beneath the unit. Raises
    :class:`~hub.registry.rows.RefusedError`.
    """
    at = at or change.at
    unit = change.now(schema.Unit, {"detsis_no": detsis_no})
    second = unit["second_parent_no"] if second_parent_no is None else second_parent_no
    below = subtree(change.connection, detsis_no, itself=True, closed=True)
    if parent_no in below or second in below:
        raise RefusedError("Bir birim kendisine ya da altındaki bir birime bağlanamaz.")
    old_main, level = unit["main_no"], 0
    main = detsis_no
    if parent_no:
        superior = _superior(change, parent_no, at)
        main = detsis_no if old_main == detsis_no else superior["main_no"]
        level = superior["level"] + 1
    if second and second != unit["second_parent_no"]:
        _superior(change, second, at)
    shift = level - unit["level"]
    key = {"detsis_no": detsis_no}
    facts = {"parent_no": parent_no, "second_parent_no": second, "main_no": main, "level": level}
    change.alter(schema.Unit, key, facts, at=at, action="move")
    if shift or main != old_main:
        kind = schema.Unit
        for part in parts(number for number in below if number != detsis_no):
            statement = select(kind.detsis_no, kind.level, kind.main_no, kind.valid_from).where(
                kind.detsis_no.in_(part), current(kind)
            )
            follow = [
                {
                    "detsis_no": row.detsis_no,
                    "level": row.level + shift,
                    "main_no": main if row.main_no == old_main else row.main_no,
                    "valid_from": max(at, row.valid_from),
                }
                for row in change.connection.execute(statement.order_by(kind.detsis_no))
            ]
            change.put_many(kind, follow, action="move")
    return change.serial


def close_unit(
    change: Change, detsis_no: int, *, at: datetime | None = None, successor_no: int | None = None
) -> int | None:
    """Close the unit: its flags become false, its number stays its own; the serial, or None where it was closed.

    Refused while units beneath it are active. ``successor_no`` is the unit that takes over. Raises
    :class:`~hub.registry.rows.RefusedError`.
    """
    change.flush()
    if any(number != detsis_no for number in subtree(change.connection, detsis_no)):
        raise RefusedError("Altında etkin birim bulunan bir birim kapatılamaz.")
    if successor_no is not None:
        _superior(change, successor_no, at or change.at)
    facts = {"active": False, "operating": False, "external": False, "successor_no": successor_no}
    return change.alter(schema.Unit, {"detsis_no": detsis_no}, facts, at=at, action="close")


def reopen_unit(change: Change, detsis_no: int, *, external: bool = False, at: datetime | None = None) -> int | None:
    """Make a closed unit active again; the serial, or None where it was open."""
    row = change.now(schema.Unit, {"detsis_no": detsis_no})
    if row["active"]:
        return None
    if row["parent_no"]:
        _superior(change, row["parent_no"], at or change.at)
    facts = {"active": True, "operating": True, "external": external, "successor_no": None}
    return change.alter(schema.Unit, {"detsis_no": detsis_no}, facts, at=at, action="reopen")


def describe_unit(change: Change, detsis_no: int, *, at: datetime | None = None, **facts: Any) -> int | None:
    """Change other facts of the unit: ``place_id``, ``type1_id``, ``type2_id``, ``operating``, ``external``,
    ``address``, ``register_no``; the serial, or None where nothing differs. Raises
    :class:`~hub.registry.rows.RefusedError`."""
    allowed = {"place_id", "type1_id", "type2_id", "operating", "external", "address", "register_no"}
    if not facts.keys() <= allowed:
        raise RefusedError(f"Bu alanlar böyle değiştirilemez: {', '.join(sorted(facts.keys() - allowed))}")
    row = change.now(schema.Unit, {"detsis_no": detsis_no})
    names = schema.table_of(schema.Unit).columns.keys()
    skip = {"id", "folded_name", "valid_from", "valid_to", "known_from", "known_to", "serial", "closed_serial"}
    checked = rows.unit(**{**{name: row[name] for name in names if name not in skip}, **facts})
    if not checked["active"] and checked["external"]:
        raise RefusedError("Kapalı bir birim dış yazışma muhatabı olamaz.")
    new = {name: checked[name] for name in facts}
    return change.alter(schema.Unit, {"detsis_no": detsis_no}, new, at=at, action="describe")


# Delivery ----------------------------------------------------------------------------------------------------------


def set_contacts(
    change: Change, detsis_no: int, entries: Iterable[tuple[int, str, str | None]], *, at: datetime | None = None
) -> None:
    """Make ``entries`` (kind, value, label) all the contact entries of the unit; of a kind, the last is preferred."""
    _unit_exists(change, detsis_no)
    wanted: dict[tuple[int, str], rows.Row] = {}
    for rank, (kind, value, label) in enumerate(entries):
        row = rows.contact(detsis_no=detsis_no, kind=kind, value=value, label=label, rank=rank)
        wanted[kind, row["value"]] = row
    kind_of = schema.Contact
    statement = select(kind_of.kind, kind_of.value).where(kind_of.detsis_no == detsis_no, current(kind_of))
    held = {(row.kind, row.value) for row in change.connection.execute(statement)}
    gone = [{"detsis_no": detsis_no, "kind": kind, "value": value} for kind, value in sorted(held - wanted.keys())]
    change.end_many(kind_of, gone, at=at)
    change.put_many(kind_of, wanted.values(), at=at)


def set_kep(
    change: Change,
    detsis_no: int,
    address: str,
    *,
    active: bool = True,
    status: str | None = None,
    kind: str | None = None,
    at: datetime | None = None,
) -> None:
    """Record a KEP address of the unit, or change one that it has."""
    _unit_exists(change, detsis_no)
    row = rows.kep(detsis_no=detsis_no, address=address, active=active, status=status, kind=kind)
    change.put_many(schema.KepAddress, [row], at=at)


def end_kep(change: Change, detsis_no: int, address: str, *, at: datetime | None = None) -> int:
    """The unit does not have this address any longer; the serial."""
    key = {"detsis_no": detsis_no, "folded_address": ascii_fold(address)}
    return change.end(schema.KepAddress, key, at=at)


def add_certificate(change: Change, detsis_no: int, der: bytes, *, at: datetime | None = None) -> None:
    """Put an encryption certificate into the registry; those the institution had before become inactive."""
    _unit_exists(change, detsis_no)
    at = at or change.at
    new = rows.certificate(detsis_no=detsis_no, der=der, uploaded_at=at)
    kind = schema.Certificate
    statement = select(kind.fingerprint).where(kind.detsis_no == detsis_no, kind.active, current(kind))
    for fingerprint in change.connection.execute(statement).scalars().all():
        if fingerprint != new["fingerprint"]:
            withdraw_certificate(change, detsis_no, fingerprint, at=at)
    change.put_many(kind, [new], at=at)


def withdraw_certificate(change: Change, detsis_no: int, fingerprint: str, *, at: datetime | None = None) -> int | None:
    """Make a certificate inactive; the serial, or None where it was so."""
    key = {"detsis_no": detsis_no, "fingerprint": fingerprint}
    facts = {"active": False, "updated_at": at or change.at}
    if not change.now(schema.Certificate, key)["active"]:
        return None
    return change.alter(schema.Certificate, key, facts, at=at, action="withdraw")


def set_certificate_owner(change: Change, detsis_no: int, owner_no: int, *, at: datetime | None = None) -> None:
    """The unit receives with the certificate of ``owner_no``; its own number ends the record."""
    _unit_exists(change, detsis_no)
    _unit_exists(change, owner_no)
    if owner_no == detsis_no:
        change.end_many(schema.CertificateOwnership, [{"detsis_no": detsis_no}], at=at)
    else:
        change.put_many(schema.CertificateOwnership, [{"detsis_no": detsis_no, "owner_no": owner_no}], at=at)


def set_package_version(change: Change, detsis_no: int, version: str, *, at: datetime | None = None) -> None:
    """The institution works with this e-Yazışma package version from ``at`` on. Raises
    :class:`~hub.registry.rows.RefusedError`."""
    _unit_exists(change, detsis_no)
    text = rows.line(version, 16)
    if text is None:
        raise RefusedError("Paket sürümü boş.")
    change.put_many(schema.PackageVersion, [{"detsis_no": detsis_no, "version": text}], at=at)


def set_notification_number(change: Change, detsis_no: int, number: str, *, at: datetime | None = None) -> None:
    """The institution has this electronic notification (UETS) number from ``at`` on. Raises
    :class:`~hub.registry.rows.RefusedError`."""
    _unit_exists(change, detsis_no)
    text = rows.line(number, 64)
    if text is None:
        raise RefusedError("Tebligat numarası boş.")
    change.put_many(schema.NotificationNumber, [{"detsis_no": detsis_no, "number": text}], at=at)


# Whole lists -------------------------------------------------------------------------------------------------------


def refused_superiors(links: Mapping[int, int], known: Mapping[int, int], *, orphans: bool = False) -> dict[int, str]:
    """Which units of a list cannot be taken because of their superiors, each with the reason.

    ``links`` has each unit of the list and its superior (0: none), ``known`` the same for units already in the
    registry. Refused are units in a ring, units whose superior is in neither, unless ``orphans`` lets these stand as
    roots, and units beneath refused ones.
    """
    refused: dict[int, str] = {}
    good: set[int] = set()
    for start in links:
        path: list[int] = []
        passed: set[int] = set()
        number = start
        reason = ""
        while number and number not in good and not reason:
            if number in passed:
                reason = "Üst birim zinciri bir halka oluşturuyor."
                ring = path[path.index(number) :]
                refused.update(dict.fromkeys((unit for unit in ring if unit in links), reason))
            elif number in refused:
                reason = _BENEATH
            elif number not in links and number not in known:
                if orphans or path[-1] not in links:
                    break
                reason = "Üst birim kayıtlı değil."
                refused[path[-1]] = reason
            else:
                passed.add(number)
                path.append(number)
                number = links[number] if number in links else known[number]
        if reason:
            for unit in path:
                if unit in links:
                    refused.setdefault(unit, _BENEATH)
        else:
            good.update(path)
    return refused


_BENEATH = "Üst birimi kabul edilmedi."


# Pieces ------------------------------------------------------------------------------------------------------------


def _superior(change: Change, detsis_no: int, at: datetime) -> Mapping[str, Any]:
    try:
        row = change.now(schema.Unit, {"detsis_no": detsis_no})
    except NoSuchFactError:
        raise RefusedError(f"{detsis_no} numaralı birim kayıtlı değil.") from None
    if not row["active"]:
        raise RefusedError(f"{detsis_no} numaralı birim kapalı.")
    kind = schema.Unit
    statement = select(kind.id).where(kind.detsis_no == detsis_no, holds(kind, Moment(at)))
    if change.connection.execute(statement).first() is None:
        raise RefusedError(f"{detsis_no} numaralı birim o tarihte yoktu.")
    return row


def _unit_exists(change: Change, detsis_no: int) -> None:
    change.flush()
    if not exists(change.connection, [detsis_no]):
        raise RefusedError(f"{detsis_no} numaralı birim kayıtlı değil.")
