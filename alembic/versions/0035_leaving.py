"""When the sweep looks after what somebody had in hand whose account has ended.

Revision: 0035, after 0034
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")
_DUE = "leaving_due_at IS NOT NULL"


def upgrade() -> None:
    """Build what this revision adds; ends that have passed are looked at by the next sweep."""
    op.add_column("account", sa.Column("leaving_due_at", _MOMENT))
    op.execute("UPDATE account SET leaving_due_at = ends_at WHERE ends_at IS NOT NULL")
    op.create_index(
        "ix_account_leaving_due",
        "account",
        ["leaving_due_at"],
        sqlite_where=sa.text(_DUE),
        postgresql_where=sa.text(_DUE),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("ix_account_leaving_due", "account")
    op.execute("ALTER TABLE account DROP COLUMN leaving_due_at")
