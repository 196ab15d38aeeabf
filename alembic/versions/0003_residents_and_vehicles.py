"""The people around owners and houses, vehicles and parking rights.

Revision: 0003, after 0002
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
BYTES = sa.LargeBinary()
TEXT = sa.Text()
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")


def upgrade() -> None:
    """Build what this revision adds."""
    _residents()
    _vehicles()


def downgrade() -> None:
    """Take it away again."""
    for table in (
        "vehicle",
        "parking_right",
        "tenant",
        "family_member",
        "guardian",
        "emergency_contact",
        "agent",
    ):
        op.drop_table(table)


def _residents() -> None:
    op.create_table(
        "agent",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("name_sealed", BYTES, nullable=False),
        sa.Column("phone_sealed", BYTES),
        sa.Column("phone_index", BYTES),
        sa.Column("scope", TEXT),
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.Column("batch_id", ID),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "until IS NULL OR since IS NULL OR until >= since", name=op.f("ck_agent_dates")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "owner_id"],
            ["owner.community_id", "owner.id"],
            name=op.f("fk_agent_community_id_owner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent")),
    )
    op.create_index(
        op.f("ix_agent_community_id_owner_id"), "agent", ["community_id", "owner_id"], unique=False
    )
    op.create_index(
        op.f("ix_agent_community_id_phone_index"),
        "agent",
        ["community_id", "phone_index"],
        unique=False,
    )
    op.create_table(
        "emergency_contact",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("name_sealed", BYTES, nullable=False),
        sa.Column("phone_sealed", BYTES),
        sa.Column("phone_index", BYTES),
        sa.Column("relation", TEXT),
        sa.Column("batch_id", ID),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "owner_id"],
            ["owner.community_id", "owner.id"],
            name=op.f("fk_emergency_contact_community_id_owner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_contact")),
    )
    op.create_index(
        op.f("ix_emergency_contact_community_id_owner_id"),
        "emergency_contact",
        ["community_id", "owner_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_emergency_contact_community_id_phone_index"),
        "emergency_contact",
        ["community_id", "phone_index"],
        unique=False,
    )
    op.create_table(
        "guardian",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("name_sealed", BYTES, nullable=False),
        sa.Column("phone_sealed", BYTES),
        sa.Column("relation", TEXT),
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.Column("batch_id", ID),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "until IS NULL OR since IS NULL OR until >= since", name=op.f("ck_guardian_dates")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "owner_id"],
            ["owner.community_id", "owner.id"],
            name=op.f("fk_guardian_community_id_owner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian")),
    )
    op.create_index(
        op.f("ix_guardian_community_id_owner_id"),
        "guardian",
        ["community_id", "owner_id"],
        unique=False,
    )
    op.create_table(
        "family_member",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("house_id", ID),
        sa.Column("name_sealed", BYTES, nullable=False),
        sa.Column("phone_sealed", BYTES),
        sa.Column("phone_index", BYTES),
        sa.Column("relation", TEXT),
        sa.Column("birth_month", TEXT),
        sa.Column("batch_id", ID),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "birth_month IS NULL OR birth_month LIKE '____-__'",
            name=op.f("ck_family_member_birth_month"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "house_id"],
            ["house.community_id", "house.id"],
            name=op.f("fk_family_member_community_id_house_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "owner_id"],
            ["owner.community_id", "owner.id"],
            name=op.f("fk_family_member_community_id_owner_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_member")),
    )
    op.create_index(
        op.f("ix_family_member_community_id_house_id"),
        "family_member",
        ["community_id", "house_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_family_member_community_id_owner_id"),
        "family_member",
        ["community_id", "owner_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_family_member_community_id_phone_index"),
        "family_member",
        ["community_id", "phone_index"],
        unique=False,
    )
    op.create_table(
        "tenant",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("house_id", ID, nullable=False),
        sa.Column("name_sealed", BYTES, nullable=False),
        sa.Column("phone_sealed", BYTES),
        sa.Column("phone_index", BYTES),
        sa.Column("id_number_sealed", BYTES),
        sa.Column("id_number_index", BYTES),
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.Column("batch_id", ID),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "until IS NULL OR since IS NULL OR until >= since", name=op.f("ck_tenant_dates")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "house_id"],
            ["house.community_id", "house.id"],
            name=op.f("fk_tenant_community_id_house_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
    )
    op.create_index(
        op.f("ix_tenant_community_id_house_id"),
        "tenant",
        ["community_id", "house_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_tenant_community_id_id_number_index"),
        "tenant",
        ["community_id", "id_number_index"],
        unique=False,
    )
    op.create_index(
        op.f("ix_tenant_community_id_phone_index"),
        "tenant",
        ["community_id", "phone_index"],
        unique=False,
    )


def _vehicles() -> None:
    op.create_table(
        "parking_right",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("space", TEXT, nullable=False),
        sa.Column("kind", TEXT),
        sa.Column("owner_id", ID),
        sa.Column("house_id", ID),
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.Column("batch_id", ID),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind = 'title' OR kind = 'use' OR kind = 'civil_defence' OR kind = 'rent'",
            name=op.f("ck_parking_right_kind"),
        ),
        sa.CheckConstraint(
            "until IS NULL OR since IS NULL OR until >= since", name=op.f("ck_parking_right_dates")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "house_id"],
            ["house.community_id", "house.id"],
            name=op.f("fk_parking_right_community_id_house_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "owner_id"],
            ["owner.community_id", "owner.id"],
            name=op.f("fk_parking_right_community_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_parking_right_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parking_right")),
    )
    op.create_index(
        op.f("ix_parking_right_community_id_house_id"),
        "parking_right",
        ["community_id", "house_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_parking_right_community_id_owner_id"),
        "parking_right",
        ["community_id", "owner_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_parking_right_community_id_space"),
        "parking_right",
        ["community_id", "space"],
        unique=False,
    )
    op.create_table(
        "vehicle",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("owner_id", ID),
        sa.Column("house_id", ID),
        sa.Column("plate_sealed", BYTES, nullable=False),
        sa.Column("plate_index", BYTES, nullable=False),
        sa.Column("batch_id", ID),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "house_id"],
            ["house.community_id", "house.id"],
            name=op.f("fk_vehicle_community_id_house_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "owner_id"],
            ["owner.community_id", "owner.id"],
            name=op.f("fk_vehicle_community_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_vehicle_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle")),
    )
    op.create_index(
        op.f("ix_vehicle_community_id_house_id"),
        "vehicle",
        ["community_id", "house_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_vehicle_community_id_owner_id"),
        "vehicle",
        ["community_id", "owner_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_vehicle_community_id_plate_index"),
        "vehicle",
        ["community_id", "plate_index"],
        unique=False,
    )
