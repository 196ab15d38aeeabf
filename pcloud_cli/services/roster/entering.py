"""Taking a roster (排班表) in from a workbook: all of it, or nothing and every wrong cell (3.2.2).

Each day of each person that the file names is as the file says from then on; what it does not
name stays. What has begun, and what was swapped, is not changed by it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Community
from pcloud_cli.models.roster import RosterImport, Shift, ShiftSwap, SwapState
from pcloud_cli.services import community as communities
from pcloud_cli.services import permission, trail, turns
from pcloud_cli.services import sight as sights
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.policy import current as policy_of
from pcloud_cli.services.policy_roster import RosterPolicy
from pcloud_cli.services.roster.judging import Plan, judged
from pcloud_cli.sheets.roster_list import Trouble, read_roster


class Entered(NamedTuple):
    """What entering a roster gave: its record, or all wrong cells and no record.

    `legend` holds the times that the file itself gives to words, in minutes of the day.
    """

    record: dict[str, Any] | None
    wrong: list[Trouble]
    legend: dict[str, tuple[int, int]]


def enter(
    actor: Actor,
    work: Work,
    source: Path | int,
    *,
    community: str,
    name: str,
    month: date | None = None,
    password: str | None = None,
) -> Entered:
    """Take the roster in the workbook or CSV `source` in for a community, and return it.

    `name` is what the file is called, `month` the first day of the month in which its first day
    is, where the file does not say so; `password` opens an encrypted workbook. The same file once
    more, or one that says nothing new, changes nothing.
    """
    permission.require_somewhere(actor, work, "roster.manage")
    place = communities.resolve(work, community)
    permission.require(actor, work, "roster.manage", community_id=place.id)
    policy = policy_of(work, RosterPolicy)
    given = read_roster(
        source,
        words=policy.words(),
        rest=policy.rest(),
        month=month,
        name=name,
        password=password,
    )
    turns.with_shifts(work)
    sha256 = bytes.fromhex(given.sha256)
    newest = work.session.scalars(
        select(RosterImport)
        .where(RosterImport.community_id == place.id)
        .order_by(RosterImport.number.desc())
        .limit(1)
    ).first()
    if newest is not None and newest.file_sha256 == sha256:
        return Entered(_record(work, newest, None, already=True), [], given.legend)
    plan, wrong = judged(work, place, given.cells)
    wrong = sorted([*given.troubles, *wrong], key=_in_order)
    if wrong:
        return Entered(None, wrong, given.legend)
    if plan.is_empty and newest is not None:
        return Entered(_record(work, newest, None, already=True), [], given.legend)
    number = turns.next_number(work, "rosters", RosterImport.number)
    assert actor.account_id is not None  # noqa: S101 - only people and services hold permissions
    days = [cell.day for cell in given.cells]
    made = RosterImport(
        id=work.ids(),
        number=number,
        community_id=place.id,
        file_name=name,
        file_sha256=sha256,
        first_day=min(days),
        last_day=max(days),
        made_by=actor.account_id,
        made_at=work.now(),
    )
    work.session.add(made)
    work.session.flush()
    _apply(actor, work, place, made, plan)
    trail.changed(
        actor,
        work,
        "roster.import",
        object_type="roster_import",
        object_id=made.id,
        community_id=place.id,
        detail={
            "number": number,
            "people": len(plan.people),
            "new": len(plan.new),
            "cancelled": len(plan.cancelled),
            "file_sha256": given.sha256,
        },
    )
    return Entered(_record(work, made, plan, already=False), [], given.legend)


def imports(actor: Actor, work: Work, *, community: str | None = None) -> list[dict[str, Any]]:
    """Return the rosters that were taken in, newest first, of what `actor` may see."""
    seen = sights.of(actor, work, "roster.read", community)
    query = select(RosterImport).where(seen.within(RosterImport.community_id))
    return [
        _record(work, made, None, already=False)
        for made in work.session.scalars(query.order_by(RosterImport.number.desc()))
    ]


def _apply(actor: Actor, work: Work, place: Community, made: RosterImport, plan: Plan) -> None:
    for shift in plan.cancelled:
        shift.cancelled_at = work.now()
    for shift in plan.retaken:
        shift.account_id = shift.rostered_id
    work.session.flush()
    gone = [shift.id for shift in plan.cancelled]
    for start in range(0, len(gone), 500):
        part = gone[start : start + 500]
        waiting = select(ShiftSwap).where(
            ShiftSwap.state == SwapState.ASKED.value,
            ShiftSwap.shift_id.in_(part) | ShiftSwap.back_shift_id.in_(part),
        )
        for swap in work.session.scalars(waiting):
            swap.state = SwapState.WITHDRAWN.value
            swap.decided_by, swap.decided_at = actor.account_id, work.now()
    for each in plan.new:
        work.session.add(
            Shift(
                id=work.ids(),
                community_id=place.id,
                roster_import_id=made.id,
                rostered_id=each.account_id,
                account_id=each.account_id,
                day=each.day,
                kind=each.kind,
                word=each.word,
                begins_at=each.times.begins_at,
                ends_at=each.times.ends_at,
            )
        )
    work.session.flush()


def _in_order(each: Trouble) -> tuple[str, int, str]:
    digits = each.place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return each.sheet, int(digits or 0), each.place.rjust(12)


def _record(work: Work, made: RosterImport, plan: Plan | None, *, already: bool) -> dict[str, Any]:
    place = work.session.get_one(Community, made.community_id)
    maker = work.session.scalar(select(Account.staff_number).where(Account.id == made.made_by))
    counts = {
        "people": len(plan.people) if plan else None,
        "new": len(plan.new) if plan else None,
        "retaken": len(plan.retaken) if plan else None,
        "cancelled": len(plan.cancelled) if plan else None,
        "unchanged": plan.unchanged if plan else None,
    }
    return {
        "id": made.id,
        "number": made.number,
        "community": place.code,
        "file": made.file_name,
        "first_day": made.first_day,
        "last_day": made.last_day,
        **counts,
        "made_by": maker,
        "made_at": made.made_at,
        "already": already,
    }
