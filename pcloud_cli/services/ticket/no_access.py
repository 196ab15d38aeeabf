"""Nobody in, or not let in (上门无人, 拒绝入户): when, with a photo of the closed door (2.3.2).

It wins no time. On the way, the limit of the arrival goes on; after an arrival, so does what that
arrival had left of it. An appointment moves it, as always; a firm's promise stays.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.ticket import TicketClock, TicketState, TicketStep
from pcloud_cli.services.ticket import attached, clock
from pcloud_cli.services.ticket.steps import Change
from pcloud_cli.services.ticket.words import NO_ACCESS
from pcloud_cli.services.words import understood

STAGE = "no-access"


def noted(change: Change) -> None:
    """Note why and when nobody got in, and what shows it; the arrival is due as before.

    Raises UsageProblem for a time that cannot be, and without a photo or the reason why there is
    none.
    """
    ticket, given = change.ticket, change.given
    change.detail["kind"] = understood(str(given.kind), NO_ACCESS, "--kind")
    since = _set_out(change)
    change.detail["at"] = _when(change, since).isoformat()
    photos = attached.unused(change.work, ticket, STAGE, (change.step.code,), since)
    if photos:
        change.detail["photos"] = photos
    elif (given.without_photo or "").strip():
        change.detail["without_photo"] = True
    else:
        raise UsageProblem(
            _("That nobody got in needs a photo of the door."),
            hint=_(
                "Give --photo FILE, or attach one first (--stage no-access); where there is none, "
                "say why: --without-photo REASON."
            ),
            code="no_photo",
        )
    ticket.appointed_from = ticket.appointed_until = None
    _go_on(change)


def _when(change: Change, since: datetime) -> datetime:
    at = change.given.at
    if at is None:
        return change.now
    if at > change.now:
        raise UsageProblem(
            _("{option} is still to come.").format(option="--at"),
            hint=_("Say when you stood at the door."),
        )
    # people say the minute
    if at < since.replace(second=0, microsecond=0):
        raise UsageProblem(
            _("At that time nobody had taken the ticket."),
            hint=_("Say when you stood at the door."),
        )
    return at


def _set_out(change: Change) -> datetime:
    """Return when whoever has the ticket took it, or a firm got it."""
    query = (
        select(TicketStep.at)
        .where(TicketStep.ticket_id == change.ticket.id, TicketStep.step.in_(("take", "entrust")))
        .order_by(TicketStep.position.desc())
        .limit(1)
    )
    found = change.work.session.scalar(query)
    if found is None:
        raise RuntimeError("nobody has taken the ticket")
    return found


def _go_on(change: Change) -> None:
    """Let the arrival be due as it was: no step but an appointment gives more time for it."""
    if change.keeps_clock or change.before == TicketState.TAKEN:
        change.keeps_clock = True
        return
    ticket, policy, now = change.ticket, change.policy, change.now
    query = (
        select(TicketStep)
        .where(
            TicketStep.ticket_id == ticket.id,
            TicketStep.step == "arrive",
            TicketStep.clock == TicketClock.ARRIVE.value,
        )
        .order_by(TicketStep.position.desc())
        .limit(1)
    )
    arrived = change.work.session.scalar(query)
    if arrived is None or arrived.deadline_at is None:
        raise RuntimeError("nobody has arrived")
    left = clock.rest(policy, ticket, TicketClock.ARRIVE, arrived.at, arrived.deadline_at)
    deadline = clock.after(policy, ticket, TicketClock.ARRIVE, now, left)
    clock.run(
        ticket,
        clock.resumed(policy, ticket, TicketClock.ARRIVE, now, deadline),
        ticket.clock_step,
    )
    change.detail["clock"] = "rest"
