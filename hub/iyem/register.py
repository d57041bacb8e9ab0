"""Keeping the register: who took up and left which post, recorded by whom and when (principles 1, 11, 13, 15, 17).

Everything is done inside one transaction of :meth:`hub.store.database.Database.write`. Writers take turns, so what is
checked here still holds when it is committed: two officers cannot both record an owner of one unit.

Times come in as aware instants or as Türkiye's wall clock (naive); a bare date has no hour and is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Subquery, case, func, select

from hub import clock
from hub.iyem.decision import DutyRecord
from hub.iyem.errors import (
    CodeChoiceError,
    DeputyError,
    HourMissingError,
    IyemError,
    NoSuchRecordError,
    OverlapError,
    StaleRecordError,
    UnitNotInDetsisError,
)
from hub.iyem.officers import Actor, check_may_record
from hub.iyem.reading import StoredRegister
from hub.registry import legacy, managers
from hub.registry.deputies import find_owners
from hub.store import schema
from hub.store.change import Change
from hub.store.personal import Keys, Tckn
from hub.store.schema import DutyKind
from hub.store.scope import current, known_at
from hub.turkish import clean, fold

_DUTY = schema.table_of(schema.Duty)
CODES: Final = 2**31 - 1
"""The highest T.C. Yönetici Kodu: it fits a 32-bit number."""


@dataclass(frozen=True, slots=True)
class Manager:
    """The person to be recorded: a known code, or an identity number with the name that it is recorded under."""

    code: int | None = None
    tckn: str | None = None
    given_name: str = ""
    surname: str = ""
    birth: date | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """What is recorded of a duty beside person and times."""

    unit_no: int
    kind: DutyKind = DutyKind.OWNER
    title: str | None = None
    legal_basis: str | None = None
    kind_text: str | None = None
    deputy_text: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a write did."""

    duty: DutyRecord
    late: bool
    """Recorded on a later day than the change (principle 13)."""
    legacy_removed: int = 0
    """Names that KAYSİS held and that the institution's first record removed (principle 11)."""


def record(
    change: Change,
    keys: Keys,
    actor: Actor,
    manager: Manager,
    post: Post,
    start: datetime | date,
    end: datetime | date | None = None,
    *,
    on_screen: bool = True,
) -> Recorded:
    """Record that ``manager`` holds ``post`` from ``start`` until ``end`` (None: open).

    The first record of an institution removes the names that KAYSİS held for it, in the same transaction. Raises
    :class:`~hub.iyem.errors.IyemError` of the kind that names the principle.
    """
    change.flush()
    begins, ends = instant(start), None if end is None else instant(end)
    if ends is not None and ends <= begins:
        raise OverlapError("Görevin bitişi başlangıcından sonra olmalı.")
    deputy = post.kind is DutyKind.DEPUTY
    place = check_may_record(change.connection, actor, post.unit_no, deputy=deputy, on_screen=on_screen)
    _check_unit(change.connection, post.unit_no, begins, ends)
    others = _duties_of_unit(change.connection, post.unit_no)
    if not deputy:
        _check_free(others, begins, ends)
    check_birth(change, manager.birth)
    known = _known_code(change.connection, keys, manager)
    owner_no = _owner_for(others, known, begins, ends) if deputy else None
    _check_own(others, known, post.kind, begins, ends)
    code = _new_code(change, keys, manager) if known is None else known  # nothing is written before all is checked
    _note_number(change, keys, code, manager)
    first = legacy.is_first_record(change.connection, place.main_no)
    number = _next_duty(change.connection)
    late = _late(begins, change.at)
    row = {
        "duty_no": number,
        "detsis_no": post.unit_no,
        "code": code,
        "kind": post.kind.value,
        "title": _text(post.title),
        "legal_basis": _text(post.legal_basis),
        "kind_text": _text(post.kind_text),
        "deputy_text": _text(post.deputy_text) or ("Vekaleten" if deputy else None),
        "for_duty_no": owner_no,
        "recorded_at": change.at,
        "closed_at": None if ends is None else change.at,
        "recorder": actor.name,
        "late": late,
    }
    change.open(schema.Duty, row, valid_from=begins, valid_to=ends, action="record")
    removed = legacy.end_names(change, place.main_no) if first else 0
    if post.kind is DutyKind.OWNER:
        find_owners(change, [post.unit_no])  # deputies who were taken over before anybody knew for whom they act
    change.flush()
    return Recorded(_read(change, number), late, removed)


