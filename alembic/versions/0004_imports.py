"""Import batches and their staging tables.

Revision: 0004, after 0003
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
BYTES = sa.LargeBinary()
TEXT = sa.Text()
INT = sa.Integer()
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade() -> None:
    """Build what this revision adds."""
    _batches()
    _staging()


def downgrade() -> None:
    """Take it away again."""
    for table in (
        "import_row",
        "import_related",
        "import_problem",
        "import_batch",
    ):
        op.drop_table(table)


def _batches() -> None:
    op.create_table(
        "import_batch",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", INT, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("file_name", TEXT, nullable=False),
        sa.Column("file_sha256", BYTES, nullable=False),
        sa.Column("file_size", BIG, nullable=False),
        sa.Column("developer", TEXT),
        sa.Column("handover_note", TEXT),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("loaded_by", ID, nullable=False),
        sa.Column("loaded_at", MOMENT, nullable=False),
        sa.Column("sheets", TEXT, server_default="[]", nullable=False),
        sa.Column("totals", TEXT, server_default="{}", nullable=False),
        sa.Column("merkle_root", BYTES),
        sa.Column("approval_id", ID),
        sa.Column("applied_at", MOMENT),
        sa.Column("applied_by", ID),
        sa.Column("skipped", INT, server_default="0", nullable=False),
        sa.Column("options", TEXT, server_default="{}", nullable=False),
        sa.CheckConstraint(
            "state = 'loading' OR state = 'pending' OR state = 'approved'"
            " OR state = 'rejected' OR state = 'applied' OR state = 'undone'"
            " OR state = 'failed'",
            name=op.f("ck_import_batch_state"),
        ),
        sa.CheckConstraint("file_size >= 0", name=op.f("ck_import_batch_file_size")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_import_batch_number")),
        sa.CheckConstraint("skipped >= 0", name=op.f("ck_import_batch_skipped")),
        sa.ForeignKeyConstraint(
            ["applied_by"], ["account.id"], name=op.f("fk_import_batch_applied_by")
        ),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_import_batch_approval_id")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_import_batch_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["loaded_by"], ["account.id"], name=op.f("fk_import_batch_loaded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        sa.UniqueConstraint("number", name=op.f("uq_import_batch_number")),
    )
    op.create_index(
        op.f("ix_import_batch_community_id_file_sha256"),
        "import_batch",
        ["community_id", "file_sha256"],
        unique=False,
    )


def _staging() -> None:
    op.create_table(
        "import_problem",
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("seq", INT, autoincrement=False, nullable=False),
        sa.Column("sheet", TEXT, nullable=False),
        sa.Column("row_no", INT, nullable=False),
        sa.Column("col", TEXT),
        sa.Column("field", TEXT),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("severity", TEXT, nullable=False),
        sa.Column("value_masked", TEXT),
        sa.Column("params", TEXT),
        sa.PrimaryKeyConstraint("batch_id", "seq", name=op.f("pk_import_problem")),
    )
    op.create_table(
        "import_related",
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("seq", INT, autoincrement=False, nullable=False),
        sa.Column("row_seq", INT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("target_id", ID, nullable=False),
        sa.Column("owner_id", ID),
        sa.Column("house_id", ID),
        sa.Column("position", INT),
        sa.Column("name_sealed", BYTES),
        sa.Column("phone_sealed", BYTES),
        sa.Column("phone_index", BYTES),
        sa.Column("extra", TEXT),
        sa.Column("extra_sealed", BYTES),
        sa.Column("extra_index", BYTES),
        sa.Column("digest", BYTES, nullable=False),
        sa.CheckConstraint(
            "kind = 'phone' OR kind = 'emergency' OR kind = 'vehicle' OR kind = 'parking'"
            " OR kind = 'family' OR kind = 'tenant' OR kind = 'agent'",
            name=op.f("ck_import_related_kind"),
        ),
        sa.PrimaryKeyConstraint("batch_id", "seq", name=op.f("pk_import_related")),
    )
    op.create_table(
        "import_row",
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("seq", INT, autoincrement=False, nullable=False),
        sa.Column("sheet", TEXT, nullable=False),
        sa.Column("row_no", INT, nullable=False),
        sa.Column("owner_no", INT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("problems", TEXT),
        sa.Column("house_id", ID, nullable=False),
        sa.Column("house_action", TEXT, nullable=False),
        sa.Column("house_version", INT),
        sa.Column("house_key", TEXT, nullable=False),
        sa.Column("section", TEXT, nullable=False),
        sa.Column("building", TEXT, nullable=False),
        sa.Column("unit", TEXT, nullable=False),
        sa.Column("floor", TEXT),
        sa.Column("room", TEXT, nullable=False),
        sa.Column("house_kind", TEXT, nullable=False),
        sa.Column("house_type", TEXT),
        sa.Column("house_state", TEXT),
        sa.Column("forecast_gross", TEXT),
        sa.Column("forecast_net", TEXT),
        sa.Column("forecast_shared", TEXT),
        sa.Column("surveyed_gross", TEXT),
        sa.Column("surveyed_net", TEXT),
        sa.Column("surveyed_shared", TEXT),
        sa.Column("handover_date", TEXT),
        sa.Column("remark_sealed", BYTES),
        sa.Column("remark_index", BYTES),
        sa.Column("owner_id", ID),
        sa.Column("owner_action", TEXT, nullable=False),
        sa.Column("owner_version", INT),
        sa.Column("owner_kind", TEXT),
        sa.Column("owner_name", TEXT),
        sa.Column("owner_name_key", TEXT),
        sa.Column("sex", TEXT),
        sa.Column("birth_month", TEXT),
        sa.Column("birth_sealed", BYTES),
        sa.Column("id_type", TEXT),
        sa.Column("id_number_sealed", BYTES),
        sa.Column("id_number_index", BYTES),
        sa.Column("id_status", TEXT),
        sa.Column("owner_number", TEXT),
        sa.Column("phone_id", ID),
        sa.Column("phone_sealed", BYTES),
        sa.Column("phone_index", BYTES),
        sa.Column("phone_status", TEXT),
        sa.Column("ownership_id", ID),
        sa.Column("ownership_kind", TEXT),
        sa.Column("share_numerator", INT),
        sa.Column("share_denominator", INT),
        sa.Column("digest", BYTES, nullable=False),
        sa.Column("outcome", TEXT),
        sa.CheckConstraint(
            "house_action = 'insert' OR house_action = 'update' OR house_action = 'none'",
            name=op.f("ck_import_row_house_action"),
        ),
        sa.CheckConstraint(
            "owner_action = 'insert' OR owner_action = 'update' OR owner_action = 'none'",
            name=op.f("ck_import_row_owner_action"),
        ),
        sa.CheckConstraint(
            "status = 'new' OR status = 'changed' OR status = 'unchanged' "
            "OR status = 'conflict' OR status = 'error'",
            name=op.f("ck_import_row_status"),
        ),
        sa.PrimaryKeyConstraint("batch_id", "seq", name=op.f("pk_import_row")),
    )
    op.create_index(
        "ix_import_row_conflict",
        "import_row",
        ["batch_id"],
        unique=False,
        sqlite_where=sa.text("status = 'conflict'"),
        postgresql_where=sa.text("status = 'conflict'"),
    )
