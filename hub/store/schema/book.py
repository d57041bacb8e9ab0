"""The journal of changes, the audit trail, what waits for an operator's word, imports, and callers' credentials."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.store.schema.base import Base
from hub.store.types import BigId


class Counter(Base):
    """Where a chain stands: its last number, instant and hash. Locked by whoever appends to the chain."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(primary_key=True)
    """``journal``, ``audit``, or ``access``: no chain, but how often credentials changed."""
    serial: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    hash: Mapped[bytes]
    seal: Mapped[bytes | None]
    """Keyed digest over serial and hash, where the writer had the key file: cutting the chain's end shows."""


class ChangeSet(Base):
    """One committed transaction: who, when, from where, and which serials."""

    __tablename__ = "change_set"

    first_serial: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    last_serial: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(index=True)
    """Never before that of an earlier change set, whatever the clock did."""
    actor: Mapped[str]
    origin: Mapped[str]


class JournalEntry(Base):
    """One change of one fact's key. Serials have no gap; each row carries the hash over itself and the row before."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_subject", "subject", "serial"),
        Index(
            "ix_journal_unit",
            "unit",
            "serial",
            sqlite_where=text("unit IS NOT NULL"),
            postgresql_where=text("unit IS NOT NULL"),
        ),
    )

    serial: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    change: Mapped[int] = mapped_column(BigInteger)
    """First serial of its change set."""
    subject: Mapped[str]
    key: Mapped[str]
    """The key's values joined by ``/``."""
    unit: Mapped[int | None]
    """The DETSİS number it touches."""
    action: Mapped[str]
    digest: Mapped[bytes]
    """First 16 bytes of the SHA-256 over the facts that the change opened and closed."""
    hash: Mapped[bytes]


class AuditEvent(Base):
    """Who did what, apart from changes of facts: credentials, approvals, personal data shown.

    Chained like the journal.
    """

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_event", "event", "serial"),)

    serial: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    event: Mapped[str]
    """``subject:action``."""
    subject: Mapped[str]
    detail: Mapped[str]
    """A JSON object; never a password or a T.C. kimlik no."""
    hash: Mapped[bytes]


class HeldChange(Base):
    """A change too large to be believed at once; it waits for an operator's word."""

    __tablename__ = "held_change"
    __table_args__ = (CheckConstraint("state IN ('held', 'approved', 'refused')", name="state"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    origin: Mapped[str]
    subject: Mapped[str]
    would_close: Mapped[int]
    total: Mapped[int]
    share: Mapped[float]
    """The share that was allowed."""
    fingerprint: Mapped[str]
    """SHA-256 of what would have been applied."""
    payload: Mapped[bytes | None]
    """What would have been applied, in the form of whoever held it."""
    state: Mapped[str]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class ImportBatch(Base):
    """One file that was read: where from, what came of it."""

    __tablename__ = "import_batch"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    source: Mapped[str]
    fingerprint: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    state: Mapped[str]
    opened: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    closed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    first_serial: Mapped[int | None] = mapped_column(BigInteger)
    last_serial: Mapped[int | None] = mapped_column(BigInteger)


class Credential(Base):
    """What one caller proves itself with. Rows are kept after revocation."""

    __tablename__ = "credential"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    kurum_id: Mapped[str] = mapped_column(index=True)
    """The caller's name on the wire: its institution's DETSİS number as text."""
    detsis_no: Mapped[int]
    hash: Mapped[str]
    """argon2id, in its own encoded form."""
    rights: Mapped[str]
    """Names of rights in alphabetical order, joined by blanks."""
    label: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]
