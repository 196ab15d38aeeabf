"""When each permission of a grant was last used.

Revision: 0022, after 0021
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade() -> None:
    """Build what this revision adds."""
    op.create_table(
        "role_grant_use",
        sa.Column("grant_id", ID, nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("noted_since", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["role_grant.id"], name=op.f("fk_role_grant_use_grant_id")
        ),
        sa.PrimaryKeyConstraint("grant_id", "permission", name=op.f("pk_role_grant_use")),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("role_grant_use")
