"""Roles, what they permit, and to whom they are granted, in which scope (2.1.2)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from pcloud_cli.db.types import Id, Moment, Sealed, Text
from pcloud_cli.models.account import Account
from pcloud_cli.models.approval import Approval
from pcloud_cli.models.base import Base, one_of, parent


class ScopeKind(StrEnum):
    """How far a grant reaches; `scope_id` names the region, community or building."""

    ALL = "all"
    REGION = "region"
    COMMUNITY = "community"
    BUILDING = "building"


class Role(Base):
    """A named set of permissions; `shipped` ones come with the program."""

    __tablename__ = "role"

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    name_zh: Mapped[str] = mapped_column(Text)
    shipped: Mapped[bool] = mapped_column(default=False)


class RolePermission(Base):
    """That a role holds a permission."""

    __tablename__ = "role_permission"

    role_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("role.id"), primary_key=True)
    permission: Mapped[str] = mapped_column(Text, primary_key=True)

    role: Mapped[Role] = parent()


GRANT_DUE = text("(role_grant.due_at IS NOT NULL AND role_grant.revoked_at IS NULL)")
"""What the sweep has to look at, as the partial index has it."""


def _grant_due(context: Any) -> datetime | None:
    end: datetime | None = context.get_current_parameters().get("expires_at")
    return end


class RoleGrant(Base):
    """A role in a scope for an account: by whom, when, why, until when; `mac` covers it all.

    It is in force from `starts_at`, or else from `granted_at`, until `expires_at`. With an
    `approval_id` it was sensitive: it is in force once somebody else has confirmed it. At `due_at`
    the sweep notes that it is over.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        Index(None, "account_id"),
        Index(None, "role_id"),
        one_of("scope_kind", ScopeKind),
        CheckConstraint("(scope_kind = 'all') = (scope_id IS NULL)", name="scope_id"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed"),
        CheckConstraint(
            "confirmed_by IS NULL OR (confirmed_by <> granted_by AND confirmed_by <> account_id)",
            name="two_people",
        ),
        Index(
            "ix_role_grant_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL AND revoked_at IS NULL"),
            postgresql_where=text("due_at IS NOT NULL AND revoked_at IS NULL"),
        ),
    )

    id: Mapped[bytes] = mapped_column(Id(), primary_key=True)
    account_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("account.id"))
    role_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("role.id"))
    scope_kind: Mapped[str] = mapped_column(Text)
    scope_id: Mapped[bytes | None] = mapped_column(Id())
    granted_by: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    granted_at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(Text)
    starts_at: Mapped[datetime | None] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    approval_id: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("approval.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    confirmed_by: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_by: Mapped[bytes | None] = mapped_column(Id(), ForeignKey("account.id"))
    due_at: Mapped[datetime | None] = mapped_column(Moment, default=_grant_due)
    mac: Mapped[bytes] = mapped_column(Sealed)

    account: Mapped[Account] = parent(foreign_keys=[account_id])
    role: Mapped[Role] = parent()
    approval: Mapped[Approval | None] = parent()


class RoleGrantUse(Base):
    """When a permission of a grant was last used (to the day), and since when that is noted.

    It gives no right, so it carries no MAC.
    """

    __tablename__ = "role_grant_use"

    grant_id: Mapped[bytes] = mapped_column(Id(), ForeignKey("role_grant.id"), primary_key=True)
    permission: Mapped[str] = mapped_column(Text, primary_key=True)
    noted_since: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime] = mapped_column(Moment)
