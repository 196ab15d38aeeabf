"""Finding the messages whose values are still kept, by when their time is over.

Revision: 0014, after 0013
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KEPT = sa.text("values_sealed IS NOT NULL")


def upgrade() -> None:
    """Build what this revision adds."""
    op.create_index(
        "ix_outbox_message_kept",
        "outbox_message",
        ["expires_at"],
        sqlite_where=KEPT,
        postgresql_where=KEPT,
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("ix_outbox_message_kept", table_name="outbox_message")
