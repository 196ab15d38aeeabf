"""Standing in for somebody (替班) and exchanging shifts (换班), agreed by a supervisor (3.2.2).

Whoever has a shift asks; the supervisor agrees, or enters it at once. A shift is never left
without somebody by it, and nobody comes to have two at a time.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.models.account import Account
from pcloud_cli.models.community import Community
from pcloud_cli.models.roster import Shift, ShiftSwap, SwapState
from pcloud_cli.services import account as accounts
from pcloud_cli.services import holders, permission, trail, turns
from pcloud_cli.services import sight as sights
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.roster.shifts import SERVES, Times, named, refuse_overlap, rest_of

STATES: dict[str, str] = {
    SwapState.ASKED: N_("waits for the supervisor"),
    SwapState.AGREED: N_("agreed"),
    SwapState.REFUSED: N_("refused"),
    SwapState.WITHDRAWN: N_("withdrawn"),
}
"""Where a swap stands, by code, translated where printed."""


def ask(
    actor: Actor,
    work: Work,
    when: str,
    *,
    to: str,
    reason: str,
    of: str | None = None,
    against: str | None = None,
) -> dict[str, Any]:
    """Enter that `to` works the shift at `when`, one's own or that `of` another; return the swap.

    With `against`, the moment of a shift that `to` has, they exchange. It is agreed at once where a
    supervisor enters it between others; else it waits. `of` another needs ``roster.manage``, one's
    own ``roster.own``. Of a shift that runs only the rest is meant. Raises Conflict where somebody
    would have two shifts at once, or has no role there that goes on shift.
    """
    permission.require_somewhere(actor, work, SERVES if of is None else "roster.manage")
    if not reason.strip():
        raise UsageProblem(_("A swap needs a reason."), hint=_("Give --reason."))
    turns.with_shifts(work)
    assert actor.account_id is not None  # noqa: S101 - only people and services hold permissions
    whose = actor.account_id if of is None else accounts.find(work, of).id
    taker = accounts.find(work, to)
    shift = named(work, whose, when, vacant=of is not None)
    permission.require(
        actor,
        work,
        SERVES if of is None else "roster.manage",
        community_id=shift.community_id,
    )
    back = named(work, taker.id, against) if against else None
    number = turns.next_number(work, "swaps", ShiftSwap.number)
    swap = ShiftSwap(
        id=work.ids(),
        number=number,
        community_id=shift.community_id,
        shift_id=shift.id,
        back_shift_id=back.id if back is not None else None,
        from_id=shift.account_id,
        to_id=taker.id,
        state=SwapState.ASKED.value,
        reason=reason.strip(),
        asked_by=actor.account_id,
        asked_at=work.now(),
    )
    _fits(work, swap, shift, back)
    work.session.add(swap)
    work.session.flush()
    if _may_agree(actor, work, swap):
        _move(work, swap, shift, back)
        _decide(actor, work, swap, SwapState.AGREED)
    _tell(actor, work, swap, "roster.swap")
    return _record(work, swap)


def agree(actor: Actor, work: Work, reference: str) -> dict[str, Any]:
    """Agree to a swap as the supervisor; done twice, it changes nothing.

    Raises NotAllowed for whoever is part of it, Conflict where it no longer fits.
    """
    permission.require_somewhere(actor, work, "roster.manage")
    turns.with_shifts(work)
    swap = _find(work, reference)
    permission.require(actor, work, "roster.manage", community_id=swap.community_id)
    if swap.state == SwapState.AGREED:
        return {**_record(work, swap), "already": True}
    _waits(swap)
    if not _may_agree(actor, work, swap):
        raise NotAllowed(
            _("Nobody agrees to a swap of their own."),
            hint=_("Another supervisor of the community agrees."),
            code="own_entry",
        )
    shift = work.session.get_one(Shift, swap.shift_id)
    back = work.session.get(Shift, swap.back_shift_id) if swap.back_shift_id else None
    if shift.cancelled_at is not None or shift.account_id != swap.from_id:
        raise Conflict(
            _("The shift has gone to somebody else since."),
            hint=_("Refuse this swap; it is asked for anew."),
            code="overtaken",
        )
    _fits(work, swap, shift, back)
    _move(work, swap, shift, back)
    _decide(actor, work, swap, SwapState.AGREED)
    _tell(actor, work, swap, "roster.agree")
    return {**_record(work, swap), "already": False}


def refuse(actor: Actor, work: Work, reference: str, *, reason: str) -> dict[str, Any]:
    """Refuse a swap as the supervisor, with the reason that its asker reads."""
    permission.require_somewhere(actor, work, "roster.manage")
    turns.with_shifts(work)
    swap = _find(work, reference)
    permission.require(actor, work, "roster.manage", community_id=swap.community_id)
    if not reason.strip():
        raise UsageProblem(_("A refusal needs a reason."), hint=_("Give --reason."))
    _waits(swap)
    _decide(actor, work, swap, SwapState.REFUSED)
    _tell(actor, work, swap, "roster.refuse", reason.strip())
    return _record(work, swap)


def withdraw(actor: Actor, work: Work, reference: str) -> dict[str, Any]:
    """Take back one's own question for a swap that still waits."""
    permission.require_somewhere(actor, work, SERVES)
    turns.with_shifts(work)
    swap = _find(work, reference)
    if swap.asked_by != actor.account_id:
        raise NotAllowed(_("Only who asked for it withdraws it."), code="not_own")
    _waits(swap)
    _decide(actor, work, swap, SwapState.WITHDRAWN)
    _tell(actor, work, swap, "roster.withdraw")
    return _record(work, swap)


