"""Who called about a thing that somebody else called about too, and is to be told how it ended."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select

from pcloud_cli.db.work import Work
from pcloud_cli.models.ticket import Ticket
from pcloud_cli.services import sight, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.ticket import callers_told, finding, joining, listing, private, record

_NAMED = 20


def callers(
    actor: Actor, work: Work, reference: str | None, *, community: str | None, limit: int
) -> list[dict[str, Any]]:
    """Return whom to call back, the earliest first: the call-back list of the desk.

    Those joined to the ticket `reference`, or to any that is over; none of them told yet. Each is
    a record with ``contact`` and ``phone``, in full for who accepts there, else masked. That is a
    reading of private data, and recorded (2.3.3).
    """
    seen = sight.of(actor, work, finding.READ, community)
    which: list[ColumnElement[bool]] = [listing.visible(seen), callers_told.to_tell()]
    if reference is not None:
        which.append(Ticket.main_id == finding.one(actor, work, reference).id)
    query = select(Ticket).where(*which).order_by(Ticket.called_at, Ticket.number).limit(limit)
    found = list(work.session.scalars(query))
    outcomes = _states(work, {each.main_id for each in found if each.main_id is not None})
    rows = []
    for ticket, shown in zip(found, record.of_all(work, found), strict=True):
        full = joining.may_call(actor, work, ticket)
        said = private.of(work, ticket, full=full)
        rows.append({**shown, **said, "outcome": outcomes.get(ticket.main_id or b"")})
    if rows:
        trail.witnessed(
            actor,
            work,
            "ticket.callers",
            object_type="ticket",
            community_id=seen.one.id if seen.one else None,
            detail={"count": len(rows), "numbers": [row["number"] for row in rows[:_NAMED]]},
        )
    return rows


def joined(actor: Actor, work: Work, ticket: Ticket) -> list[dict[str, Any]]:
    """Return the callers joined to `ticket`, whom to call as `actor` may see. Leaves no evidence:
    whoever shows them does."""
    found = joining.joined_to(work, ticket.id)
    if not found:
        return []
    ids = [each.id for each in found]
    told, written = callers_told.noted_at(work, ids), callers_told.written_at(work, ids)
    full = {each.id: joining.may_call(actor, work, each) for each in found}
    return [
        {
            "number": each.number,
            "channel": each.channel,
            "reporter": each.reporter,
            "called_at": each.called_at,
            **private.of(work, each, full=full[each.id]),
            "told_at": told.get(each.id),
            "sms_at": written.get(each.id),
        }
        for each in found
    ]


def _states(work: Work, mains: set[bytes]) -> dict[bytes, str]:
    query = select(Ticket.id, Ticket.state).where(Ticket.id.in_(sorted(mains)))
    return {row[0]: row[1] for row in work.session.execute(query)}
