"""Changes of owners that wait for their second check; mailing addresses.

Revision: 0016, after 0015
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
BYTES = sa.LargeBinary()
TEXT = sa.Text()
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade() -> None:
    """Build what this revision adds."""
    op.add_column("owner", sa.Column("mailing_address_sealed", BYTES))
    op.create_table(
        "owner_change",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("fields", TEXT, nullable=False),
        sa.Column("before_sealed", BYTES, nullable=False),
        sa.Column("after_sealed", BYTES, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("approval_id", ID),
        sa.Column("decided_at", MOMENT),
        sa.Column("mac", BYTES, nullable=False),
        sa.CheckConstraint(
            "state = 'pending' OR state = 'applied' OR state = 'rejected' OR state = 'withdrawn'",
            name=op.f("ck_owner_change_state"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_owner_change_number")),
        sa.ForeignKeyConstraint(
            ["community_id", "owner_id"],
            ["owner.community_id", "owner.id"],
            name=op.f("fk_owner_change_community_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_owner_change_made_by")),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_owner_change_approval_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner_change")),
        sa.UniqueConstraint("number", name=op.f("uq_owner_change_number")),
    )
    for columns in (["community_id", "owner_id"], ["community_id", "state"]):
        op.create_index(op.f(f"ix_owner_change_{'_'.join(columns)}"), "owner_change", columns)


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("owner_change")
    op.execute("ALTER TABLE owner DROP COLUMN mailing_address_sealed")
