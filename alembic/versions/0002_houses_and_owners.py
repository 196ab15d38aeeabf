"""Houses, owners, and whose is which.

Revision: 0002, after 0001
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
BYTES = sa.LargeBinary()
TEXT = sa.Text()
INT = sa.Integer()
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")
AREA = sa.Numeric(12, 4)


def upgrade() -> None:
    """Build what this revision adds."""
    _houses()
    _owners()


def downgrade() -> None:
    """Take it away again."""
    for table in (
        "ownership",
        "owner_phone",
        "owner",
        "occupancy",
        "house_alias",
        "house",
    ):
        op.drop_table(table)


def _houses() -> None:
    op.create_table(
        "house",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("building_id", ID),
        sa.Column("unit_id", ID),
        sa.Column("section_name", TEXT, server_default="", nullable=False),
        sa.Column("building_name", TEXT, server_default="", nullable=False),
        sa.Column("unit_name", TEXT, server_default="", nullable=False),
        sa.Column("floor", TEXT),
        sa.Column("room", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("house_type", TEXT),
        sa.Column("forecast_gross", AREA),
        sa.Column("forecast_net", AREA),
        sa.Column("forecast_shared", AREA),
        sa.Column("surveyed_gross", AREA),
        sa.Column("surveyed_net", AREA),
        sa.Column("surveyed_shared", AREA),
        sa.Column("state", TEXT),
        sa.Column("handover_planned", sa.Date()),
        sa.Column("handover_contract", sa.Date()),
        sa.Column("handover_date", sa.Date()),
        sa.Column("remark_sealed", BYTES),
        sa.Column("remark_index", BYTES),
        sa.Column("batch_id", ID),
        sa.Column("version", INT, server_default="1", nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind = 'residence' OR kind = 'shop' OR kind = 'office' OR kind = 'storage'"
            " OR kind = 'villa' OR kind = 'other'",
            name=op.f("ck_house_kind"),
        ),
        sa.CheckConstraint(
            "state = 'unsold' OR state = 'sold' OR state = 'vacant'"
            " OR state = 'decorating' OR state = 'occupied' OR state = 'let'",
            name=op.f("ck_house_state"),
        ),
        sa.CheckConstraint(
            "(forecast_gross IS NULL OR forecast_gross >= 0) AND (forecast_net IS NULL OR "
            "forecast_net >= 0) AND (forecast_shared IS NULL OR forecast_shared >= 0) AND "
            "(surveyed_gross IS NULL OR surveyed_gross >= 0) AND (surveyed_net IS NULL OR "
            "surveyed_net >= 0) AND (surveyed_shared IS NULL OR surveyed_shared >= 0)",
            name=op.f("ck_house_areas"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_house_version")),
        sa.ForeignKeyConstraint(
            ["community_id", "building_id"],
            ["building.community_id", "building.id"],
            name=op.f("fk_house_community_id_building_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "unit_id"],
            ["unit.community_id", "unit.id"],
            name=op.f("fk_house_community_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_house_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_house_community_id_id")),
        sa.UniqueConstraint("community_id", "key", name=op.f("uq_house_community_id_key")),
    )
    op.create_index(
        op.f("ix_house_community_id_building_name_unit_name"),
        "house",
        ["community_id", "building_name", "unit_name"],
        unique=False,
    )
    op.create_table(
        "house_alias",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("house_id", ID, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("canonical", TEXT, nullable=False),
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.CheckConstraint(
            "kind = 'sales' OR kind = 'police' OR kind = 'former'", name=op.f("ck_house_alias_kind")
        ),
        sa.CheckConstraint(
            "until IS NULL OR since IS NULL OR until >= since", name=op.f("ck_house_alias_dates")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "house_id"],
            ["house.community_id", "house.id"],
            name=op.f("fk_house_alias_community_id_house_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house_alias")),
    )
    op.create_index(
        op.f("ix_house_alias_community_id_canonical"),
        "house_alias",
        ["community_id", "canonical"],
        unique=False,
    )
    op.create_index(
        op.f("ix_house_alias_community_id_house_id"),
        "house_alias",
        ["community_id", "house_id"],
        unique=False,
    )
    op.create_table(
        "occupancy",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("house_id", ID, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.CheckConstraint(
            "state = 'unsold' OR state = 'sold' OR state = 'vacant'"
            " OR state = 'decorating' OR state = 'occupied' OR state = 'let'",
            name=op.f("ck_occupancy_state"),
        ),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_occupancy_dates")),
        sa.ForeignKeyConstraint(
            ["community_id", "house_id"],
            ["house.community_id", "house.id"],
            name=op.f("fk_occupancy_community_id_house_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occupancy")),
    )
    op.create_index(
        op.f("ix_occupancy_community_id_house_id"),
        "occupancy",
        ["community_id", "house_id"],
        unique=False,
    )


def _owners() -> None:
    op.create_table(
        "owner",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_key", TEXT, nullable=False),
        sa.Column("sex", TEXT),
        sa.Column("birth_month", TEXT),
        sa.Column("birth_sealed", BYTES),
        sa.Column("id_type", TEXT),
        sa.Column("id_number_sealed", BYTES),
        sa.Column("id_number_index", BYTES),
        sa.Column("id_status", TEXT, server_default="missing", nullable=False),
        sa.Column("handler_name_sealed", BYTES),
        sa.Column("handler_phone_sealed", BYTES),
        sa.Column("number", TEXT),
        sa.Column("remark_sealed", BYTES),
        sa.Column("batch_id", ID),
        sa.Column("version", INT, server_default="1", nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "birth_month IS NULL OR birth_month LIKE '____-__'", name=op.f("ck_owner_birth_month")
        ),
        sa.CheckConstraint(
            "id_status = 'present' OR id_status = 'missing' OR id_status = 'damaged'"
            " OR id_status = 'masked' OR id_status = 'invalid'",
            name=op.f("ck_owner_id_status"),
        ),
        sa.CheckConstraint(
            "id_type = 'resident_id' OR id_type = 'hkmt_permit'"
            " OR id_type = 'hkmt_residence' OR id_type = 'passport'"
            " OR id_type = 'foreign_residence' OR id_type = 'uscc' OR id_type = 'officer'"
            " OR id_type = 'other'",
            name=op.f("ck_owner_id_type"),
        ),
        sa.CheckConstraint("kind = 'person' OR kind = 'company'", name=op.f("ck_owner_kind")),
        sa.CheckConstraint("sex = 'male' OR sex = 'female'", name=op.f("ck_owner_sex")),
        sa.CheckConstraint(
            "id_number_index IS NULL OR id_number_sealed IS NOT NULL",
            name=op.f("ck_owner_id_number"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_owner_version")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_owner_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_owner_community_id_id")),
    )
    op.create_index(
        op.f("ix_owner_community_id_id_number_index"),
        "owner",
        ["community_id", "id_number_index"],
        unique=False,
    )
    op.create_index(
        op.f("ix_owner_community_id_name_key"), "owner", ["community_id", "name_key"], unique=False
    )
    op.create_table(
        "owner_phone",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("position", INT, server_default="0", nullable=False),
        sa.Column("number_sealed", BYTES, nullable=False),
        sa.Column("number_index", BYTES, nullable=False),
        sa.Column("status", TEXT, server_default="present", nullable=False),
        sa.CheckConstraint(
            "status = 'present' OR status = 'missing' OR status = 'damaged'"
            " OR status = 'masked' OR status = 'invalid'",
            name=op.f("ck_owner_phone_status"),
        ),
        sa.CheckConstraint("position >= 0", name=op.f("ck_owner_phone_position")),
        sa.ForeignKeyConstraint(
            ["community_id", "owner_id"],
            ["owner.community_id", "owner.id"],
            name=op.f("fk_owner_phone_community_id_owner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner_phone")),
    )
    op.create_index(
        op.f("ix_owner_phone_community_id_number_index"),
        "owner_phone",
        ["community_id", "number_index"],
        unique=False,
    )
    op.create_index(
        op.f("ix_owner_phone_community_id_owner_id"),
        "owner_phone",
        ["community_id", "owner_id"],
        unique=False,
    )
    op.create_table(
        "ownership",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("house_id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("share_numerator", INT),
        sa.Column("share_denominator", INT),
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.Column("batch_id", ID),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind = 'sole' OR kind = 'joint' OR kind = 'shares'", name=op.f("ck_ownership_kind")
        ),
        sa.CheckConstraint(
            "(share_numerator IS NULL AND share_denominator IS NULL) OR (share_numerator "
            "IS NOT NULL AND share_denominator IS NOT NULL AND share_numerator > 0 AND "
            "share_numerator <= share_denominator)",
            name=op.f("ck_ownership_share"),
        ),
        sa.CheckConstraint(
            "until IS NULL OR since IS NULL OR until >= since", name=op.f("ck_ownership_dates")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "house_id"],
            ["house.community_id", "house.id"],
            name=op.f("fk_ownership_community_id_house_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "owner_id"],
            ["owner.community_id", "owner.id"],
            name=op.f("fk_ownership_community_id_owner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownership")),
    )
    op.create_index(
        op.f("ix_ownership_community_id_house_id"),
        "ownership",
        ["community_id", "house_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ownership_community_id_owner_id"),
        "ownership",
        ["community_id", "owner_id"],
        unique=False,
    )
