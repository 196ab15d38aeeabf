"""What owners report, confirm, urge and open again in an app, as its backend hands it over (3.2.1).

The backend answers for who its user is: its service account alone may say that it came from the
app. Each line is taken once: a report by its reference, anything later by its occasion.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotFound, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.ticket import ConfirmSource, Ticket
from pcloud_cli.models.ticket_entry import TicketIntake
from pcloud_cli.services import permission, sight
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.ticket import record, steps
from pcloud_cli.services.ticket.intake_line import Line, Said
from pcloud_cli.services.ticket.submit import Call, submitted

NEEDED = "ticket.intake"
_OF_OWNER = ("confirm", "agree")
"""What the owner of a house says of the repair there, and nobody who is joined to it."""


def require(actor: Actor, work: Work) -> None:
    """Return where `actor` may hand anything over at all."""
    permission.require_somewhere(actor, work, NEEDED)


def take(actor: Actor, work: Work, line: Line, *, community: str | None) -> dict[str, Any]:
    """Take one line and return its ticket as a record; ``already`` where it was taken before.

    `community` holds where the line names none. Raises NotAllowed, NotFound for a place or a
    reference that is not there, UsageProblem, and Conflict where the ticket's state forbids it.
    """
    if line.call is not None:
        return _reported(actor, work, line.call, line.community or community)
    if line.said is None:
        raise RuntimeError("a line that says nothing")
    return _heard(actor, work, line, line.said)


def _reported(actor: Actor, work: Work, call: Call, community: str | None) -> dict[str, Any]:
    seen = sight.of(actor, work, NEEDED, community)
    if len(seen.places) != 1:
        raise UsageProblem(
            _("Which community is it?"), hint=_("Give community in the line, or --community.")
        )
    return submitted(actor, work, call, seen, needed=NEEDED)


def _heard(actor: Actor, work: Work, line: Line, said: Said) -> dict[str, Any]:
    ticket = _of_reference(work, line)
    permission.require(
        actor,
        work,
        NEEDED,
        community_id=ticket.community_id,
        building_id=ticket.building_id,
    )
    known = select(TicketIntake.id).where(
        TicketIntake.channel == line.channel,
        TicketIntake.reference == line.reference,
        TicketIntake.occasion == said.occasion,
    )
    if work.session.scalar(known) is not None:
        return {**record.of(work, ticket), "already": True}
    meant = _meant(work, ticket, said)
    code = _code(meant, said)
    if code == "reopen":
        given = steps.Given(reason=said.text or _("the owner is not content"))
    else:
        given = steps.Given(
            note=said.text,
            score=said.score,
            source=ConfirmSource.APP.value,
            cost=said.total,
            quote=said.quote,
        )
    steps.moved(actor, work, meant, code, given)
    work.session.add(
        TicketIntake(
            id=work.ids(),
            community_id=ticket.community_id,
            ticket_id=ticket.id,
            channel=line.channel,
            reference=line.reference,
            occasion=said.occasion,
            at=work.now(),
        )
    )
    return {**record.of(work, ticket), "already": False}


def _code(ticket: Ticket, said: Said) -> str:
    """Return the step that is meant: what a low score has opened again already is asked after.

    A ticket under way has a score for that reason alone.
    """
    opened = ticket.due_at is not None and ticket.completed_at is None and ticket.score is not None
    return "urge" if said.kind == "reopen" and opened else said.kind


def _of_reference(work: Work, line: Line) -> Ticket:
    query = select(Ticket).where(Ticket.channel == line.channel, Ticket.reference == line.reference)
    locked = query.with_for_update().execution_options(populate_existing=True)
    ticket = work.session.scalar(locked)
    if ticket is None:
        raise NotFound(
            _("Nothing was reported by the reference {reference}.").format(
                reference=line.reference
            ),
            hint=_("Hand the report over first, by the same channel."),
        )
    return ticket


def _meant(work: Work, ticket: Ticket, said: Said) -> Ticket:
    """Return the ticket that goes on, where this one was joined to another."""
    if said.kind in _OF_OWNER and ticket.public_place is not None:
        raise Conflict(
            _("Public work is confirmed by customer service or the supervisor."),
            code="public_work",
        )
    if ticket.main_id is None:
        return ticket
    if said.kind in _OF_OWNER:
        raise Conflict(
            _("The report was joined to another one, which somebody else confirms."),
            hint=_("Its owner is told how it ended."),
            code="joined",
        )
    query = select(Ticket).where(Ticket.id == ticket.main_id).with_for_update()
    return work.session.scalars(query).one()
