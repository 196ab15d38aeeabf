"""An alert names the thing that it is of; a kind that keeps its own breaches has none of these.

Revision: 0030, after 0029
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
TEXT = sa.Text()
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade() -> None:
    """Build what this revision adds."""
    with op.batch_alter_table("sweep_alert", copy_from=_alerts()) as table:
        table.add_column(sa.Column("subject_id", ID))
        table.alter_column("breach_id", existing_type=ID, nullable=True)
    op.execute(
        "UPDATE sweep_alert SET subject_id = "
        "(SELECT b.subject_id FROM sweep_breach b WHERE b.id = sweep_alert.breach_id)"
    )
    with op.batch_alter_table("sweep_alert", copy_from=_alerts(later=True)) as table:
        table.alter_column("subject_id", existing_type=ID, nullable=False)


def downgrade() -> None:
    """Take it away again; alerts that the older program cannot hold are told no more."""
    op.execute("DELETE FROM sweep_alert WHERE breach_id IS NULL")
    with op.batch_alter_table("sweep_alert", copy_from=_alerts(later=True)) as table:
        table.drop_column("subject_id")
        table.alter_column("breach_id", existing_type=ID, nullable=False)


def _alerts(*, later: bool = False) -> sa.Table:
    """Return the table as it stands before, or `later`: SQLite writes it anew from this."""
    return sa.Table(
        "sweep_alert",
        sa.MetaData(),
        sa.Column("id", ID, nullable=False),
        *([sa.Column("subject_id", ID)] if later else []),
        sa.Column("breach_id", ID, nullable=later),
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
        sa.Index(op.f("ix_sweep_alert_account_id_due_at"), "account_id", "due_at"),
        sa.Index(op.f("ix_sweep_alert_breach_id"), "breach_id"),
        sa.Index(op.f("ix_sweep_alert_due_at"), "due_at"),
    )
