"""Attachments, and data keys that wrap the keys of their files.

Revision: 0026, after 0025
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
BYTES = sa.LargeBinary()
TEXT = sa.Text()
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")

_NAME = "ck_data_key_purpose"
_BEFORE = (
    "purpose = 'field' OR purpose = 'index' OR purpose = 'trail' OR purpose = 'mac'"
    " OR purpose = 'sign'"
)
_AFTER = f"{_BEFORE} OR purpose = 'file'"


def upgrade() -> None:
    """Build what this revision adds; the program makes the first such key when it needs it."""
    _allow(_AFTER)
    op.create_table(
        "attachment",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("subject_kind", TEXT, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("content_digest", BYTES, nullable=False),
        sa.Column("key_wrapped", BYTES),
        sa.Column("name_sealed", BYTES),
        sa.Column("added_by", ID, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("removed_by", ID),
        sa.Column("removed_at", MOMENT),
        sa.Column("removed_because", TEXT),
        sa.Column("mac", BYTES, nullable=False),
        sa.CheckConstraint(
            "kind = 'photo' OR kind = 'video' OR kind = 'document'",
            name=op.f("ck_attachment_kind"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_attachment_number")),
        sa.CheckConstraint("size >= 1", name=op.f("ck_attachment_size")),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (key_wrapped IS NOT NULL)", name=op.f("ck_attachment_removed")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_attachment_community_id")
        ),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"], name=op.f("fk_attachment_added_by")),
        sa.ForeignKeyConstraint(
            ["removed_by"], ["account.id"], name=op.f("fk_attachment_removed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("number", name=op.f("uq_attachment_number")),
    )
    op.create_index(
        op.f("ix_attachment_community_id_subject_kind_subject_id"),
        "attachment",
        ["community_id", "subject_kind", "subject_id"],
    )
    op.create_index(op.f("ix_attachment_content_digest"), "attachment", ["content_digest"])


def downgrade() -> None:
    """Take it away again; what lies in the store opens no more."""
    op.drop_table("attachment")
    op.execute("DELETE FROM data_key WHERE purpose = 'file'")
    _allow(_BEFORE)


def _allow(purposes: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(purposes)
        return
    op.drop_constraint(op.f(_NAME), "data_key", type_="check")
    op.create_check_constraint(op.f(_NAME), "data_key", purposes)


def _rebuild(purposes: str) -> None:
    """Make the table anew: SQLite changes no constraint of one that is there."""
    columns = "id, purpose, wrapped, state, created_at, retired_at, master"
    op.create_table(
        "data_key_new",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("wrapped", BYTES, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT),
        sa.Column("master", TEXT),
        sa.CheckConstraint(purposes, name=op.f(_NAME)),
        sa.CheckConstraint("state = 'active' OR state = 'retired'", name=op.f("ck_data_key_state")),
        sa.CheckConstraint("id BETWEEN 1 AND 65535", name=op.f("ck_data_key_two_bytes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
    )
    op.execute(f"INSERT INTO data_key_new ({columns}) SELECT {columns} FROM data_key")  # noqa: S608
    op.drop_table("data_key")
    op.rename_table("data_key_new", "data_key")
    op.create_index(
        "uq_data_key_active",
        "data_key",
        ["purpose"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
    )
