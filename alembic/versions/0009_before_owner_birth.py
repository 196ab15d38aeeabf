"""The sealed birth of an owner as it was before an import wrote another one.

Revision: 0009, after 0008
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Build what this revision adds."""
    op.add_column("import_before_owner", sa.Column("birth_sealed", sa.LargeBinary()))


def downgrade() -> None:
    """Take it away again."""
    op.execute("ALTER TABLE import_before_owner DROP COLUMN birth_sealed")