def end(
    change: Change,
    actor: Actor,
    duty_no: int,
    at: datetime | date,
    *,
    expected_serial: int | None = None,
    on_screen: bool = True,
) -> Recorded:
    """Record that a duty ends at ``at`` (it may lie ahead); a known end may be brought forward or put off this way.

    ``expected_serial`` is the record's serial as the caller read it; another one raises
    :class:`~hub.iyem.errors.StaleRecordError`.
    """
    change.flush()
    row = _current(change.connection, duty_no, expected_serial)
    kind = DutyKind(row["kind"])
    check_may_record(change.connection, actor, row["detsis_no"], deputy=kind is DutyKind.DEPUTY, on_screen=on_screen)
    ends = instant(at)
    if ends <= row["valid_from"]:
        raise OverlapError("Görevin bitişi başlangıcından sonra olmalı.")
    others = [o for o in _duties_of_unit(change.connection, row["detsis_no"]) if o.duty_no != duty_no]
    if row["valid_to"] is not None and ends > row["valid_to"]:  # leaving earlier needs nobody's room
        _check_unit(change.connection, row["detsis_no"], row["valid_to"], ends)
        if kind is not DutyKind.DEPUTY:
            _check_free(others, row["valid_from"], ends)
        else:
            _owner_for(others, row["code"], row["valid_from"], ends)
        _check_own(others, row["code"], kind, row["valid_from"], ends)
    late = row["late"] or _late(ends, change.at)
    change.correct(schema.Duty, row["id"], {"valid_to": ends, "closed_at": change.at, "late": late}, action="end")
    change.flush()
    return Recorded(_read(change, duty_no), late)


def correct(
    change: Change,
    actor: Actor,
    duty_no: int,
    changes: Mapping[str, Any],
    *,
    expected_serial: int | None = None,
) -> Recorded:
    """Correct what was recorded wrongly: ``start``, ``end``, ``title``, ``legal_basis``, ``kind_text``,
    ``deputy_text``. The record that was wrong stays on the axis of knowledge; ``recorded_at`` does not change, so a
    correction never lets anybody sign at an earlier time than the first recording did.

    Person, unit and kind are what a record is about; a record that has them wrong is retracted with :func:`retract`.
    Raises :class:`~hub.iyem.errors.IyemError` and those below it.
    """
    change.flush()
    row = _current(change.connection, duty_no, expected_serial)
    check_may_record(change.connection, actor, row["detsis_no"], deputy=row["kind"] == DutyKind.DEPUTY)
    new: dict[str, Any] = {}
    for name, value in changes.items():
        if name in ("start", "end"):
            new["valid_from" if name == "start" else "valid_to"] = None if value is None else instant(value)
        elif name in ("title", "legal_basis", "kind_text", "deputy_text"):
            new[name] = _text(value)
        else:
            raise IyemError("Kişi, birim ve tür düzeltilmez; yanlış kayıt geri alınır, doğrusu yeniden girilir.")
    begins = new.get("valid_from", row["valid_from"])
    ends = new.get("valid_to", row["valid_to"])
    if begins is None or (ends is not None and ends <= begins):
        raise OverlapError("Görevin bitişi başlangıcından sonra olmalı.")
    if (begins, ends) != (row["valid_from"], row["valid_to"]):
        new |= _moved(change, row, begins, ends)
    change.correct(schema.Duty, row["id"], new)
    if row["kind"] == DutyKind.OWNER:
        find_owners(change, [row["detsis_no"]])
    change.flush()
    return Recorded(_read(change, duty_no), new.get("late", row["late"]))


