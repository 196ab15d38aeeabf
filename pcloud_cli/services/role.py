"""Roles and grants (2.1.2): what each role permits, who holds which, where, why and until when.

This is the noun's front. Granting is in `role_granting`, confirming in `role_asking`, what must
stay apart in `role_separation`, why somebody may in `role_explaining`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.models.community import Building
from pcloud_cli.models.role import Role, RoleGrant, ScopeKind
from pcloud_cli.security.permissions import PERMISSIONS, is_sensitive
from pcloud_cli.services import account as accounts
from pcloud_cli.services import permission, role_records
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.role_asking import approve, pending, reject, shown
from pcloud_cli.services.role_explaining import explain
from pcloud_cli.services.role_granting import grant, revoke
from pcloud_cli.services.role_records import find, names
from pcloud_cli.services.role_separation import refuse_last_administrator, refuse_union
from pcloud_cli.services.role_shipped import bring_up, seed
from pcloud_cli.services.role_unused import revoke_unused, unused

__all__ = [
    "all_permissions",
    "approve",
    "bring_up",
    "explain",
    "find",
    "grant",
    "grants",
    "list_all",
    "names",
    "pending",
    "refuse_last_administrator",
    "refuse_union",
    "reject",
    "revoke",
    "revoke_unused",
    "seed",
    "show",
    "shown",
    "unused",
]


def list_all(actor: Actor, work: Work) -> list[dict[str, Any]]:
    """Return all roles with their permissions and how many accounts hold each."""
    permission.require_somewhere(actor, work, "role.read")
    query = (
        select(RoleGrant.role_id, func.count(func.distinct(RoleGrant.account_id)))
        .where(
            RoleGrant.revoked_at.is_(None),
            or_(RoleGrant.expires_at.is_(None), RoleGrant.expires_at > work.now()),
            or_(RoleGrant.approval_id.is_(None), RoleGrant.confirmed_at.is_not(None)),
        )
        .group_by(RoleGrant.role_id)
    )
    holders = dict(work.session.execute(query).all())
    found = []
    for role in work.session.scalars(select(Role).order_by(Role.id)):
        held = role_records.permissions(work, role)
        found.append(
            {
                "id": role.id,
                "code": role.code,
                "name": role_records.name(role),
                "holders": holders.get(role.id, 0),
                "sensitive": is_sensitive(held),
                "permissions": sorted(held),
            }
        )
    return found


def show(actor: Actor, work: Work, code: str) -> list[tuple[str, str]]:
    """Return what the role `code` permits: permission and its meaning, a msgid."""
    permission.require_somewhere(actor, work, "role.read")
    held = role_records.permissions(work, find(work, code))
    return [(name, PERMISSIONS[name]) for name in sorted(held)]


def all_permissions(actor: Actor, work: Work) -> list[dict[str, Any]]:
    """Return every permission there is, its meaning (a msgid), and the codes of roles with it."""
    permission.require_somewhere(actor, work, "role.read")
    held = {
        role.code: role_records.permissions(work, role)
        for role in work.session.scalars(select(Role).order_by(Role.id))
    }
    return [
        {
            "permission": name,
            "meaning": meaning,
            "sensitive": is_sensitive([name]),
            "roles": [code for code, permissions in held.items() if name in permissions],
        }
        for name, meaning in PERMISSIONS.items()
    ]


def grants(actor: Actor, work: Work, *, staff_number: str | None = None) -> list[dict[str, Any]]:
    """Return the grants of one account, or all, newest last, those not in force marked.

    Who may see grants in some communities only sees those for these communities.
    """
    permission.require_somewhere(actor, work, "role.read")
    reach = permission.reach(actor, work, "role.read")
    query = (
        select(RoleGrant, Role)
        .join(Role, Role.id == RoleGrant.role_id)
        .order_by(RoleGrant.granted_at, RoleGrant.id)
    )
    if staff_number is not None:
        query = query.where(RoleGrant.account_id == accounts.find(work, staff_number).id)
    if not reach.everywhere:
        query = query.where(_within(reach))
    return [
        role_records.record(actor, work, grant, role)
        for grant, role in work.session.execute(query).all()
    ]


def _within(reach: permission.Reach) -> ColumnElement[bool]:
    """Return the condition that a grant lies in a community or building of `reach`."""
    buildings = select(Building.id).where(
        or_(
            Building.community_id.in_(sorted(reach.communities)),
            Building.id.in_(sorted(reach.buildings)),
        )
    )
    whole = (RoleGrant.scope_kind == ScopeKind.COMMUNITY.value) & RoleGrant.scope_id.in_(
        sorted(reach.communities)
    )
    part = (RoleGrant.scope_kind == ScopeKind.BUILDING.value) & RoleGrant.scope_id.in_(buildings)
    return or_(whole, part)
