"""What whoever did a step should know beside what became of the ticket."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.models.ticket import Responsibility, Ticket, TicketStep
from pcloud_cli.services import fault_type
from pcloud_cli.services.ticket import checking, joining, responsibility


@dataclass(frozen=True)
class Besides:
    """What is to be said: nothing where all is as by default."""

    unskilled: tuple[str, ...] = ()
    """Names of skills that nobody on shift has: the emergency went to somebody all the same."""
    arrival_limit: datetime | None = None
    """When somebody is due at the emergency that a firm promised for later."""
    unchecked: bool = False
    """Who arrived may still check the entry, which nobody has."""
    callers: int = 0
    """Callers joined to the ticket, who wait to hear that it is done."""
    nobody_in: bool = False
    """Nobody got in: another appointment is to be made."""
    seems: str | None = None
    """Whose matter the repair seems to be, where nobody has decided it and it is not ours."""


def of(work: Work, ticket_id: bytes, code: str) -> Besides:
    """Return what is to be said after the step `code` of a ticket, in the step's transaction.

    The caller may do that step: no permission is checked.
    """
    ticket = work.session.get_one(Ticket, ticket_id)
    query = select(TicketStep).where(
        TicketStep.ticket_id == ticket_id, TicketStep.position == ticket.version
    )
    last = work.session.scalars(query).one()
    detail = json.loads(last.detail)
    limit = detail.get("arrival_limit")
    skills = fault_type.skills(work) if detail.get("unskilled") else {}
    return Besides(
        unskilled=tuple(skills.get(each, each) for each in detail.get("unskilled", ())),
        arrival_limit=datetime.fromisoformat(limit) if limit else None,
        unchecked=code == "arrive" and _may_check(work, ticket, last),
        callers=joining.waiting(work, ticket) if code == "complete" else 0,
        nobody_in=code == "no_access",
        seems=_seems(work, ticket) if code in ("accept", "complete") else None,
    )


def _seems(work: Work, ticket: Ticket) -> str | None:
    """Return whose matter it seems to be: the owner agrees before paid work starts (2.3.2)."""
    if ticket.responsibility is not None:
        return None
    found = responsibility.proposed(work, ticket).responsibility
    return None if found == Responsibility.PROPERTY else found


def _may_check(work: Work, ticket: Ticket, arrival: TicketStep) -> bool:
    """Say whether who arrived is somebody else than who entered it, and nobody checked it."""
    if arrival.by_id == ticket.entered_by or ticket.promised_at is not None:
        return False
    query = select(Ticket.id).where(Ticket.id == ticket.id, checking.unchecked())
    return work.session.scalar(query) is not None
