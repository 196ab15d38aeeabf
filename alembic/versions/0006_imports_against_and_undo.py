"""What staff edited, what an import wrote over, and the taking back of a batch.

Revision: 0006, after 0005
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
BYTES = sa.LargeBinary()
TEXT = sa.Text()
INT = sa.Integer()
DATE = sa.Date()
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")
AREA = sa.Numeric(12, 4)

_AREAS = (
    "forecast_gross",
    "forecast_net",
    "forecast_shared",
    "surveyed_gross",
    "surveyed_net",
    "surveyed_shared",
)


def upgrade() -> None:
    """Build what this revision adds."""
    for table in ("house", "owner"):
        op.add_column(table, sa.Column("edited_fields", TEXT))
        op.add_column(table, sa.Column("import_version", INT, server_default="1", nullable=False))
    # before this revision, what an import brought was changed by imports only; renumbering marks
    # the houses it touched by an alias of their own
    op.execute("UPDATE owner SET import_version = version WHERE batch_id IS NOT NULL")
    op.execute(
        "UPDATE house SET import_version = version WHERE batch_id IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM house_alias a WHERE a.community_id = house.community_id "
        "AND a.house_id = house.id)"
    )
    op.add_column("import_batch", sa.Column("undone_at", MOMENT))
    op.add_column("import_batch", sa.Column("kept", INT, server_default="0", nullable=False))
    _before()


def downgrade() -> None:
    """Take it away again."""
    for table in ("import_before_owner", "import_before_house"):
        op.drop_table(table)
    for column in ("kept", "undone_at"):
        op.execute(f"ALTER TABLE import_batch DROP COLUMN {column}")
    for table in ("house", "owner"):
        for column in ("import_version", "edited_fields"):
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def _before() -> None:
    op.create_table(
        "import_before_house",
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("house_id", ID, nullable=False),
        sa.Column("was_batch_id", ID),
        sa.Column("was_version", INT, nullable=False),
        sa.Column("was_import_version", INT, nullable=False),
        sa.Column("floor", TEXT),
        sa.Column("house_type", TEXT),
        sa.Column("state", TEXT),
        *(sa.Column(name, AREA) for name in _AREAS),
        sa.Column("handover_date", DATE),
        sa.Column("remark_sealed", BYTES),
        sa.Column("remark_index", BYTES),
        sa.PrimaryKeyConstraint("batch_id", "house_id", name=op.f("pk_import_before_house")),
    )
    op.create_table(
        "import_before_owner",
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("was_batch_id", ID),
        sa.Column("was_version", INT, nullable=False),
        sa.Column("was_import_version", INT, nullable=False),
        sa.Column("sex", TEXT),
        sa.Column("birth_month", TEXT),
        sa.Column("id_type", TEXT),
        sa.Column("id_number_sealed", BYTES),
        sa.Column("id_number_index", BYTES),
        sa.Column("id_status", TEXT, nullable=False),
        sa.Column("number", TEXT),
        sa.PrimaryKeyConstraint("batch_id", "owner_id", name=op.f("pk_import_before_owner")),
    )
