"""Many calls about one thing: joined to one ticket, each caller kept and told when it ends.

* What is joined to a ticket that is itself joined to another moves on with it.
* Rejecting the one that goes on judges the matter: all who called are told so.
* Cancelling it withdraws one call; the matter stays. The earliest of the joined ones is taken up in
  its place, to be accepted anew, and the others are joined to that.
"""

from __future__ import annotations

from sqlalchemy import and_, func, or_, select

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.models.ticket import Ticket, TicketState, Urgency
from pcloud_cli.models.ticket_entry import TicketTold
from pcloud_cli.services import permission
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.ticket import callers_told, finding
from pcloud_cli.services.ticket.flow import STEPS
from pcloud_cli.services.ticket.steps import Change, Given, alongside

_GOING_ON = (
    TicketState.SUBMITTED,
    TicketState.ACCEPTED,
    TicketState.ASSIGNED,
    TicketState.TAKEN,
    TicketState.ON_SITE,
    TicketState.PAUSED,
)
_MOST_ALIKE, _LOOKED_AT = 5, 50


def link(change: Change) -> None:
    """Join the ticket to another of the same community, which goes on for both.

    The other becomes urgent where this one was.
    """
    main = finding.one(change.actor, change.work, str(change.given.main), lock=True)
    ticket = change.ticket
    if main.id == ticket.id:
        raise UsageProblem(_("A ticket cannot be joined to itself."), hint=_("Name another."))
    if main.community_id != ticket.community_id:
        raise Conflict(_("The tickets are of different communities."), code="elsewhere")
    if main.main_id is not None:
        raise _joined_itself(change.work, main, ticket)
    if main.due_at is None:
        raise Conflict(
            _("Ticket {number} has ended.").format(number=main.number),
            hint=_("Join it to one that is open."),
            code="ended",
        )
    joined = _joined(change.work, ticket.id)
    ticket.main_id, ticket.handler_id = main.id, None
    ticket.appointed_from = ticket.appointed_until = None
    ticket.ended_at = change.now
    change.detail["main"] = main.number
    change.afterwards.append(lambda: _move_on(change, joined, main))


def alike(work: Work, ticket: Ticket, told: str | None) -> list[Ticket]:
    """Return open tickets that may be about the same as a new one, a few at most.

    The same house or public place; in the same building the same kind of fault, which is that of
    the ticket, or the one that its content has `told`.
    """
    fault = ticket.fault_type or told
    same = [
        and_(Ticket.house_id.is_not(None), Ticket.house_id == ticket.house_id),
        and_(Ticket.public_place == ticket.public_place, Ticket.house_id.is_(None)),
    ]
    if fault is not None:
        same.append(and_(Ticket.building_id == ticket.building_id, Ticket.fault_type == fault))
    query = (
        select(Ticket)
        .where(
            Ticket.community_id == ticket.community_id,
            Ticket.due_at.is_not(None),
            Ticket.state.in_([each.value for each in _GOING_ON]),
            Ticket.id != ticket.id,
            or_(*same),
        )
        .order_by(Ticket.submitted_at.desc(), Ticket.number.desc())
        .limit(_LOOKED_AT)
    )
    found = sorted(work.session.scalars(query), key=lambda other: other.house_id != ticket.house_id)
    return found[:_MOST_ALIKE]


def _joined_itself(work: Work, ticket: Ticket, other: Ticket) -> Conflict:
    """Return the error for joining `other` to `ticket`, which goes on under another itself."""
    main = work.session.get_one(Ticket, ticket.main_id)
    if main.id == other.id:
        return Conflict(
            _("Ticket {number} is joined to {main} already: {main} goes on for both.").format(
                number=ticket.number, main=main.number
            ),
            hint=_("`pcloud ticket show {number}` shows who is joined to it.").format(
                number=main.number
            ),
            code="joined",
        )
    return Conflict(
        _("Ticket {number} is itself joined to {main}.").format(
            number=ticket.number, main=main.number
        ),
        hint=_("Join it to {main}.").format(main=main.number),
        code="joined",
    )


