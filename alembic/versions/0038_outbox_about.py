"""The numbers of what a message is about; of those to reporters they are known already.

Revision: 0038, after 0037
"""

from __future__ import annotations

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build what this revision adds."""
    op.execute("ALTER TABLE outbox_message ADD COLUMN about TEXT")
    op.execute(
        "UPDATE outbox_message SET about = (SELECT '[[\"ticket\", \"' || t.number || '\"]]' "
        "FROM ticket t WHERE t.id = outbox_message.about_id) WHERE about_id IS NOT NULL"
    )


def downgrade() -> None:
    """Take it away again."""
    op.execute("ALTER TABLE outbox_message DROP COLUMN about")
