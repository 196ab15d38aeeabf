"""Policy, in versions.

Revision: 0012, after 0011
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
TEXT = sa.Text()
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade() -> None:
    """Build what this revision adds."""
    op.create_table(
        "policy_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("change_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("section", TEXT, nullable=False),
        sa.Column("content", TEXT, nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("valid_from", MOMENT),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("approval_id", ID),
        sa.Column("decided_at", MOMENT),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "state = 'pending' OR state = 'approved' OR state = 'rejected' OR state = 'withdrawn'",
            name=op.f("ck_policy_version_state"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_policy_version_number")),
        sa.CheckConstraint(
            "state <> 'approved' OR valid_from IS NOT NULL",
            name=op.f("ck_policy_version_valid_from"),
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["account.id"], name=op.f("fk_policy_version_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_policy_version_approval_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
        sa.UniqueConstraint("number", "section", name=op.f("uq_policy_version_number_section")),
    )
    op.create_index(
        op.f("ix_policy_version_section_state_valid_from"),
        "policy_version",
        ["section", "state", "valid_from"],
    )
    op.create_index(op.f("ix_policy_version_change_id"), "policy_version", ["change_id"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("policy_version")
