"""An urgent ticket that waits goes out at once, whoever did the step after which it does (3.2.2).

That is policy and nobody's decision: the system gives it to the best who is on shift, and its steps
say so. It accepts it as well, but where somebody at the desk entered or marked it themselves.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from pcloud_cli.models.ticket import TicketState, TicketStep, Urgency
from pcloud_cli.services import permission
from pcloud_cli.services.actor import system
from pcloud_cli.services.dispatch.plan import Reason, plan
from pcloud_cli.services.dispatch.situation import Situation
from pcloud_cli.services.ticket import alarm, assigning, steps
from pcloud_cli.services.ticket.steps import Change, Given

_WAITS = (TicketState.SUBMITTED, TicketState.ACCEPTED)
_SAYS_SO = ("submit", "urgent")
"""Steps by which somebody says that it is an emergency: whoever may accept it has done so."""
_GIVEN_BACK = ("return", "give_back")


def goes_out(change: Change) -> bool:
    """Say whether the ticket is an emergency that waits from this step on."""
    ticket = change.ticket
    if ticket.urgency != Urgency.URGENT or ticket.state not in _WAITS:
        return False
    return change.step.code == "urgent" or change.before != ticket.state


def at_once(change: Change) -> None:
    """Send the ticket out where it `goes_out`.

    Where nobody can have it, those are told who may find somebody (`alarm.left_to_nobody`).
    """
    if not goes_out(change):
        return
    if change.ticket.state == TicketState.SUBMITTED:
        _accept(change)  # that is a step after which it waits: it brings us here again
    else:
        _assign(change)


def _accept(change: Change) -> None:
    ticket, work = change.ticket, change.work
    place = {"community_id": ticket.community_id, "building_id": ticket.building_id}
    theirs = permission.allowed(change.actor, work, "ticket.accept", **place)
    if theirs and change.step.code in _SAYS_SO:
        steps.moved(change.actor, work, ticket, "accept", Given())
    else:
        steps.by_system(system(), work, ticket, "accept", detail={"at_once": True})


def _assign(change: Change) -> None:
    ticket, work = change.ticket, change.work
    without = _gave_it_back(change)
    situation = assigning.seen(work, [ticket], without=without)
    made = plan(situation)
    detail: dict[str, Any] = {"at_once": True}
    if not made.given and made.left[0].reason is Reason.NO_SKILL:
        # somebody goes, and calls for the rest
        made = plan(assigning.seen(work, [ticket], by_skill=False, without=without))
        if made.given:
            detail["unskilled"] = _lacks(situation, made.given[0].staff_number)
    if not made.given:
        alarm.left_to_nobody(work, ticket)
        return
    given = Given(handler=made.given[0].staff_number)
    steps.by_system(system(), work, ticket, "assign", given, detail=detail)
    if "unskilled" in detail:
        alarm.unskilled(work, ticket)


def _lacks(situation: Situation, staff_number: str) -> list[str]:
    """Return the skills that the one ticket needs and this technician has not."""
    (who,) = (one for one in situation.technicians if one.staff_number == staff_number)
    return sorted(situation.tickets[0].skills - who.skills)


def _gave_it_back(change: Change) -> frozenset[bytes]:
    """Return who returned the ticket, now or before: they do not get it again by themselves."""
    query = select(TicketStep.by_id).where(
        TicketStep.ticket_id == change.ticket.id, TicketStep.step == "return"
    )
    found = {each for each in change.work.session.scalars(query) if each is not None}
    if change.step.code in _GIVEN_BACK and change.former_handler is not None:
        found.add(change.former_handler)
    return frozenset(found)
