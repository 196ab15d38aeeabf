"""Calls back after a repair (回访): how often it is tried, and what comes of it (2.3.2).

* Each call is a step of the ticket. Reaching somebody, or the last try, ends it.
* A score confirms a ticket that still waits for that. One that time has closed stays closed and
  unrated, one that was confirmed before keeps its score: what was said then stands in the step.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_

from pcloud_cli.errors import Conflict, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.ticket import TO_CALL_BACK, ConfirmSource, Ticket, TicketState
from pcloud_cli.services.ticket.steps import Change, Given, moved


def called(change: Change) -> None:
    """Count a call, and keep what was said.

    Raises UsageProblem for a score that nobody gave or that there is not, Conflict where somebody
    was reached before or no try is left.
    """
    ticket, score, reached = change.ticket, change.given.score, bool(change.given.reached)
    if score is not None and not reached:
        raise UsageProblem(
            _("Who was not reached gave no score."), hint=_("Give --reached, or leave out --score.")
        )
    if score is not None and not 1 <= score <= 5:
        raise UsageProblem(_("A score is 1 to 5."), hint=_("Give --score 1 to 5."))
    tries = change.policy.callback_tries
    if ticket.callback_ended_at is not None:
        raise _over(ticket, tries)
    ticket.callbacks += 1
    if reached or ticket.callbacks >= tries:
        ticket.callback_ended_at = change.now
    change.detail["reached"], change.detail["score"] = reached, score
    change.detail["try"], change.detail["of"] = ticket.callbacks, tries
    if score is not None and change.before == TicketState.COMPLETED:
        change.afterwards.append(lambda: _confirm(change, score))


def forget(ticket: Ticket) -> None:
    """Let the calls be counted anew: the ticket is open again."""
    ticket.callbacks, ticket.callback_ended_at = 0, None


def waiting() -> ColumnElement[bool]:
    """Return the condition on `Ticket`: nobody has said how content they are, and may be called."""
    return and_(TO_CALL_BACK)


def _confirm(change: Change, score: int) -> None:
    given = Given(score=score, source=ConfirmSource.CALLBACK.value)
    moved(change.actor, change.work, change.ticket, "confirm", given)


def _over(ticket: Ticket, tries: int) -> Conflict:
    if ticket.callbacks >= tries:
        text = _("Ticket {number} was called back about {count} times; that is all.")
    else:
        text = _("Somebody was called back about ticket {number} and reached already.")
    return Conflict(
        text.format(number=ticket.number, count=ticket.callbacks),
        hint=_("`pcloud ticket show {number}` shows what came of it.").format(number=ticket.number),
        code="unchanged",
    )
