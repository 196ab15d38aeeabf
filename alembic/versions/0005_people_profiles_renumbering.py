"""How an owner's phone arrived; more of family members; developers' profiles; renumbering.

Revision: 0005, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
BYTES = sa.LargeBinary()
TEXT = sa.Text()
INT = sa.Integer()
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")

# written out: a column added by itself takes its CHECK along on both databases, so that SQLite
# need not copy the table
_ADDED = (
    (
        "owner",
        "phone_status",
        "TEXT DEFAULT 'missing' NOT NULL CONSTRAINT ck_owner_phone_status CHECK "
        "(phone_status = 'present' OR phone_status = 'missing' OR phone_status = 'damaged'"
        " OR phone_status = 'masked' OR phone_status = 'invalid')",
    ),
    (
        "family_member",
        "sex",
        "TEXT CONSTRAINT ck_family_member_sex CHECK (sex = 'male' OR sex = 'female')",
    ),
    ("import_related", "relation", "TEXT"),
    ("import_related", "sex", "TEXT"),
    ("import_related", "birth_month", "TEXT"),
)


def upgrade() -> None:
    """Build what this revision adds."""
    for table, column, definition in _ADDED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {definition}")
    op.execute(
        "UPDATE owner SET phone_status = 'present' WHERE EXISTS (SELECT 1 FROM owner_phone p "
        "WHERE p.community_id = owner.community_id AND p.owner_id = owner.id)"
    )
    _profiles()
    _renumbering()


def downgrade() -> None:
    """Take it away again."""
    for table in ("house_renumbering_row", "house_renumbering", "import_profile"):
        op.drop_table(table)
    for table, column, _definition in reversed(_ADDED):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def _profiles() -> None:
    op.create_table(
        "import_profile",
        sa.Column("id", ID, nullable=False),
        sa.Column("developer", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("mapping", TEXT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("updated_by", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["account.id"], name=op.f("fk_import_profile_updated_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_profile")),
        sa.UniqueConstraint("key", name=op.f("uq_import_profile_key")),
    )


def _renumbering() -> None:
    op.create_table(
        "house_renumbering",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", INT, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("file_name", TEXT, nullable=False),
        sa.Column("file_sha256", BYTES, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("approval_id", ID),
        sa.Column("applied_at", MOMENT),
        sa.CheckConstraint(
            "state = 'pending' OR state = 'applied' OR state = 'rejected'",
            name=op.f("ck_house_renumbering_state"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_house_renumbering_number")),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_house_renumbering_approval_id")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_house_renumbering_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["account.id"], name=op.f("fk_house_renumbering_made_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house_renumbering")),
        sa.UniqueConstraint("number", name=op.f("uq_house_renumbering_number")),
    )
    op.create_table(
        "house_renumbering_row",
        sa.Column("renumbering_id", ID, nullable=False),
        sa.Column("seq", INT, autoincrement=False, nullable=False),
        sa.Column("row_no", INT, nullable=False),
        sa.Column("house_id", ID, nullable=False),
        sa.Column("house_version", INT, nullable=False),
        sa.Column("old_key", TEXT, nullable=False),
        sa.Column("old_text", TEXT, nullable=False),
        sa.Column("new_key", TEXT, nullable=False),
        sa.Column("new_text", TEXT, nullable=False),
        sa.Column("section", TEXT, nullable=False),
        sa.Column("building", TEXT, nullable=False),
        sa.Column("unit", TEXT, nullable=False),
        sa.Column("floor", TEXT),
        sa.Column("room", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["renumbering_id"],
            ["house_renumbering.id"],
            name=op.f("fk_house_renumbering_row_renumbering_id"),
        ),
        sa.PrimaryKeyConstraint("renumbering_id", "seq", name=op.f("pk_house_renumbering_row")),
    )
