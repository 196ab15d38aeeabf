"""What a step does besides moving the ticket: one function a step, found by its code.

An effect may refuse (before anything is written), change other columns of the ticket, and add to
the step's detail. Where it sets a clock itself it says so by ``detail["clock"]``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TypeVar

from pcloud_cli.errors import Conflict, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.ids import id_text
from pcloud_cli.models.ticket import TicketClock
from pcloud_cli.services.ticket import (
    callback,
    clock,
    dissatisfied,
    handing,
    joining,
    marking,
    no_access,
    quoting,
    responsibility,
    sources,
    third_party,
    verifying,
    work_done,
)
from pcloud_cli.services.ticket.steps import Change

T = TypeVar("T")


def _there(value: T | None) -> T:
    """Return what the table of steps, or the state, has made sure of."""
    if value is None:
        raise RuntimeError("a step was let through without what it needs")
    return value


def _give_back(change: Change) -> None:
    if change.former_handler is not None:
        change.detail["former"] = id_text(change.former_handler)
    change.ticket.handler_id = None
    change.ticket.appointed_from = change.ticket.appointed_until = None


def _left(change: Change) -> None:
    """Give back what somebody had who works no more; a pause of theirs is over too."""
    _give_back(change)
    ticket = change.ticket
    ticket.resume_state = ticket.resume_clock = ticket.rest_seconds = None


def _appoint(change: Change) -> None:
    """Make an appointment, or move it; an arrival is due when it ends."""
    begins, until = _there(change.given.begins), _there(change.given.until)
    ticket = change.ticket
    if until <= begins:
        raise UsageProblem(
            _("The appointment does not end after it begins."),
            hint=_("--until is later than --from."),
        )
    if until <= change.now:
        raise UsageProblem(_("The appointment is over already."), hint=_("Give a time to come."))
    change.detail["moved"] = ticket.appointed_until is not None
    change.detail["begins"], change.detail["until"] = begins.isoformat(), until.isoformat()
    ticket.appointed_from, ticket.appointed_until = begins, until
    if ticket.clock == TicketClock.ARRIVE and ticket.clock_began_at is not None:
        running = clock.until(
            change.policy, ticket, TicketClock.ARRIVE, ticket.clock_began_at, until, change.now
        )
        clock.run(ticket, running, ticket.clock_step)
        change.detail["clock"] = "moved"


def _pause(change: Change) -> None:
    """Stop the clock, keep its rest, and wake when the pause is over."""
    until = _there(change.given.until)
    ticket = change.ticket
    if until <= change.now:
        raise UsageProblem(_("The pause is over already."), hint=_("Give a time to come."))
    if until > change.now + timedelta(days=change.policy.pause_days):
        raise UsageProblem(
            _("A ticket may be paused for {days} days at most.").format(
                days=change.policy.pause_days
            ),
            hint=_("Give an earlier --until; it can be paused again."),
        )
    ticket.resume_state, ticket.resume_clock = change.before, ticket.clock
    left = clock.rest(
        change.policy,
        ticket,
        TicketClock(_there(ticket.clock)),
        change.now,
        _there(ticket.deadline_at),
    )
    ticket.rest_seconds = round(left.total_seconds())
    change.detail["until"] = until.isoformat()
    change.detail["clock"] = "kept"
    # the step that pauses is the one that begins this clock: `steps` notes its position
    running = clock.until(change.policy, ticket, TicketClock.RESUME, change.now, until, change.now)
    clock.run(ticket, running, ticket.clock_step)


def _resume(change: Change) -> None:
    """Go on where it was paused, with the rest of the limit."""
    ticket = change.ticket
    kept, rest = _there(ticket.resume_clock), _there(ticket.rest_seconds)
    ticket.state = _there(ticket.resume_state)
    ticket.resume_state = ticket.resume_clock = ticket.rest_seconds = None
    deadline = clock.after(
        change.policy, ticket, TicketClock(kept), change.now, timedelta(seconds=rest)
    )
    if kept == TicketClock.ARRIVE and ticket.appointed_until is not None:
        deadline = max(deadline, ticket.appointed_until)
    running = clock.resumed(change.policy, ticket, TicketClock(kept), change.now, deadline)
    clock.run(ticket, running, ticket.clock_step)
    change.detail["clock"] = "resumed"


def _complete(change: Change) -> None:
    verifying.on_site(change)
    work_done.done(change)


def _confirm(change: Change) -> None:
    score = _there(change.given.score)
    if not 1 <= score <= 5:
        raise UsageProblem(_("A score is 1 to 5."), hint=_("Give --score 1 to 5."))
    change.ticket.score = score
    source = sources.source_of(change)
    change.ticket.confirm_source = source
    change.detail["score"], change.detail["source"] = score, source
    _end(change)
    dissatisfied.confirmed(change, score)


def _end(change: Change) -> None:
    """Note the end; what a pause had kept is of no use any more."""
    ticket = change.ticket
    ticket.resume_state = ticket.resume_clock = ticket.rest_seconds = None
    ticket.ended_at = change.now


def _cancel(change: Change) -> None:
    _end(change)
    joining.pass_on(change)


def _reopen(change: Change) -> None:
    ticket = change.ticket
    if not dissatisfied.in_time(change):
        raise Conflict(
            _("It was completed more than {days} days ago.").format(days=change.policy.reopen_days),
            hint=_("Enter a new ticket for it."),
            code="too_late",
        )
    if change.given.score is not None:
        change.detail["score"] = change.given.score
    # what somebody thought who was not content counts until they think otherwise
    if ticket.score is not None and ticket.score > dissatisfied.LOW:
        ticket.score = None
    ticket.confirm_source = None
    callback.forget(ticket)
    ticket.completed_at = ticket.ended_at = ticket.promised_at = None
    _give_back(change)


def _urge(change: Change) -> None:
    change.ticket.urged += 1
    change.detail["times"] = change.ticket.urged


EFFECTS: Mapping[str, Callable[[Change], None]] = {
    "accept": verifying.accept,
    "reject": _end,
    "assign": handing.give,
    "reassign": handing.give,
    "return": _give_back,
    "give_back": _left,
    "appoint": _appoint,
    "arrive": verifying.arrive,
    "no_access": no_access.noted,
    "progress": quoting.under_way,
    "pause": _pause,
    "resume": _resume,
    "wake": _resume,
    "complete": _complete,
    "confirm": _confirm,
    "callback": callback.called,
    "close": _end,
    "reopen": _reopen,
    "responsibility": responsibility.decided,
    "leave_to_owner": responsibility.left_to_owner,
    "cancel": _cancel,
    "link": joining.link,
    "follow": joining.follow,
    "release": joining.release,
    "told": joining.told,
    "quote": quoting.quoted,
    "agree": quoting.agreed_to,
    "entrust": third_party.entrusted,
    "recall": third_party.recalled,
    "urge": _urge,
    "urgent": marking.mark,
    "not_urgent": marking.unmark,
}
"""What each step does, by its code."""
