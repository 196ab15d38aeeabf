"""What was done on a repair: cost, minutes of work, parts.

Revision: 0029, after 0028
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)


def upgrade() -> None:
    """Build what this revision adds."""
    op.create_table(
        "ticket_work",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Numeric(12, 2)),
        sa.Column("minutes", sa.Integer()),
        sa.CheckConstraint("cost IS NULL OR cost >= 0", name=op.f("ck_ticket_work_cost")),
        sa.CheckConstraint("minutes IS NULL OR minutes >= 1", name=op.f("ck_ticket_work_minutes")),
        sa.ForeignKeyConstraint(
            ["community_id", "ticket_id"],
            ["ticket.community_id", "ticket.id"],
            name=op.f("fk_ticket_work_community_id_ticket_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_work")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_ticket_work_community_id_id")),
        sa.UniqueConstraint(
            "ticket_id", "position", name=op.f("uq_ticket_work_ticket_id_position")
        ),
    )
    op.create_table(
        "ticket_part",
        sa.Column("work_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(9, 3), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_ticket_part_quantity")),
        sa.ForeignKeyConstraint(
            ["community_id", "work_id"],
            ["ticket_work.community_id", "ticket_work.id"],
            name=op.f("fk_ticket_part_community_id_work_id"),
        ),
        sa.PrimaryKeyConstraint("work_id", "position", name=op.f("pk_ticket_part")),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("ticket_part")
    op.drop_table("ticket_work")
