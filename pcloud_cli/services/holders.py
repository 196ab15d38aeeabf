"""Who holds a permission in a place: the other way round than `permission` asks (2.1.2, 3.2.2).

For finding who may be given work, and whom to tell; nothing is allowed by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.models.account import Account, AccountKind
from pcloud_cli.models.community import Building
from pcloud_cli.models.role import Role, RoleGrant, RolePermission, ScopeKind
from pcloud_cli.services import permission
from pcloud_cli.services.account_state import in_work
from pcloud_cli.services.actor import Grant, nobody
from pcloud_cli.services.permission import Reach
from pcloud_cli.services.permission_places import at_home

_CHUNK = 500
_CACHE = "holders"


@dataclass(frozen=True)
class Holder:
    """Somebody who holds a permission, and how far."""

    account_id: bytes
    staff_number: str
    name: str
    reach: Reach


def of(
    work: Work,
    needed: str,
    *,
    among: Iterable[bytes] | None = None,
    at: datetime | None = None,
) -> list[Holder]:
    """Return the people in work `at` a moment (now by default) who hold `needed`, by staff number.

    `among` are the accounts that are asked about, None for all. Grants count as they are now; one
    that was changed outside the program gives nothing.
    """
    asked = None if among is None else sorted(set(among))
    parts = (
        [None] if asked is None else [asked[i : i + _CHUNK] for i in range(0, len(asked), _CHUNK)]
    )
    moment = at or work.now()
    found = []
    for part in parts:
        query = (
            select(Account.id, Account.staff_number, Account.name)
            .join(RoleGrant, RoleGrant.account_id == Account.id)
            .join(Role, Role.id == RoleGrant.role_id)
            .join(RolePermission, RolePermission.role_id == Role.id)
            .where(
                RolePermission.permission == needed,
                RoleGrant.revoked_at.is_(None),
                or_(RoleGrant.expires_at.is_(None), RoleGrant.expires_at > work.now()),
                Account.kind == AccountKind.PERSON.value,
                *in_work(moment),
            )
            .distinct()
        )
        if part is not None:
            query = query.where(Account.id.in_(part))
        for account_id, number, name in work.session.execute(query).all():
            reach = reach_of(work, account_id, needed)
            if reach.everywhere or reach.communities or reach.buildings:
                found.append(Holder(account_id, number, name, reach))
    return sorted(found, key=lambda one: one.staff_number)


def who_may(
    work: Work, needed: str, community_id: bytes | None = None, building_id: bytes | None = None
) -> list[bytes]:
    """Return the people in work who hold `needed` now, in a community or one of its buildings.

    Sorted ids of accounts. Without a community only those count who hold it everywhere. Asked
    again in one unit of work, it answers the same.
    """
    known: dict[str, list[Holder]] = work.session.info.setdefault(_CACHE, {})
    if needed not in known:
        known[needed] = of(work, needed)
    return sorted(
        one.account_id for one in known[needed] if covers(one.reach, community_id, building_id)
    )


def who_holds(
    work: Work, role: str, community_id: bytes | None = None, building_id: bytes | None = None
) -> list[bytes]:
    """Return the people in work who hold a role now: grants whole and in force, sorted.

    In a community, or one of its buildings, where one is given, else anywhere.
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
            or (building_id is not None and building_id == grant.scope_id)
        )

    return sorted(
        account_id
        for account_id in work.session.scalars(query)
        if any(held(grant) for grant in permission.grants_of(nobody(), work, account_id))
    )


def covers(reach: Reach, community_id: bytes | None, building_id: bytes | None = None) -> bool:
    """Say whether `reach` covers a community, or the building in it; without one, everywhere."""
    return reach.everywhere or community_id in reach.communities or building_id in reach.buildings


def reach_of(work: Work, account_id: bytes, needed: str) -> Reach:
    """Return how far an account holds `needed` now."""
    grants = at_home(work, account_id, permission.grants_of(nobody(), work, account_id))
    held = [grant for grant in grants if needed in grant.permissions]
    regions = (grant.places for grant in held if grant.scope_kind == ScopeKind.REGION)

    def ids(kind: ScopeKind) -> frozenset[bytes]:
        return frozenset(one.scope_id for one in held if one.scope_kind == kind and one.scope_id)

    return Reach(
        everywhere=any(one.scope_kind == ScopeKind.ALL for one in held),
        communities=ids(ScopeKind.COMMUNITY).union(*regions),
        buildings=ids(ScopeKind.BUILDING),
    )


def buildings_of(work: Work, community_id: bytes) -> frozenset[bytes]:
    """Return the buildings of a community."""
    query = select(Building.id).where(Building.community_id == community_id)
    return frozenset(work.session.scalars(query))


def within(
    reach: Reach, community_id: bytes, buildings: frozenset[bytes]
) -> frozenset[bytes] | bool | None:
    """Return what `reach` covers of a community with these `buildings`.

    None for all of it, the buildings where it is only some, False where it is nothing.
    """
    if reach.everywhere or community_id in reach.communities:
        return None
    return (reach.buildings & buildings) or False
