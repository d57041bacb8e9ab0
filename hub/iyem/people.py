"""What is recorded of a manager beside the duties: a new name, and what was recorded wrongly (principle 15).

The T.C. Yönetici Kodu never changes, and what was known before stays to be asked about.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import select

from hub.iyem.errors import CodeChoiceError, NoSuchRecordError
from hub.iyem.officers import Actor, check_may_record_one
from hub.iyem.register import check_birth
from hub.registry import managers
from hub.store import schema
from hub.store.change import Change
from hub.store.personal import Keys, Tckn
from hub.store.scope import known_at
from hub.turkish import clean

_PERSON: Final = schema.table_of(schema.Person)
_NAMES: Final = ("given_name", "surname")


def rename(change: Change, actor: Actor, code: int, *, given_name: str = "", surname: str = "") -> int | None:
    """The manager with T.C. Yönetici Kodu ``code`` has another name from now on, after a marriage for example; the
    serial, None if it was the same. An empty part stays as it is.

    An officer of a unit that the manager holds may. Raises :class:`~hub.iyem.errors.IyemError`.
    """
    change.flush()
    _check(change, actor, code)
    facts = _named(given_name, surname)
    return change.alter(schema.Person, {"code": code}, facts, action="rename") if facts else None


def correct_person(
    change: Change,
    keys: Keys,
    actor: Actor,
    code: int,
    *,
    tckn: str | None = None,
    given_name: str = "",
    surname: str = "",
    birth: date | None = None,
) -> int | None:
    """What was recorded of the manager with T.C. Yönetici Kodu ``code`` was wrong; the serial, None if nothing differs.

    By the number that was wrong nobody is found any more; asked what was known before, the register answers as it did
    then. Number and date of birth say whose the code is, so that only the centre corrects them; a name may an officer
    of a unit that the manager holds. Raises :class:`~hub.iyem.errors.IyemError`.
    """
    change.flush()
    if (tckn is not None or birth is not None) and not actor.centre:
        raise CodeChoiceError("T.C. kimlik no ve doğum tarihini yalnızca İYEM merkezi düzeltir.")
    check_birth(change, birth)
    found = _check(change, actor, code)
    always = _number(change, keys, code, tckn)
    if birth is not None and birth != managers.birth_date(keys, found):
        always["birth_sealed"] = keys.seal(birth.isoformat(), managers.BIRTH_PURPOSE)
    named = _named(given_name, surname)
    statement = select(_PERSON).where(_PERSON.c.code == code, known_at(schema.Person)).order_by(_PERSON.c.valid_from)
    serial = None
    for row in change.connection.execute(statement).mappings().all():
        new = always | (named if row["valid_to"] is None else {})  # former names were right in their time
        if any(row[name] != value for name, value in new.items()):
            serial = change.correct(schema.Person, row["id"], new)
    return serial


def _check(change: Change, actor: Actor, code: int) -> managers.Person:
    """Who has the code, if ``actor`` may write about the person."""
    found = managers.person(change.connection, code)
    if found is None:
        raise NoSuchRecordError("Bu T.C. Yönetici Kodu kimseye verilmemiş.")
    if not actor.centre:
        held = managers.held_from(change.connection, code, change.at)
        if not held:
            raise NoSuchRecordError("Bu T.C. Yönetici Kodu ile süren bir görev yok.")
        check_may_record_one(change.connection, actor, held)
    return found


def _named(given_name: str, surname: str) -> dict[str, Any]:
    return {name: text for name, text in zip(_NAMES, (clean(given_name), clean(surname)), strict=True) if text}


def _number(change: Change, keys: Keys, code: int, given: str | None) -> dict[str, Any]:
    """The columns of an identity number; nothing where it is the one that is recorded."""
    if given is None:
        return {}
    try:
        tckn = Tckn(given)
    except ValueError:
        raise CodeChoiceError("T.C. kimlik no geçersiz.") from None
    holder = managers.code_of(change.connection, keys, tckn)
    if holder not in (None, code):
        raise CodeChoiceError("Bu T.C. kimlik no, başka bir T.C. Yönetici Kodu olan birinin.")
    if holder == code:
        return {}
    lookup = keys.lookup(tckn.number, managers.TCKN_PURPOSE)
    return {"tckn_sealed": keys.seal(tckn.number, managers.TCKN_PURPOSE), "tckn_lookup": lookup}
