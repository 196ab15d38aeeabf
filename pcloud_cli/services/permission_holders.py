"""Who may do something somewhere: found for those who are to be told, never to let them in."""

from __future__ import annotations

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.models.account import Account, AccountKind
from pcloud_cli.models.role import Role, RoleGrant, RolePermission, ScopeKind
from pcloud_cli.services import permission as permissions
from pcloud_cli.services.account_state import in_work
from pcloud_cli.services.actor import Actor, Grant, nobody
from pcloud_cli.services.permission_places import at_home

_CACHE = "permission_holders"
_PEOPLE = "permission_holders themselves"


def who_may(work: Work, permission: str, community_id: bytes | None = None) -> list[bytes]:
    """Return the people in work who hold `permission` now, in a community or everywhere, sorted.

    Without a community only those count who hold it for the whole installation. Asked again in
    one unit of work, it answers the same.
    """
    known: dict[tuple[str, bytes | None], list[bytes]] = work.session.info.setdefault(_CACHE, {})
    asked = (permission, community_id)
    if asked not in known:
        known[asked] = [
            account_id
            for account_id in _candidates(work, permission)
            if _holds(work, account_id, permission, community_id)
        ]
    return known[asked]


def _candidates(work: Work, permission: str) -> list[bytes]:
    query = (
        select(Account.id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .join(Role, Role.id == RoleGrant.role_id)
        .join(RolePermission, RolePermission.role_id == Role.id)
        .where(
            RolePermission.permission == permission,
            RoleGrant.revoked_at.is_(None),
            *in_work(work.now()),
            Account.kind == AccountKind.PERSON.value,
        )
        .distinct()
    )
    return sorted(work.session.scalars(query))


def _holds(work: Work, account_id: bytes, permission: str, community_id: bytes | None) -> bool:
    known: dict[bytes, Actor] = work.session.info.setdefault(_PEOPLE, {})
    if account_id not in known:
        grants = permissions.grants_of(nobody(), work, account_id)
        here = at_home(work, account_id, grants)
        known[account_id] = Actor("person", account_id, grants=here)
    return permissions.allowed(known[account_id], work, permission, community_id=community_id)


def who_holds(work: Work, role: str, community_id: bytes | None = None) -> list[bytes]:
    """Return the people in work who hold a role now: grants whole and in force, sorted.

    In a community where one is given, else anywhere.
    """
    query = (
        select(Account.id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .join(Role, Role.id == RoleGrant.role_id)
        .where(
            Role.code == role,
            RoleGrant.revoked_at.is_(None),
            *in_work(work.now()),
            Account.kind == AccountKind.PERSON.value,
        )
        .distinct()
    )

    def held(grant: Grant) -> bool:
        return grant.role == role and (
            community_id is None
            or grant.scope_kind == ScopeKind.ALL
            or community_id in (grant.scope_id, *grant.places)
        )

    return sorted(
        account_id
        for account_id in work.session.scalars(query)
        if any(held(grant) for grant in permissions.grants_of(nobody(), work, account_id))
    )
