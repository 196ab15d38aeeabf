"""A ticket's clocks: how long each step may take, and the one moment to look at it next (3.2).

The limits are the policy's under which the ticket began: time that passes day and night, or, of a
normal ticket's clocks that policy names, working time (`calendar`). Every open ticket has exactly
one clock that runs, and one next due moment: a warning, the limit, or a level of escalation beyond.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import object_session

from pcloud_cli.models.community import Community
from pcloud_cli.models.ticket import Ticket, TicketClock, Urgency
from pcloud_cli.services.policy_ticket import TicketPolicy
from pcloud_cli.services.ticket.calendar import Timetable, hours, own_day

_ZONES = "zones of communities"

WARNING, BREACH, SUPERVISOR, MANAGER = 1, 2, 3, 4
"""Levels of a clock: a warning before, the limit itself, then who hears of it beyond."""

SILENT = frozenset({TicketClock.CONFIRM, TicketClock.RESUME})
"""Clocks whose end makes nobody late: the sweep itself does what comes then."""


class Running(NamedTuple):
    """A clock that runs: until when, and which level is due at which moment."""

    clock: TicketClock
    began_at: datetime
    deadline_at: datetime
    level: int
    due_at: datetime


def limit(policy: TicketPolicy, ticket: Ticket, clock: TicketClock) -> timedelta:
    """Return how long `clock` may run for a ticket of its urgency."""
    urgent = ticket.urgency == Urgency.URGENT
    match clock:
        case TicketClock.ACCEPT:
            # what only sounds urgent is looked at as soon as what is
            soon = urgent or ticket.proposed_kind is not None
            minutes = policy.urgent_accept_minutes if soon else policy.accept_minutes
        case TicketClock.ASSIGN:
            minutes = policy.urgent_accept_minutes if urgent else policy.accept_minutes
        case TicketClock.TAKE:
            minutes = policy.urgent_take_minutes if urgent else policy.take_minutes
        case TicketClock.ARRIVE:
            minutes = _arrival(policy, ticket) if urgent else policy.arrive_minutes
        case TicketClock.COMPLETE:
            hours = policy.urgent_complete_hours if urgent else policy.complete_hours
            minutes = 60 * hours
        case TicketClock.CONFIRM:
            minutes = 60 * policy.confirm_hours
        case TicketClock.RESUME:
            raise ValueError("a pause ends when it was said to")
    return timedelta(minutes=minutes)


def _arrival(policy: TicketPolicy, ticket: Ticket) -> int:
    kind = policy.urgent().get(ticket.urgent_kind or "")
    return kind.minutes if kind is not None else policy.urgent_arrive_minutes


def started(
    policy: TicketPolicy, ticket: Ticket, clock: TicketClock, began: datetime, now: datetime
) -> Running:
    """Return `clock` as it runs from `began`; an arrival is due when its appointment ends."""
    deadline = after(policy, ticket, clock, began, limit(policy, ticket, clock))
    if clock is TicketClock.ARRIVE and ticket.appointed_until is not None:
        deadline = max(ticket.appointed_until, now)
    return until(policy, ticket, clock, began, deadline, now)


def after(
    policy: TicketPolicy, ticket: Ticket, clock: TicketClock, moment: datetime, time: timedelta
) -> datetime:
    """Return when `time` of this clock has passed since `moment`; before it where negative."""
    table = _timetable(policy, ticket, clock)
    if table is None:
        return moment + time
    if time < timedelta():
        return table.before(moment, -time)
    return table.deadline(moment, time)


def rest(
    policy: TicketPolicy, ticket: Ticket, clock: TicketClock, now: datetime, deadline: datetime
) -> timedelta:
    """Return how much of this clock is left at `now`, negative where it is over."""
    table = _timetable(policy, ticket, clock)
    return deadline - now if table is None else table.between(now, deadline)


def _timetable(policy: TicketPolicy, ticket: Ticket, clock: TicketClock) -> Timetable | None:
    """Return the working time that a clock of `ticket` counts; None for one of day and night.

    What a firm promised is a moment of the calendar, whatever policy says of limits.
    """
    if clock is TicketClock.COMPLETE and ticket.promised_at is not None:
        return None
    if ticket.urgency == Urgency.URGENT or clock.value not in policy.working_clocks:
        return None
    return _table(policy, _zone(ticket))


def _zone(ticket: Ticket) -> str:
    session = object_session(ticket)
    if session is None:
        raise RuntimeError("the ticket belongs to no unit of work yet")
    known: dict[bytes, str] = session.info.setdefault(_ZONES, {})
    if ticket.community_id not in known:
        known[ticket.community_id] = session.get_one(Community, ticket.community_id).zone
    return known[ticket.community_id]


@lru_cache(64)
def _table(policy: TicketPolicy, zone: str) -> Timetable | None:
    spans = tuple(sorted(one for one in map(hours, policy.working_hours) if one is not None))
    if not spans:
        return None
    own = dict(one for one in map(own_day, policy.working_days) if one is not None)
    return Timetable(ZoneInfo(zone), spans, own, policy.working_every_day)


def until(
    policy: TicketPolicy,
    ticket: Ticket,
    clock: TicketClock,
    began: datetime,
    deadline: datetime,
    now: datetime,
) -> Running:
    """Return `clock` as it runs from `began` to `deadline`, seen at `now`.

    A warning that would be over already, or come as soon as the clock begins, is passed by. The
    limit itself and what lies beyond never are: a breach is recorded, however late it is found.
    """
    level = WARNING
    warning = moment(policy, ticket, clock, deadline, WARNING)
    if clock in SILENT or warning <= began or warning < now:
        level = BREACH
    return Running(clock, began, deadline, level, moment(policy, ticket, clock, deadline, level))


def resumed(
    policy: TicketPolicy, ticket: Ticket, clock: TicketClock, now: datetime, deadline: datetime
) -> Running:
    """Return `clock` as it goes on at `now`, after a pause, to `deadline`.

    What it had come to before the pause was recorded then, and does not come again.
    """
    running = until(policy, ticket, clock, now, deadline, now)
    level, due = running.level, running.due_at
    while level >= BREACH and due < now:
        level += 1
        due = moment(policy, ticket, clock, deadline, level)
    return running._replace(level=level, due_at=due)


def moment(
    policy: TicketPolicy, ticket: Ticket, clock: TicketClock, deadline: datetime, level: int
) -> datetime:
    """Return when `level` of a clock is due that ends at `deadline`.

    The distances are parts of the clock's whole limit, also where the deadline is an appointment
    or the rest of a pause. Beyond the manager's, the level comes again and again.
    """
    if level == BREACH:
        return deadline
    whole = timedelta() if clock in SILENT else limit(policy, ticket, clock)
    if level <= WARNING:
        return after(policy, ticket, clock, deadline, -whole * (100 - policy.warn_percent) / 100)
    if level == SUPERVISOR:
        part = whole * policy.supervisor_percent / 100
        return after(policy, ticket, clock, deadline, part)
    first = max(policy.supervisor_percent, policy.manager_percent)
    again = timedelta(hours=policy.repeat_hours) * (level - MANAGER)
    return after(policy, ticket, clock, deadline, whole * first / 100) + again


def run(ticket: Ticket, running: Running | None, step: int) -> None:
    """Let `running` be the clock of `ticket`, begun by the step at `step`; None stops all."""
    ticket.clock_step = step
    if running is None:
        ticket.clock = ticket.clock_began_at = ticket.deadline_at = ticket.due_at = None
        ticket.level = 0
        return
    ticket.clock = running.clock.value
    ticket.clock_began_at = running.began_at
    ticket.deadline_at = running.deadline_at
    ticket.level = running.level
    ticket.due_at = running.due_at
