"""Bringing regions and grants to what a file says, and writing what is there as one (2.1.2).

Every change is made as a single grant, revocation or region's change is, by the same rules: what
is sensitive waits, nobody gives to themselves, the last administrator stays. One refusal leaves
all of it undone. What the file does not name stays, unless it is to be pruned.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Building, Community
from pcloud_cli.models.region import Region
from pcloud_cli.models.role import Role, RoleGrant, ScopeKind
from pcloud_cli.security.canonical import canonical_json
from pcloud_cli.security.permissions import THREE, is_sensitive
from pcloud_cli.services import account as accounts
from pcloud_cli.services import community as communities
from pcloud_cli.services import permission, region, role_granting, role_records
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.role_file import Document, GrantEntry, RegionEntry
from pcloud_cli.services.role_scope import Wanted, resolve

CHANGES = {
    "grant": N_("grant"),
    "ask": N_("grant, waits for the security administrator"),
    "revoke": N_("revoke"),
    "region": N_("make region"),
    "add": N_("add to region"),
    "remove": N_("take out of region"),
}
"""What is to be changed, by code, translated where printed."""

_STANDS = ("held", "pending", "later")

Key = tuple[bytes, str, str, bytes | None, datetime | None, datetime | None]
"""What makes two grants the same: account, role, scope, place, beginning, end."""


@dataclass(frozen=True)
class Change:
    """One change: its `kind` is a code of `CHANGES`, `row` says it to people.

    `entry` is what the file says, `grant_id` what is to be revoked.
    """

    kind: str
    row: dict[str, Any]
    entry: GrantEntry | None = None
    grant_id: bytes | None = None


@dataclass(frozen=True)
class Plan:
    """What is to be changed, in order; `left` counts grants that the file does not name."""

    changes: list[Change]
    left: int
    digest: str


def export(actor: Actor, work: Work) -> Document:
    """Return all regions and all grants that stand, in their one order."""
    permission.require(actor, work, "role.read")
    standing = _standing(actor, work)
    used = {row.scope_id for row, _role in standing if row.scope_kind == ScopeKind.REGION}
    regions = []
    for each in work.session.scalars(select(Region).order_by(Region.code)).all():
        places = sorted(_codes(actor, work, each))
        if places or each.id in used:
            regions.append(RegionEntry(each.code, each.name, tuple(places)))
    entries = [_entry(work, row, role) for row, role in standing]
    return Document(tuple(regions), tuple(sorted(entries, key=_order)))


def plan(actor: Actor, work: Work, document: Document, *, prune: bool) -> Plan:
    """Return what would be changed so that regions and grants are as `document` says.

    Nothing is changed. Raises NotFound for an unknown account, role or place.
    """
    permission.require(actor, work, "role.grant")
    changes = list(_regions(actor, work, document, prune=prune))
    made = {each.code.upper(): each for each in document.regions}
    there = {_key(row, role, work.now()): (row, role) for row, role in _standing(actor, work)}
    wanted: set[Key] = set()
    grants: list[Change] = []
    for entry in document.grants:
        if entry.until is not None and entry.until <= work.now():
            continue  # it was over before; nothing stands and nothing is to be given
        key = _wanted(work, entry, made)
        if key is None:
            grants.append(_grant_change(work, entry))
        elif key not in wanted:
            wanted.add(key)
            if key not in there:
                grants.append(_grant_change(work, entry))
    others = [each for key, each in there.items() if key not in wanted]
    revoked = [_revoke_change(actor, work, row, role) for row, role in others] if prune else []
    # what must be apart is taken before it is given; administrators go last, when others are there
    early = [each for each in revoked if each.row["role"] not in THREE]
    late = [each for each in revoked if each.row["role"] in THREE]
    ordered = [*changes, *early, *grants, *late]
    said = [[each.kind, {k: str(v) for k, v in each.row.items()}] for each in ordered]
    digest = hashlib.sha256(canonical_json(said)).hexdigest()
    return Plan(ordered, 0 if prune else len(others), digest)


def carry_out(
    actor: Actor, work: Work, document: Document, *, prune: bool, seen: str | None, reason: str
) -> Plan:
    """Make the changes and return them; `seen` is the digest of the plan that was shown.

    Raises Conflict where by now other changes would be made, and whatever one change raises.
    """
    wanted = plan(actor, work, document, prune=prune)
    if seen is not None and wanted.digest != seen:
        raise Conflict(
            _("Somebody changed roles meanwhile; what would be done is no longer what was shown."),
            hint=_("Run the command again and look at the difference."),
            code="content_changed",
        )
    for change in wanted.changes:
        _do(actor, work, change, reason)
    return wanted


def _do(actor: Actor, work: Work, change: Change, reason: str) -> None:
    row = change.row
    if change.kind == "region":
        region.create(actor, work, code=row["place"], name=row["name"], places=[], reason=reason)
    elif change.kind == "add":
        region.add(actor, work, row["place"], row["community"], reason=reason)
    elif change.kind == "remove":
        region.remove(actor, work, row["place"], row["community"], reason=reason)
    elif change.grant_id is not None:
        role_granting.revoke(actor, work, change.grant_id, reason=reason)
    elif change.entry is not None:
        entry = change.entry
        role_granting.grant(
            actor,
            work,
            staff_number=entry.account,
            role=entry.role,
            reason=entry.reason,
            region=entry.region,
            community=entry.community,
            building=entry.building,
            starts=entry.starts,
            until=entry.until,
        )


def _regions(actor: Actor, work: Work, document: Document, *, prune: bool) -> Iterator[Change]:
    known = {each.code: each for each in work.session.scalars(select(Region))}
    for entry in document.regions:
        code = entry.code.upper()
        there = known.pop(code, None)
        said = {"place": code, "name": entry.name}
        if there is None:
            yield Change("region", dict(said))
        elif there.name != entry.name:
            raise Conflict(
                _("The region {code} is called {name} here.").format(code=code, name=there.name),
                hint=_("A region keeps its name; correct the file."),
            )
        wanted = {communities.resolve(work, each).code for each in entry.communities}
        held = _codes(actor, work, there, waiting=True) if there is not None else set()
        for place in sorted(wanted - held):
            yield Change("add", {**said, "community": place})
        if prune:
            for place in sorted(held - wanted):
                yield Change("remove", {**said, "community": place})
    if prune:
        for there in known.values():
            for place in sorted(_codes(actor, work, there, waiting=True)):
                said = {"place": there.code, "name": there.name}
                yield Change("remove", {**said, "community": place})


def _codes(actor: Actor, work: Work, there: Region, *, waiting: bool = True) -> set[str]:
    states = ("in", "pending") if waiting else ("in",)
    return {
        each["community"]
        for each in region.show(actor, work, there.code)
        if each["state"] in states
    }


def _standing(actor: Actor, work: Work) -> list[tuple[RoleGrant, Role]]:
    query = (
        select(RoleGrant, Role)
        .join(Role, Role.id == RoleGrant.role_id)
        .where(RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id)
    )
    return [
        (row, role)
        for row, role in work.session.execute(query).all()
        if permission.state(actor, work, row, role.code) in _STANDS
    ]


def _key(row: RoleGrant, role: Role, now: datetime) -> Key:
    starts = row.starts_at if row.starts_at is not None and row.starts_at > now else None
    return (row.account_id, role.code, row.scope_kind, row.scope_id, starts, row.expires_at)


def _wanted(work: Work, entry: GrantEntry, made: dict[str, RegionEntry]) -> Key | None:
    """Return the key of an entry; None where it lies in a region that is still to be made."""
    account, role = accounts.find(work, entry.account), role_records.find(work, entry.role)
    if entry.region is not None and entry.region.upper() in made:
        known = work.session.scalar(select(Region.id).where(Region.code == entry.region.upper()))
        if known is None:
            return None
    scope = resolve(work, Wanted(entry.community, entry.building, entry.region))
    starts = entry.starts if entry.starts is not None and entry.starts > work.now() else None
    return (account.id, role.code, scope.kind.value, scope.id, starts, entry.until)


def _grant_change(work: Work, entry: GrantEntry) -> Change:
    role = role_records.find(work, entry.role)
    sensitive = is_sensitive(role_records.permissions(work, role))
    place = entry.region or " ".join(filter(None, (entry.community, entry.building)))
    row = {
        "staff_number": accounts.find(work, entry.account).staff_number,
        "role": role.code,
        "place": place or None,
        "starts_at": entry.starts,
        "expires_at": entry.until,
        "reason": entry.reason,
    }
    return Change("ask" if sensitive else "grant", row, entry=entry)


def _revoke_change(actor: Actor, work: Work, row: RoleGrant, role: Role) -> Change:
    said = role_records.record(actor, work, row, role)
    names = ("staff_number", "role", "place", "starts_at", "expires_at", "reason")
    return Change("revoke", {name: said[name] for name in names}, grant_id=row.id)


def _entry(work: Work, row: RoleGrant, role: Role) -> GrantEntry:
    number = work.session.scalar(select(Account.staff_number).where(Account.id == row.account_id))
    place: dict[str, str | None] = {}
    if row.scope_kind == ScopeKind.REGION:
        place["region"] = work.session.scalar(select(Region.code).where(Region.id == row.scope_id))
    elif row.scope_kind == ScopeKind.COMMUNITY:
        place["community"] = work.session.scalar(
            select(Community.code).where(Community.id == row.scope_id)
        )
    elif row.scope_kind == ScopeKind.BUILDING:
        place["community"], place["building"] = work.session.execute(
            select(Community.code, Building.name)
            .join(Building, Building.community_id == Community.id)
            .where(Building.id == row.scope_id)
        ).one()
    begun = row.starts_at is None or row.starts_at <= work.now()
    return GrantEntry(
        number or "",
        role.code,
        row.reason or "-",
        **place,
        starts=None if begun else row.starts_at,
        until=row.expires_at,
    )


def _order(entry: GrantEntry) -> tuple[str, ...]:
    return (
        entry.account,
        entry.role,
        entry.region or "",
        entry.community or "",
        entry.building or "",
        entry.starts.isoformat() if entry.starts else "",
        entry.until.isoformat() if entry.until else "",
    )
