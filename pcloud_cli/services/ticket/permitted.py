"""Who may do a step on a ticket, and in which state it is possible (2.3.2)."""

from __future__ import annotations

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed
from pcloud_cli.i18n import _
from pcloud_cli.models.ticket import Ticket, TicketState, TicketStep
from pcloud_cli.services import permission, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.ticket.flow import Allowed, Step, Where, Who
from pcloud_cli.services.ticket.words import STATES


def require(actor: Actor, work: Work, ticket: Ticket, step: Step) -> None:
    """Return where `actor` may do `step` on `ticket`; else evidence and NotAllowed."""
    place = {"community_id": ticket.community_id, "building_id": ticket.building_id}
    if not step.allowed:
        permission.refuse(actor, work, "ticket.handle", community_id=ticket.community_id)
    held = _held(actor, work, ticket, step)
    if not held:
        permission.refuse(actor, work, step.allowed[0].permission, community_id=ticket.community_id)
    fitting = [one for one in held if _fits(actor, work, ticket, one)]
    if fitting:
        permission.require(actor, work, fitting[0].permission, **place)
        return
    # whoever comes here sees the ticket: why it cannot be done says more than who may not
    must_be_in_state(actor, work, ticket, step)
    trail.witnessed(
        actor,
        work,
        "permission.refused",
        object_type="ticket",
        object_id=ticket.id,
        community_id=ticket.community_id,
        detail={"permission": held[0].permission, "step": step.code},
    )
    if {one.who for one in held} & {Who.HANDLER, Who.FIRM}:
        raise _not_theirs(ticket)
    raise NotAllowed(
        _(
            "Who did the work of ticket {number}, or entered it, "
            "does not record what the owner says."
        ).format(number=ticket.number),
        hint=_("Somebody else of customer service asks the owner."),
        code="own_work",
    )


def may(actor: Actor, work: Work, ticket: Ticket, step: Step) -> bool:
    """Say whether `actor` is one of those who do `step` on `ticket`. Leaves no evidence."""
    held = _held(actor, work, ticket, step)
    return any(_fits(actor, work, ticket, one) for one in held)


def _held(actor: Actor, work: Work, ticket: Ticket, step: Step) -> list[Allowed]:
    place = {"community_id": ticket.community_id, "building_id": ticket.building_id}
    return [
        one
        for one in step.allowed
        if _serves(one, ticket) and permission.allowed(actor, work, one.permission, **place)
    ]


def _not_theirs(ticket: Ticket) -> NotAllowed:
    """Return the error for a step of who has the ticket, by whom who has it is known."""
    if ticket.promised_at is not None:
        return NotAllowed(
            _("Ticket {number} is with a firm.").format(number=ticket.number),
            hint=_("Who assigns tickets there enters what the firm does, with --for-firm."),
            code="with_firm",
        )
    if ticket.handler_id is None:
        return NotAllowed(
            _("Nobody has ticket {number} yet: it is to be assigned first.").format(
                number=ticket.number
            ),
            hint=_("Who assigns tickets there gives it to somebody: pcloud ticket assign."),
            code="with_nobody",
        )
    return NotAllowed(
        _("Ticket {number} is with somebody else: only who has it can do this.").format(
            number=ticket.number
        ),
        hint=_("Have it reassigned, or let its technician do it."),
        code="not_handler",
    )


def _serves(allowed: Allowed, ticket: Ticket) -> bool:
    here = Where.PUBLIC if ticket.house_id is None else Where.HOUSE
    return allowed.where in (Where.ANYWHERE, here)


def _fits(actor: Actor, work: Work, ticket: Ticket, allowed: Allowed) -> bool:
    if allowed.who is Who.FIRM:
        return ticket.promised_at is not None
    mine = ticket.handler_id is not None and ticket.handler_id == actor.account_id
    if allowed.who is Who.HANDLER:
        return mine
    if allowed.who is Who.OTHERS:
        return not mine and not _completed_by(actor, work, ticket)
    return True


def _completed_by(actor: Actor, work: Work, ticket: Ticket) -> bool:
    """Say whether `actor` entered that the repair is done, for themselves or for a firm."""
    if ticket.completed_at is None:
        return False
    query = (
        select(TicketStep.by_id)
        .where(TicketStep.ticket_id == ticket.id, TicketStep.step == "complete")
        .order_by(TicketStep.position.desc())
        .limit(1)
    )
    by = work.session.scalar(query)
    return by is not None and by == actor.account_id


def must_be_in_state(actor: Actor, work: Work, ticket: Ticket, step: Step) -> None:
    """Return where the ticket's state allows `step`; else Conflict, with what is possible now."""
    from pcloud_cli.services.ticket import possible

    state = TicketState(ticket.state)
    if state in step.sources:
        return
    raise Conflict(
        _("Ticket {number} is {state}; it cannot be {step} now.").format(
            number=ticket.number, state=_(STATES[state]), step=_(step.title)
        ),
        hint=possible.instead(actor, work, ticket, step),
        code="wrong_state",
    )
