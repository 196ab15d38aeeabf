"""Technicians (维修工): what each can do and how much they get at a time (2.1.2, 3.2.2).

Who is one, and where, say the grants of roles; here stand skills and limits only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from sqlalchemy import delete, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import NotFound, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Building, Community
from pcloud_cli.models.technician import Technician, TechnicianSkill
from pcloud_cli.services import account as accounts
from pcloud_cli.services import fault_type, holders, permission, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.policy import current as policy_of
from pcloud_cli.services.policy_roster import RosterPolicy
from pcloud_cli.services.sight import Sight
from pcloud_cli.services.sight import of as sight_of

WORKS = "technician.own"
"""The permission that makes somebody a technician in a place."""
MOST = 100


class Ability(NamedTuple):
    """What a technician can do, and the most open tickets they get."""

    skills: frozenset[str]
    limit: int


def abilities(work: Work, account_ids: Iterable[bytes]) -> dict[bytes, Ability]:
    """Return skills and limit of each of these accounts; policy's limit where nothing is set.

    Whoever was never entered has no skill. No permission is checked.
    """
    wanted = sorted(set(account_ids))
    usual = policy_of(work, RosterPolicy).open_limit
    limits: dict[bytes, int | None] = {}
    skills: dict[bytes, set[str]] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        for row in work.session.scalars(select(Technician).where(Technician.account_id.in_(part))):
            limits[row.account_id] = row.open_limit
        for one in work.session.scalars(
            select(TechnicianSkill).where(TechnicianSkill.account_id.in_(part))
        ):
            skills.setdefault(one.account_id, set()).add(one.skill)
    found = {}
    for account_id in wanted:
        limit = limits.get(account_id)
        found[account_id] = Ability(
            frozenset(skills.get(account_id, ())), usual if limit is None else limit
        )
    return found


def list_all(
    actor: Actor, work: Work, *, community: str | None = None, skill: str | None = None
) -> list[dict[str, Any]]:
    """Return the technicians that `actor` may see, with their skills, limit and places.

    Of a `community` (code or name), or who have a `skill`, where given.
    """
    seen = sight_of(actor, work, "technician.read", community)
    wanted = set(fault_type.named_skills(work, skill)) if skill else set()
    found = [one for one in holders.of(work, WORKS) if _is_seen(work, one.reach, seen)]
    able = abilities(work, [one.account_id for one in found])
    return [
        _record(work, one, able[one.account_id])
        for one in found
        if wanted <= able[one.account_id].skills
    ]


def show(actor: Actor, work: Work, number: str | None) -> dict[str, Any]:
    """Return one technician; without `number` the actor, for which it is enough to be one."""
    if number is None:
        permission.require_somewhere(actor, work, WORKS)
        assert actor.account_id is not None  # noqa: S101 - only people and services hold permissions
        return _one(work, actor.account_id, actor.staff_number or "")
    seen = sight_of(actor, work, "technician.read")
    found = accounts.find(work, number)
    record = _one(work, found.id, number)
    if not _is_seen(work, holders.reach_of(work, found.id, WORKS), seen):
        permission.refuse(actor, work, "technician.read")
    return record


def put(
    actor: Actor,
    work: Work,
    number: str,
    *,
    skills: Collection[str] | None = None,
    also: Collection[str] = (),
    without: Collection[str] = (),
    limit: int | None = None,
    usual_limit: bool = False,
) -> dict[str, Any]:
    """Set what a technician can do and how much they get; return them, ``changed`` or not.

    `skills` are all there are from now on, `also` and `without` add to them and take away.
    `usual_limit` puts policy's limit back. Needs ``technician.manage`` where the technician works.
    Raises NotFound for who is no technician anywhere.
    """
    permission.require_somewhere(actor, work, "technician.manage")
    found = accounts.find(work, number)
    who = _holder(work, found.id, number)
    if not _is_seen(work, who.reach, sight_of(actor, work, "technician.manage")):
        permission.refuse(actor, work, "technician.manage")
    if limit is not None and not 0 <= limit <= MOST:
        raise UsageProblem(
            _("The limit is a number from 0 to {most}.").format(most=MOST), hint=_("Give --limit.")
        )
    work.session.get_one(Account, found.id, with_for_update=True)  # two at once, one by one
    row = work.session.get(Technician, found.id)
    now = abilities(work, [found.id])[found.id].skills
    wanted = set(now) if skills is None else _named(work, skills)
    wanted |= _named(work, also)
    wanted -= _named(work, without)
    kept = row.open_limit if row is not None else None
    most = None if usual_limit else (kept if limit is None else limit)
    if row is not None and wanted == now and most == row.open_limit:
        return {**_record(work, who, abilities(work, [found.id])[found.id]), "changed": False}
    if row is None:
        row = Technician(account_id=found.id)
        work.session.add(row)
    row.open_limit = most
    row.changed_at = work.now()
    row.changed_by = actor.account_id or b""
    work.session.flush()
    if wanted != now:
        work.session.execute(delete(TechnicianSkill).where(TechnicianSkill.account_id == found.id))
        work.session.add_all(
            TechnicianSkill(account_id=found.id, skill=each) for each in sorted(wanted)
        )
        work.session.flush()
    trail.changed(
        actor,
        work,
        "technician.set",
        object_type="account",
        object_id=found.id,
        community_id=found.community_id,
        detail={"skills": sorted(wanted), "open_limit": most},
    )
    return {**_record(work, who, abilities(work, [found.id])[found.id]), "changed": True}


def _named(work: Work, texts: Iterable[str]) -> set[str]:
    return {code for text in texts for code in fault_type.named_skills(work, text)}


def _holder(work: Work, account_id: bytes, number: str) -> holders.Holder:
    found = holders.of(work, WORKS, among=[account_id])
    if not found:
        raise NotFound(
            _("{number} is no technician.").format(number=number),
            hint=_("A role like 维修 makes one: `pcloud role grant`."),
            code="no_technician",
        )
    return found[0]


def _one(work: Work, account_id: bytes, number: str) -> dict[str, Any]:
    who = _holder(work, account_id, number)
    return _record(work, who, abilities(work, [account_id])[account_id])


def _is_seen(work: Work, reach: permission.Reach, seen: Sight) -> bool:
    """Return whether somebody of that reach works where `seen` looks."""
    if seen.one is None and seen.whole is None:
        return True
    return any(
        holders.within(reach, place.id, holders.buildings_of(work, place.id)) is not False
        for place in seen.places
    )


def _record(work: Work, one: holders.Holder, able: Ability) -> dict[str, Any]:
    return {
        "id": one.account_id,
        "staff_number": one.staff_number,
        "name": one.name,
        "skills": sorted(able.skills),
        "limit": able.limit,
        "everywhere": one.reach.everywhere,
        "communities": _codes(work, one.reach),
    }


def _codes(work: Work, reach: permission.Reach) -> list[str]:
    if reach.everywhere:
        return []
    within = select(Building.community_id).where(Building.id.in_(sorted(reach.buildings)))
    query = select(Community.code).where(
        Community.id.in_(sorted(reach.communities)) | Community.id.in_(within)
    )
    return list(work.session.scalars(query.order_by(Community.code)))
