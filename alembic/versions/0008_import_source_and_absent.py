"""The cells of sampled rows, and the houses that a list does not name.

Revision: 0008, after 0007
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)


def upgrade() -> None:
    """Build what this revision adds."""
    op.create_table(
        "import_source",
        sa.Column("id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("cells_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_source")),
    )
    op.create_index(op.f("ix_import_source_batch_id"), "import_source", ["batch_id"])
    op.create_table(
        "import_absent",
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("house_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("batch_id", "house_id", name=op.f("pk_import_absent")),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("import_absent")
    op.drop_table("import_source")
