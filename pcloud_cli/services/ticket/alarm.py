"""What goes out at once: an emergency to who is on shift, a ticket that nobody can get (3.2.2)."""

from __future__ import annotations

from collections.abc import Iterable

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_
from pcloud_cli.models.community import Building, Community
from pcloud_cli.models.ticket import Ticket, Urgency
from pcloud_cli.services import fault_type, outbox, roster
from pcloud_cli.services.holders import who_may
from pcloud_cli.services.outbox import Recipient

_FALLBACK = "maintenance_lead"
"""Whose role is addressed where nobody supervises: so it reaches the fallback channel."""
_LONGEST_PLACE = 40
"""Characters of a place that a group's message takes."""


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
    kind = ticket.urgent_kind or N_("urgent")
    people += _supervisors(work, ticket)
    _send(work, ticket, "ticket_emergency", people, kind=kind, place=_place(work, ticket))


def sounds_urgent(work: Work, ticket: Ticket) -> None:
    """Tell those who may accept the ticket that its content sounds like an emergency (3.2.2)."""
    kind = ticket.proposed_kind or N_("urgent")
    people = who_may(work, "ticket.accept", ticket.community_id, ticket.building_id)
    _send(work, ticket, "ticket_sounds_urgent", people, kind=kind, place=_place(work, ticket))


def left_to_nobody(work: Work, ticket: Ticket) -> None:
    """Tell the supervisors of a ticket that the plan gives nobody; once for each time it waits.

    Of an emergency also everybody who may accept or assign it: one of them has to find somebody.
    """
    people = _supervisors(work, ticket)
    if ticket.urgency == Urgency.URGENT:
        for needed in ("ticket.accept", "ticket.assign"):
            people += who_may(work, needed, ticket.community_id, ticket.building_id)
    _send(work, ticket, "ticket_unassigned", people)


def unskilled(work: Work, ticket: Ticket) -> None:
    """Tell the supervisors that an emergency went to somebody who lacks the skill for it."""
    _send(work, ticket, "ticket_unskilled", _supervisors(work, ticket))


def _supervisors(work: Work, ticket: Ticket) -> list[bytes]:
    found = roster.supervisors(work, ticket.community_id, work.now(), ticket.building_id)
    return [one.account_id for one in found]


def _place(work: Work, ticket: Ticket) -> str:
    """Return community and building, which tell of no person; only that where both are long."""
    community = work.session.get_one(Community, ticket.community_id).name
    if ticket.building_id is None:
        return community
    building = work.session.get_one(Building, ticket.building_id)
    whole = f"{community} {building.section_name}{building.name}"
    return whole if len(whole) <= _LONGEST_PLACE else community


def _send(work: Work, ticket: Ticket, template: str, people: Iterable[bytes], **more: str) -> None:
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
                **more,
            },
            community_id=ticket.community_id,
            once=f"{template} {ticket.id.hex()} {ticket.clock_step} {whom}",
        )
