"""Tickets: who checked the entry, who told the caller, what an app sent.

Revision: 0028, after 0027
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
TEXT = sa.Text()
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade() -> None:
    """Build what this revision adds."""
    op.add_column("ticket_step", sa.Column("former_sealed", sa.LargeBinary()))
    op.create_table(
        "ticket_check",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("how", TEXT, nullable=False),
        sa.Column("by_id", ID),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "how = 'read_back' OR how = 'accepted' OR how = 'on_site'",
            name=op.f("ck_ticket_check_how"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_ticket_check_by_id")),
        _of_ticket("ticket_check"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_check")),
        sa.UniqueConstraint("ticket_id", "how", name=op.f("uq_ticket_check_ticket_id_how")),
    )
    op.create_table(
        "ticket_told",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("by_id", ID),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_ticket_told_by_id")),
        _of_ticket("ticket_told"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_told")),
    )
    op.create_table(
        "ticket_intake",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("occasion", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint(
            (
                "channel = 'app' OR channel = 'wechat' OR channel = 'phone' OR "
                "channel = 'counter' OR channel = 'patrol'"
            ),
            name=op.f("ck_ticket_intake_channel"),
        ),
        _of_ticket("ticket_intake"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_intake")),
        sa.UniqueConstraint(
            "channel",
            "reference",
            "occasion",
            name=op.f("uq_ticket_intake_channel_reference_occasion"),
        ),
    )
    for table in ("ticket_check", "ticket_told", "ticket_intake"):
        op.create_index(
            op.f(f"ix_{table}_community_id_ticket_id"), table, ["community_id", "ticket_id"]
        )


def downgrade() -> None:
    """Take it away again."""
    for table in ("ticket_intake", "ticket_told", "ticket_check"):
        op.drop_table(table)
    op.drop_column("ticket_step", "former_sealed")


def _of_ticket(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id", "ticket_id"],
        ["ticket.community_id", "ticket.id"],
        name=op.f(f"fk_{table}_community_id_ticket_id"),
    )
