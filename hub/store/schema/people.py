"""People: İYEM managers and their duties, DETSİS officers, and the manager names KAYSİS held before İYEM."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.store.schema.base import Fact, now_index

TAKEN_OVER = "taken-over"
"""How the ``recorder`` of a duty begins that was copied from a register which does not say when it was recorded."""


class DutyKind(StrEnum):
    """How a manager holds a unit."""

    OWNER = "owner"
    """Owner of the post (asil)."""
    DEPUTY = "deputy"
    """Acts for a filled post, from a start to an end."""
    ACTING = "acting"
    """Acting head of a vacant post."""


class Person(Fact):
    """A manager with the one T.C. Yönetici Kodu, independent of any unit and never reused."""

    __tablename__ = "person"
    subject = "person"
    key = ("code",)

    code: Mapped[int]
    """T.C. Yönetici Kodu."""
    given_name: Mapped[str]
    surname: Mapped[str]
    tckn_sealed: Mapped[bytes | None]
    """T.C. kimlik no, sealed by :class:`hub.store.personal.Keys`."""
    tckn_lookup: Mapped[bytes | None]
    """Keyed digest of the T.C. kimlik no; finds a person without showing the number."""
    birth_sealed: Mapped[bytes | None]
    """Date of birth in ISO form, sealed."""

    @classmethod
    def more_args(cls) -> tuple[Any, ...]:
        return (
            now_index("ix_person_now_lookup", "tckn_lookup", unique=True),
            Index("ix_person_lookup", "tckn_lookup"),  # as was known once
        )


class Duty(Fact):
    """One manager in one unit: ``valid_from`` is the taking up, ``valid_to`` the leaving, which may lie ahead."""

    __tablename__ = "duty"
    subject = "duty"
    key = ("duty_no",)
    unit_column = "detsis_no"
    future = True

    duty_no: Mapped[int]
    """Names the record through all its corrections."""
    detsis_no: Mapped[int]
    code: Mapped[int]
    kind: Mapped[str]
    """A :class:`DutyKind`."""
    title: Mapped[str | None]
    """Post title (``UnvanAdi``)."""
    legal_basis: Mapped[str | None]
    """``HukukiDayanak``, an open list."""
    kind_text: Mapped[str | None]
    """``GorevTuru``, an open list."""
    deputy_text: Mapped[str | None]
    """``VekaletTuru``; None for an owner."""
    for_duty_no: Mapped[int | None]
    """A deputy's: the owner's record that is acted for."""
    recorded_at: Mapped[datetime]
    """When it was first recorded; signing is possible from here on, whatever was corrected later."""
    closed_at: Mapped[datetime | None]
    """When its end was recorded."""
    recorder: Mapped[str | None]
    late: Mapped[bool] = mapped_column(default=False)
    """Recorded on a later day than the change."""

    @classmethod
    def more_args(cls) -> tuple[Any, ...]:
        return (
            CheckConstraint("kind IN ('owner', 'deputy', 'acting')", name="kind"),
            Index("ix_duty_unit", "detsis_no", "valid_from"),
            Index("ix_duty_code", "code", "detsis_no", "valid_from"),
            # since when the register holds anything, as is known now or was known once: found in the index alone
            Index("ix_duty_begins", "valid_from", "known_to", "known_from"),
        )


class LegacyManager(Fact):
    """A manager's name that KAYSİS held for a unit before the institution's first İYEM record."""

    __tablename__ = "legacy_manager"
    subject = "legacy_manager"
    key = ("detsis_no", "full_name")
    unit_column = "detsis_no"

    detsis_no: Mapped[int]
    full_name: Mapped[str]
    title: Mapped[str | None]


class DetsisOfficer(Fact):
    """Someone authorised for DETSİS work at an institution."""

    __tablename__ = "detsis_officer"
    subject = "detsis_officer"
    key = ("detsis_no", "officer_id")
    unit_column = "detsis_no"

    detsis_no: Mapped[int]
    officer_id: Mapped[int]
    given_name: Mapped[str]
    surname: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    role: Mapped[str | None]
    """``Yetkisi``."""
