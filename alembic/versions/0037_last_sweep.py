"""When a sweep last looked after everything, whether anything was due or not.

Revision: 0037, after 0036
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade() -> None:
    """Build what this revision adds; sweeps before it left no moment."""
    op.add_column("installation", sa.Column("swept_at", _MOMENT))


def downgrade() -> None:
    """Take it away again."""
    op.execute("ALTER TABLE installation DROP COLUMN swept_at")
