"""Moving to another post (轮岗) or being lent to one (借调): roles swapped in one act (2.1.2).

What the person holds ends at the moment at which the new roles begin, so that at no moment they
hold both or neither. Who is lent gets the former roles back when the time is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Building, Community
from pcloud_cli.models.region import Region
from pcloud_cli.models.role import Role, RoleGrant, ScopeKind
from pcloud_cli.services import account as accounts
from pcloud_cli.services import community as communities
from pcloud_cli.services import open_work, permission, rights, role, role_granting, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.role_records import find as find_role
from pcloud_cli.services.role_scope import Wanted, of_grant, resolve


@dataclass(frozen=True)
class Post:
    """Where somebody goes: `roles` with their scopes, and what the register says from now on.

    `at` is when the roles change (None: now), `until` when the former ones come back (None: never).
    `department`, `position` and `community` go with a move that is made now only.
    """

    roles: Sequence[tuple[str, Wanted]]
    at: datetime | None = None
    until: datetime | None = None
    department: str | None = None
    position: str | None = None
    community: str | None = None


def move(actor: Actor, work: Work, number: str, post: Post, *, reason: str) -> dict[str, Any]:
    """Swap the roles of the account `number` for those of `post` in one act; return what changed.

    A role that the person has in the same scope, without an end, stays as it is; so do their
    shifts where they still go on shift, and the others are given back. Sensitive roles
    wait for the security administrator as any grant does. Raises UsageProblem where department,
    position or community would be written before the roles change, NotAllowed for oneself or whom
    one registered, Conflict where roles would come together that must be apart, or the last
    administrator would be lost.
    """
    permission.require(actor, work, "account.move")
    if not reason.strip():
        raise UsageProblem(_("A move needs a reason."), hint=_("Give --reason."))
    if not post.roles:
        raise UsageProblem(_("A move needs at least one role."), hint=_("Give --role."))
    now = work.now()
    at = None if post.at is None or post.at <= now else post.at
    if post.until is not None and post.until <= (at or now):
        raise UsageProblem(_("The move would have ended already."))
    written = (post.department, post.position, post.community)
    if at is not None and any(each is not None for each in written):
        raise UsageProblem(
            _("Department, position and community are written at once, not at a moment ahead."),
            hint=_("Leave them out now; give them on the day with `pcloud account move`."),
        )
    account = work.session.get_one(
        Account, accounts.find(work, number).id, with_for_update=True, populate_existing=True
    )
    rights.require_account(actor, work, account)
    for code, _wanted in post.roles:
        role_granting.refuse_own(actor, work, account, find_role(work, code))
    stays = {(find_role(work, code).id, resolve(work, wanted).id) for code, wanted in post.roles}
    ended = [
        (row, held)
        for row, held in _standing(work, account, at or now)
        if rights.grant_holds(actor, work, row, held.code)
        and not ((row.role_id, row.scope_id) in stays and row.expires_at is None)
    ]
    back = [(held.code, _named(work, row), row.expires_at) for row, held in ended]
    for row, held in ended:
        _end(actor, work, row, held, at=at, reason=reason)
    _register(work, account, post)  # before: where they are lent to says what a grant gives
    given = [
        _grant(actor, work, account, code, wanted, starts=at, until=post.until, reason=reason)
        for code, wanted in post.roles
    ]
    if post.until is not None:
        for code, wanted, expires in back:
            if expires is None or expires > post.until:
                _grant(
                    actor, work, account, code, wanted, starts=post.until, until=expires,
                    reason=reason,
                )  # fmt: skip
    given_back = 0 if at is not None else open_work.give_back(actor, work, account.id)
    trail.changed(
        actor,
        work,
        "account.move",
        object_type="account",
        object_id=account.id,
        community_id=account.community_id,
        reason=reason.strip(),
        detail={
            "at": rights.moment(at or now),
            "until": rights.moment(post.until),
            "ended": [row.id.hex() for row, _held in ended],
            "given": [each["id"].hex() for each in given],
            "given_back": given_back,
        },
    )
    return {
        "id": account.id,
        "staff_number": account.staff_number,
        "name": account.name,
        "department": account.department,
        "position": account.position,
        "at": at or now,
        "until": post.until,
        "ended": sorted({held.code for _row, held in ended}),
        "given": given,
        "given_back": given_back,
        "open": open_work.of(work, account.id),
    }


def _standing(work: Work, account: Account, at: datetime) -> list[tuple[RoleGrant, Role]]:
    """Return the grants of an account that are in force `at` a moment, or begin later."""
    query = (
        select(RoleGrant, Role)
        .join(Role, Role.id == RoleGrant.role_id)
        .where(
            RoleGrant.account_id == account.id,
            RoleGrant.revoked_at.is_(None),
            or_(RoleGrant.expires_at.is_(None), RoleGrant.expires_at > at),
        )
        .order_by(RoleGrant.id)
        .with_for_update(of=RoleGrant)
    )
    return [(row, held) for row, held in work.session.execute(query).all()]


def _end(
    actor: Actor, work: Work, row: RoleGrant, held: Role, *, at: datetime | None, reason: str
) -> None:
    """End a grant `at` a moment, or now."""
    scope = of_grant(work, row.scope_kind, row.scope_id)
    permission.require(actor, work, "role.grant", community_id=scope.community_id)
    if role_granting.is_lasting_administrator(row, held):
        role.refuse_last_administrator(work, row.account_id, roles=[held.code])
    waits = row.approval_id is not None and row.confirmed_at is None
    later = row.starts_at is not None and at is not None and row.starts_at >= at
    if at is None or waits or later:
        role_granting.end(actor, work, row, held, reason=reason)
        return
    row.expires_at = at
    rights.seal_grant(work, row, held.code)
    work.session.flush()
    trail.changed(
        actor,
        work,
        "role.end",
        object_type="account",
        object_id=row.account_id,
        community_id=scope.community_id,
        reason=reason.strip(),
        detail={"grant": row.id.hex(), "role": held.code, "until": rights.moment(at)},
    )


def _grant(
    actor: Actor,
    work: Work,
    account: Account,
    code: str,
    wanted: Wanted,
    *,
    starts: datetime | None,
    until: datetime | None,
    reason: str,
) -> dict[str, Any]:
    return role_granting.grant(
        actor,
        work,
        staff_number=account.staff_number,
        role=code,
        reason=reason,
        community=wanted.community,
        building=wanted.building,
        region=wanted.region,
        starts=starts,
        until=until,
    )


def _named(work: Work, row: RoleGrant) -> Wanted:
    """Return the scope of a grant as `resolve` takes it."""
    if row.scope_kind == ScopeKind.COMMUNITY:
        place = work.session.get_one(Community, row.scope_id)
        return Wanted(community=place.code)
    if row.scope_kind == ScopeKind.REGION:
        return Wanted(region=work.session.get_one(Region, row.scope_id).code)
    if row.scope_kind == ScopeKind.BUILDING:
        building = work.session.get_one(Building, row.scope_id)
        place = work.session.get_one(Community, building.community_id)
        return Wanted(community=place.code, building=building.name)
    return Wanted()


def _register(work: Work, account: Account, post: Post) -> None:
    """Write what the register says of the new post."""
    if post.department is not None:
        account.department = post.department.strip() or None
    if post.position is not None:
        account.position = post.position.strip() or None
    if post.community is not None:
        account.community_id = communities.resolve(work, post.community).id
    rights.seal_account(work, account)
    work.session.flush()
