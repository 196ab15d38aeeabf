"""What can be done with a ticket now, for whoever tried what cannot."""

from __future__ import annotations

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import _
from pcloud_cli.models.ticket import Ticket, TicketState, Urgency
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.ticket import permitted
from pcloud_cli.services.ticket.flow import STEPS, Step
from pcloud_cli.services.ticket.third_party import BY_THE_FIRM

MOST = 5
"""Commands named at most, beside the one that shows the ticket."""

_VERBS = {
    "no_access": "no-access",
    "agree": "quote --agreed",
    "entrust": "responsibility",
    "recall": "responsibility",
    "leave_to_owner": "responsibility",
    "not_urgent": "urgent --off",
}
_ONWARD = ("accept", "assign", "take", "arrive", "complete", "confirm", "resume", "told", "reopen")
"""Steps that bring a ticket to its end: they are named first."""


def instead(actor: Actor, work: Work, ticket: Ticket, step: Step) -> str:
    """Return what `actor` may do with `ticket` where `step` is not possible, as a hint."""
    if step.code == "assign" and _may(actor, work, ticket, STEPS["reassign"]):
        return _(
            "Somebody has it; to give it to another: "
            "pcloud ticket reassign {number} --to … --reason …"
        ).format(number=ticket.number)
    verbs = possible(actor, work, ticket)
    if not verbs:
        return _("`pcloud ticket show {number}` shows how far it is.").format(number=ticket.number)
    named = _(", ").join([*verbs, "show"])
    return _("Possible now, as `pcloud ticket …`: {verbs}.").format(verbs=named)


def possible(actor: Actor, work: Work, ticket: Ticket) -> list[str]:
    """Return the verbs that `actor` may use on `ticket` now, those that bring it on first."""
    found = [step for step in STEPS.values() if _may(actor, work, ticket, step)]
    found.sort(key=lambda step: step.code not in _ONWARD)
    verbs = dict.fromkeys(_verb(ticket, step.code) for step in found)
    return list(verbs)[:MOST]


def _verb(ticket: Ticket, code: str) -> str:
    verb = _VERBS.get(code, code)
    with_firm = ticket.promised_at is not None and code in BY_THE_FIRM
    return f"{verb} --for-firm" if with_firm else verb


def _may(actor: Actor, work: Work, ticket: Ticket, step: Step) -> bool:
    if TicketState(ticket.state) not in step.sources or not _makes_sense(ticket, step.code):
        return False
    return permitted.may(actor, work, ticket, step)


def _makes_sense(ticket: Ticket, code: str) -> bool:
    match code:
        case "urgent":
            return ticket.urgency != Urgency.URGENT
        case "not_urgent":
            return ticket.urgency == Urgency.URGENT or ticket.proposed_kind is not None
        case "assign" | "reassign":
            return ticket.promised_at is None
        case "recall":
            return ticket.promised_at is not None
        case _:
            return True
