"""One ticket whole: content, each step against its limit, the contact by right (2.3.3)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from pcloud_cli.db.work import Work
from pcloud_cli.models.account import Account
from pcloud_cli.models.ticket import Ticket, TicketStep
from pcloud_cli.security.mask import mask_numbers
from pcloud_cli.services import fault_type, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.ticket import (
    attached,
    finding,
    joining,
    private,
    quoting,
    record,
    telling,
    work_done,
)


def show(actor: Actor, work: Work, reference: str) -> dict[str, Any]:
    """Return a ticket with its content, contact, attachments, who else called, and timeline.

    While it is open, the one who has it and those who accept and assign there see whom to call;
    for everybody else, and afterwards, name and phone are masked. Either is a reading of private
    data, and recorded (2.3.3).
    """
    ticket = finding.one(actor, work, reference)
    full = joining.may_call(actor, work, ticket)
    joined = telling.joined(actor, work, ticket)
    found = {
        **record.of(work, ticket),
        **private.of(work, ticket, full=full),
        "joined": joined,
        "attachments": attached.listed(work, ticket),
        "quote": quoting.shown(work, ticket),
        "timeline": timeline(work, ticket, full=full),
    }
    trail.witnessed(
        actor,
        work,
        "ticket.contact" if full else "ticket.read",
        object_type="ticket",
        object_id=ticket.id,
        community_id=ticket.community_id,
        detail={"number": ticket.number, "full": full, "joined": len(joined)},
    )
    return found


def timeline(work: Work, ticket: Ticket, *, full: bool) -> list[dict[str, Any]]:
    """Return the steps of a ticket in order; notes with their numbers masked unless `full`.

    Where a step ended a clock: since when it ran, until when it might, and by how many seconds the
    step came too late (negative: in time).
    """
    by, has = aliased(Account), aliased(Account)
    done = work_done.of(work, ticket)
    query = (
        select(TicketStep, by.staff_number, by.name, has.staff_number)
        .outerjoin(by, by.id == TicketStep.by_id)
        .outerjoin(has, has.id == TicketStep.handler_id)
        .where(TicketStep.ticket_id == ticket.id)
        .order_by(TicketStep.position)
    )
    rows = []
    faults = fault_type.names(work)
    for step, number, name, handler in work.session.execute(query):
        note = None
        if step.note_sealed is not None:
            note = work.keys.open("ticket_step", "note_sealed", step.id, step.note_sealed)
            note = note if full else mask_numbers(note)
        detail = json.loads(step.detail)
        fault = detail.get("fault")
        rows.append(
            {
                "position": step.position,
                "step": step.step,
                "from": step.from_state,
                "to": step.to_state,
                "at": step.at,
                "by": number or step.by_kind,
                "by_name": name,
                "handler": handler,
                "clock": step.clock,
                "seconds": _seconds(step.clock_began_at, step.at),
                "limit_seconds": _seconds(step.clock_began_at, step.deadline_at),
                "late_seconds": _seconds(step.deadline_at, step.at),
                "note": note,
                "former": _former(work, step, full=full),
                "work": done.get(step.position),
                "detail": detail,
                "fault_name": faults.get(fault, fault),
            }
        )
    return rows


def _former(work: Work, step: TicketStep, *, full: bool) -> str | None:
    """Return what the content said before the step put it right, None where it did not."""
    if step.former_sealed is None:
        return None
    former = work.keys.open("ticket_step", "former_sealed", step.id, step.former_sealed)
    return former if full else mask_numbers(former)


def _seconds(since: datetime | None, until: datetime | None) -> int | None:
    if since is None or until is None:
        return None
    return round((until - since).total_seconds())