def list_all(
    actor: Actor, work: Work, *, community: str | None = None, waiting: bool = False
) -> list[dict[str, Any]]:
    """Return the swaps that `actor` may see, newest first; only those that wait if asked for."""
    seen = sights.of(actor, work, "roster.read", community)
    query = select(ShiftSwap).where(seen.within(ShiftSwap.community_id))
    if waiting:
        query = query.where(ShiftSwap.state == SwapState.ASKED.value)
    query = query.order_by(ShiftSwap.number.desc()).limit(500)
    return [_record(work, swap) for swap in work.session.scalars(query)]


def _may_agree(actor: Actor, work: Work, swap: ShiftSwap) -> bool:
    return actor.account_id not in (swap.from_id, swap.to_id) and permission.allowed(
        actor, work, "roster.manage", community_id=swap.community_id
    )


def _fits(work: Work, swap: ShiftSwap, shift: Shift, back: Shift | None) -> None:
    """Raise Conflict where the swap cannot be: a shift is over, or somebody cannot be there."""
    if swap.from_id == swap.to_id:
        raise UsageProblem(_("It is their own shift."), hint=_("Give somebody else with --to."))
    for each in filter(None, (shift, back)):
        if each.ends_at <= work.now():
            raise Conflict(_("The shift is over."), code="shift_over")
    if back is not None and (back.begins_at <= work.now() or shift.begins_at <= work.now()):
        raise Conflict(
            _("A shift that has begun is not exchanged."),
            hint=_("Somebody can still stand in for the rest: leave --against out."),
            code="shift_begun",
        )
    if back is not None and (back.account_id != swap.to_id or back.cancelled_at is not None):
        raise Conflict(_("The shift has gone to somebody else since."), code="overtaken")
    if back is not None and swap.from_id is None:
        raise Conflict(_("Nobody has this shift; there is nothing to exchange."))
    without = [each.id for each in (shift, back) if each is not None]
    _serves(work, swap.to_id, shift.community_id)
    refuse_overlap(work, swap.to_id, _ahead(work, shift), without=without)
    if back is not None and swap.from_id is not None:
        _serves(work, swap.from_id, back.community_id)
        refuse_overlap(work, swap.from_id, _ahead(work, back), without=without)


def _ahead(work: Work, shift: Shift) -> Times:
    return Times(max(shift.begins_at, work.now()), shift.ends_at)


def _serves(work: Work, account_id: bytes, community_id: bytes) -> None:
    here = holders.of(work, SERVES, among=[account_id])
    buildings = holders.buildings_of(work, community_id)
    if any(holders.within(one.reach, community_id, buildings) is not False for one in here):
        return
    number = work.session.scalar(select(Account.staff_number).where(Account.id == account_id))
    raise Conflict(
        _("{who} holds no role here that goes on shift.").format(who=number),
        hint=_("Choose somebody who works in this community."),
        code="no_role",
    )


def _move(work: Work, swap: ShiftSwap, shift: Shift, back: Shift | None) -> None:
    """Give the shifts over; of one that runs the rest."""
    ahead = rest_of(work, shift)
    ahead.account_id = swap.to_id
    swap.shift_id = ahead.id
    if back is not None:
        back.account_id = swap.from_id
    work.session.flush()


def _decide(actor: Actor, work: Work, swap: ShiftSwap, state: SwapState) -> None:
    swap.state = state.value
    swap.decided_by = actor.account_id
    swap.decided_at = work.now()
    work.session.flush()


def _waits(swap: ShiftSwap) -> None:
    if swap.state != SwapState.ASKED:
        raise Conflict(_("It has been decided already."), code="decided")


def _find(work: Work, reference: str) -> ShiftSwap:
    text = reference.strip().lstrip("#")
    found = None
    if text.isdecimal() and len(text) < 10:
        query = select(ShiftSwap).where(ShiftSwap.number == int(text))
        found = work.session.scalar(query.with_for_update())
    if found is None:
        raise NotFound(
            _("There is no swap {number}.").format(number=reference),
            hint=_("`pcloud roster swaps` shows the numbers."),
        )
    return found


def _record(work: Work, swap: ShiftSwap) -> dict[str, Any]:
    shift = work.session.get_one(Shift, swap.shift_id)
    back = work.session.get(Shift, swap.back_shift_id) if swap.back_shift_id else None
    place = work.session.get_one(Community, swap.community_id)
    wanted = {swap.from_id, swap.to_id, swap.asked_by, swap.decided_by} - {None}
    query = select(Account.id, Account.staff_number).where(Account.id.in_(sorted(wanted)))
    numbers: dict[bytes | None, str] = dict(work.session.execute(query).all())
    return {
        "id": swap.id,
        "number": swap.number,
        "state": swap.state,
        "community": place.code,
        "zone": place.zone,
        "from": numbers.get(swap.from_id),
        "to": numbers.get(swap.to_id),
        "day": shift.day,
        "word": shift.word,
        "begins_at": shift.begins_at,
        "ends_at": shift.ends_at,
        "back_day": back.day if back is not None else None,
        "back_word": back.word if back is not None else None,
        "reason": swap.reason,
        "asked_by": numbers.get(swap.asked_by),
        "asked_at": swap.asked_at,
        "decided_by": numbers.get(swap.decided_by),
        "decided_at": swap.decided_at,
    }


def _tell(
    actor: Actor, work: Work, swap: ShiftSwap, action: str, reason: str | None = None
) -> None:
    trail.changed(
        actor,
        work,
        action,
        object_type="shift_swap",
        object_id=swap.id,
        community_id=swap.community_id,
        reason=reason or swap.reason,
        detail={
            "number": swap.number,
            "shift": swap.shift_id.hex(),
            "account": swap.to_id.hex(),
            "state": swap.state,
        },
    )
