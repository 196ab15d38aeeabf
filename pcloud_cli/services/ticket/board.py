"""The board: what is open now, by the moment at which something is due, and what is late."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pcloud_cli.db.work import Work
from pcloud_cli.models.ticket import TicketState
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.ticket import listing
from pcloud_cli.services.ticket.listing import Wanted


@dataclass(frozen=True)
class Board:
    """How it stands at the moment `at`: `rows` of the first ones, how many are open, and late.

    Each row is a record of a ticket with ``late``, and ``left_seconds`` to its limit (negative: so
    long over).
    """

    at: datetime
    rows: list[dict[str, Any]]
    open: int
    late: int


def look(actor: Actor, work: Work, wanted: Wanted, *, limit: int) -> Board:
    """Return the board of the open tickets that are `wanted`, with at most `limit` rows.

    Needs the right to list tickets, and shows what lies within it. A paused one is never late.
    """
    found, count = listing.list_all(actor, work, replace(wanted, open=True), limit=limit)
    _first, late = listing.list_all(actor, work, replace(wanted, overdue=True), limit=1)
    now = work.now()
    rows = [
        {
            **each,
            "late": each["overdue"] and each["state"] != TicketState.PAUSED,
            "left_seconds": round((each["deadline_at"] - now).total_seconds()),
        }
        for each in found
    ]
    return Board(now, rows, count, late)
