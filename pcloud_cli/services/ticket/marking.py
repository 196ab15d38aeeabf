"""Marking a ticket urgent after it was entered, or no longer so: its clock follows (3.2.2)."""

from __future__ import annotations

from datetime import datetime, timedelta

from pcloud_cli.errors import Conflict
from pcloud_cli.i18n import _
from pcloud_cli.models.ticket import Ticket, TicketClock, TicketState, Urgency
from pcloud_cli.services.ticket import clock, urgency
from pcloud_cli.services.ticket.steps import Change


def mark(change: Change) -> None:
    """Make the ticket urgent: of the kind given, else of the one that its content sounds like.

    The clock that runs is reckoned from its own beginning with the urgent limits, and never ends
    later than it did; of a paused ticket, what is left of its limit shrinks by the difference.
    A firm's promise stays what it was.
    """
    ticket = change.ticket
    kind = urgency.meant(change.policy, change.given.kind or "", _content(change))
    if ticket.urgency == Urgency.URGENT and ticket.urgent_kind == kind:
        raise Conflict(_("It is urgent already."), code="unchanged")
    before = _limit(change)
    ticket.urgency, ticket.urgent_kind = Urgency.URGENT.value, kind
    ticket.proposed_kind = None
    change.detail["kind"] = kind
    _follow(change, before, no_later=True)


def unmark(change: Change) -> None:
    """Take the mark off: the clock goes on from its own beginning with the ordinary limits.

    Of a ticket that only sounds urgent, that is taken off: somebody has said that it is not.
    """
    ticket = change.ticket
    before = _limit(change)
    if ticket.proposed_kind is not None:
        change.detail["former"], ticket.proposed_kind = ticket.proposed_kind, None
        _follow(change, before, no_later=False)
        return
    if ticket.urgency != Urgency.URGENT:
        raise Conflict(_("It is not urgent."), code="unchanged")
    change.detail["former"] = ticket.urgent_kind
    ticket.urgency, ticket.urgent_kind = Urgency.NORMAL.value, None
    _follow(change, before, no_later=False)


def _content(change: Change) -> str:
    ticket = change.ticket
    return change.work.keys.open("ticket", "content_sealed", ticket.id, ticket.content_sealed)


def _counted(ticket: Ticket) -> TicketClock:
    """Return the clock whose limit depends on the urgency: the running one, or the resting one."""
    paused = ticket.state == TicketState.PAUSED
    return TicketClock(str(ticket.resume_clock if paused else ticket.clock))


def _limit(change: Change) -> timedelta:
    return clock.limit(change.policy, change.ticket, _counted(change.ticket))


def _follow(change: Change, before: timedelta, *, no_later: bool) -> None:
    ticket, shift = change.ticket, _limit(change) - before
    if ticket.promised_at is not None:
        _keep_promise(change)
        return
    if no_later:
        shift = min(shift, timedelta())
    if ticket.state == TicketState.PAUSED:
        ticket.rest_seconds = (ticket.rest_seconds or 0) + round(shift.total_seconds())
        return
    began, deadline = ticket.clock_began_at, ticket.deadline_at
    if began is None or deadline is None:
        raise RuntimeError("an open ticket has no clock")
    new = clock.after(change.policy, ticket, _counted(ticket), began, _limit(change))
    if no_later:
        new = min(new, deadline)
    elif _counted(ticket) is TicketClock.ARRIVE and ticket.appointed_until is not None:
        new = max(ticket.appointed_until, began)
    _run(change, began, new)


def _keep_promise(change: Change) -> None:
    """Let a firm's clock end as it was promised; only who hears of it, and when, follows."""
    ticket = change.ticket
    began, deadline = ticket.clock_began_at, ticket.deadline_at
    if ticket.state != TicketState.PAUSED and began is not None and deadline is not None:
        _run(change, began, deadline)


def _run(change: Change, began: datetime, deadline: datetime) -> None:
    """Let the same clock run to `deadline`; what it has come to already does not come again."""
    ticket = change.ticket
    counted = TicketClock(str(ticket.clock))
    running = clock.until(change.policy, ticket, counted, began, deadline, change.now)
    level = max(running.level, ticket.level)
    due = clock.moment(change.policy, ticket, counted, deadline, level)
    clock.run(ticket, running._replace(level=level, due_at=due), ticket.clock_step)
