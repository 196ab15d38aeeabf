"""Foundation: installation, accounts, roles, communities, approvals, the trail.

Revision: 0001, after nothing
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.LargeBinary(16)
BYTES = sa.LargeBinary()
TEXT = sa.Text()
INT = sa.Integer()
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")

GENESIS = bytes(32)

# what makes the trail a trail: the database itself refuses to change or delete an event; the
# third refusal is for INSERT OR REPLACE, which deletes without asking the second
SQLITE_REFUSALS = (
    "CREATE TRIGGER trail_event_no_update BEFORE UPDATE ON trail_event"
    " BEGIN SELECT RAISE(ABORT, 'events of the trail are never changed'); END",
    "CREATE TRIGGER trail_event_no_delete BEFORE DELETE ON trail_event"
    " BEGIN SELECT RAISE(ABORT, 'events of the trail are never deleted'); END",
    "CREATE TRIGGER trail_event_no_replace BEFORE INSERT ON trail_event"
    " WHEN EXISTS (SELECT 1 FROM trail_event WHERE seq = NEW.seq)"
    " BEGIN SELECT RAISE(ABORT, 'events of the trail are never replaced'); END",
)
POSTGRESQL_REFUSALS = (
    "CREATE FUNCTION trail_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN RAISE EXCEPTION 'events of the trail are never changed or deleted'; END $$",
    "CREATE TRIGGER trail_event_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_event"
    " FOR EACH STATEMENT EXECUTE FUNCTION trail_event_refuse()",
    # in force for replication roles as well
    "ALTER TABLE trail_event ENABLE ALWAYS TRIGGER trail_event_refuse",
)


def upgrade() -> None:
    """Build what this revision adds."""
    _installation()
    _accounts()
    _communities()
    _approvals()
    _trail()
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_REFUSALS if sqlite else POSTGRESQL_REFUSALS:
        op.execute(statement)
    _seed()


def downgrade() -> None:
    """Take it away again."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        for name in ("no_update", "no_delete", "no_replace"):
            op.execute(f"DROP TRIGGER trail_event_{name}")
    else:
        op.execute("DROP TRIGGER trail_event_refuse ON trail_event")
        op.execute("DROP FUNCTION trail_event_refuse()")
    for table in (
        "trail_head",
        "trail_event",
        "approval",
        "unit",
        "building",
        "section",
        "community",
        "role_permission",
        "role_grant",
        "login_session",
        "role",
        "account",
        "installation",
        "data_key",
    ):
        op.drop_table(table)


