"""What taking a batch back keeps, and which batch made a section, a building or a unit.

Revision: 0007, after 0006
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
TEXT = sa.Text()

_PLACES = ("section", "building", "unit")


def upgrade() -> None:
    """Build what this revision adds."""
    for table in _PLACES:
        op.add_column(table, sa.Column("batch_id", ID))
    op.create_table(
        "import_kept",
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("target_id", ID, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("detail", TEXT),
        sa.PrimaryKeyConstraint("batch_id", "kind", "target_id", name=op.f("pk_import_kept")),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("import_kept")
    for table in reversed(_PLACES):
        op.execute(f"ALTER TABLE {table} DROP COLUMN batch_id")
