"""The outbox: messages, and their way to each addressee.

Revision: 0010, after 0009
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
BYTES = sa.LargeBinary()
TEXT = sa.Text()
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")
QUEUED = sa.text("state = 'queued'")


def upgrade() -> None:
    """Build what this revision adds."""
    op.create_table(
        "outbox_message",
        sa.Column("id", ID, nullable=False),
        sa.Column("template", TEXT, nullable=False),
        sa.Column("community_id", ID),
        sa.Column("once_key", TEXT),
        sa.Column("values_sealed", BYTES),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_outbox_message_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("once_key", name=op.f("uq_outbox_message_once_key")),
    )
    op.create_table(
        "outbox_delivery",
        sa.Column("id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("account_id", ID),
        sa.Column("channel", TEXT),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("claim", ID),
        sa.Column("claimed_until", MOMENT),
        sa.Column("way", TEXT),
        sa.Column("problem", TEXT),
        sa.Column("ended_at", MOMENT),
        sa.Column("mac", BYTES, nullable=False),
        sa.CheckConstraint(
            "state = 'queued' OR state = 'sent' OR state = 'dead' OR state = 'dropped'",
            name=op.f("ck_outbox_delivery_state"),
        ),
        sa.CheckConstraint(
            "account_id IS NULL OR channel IS NULL", name=op.f("ck_outbox_delivery_addressee")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_outbox_delivery_attempts")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_outbox_delivery_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["outbox_message.id"], name=op.f("fk_outbox_delivery_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_delivery")),
    )
    op.create_index(op.f("ix_outbox_delivery_account_id"), "outbox_delivery", ["account_id"])
    op.create_index(op.f("ix_outbox_delivery_message_id"), "outbox_delivery", ["message_id"])
    op.create_index(
        "ix_outbox_delivery_due",
        "outbox_delivery",
        ["due_at"],
        sqlite_where=QUEUED,
        postgresql_where=QUEUED,
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("outbox_delivery")
    op.drop_table("outbox_message")
