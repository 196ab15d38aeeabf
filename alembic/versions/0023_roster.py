"""Fault types, technicians and the roster.

Revision: 0023, after 0022
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
TEXT = sa.Text()
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade() -> None:
    """Build what this revision adds."""
    op.create_table(
        "fault_type",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("name", TEXT),
        sa.Column("part", TEXT),
        sa.Column("retired_at", MOMENT),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by", ID, nullable=False),
        _to_account("fault_type", "changed_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_type")),
        sa.UniqueConstraint("code", name=op.f("uq_fault_type_code")),
    )
    op.create_table(
        "fault_type_skill",
        sa.Column("fault_type_id", ID, nullable=False),
        sa.Column("skill", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["fault_type_id"], ["fault_type.id"], name=op.f("fk_fault_type_skill_fault_type_id")
        ),
        sa.PrimaryKeyConstraint("fault_type_id", "skill", name=op.f("pk_fault_type_skill")),
    )
    op.create_table(
        "technician",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("open_limit", sa.Integer()),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by", ID, nullable=False),
        sa.CheckConstraint("open_limit >= 0", name=op.f("ck_technician_open_limit")),
        _to_account("technician", "account_id"),
        _to_account("technician", "changed_by"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_technician")),
    )
    op.create_table(
        "technician_skill",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("skill", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["technician.account_id"],
            name=op.f("fk_technician_skill_account_id"),
        ),
        sa.PrimaryKeyConstraint("account_id", "skill", name=op.f("pk_technician_skill")),
    )
    op.create_index(op.f("ix_technician_skill_skill"), "technician_skill", ["skill"])
    _roster()
    _shift()
    _swap()
    _hand_over()


def _to_account(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["account.id"], name=op.f(f"fk_{table}_{column}"))


def _to_community(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id"], ["community.id"], name=op.f(f"fk_{table}_community_id")
    )


def _roster() -> None:
    op.create_table(
        "roster_import",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("file_name", TEXT, nullable=False),
        sa.Column("file_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_roster_import_number")),
        _to_community("roster_import"),
        _to_account("roster_import", "made_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_import")),
        sa.UniqueConstraint("number", name=op.f("uq_roster_import_number")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_roster_import_community_id_id")),
    )
    op.create_index(
        op.f("ix_roster_import_community_id_file_sha256"),
        "roster_import",
        ["community_id", "file_sha256"],
    )


def _shift() -> None:
    op.create_table(
        "shift",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("roster_import_id", ID, nullable=False),
        sa.Column("rostered_id", ID, nullable=False),
        sa.Column("account_id", ID),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("word", TEXT, nullable=False),
        sa.Column("begins_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("cancelled_at", MOMENT),
        sa.CheckConstraint(
            "kind = 'day' OR kind = 'night' OR kind = 'standby'", name=op.f("ck_shift_kind")
        ),
        sa.CheckConstraint("begins_at < ends_at", name=op.f("ck_shift_times")),
        sa.ForeignKeyConstraint(
            ["community_id", "roster_import_id"],
            ["roster_import.community_id", "roster_import.id"],
            name=op.f("fk_shift_community_id_roster_import_id"),
        ),
        _to_account("shift", "rostered_id"),
        _to_account("shift", "account_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_shift_community_id_id")),
    )
    for columns in (
        ["community_id", "ends_at"],
        ["community_id", "day"],
        ["account_id", "ends_at"],
    ):
        op.create_index(op.f(f"ix_shift_{'_'.join(columns)}"), "shift", columns)


def _swap() -> None:
    op.create_table(
        "shift_swap",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("shift_id", ID, nullable=False),
        sa.Column("back_shift_id", ID),
        sa.Column("from_id", ID),
        sa.Column("to_id", ID, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("decided_by", ID),
        sa.Column("decided_at", MOMENT),
        sa.CheckConstraint(
            "state = 'asked' OR state = 'agreed' OR state = 'refused' OR state = 'withdrawn'",
            name=op.f("ck_shift_swap_state"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_shift_swap_number")),
        sa.CheckConstraint(
            "from_id IS NULL OR from_id <> to_id", name=op.f("ck_shift_swap_two_people")
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)", name=op.f("ck_shift_swap_decided")
        ),
        _to_community("shift_swap"),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_shift_swap_shift_id")),
        sa.ForeignKeyConstraint(
            ["back_shift_id"], ["shift.id"], name=op.f("fk_shift_swap_back_shift_id")
        ),
        *(_to_account("shift_swap", name) for name in ("from_id", "to_id")),
        *(_to_account("shift_swap", name) for name in ("asked_by", "decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_swap")),
        sa.UniqueConstraint("number", name=op.f("uq_shift_swap_number")),
    )
    op.create_index(
        op.f("ix_shift_swap_community_id_state"), "shift_swap", ["community_id", "state"]
    )
    op.create_index(op.f("ix_shift_swap_shift_id"), "shift_swap", ["shift_id"])


def _hand_over() -> None:
    op.create_table(
        "shift_hand_over",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("shift_id", ID),
        sa.Column("from_id", ID, nullable=False),
        sa.Column("to_id", ID),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("note_sealed", sa.LargeBinary()),
        sa.Column("taken_by", ID),
        sa.Column("taken_at", MOMENT),
        sa.CheckConstraint(
            "(taken_at IS NULL) = (taken_by IS NULL)", name=op.f("ck_shift_hand_over_taken")
        ),
        sa.CheckConstraint(
            "taken_by IS NULL OR taken_by <> from_id", name=op.f("ck_shift_hand_over_two_people")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_shift_hand_over_number")),
        _to_community("shift_hand_over"),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shift.id"], name=op.f("fk_shift_hand_over_shift_id")
        ),
        *(_to_account("shift_hand_over", name) for name in ("from_id", "to_id", "taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_hand_over")),
        sa.UniqueConstraint("number", name=op.f("uq_shift_hand_over_number")),
    )
    op.create_index(
        op.f("ix_shift_hand_over_community_id_taken_at"),
        "shift_hand_over",
        ["community_id", "taken_at"],
    )


def downgrade() -> None:
    """Take it away again."""
    for table in (
        "shift_hand_over",
        "shift_swap",
        "shift",
        "roster_import",
        "technician_skill",
        "technician",
        "fault_type_skill",
        "fault_type",
    ):
        op.drop_table(table)
