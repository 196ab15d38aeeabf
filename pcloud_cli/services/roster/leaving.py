"""Shifts of somebody who goes are given back, and the roster shows that nobody is there (2.1.1)."""

from __future__ import annotations

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.models.roster import Shift, ShiftSwap, SwapState
from pcloud_cli.services import holders, trail, turns
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.roster.shifts import SERVES, rest_of


def ahead(work: Work, account_id: bytes) -> list[Shift]:
    """Return the shifts of an account that are not over."""
    query = select(Shift).where(
        Shift.account_id == account_id,
        Shift.cancelled_at.is_(None),
        Shift.ends_at > work.now(),
    )
    return list(work.session.scalars(query.order_by(Shift.begins_at, Shift.id)))


def give_back(actor: Actor, work: Work, account_id: bytes) -> int:
    """Give back the shifts ahead that an account cannot work; return how many.

    All of them where it is closed, else those in communities where it holds no role that goes on
    shift any more. Of a shift that runs it is the rest. Swaps that wait for them are withdrawn.
    """
    turns.with_shifts(work)
    here = holders.of(work, SERVES, among=[account_id])
    count = 0
    for shift in ahead(work, account_id):
        buildings = holders.buildings_of(work, shift.community_id)
        if any(
            holders.within(one.reach, shift.community_id, buildings) is not False for one in here
        ):
            continue
        left = rest_of(work, shift)
        left.account_id = None
        count += 1
        trail.changed(
            actor,
            work,
            "roster.give_back",
            object_type="shift",
            object_id=left.id,
            community_id=left.community_id,
            detail={"account": account_id.hex()},
        )
    if count or not here:
        waiting = select(ShiftSwap).where(
            ShiftSwap.state == SwapState.ASKED.value,
            (ShiftSwap.from_id == account_id) | (ShiftSwap.to_id == account_id),
        )
        for swap in work.session.scalars(waiting):
            swap.state = SwapState.WITHDRAWN.value
            swap.decided_by, swap.decided_at = actor.account_id, work.now()
    work.session.flush()
    return count
