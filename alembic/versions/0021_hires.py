"""Lists of new staff.

Revision: 0021, after 0020
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
TEXT = sa.Text()
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade() -> None:
    """Build what this revision adds."""
    op.create_table(
        "hires",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_name", TEXT, nullable=False),
        sa.Column("file_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("approval_id", ID),
        sa.Column("applied_at", MOMENT),
        sa.CheckConstraint(
            "state = 'pending' OR state = 'applied' OR state = 'rejected'",
            name=op.f("ck_hires_state"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_hires_number")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_hires_made_by")),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_hires_approval_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hires")),
        sa.UniqueConstraint("number", name=op.f("uq_hires_number")),
    )
    op.create_index(op.f("ix_hires_file_sha256"), "hires", ["file_sha256"])
    op.create_table(
        "hires_row",
        sa.Column("hires_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("sheet", TEXT, nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("staff_number", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("department", TEXT),
        sa.Column("position", TEXT),
        sa.Column("contact_sealed", sa.LargeBinary()),
        sa.Column("community_id", ID),
        sa.Column("employer", TEXT),
        sa.Column("ends_at", MOMENT),
        sa.ForeignKeyConstraint(["hires_id"], ["hires.id"], name=op.f("fk_hires_row_hires_id")),
        sa.PrimaryKeyConstraint("hires_id", "seq", name=op.f("pk_hires_row")),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("hires_row")
    op.drop_table("hires")
