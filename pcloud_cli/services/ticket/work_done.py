"""What was done on a repair (完工): parts, cost and minutes, for history and reports."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.ticket import Ticket
from pcloud_cli.models.ticket_work import TicketPart, TicketWork
from pcloud_cli.services import money
from pcloud_cli.services.ticket import quoting, responsibility, things
from pcloud_cli.services.ticket.steps import Change
from pcloud_cli.services.ticket.words import RESPONSIBILITIES

_MOST_MINUTES = 14_400


def done(change: Change) -> None:
    """Note the completion with what went into it, where it was said."""
    given = change.given
    change.ticket.completed_at = change.now
    parts = [things.named(text, "--part") for text in given.parts]
    cost = None if given.cost is None else money.yuan(given.cost, "--cost")
    minutes = given.minutes
    if minutes is not None and not 1 <= minutes <= _MOST_MINUTES:
        raise UsageProblem(
            _("Minutes of work are 1 to {most}.").format(most=_MOST_MINUTES),
            hint=_("Give --minutes."),
        )
    if cost:
        _must_be_decided(change)
    quoting.must_cover(change, cost)
    if not parts and cost is None and minutes is None:
        return
    work, ticket = change.work, change.ticket
    made = TicketWork(
        id=work.ids(),
        community_id=ticket.community_id,
        ticket_id=ticket.id,
        position=change.position,
        cost=cost,
        minutes=minutes,
    )
    work.session.add(made)
    work.session.add_all(
        TicketPart(
            work_id=made.id,
            position=position,
            community_id=ticket.community_id,
            name=name,
            quantity=money.quantity(count, "--part"),
        )
        for position, (name, count) in enumerate(parts, 1)
    )
    change.detail["cost"] = None if cost is None else str(cost)
    change.detail["minutes"], change.detail["parts"] = minutes, len(parts)


def _must_be_decided(change: Change) -> None:
    """Raise Conflict where something costs, and nobody has decided whose matter it is."""
    ticket = change.ticket
    if ticket.responsibility is not None:
        return
    command = f"pcloud ticket responsibility {ticket.number} --to"
    found = responsibility.proposed(change.work, ticket).responsibility
    if found is None:
        hint = _("Customer service or the supervisor decides it first: {command}").format(
            command=f"{command} …"
        )
    else:
        hint = _(
            "It seems to be {whose}; customer service or the supervisor decides it first: {command}"
        ).format(whose=_(RESPONSIBILITIES[found]), command=f"{command} {found}")
    raise Conflict(
        _("Nobody has decided yet who bears the cost of ticket {number}.").format(
            number=ticket.number
        ),
        hint=hint,
        code="undecided",
    )


def of(work: Work, ticket: Ticket) -> dict[int, dict[str, Any]]:
    """Return what was done at each step that completed the ticket, by the step's position."""
    found: dict[int, dict[str, Any]] = {}
    query = (
        select(TicketWork, TicketPart)
        .outerjoin(TicketPart, TicketPart.work_id == TicketWork.id)
        .where(TicketWork.ticket_id == ticket.id)
        .order_by(TicketWork.position, TicketPart.position)
    )
    for made, part in work.session.execute(query):
        said = found.setdefault(
            made.position, {"cost": made.cost, "minutes": made.minutes, "parts": []}
        )
        if part is not None:
            said["parts"].append({"name": part.name, "quantity": part.quantity})
    return found
