"""What must be true of every ticket at any moment, whatever was done to it (2.3.2, 3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.models.account import Account
from pcloud_cli.models.ticket import Ticket, TicketBreach, TicketClock, TicketStep
from pcloud_cli.services import policy
from pcloud_cli.services.policy_ticket import TicketPolicy
from pcloud_cli.services.ticket import clock
from tests.integration.ticket_model import CLOCKS, FLOW, HAD, OPEN, Known

_ROUNDING = timedelta(seconds=5)
"""The rest of a paused clock is kept in whole seconds."""


def must_hold(work: Work, known: Mapping[int, Known]) -> set[str]:
    """Fail unless each ticket is as it is `known`; return the steps that were ever done."""
    tickets = list(work.session.scalars(select(Ticket)))
    assert {ticket.number for ticket in tickets} == set(known)
    by_id = {ticket.id: ticket for ticket in tickets}
    people = work.session.execute(select(Account.id, Account.staff_number))
    numbers = {row.id: row.staff_number for row in people}
    history: dict[bytes, list[TicketStep]] = {}
    for row in work.session.scalars(select(TicketStep).order_by(TicketStep.position)):
        history.setdefault(row.ticket_id, []).append(row)
    for ticket in tickets:
        one = known[ticket.number]
        assert (ticket.state, ticket.clock) == (one.state, one.clock)
        handler = numbers[ticket.handler_id] if ticket.handler_id else None
        assert handler == one.handler
        assert (handler is not None) or ticket.state not in HAD or one.with_firm
        assert (ticket.urgency == "urgent") == (one.urgent is not None)
        assert (ticket.urgent_kind or "") == (one.urgent or "")
        assert ticket.responsibility == one.responsibility
        _one_clock_runs(work, ticket, one)
        _is_joined_to_one_that_goes_on(ticket, one, by_id)
        _has_a_history(ticket, history[ticket.id])
    _each_breach_is_one(work, history)
    return {row.step for rows in history.values() for row in rows}


def nothing_is_due(work: Work, now: datetime) -> None:
    """Fail where the sweep has left something lying."""
    assert not work.session.scalars(select(Ticket).where(Ticket.due_at <= now)).all()


def _one_clock_runs(work: Work, ticket: Ticket, known: Known) -> None:
    assert (ticket.due_at is not None) == (known.state in OPEN)
    assert (ticket.resume_state is not None) == (known.state == "paused")
    if ticket.due_at is None:
        assert (ticket.clock, ticket.clock_began_at, ticket.deadline_at) == (None, None, None)
        return
    assert ticket.clock_began_at is not None
    assert ticket.deadline_at is not None
    assert ticket.clock_began_at <= ticket.due_at
    rules = policy.of_number(work, TicketPolicy, ticket.policy_number)
    running = TicketClock(str(ticket.clock))
    assert ticket.due_at == clock.moment(rules, ticket, running, ticket.deadline_at, ticket.level)
    assert ticket.level > clock.BREACH or ticket.due_at <= ticket.deadline_at
    assert 1 <= ticket.clock_step <= ticket.version
    if known.state == "paused":
        assert ticket.deadline_at == known.pause_until
        assert ticket.resume_state == known.before_pause
        kept = "complete" if known.with_firm else CLOCKS[known.before_pause]
        assert ticket.resume_clock == kept
        assert ticket.rest_seconds is not None
        if known.rest is not None:
            assert ticket.rest_seconds == round(known.rest.total_seconds())
    elif known.with_firm:
        assert known.promise is not None
        assert abs(ticket.deadline_at - known.promise) < _ROUNDING
    elif known.state == "completed":
        assert known.completed_at is not None
        assert ticket.deadline_at == known.completed_at + timedelta(hours=72)


def _is_joined_to_one_that_goes_on(
    ticket: Ticket, known: Known, by_id: Mapping[bytes, Ticket]
) -> None:
    main = by_id[ticket.main_id] if ticket.main_id else None
    assert (main.number if main else None) == known.main
    assert (main is not None) == (ticket.state == "linked")
    if main is not None:
        assert main.main_id is None
        assert main.id != ticket.id
        assert main.state != "cancelled"


def _has_a_history(ticket: Ticket, rows: list[TicketStep]) -> None:
    """Fail unless the steps follow each other without a gap and each is one of the flow."""
    assert [row.position for row in rows] == list(range(1, ticket.version + 1))
    assert (rows[0].step, rows[0].from_state) == ("submit", None)
    before_pause = ""
    for former, row in pairwise(rows):
        step = FLOW[row.step]
        assert row.from_state == former.to_state
        assert row.from_state in step.sources
        target = before_pause if step.target == "as before" else step.target
        assert row.to_state == (target or row.from_state)
        assert former.at <= row.at
        if row.step == "pause":
            before_pause = str(row.from_state)
    assert rows[-1].to_state == ticket.state


def _each_breach_is_one(work: Work, history: Mapping[bytes, list[TicketStep]]) -> None:
    found = list(work.session.scalars(select(TicketBreach)))
    keys = [(row.ticket_id, row.clock_step, row.level) for row in found]
    assert len(keys) == len(set(keys))
    for row in found:
        begun = history[row.ticket_id][row.clock_step - 1]
        assert row.clock in (CLOCKS[begun.to_state], "complete")
        assert row.level >= clock.BREACH
        assert row.deadline_at <= row.due_at <= row.found_at
