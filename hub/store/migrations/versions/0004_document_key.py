"""A document that a unit both asks for and issues is two facts: whether it is asked for belongs to the key.

Going back is refused by the database where a unit has such a document.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NOW, HISTORY = "ix_document_now", "ix_document_history"


def upgrade() -> None:
    _index(["detsis_no", "document_id", "requested"])


def downgrade() -> None:
    _index(["detsis_no", "document_id"])


def _index(key: list[str]) -> None:
    condition = sa.text("known_to IS NULL AND valid_to IS NULL")
    for name in (NOW, HISTORY):
        op.drop_index(name, "document")
    op.create_index(NOW, "document", key, unique=True, sqlite_where=condition, postgresql_where=condition)
    op.create_index(HISTORY, "document", [*key, "valid_from"])
