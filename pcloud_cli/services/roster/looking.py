"""Looking at the roster: who is on shift, and when nobody is or a skill is missing (3.2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Community
from pcloud_cli.models.roster import Shift
from pcloud_cli.services import fault_type, holders, permission, technician
from pcloud_cli.services import sight as sights
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.policy import current as policy_of
from pcloud_cli.services.policy_roster import RosterPolicy
from pcloud_cli.services.roster.shifts import SERVES

LONGEST = timedelta(days=400)
"""The longest time that is looked at in one question."""

GAPS: dict[str, str] = {
    "nobody": N_("nobody on shift"),
    "too_few": N_("too few on shift"),
    "skill_missing": N_("skill missing"),
}
"""What is wrong with a time of the roster, by code, translated where printed."""


def zone_of(actor: Actor, work: Work, community: str | None, *, own: bool = False) -> str | None:
    """Return the zone in which the roster of a community is meant, None where that is not told.

    Without `community` that of the only one that `actor` may see.
    """
    if own:
        permission.require_somewhere(actor, work, SERVES)
        zones = list(work.session.scalars(select(Community.zone).distinct().limit(2)))
        return zones[0] if len(zones) == 1 else None
    places = sights.of(actor, work, "roster.read", community).places
    return places[0].zone if len({place.zone for place in places}) == 1 else None


def shifts(
    actor: Actor,
    work: Work,
    *,
    begin: datetime,
    end: datetime | None = None,
    community: str | None = None,
    own: bool = False,
) -> list[dict[str, Any]]:
    """Return the shifts between two moments, or without `end` those at one, as records.

    `own` ones for whoever goes on shift; of all others those that ``roster.read`` shows.
    """
    _sensible(begin, end)
    if own:
        permission.require_somewhere(actor, work, SERVES)
        where: ColumnElement[bool] = Shift.account_id == actor.account_id
    else:
        where = sights.of(actor, work, "roster.read", community).within(Shift.community_id)
    query = (
        select(Shift, Account.staff_number, Account.name, Community.code)
        .join(Community, Community.id == Shift.community_id)
        .outerjoin(Account, Account.id == Shift.account_id)
        .where(
            where,
            Shift.cancelled_at.is_(None),
            Shift.ends_at > begin,
            Shift.begins_at <= begin if end is None else Shift.begins_at < end,
        )
        .order_by(Community.code, Shift.begins_at, Account.staff_number, Shift.id)
    )
    rows = work.session.execute(query).all()
    numbers = _numbers(work, {row[0].rostered_id for row in rows})
    return [
        {
            "id": shift.id,
            "community": code,
            "day": shift.day,
            "word": shift.word,
            "kind": shift.kind,
            "staff_number": number,
            "name": name,
            "begins_at": shift.begins_at,
            "ends_at": shift.ends_at,
            "instead_of": numbers[shift.rostered_id]
            if shift.account_id != shift.rostered_id
            else None,
        }
        for shift, number, name, code in rows
    ]


def gaps(
    actor: Actor,
    work: Work,
    community: str,
    *,
    begin: datetime,
    end: datetime,
    skills: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    """Return the times between two moments in which too few are on shift or a skill is missing.

    `skills` are asked for instead of those that policy wants there always. Standby counts as being
    there. Who has left, is suspended or lost the role does not.
    """
    place = sights.of(actor, work, "roster.read", community).places[0]
    _sensible(begin, end)
    policy = policy_of(work, RosterPolicy)
    if skills is None:
        wanted = [one for one in policy.skills_always if one in fault_type.skills(work)]
    else:
        wanted = [code for one in skills for code in fault_type.named_skills(work, one)]
    covering = _covering(work, place.id, begin, end)
    edges = sorted({begin, end, *(m for one in covering for m in one[:2] if begin < m < end)})
    found: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
    for since, until in pairwise(edges):
        there = [able for b, e, able in covering if b <= since and e >= until]
        lacks: list[tuple[str, str | None]] = []
        if not there:
            lacks.append(("nobody", None))
        else:
            if len(there) < policy.least_on_shift:
                lacks.append(("too_few", None))
            lacks += [("skill_missing", one) for one in wanted if not any(one in s for s in there)]
        for lack in lacks:
            before = found.setdefault(lack, [])
            if before and before[-1]["until"] == since:
                before[-1]["until"] = until
            else:
                before.append(_gap(place, lack, since, until))
    return sorted(
        (one for some in found.values() for one in some),
        key=lambda one: (one["since"], one["lack"], one["skill"] or ""),
    )


def _covering(
    work: Work, community_id: bytes, begin: datetime, end: datetime
) -> list[tuple[datetime, datetime, frozenset[str]]]:
    """Return from when until when each technician is there, and what they can do."""
    query = select(Shift).where(
        Shift.community_id == community_id,
        Shift.cancelled_at.is_(None),
        Shift.account_id.is_not(None),
        Shift.ends_at > begin,
        Shift.begins_at < end,
    )
    rows = list(work.session.scalars(query))
    who = {row.account_id for row in rows if row.account_id is not None}
    buildings = holders.buildings_of(work, community_id)
    here = {
        one.account_id
        for one in holders.of(work, technician.WORKS, among=who)
        if holders.within(one.reach, community_id, buildings) is not False
    }
    able = technician.abilities(work, here)
    ends: dict[bytes, datetime | None] = {}
    for one in here:
        account = work.session.get(Account, one)
        ends[one] = account.ends_at if account is not None else None
    found = []
    for row in rows:
        if row.account_id not in here or row.account_id is None:
            continue
        until = min(filter(None, (row.ends_at, ends[row.account_id])))
        if until > row.begins_at:
            found.append((row.begins_at, until, able[row.account_id].skills))
    return found


def _gap(
    place: Community, lack: tuple[str, str | None], since: datetime, until: datetime
) -> dict[str, Any]:
    return {
        "community": place.code,
        "since": since,
        "until": until,
        "lack": lack[0],
        "skill": lack[1],
    }


def _sensible(begin: datetime, end: datetime | None) -> None:
    if end is not None and not begin < end <= begin + LONGEST:
        raise UsageProblem(
            _("The time looked at is at most {days} days, and ends after it begins.").format(
                days=LONGEST.days
            ),
            hint=_("Give --from and --until."),
        )


def _numbers(work: Work, ids: set[bytes]) -> dict[bytes, str]:
    found: dict[bytes, str] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        query = select(Account.id, Account.staff_number).where(
            Account.id.in_(wanted[start : start + 500])
        )
        found |= dict(work.session.execute(query).all())
    return found
