"""Finding the messages that are not finished, without reading those that are.

Revision: 0020, after 0019
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

OPEN = sa.text("state = 'queued' OR state = 'dead'")


def upgrade() -> None:
    """Build what this revision adds."""
    op.create_index(
        "ix_outbox_delivery_open",
        "outbox_delivery",
        ["id"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("ix_outbox_delivery_open", table_name="outbox_delivery")