def _moved(change: Change, row: Mapping[str, Any], begins: datetime, ends: datetime | None) -> dict[str, Any]:
    """What follows for a record whose period is corrected; refuses one that others or the unit leave no room for."""
    kind = DutyKind(row["kind"])
    if begins < row["valid_from"] or _later(ends, row["valid_to"]):
        _check_unit(change.connection, row["detsis_no"], begins, ends)
    others = [o for o in _duties_of_unit(change.connection, row["detsis_no"]) if o.duty_no != row["duty_no"]]
    _check_own(others, row["code"], kind, begins, ends)
    new: dict[str, Any] = {}
    if kind is DutyKind.DEPUTY:
        new["for_duty_no"] = _owner_for(others, row["code"], begins, ends)
    else:
        _check_free(others, begins, ends)
    late = row["late"] or _late(begins, row["recorded_at"])
    if ends != row["valid_to"]:
        new["closed_at"] = None if ends is None else change.at
        late = late or (ends is not None and _late(ends, change.at))
    return {**new, "late": late}


def retract(change: Change, actor: Actor, duty_no: int, *, expected_serial: int | None = None) -> None:
    """A duty should never have been recorded; it stays visible as what was known until now."""
    change.flush()
    row = _current(change.connection, duty_no, expected_serial)
    check_may_record(change.connection, actor, row["detsis_no"], deputy=row["kind"] == DutyKind.DEPUTY)
    change.retract(schema.Duty, row["id"])


def follow_closures(change: Change) -> list[int]:
    """End the duties of units that DETSİS has closed, at the time of closing (T14); the numbers of the duties ended.

    A duty taken up after the closing cannot have been recorded; one recorded before with a later start is retracted.
    """
    change.flush()
    closed = closings()
    statement = (
        select(_DUTY, closed.c.at.label("closed"))
        .join(closed, closed.c.detsis_no == _DUTY.c.detsis_no)
        .where(known_at(schema.Duty))
        .where(_DUTY.c.valid_to.is_(None) | (_DUTY.c.valid_to > closed.c.at))
        .order_by(_DUTY.c.duty_no)
    )
    ended = []
    for row in change.connection.execute(statement).mappings().all():
        if row["valid_from"] >= row["closed"]:
            change.retract(schema.Duty, row["id"], action="unit-closed")
        else:
            new = {"valid_to": row["closed"], "closed_at": change.at}
            change.correct(schema.Duty, row["id"], new, action="unit-closed")
        ended.append(row["duty_no"])
    return ended


def closings() -> Subquery:
    """Each unit that is closed now, ``detsis_no``, with the instant ``at`` of its closing."""
    unit = schema.table_of(schema.Unit)
    # a closed unit may have been changed since, its successor named for example: it closed when it was last active
    return (
        select(
            unit.c.detsis_no,
            func.coalesce(func.max(case((unit.c.active, unit.c.valid_to))), func.min(unit.c.valid_from)).label("at"),
        )
        .where(known_at(schema.Unit))
        .where(unit.c.detsis_no.in_(select(unit.c.detsis_no).where(current(schema.Unit), unit.c.active.is_(False))))
        .group_by(unit.c.detsis_no)
        .subquery()
    )


def instant(when: datetime | date) -> datetime:
    """The instant of ``when``; a naive time is Türkiye's wall clock. Raises :class:`HourMissingError` for a date."""
    if not isinstance(when, datetime):
        raise HourMissingError("Başlama ve ayrılma saat, gün, ay ve yıl olarak bildirilmeli.")
    try:
        return clock.from_local(when)
    except ValueError:
        raise HourMissingError("Zaman geçerli aralıkta değil.") from None


