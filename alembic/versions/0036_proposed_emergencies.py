"""The emergency that a ticket's content sounds like, until somebody has said whether it is one.

Revision: 0036, after 0035
"""

from __future__ import annotations

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build what this revision adds."""
    op.execute("ALTER TABLE ticket ADD COLUMN proposed_kind TEXT")


def downgrade() -> None:
    """Take it away again."""
    op.execute("ALTER TABLE ticket DROP COLUMN proposed_kind")
