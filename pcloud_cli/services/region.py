"""Regions (区域): named sets of communities in which roles are granted (2.1.2).

Changing a region changes what every grant in it reaches, so it is a change of rights: by who
grants, told by the trail, under a MAC. A community is added with the security administrator's yes
where a sensitive grant would come to reach it. Nobody widens their own grants this way.
"""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Community
from pcloud_cli.models.region import Region, RegionCommunity
from pcloud_cli.models.role import Role, RoleGrant, ScopeKind
from pcloud_cli.security.canonical import canonical_json
from pcloud_cli.security.permissions import is_sensitive
from pcloud_cli.services import (
    approval,
    outbox,
    permission,
    rights,
    role_records,
    trail,
)
from pcloud_cli.services import community as communities
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.outbox import Recipient
from pcloud_cli.services.permission_places import region_places
from pcloud_cli.services.role_scope import find_region, wait_for_region

KIND = "region.add"

STATES = {
    "in": N_("in the region"),
    "pending": N_("waits for the security administrator"),
    "rejected": N_("rejected by the security administrator"),
    "out": N_("taken out"),
    "tampered": N_("changed outside the program, so worth nothing"),
}
"""How a community stands in a region, by code, translated where printed."""


def create(
    actor: Actor, work: Work, *, code: str, name: str, places: list[str], reason: str
) -> dict[str, Any]:
    """Make a region of communities (codes or names) and return it as a record.

    Raises Conflict where code or name is taken, NotFound for an unknown community.
    """
    permission.require(actor, work, "role.grant")
    code, name = code.strip().upper(), name.strip()
    if not name or not code:
        raise UsageProblem(_("A region needs a name and a code."))
    taken = work.session.scalar(select(Region).where(or_(Region.name == name, Region.code == code)))
    if taken is not None:
        raise Conflict(
            _("There is already a region {name} with code {code}.").format(
                name=taken.name, code=taken.code
            ),
            hint=_("`pcloud region list` shows all."),
        )
    region = Region(
        id=work.ids(), code=code, name=name, created_at=work.now(), created_by=actor.account_id
    )
    rights.seal_region(work, region)
    work.session.add(region)
    work.session.flush()
    trail.changed(
        actor,
        work,
        "region.create",
        object_type="region",
        object_id=region.id,
        reason=reason.strip() or None,
        detail={"code": code, "name": name},
    )
    for place in places:
        add(actor, work, code, place, reason=reason)
    return record(actor, work, region)


def add(actor: Actor, work: Work, reference: str, place: str, *, reason: str) -> dict[str, Any]:
    """Add a community to a region and return its place in it; once more changes nothing.

    It waits for the security administrator where a sensitive role is granted in the region.
    Raises NotAllowed where it would widen a grant of `actor` or of whom `actor` registered.
    """
    region, community = _both(actor, work, reference, place)
    if not reason.strip():
        raise UsageProblem(_("A change of rights needs a reason."), hint=_("Give --reason."))
    for there in _members(work, region.id, community.id):
        if state(actor, work, there) in ("in", "pending"):
            return _place(actor, work, there) | {"new": False}
    sensitive = _judge_grants(actor, work, region)
    row = RegionCommunity(
        id=work.ids(),
        region_id=region.id,
        community_id=community.id,
        added_at=work.now(),
        added_by=actor.account_id,
        reason=reason.strip(),
    )
    if sensitive:
        content = _content(actor, work, row)
        row.approval_id = approval.propose(
            actor, work, KIND, row.id, None, content_hash=_hash(content), summary=content
        ).id
        outbox.queue(work, "role_pending", Recipient.role("security_admin"), {}, once=row.id.hex())
    rights.seal_member(work, row)
    work.session.add(row)
    work.session.flush()
    _tell(actor, work, "region.ask" if sensitive else "region.add", row, reason)
    return _place(actor, work, row) | {"new": True}


