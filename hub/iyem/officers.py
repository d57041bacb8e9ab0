"""İYEM's officers: where they are, who grants them access, what they may record (principles 2 to 10).

Whoever acts is an :class:`Actor`: the centre, an officer with a grant in force, or an institution's EBYS over the web
services, which principle 17 lets record deputies.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, func, select

from hub.iyem import places
from hub.iyem.errors import (
    DeputyError,
    EntryMethodError,
    GrantError,
    IyemError,
    LocalGovernmentError,
    NoGrantError,
    OfficerDataError,
    OfficerPlaceError,
    OutsideAreaError,
    UnitNotInDetsisError,
)
from hub.iyem.places import Place, Standing
from hub.registry import units
from hub.registry.managers import TCKN_PURPOSE
from hub.registry.moment import NOW, Moment, holds
from hub.store import schema
from hub.store.change import Change
from hub.store.personal import Keys, Tckn
from hub.store.schema import OfficerRole
from hub.turkish import clean

MOBILE_PURPOSE: Final = "mobile"

_MAIL: Final = re.compile(r"[^@\s]+@(?:[^@\s.]+\.)+[^@\s.]+")

OFFICERS_PER_PLACE: Final = 2
"""Principle 4."""

DUE: Final = {
    OfficerRole.YETKILI: datetime(2016, 2, 1, 22, tzinfo=UTC),
    OfficerRole.GOREVLI: datetime(2016, 2, 8, 22, tzinfo=UTC),
}
"""Ends of the days, Türkiye time, by which principle 8 wanted the officers' data."""


class Method(StrEnum):
    """How an officer may enter (principle 10)."""

    E_SIGNATURE = "e-imza"
    MOBILE_SIGNATURE = "mobil-imza"
    E_DEVLET = "e-devlet"


@dataclass(frozen=True, slots=True)
class Officer:
    """A grant in force."""

    officer_no: int
    place_no: int
    role: OfficerRole
    area_no: int
    """A Görevli's as granted; a Yetkili's as the unit stands now: the institution or authority."""
    coordinator_no: int | None
    """A Görevli's: whose Yetkili coordinate, as the unit stands now (principle 5: a change of unit changes it)."""
    given_name: str
    surname: str

    @property
    def name(self) -> str:
        """Name and surname, joined by a blank."""
        return f"{self.given_name} {self.surname}"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: the centre (neither field), an officer, or an institution's EBYS."""

    name: str
    """For journal and audit trail; never an identity number."""
    officer: Officer | None = None
    ebys_of: int | None = None
    """Main institution whose EBYS calls."""

    @property
    def centre(self) -> bool:
        """Whether it is the centre that acts, not an officer or an institution's EBYS."""
        return self.officer is None and self.ebys_of is None


@dataclass(frozen=True, slots=True)
class Contact:
    """What principle 8 asks for each officer."""

    tckn: str
    given_name: str
    surname: str
    work_phone: str
    mobile_phone: str
    email: str


def officer(connection: Connection, officer_no: int, moment: Moment = NOW) -> Officer:
    """The officer with a grant in force at ``moment``; raises :class:`NoGrantError` (principle 9)."""
    table = schema.table_of(schema.IyemOfficer)
    statement = select(*(table.c[name] for name in Officer.__slots__)).where(
        table.c.officer_no == officer_no, holds(schema.IyemOfficer, moment)
    )
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise NoGrantError("Bu kişiye verilmiş geçerli bir İYEM yetkisi yok.")
    return _officer(connection, row)


def acting_officer(connection: Connection, officer_no: int) -> Officer:
    """:func:`officer` of a place that operates: with its unit an officer's work there ends, until the grant is ended or
    the unit is opened again. Raises :class:`~hub.iyem.errors.NoGrantError`."""
    found = officer(connection, officer_no)
    at = places.standing(connection, found.place_no)
    if at is None or not at.unit.active:
        raise NoGrantError("Görevlinin birimi kapatılmış; burada verilen yetkiyle işlem yapılmaz.")
    return found


