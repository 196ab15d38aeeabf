"""A repair in the hands of a maintenance firm (第三方维保): promised until when, entered for it.

The firm has no account. Who has ``ticket.assign`` enters its steps, and each says for which firm.
Its clock is its promise: it runs from when the ticket was given to the firm until then, whenever
the firm arrives, and is nobody's limit of policy.
"""

from __future__ import annotations

from datetime import datetime

from pcloud_cli.errors import Conflict, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.ids import id_text
from pcloud_cli.models.ticket import Responsibility, TicketClock, Urgency
from pcloud_cli.services import maintenance_firm
from pcloud_cli.services.ticket import clock, responsibility
from pcloud_cli.services.ticket.steps import Change

BY_THE_FIRM = ("arrive", "no_access", "progress", "complete")
"""Steps that are entered for the firm that has the ticket."""
_ON_THE_WAY = ("arrive", "no_access")


def entered(change: Change) -> None:
    """Note for whom a step is entered; refuse one that does not say so, or says so wrongly.

    Where a firm has the ticket its promise runs on, whether it has arrived or not.
    """
    ticket, code = change.ticket, change.step.code
    with_firm = ticket.promised_at is not None
    if change.given.for_firm and not with_firm:
        raise Conflict(
            _("Ticket {number} is with no firm.").format(number=ticket.number),
            hint=_("Leave --for-firm out."),
            code="no_firm",
        )
    if not with_firm or code not in BY_THE_FIRM:
        return
    if not change.given.for_firm:
        raise UsageProblem(
            _("Ticket {number} is with a firm; what is entered for it says so.").format(
                number=ticket.number
            ),
            hint=_("Give --for-firm."),
        )
    if ticket.firm_id is not None:
        change.detail["for_firm"] = id_text(ticket.firm_id)
    change.keeps_clock = code in _ON_THE_WAY


def entrusted(change: Change) -> None:
    """Give the ticket to a firm until when it promised, or move its promise."""
    ticket, promised = change.ticket, change.given.promised
    firm = maintenance_firm.in_use(change.work, str(change.given.firm))
    if promised is None or promised <= change.now:
        raise UsageProblem(
            _("The promised moment is over already."), hint=_("Give a time to come.")
        )
    responsibility.needs_reason(change, Responsibility.THIRD_PARTY)
    responsibility.note(change, Responsibility.THIRD_PARTY)
    if passed := _passed_over(change, promised):
        change.detail["arrival_limit"] = passed.isoformat()
    change.detail["firm"], change.detail["promised"] = id_text(firm.id), promised.isoformat()
    change.detail["clock"] = "promised"
    ticket.responsibility = Responsibility.THIRD_PARTY.value
    ticket.firm_id, ticket.promised_at = firm.id, promised
    ticket.handler_id = None
    ticket.appointed_from = ticket.appointed_until = None
    running = clock.until(
        change.policy, ticket, TicketClock.COMPLETE, change.now, promised, change.now
    )
    clock.run(ticket, running, change.position)


def _passed_over(change: Change, promised: datetime) -> datetime | None:
    """Return when somebody is due at an emergency, where the firm promises it for later only."""
    ticket, arrival = change.ticket, TicketClock.ARRIVE
    if ticket.urgency != Urgency.URGENT:
        return None
    due = ticket.deadline_at if ticket.clock == arrival else None
    if due is None:
        limit = clock.limit(change.policy, ticket, arrival)
        due = clock.after(change.policy, ticket, arrival, change.now, limit)
    return due if promised > due else None


def recalled(change: Change) -> None:
    """Take the ticket back from its firm: it waits to be assigned."""
    ticket = change.ticket
    wanted = str(change.given.responsibility)
    responsibility.note(change, wanted)
    if ticket.firm_id is not None:
        change.detail["firm"] = id_text(ticket.firm_id)
    ticket.responsibility = wanted
    ticket.firm_id = ticket.promised_at = None
    ticket.appointed_from = ticket.appointed_until = None


def refuse_entrusted(change: Change) -> None:
    """Raise Conflict where a firm has the ticket: it is taken back before others get it."""
    if change.ticket.promised_at is not None:
        raise Conflict(
            _("Ticket {number} is with a firm.").format(number=change.ticket.number),
            hint=_(
                "Take it back: pcloud ticket responsibility {number} --to property --reason …"
            ).format(number=change.ticket.number),
            code="with_firm",
        )
