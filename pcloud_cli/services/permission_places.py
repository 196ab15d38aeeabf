"""Which places a grant reaches: of a region, of a token's scope, of who is lent by another firm."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Building
from pcloud_cli.models.region import Region, RegionCommunity
from pcloud_cli.models.role import ScopeKind
from pcloud_cli.services import rights
from pcloud_cli.services.actor import Actor, Grant, TokenScope


def at_home(work: Work, account_id: bytes, grants: list[Grant]) -> list[Grant]:
    """Return `grants` cut down to the community that another employer's people (外包) are lent to.

    Everybody else's are returned as they are: their grants alone say where they hold.
    """
    account = work.session.get(Account, account_id)
    if account is None or account.employer is None or account.community_id is None:
        return grants
    return narrowed(work, grants, TokenScope(None, frozenset([account.community_id])))


def narrowed(work: Work, grants: list[Grant], scope: TokenScope) -> list[Grant]:
    """Return `grants` cut down to the scope of a token."""
    cut = []
    for grant in grants:
        names = grant.permissions
        if scope.permissions is not None:
            names &= scope.permissions
        for kind, place in _places(work, grant, scope.communities):
            cut.append(replace(grant, permissions=names, scope_kind=kind, scope_id=place))
    return cut


def _places(
    work: Work, grant: Grant, communities: frozenset[bytes] | None
) -> list[tuple[str, bytes | None]]:
    own = (grant.scope_kind, grant.scope_id)
    if communities is None:
        return [own]
    if grant.scope_kind == ScopeKind.ALL:
        return [(ScopeKind.COMMUNITY.value, each) for each in sorted(communities)]
    if grant.scope_kind == ScopeKind.REGION:
        return [(ScopeKind.COMMUNITY.value, each) for each in sorted(communities & grant.places)]
    if grant.scope_kind == ScopeKind.COMMUNITY:
        return [own] if grant.scope_id in communities else []
    within = building_community(work, grant.scope_id or b"")
    return [own] if within in communities else []


def building_community(work: Work, building_id: bytes) -> bytes | None:
    """Return the community that a building stands in, None where there is no such building."""
    return work.session.scalar(select(Building.community_id).where(Building.id == building_id))


def region_places(actor: Actor, work: Work, region_id: bytes) -> frozenset[bytes]:
    """Return the communities of a region that count now: whole, confirmed, not taken out.

    Rows changed outside the program give nothing and leave evidence.
    """
    region = work.session.get(Region, region_id)
    if region is None or not rights.region_holds(actor, work, region):
        return frozenset()
    found = work.session.scalars(
        select(RegionCommunity).where(
            RegionCommunity.region_id == region_id, RegionCommunity.removed_at.is_(None)
        )
    ).all()
    return frozenset(
        row.community_id
        for row in found
        if rights.member_holds(actor, work, row)
        and (row.approval_id is None or row.confirmed_at is not None)
    )
