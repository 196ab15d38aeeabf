"""Limits that were overrun (3.2): recorded once for each clock and level, by whoever comes first.

Mostly that is the sweep. A step that ends a clock records what no sweep has seen of it, so that
what stands here depends on the clocks alone, and never on how often somebody swept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from pcloud_cli.db.work import Work
from pcloud_cli.models.ticket import Ticket, TicketBreach, TicketClock
from pcloud_cli.services import trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.policy_ticket import TicketPolicy
from pcloud_cli.services.ticket import clock
from pcloud_cli.services.ticket.steps import Change


@dataclass(frozen=True)
class Counting:
    """A ticket's clock as it runs: what comes next of it, and when; `handler_id` has the ticket."""

    ticket_id: bytes
    community_id: bytes
    clock: TicketClock
    step: int
    deadline_at: datetime
    level: int
    due_at: datetime
    handler_id: bytes | None

    @property
    def key(self) -> tuple[bytes, int, int]:
        """What a level of a clock is known by."""
        return (self.ticket_id, self.step, self.level)


def of(ticket: Ticket) -> Counting | None:
    """Return the clock of `ticket`; None where none runs, or one that makes nobody late."""
    deadline, due = ticket.deadline_at, ticket.due_at
    if ticket.clock is None or deadline is None or due is None or ticket.clock in clock.SILENT:
        return None
    return Counting(
        ticket.id,
        ticket.community_id,
        TicketClock(ticket.clock),
        ticket.clock_step,
        deadline,
        ticket.level,
        due,
        ticket.handler_id,
    )


def passed(
    policy: TicketPolicy, ticket: Ticket, counting: Counting, until: datetime
) -> list[Counting]:
    """Return the levels of a clock of `ticket` that were due at `until` or before, in order."""
    found = []
    level, due = counting.level, counting.due_at
    while due <= until:
        found.append(
            Counting(
                counting.ticket_id,
                counting.community_id,
                counting.clock,
                counting.step,
                counting.deadline_at,
                level,
                due,
                counting.handler_id,
            )
        )
        level += 1
        due = clock.moment(policy, ticket, counting.clock, counting.deadline_at, level)
    return found


def unseen(change: Change) -> list[Counting]:
    """Return what was overrun of the running clock when the step of `change` begins.

    In time to the moment is in time.
    """
    counting = of(change.ticket)
    if counting is None or counting.due_at >= change.now:
        return []
    found = passed(change.policy, change.ticket, counting, change.now)
    return [each for each in found if each.due_at < change.now]


def catch_up(change: Change, found: Sequence[Counting]) -> None:
    """Record what `unseen` found, where the step of `change` ended that clock or moved its limit.

    Where the clock goes on as it was, the sweep finds it.
    """
    ticket = change.ticket
    if found and (ticket.clock_step, ticket.deadline_at) != (found[0].step, found[0].deadline_at):
        record(change.actor, change.work, found, change.now)


def record(
    actor: Actor, work: Work, found: Sequence[Counting], found_at: datetime
) -> list[Counting]:
    """Record the levels of `found` that are breaches and not recorded yet; return those."""
    late = [each for each in found if each.level >= clock.BREACH]
    if not late:
        return []
    query = select(TicketBreach.ticket_id, TicketBreach.clock_step, TicketBreach.level).where(
        TicketBreach.ticket_id.in_({each.ticket_id for each in late})
    )
    known = {(id_, step, level) for id_, step, level in work.session.execute(query)}
    new = list({each.key: each for each in late if each.key not in known}.values())
    if not new:
        return []
    rows = [
        {
            "id": work.ids(),
            "community_id": each.community_id,
            "ticket_id": each.ticket_id,
            "clock": each.clock.value,
            "clock_step": each.step,
            "level": each.level,
            "deadline_at": each.deadline_at,
            "due_at": each.due_at,
            "found_at": found_at,
            "handler_id": each.handler_id,
        }
        for each in new
    ]
    work.session.execute(insert(TicketBreach), rows)
    for each in new:
        trail.changed(
            actor,
            work,
            "ticket.breach",
            object_type="ticket",
            object_id=each.ticket_id,
            community_id=each.community_id,
            detail={
                "clock": each.clock.value,
                "position": each.step,
                "level": each.level,
                "deadline": each.deadline_at.isoformat(),
            },
        )
    return new