def remove(actor: Actor, work: Work, reference: str, place: str, *, reason: str) -> dict[str, Any]:
    """Take a community out of a region from now on and return its place; once more, nothing."""
    region, community = _both(actor, work, reference, place)
    last = None
    for row in _members(work, region.id, community.id):
        last = row
        if row.removed_at is not None or not rights.member_holds(actor, work, row):
            continue
        row.removed_at, row.removed_by = work.now(), actor.account_id
        if row.approval_id is not None and row.confirmed_at is None:
            approval.lapse(actor, work, row.approval_id)
        rights.seal_member(work, row)
        work.session.flush()
        _tell(actor, work, "region.remove", row, reason)
    if last is None:
        raise NotFound(_("The community is not in this region."))
    return _place(actor, work, last)


def approve(
    actor: Actor, work: Work, reference: str, place: str, *, reason: str | None
) -> dict[str, Any]:
    """Confirm that a community joins a region, as somebody else than who added it."""
    row = _to_decide(actor, work, reference, place)
    asked = _asked(row)
    content = _content(actor, work, row)
    if actor.account_id in {grant.account_id for grant, _role in _grants(work, row.region_id)}:
        _refuse_own(actor, work, row.region_id)
    approval.approve(actor, work, asked, expected_hash=_hash(content), reason=reason)
    row.confirmed_at, row.confirmed_by = work.now(), actor.account_id
    rights.seal_member(work, row)
    work.session.flush()
    _tell(actor, work, "region.approve", row, reason)
    return _place(actor, work, row)


def reject(actor: Actor, work: Work, reference: str, place: str, *, reason: str) -> dict[str, Any]:
    """Reject that a community joins a region, with a reason."""
    row = _to_decide(actor, work, reference, place)
    asked = approval.get(work, _asked(row), lock=True)
    approval.reject(actor, work, asked, expected_hash=asked.content_hash, reason=reason)
    row.removed_at, row.removed_by = work.now(), actor.account_id
    rights.seal_member(work, row)
    work.session.flush()
    _tell(actor, work, "region.reject", row, reason)
    return _place(actor, work, row)


def list_all(actor: Actor, work: Work) -> list[dict[str, Any]]:
    """Return all regions by code, with the communities that count in each."""
    permission.require_somewhere(actor, work, "role.read")
    found = work.session.scalars(select(Region).order_by(Region.code)).all()
    return [record(actor, work, region) for region in found]


def show(actor: Actor, work: Work, reference: str) -> list[dict[str, Any]]:
    """Return every community that is, was or may come to be in a region: since when, by whom."""
    permission.require_somewhere(actor, work, "role.read")
    region = find_region(work, reference)
    return [_place(actor, work, row) for row in _members(work, region.id)]


def record(actor: Actor, work: Work, region: Region) -> dict[str, Any]:
    """Return a region with the codes and names of the communities that count in it."""
    places = region_places(actor, work, region.id)
    found = work.session.execute(
        select(Community.code, Community.name)
        .where(Community.id.in_(sorted(places)))
        .order_by(Community.code)
    ).all()
    return {
        "id": region.id,
        "code": region.code,
        "name": region.name,
        "communities": [code for code, _name in found],
        "names": [name for _code, name in found],
        "whole": rights.region_holds(actor, work, region),
        "created_at": region.created_at,
    }


def state(actor: Actor, work: Work, row: RegionCommunity) -> str:
    """Return how a community stands in a region, as a code of `STATES`."""
    if not rights.member_holds(actor, work, row):
        return "tampered"
    waits = row.approval_id is not None and row.confirmed_at is None
    if row.removed_at is not None:
        return "rejected" if waits and row.removed_by != row.added_by else "out"
    return "pending" if waits else "in"


def _both(actor: Actor, work: Work, reference: str, place: str) -> tuple[Region, Community]:
    permission.require(actor, work, "role.grant")
    region = find_region(work, reference)
    if not rights.region_holds(actor, work, region):
        raise Conflict(
            _("The region was changed outside the program and is worth nothing."),
            hint=_("Make a new one and grant in it; tell the security administrator."),
            code="tampered",
        )
    wait_for_region(work, region.id)
    return region, communities.resolve(work, place)