def parse_instant(text: str) -> datetime:
    """The instant that ``text`` names in ISO 8601, with hour and minute; naive is Türkiye's wall clock. Raises
    :class:`~hub.iyem.errors.HourMissingError`."""
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        raise HourMissingError("Zaman okunamadı; örnek: 2026-03-10T09:00.") from None
    if len(text.strip()) < len("2026-03-10T09:00"):
        raise HourMissingError("Başlama ve ayrılma saat, gün, ay ve yıl olarak bildirilmeli.")
    return instant(when)


def _check_unit(connection: Connection, unit_no: int, begins: datetime, ends: datetime | None) -> None:
    """Principle 1 and T14: the unit is in DETSİS, and is not closed at any time of the period."""
    states = StoredRegister(connection, None).unit(unit_no)
    if not states:
        raise UnitNotInDetsisError(f"{unit_no} numaralı birim DETSİS'te yok.")
    for state in states:
        if not state.active and (ends is None or state.start < ends) and (state.end is None or begins < state.end):
            raise UnitNotInDetsisError(f"{unit_no} numaralı birim kapatılmış; görev en geç kapanışta biter.")


def _later(one: datetime | None, other: datetime | None) -> bool:
    """Whether a period's end (None: open) is after another."""
    return other is not None and (one is None or one > other)


def _duties_of_unit(connection: Connection, unit_no: int) -> list[DutyRecord]:
    return list(StoredRegister(connection, None).duties_in(unit_no))


def _overlap(duty: DutyRecord, begins: datetime, ends: datetime | None) -> bool:
    return (ends is None or duty.start < ends) and (duty.end is None or begins < duty.end)


def _check_free(others: list[DutyRecord], begins: datetime, ends: datetime | None) -> None:
    if any(duty.kind is not DutyKind.DEPUTY and _overlap(duty, begins, ends) for duty in others):
        raise OverlapError("Birimin bu dönemde başka bir yöneticisi kayıtlı; önce onun ayrılışı kaydedilmeli.")


def _check_own(
    others: list[DutyRecord], code: int | None, kind: DutyKind, begins: datetime, ends: datetime | None
) -> None:
    if any(duty.code == code and duty.kind is kind and _overlap(duty, begins, ends) for duty in others):
        raise OverlapError("Bu kişinin bu birimde aynı dönemde aynı türden bir kaydı var.")


def _owner_for(others: list[DutyRecord], code: int | None, begins: datetime, ends: datetime | None) -> int:
    """Principle 17: a deputy acts for a filled post, from a start to an end."""
    if ends is None:
        raise DeputyError("Vekâletin başlangıcı ve bitişi birlikte bildirilmeli.")
    for duty in others:
        if duty.kind is DutyKind.OWNER and duty.in_office(begins):
            if duty.code == code:
                raise DeputyError("Yönetici kendisine vekâlet edemez.")
            return duty.duty_no
    raise DeputyError(
        "Birimde asil yönetici kayıtlı değil; önce o kaydedilmeli."
        " Boş kadroyu vekâleten yürüten, vekil olarak kaydedilmez."
    )


def _known_code(connection: Connection, keys: Keys, manager: Manager) -> int | None:
    """The one code of the person (principle 15); None for somebody new to the register who may be given one."""
    if manager.tckn is None:
        if manager.code is None:
            raise CodeChoiceError("Yöneticinin T.C. Yönetici Kodu ya da T.C. kimlik no bildirilmeli.")
        if managers.person(connection, manager.code) is None:
            raise CodeChoiceError("Bu T.C. Yönetici Kodu kimseye verilmemiş.")
        return manager.code
    try:
        tckn = Tckn(manager.tckn)
    except ValueError:
        raise CodeChoiceError("T.C. kimlik no geçersiz.") from None
    known = managers.code_of(connection, keys, tckn)
    if known is not None:
        if manager.code not in (None, known):
            raise CodeChoiceError("T.C. Yönetici Kodu bu kişinin değil.")
        return known
    if manager.code is not None:
        if _lacks_number(connection, manager):
            return manager.code
        raise CodeChoiceError("T.C. Yönetici Kodu seçilemez; sistem verir.")
    if not clean(manager.given_name) or not clean(manager.surname):
        raise CodeChoiceError("Yöneticinin adı ve soyadı bildirilmeli.")
    return None


