"""Price lists, and quotes of repairs that the owner pays.

Revision: 0031, after 0030
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
TEXT = sa.Text()
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")
MONEY = sa.Numeric(12, 2)


def upgrade() -> None:
    """Build what this revision adds."""
    op.create_table(
        "price_list",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", MOMENT, nullable=False),
        sa.Column("file_name", TEXT, nullable=False),
        sa.Column("file_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("approval_id", ID),
        sa.Column("decided_at", MOMENT),
        sa.CheckConstraint(
            "state = 'pending' OR state = 'approved' OR state = 'rejected'",
            name=op.f("ck_price_list_state"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_price_list_number")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_price_list_made_by")),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_price_list_approval_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_list")),
        sa.UniqueConstraint("number", name=op.f("uq_price_list_number")),
    )
    op.create_index(op.f("ix_price_list_state_valid_from"), "price_list", ["state", "valid_from"])
    op.create_table(
        "price_item",
        sa.Column("price_list_id", ID, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("unit", TEXT, nullable=False),
        sa.Column("price", MONEY, nullable=False),
        sa.CheckConstraint("price >= 0", name=op.f("ck_price_item_price")),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["price_list.id"], name=op.f("fk_price_item_price_list_id")
        ),
        sa.PrimaryKeyConstraint("price_list_id", "code", name=op.f("pk_price_item")),
    )
    _quotes()


def _quotes() -> None:
    op.create_table(
        "ticket_quote",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("price_list_id", ID),
        sa.Column("total", MONEY, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", ID),
        sa.Column("agreed_at", MOMENT),
        sa.Column("agreed_source", TEXT),
        sa.Column("agreed_by", ID),
        sa.CheckConstraint(
            "agreed_source = 'app' OR agreed_source = 'signature' OR agreed_source = 'callback'",
            name=op.f("ck_ticket_quote_agreed_source"),
        ),
        sa.CheckConstraint("total >= 0 AND number >= 1", name=op.f("ck_ticket_quote_total")),
        sa.CheckConstraint(
            "(agreed_at IS NULL) = (agreed_source IS NULL)", name=op.f("ck_ticket_quote_agreed")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "ticket_id"],
            ["ticket.community_id", "ticket.id"],
            name=op.f("fk_ticket_quote_community_id_ticket_id"),
        ),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["price_list.id"], name=op.f("fk_ticket_quote_price_list_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_ticket_quote_made_by")),
        sa.ForeignKeyConstraint(
            ["agreed_by"], ["account.id"], name=op.f("fk_ticket_quote_agreed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_quote")),
        sa.UniqueConstraint("ticket_id", "number", name=op.f("uq_ticket_quote_ticket_id_number")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_ticket_quote_community_id_id")),
    )
    op.create_table(
        "ticket_quote_line",
        sa.Column("quote_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("code", TEXT),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("unit", TEXT),
        sa.Column("price", MONEY, nullable=False),
        sa.Column("quantity", sa.Numeric(9, 3), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.CheckConstraint(
            "quantity > 0 AND price >= 0 AND amount >= 0",
            name=op.f("ck_ticket_quote_line_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "quote_id"],
            ["ticket_quote.community_id", "ticket_quote.id"],
            name=op.f("fk_ticket_quote_line_community_id_quote_id"),
        ),
        sa.PrimaryKeyConstraint("quote_id", "position", name=op.f("pk_ticket_quote_line")),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("ticket_quote_line")
    op.drop_table("ticket_quote")
    op.drop_table("price_item")
    op.drop_index(op.f("ix_price_list_state_valid_from"), table_name="price_list")
    op.drop_table("price_list")
