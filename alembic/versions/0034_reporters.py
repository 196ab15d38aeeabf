"""What a message to a reporter is about, and when customer service is told whom to call back.

Revision: 0034, after 0033
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

TO_CALL_BACK = "(state = 'completed' OR state = 'closed') AND callback_ended_at IS NULL"
_BLOB, _MOMENT = (
    sa.LargeBinary(16),
    sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite"),
)


def upgrade() -> None:
    """Build what this revision adds; where tickets have ended, the next sweep tells of them."""
    op.add_column("outbox_message", sa.Column("about_id", _BLOB))
    op.create_index(
        "ix_outbox_message_about",
        "outbox_message",
        ["about_id"],
        sqlite_where=sa.text("about_id IS NOT NULL"),
        postgresql_where=sa.text("about_id IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_to_call_back",
        "ticket",
        ["community_id", "state"],
        sqlite_where=sa.text(TO_CALL_BACK),
        postgresql_where=sa.text(TO_CALL_BACK),
    )
    op.create_table(
        "call_backs",
        sa.Column("community_id", _BLOB, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_call_backs_community_id_community")
        ),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_call_backs")),
    )
    op.create_index(op.f("ix_call_backs_due_at"), "call_backs", ["due_at"])
    op.execute(
        "INSERT INTO call_backs (community_id, due_at) SELECT community_id, max(completed_at) "
        "FROM ticket WHERE completed_at IS NOT NULL GROUP BY community_id"
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("call_backs")
    op.drop_index("ix_ticket_to_call_back", "ticket")
    op.drop_index("ix_outbox_message_about", "outbox_message")
    op.execute("ALTER TABLE outbox_message DROP COLUMN about_id")
