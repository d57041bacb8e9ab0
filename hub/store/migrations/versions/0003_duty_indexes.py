"""Indexes of İYEM's decision: the register's beginning, a person's duties in one unit, a person as was known once."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BEGINS, CODE, LOOKUP = "ix_duty_begins", "ix_duty_code", "ix_person_lookup"


def upgrade() -> None:
    op.create_index(BEGINS, "duty", ["valid_from", "known_to", "known_from"])
    op.drop_index(CODE, "duty")
    op.create_index(CODE, "duty", ["code", "detsis_no", "valid_from"])
    op.create_index(LOOKUP, "person", ["tckn_lookup"])


def downgrade() -> None:
    op.drop_index(LOOKUP, "person")
    op.drop_index(CODE, "duty")
    op.create_index(CODE, "duty", ["code", "valid_from"])
    op.drop_index(BEGINS, "duty")
