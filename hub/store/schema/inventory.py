"""The inventories that hang on units: file plan (SDPS), services (HEYS), documents (DBYS), legislation (KMS)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from hub.store.schema.base import DERIVED, Fact, now_index


class FilePlanCode(Fact):
    """A standard file plan code in use at a main institution."""

    __tablename__ = "file_plan_code"
    subject = "file_plan"
    key = ("detsis_no", "code")
    unit_column = "detsis_no"

    detsis_no: Mapped[int]
    """The main institution."""
    code: Mapped[str]
    """``AnaKod`` and up to three ``AltKod`` joined by dots."""
    code_id: Mapped[int]
    main_code: Mapped[str]
    sub_code1: Mapped[str | None]
    sub_code2: Mapped[str | None]
    sub_code3: Mapped[str | None]
    topic: Mapped[str]
    retention_period: Mapped[str | None]
    retention_time: Mapped[str | None]
    """``SaklamaZaman``."""
    retention_code: Mapped[str | None]
    footnote: Mapped[str | None]
    note: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    kind: Mapped[bool] = mapped_column(default=False)
    """``Tip``; its meaning is not established."""
    group_start: Mapped[str | None]
    group_end: Mapped[str | None]
    level: Mapped[str | None]


class Service(Fact):
    """A public service of the service inventory and the unit that gives it."""

    __tablename__ = "service"
    subject = "service"
    key = ("detsis_no", "service_id")
    unit_column = "detsis_no"

    detsis_no: Mapped[int]
    service_id: Mapped[str]
    """Hizmet Envanteri Numarası."""
    name: Mapped[str]

    @classmethod
    def more_args(cls) -> tuple[Any, ...]:
        return (now_index("ix_service_now_service", "service_id"),)


class Document(Fact):
    """A document asked for or issued in a unit's services; one that is both asked for and issued is two facts."""

    __tablename__ = "document"
    subject = "document"
    key = ("detsis_no", "document_id", "requested")
    former_key = ("detsis_no", "document_id")
    unit_column = "detsis_no"

    detsis_no: Mapped[int]
    document_id: Mapped[int]
    """Devlet Belge Numarası (``BelgeBeyanID``)."""
    name: Mapped[str]
    kind: Mapped[str | None]
    """Upper-case kind, for example ``TUTANAK``."""
    requested: Mapped[bool]
    """Asked for (true) or issued."""


class Legislation(Fact):
    """A piece of legislation registered for an institution."""

    __tablename__ = "legislation"
    subject = "legislation"
    key = ("detsis_no", "legislation_id")
    unit_column = "detsis_no"

    detsis_no: Mapped[int]
    legislation_id: Mapped[int]
    name: Mapped[str]
    folded_name: Mapped[str] = mapped_column(info=DERIVED)
    """``hub.turkish.fold(name)``."""
    kind_id: Mapped[int]
    kind: Mapped[str | None]
    number: Mapped[str | None]
    dated: Mapped[date | None]
    """``MevzuatTarihi``."""
    gazette_number: Mapped[str | None]
    gazette_date: Mapped[date | None]
    """None for what the Official Gazette never published."""

    @classmethod
    def more_args(cls) -> tuple[Any, ...]:
        return (now_index("ix_legislation_now_number", "number"),)
