"""Calls entered later than policy allows (3.2.1): told to the customer service lead, once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_
from pcloud_cli.models.ticket import ENTRY_DUE, Ticket
from pcloud_cli.services import policy
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.holders import who_holds
from pcloud_cli.services.policy_ticket import TicketPolicy
from pcloud_cli.services.sweep import breaches
from pcloud_cli.services.sweep.breaches import Late
from pcloud_cli.services.sweep.declare import Kind, Taken, due, earliest

NAME = "ticket_entry"
_WORD = N_("repairs entered late")


def _next_due(work: Work, after: datetime | None = None) -> datetime | None:
    return earliest(work, Ticket.entry_due_at, ENTRY_DUE, after)


def _take(actor: Actor, work: Work, until: datetime, limit: int) -> Taken:
    columns = select(
        Ticket.id, Ticket.number, Ticket.community_id, Ticket.called_at, Ticket.policy_number
    ).where(ENTRY_DUE)
    query = due(columns, Ticket.entry_due_at, Ticket.id, until, limit)
    found = work.session.execute(query).all()
    if not found:
        return Taken()
    leads = {
        place: tuple(who_holds(work, "customer_service_lead", place)) or (None,)
        for place in sorted({row.community_id for row in found})
    }
    late = [
        Late(
            subject_id=row.id,
            step="enter",
            level=1,
            due_at=row.called_at + _minutes(work, row.policy_number),
            object_type="ticket",
            community_id=row.community_id,
            to=leads[row.community_id],
            word=_WORD,
            name=str(row.number),
        )
        for row in found
    ]
    told = breaches.record(actor, work, NAME, late, until)
    work.session.execute(update(Ticket), [{"id": row.id, "entry_due_at": None} for row in found])
    return Taken(len(found), {"told": len(told)})


def _minutes(work: Work, number: int) -> timedelta:
    return timedelta(minutes=policy.of_number(work, TicketPolicy, number).enter_minutes)


KIND = Kind(N_("repairs entered late"), _next_due, _take, {"told": N_("told of")})
"""Every ticket that the desk entered later than it may after the call."""
