"""What falls due has its moment in a column with an index; breaches, alerts, and who sweeps.

Revision: 0025, after 0024
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
TEXT = sa.Text()
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")

DUE = {
    "approval": "due_at IS NOT NULL AND state = 'pending'",
    "import_batch": "due_at IS NOT NULL AND state = 'approved'",
    "login_session": "due_at IS NOT NULL AND revoked_at IS NULL",
    "role_grant": "due_at IS NOT NULL AND revoked_at IS NULL",
    "account": "due_at IS NOT NULL AND password_state = 'first'",
}
# what was over before this upgrade is told to nobody
FILL = (
    "UPDATE approval SET due_at = {day_after_made} WHERE state = 'pending'",
    "UPDATE import_batch SET due_at = (SELECT {day_after_decided} FROM approval a "
    "WHERE a.id = import_batch.approval_id) WHERE state = 'approved'",
    "UPDATE login_session SET due_at = expires_at WHERE revoked_at IS NULL AND expires_at > {now}",
    "UPDATE role_grant SET due_at = expires_at WHERE revoked_at IS NULL AND expires_at > {now}",
    "UPDATE account SET due_at = first_password_until "
    "WHERE password_state = 'first' AND first_password_until > {now}",
)
MOMENTS = {
    "sqlite": {
        "now": "strftime('%Y-%m-%d %H:%M:%f000', 'now')",
        "day_after_made": "strftime('%Y-%m-%d %H:%M:%f000', made_at, '+24 hours')",
        "day_after_decided": "strftime('%Y-%m-%d %H:%M:%f000', a.decided_at, '+24 hours')",
    },
    "postgresql": {
        "now": "now()",
        "day_after_made": "made_at + interval '24 hours'",
        "day_after_decided": "a.decided_at + interval '24 hours'",
    },
}


def upgrade() -> None:
    """Build what this revision adds."""
    op.create_table(
        "sweep_breach",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("step", TEXT, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("community_id", ID),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("found_at", MOMENT, nullable=False),
        sa.CheckConstraint("level >= 1", name=op.f("ck_sweep_breach_level")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_sweep_breach_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweep_breach")),
        sa.UniqueConstraint(
            "kind",
            "subject_id",
            "step",
            "level",
            name=op.f("uq_sweep_breach_kind_subject_id_step_level"),
        ),
    )
    op.create_index(
        op.f("ix_sweep_breach_community_id_due_at"), "sweep_breach", ["community_id", "due_at"]
    )
    op.create_table(
        "sweep_alert",
        sa.Column("id", ID, nullable=False),
        sa.Column("breach_id", ID, nullable=False),
        sa.Column("account_id", ID),
        sa.Column("word", TEXT, nullable=False),
        sa.Column("name", TEXT),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sweep_alert_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["breach_id"], ["sweep_breach.id"], name=op.f("fk_sweep_alert_breach_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweep_alert")),
    )
    op.create_index(
        op.f("ix_sweep_alert_account_id_due_at"), "sweep_alert", ["account_id", "due_at"]
    )
    op.create_index(op.f("ix_sweep_alert_breach_id"), "sweep_alert", ["breach_id"])
    op.create_index(op.f("ix_sweep_alert_due_at"), "sweep_alert", ["due_at"])
    op.create_table(
        "process_claim",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_process_claim")),
    )
    for table, condition in DUE.items():
        op.add_column(table, sa.Column("due_at", MOMENT))
        op.create_index(
            f"ix_{table}_due",
            table,
            ["due_at"],
            sqlite_where=sa.text(condition),
            postgresql_where=sa.text(condition),
        )
    connection = op.get_bind()
    for statement in FILL:
        connection.exec_driver_sql(statement.format(**MOMENTS[connection.dialect.name]))


def downgrade() -> None:
    """Take it away again."""
    for table in reversed(DUE):
        op.drop_index(f"ix_{table}_due", table)
        op.execute(f"ALTER TABLE {table} DROP COLUMN due_at")
    op.drop_table("process_claim")
    op.drop_table("sweep_alert")
    op.drop_table("sweep_breach")