def officers_at(connection: Connection, place_no: int) -> list[Officer]:
    """Officers in force in one unit."""
    table = schema.table_of(schema.IyemOfficer)
    statement = (
        select(*(table.c[name] for name in Officer.__slots__))
        .where(table.c.place_no == place_no, holds(schema.IyemOfficer))
        .order_by(table.c.officer_no)
    )
    return [_officer(connection, row) for row in connection.execute(statement).all()]


def method_of(text: str) -> Method:
    """The way of entry that ``text`` names; raises :class:`EntryMethodError` for any other (principle 10)."""
    try:
        return Method(text)
    except ValueError:
        raise EntryMethodError("İYEM'e yalnızca e-imza, mobil imza ya da e-Devlet şifresiyle girilir.") from None


def grant(
    change: Change,
    keys: Keys,
    actor: Actor,
    role: OfficerRole,
    place_no: int,
    contact: Contact,
    *,
    area_no: int | None = None,
) -> Officer:
    """Give somebody access as ``role`` in the unit ``place_no`` (principles 4, 5, 7, 8).

    ``area_no`` is the unit beneath which a Görevli records (None: the own unit). Raises :class:`OfficerPlaceError`,
    :class:`GrantError`, :class:`OfficerDataError`, :class:`UnitNotInDetsisError`.
    """
    change.flush()
    connection = change.connection
    at = _standing(connection, place_no)
    if not at.unit.active:
        raise OfficerPlaceError("Kapatılmış bir birimde yetki verilmez.")
    if role is OfficerRole.YETKILI:
        area, coordinating = _yetkili_place(at), None
    else:
        if not at.provincial:
            raise OfficerPlaceError("İYEM görevlisi yalnızca taşra birimlerinde yetkilendirilir.")
        coordinating = coordinator(at)
        area = _gorevli_area(connection, at, area_no)
    _may_grant(connection, actor, role, coordinating)
    tckn = _checked(contact)
    lookup = keys.lookup(tckn.number, TCKN_PURPOSE)
    _check_not_oneself(connection, actor, lookup)
    _check_not_twice(connection, role, place_no, lookup)
    row = {
        "officer_no": _next(connection, schema.IyemOfficer, "officer_no"),
        "place_no": place_no,
        "role": role.value,
        "area_no": area,
        "coordinator_no": coordinating,
        "given_name": clean(contact.given_name),
        "surname": clean(contact.surname),
        "tckn_sealed": keys.seal(tckn.number, TCKN_PURPOSE),
        "tckn_lookup": lookup,
        "work_phone": clean(contact.work_phone),
        "mobile_sealed": keys.seal(clean(contact.mobile_phone), MOBILE_PURPOSE),
        "email": contact.email.strip(),
        "granted_by": actor.name,
        "late": change.at >= DUE[role],
    }
    change.open(schema.IyemOfficer, row, action="grant")
    change.flush()
    return officer(connection, row["officer_no"])  # type: ignore[arg-type]


def withdraw(change: Change, actor: Actor, officer_no: int, *, replacement: Officer | None = None) -> None:
    """End a grant. A place must keep two officers of the role, unless ``replacement`` was granted in the same
    transaction (principle 4). Raises :class:`~hub.iyem.errors.OfficerPlaceError` otherwise."""
    change.flush()
    found = officer(change.connection, officer_no)
    _may_grant(change.connection, actor, found.role, found.coordinator_no)
    left = [o for o in officers_at(change.connection, found.place_no) if o.role is found.role]
    operates = _standing(change.connection, found.place_no).unit.active
    if operates and len(left) - 1 < OFFICERS_PER_PLACE and not _replaces(change, found, replacement):
        raise OfficerPlaceError("Her yerde en az iki kişi kalmalı; yerine geçecek kişi aynı istekte bildirilmeli.")
    change.end(schema.IyemOfficer, {"officer_no": officer_no}, action="withdraw")


