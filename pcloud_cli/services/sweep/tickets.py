"""Repair tickets whose moment has come (3.2): warned of, recorded as late, taken up the levels.

What nobody confirms in time is closed by time, and a pause that is over ends. Both happen at the
moment at which they were due, whenever the sweep comes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import N_
from pcloud_cli.models.sweep import Alert
from pcloud_cli.models.ticket import IS_DUE, Ticket, TicketClock, Urgency
from pcloud_cli.services import policy
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.policy_ticket import TicketPolicy
from pcloud_cli.services.sweep.declare import Kind, Taken, due, earliest
from pcloud_cli.services.ticket import clock, escalation, overrun, steps
from pcloud_cli.services.ticket.overrun import Counting

NAME = "ticket"

_BY_TIME: Mapping[str, tuple[str, str]] = {
    TicketClock.CONFIRM: ("close", "closed"),
    TicketClock.RESUME: ("wake", "woken"),
}
"""The clocks whose end is a step of the system, and what is counted then."""

_DONE: Mapping[int, str] = {
    clock.WARNING: "warned",
    clock.BREACH: "late",
    clock.SUPERVISOR: "supervisor",
    clock.MANAGER: "manager",
}
_WORDS: Mapping[int, tuple[str, str]] = {
    clock.WARNING: (N_("repairs soon late"), N_("urgent repairs soon late")),
    clock.BREACH: (N_("late repairs"), N_("late urgent repairs")),
    clock.SUPERVISOR: (N_("repairs still late"), N_("urgent repairs still late")),
    clock.MANAGER: (N_("repairs late for long"), N_("urgent repairs late for long")),
}
"""What people are told at each level, of a normal ticket and of an urgent one."""


def _next_due(work: Work, after: datetime | None = None) -> datetime | None:
    return earliest(work, Ticket.due_at, IS_DUE, after)


def _take(actor: Actor, work: Work, until: datetime, limit: int) -> Taken:
    query = due(select(Ticket).where(IS_DUE), Ticket.due_at, Ticket.id, until, limit)
    found = work.session.scalars(query).all()
    if not found:
        return Taken()
    done: Counter[str] = Counter()
    reached: list[Counting] = []
    alerts: list[dict[str, Any]] = []
    people = escalation.circle(work, found)
    for ticket in found:
        levels = _worked_off(actor, work, ticket, until, done)
        reached += levels
        alerts += _alerts(work, people, ticket, levels, until)
    overrun.record(actor, work, reached, until)
    if alerts:
        work.session.execute(insert(Alert), alerts)
    return Taken(len(found), done)


def _worked_off(
    actor: Actor, work: Work, ticket: Ticket, until: datetime, done: Counter[str]
) -> list[Counting]:
    """Bring `ticket` to its next moment after `until`; return the levels that it has passed."""
    rules = policy.of_number(work, TicketPolicy, ticket.policy_number)
    reached = []
    while ticket.due_at is not None and ticket.due_at <= until:
        counting = overrun.of(ticket)
        if counting is None:
            step, counted = _BY_TIME[str(ticket.clock)]
            steps.by_system(actor, work, ticket, step, at=ticket.due_at)
            done[counted] += 1
            continue
        levels = overrun.passed(rules, ticket, counting, until)
        ticket.level = levels[-1].level + 1
        ticket.due_at = clock.moment(
            rules, ticket, counting.clock, counting.deadline_at, ticket.level
        )
        reached += levels
    for each in reached:
        done[_DONE[min(each.level, clock.MANAGER)]] += 1
    return reached


def _alerts(
    work: Work,
    people: escalation.Circle,
    ticket: Ticket,
    levels: Sequence[Counting],
    until: datetime,
) -> list[dict[str, Any]]:
    """Return what is to be told: each of the people the highest level that concerns them."""
    told: dict[bytes | None, int] = {}
    for each in levels:
        # who hears that the limit is over needs no warning of it any more
        if each.level > clock.WARNING or each is levels[-1]:
            told.update(dict.fromkeys(people.of(ticket, each.level), each.level))
    urgent = ticket.urgency == Urgency.URGENT
    return [
        {
            "id": work.ids(),
            "subject_id": ticket.id,
            "account_id": account_id,
            "word": _WORDS[min(level, clock.MANAGER)][urgent],
            "name": str(ticket.number),
            "due_at": until,
        }
        for account_id, level in told.items()
    ]


KIND = Kind(
    N_("repair tickets"),
    _next_due,
    _take,
    {
        "warned": N_("soon late"),
        "late": N_("late"),
        "supervisor": N_("told to the supervisor"),
        "manager": N_("told to the manager"),
        "closed": N_("closed by time"),
        "woken": N_("pauses over"),
    },
)
"""Every open ticket, whoever has it and also when nobody does."""
