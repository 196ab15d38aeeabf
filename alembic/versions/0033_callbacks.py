"""Calls back after a repair: how often it was tried, and when that was over.

Revision: 0033, after 0032
"""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build what this revision adds."""
    moment = "VARCHAR(26)" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMPTZ"
    # both databases take a column with its constraint, so that no table is copied
    op.execute(
        "ALTER TABLE ticket ADD COLUMN callbacks INTEGER DEFAULT '0' NOT NULL "
        "CONSTRAINT ck_ticket_callbacks CHECK (callbacks >= 0)"
    )
    op.execute(f"ALTER TABLE ticket ADD COLUMN callback_ended_at {moment}")


def downgrade() -> None:
    """Take it away again."""
    for name in ("callback_ended_at", "callbacks"):
        op.execute(f"ALTER TABLE ticket DROP COLUMN {name}")
