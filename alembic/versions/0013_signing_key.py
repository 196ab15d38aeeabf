"""Data keys that sign what leaves the installation.

Revision: 0013, after 0012
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NAME = "ck_data_key_purpose"
_BEFORE = "purpose = 'field' OR purpose = 'index' OR purpose = 'trail' OR purpose = 'mac'"
_AFTER = f"{_BEFORE} OR purpose = 'sign'"


def upgrade() -> None:
    """Let a data key be for signing; the program makes it when it first signs."""
    _allow(_AFTER)


def downgrade() -> None:
    """Take the signing keys away again."""
    op.execute("DELETE FROM data_key WHERE purpose = 'sign'")
    _allow(_BEFORE)


def _allow(purposes: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(purposes)
        return
    op.drop_constraint(op.f(_NAME), "data_key", type_="check")
    op.create_check_constraint(op.f(_NAME), "data_key", purposes)


def _rebuild(purposes: str) -> None:
    """Make the table anew: SQLite changes no constraint of one that is there."""
    moment = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")
    op.create_table(
        "data_key_new",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("retired_at", moment),
        sa.CheckConstraint(purposes, name=op.f(_NAME)),
        sa.CheckConstraint("state = 'active' OR state = 'retired'", name=op.f("ck_data_key_state")),
        sa.CheckConstraint("id BETWEEN 1 AND 65535", name=op.f("ck_data_key_two_bytes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
    )
    op.execute(
        "INSERT INTO data_key_new (id, purpose, wrapped, state, created_at, retired_at)"
        " SELECT id, purpose, wrapped, state, created_at, retired_at FROM data_key"
    )
    op.drop_table("data_key")
    op.rename_table("data_key_new", "data_key")
    op.create_index(
        "uq_data_key_active",
        "data_key",
        ["purpose"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
    )
