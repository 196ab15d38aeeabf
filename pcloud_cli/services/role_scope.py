"""How far a grant is to reach: everywhere, or in one region, community or building (2.1.2)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from pcloud_cli.db.locks import wait_turn
from pcloud_cli.db.work import Work
from pcloud_cli.errors import NotFound, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.community import Building
from pcloud_cli.models.region import Region
from pcloud_cli.models.role import ScopeKind
from pcloud_cli.services import community as communities


@dataclass(frozen=True)
class Scope:
    """A scope: its `kind`, the `id` of its place, and the community that it lies in.

    `community_id` is None for everywhere and for a region, whose communities may become others:
    what is to hold there must hold for the whole installation.
    """

    kind: ScopeKind
    id: bytes | None
    community_id: bytes | None


@dataclass(frozen=True)
class Wanted:
    """A scope as somebody names it: codes or names; nothing means everywhere."""

    community: str | None = None
    building: str | None = None
    region: str | None = None


def resolve(work: Work, wanted: Wanted) -> Scope:
    """Return the scope that `wanted` names.

    Raises NotFound where there is no such place, UsageProblem where the names do not go together.
    No permission is checked.
    """
    if wanted.region is not None:
        if wanted.community is not None or wanted.building is not None:
            raise UsageProblem(
                _("A grant reaches a region or a community, not both."),
                hint=_("Give --region or --community."),
            )
        return Scope(ScopeKind.REGION, find_region(work, wanted.region).id, None)
    if wanted.community is None:
        if wanted.building is not None:
            raise UsageProblem(
                _("A building needs its community."), hint=_("Give --community too.")
            )
        return Scope(ScopeKind.ALL, None, None)
    place = communities.resolve(work, wanted.community)
    if wanted.building is None:
        return Scope(ScopeKind.COMMUNITY, place.id, place.id)
    found = work.session.scalars(
        select(Building.id).where(
            Building.community_id == place.id, Building.name == wanted.building.strip()
        )
    ).all()
    if len(found) != 1:
        raise NotFound(
            _("There is no one building {name} in {community}.").format(
                name=wanted.building, community=place.name
            )
        )
    return Scope(ScopeKind.BUILDING, found[0], place.id)


def of_grant(work: Work, scope_kind: str, scope_id: bytes | None) -> Scope:
    """Return the scope of a grant that is there."""
    kind = ScopeKind(scope_kind)
    if kind == ScopeKind.BUILDING:
        community = work.session.scalar(
            select(Building.community_id).where(Building.id == scope_id)
        )
        return Scope(kind, scope_id, community)
    return Scope(kind, scope_id, scope_id if kind == ScopeKind.COMMUNITY else None)


def find_region(work: Work, reference: str) -> Region:
    """Return the region of code or name `reference`; NotFound where there is none."""
    text = reference.strip()
    found = work.session.scalar(
        select(Region).where((Region.code == text.upper()) | (Region.name == text))
    )
    if found is None:
        raise NotFound(
            _("There is no region {name}.").format(name=reference),
            hint=_("`pcloud region list` shows codes and names."),
        )
    return found


def wait_for_region(work: Work, region_id: bytes) -> None:
    """Wait until nobody else changes a region, or grants in it, until the end of the work."""
    wait_turn(work.session, f"region {region_id.hex()}")
