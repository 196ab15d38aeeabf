"""When callers of joined tickets were told how it ended: by word, or by an SMS that was sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import aliased

from pcloud_cli.db.work import Work
from pcloud_cli.models.outbox import DeliveryState, OutboxDelivery, OutboxMessage
from pcloud_cli.models.ticket import Ticket, TicketState
from pcloud_cli.models.ticket_entry import TicketTold

OVER = (TicketState.COMPLETED, TicketState.CONFIRMED, TicketState.CLOSED, TicketState.REJECTED)
"""States of the one that goes on in which its callers can be told how it went."""
_SENT = and_(
    OutboxDelivery.message_id == OutboxMessage.id,
    OutboxDelivery.state == DeliveryState.SENT.value,
)


def to_tell() -> ColumnElement[bool]:
    """Return the condition on `Ticket`: joined to one that is over, and its caller not yet told.

    Somebody is told when it was noted so, or when the SMS that says it was sent: one that waits, or
    found no way, is no proof.
    """
    main = aliased(Ticket)
    since = func.coalesce(main.completed_at, main.ended_at)
    told_of = (
        exists()
        .where(
            TicketTold.community_id == Ticket.community_id,
            TicketTold.ticket_id == Ticket.id,
            TicketTold.at >= since,
        )
        .correlate(Ticket, main)
    )
    written_to = (
        exists()
        .where(_SENT, OutboxMessage.about_id == Ticket.id, OutboxMessage.created_at >= since)
        .correlate(Ticket, main)
    )
    over = (
        exists()
        .where(
            main.id == Ticket.main_id,
            main.state.in_([state.value for state in OVER]),
            ~told_of,
            ~written_to,
        )
        .correlate(Ticket)
    )
    return and_(Ticket.state == TicketState.LINKED.value, over)


def noted_at(work: Work, tickets: list[bytes]) -> dict[bytes, datetime]:
    """Return when the caller of each of `tickets` was last noted as told, where one was."""
    if not tickets:
        return {}
    query = (
        select(TicketTold.ticket_id, func.max(TicketTold.at))
        .where(TicketTold.ticket_id.in_(tickets))
        .group_by(TicketTold.ticket_id)
    )
    return {row[0]: row[1] for row in work.session.execute(query)}


def written_at(work: Work, tickets: list[bytes]) -> dict[bytes, Any]:
    """Return when the last SMS to the caller of each of `tickets` was sent, where one was."""
    query = (
        select(OutboxMessage.about_id, func.max(OutboxDelivery.ended_at))
        .where(_SENT, OutboxMessage.about_id.in_(tickets))
        .group_by(OutboxMessage.about_id)
    )
    return {row[0]: row[1] for row in work.session.execute(query) if row[0] is not None}