def _installation() -> None:
    op.create_table(
        "data_key",
        sa.Column("id", INT, autoincrement=False, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("wrapped", BYTES, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT),
        sa.CheckConstraint(
            "purpose = 'field' OR purpose = 'index' OR purpose = 'trail' OR purpose = 'mac'",
            name=op.f("ck_data_key_purpose"),
        ),
        sa.CheckConstraint("state = 'active' OR state = 'retired'", name=op.f("ck_data_key_state")),
        sa.CheckConstraint("id BETWEEN 1 AND 65535", name=op.f("ck_data_key_two_bytes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
    )
    op.create_index(
        "uq_data_key_active",
        "data_key",
        ["purpose"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("name", TEXT),
        sa.Column("schema_note", TEXT),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_number", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("department", TEXT),
        sa.Column("position", TEXT),
        sa.Column("contact_sealed", BYTES),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("password_hash", TEXT),
        sa.Column("password_state", TEXT, nullable=False),
        sa.Column("password_changed_at", MOMENT),
        sa.Column("disabled_at", MOMENT),
        sa.Column("failed_count", INT, server_default="0", nullable=False),
        sa.Column("locked_until", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", ID),
        sa.Column("mac", BYTES, nullable=False),
        sa.CheckConstraint("kind = 'person' OR kind = 'service'", name=op.f("ck_account_kind")),
        sa.CheckConstraint(
            "password_state = 'first' OR password_state = 'set'",
            name=op.f("ck_account_password_state"),
        ),
        sa.CheckConstraint("failed_count >= 0", name=op.f("ck_account_failed_count")),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_account_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("staff_number", name=op.f("uq_account_staff_number")),
    )
    op.create_table(
        "role",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_zh", TEXT, nullable=False),
        sa.Column("shipped", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("code", name=op.f("uq_role_code")),
    )
    op.create_table(
        "login_session",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("token_hash", BYTES, nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("mac", BYTES, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_login_session_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_session_token_hash")),
    )
    op.create_index(
        op.f("ix_login_session_account_id"), "login_session", ["account_id"], unique=False
    )
    op.create_index(
        op.f("ix_login_session_expires_at"), "login_session", ["expires_at"], unique=False
    )
    op.create_table(
        "role_grant",
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
        sa.CheckConstraint(
            "scope_kind = 'all' OR scope_kind = 'community' OR scope_kind = 'building'",
            name=op.f("ck_role_grant_scope_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_role_grant_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["account.id"], name=op.f("fk_role_grant_granted_by")
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by"], ["account.id"], name=op.f("fk_role_grant_revoked_by")
        ),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_role_grant_role_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(op.f("ix_role_grant_account_id"), "role_grant", ["account_id"], unique=False)
    op.create_index(op.f("ix_role_grant_role_id"), "role_grant", ["role_id"], unique=False)
    op.create_table(
        "role_permission",
        sa.Column("role_id", ID, nullable=False),
        sa.Column("permission", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_role_permission_role_id")),
        sa.PrimaryKeyConstraint("role_id", "permission", name=op.f("pk_role_permission")),
    )


def _communities() -> None:
    op.create_table(
        "community",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("zone", TEXT, server_default="Asia/Shanghai", nullable=False),
        sa.Column("division_code", TEXT),
        sa.Column("address", TEXT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community")),
        sa.UniqueConstraint("code", name=op.f("uq_community_code")),
        sa.UniqueConstraint("name", name=op.f("uq_community_name")),
    )
    op.create_table(
        "section",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_section_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_section_community_id_id")),
        sa.UniqueConstraint("community_id", "name", name=op.f("uq_section_community_id_name")),
    )
    op.create_table(
        "building",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("section_id", ID),
        sa.Column("section_name", TEXT, server_default="", nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("kind", TEXT),
        sa.ForeignKeyConstraint(
            ["community_id", "section_id"],
            ["section.community_id", "section.id"],
            name=op.f("fk_building_community_id_section_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_building_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_building")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_building_community_id_id")),
        sa.UniqueConstraint(
            "community_id",
            "section_name",
            "name",
            name=op.f("uq_building_community_id_section_name_name"),
        ),
    )
    op.create_table(
        "unit",
        sa.Column("id", ID, nullable=False),
        sa.Column("community_id", ID, nullable=False),
        sa.Column("building_id", ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "building_id"],
            ["building.community_id", "building.id"],
            name=op.f("fk_unit_community_id_building_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint(
            "community_id",
            "building_id",
            "name",
            name=op.f("uq_unit_community_id_building_id_name"),
        ),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_unit_community_id_id")),
    )


def _approvals() -> None:
    op.create_table(
        "approval",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("community_id", ID),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("content_hash", BYTES, nullable=False),
        sa.Column("summary", TEXT, nullable=False),
        sa.Column("maker_id", ID, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("checker_id", ID),
        sa.Column("decided_at", MOMENT),
        sa.Column("reason", TEXT),
        sa.Column("mac", BYTES, nullable=False),
        sa.CheckConstraint(
            "(state IN ('approved', 'rejected')) = (checker_id IS NOT NULL)",
            name=op.f("ck_approval_checker"),
        ),
        sa.CheckConstraint(
            "state = 'pending' OR state = 'approved' OR state = 'rejected' OR state = 'withdrawn'",
            name=op.f("ck_approval_state"),
        ),
        sa.CheckConstraint(
            "checker_id IS NULL OR checker_id <> maker_id", name=op.f("ck_approval_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["checker_id"], ["account.id"], name=op.f("fk_approval_checker_id")
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_approval_community_id")
        ),
        sa.ForeignKeyConstraint(["maker_id"], ["account.id"], name=op.f("fk_approval_maker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_index(op.f("ix_approval_kind_state"), "approval", ["kind", "state"], unique=False)
    op.create_index(op.f("ix_approval_subject_id"), "approval", ["subject_id"], unique=False)


def _trail() -> None:
    op.create_table(
        "trail_event",
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("actor_kind", TEXT, nullable=False),
        sa.Column("actor_id", ID),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("object_type", TEXT, nullable=False),
        sa.Column("object_id", ID),
        sa.Column("community_id", ID),
        sa.Column("reason", TEXT),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("key_id", INT, nullable=False),
        sa.Column("prev_hash", BYTES, nullable=False),
        sa.Column("hash", BYTES, nullable=False),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_trail_event_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_trail_event")),
    )
    op.create_index(op.f("ix_trail_event_actor_id"), "trail_event", ["actor_id"], unique=False)
    op.create_index(op.f("ix_trail_event_at"), "trail_event", ["at"], unique=False)
    op.create_index(op.f("ix_trail_event_object_id"), "trail_event", ["object_id"], unique=False)
    op.create_table(
        "trail_head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("hash", BYTES, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_trail_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail_head")),
    )


def _seed() -> None:
    head = sa.table("trail_head", sa.column("id"), sa.column("seq"), sa.column("hash", BYTES))
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": GENESIS}])
    installation = sa.table("installation", sa.column("id"), sa.column("created_at", MOMENT))
    now = datetime.now(UTC)
    # on SQLite moments are text
    stored = now.replace(tzinfo=None).isoformat(" ", "microseconds")
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.bulk_insert(installation, [{"id": 1, "created_at": stored if sqlite else now}])
