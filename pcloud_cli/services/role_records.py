"""Roles and grants as records: found by what people call them, told with place and state."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import NotFound
from pcloud_cli.i18n import _, language
from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Building, Community
from pcloud_cli.models.region import Region
from pcloud_cli.models.role import Role, RoleGrant, RolePermission, ScopeKind
from pcloud_cli.security.permissions import ROLES
from pcloud_cli.services import permission
from pcloud_cli.services.actor import Actor


def find(work: Work, reference: str) -> Role:
    """Return the role of code or name `reference`, in either language; NotFound if none."""
    text = reference.strip()
    for role in work.session.scalars(select(Role)):
        if text.casefold() in (role.code, role.name.casefold(), role.name_zh):
            return role
    raise NotFound(
        _("There is no role {name}.").format(name=reference),
        hint=_("`pcloud role list` shows all."),
    )


def permissions(work: Work, role: Role) -> frozenset[str]:
    """Return what `role` permits."""
    stored = work.session.scalars(
        select(RolePermission.permission).where(RolePermission.role_id == role.id)
    )
    return permission.role_permissions(role.code, set(stored))


def names() -> dict[str, str]:
    """Return the names of the shipped roles by their codes, in the user's language."""
    chinese = language() == "zh"
    return {role.code: role.name_zh if chinese else role.name for role in ROLES.values()}


def name(role: Role) -> str:
    """Return the name of `role` in the user's language."""
    return role.name_zh if language() == "zh" else role.name


def record(actor: Actor, work: Work, grant: RoleGrant, role: Role) -> dict[str, Any]:
    """Return a grant as a record; `staff_number` and `holder` are whose it is."""
    number, holder = work.session.execute(
        select(Account.staff_number, Account.name).where(Account.id == grant.account_id)
    ).one()
    return brief(work, grant, role) | {
        "staff_number": number,
        "holder": holder,
        "granted_by": _number(work, grant.granted_by),
        "confirmed_by": _number(work, grant.confirmed_by),
        "state": permission.state(actor, work, grant, role.code),
    }


def brief(work: Work, grant: RoleGrant, role: Role) -> dict[str, Any]:
    """Return a grant as a record, without the people and its state."""
    return {
        "id": grant.id,
        "role": role.code,
        "role_name": name(role),
        "scope": grant.scope_kind,
        "place": place(work, grant.scope_kind, grant.scope_id),
        "reason": grant.reason,
        "granted_at": grant.granted_at,
        "starts_at": grant.starts_at,
        "expires_at": grant.expires_at,
        "confirmed_at": grant.confirmed_at,
        "revoked_at": grant.revoked_at,
    }


def place(work: Work, scope_kind: str, scope_id: bytes | None) -> str | None:
    """Return what the place of a grant is called; None for everywhere."""
    if scope_id is None:
        return None
    if scope_kind == ScopeKind.REGION:
        return work.session.scalar(select(Region.name).where(Region.id == scope_id))
    if scope_kind == ScopeKind.COMMUNITY:
        return work.session.scalar(select(Community.name).where(Community.id == scope_id))
    return work.session.scalar(
        select(Community.name + " " + Building.name)
        .join(Building, Building.community_id == Community.id)
        .where(Building.id == scope_id)
    )


def _number(work: Work, account_id: bytes | None) -> str | None:
    if account_id is None:
        return None
    return work.session.scalar(select(Account.staff_number).where(Account.id == account_id))