def _move_on(change: Change, joined: list[Ticket], main: Ticket) -> None:
    for other in joined:
        alongside(change, other, "follow", Given(main=str(main.number)))
    urgent = change.ticket.urgency == Urgency.URGENT and main.urgency != Urgency.URGENT
    if urgent and main.state in STEPS["urgent"].sources:
        alongside(change, main, "urgent", Given(kind=change.ticket.urgent_kind))


def follow(change: Change) -> None:
    """Let a joined ticket go on with another one."""
    main = change.work.session.scalars(
        select(Ticket).where(Ticket.number == int(str(change.given.main)))
    ).one()
    change.ticket.main_id = main.id
    change.detail["main"] = main.number


def pass_on(change: Change) -> None:
    """Let the earliest of those joined to a ticket that ends be taken up in its place."""
    joined = _joined(change.work, change.ticket.id)
    if joined:
        change.detail["instead"] = joined[0].number
        change.afterwards.append(lambda: _take_up(change, joined[0], joined[1:]))


def _take_up(change: Change, first: Ticket, others: list[Ticket]) -> None:
    alongside(change, first, "release", Given())
    for other in others:
        alongside(change, other, "follow", Given(main=str(first.number)))


def release(change: Change) -> None:
    """Take a joined ticket up again: it waits to be accepted, from now on."""
    change.ticket.main_id = change.ticket.ended_at = None


def told(change: Change) -> None:
    """Keep that the caller of a joined ticket was told how it ended."""
    ticket, work = change.ticket, change.work
    main = work.session.get_one(Ticket, ticket.main_id)
    if main.state not in callers_told.OVER:
        raise Conflict(
            _("Ticket {number} still goes on.").format(number=main.number),
            hint=_("Its callers are told when it has ended."),
            code="not_ended",
        )
    if (
        work.session.scalar(select(Ticket.id).where(Ticket.id == ticket.id, callers_told.to_tell()))
        is None
    ):
        raise Conflict(_("The caller was told already."), code="unchanged")
    change.detail["main"], change.detail["outcome"] = main.number, main.state
    work.session.add(
        TicketTold(
            id=work.ids(),
            community_id=ticket.community_id,
            ticket_id=ticket.id,
            by_id=change.actor.account_id,
            at=change.now,
        )
    )


def waiting(work: Work, main: Ticket) -> int:
    """Return how many callers are joined to `main`."""
    query = select(func.count()).select_from(Ticket).where(Ticket.main_id == main.id)
    return work.session.scalar(query) or 0


def joined_to(work: Work, main_id: bytes) -> list[Ticket]:
    """Return the tickets joined to another, in the order in which they came."""
    query = select(Ticket).where(Ticket.main_id == main_id).order_by(Ticket.number)
    return list(work.session.scalars(query))


def _joined(work: Work, main_id: bytes) -> list[Ticket]:
    query = select(Ticket).where(Ticket.main_id == main_id).order_by(Ticket.number)
    return list(work.session.scalars(query.with_for_update()))


def may_call(actor: Actor, work: Work, ticket: Ticket) -> bool:
    """Say whether `actor` sees whom to call about `ticket` (2.3.3).

    While it is open: who has it, and who accepts there. A joined one counts as open as long as the
    one that goes on is, for whoever has that; and for who accepts, until its caller was told.
    """
    place = {"community_id": ticket.community_id, "building_id": ticket.building_id}
    accepts = permission.allowed(actor, work, "ticket.accept", **place)
    open_ = ticket
    if ticket.main_id is not None:
        open_ = work.session.get_one(Ticket, ticket.main_id)
        waits = select(Ticket.id).where(Ticket.id == ticket.id, callers_told.to_tell())
        if accepts and work.session.scalar(waits) is not None:
            return True
    if open_.due_at is None:
        return False
    return accepts or (open_.handler_id is not None and open_.handler_id == actor.account_id)
