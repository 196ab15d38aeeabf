"""Repair tickets: each, its steps, and the limits that were overrun.

Revision: 0024, after 0023
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
TEXT = sa.Text()
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade() -> None:
    """Build what this revision adds."""
    op.create_table(
        "ticket",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("building_id", ID),
        sa.Column("house_id", ID),
        sa.Column("public_place", TEXT),
        sa.Column("fault_type", TEXT),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("urgency", TEXT, nullable=False),
        sa.Column("urgent_kind", TEXT),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("reference", TEXT),
        sa.Column("reporter", TEXT, nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary()),
        sa.Column("phone_sealed", sa.LargeBinary()),
        sa.Column("phone_index", sa.LargeBinary()),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("called_at", MOMENT, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.Column("entered_by", ID),
        sa.Column("accepted_by", ID),
        sa.Column("handler_id", ID),
        sa.Column("main_id", ID),
        sa.Column("policy_number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("clock", TEXT),
        sa.Column("clock_step", sa.Integer(), server_default="1", nullable=False),
        sa.Column("clock_began_at", MOMENT),
        sa.Column("deadline_at", MOMENT),
        sa.Column("due_at", MOMENT),
        sa.Column("level", sa.Integer(), server_default="0", nullable=False),
        sa.Column("appointed_from", MOMENT),
        sa.Column("appointed_until", MOMENT),
        sa.Column("resume_state", TEXT),
        sa.Column("resume_clock", TEXT),
        sa.Column("rest_seconds", sa.Integer()),
        sa.Column("score", sa.Integer()),
        sa.Column("confirm_source", TEXT),
        sa.Column("completed_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("urged", sa.Integer(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            (
                "channel = 'app' OR channel = 'wechat' OR channel = 'phone' OR "
                "channel = 'counter' OR channel = 'patrol'"
            ),
            name=op.f("ck_ticket_channel"),
        ),
        sa.CheckConstraint(
            (
                "clock = 'accept' OR clock = 'assign' OR clock = 'take' OR "
                "clock = 'arrive' OR clock = 'complete' OR clock = 'confirm' OR "
                "clock = 'resume'"
            ),
            name=op.f("ck_ticket_clock"),
        ),
        sa.CheckConstraint("(clock IS NULL) = (due_at IS NULL)", name=op.f("ck_ticket_clock_runs")),
        sa.CheckConstraint(
            (
                "confirm_source = 'app' OR confirm_source = 'signature' OR "
                "confirm_source = 'callback'"
            ),
            name=op.f("ck_ticket_confirm_source"),
        ),
        sa.CheckConstraint(
            "number >= 1 AND version >= 1 AND level >= 0", name=op.f("ck_ticket_counts")
        ),
        sa.CheckConstraint(
            "(deadline_at IS NULL) = (due_at IS NULL)", name=op.f("ck_ticket_deadline")
        ),
        sa.CheckConstraint(
            (
                "(state = 'submitted' OR state = 'accepted' OR state = 'assigned' OR "
                "state = 'taken' OR state = 'on_site' OR state = 'paused' OR "
                "state = 'completed') = (due_at IS NOT NULL)"
            ),
            name=op.f("ck_ticket_due"),
        ),
        sa.CheckConstraint(
            "(state = 'linked') = (main_id IS NOT NULL)", name=op.f("ck_ticket_main")
        ),
        sa.CheckConstraint(
            "(state = 'paused') = (resume_state IS NOT NULL)", name=op.f("ck_ticket_paused")
        ),
        sa.CheckConstraint(
            "(house_id IS NULL) <> (public_place IS NULL)", name=op.f("ck_ticket_place")
        ),
        sa.CheckConstraint(
            (
                "reporter = 'owner' OR reporter = 'tenant' OR reporter = 'family' OR "
                "reporter = 'decorator' OR reporter = 'patrol' OR reporter = 'other'"
            ),
            name=op.f("ck_ticket_reporter"),
        ),
        sa.CheckConstraint(
            "score IS NULL OR (score >= 1 AND score <= 5)", name=op.f("ck_ticket_score")
        ),
        sa.CheckConstraint(
            (
                "state = 'submitted' OR state = 'accepted' OR state = 'assigned' OR "
                "state = 'taken' OR state = 'on_site' OR state = 'paused' OR "
                "state = 'completed' OR state = 'confirmed' OR state = 'closed' OR "
                "state = 'rejected' OR state = 'cancelled' OR state = 'linked'"
            ),
            name=op.f("ck_ticket_state"),
        ),
        sa.CheckConstraint(
            "urgency = 'normal' OR urgency = 'urgent'", name=op.f("ck_ticket_urgency")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["account.id"], name=op.f("fk_ticket_accepted_by")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_ticket_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "house_id"],
            ["house.community_id", "house.id"],
            name=op.f("fk_ticket_community_id_house_id"),
        ),
        sa.ForeignKeyConstraint(["entered_by"], ["account.id"], name=op.f("fk_ticket_entered_by")),
        sa.ForeignKeyConstraint(["main_id"], ["ticket.id"], name=op.f("fk_ticket_main_id")),
        sa.ForeignKeyConstraint(["handler_id"], ["account.id"], name=op.f("fk_ticket_handler_id")),
        sa.ForeignKeyConstraint(
            ["community_id", "building_id"],
            ["building.community_id", "building.id"],
            name=op.f("fk_ticket_community_id_building_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_ticket_community_id_id")),
        sa.UniqueConstraint("number", name=op.f("uq_ticket_number")),
        sa.UniqueConstraint("channel", "reference", name=op.f("uq_ticket_channel_reference")),
    )
    op.create_index(op.f("ix_ticket_community_id_house_id"), "ticket", ["community_id", "house_id"])
    op.create_index(
        op.f("ix_ticket_community_id_phone_index"), "ticket", ["community_id", "phone_index"]
    )
    op.create_index(op.f("ix_ticket_community_id_state"), "ticket", ["community_id", "state"])
    op.create_index(
        op.f("ix_ticket_due"),
        "ticket",
        ["due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_ticket_handler_id"), "ticket", ["handler_id"])
    op.create_index(op.f("ix_ticket_main_id"), "ticket", ["main_id"])
    op.create_table(
        "ticket_step",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("step", TEXT, nullable=False),
        sa.Column("from_state", TEXT),
        sa.Column("to_state", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_kind", TEXT, nullable=False),
        sa.Column("by_id", ID),
        sa.Column("handler_id", ID),
        sa.Column("clock", TEXT),
        sa.Column("clock_began_at", MOMENT),
        sa.Column("deadline_at", MOMENT),
        sa.Column("note_sealed", sa.LargeBinary()),
        sa.Column("detail", TEXT, nullable=False),
        sa.CheckConstraint(
            (
                "clock = 'accept' OR clock = 'assign' OR clock = 'take' OR "
                "clock = 'arrive' OR clock = 'complete' OR clock = 'confirm' OR "
                "clock = 'resume'"
            ),
            name=op.f("ck_ticket_step_clock"),
        ),
        sa.CheckConstraint("position >= 1", name=op.f("ck_ticket_step_position")),
        sa.ForeignKeyConstraint(
            ["community_id", "ticket_id"],
            ["ticket.community_id", "ticket.id"],
            name=op.f("fk_ticket_step_community_id_ticket_id"),
        ),
        sa.ForeignKeyConstraint(
            ["handler_id"], ["account.id"], name=op.f("fk_ticket_step_handler_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_ticket_step_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_step")),
        sa.UniqueConstraint(
            "ticket_id", "position", name=op.f("uq_ticket_step_ticket_id_position")
        ),
    )
    op.create_index(
        op.f("ix_ticket_step_community_id_ticket_id"), "ticket_step", ["community_id", "ticket_id"]
    )
    op.create_table(
        "ticket_breach",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("ticket_id", ID, nullable=False),
        sa.Column("clock", TEXT, nullable=False),
        sa.Column("clock_step", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("deadline_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.Column("handler_id", ID),
        sa.CheckConstraint(
            (
                "clock = 'accept' OR clock = 'assign' OR clock = 'take' OR "
                "clock = 'arrive' OR clock = 'complete' OR clock = 'confirm' OR "
                "clock = 'resume'"
            ),
            name=op.f("ck_ticket_breach_clock"),
        ),
        sa.ForeignKeyConstraint(
            ["handler_id"], ["account.id"], name=op.f("fk_ticket_breach_handler_id")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "ticket_id"],
            ["ticket.community_id", "ticket.id"],
            name=op.f("fk_ticket_breach_community_id_ticket_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_breach")),
        sa.UniqueConstraint(
            "ticket_id",
            "clock_step",
            "level",
            name=op.f("uq_ticket_breach_ticket_id_clock_step_level"),
        ),
    )
    op.create_index(
        op.f("ix_ticket_breach_community_id_due_at"), "ticket_breach", ["community_id", "due_at"]
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("ticket_breach")
    op.drop_table("ticket_step")
    op.drop_table("ticket")