def _members(
    work: Work, region_id: bytes, community_id: bytes | None = None
) -> list[RegionCommunity]:
    query = select(RegionCommunity).where(RegionCommunity.region_id == region_id)
    if community_id is not None:
        query = query.where(RegionCommunity.community_id == community_id)
    return list(
        work.session.scalars(
            query.order_by(RegionCommunity.id).execution_options(populate_existing=True)
        )
    )


def _grants(work: Work, region_id: bytes) -> list[tuple[RoleGrant, Role]]:
    """Return the grants in a region that have not ended, whether or not they are in force yet."""
    query = (
        select(RoleGrant, Role)
        .join(Role, Role.id == RoleGrant.role_id)
        .where(
            RoleGrant.scope_kind == ScopeKind.REGION.value,
            RoleGrant.scope_id == region_id,
            RoleGrant.revoked_at.is_(None),
            or_(RoleGrant.expires_at.is_(None), RoleGrant.expires_at > work.now()),
        )
    )
    return [(row, role) for row, role in work.session.execute(query)]


def _judge_grants(actor: Actor, work: Work, region: Region) -> bool:
    """Return whether a sensitive role is granted in the region; NotAllowed where one's own is."""
    standing = _grants(work, region.id)
    if actor.account_id is not None:
        concerned = {row.account_id for row, _role in standing}
        registered = set(
            work.session.scalars(
                select(Account.id).where(
                    Account.id.in_(sorted(concerned)), Account.created_by == actor.account_id
                )
            )
        )
        if actor.account_id in concerned or registered:
            _refuse_own(actor, work, region.id)
    return any(is_sensitive(role_records.permissions(work, role)) for _row, role in standing)


def _refuse_own(actor: Actor, work: Work, region_id: bytes) -> None:
    trail.witnessed(actor, work, "region.own_grant", object_type="region", object_id=region_id)
    raise NotAllowed(
        _("Nobody widens their own rights, or those of somebody whom they registered."),
        hint=_("Ask another system administrator to add the community."),
        code="self_grant",
    )


def _to_decide(actor: Actor, work: Work, reference: str, place: str) -> RegionCommunity:
    permission.require(actor, work, "role.approve")
    region, community = find_region(work, reference), communities.resolve(work, place)
    wait_for_region(work, region.id)
    for row in _members(work, region.id, community.id):
        if state(actor, work, row) == "pending":
            return row
    raise Conflict(
        _("This community does not wait to join the region."),
        hint=_("`pcloud region show` shows how each stands."),
        code="not_pending",
    )


def _asked(row: RegionCommunity) -> bytes:
    if row.approval_id is None:
        raise RuntimeError("what waits was asked for")
    return row.approval_id


def _content(actor: Actor, work: Work, row: RegionCommunity) -> dict[str, Any]:
    """Return what is asked: which community, beside which, and whom it would reach."""
    return {
        "region": row.region_id.hex(),
        "community": row.community_id.hex(),
        "member": row.id.hex(),
        "beside": sorted(place.hex() for place in region_places(actor, work, row.region_id)),
        "grants": sorted(
            f"{grant.id.hex()} {role.code}" for grant, role in _grants(work, row.region_id)
        ),
        "reason": row.reason,
    }


def _hash(content: dict[str, Any]) -> bytes:
    return hashlib.sha256(canonical_json(content)).digest()


def _place(actor: Actor, work: Work, row: RegionCommunity) -> dict[str, Any]:
    code, name = work.session.execute(
        select(Community.code, Community.name).where(Community.id == row.community_id)
    ).one()
    number = work.session.scalar(select(Account.staff_number).where(Account.id == row.added_by))
    return {
        "id": row.id,
        "community": code,
        "name": name,
        "state": state(actor, work, row),
        "reason": row.reason,
        "added_by": number,
        "added_at": row.added_at,
        "confirmed_at": row.confirmed_at,
        "removed_at": row.removed_at,
    }


def _tell(actor: Actor, work: Work, action: str, row: RegionCommunity, reason: str | None) -> None:
    trail.changed(
        actor,
        work,
        action,
        object_type="region",
        object_id=row.region_id,
        community_id=row.community_id,
        reason=(reason or "").strip() or None,
        detail={"member": row.id.hex()},
    )