def check_may_record(
    connection: Connection, actor: Actor, unit_no: int, *, deputy: bool, on_screen: bool = True
) -> Standing:
    """The unit's standing, if ``actor`` may record a manager there (principles 2, 3, 9, 17).

    ``deputy`` says that a deputy for a filled post is meant; ``on_screen`` that an officer does it and no EBYS.
    Raises :class:`UnitNotInDetsisError`, :class:`LocalGovernmentError`, :class:`OutsideAreaError`,
    :class:`DeputyError`.
    """
    at = _standing(connection, unit_no)
    if actor.ebys_of is not None:
        if at.main_no != actor.ebys_of:
            raise OutsideAreaError("Kurum, web servisiyle yalnızca kendi birimleri için kayıt yapabilir.")
        if not deputy:
            raise OutsideAreaError("Web servisiyle asil yönetici kaydını bir İYEM yetkilisi ya da görevlisi yapar.")
        return at
    if actor.officer is None:
        return at
    acting = acting_officer(connection, actor.officer.officer_no)  # a grant withdrawn meanwhile counts no more
    if deputy and on_screen and acting.role is OfficerRole.GOREVLI:
        raise DeputyError("Vekâleti İYEM görevlisi kaydetmez; kurumun EBYS'si ya da İYEM yetkilisi kaydeder.")
    if acting.role is OfficerRole.GOREVLI:
        if at.place is Place.LOCAL:  # beneath the governorate in DETSİS, but it records its own
            raise LocalGovernmentError("Mahallî idareler yöneticilerini kendileri kaydeder.")
        if acting.area_no not in _above(connection, at):
            raise OutsideAreaError("Birim, görevlinin bölge, il ya da ilçesinde değil.")
        return at
    if acting.area_no == at.main_no and at.place is not Place.CIVIL:
        return at
    home = _standing(connection, acting.place_no)
    if home.place is Place.CIVIL:
        if at.place is Place.LOCAL:
            raise LocalGovernmentError("Mahallî idareler yöneticilerini kendileri kaydeder.")
        if acting.area_no in _above(connection, at):
            return at
    raise OutsideAreaError("Birim, yetkilinin kurumunda ya da mülkî idaresinde değil.")


def check_may_record_one(connection: Connection, actor: Actor, numbers: set[int]) -> None:
    """Raises what one of these units refuses (:func:`check_may_record`), unless ``actor`` may record in another. There
    must be one."""
    last, *others = sorted(numbers)
    for number in others:
        with contextlib.suppress(IyemError):
            check_may_record(connection, actor, number, deputy=False)
            return
    check_may_record(connection, actor, last, deputy=False)


def _officer(connection: Connection, row: object) -> Officer:
    values = {name: getattr(row, name) for name in Officer.__slots__}
    role = OfficerRole(values["role"])
    at = places.standing(connection, values["place_no"])
    if at is not None:  # the unit may stand elsewhere than it did when the grant was given
        if role is OfficerRole.GOREVLI:
            values["coordinator_no"] = coordinator(at)
        else:
            values["area_no"] = _yetkili_area(at) or values["area_no"]
    return Officer(**{**values, "role": role})


def _standing(connection: Connection, number: int) -> Standing:
    found = places.standing(connection, number)
    if found is None:
        raise UnitNotInDetsisError(f"{number} numaralı birim DETSİS'te yok.")
    return found


def _above(connection: Connection, at: Standing) -> set[int]:
    """The unit and all superiors by either link."""
    return {at.unit.detsis_no, *units.superiors(connection, at.unit.detsis_no)}


def _yetkili_place(at: Standing) -> int:
    area = _yetkili_area(at)
    if area is not None:
        return area
    if at.provincial:
        raise OfficerPlaceError("İYEM yetkilisi taşra biriminde yetkilendirilmez; orada görevli olur.")
    raise OfficerPlaceError("İYEM yetkilisi merkezde personel biriminde, mülkî idarede yazı işlerinde olur.")


def _yetkili_area(at: Standing) -> int | None:
    """What a Yetkili of this place records for; None for a place that has none."""
    if places.works_in_registry_office(at):
        return at.authority_no
    return at.main_no if places.works_in_personnel(at) else None


