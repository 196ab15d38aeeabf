"""A ticket that was entered late has the moment at which the sweep tells of it.

Revision: 0032, after 0031
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade() -> None:
    """Build what this revision adds; what was entered late before is told to nobody."""
    op.add_column("ticket", sa.Column("entry_due_at", MOMENT))
    op.create_index(
        "ix_ticket_entry_due",
        "ticket",
        ["entry_due_at"],
        sqlite_where=sa.text("entry_due_at IS NOT NULL"),
        postgresql_where=sa.text("entry_due_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("ix_ticket_entry_due", "ticket")
    op.execute("ALTER TABLE ticket DROP COLUMN entry_due_at")
