"""Whom a step tells, by the outbox, in the step's own transaction."""

from __future__ import annotations

from pcloud_cli.i18n import N_
from pcloud_cli.models.community import Community
from pcloud_cli.models.ticket import Urgency
from pcloud_cli.services import outbox, permission
from pcloud_cli.services.outbox import Recipient
from pcloud_cli.services.ticket import (
    alarm,
    call_backs,
    dissatisfied,
    emergency,
    escalation,
    joining,
    reporting_back,
)
from pcloud_cli.services.ticket.steps import Change

_TO_HANDLER = ("assign", "reassign")
_BACK = ("return", "give_back", "reopen")
"""Steps after which a ticket waits to be assigned again."""
_WITHOUT_LIMIT = ("ticket_taken_away", "ticket_opened_again")
"""Messages about a ticket that is the addressee's no longer."""


def tell(change: Change) -> None:
    """Queue what `change` gives somebody to know; it goes out when the work commits."""
    ticket, code = change.ticket, change.step.code
    if code in _TO_HANDLER and ticket.handler_id is not None:
        _send(change, "ticket_assigned", ticket.handler_id)
    if code == "urge":
        for each in escalation.circle(change.work, [ticket]).asked(ticket):
            _send(change, "ticket_urged", each)
    if code in _BACK:
        _back(change)
    if code == "urgent" and ticket.handler_id is not None:
        _send(change, "ticket_marked_urgent", ticket.handler_id)
    if code in ("submit", "urgent") and ticket.urgency == Urgency.URGENT:
        alarm.emergency(change.work, ticket)
    if code == "submit" and ticket.proposed_kind is not None and not _may_accept(change):
        alarm.sounds_urgent(change.work, ticket)
    if code in ("complete", "reject") and (count := joining.waiting(change.work, ticket)):
        _callers(change, count)
    if code == "leave_to_owner":
        _reporter(change)
    if code in ("complete", "reject"):
        call_backs.begin(change)
    dissatisfied.tell(change)
    reporting_back.tell(change)
    if code in ("reassign", "link", "entrust") and change.former_handler is not None:
        _send(change, "ticket_taken_away", change.former_handler)


def _may_accept(change: Change) -> bool:
    ticket = change.ticket
    place = {"community_id": ticket.community_id, "building_id": ticket.building_id}
    return permission.allowed(change.actor, change.work, "ticket.accept", **place)


def _back(change: Change) -> None:
    """Tell who must assign the ticket again; whose work was not enough hears of that too.

    An urgent one goes out by itself at once, and who is to know of it hears so there. Whoever did
    the step is told nothing new.
    """
    ticket = change.ticket
    if change.step.code == "reopen" and change.former_handler is not None:
        _send(change, "ticket_opened_again", change.former_handler)
    if emergency.goes_out(change):
        return
    people = escalation.circle(change.work, [ticket]).dispatchers(ticket)
    for each in people or (None,):
        if each is None or each != change.actor.account_id:
            _send(change, "ticket_to_assign", each, step=change.step.title)


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


def _send(change: Change, template: str, account_id: bytes | None, **more: str) -> None:
    """Queue a message about the ticket; without an account it goes to the fallback channel."""
    ticket = change.ticket
    community = change.work.session.get_one(Community, ticket.community_id)
    urgent = ticket.urgency == Urgency.URGENT
    values = {
        "number": str(ticket.number),
        "community": community.name,
        "urgency": N_("urgent") if urgent else N_("normal"),
        **more,
    }
    if template not in _WITHOUT_LIMIT:
        # an open ticket always has one
        values["deadline"] = str(ticket.deadline_at and ticket.deadline_at.isoformat())
    outbox.queue(
        change.work,
        template,
        Recipient.fallback() if account_id is None else Recipient.account(account_id),
        values,
        community_id=ticket.community_id,
    )