def check_birth(change: Change, birth: date | None) -> None:
    """Raises :class:`~hub.iyem.errors.CodeChoiceError` for a date of birth that has not come yet."""
    if birth is not None and birth > clock.to_local(change.at).date():
        raise CodeChoiceError("Doğum tarihi ileri bir tarih olamaz.")


def _lacks_number(connection: Connection, manager: Manager) -> bool:
    """Whether the code is of a person of this name whose identity number the register does not know: one that came from
    another register. Giving such a person another code would be a second one."""
    assert manager.code is not None
    found = managers.person(connection, manager.code)
    if found is None or found.tckn_sealed is not None:
        return False
    return (fold(manager.given_name), fold(manager.surname)) == (fold(found.given_name), fold(found.surname))


def _note_number(change: Change, keys: Keys, code: int, manager: Manager) -> None:
    """Keep the identity number of a person who was known without one."""
    found = managers.person(change.connection, code)
    if manager.tckn is None or found is None or found.tckn_sealed is not None:
        return
    row = managers.person_row(
        keys, code=code, given_name=found.given_name, surname=found.surname, tckn=Tckn(manager.tckn)
    )
    number = {name: row[name] for name in ("tckn_sealed", "tckn_lookup")}
    change.alter(schema.Person, {"code": code}, number, action="note-number")


def _new_code(change: Change, keys: Keys, manager: Manager) -> int:
    """The next code, given to a person whom :func:`_known_code` found new."""
    assert manager.tckn is not None
    connection, tckn = change.connection, Tckn(manager.tckn)
    code = _unused_code(connection)
    row = managers.person_row(
        keys, code=code, given_name=manager.given_name, surname=manager.surname, tckn=tckn, birth=manager.birth
    )
    change.open(schema.Person, row, action="give-code")
    change.flush()
    return code


def _unused_code(connection: Connection) -> int:
    """One that nobody ever had: above all others, or in the first gap where codes that came from another register
    leave none above."""
    code = schema.table_of(schema.Person).c.code
    highest: int | None = connection.execute(select(func.max(code))).scalar_one()
    if (highest or 0) < CODES:
        return max(highest or 0, 0) + 1
    if connection.execute(select(code).where(code == 1).limit(1)).first() is None:
        return 1
    after = schema.table_of(schema.Person).alias("after")
    taken = select(after.c.id).where(after.c.code == code + 1).exists()
    free = select(func.min(code) + 1).where(code.between(1, CODES - 1), ~taken)
    found: int | None = connection.execute(free).scalar_one()
    if found is None:
        raise CodeChoiceError("Verilebilecek T.C. Yönetici Kodu kalmadı.")
    return found


def _next_duty(connection: Connection) -> int:
    highest: int | None = connection.execute(select(func.max(_DUTY.c.duty_no))).scalar_one()
    return (highest or 0) + 1


def _late(when: datetime, recorded: datetime) -> bool:
    """Principle 13: a change is recorded on its day, Türkiye's day."""
    return clock.to_local(recorded).date() > clock.to_local(when).date()


def _current(connection: Connection, duty_no: int, expected: int | None) -> Mapping[str, Any]:
    statement = select(_DUTY).where(_DUTY.c.duty_no == duty_no, known_at(schema.Duty))
    row = connection.execute(statement).mappings().one_or_none()
    if row is None:
        raise NoSuchRecordError("Böyle bir görev kaydı yok.")
    if expected is not None and row["serial"] != expected:
        raise StaleRecordError("Kayıt, okunduktan sonra değişmiş; yeniden okuyun.")
    return dict(row)


def _read(change: Change, duty_no: int) -> DutyRecord:
    found = StoredRegister(change.connection, None).duty(duty_no)
    assert found is not None
    return found


def _text(value: str | None) -> str | None:
    return clean(value) or None if value is not None else None
