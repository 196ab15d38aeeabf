"""Login events, anomalies and second factors; the terms of sessions.

Revision: 0015, after 0014
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
BYTES = sa.LargeBinary()
TEXT = sa.Text()
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")
RULES = ("burst", "new_host", "new_os_user", "two_places", "odd_hour", "dormant", "compromised")

ADDED = {
    "account": (("second_factor_at", MOMENT), ("compromised_at", MOMENT)),
    "login_session": (
        ("idle_minutes", sa.Integer()),
        ("terminal_digest", BYTES),
        ("label", TEXT),
        ("scope", TEXT),
    ),
}


def upgrade() -> None:
    """Build what this revision adds."""
    for table, columns in ADDED.items():
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind))
    op.create_table(
        "login_event",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("account_id", ID),
        sa.Column("attempted", BYTES),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("host", TEXT, nullable=False),
        sa.Column("os_user", TEXT, nullable=False),
        sa.Column("terminal", TEXT),
        sa.Column("ssh", TEXT),
        sa.Column("session_id", ID),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_login_event_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["login_session.id"], name=op.f("fk_login_event_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_event")),
    )
    op.create_index(op.f("ix_login_event_account_id_at"), "login_event", ["account_id", "at"])
    op.create_index(op.f("ix_login_event_at"), "login_event", ["at"])
    op.create_table(
        "login_anomaly",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("event_id", ID),
        sa.Column("rule", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("acknowledged_at", MOMENT),
        sa.Column("acknowledged_by", ID),
        sa.Column("reason", TEXT),
        sa.CheckConstraint(
            " OR ".join(f"rule = '{rule}'" for rule in RULES), name=op.f("ck_login_anomaly_rule")
        ),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)",
            name=op.f("ck_login_anomaly_acknowledged"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_login_anomaly_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"], ["account.id"], name=op.f("fk_login_anomaly_acknowledged_by")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["login_event.id"], name=op.f("fk_login_anomaly_event_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_anomaly")),
        sa.UniqueConstraint("number", name=op.f("uq_login_anomaly_number")),
    )
    op.create_index(op.f("ix_login_anomaly_account_id"), "login_anomaly", ["account_id"])
    op.create_index(op.f("ix_login_anomaly_at"), "login_anomaly", ["at"])
    op.create_table(
        "second_factor",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("secret_sealed", BYTES, nullable=False),
        sa.Column("enabled_at", MOMENT, nullable=False),
        sa.Column(
            "last_step", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("mac", BYTES, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_second_factor_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("code_hash", BYTES, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.Column("mac", BYTES, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_account_id"), "recovery_code", ["account_id"])


def downgrade() -> None:
    """Take it away again."""
    for table in ("recovery_code", "second_factor", "login_anomaly", "login_event"):
        op.drop_table(table)
    for table, columns in ADDED.items():
        for name, _kind in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
