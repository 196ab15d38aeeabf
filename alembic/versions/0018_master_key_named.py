"""Data keys name the master key that wraps them; recoveries are found in the trail at once.

Revision: 0018, after 0017
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build what this revision adds."""
    op.add_column("data_key", sa.Column("master", sa.Text()))
    of_recovery = sa.text("object_type = 'recovery'")
    op.create_index(
        "ix_trail_event_recovery",
        "trail_event",
        ["seq"],
        sqlite_where=of_recovery,
        postgresql_where=of_recovery,
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("ix_trail_event_recovery", table_name="trail_event")
    op.execute("ALTER TABLE data_key DROP COLUMN master")
