"""İYEM beside the duties: officers and their grants, links to deputy heads, CVs, and answers to repeated writes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.store.schema.base import Base, Fact, now_index


class OfficerRole(StrEnum):
    """İYEM's two kinds of officers (principle 4)."""

    YETKILI = "yetkili"
    """Works in the personnel unit of an institution's centre, or in the registry office of a (district) governorate."""
    GOREVLI = "gorevli"
    """In a provincial unit."""


class IyemOfficer(Fact):
    """One grant: who may record managers, where. Its period is the grant's; withdrawing ends it (principles 4 to 9)."""

    __tablename__ = "iyem_officer"
    subject = "iyem_officer"
    key = ("officer_no",)
    unit_column = "place_no"

    officer_no: Mapped[int]
    place_no: Mapped[int]
    """The unit that the officer works in."""
    role: Mapped[str]
    """An :class:`OfficerRole`."""
    area_no: Mapped[int]
    """The unit beneath which the officer records: an institution, an authority, or a provincial unit's own branch."""
    coordinator_no: Mapped[int | None]
    """A Görevli's: the institution or authority whose Yetkili coordinate (principle 5); None for a Yetkili."""
    given_name: Mapped[str]
    surname: Mapped[str]
    tckn_sealed: Mapped[bytes]
    tckn_lookup: Mapped[bytes]
    work_phone: Mapped[str]
    mobile_sealed: Mapped[bytes]
    """Mobile phone, sealed: private contact data (principle 18)."""
    email: Mapped[str]
    granted_by: Mapped[str]
    late: Mapped[bool] = mapped_column(default=False)
    """Granted after the date that principle 8 set."""

    @classmethod
    def more_args(cls) -> tuple[Any, ...]:
        return (
            CheckConstraint("role IN ('yetkili', 'gorevli')", name="role"),
            now_index("ix_iyem_officer_now_place", "place_no"),
            now_index("ix_iyem_officer_now_lookup", "tckn_lookup"),
        )


class DeputyHeadLink(Fact):
    """The deputy head of an institution, or the deputy governor, that a first-level unit reports to (principle 14)."""

    __tablename__ = "deputy_head_link"
    subject = "deputy_head_link"
    key = ("detsis_no",)
    unit_column = "detsis_no"

    detsis_no: Mapped[int]
    head_no: Mapped[int]
    """The institution or authority whose deputy head it is."""
    code: Mapped[int]
    """The deputy head's T.C. Yönetici Kodu."""


class Cv(Fact):
    """A manager's CV, published on the institution's chart while in office (principle 18)."""

    __tablename__ = "cv"
    subject = "cv"
    key = ("code",)

    code: Mapped[int]
    text: Mapped[str]


class WriteReceipt(Base):
    """What a write with an idempotency key answered, so that a repeated one answers the same and writes nothing."""

    __tablename__ = "write_receipt"

    caller: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    """SHA-256 of what was asked; another question under the same key is refused."""
    answer: Mapped[str]
    """JSON."""
    at: Mapped[datetime]