def _gorevli_area(connection: Connection, at: Standing, area_no: int | None) -> int:
    if area_no is None or area_no == at.unit.detsis_no:
        return at.unit.detsis_no
    if area_no not in {row.detsis_no for row in at.line}:
        raise OfficerPlaceError("Görevlinin alanı kendi birimi ya da onun üst birimi olmalı.")
    above = _standing(connection, area_no)
    if not above.provincial or above.place is not at.place:
        raise OfficerPlaceError("Görevlinin alanı bir taşra birimi olmalı.")
    return area_no


def coordinator(at: Standing) -> int:
    """Whose Yetkili coordinate a unit's Görevli. Principle 5: of a direct unit the institution's centre, of a civil
    unit the civil authority concerned."""
    if at.place is Place.CIVIL and at.authority_no is not None:
        return at.authority_no
    return at.main_no


def _may_grant(connection: Connection, actor: Actor, role: OfficerRole, coordinator: int | None) -> None:
    if actor.centre:
        return
    if role is OfficerRole.YETKILI:
        raise GrantError("İYEM yetkilisini yalnızca İYEM merkezi yetkilendirir.")
    if actor.officer is None:
        raise GrantError("İYEM görevlisini, onu koordine eden İYEM yetkilisi yetkilendirir.")
    acting = acting_officer(connection, actor.officer.officer_no)  # a grant withdrawn meanwhile counts no more
    if acting.role is not OfficerRole.YETKILI:
        raise GrantError("İYEM görevlisini, onu koordine eden İYEM yetkilisi yetkilendirir.")
    if acting.area_no != coordinator:
        raise GrantError("Bu görevliyi başka bir yerin yetkilileri koordine eder.")


def _check_not_oneself(connection: Connection, actor: Actor, lookup: bytes) -> None:
    """Principles 4 and 7: whoever grants is another person than whoever is granted."""
    if actor.officer is None:
        return
    table = schema.table_of(schema.IyemOfficer)
    own = select(table.c.id).where(
        table.c.officer_no == actor.officer.officer_no, table.c.tckn_lookup == lookup, holds(schema.IyemOfficer)
    )
    if connection.execute(own.limit(1)).first() is not None:
        raise GrantError("Kimse kendisini yetkilendiremez.")


def _check_not_twice(connection: Connection, role: OfficerRole, place_no: int, lookup: bytes) -> None:
    """Principle 4 counts persons: one person granted twice would make a place look complete."""
    table = schema.table_of(schema.IyemOfficer)
    statement = select(table.c.id).where(
        table.c.place_no == place_no,
        table.c.role == role.value,
        table.c.tckn_lookup == lookup,
        holds(schema.IyemOfficer),
    )
    if connection.execute(statement.limit(1)).first() is not None:
        raise OfficerPlaceError("Bu kişinin bu yerde geçerli bir yetkisi zaten var.")


def _replaces(change: Change, found: Officer, replacement: Officer | None) -> bool:
    """Whether ``replacement`` was granted in this very transaction, for the same place and role."""
    if replacement is None or replacement.officer_no == found.officer_no:
        return False
    table = schema.table_of(schema.IyemOfficer)
    statement = select(table.c.id).where(
        table.c.officer_no == replacement.officer_no,
        table.c.place_no == found.place_no,
        table.c.role == found.role.value,
        table.c.known_from == change.at,
        holds(schema.IyemOfficer),
    )
    return change.connection.execute(statement).first() is not None


def _checked(contact: Contact) -> Tckn:
    for name, value in (
        ("ad", contact.given_name),
        ("soyad", contact.surname),
        ("iş telefonu", contact.work_phone),
        ("cep telefonu", contact.mobile_phone),
        ("e-posta", contact.email),
    ):
        if not clean(value):
            raise OfficerDataError(f"Eksik bilgi: {name}.")
    if not _MAIL.fullmatch(contact.email.strip()):
        raise OfficerDataError("E-posta adresi geçersiz.")
    try:
        return Tckn(contact.tckn)
    except ValueError:
        raise OfficerDataError("T.C. kimlik no geçersiz.") from None


def _next(connection: Connection, kind: type[schema.Fact], column: str) -> int:
    """One more than the highest number ever given out; writers take turns, so two never get the same."""
    highest: int | None = connection.execute(select(func.max(schema.table_of(kind).c[column]))).scalar_one()
    return (highest or 0) + 1
