"""How a unit is reached: contacts, KEP addresses, encryption certificates, package version, notification number."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from hub.store.schema.base import DERIVED, Fact, now_index


class Contact(Fact):
    """One contact entry of a unit."""

    __tablename__ = "contact"
    subject = "contact"
    key = ("detsis_no", "kind", "value")
    unit_column = "detsis_no"

    detsis_no: Mapped[int]
    kind: Mapped[int]
    """1 web site, 2 e-mail, 4 telephone, 5 fax."""
    value: Mapped[str]
    label: Mapped[str | None]
    """``IletisimAdi``."""
    rank: Mapped[int] = mapped_column(default=0)
    """Order among the unit's entries of one kind; the preferred entry has the highest."""


class KepAddress(Fact):
    """A registered electronic mail (KEP) address of a unit."""

    __tablename__ = "kep_address"
    subject = "kep"
    key = ("detsis_no", "folded_address")
    unit_column = "detsis_no"

    detsis_no: Mapped[int]
    folded_address: Mapped[str] = mapped_column(info=DERIVED)
    """The address in lower case by ASCII rules."""
    address: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    status: Mapped[str | None]
    """``Durum``, an open list."""
    kind: Mapped[str | None]
    """``MuhatapKepTipi``, an open list."""

    @classmethod
    def more_args(cls) -> tuple[Any, ...]:
        return (now_index("ix_kep_address_now_address", "folded_address"),)


class Certificate(Fact):
    """An encryption certificate that an institution put into the registry."""

    __tablename__ = "certificate"
    subject = "certificate"
    key = ("detsis_no", "fingerprint")
    unit_column = "detsis_no"

    detsis_no: Mapped[int]
    fingerprint: Mapped[str]
    """SHA-256 of the DER bytes, in lower-case hexadecimal."""
    der: Mapped[bytes]
    uploaded_at: Mapped[datetime]
    """``KayitTarihi``."""
    updated_at: Mapped[datetime]
    """``SonGuncellemeTarihi``."""
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]
    """``GecerlilikTarihi``."""
    active: Mapped[bool] = mapped_column(default=True)

    @classmethod
    def more_args(cls) -> tuple[Any, ...]:
        return (now_index("ix_certificate_now_updated", "updated_at"),)


class CertificateOwnership(Fact):
    """Unit ``detsis_no`` receives with the certificate of ``owner_no``."""

    __tablename__ = "certificate_ownership"
    subject = "certificate_ownership"
    key = ("detsis_no",)
    unit_column = "detsis_no"

    detsis_no: Mapped[int]
    owner_no: Mapped[int]


class PackageVersion(Fact):
    """The e-Yazışma package version that an institution works with, written ``1.3`` or ``2.0``."""

    __tablename__ = "package_version"
    subject = "package_version"
    key = ("detsis_no",)
    unit_column = "detsis_no"

    detsis_no: Mapped[int]
    version: Mapped[str]


class NotificationNumber(Fact):
    """The electronic notification (UETS) number of an institution."""

    __tablename__ = "notification_number"
    subject = "notification_number"
    key = ("detsis_no",)
    unit_column = "detsis_no"

    detsis_no: Mapped[int]
    number: Mapped[str]
