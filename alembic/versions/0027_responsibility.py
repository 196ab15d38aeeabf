"""Whose matter a repair is, and the firms that maintain by contract.

Revision: 0027, after 0026
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
TEXT = sa.Text()
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")

RESPONSIBILITIES = (
    "responsibility = 'property' OR responsibility = 'warranty' OR responsibility = 'paid' OR "
    "responsibility = 'third_party' OR responsibility = 'owner'"
)
FIRM = "responsibility <> 'third_party' OR firm_id IS NOT NULL"
PROMISED = "promised_at IS NULL OR firm_id IS NOT NULL"


def upgrade() -> None:
    """Build what this revision adds."""
    op.create_table(
        "maintenance_firm",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("contract", TEXT),
        sa.Column("contact_sealed", sa.LargeBinary()),
        sa.Column("retired_at", MOMENT),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("changed_by", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["account.id"], name=op.f("fk_maintenance_firm_changed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance_firm")),
        sa.UniqueConstraint("name", name=op.f("uq_maintenance_firm_name")),
    )
    # both databases take a column with its constraints, so that no table is copied
    blob, moment = ("BLOB", "VARCHAR(26)") if _on_sqlite() else ("BYTEA", "TIMESTAMPTZ")
    op.execute(
        f"ALTER TABLE ticket ADD COLUMN firm_id {blob} "
        "CONSTRAINT fk_ticket_firm_id REFERENCES maintenance_firm (id)"
    )
    op.execute(
        "ALTER TABLE ticket ADD COLUMN responsibility TEXT "
        f"CONSTRAINT ck_ticket_responsibility CHECK ({RESPONSIBILITIES}) "
        f"CONSTRAINT ck_ticket_firm_of_third_party CHECK ({FIRM})"
    )
    op.execute(
        f"ALTER TABLE ticket ADD COLUMN promised_at {moment} "
        f"CONSTRAINT ck_ticket_promised CHECK ({PROMISED})"
    )
    op.create_index(op.f("ix_ticket_firm_id"), "ticket", ["firm_id"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_index(op.f("ix_ticket_firm_id"), table_name="ticket")
    for name in ("promised_at", "responsibility", "firm_id"):
        op.execute(f"ALTER TABLE ticket DROP COLUMN {name}")
    op.drop_table("maintenance_firm")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
