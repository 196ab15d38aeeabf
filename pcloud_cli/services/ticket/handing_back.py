"""What a technician has in hand goes back to the queue when they leave or are stopped (2.1.1)."""

from __future__ import annotations

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import _
from pcloud_cli.models.account import Account
from pcloud_cli.models.ticket import Ticket, TicketState
from pcloud_cli.services import permission
from pcloud_cli.services.account_state import why_closed
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.ticket import steps
from pcloud_cli.services.ticket.steps import Given

_IN_HAND = (
    TicketState.ASSIGNED.value,
    TicketState.TAKEN.value,
    TicketState.ON_SITE.value,
    TicketState.PAUSED.value,
)


def in_hand(work: Work, account_id: bytes) -> list[Ticket]:
    """Return the tickets that an account has and has not completed, the oldest first."""
    query = select(Ticket).where(Ticket.handler_id == account_id, Ticket.state.in_(_IN_HAND))
    return list(work.session.scalars(query.order_by(Ticket.submitted_at, Ticket.id)))


def give_back(actor: Actor, work: Work, account_id: bytes) -> int:
    """Give back the tickets that an account cannot work on any more; return how many.

    All of them where it is closed, else those of places where it handles tickets no longer. They
    wait to be assigned, with that limit, whatever they waited for.
    """
    query = select(Ticket.id).where(Ticket.handler_id == account_id, Ticket.state.in_(_IN_HAND))
    ids = list(work.session.scalars(query.order_by(Ticket.id)))
    account = work.session.get_one(Account, account_id)
    closed = why_closed(account, work.now()) is not None
    count = 0
    for id_ in ids:
        ticket = work.session.get_one(Ticket, id_, with_for_update=True, populate_existing=True)
        place = {"community_id": ticket.community_id, "building_id": ticket.building_id}
        if ticket.handler_id != account_id or ticket.state not in _IN_HAND:
            continue  # somebody was faster
        if not closed and permission.holds(actor, work, account_id, "ticket.handle", **place):
            continue
        reason = _("Whoever had it does not work here any more, or not now.")
        steps.by_system(actor, work, ticket, "give_back", Given(reason=reason))
        count += 1
    return count
