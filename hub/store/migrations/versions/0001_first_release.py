"""The tables of the first release."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from hub.store.types import BigId, Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FACTS: Final = {
    # table: (key, columns; "?" marks those that may be null)
    "budget": (
        "detsis_no",
        "detsis_no int, budget_kind_id int, budget_kind text?, legal_personality_id int, legal_personality text?",
    ),
    "certificate": (
        "detsis_no fingerprint",
        "detsis_no int, fingerprint text, der bytes, uploaded_at instant, updated_at instant, not_before instant, "
        "not_after instant, active bool",
    ),
    "certificate_ownership": ("detsis_no", "detsis_no int, owner_no int"),
    "contact": ("detsis_no kind value", "detsis_no int, kind int, value text, label text?, rank int"),
    "detsis_officer": (
        "detsis_no officer_id",
        "detsis_no int, officer_id int, given_name text, surname text, phone text?, email text?, role text?",
    ),
    "document": ("detsis_no document_id", "detsis_no int, document_id int, name text, kind text?, requested bool"),
    "duty": (
        "duty_no",
        "duty_no int, detsis_no int, code int, kind text, title text?, legal_basis text?, kind_text text?, "
        "deputy_text text?, for_duty_no int?, recorded_at instant, closed_at instant?, recorder text?, late bool",
    ),
    "file_plan_code": (
        "detsis_no code",
        "detsis_no int, code text, code_id int, main_code text, sub_code1 text?, sub_code2 text?, sub_code3 text?, "
        "topic text, retention_period text?, retention_time text?, retention_code text?, footnote text?, note text?, "
        "active bool, kind bool, group_start text?, group_end text?, level text?",
    ),
    "kep_address": (
        "detsis_no folded_address",
        "detsis_no int, folded_address text, address text, active bool, status text?, kind text?",
    ),
    "legacy_manager": ("detsis_no full_name", "detsis_no int, full_name text, title text?"),
    "legislation": (
        "detsis_no legislation_id",
        "detsis_no int, legislation_id int, name text, folded_name text, kind_id int, kind text?, number text?, dated "
        "date?, gazette_number text?, gazette_date date?",
    ),
    "notification_number": ("detsis_no", "detsis_no int, number text"),
    "package_version": ("detsis_no", "detsis_no int, version text"),
    "person": (
        "code",
        "code int, given_name text, surname text, tckn_sealed bytes?, tckn_lookup bytes?, birth_sealed bytes?",
    ),
    "place": (
        "place_id",
        "place_id int, place_code int, name text, province_code int, province_name text?, kind_id int, kind text?, "
        "phone_code text?, active bool",
    ),
    "service": ("detsis_no service_id", "detsis_no int, service_id text, name text"),
    "type1": (
        "type1_id",
        "type1_id int, name text, plural text?, parent_id int, opens_type2_id int, recorded_at instant, active bool",
    ),
    "type2": (
        "type2_id",
        "type2_id int, name text, plural text?, parent_id int, addressee_add text?, addressee_cut text?, recorded_at "
        "instant, used bool, active bool",
    ),
    "type3": ("type3_id", "type3_id int, name text, active bool"),
    "unit": (
        "detsis_no",
        "detsis_no int, name text, folded_name text, parent_no int, second_parent_no int, main_no int, place_id int?, "
        "type1_id int, type2_id int, level int, active bool, operating bool, external bool, address text?, "
        "register_no text?, successor_no int?",
    ),
    "unit_type3": ("detsis_no type3_id", "detsis_no int, type3_id int, entry_id int"),
}

NOW_INDEXES: Final = (
    # over what is so now: table, name after ix_<table>_now_, columns
    ("certificate", "updated", "updated_at"),
    ("kep_address", "address", "folded_address"),
    ("legislation", "number", "number"),
    ("person", "lookup", "tckn_lookup"),
    ("place", "code", "place_code"),
    ("place", "province", "province_code"),
    ("service", "service", "service_id"),
    ("unit", "main", "main_no detsis_no"),
    ("unit", "parent", "parent_no detsis_no"),
    ("unit", "place", "place_id detsis_no"),
    ("unit", "register_no", "register_no"),
    ("unit", "second_parent", "second_parent_no detsis_no"),
    ("unit", "type1", "type1_id detsis_no"),
    ("unit", "type2", "type2_id detsis_no"),
)

BOOKS: Final = {
    "audit": "serial bigint, at instant, actor text, event text, subject text, detail text, hash bytes",
    "change_set": "first_serial bigint, last_serial bigint, at instant, actor text, origin text",
    "counter": "name text, serial bigint, at instant, hash bytes, seal bytes?",
    "credential": "kurum_id text, detsis_no int, hash text, rights text, label text, created_at instant, "
    "created_by text, revoked_at instant?, revoked_by text?",
    "held_change": "at instant, actor text, origin text, subject text, would_close int, total int, share float, "
    "fingerprint text, payload bytes?, state text, decided_by text?, decided_at instant?",
    "import_batch": "at instant, actor text, source text, fingerprint text, kind text, state text, opened int, "
    "changed int, closed int, unchanged int, refused int, first_serial bigint?, last_serial bigint?",
    "journal": "serial bigint, change bigint, subject text, key text, unit int?, action text, digest bytes, hash bytes",
}

_TYPES: Final[dict[str, Any]] = {
    "text": sa.Text(),
    "int": sa.Integer(),
    "bigint": sa.BigInteger(),
    "bool": sa.Boolean(),
    "float": sa.Double(),
    "date": sa.Date(),
    "bytes": sa.LargeBinary(),
    "instant": Instant(),
}
_PERIODS: Final = (
    "valid_from instant, valid_to instant?, known_from instant, known_to instant?, serial bigint, closed_serial bigint?"
)
_NOW: Final = "known_to IS NULL AND valid_to IS NULL"


def _columns(spec: str, key: str = "") -> list[sa.Column[Any]]:
    found = []
    for item in spec.split(", "):
        name, kind = item.split()
        column = sa.Column(name, _TYPES[kind.rstrip("?")], nullable=kind.endswith("?"), primary_key=name == key)
        found.append(column)
    return found


def _now_index(name: str, table: str, columns: str, *, unique: bool = False) -> None:
    where = sa.text(_NOW)
    op.create_index(name, table, columns.split(), unique=unique, sqlite_where=where, postgresql_where=where)


def _fact(table: str, key: str, columns: str) -> None:
    more = []
    if table == "duty":
        more = [sa.CheckConstraint("kind IN ('owner', 'deputy', 'acting')", name=op.f("ck_duty_kind"))]
    op.create_table(
        table,
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        *_columns(f"{columns}, {_PERIODS}"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f(f"ck_{table}_period")),
        sa.CheckConstraint("(known_to IS NULL) = (closed_serial IS NULL)", name=op.f(f"ck_{table}_closing")),
        *more,
    )
    _now_index(f"ix_{table}_now", table, key, unique=True)
    op.create_index(f"ix_{table}_history", table, [*key.split(), "valid_from"])
    op.create_index(f"ix_{table}_serial", table, ["serial"])


def _book(table: str, key: str, columns: str, *more: sa.CheckConstraint) -> None:
    op.create_table(table, *_columns(columns), sa.PrimaryKeyConstraint(key, name=f"pk_{table}"), *more)


def _numbered_book(table: str, kind: Any, columns: str, *more: sa.CheckConstraint) -> None:
    number = sa.Column("id", kind, autoincrement=True, nullable=False)
    op.create_table(table, number, *_columns(columns), sa.PrimaryKeyConstraint("id", name=f"pk_{table}"), *more)


def upgrade() -> None:
    for table, (key, columns) in FACTS.items():
        _fact(table, key, columns)
    for table, name, columns in NOW_INDEXES:
        _now_index(f"ix_{table}_now_{name}", table, columns, unique=table == "person")
    op.create_index("ix_duty_unit", "duty", ["detsis_no", "valid_from"])
    op.create_index("ix_duty_code", "duty", ["code", "valid_from"])

    _book("counter", "name", BOOKS["counter"])
    _book("change_set", "first_serial", BOOKS["change_set"])
    _book("journal", "serial", BOOKS["journal"])
    _book("audit", "serial", BOOKS["audit"])
    _numbered_book("credential", sa.Integer(), BOOKS["credential"])
    _numbered_book("import_batch", BigId, BOOKS["import_batch"])
    states = sa.CheckConstraint("state IN ('held', 'approved', 'refused')", name=op.f("ck_held_change_state"))
    _numbered_book("held_change", BigId, BOOKS["held_change"], states)
    op.create_index("ix_change_set_at", "change_set", ["at"])
    op.create_index("ix_journal_subject", "journal", ["subject", "serial"])
    touched = sa.text("unit IS NOT NULL")
    op.create_index("ix_journal_unit", "journal", ["unit", "serial"], sqlite_where=touched, postgresql_where=touched)
    op.create_index("ix_audit_event", "audit", ["event", "serial"])
    op.create_index("ix_credential_kurum_id", "credential", ["kurum_id"])
    op.create_index("ix_import_batch_fingerprint", "import_batch", ["fingerprint"])

    counter = sa.table(
        "counter",
        sa.column("name", sa.Text()),
        sa.column("serial", sa.BigInteger()),
        sa.column("at", Instant()),
        sa.column("hash", sa.LargeBinary()),
    )
    beginning = datetime(1970, 1, 1, tzinfo=UTC)
    op.bulk_insert(
        counter,
        [{"name": name, "serial": 0, "at": beginning, "hash": bytes(32)} for name in ("access", "audit", "journal")],
    )


def downgrade() -> None:
    for table in (*BOOKS, *FACTS):
        op.drop_table(table)
