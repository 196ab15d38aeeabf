"""What becomes of an account: its community, its end, a stop; former passwords.

Revision: 0019, after 0018
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
BYTES = sa.LargeBinary()
TEXT = sa.Text()
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")

ADDED = (
    ("community_id", ID),
    ("employer", TEXT),
    ("ends_at", MOMENT),
    ("first_password_until", MOMENT),
    ("suspended_at", MOMENT),
    ("suspended_by", ID),
    ("suspended_why", TEXT),
)


def upgrade() -> None:
    """Build what this revision adds."""
    for name, kind in ADDED:
        op.add_column("account", sa.Column(name, kind))
    op.create_index(op.f("ix_account_community_id"), "account", ["community_id"])
    op.create_table(
        "password_history",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("password_hash", TEXT, nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.Column("mac", BYTES, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_password_history_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_history")),
    )
    op.create_index(
        op.f("ix_password_history_account_id_replaced_at"),
        "password_history",
        ["account_id", "replaced_at"],
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("password_history")
    op.drop_index(op.f("ix_account_community_id"), "account")
    for name, _kind in reversed(ADDED):
        op.execute(f"ALTER TABLE account DROP COLUMN {name}")
