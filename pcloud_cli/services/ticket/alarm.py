"""What goes out at once: an emergency to who is on shift, a ticket that nobody can get (3.2.2)."""

from __future__ import annotations

from collections.abc import Iterable

from pcloud_cli.db.work import Work
from pcloud_cli.models.community import Community
from pcloud_cli.models.ticket import Ticket
from pcloud_cli.services import fault_type, outbox, roster
from pcloud_cli.services.outbox import Recipient

_FALLBACK = "maintenance_lead"
"""Whose role is addressed where nobody supervises: so it reaches the fallback channel."""


def emergency(work: Work, ticket: Ticket) -> None:
    """Tell everybody on shift who could help, and in parallel the supervisors.

    Where nobody is on shift the supervisors hear of it all the same. One message a person, however
    often it is said for the same mark.
    """
    faults = fault_type.every(work)
    needed = faults[ticket.fault_type].skills if ticket.fault_type in faults else ()
    duty = roster.on_shift(work, ticket.community_id, work.now())
    able = duty.with_skills(frozenset(needed)) or duty
    people = [one.account_id for one in able if one.account_id != ticket.handler_id]
    _send(work, ticket, "ticket_emergency", [*people, *_supervisors(work, ticket)])


def left_to_nobody(work: Work, ticket: Ticket, reason: str) -> None:
    """Tell the supervisors of a ticket that the plan gives nobody; once for each time it waits."""
    del reason
    _send(work, ticket, "ticket_unassigned", _supervisors(work, ticket))


def _supervisors(work: Work, ticket: Ticket) -> list[bytes]:
    return [one.account_id for one in roster.supervisors(work, ticket.community_id, work.now())]


def _send(work: Work, ticket: Ticket, template: str, people: Iterable[bytes]) -> None:
    community = work.session.get_one(Community, ticket.community_id)
    to = [Recipient.account(account_id) for account_id in dict.fromkeys(people)]
    for each in to or [Recipient.role(_FALLBACK, ticket.community_id)]:
        whom = each.account_id.hex() if each.account_id else "role"
        outbox.queue(
            work,
            template,
            each,
            {
                "number": str(ticket.number),
                "community": community.name,
                "deadline": str(ticket.deadline_at and ticket.deadline_at.isoformat()),
            },
            community_id=ticket.community_id,
            once=f"{template} {ticket.id.hex()} {ticket.clock_step} {whom}",
        )
