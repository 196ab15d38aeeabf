"""Whom a step tells, by the outbox, in the step's own transaction."""

from __future__ import annotations

from pcloud_cli.i18n import N_
from pcloud_cli.models.community import Community
from pcloud_cli.models.ticket import Urgency
from pcloud_cli.services import outbox
from pcloud_cli.services.outbox import Recipient
from pcloud_cli.services.ticket import alarm, call_backs, joining, reporting_back
from pcloud_cli.services.ticket.steps import Change

_TO_HANDLER = ("assign", "reassign", "urge", "reopen")


def tell(change: Change) -> None:
    """Queue what `change` gives somebody to know; it goes out when the work commits."""
    ticket, code = change.ticket, change.step.code
    if code in _TO_HANDLER and ticket.handler_id is not None:
        _send(change, "ticket_assigned" if "assign" in code else "ticket_urged", ticket.handler_id)
    if code == "urgent" and ticket.handler_id is not None:
        _send(change, "ticket_marked_urgent", ticket.handler_id)
    if code in ("submit", "urgent") and ticket.urgency == Urgency.URGENT:
        alarm.emergency(change.work, ticket)
    if code in ("complete", "reject") and (count := joining.waiting(change.work, ticket)):
        _callers(change, count)
    if code == "leave_to_owner":
        _reporter(change)
    if code in ("complete", "reject"):
        call_backs.begin(change)
    reporting_back.tell(change)
    if code in ("reassign", "link", "entrust") and change.former_handler is not None:
        _send(change, "ticket_taken_away", change.former_handler)


def _callers(change: Change, count: int) -> None:
    """Tell customer service that those who were joined to the ticket are to be called."""
    community = change.work.session.get_one(Community, change.ticket.community_id)
    outbox.queue(
        change.work,
        "ticket_callers",
        Recipient.role("customer_service", community.id),
        {
            "number": str(change.ticket.number),
            "community": community.name,
            "count": str(count),
        },
        community_id=community.id,
    )


def _reporter(change: Change) -> None:
    """Tell customer service that whoever reported the repair is to hear what became of it."""
    community = change.work.session.get_one(Community, change.ticket.community_id)
    outbox.queue(
        change.work,
        "ticket_left_to_owner",
        Recipient.role("customer_service", community.id),
        {"number": str(change.ticket.number), "community": community.name},
        community_id=community.id,
    )


def _send(change: Change, template: str, account_id: bytes) -> None:
    ticket = change.ticket
    community = change.work.session.get_one(Community, ticket.community_id)
    urgent = ticket.urgency == Urgency.URGENT
    values = {
        "number": str(ticket.number),
        "community": community.name,
        "urgency": N_("urgent") if urgent else N_("normal"),
    }
    if template != "ticket_taken_away":
        # an open ticket always has one
        values["deadline"] = str(ticket.deadline_at and ticket.deadline_at.isoformat())
    outbox.queue(
        change.work,
        template,
        Recipient.account(account_id),
        values,
        community_id=ticket.community_id,
    )
