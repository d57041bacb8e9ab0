"""İYEM's officers, links to deputy heads, CVs, and answers to repeated writes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from hub.store.types import BigId, Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("iyem_officer", "deputy_head_link", "cv")


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _sealed(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _fact(table: str, key: str, *columns: sa.Column[Any] | sa.CheckConstraint) -> None:
    op.create_table(
        table,
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        *columns,
        sa.Column("valid_from", Instant(), nullable=False),
        sa.Column("valid_to", Instant(), nullable=True),
        sa.Column("known_from", Instant(), nullable=False),
        sa.Column("known_to", Instant(), nullable=True),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("closed_serial", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f(f"ck_{table}_period")),
        sa.CheckConstraint("(known_to IS NULL) = (closed_serial IS NULL)", name=op.f(f"ck_{table}_closing")),
    )
    _now_index(f"ix_{table}_now", table, key, unique=True)
    op.create_index(f"ix_{table}_history", table, [key, "valid_from"])
    op.create_index(f"ix_{table}_serial", table, ["serial"])


def _now_index(name: str, table: str, column: str, *, unique: bool = False) -> None:
    where = sa.text("known_to IS NULL AND valid_to IS NULL")
    op.create_index(name, table, [column], unique=unique, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    _fact(
        "iyem_officer",
        "officer_no",
        _number("officer_no"),
        _number("place_no"),
        _text("role"),
        _number("area_no"),
        _number("coordinator_no", nullable=True),
        _text("given_name"),
        _text("surname"),
        _sealed("tckn_sealed"),
        _sealed("tckn_lookup"),
        _text("work_phone"),
        _sealed("mobile_sealed"),
        _text("email"),
        _text("granted_by"),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.CheckConstraint("role IN ('yetkili', 'gorevli')", name=op.f("ck_iyem_officer_role")),
    )
    _now_index("ix_iyem_officer_now_place", "iyem_officer", "place_no")
    _now_index("ix_iyem_officer_now_lookup", "iyem_officer", "tckn_lookup")
    _fact("deputy_head_link", "detsis_no", _number("detsis_no"), _number("head_no"), _number("code"))
    _fact("cv", "code", _number("code"), _text("text"))
    op.create_table(
        "write_receipt",
        _text("caller"),
        _text("key"),
        _sealed("fingerprint"),
        _text("answer"),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name="pk_write_receipt"),
    )


def downgrade() -> None:
    for table in ("write_receipt", *TABLES):
        op.drop_table(table)
