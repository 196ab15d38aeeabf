"""Regions, and grants that begin later or wait for a second person.

Revision: 0017, after 0016
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
BYTES = sa.LargeBinary()
TEXT = sa.Text()
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")

SCOPES = "scope_kind = 'all' OR scope_kind = 'community' OR scope_kind = 'building'"
SCOPES_NOW = (
    "scope_kind = 'all' OR scope_kind = 'region' OR scope_kind = 'community'"
    " OR scope_kind = 'building'"
)
CONFIRMED = "(confirmed_at IS NULL) = (confirmed_by IS NULL)"
TWO_PEOPLE = "confirmed_by IS NULL OR (confirmed_by <> granted_by AND confirmed_by <> account_id)"
NEW = ("starts_at", "approval_id", "confirmed_at", "confirmed_by")


def upgrade() -> None:
    """Build what this revision adds."""
    _regions()
    with op.batch_alter_table("role_grant", copy_from=_grants()) as table:
        table.add_column(sa.Column("starts_at", MOMENT))
        table.add_column(sa.Column("approval_id", ID))
        table.add_column(sa.Column("confirmed_at", MOMENT))
        table.add_column(sa.Column("confirmed_by", ID))
        table.drop_constraint(op.f("ck_role_grant_scope_kind"), type_="check")
        table.create_check_constraint(op.f("ck_role_grant_scope_kind"), SCOPES_NOW)
        table.create_check_constraint(op.f("ck_role_grant_confirmed"), CONFIRMED)
        table.create_check_constraint(op.f("ck_role_grant_two_people"), TWO_PEOPLE)
        table.create_foreign_key(
            op.f("fk_role_grant_approval_id"), "approval", ["approval_id"], ["id"]
        )
        table.create_foreign_key(
            op.f("fk_role_grant_confirmed_by"), "account", ["confirmed_by"], ["id"]
        )


def downgrade() -> None:
    """Take it away again; grants in a region, and those not confirmed, go with it."""
    op.execute(
        "DELETE FROM role_grant WHERE scope_kind = 'region' OR starts_at IS NOT NULL"
        " OR approval_id IS NOT NULL"
    )
    with op.batch_alter_table("role_grant", copy_from=_grants(later=True)) as table:
        for name in ("confirmed", "two_people", "scope_kind"):
            table.drop_constraint(op.f(f"ck_role_grant_{name}"), type_="check")
        for name in ("approval_id", "confirmed_by"):
            table.drop_constraint(op.f(f"fk_role_grant_{name}"), type_="foreignkey")
        for name in NEW:
            table.drop_column(name)
        table.create_check_constraint(op.f("ck_role_grant_scope_kind"), SCOPES)
    op.drop_table("region_community")
    op.drop_table("region")


def _grants(*, later: bool = False) -> sa.Table:
    """Return the table of grants as SQLite is to copy it, before or after this revision."""
    table = sa.Table(
        "role_grant",
        sa.MetaData(),
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("role_id", ID, nullable=False),
        sa.Column("scope_kind", TEXT, nullable=False),
        sa.Column("scope_id", ID),
        sa.Column("granted_by", ID),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.Column("reason", TEXT),
        sa.Column("expires_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.Column("revoked_by", ID),
        sa.Column("mac", BYTES, nullable=False),
        sa.CheckConstraint(
            "(scope_kind = 'all') = (scope_id IS NULL)", name=op.f("ck_role_grant_scope_id")
        ),
        sa.CheckConstraint(SCOPES_NOW if later else SCOPES, name=op.f("ck_role_grant_scope_kind")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=op.f(f"fk_role_grant_{column}")
            )
            for column, target in (
                ("account_id", "account"),
                ("granted_by", "account"),
                ("revoked_by", "account"),
                ("role_id", "role"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.Index(op.f("ix_role_grant_account_id"), "account_id"),
        sa.Index(op.f("ix_role_grant_role_id"), "role_id"),
    )
    if later:
        table.append_column(sa.Column("starts_at", MOMENT))
        table.append_column(sa.Column("approval_id", ID))
        table.append_column(sa.Column("confirmed_at", MOMENT))
        table.append_column(sa.Column("confirmed_by", ID))
        for name, rule in (("confirmed", CONFIRMED), ("two_people", TWO_PEOPLE)):
            table.append_constraint(sa.CheckConstraint(rule, name=op.f(f"ck_role_grant_{name}")))
        for column, target in (("approval_id", "approval"), ("confirmed_by", "account")):
            table.append_constraint(
                sa.ForeignKeyConstraint(
                    [column], [f"{target}.id"], name=op.f(f"fk_role_grant_{column}")
                )
            )
    return table


def _regions() -> None:
    op.create_table(
        "region",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", ID),
        sa.Column("mac", BYTES, nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_region_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region")),
        sa.UniqueConstraint("code", name=op.f("uq_region_code")),
        sa.UniqueConstraint("name", name=op.f("uq_region_name")),
    )
    op.create_table(
        "region_community",
        sa.Column("id", ID, nullable=False),
        sa.Column("region_id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("added_by", ID),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("approval_id", ID),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("confirmed_by", ID),
        sa.Column("removed_at", MOMENT),
        sa.Column("removed_by", ID),
        sa.Column("mac", BYTES, nullable=False),
        sa.CheckConstraint(CONFIRMED, name=op.f("ck_region_community_confirmed")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=op.f(f"fk_region_community_{column}")
            )
            for column, target in (
                ("region_id", "region"),
                ("community_id", "community"),
                ("added_by", "account"),
                ("approval_id", "approval"),
                ("confirmed_by", "account"),
                ("removed_by", "account"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region_community")),
    )
    for column in ("region_id", "community_id"):
        op.create_index(
            op.f(f"ix_region_community_{column}"), "region_community", [column], unique=False
        )
