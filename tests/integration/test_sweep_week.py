"""A made-up week of repairs, swept with gaps: every breach lies where simple sums put it (3.2)."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from pcloud_cli.models.ticket import Ticket, TicketBreach
from pcloud_cli.services.actor import Actor
from tests.integration.office import Office
from tests.integration.repairs import DESK, Repairs, founded

SEEDS = range(int(os.environ.get("PCLOUD_TEST_WEEKS", "1")))
TICKETS = 24
WEEK = timedelta(days=7)
LIMITS = {"accept": 30, "assign": 30, "take": 30, "arrive": 240, "complete": 24 * 60}
"""Minutes, as shipped, of a normal ticket; its supervisor hears a quarter later, its manager once
as much later, and again each day."""

Act = Callable[[int], None]


@dataclass
class Story:
    """One ticket: what is done to it and when, and the clocks that ran until when, by sums."""

    acts: list[tuple[datetime, Act]] = field(default_factory=list)
    clocks: list[tuple[str, datetime, datetime | None]] = field(default_factory=list)
    woken: datetime | None = None
    """When the last of these clocks went on after a pause; what was over before does not count."""
    number: int = 0

    def breaches(self, end: datetime) -> Iterator[tuple[int, str, int, datetime]]:
        """Yield number, clock, level and moment of each breach until `end`."""
        for clock, deadline, stopped in self.clocks:
            limit = timedelta(minutes=LIMITS[clock])
            moments = [deadline, deadline + limit / 4]
            moments += [deadline + limit + timedelta(days=each) for each in range(9)]
            for level, moment in enumerate(moments, 2):
                again = self.woken is not None and (clock, deadline) == self.clocks[-1][:2]
                if again and self.woken is not None and moment < self.woken:
                    continue  # came to before the pause
                if moment <= end and (stopped is None or moment < stopped):
                    yield self.number, clock, level, moment


def story(repairs: Repairs, chance: random.Random, begin: datetime, technician: str) -> Story:
    """Make up one ticket: in time, late, very late, or left lying at some step."""
    told, now = Story(), begin

    def later(clock: str) -> datetime:
        """Return when what `clock` waits for is done."""
        part = chance.choice([0.1, 0.4, 0.7, 0.9, 1.1, 1.4, 2.5])
        seconds = 60 * LIMITS[clock] * part + chance.randrange(60)
        return now + timedelta(seconds=round(seconds))

    def act(at: datetime, code: str, by: str = DESK, **given: object) -> None:
        told.acts.append((at, lambda number: repairs.step(number, code, by, **given)))

    def lies() -> bool:
        return chance.random() < 0.06

    deadline = now + timedelta(minutes=30)  # accepting and assigning share it
    for clock in ("accept", "assign"):
        if lies():
            told.clocks.append((clock, deadline, None))
            return told
        now = later(clock)
        told.clocks.append((clock, deadline, now))
        act(now, clock, **({"handler": technician} if clock == "assign" else {}))
    deadline = now + timedelta(minutes=30)
    if lies():
        told.clocks.append(("take", deadline, None))
        return told
    now = later("take")
    told.clocks.append(("take", deadline, now))
    act(now, "take", technician)
    deadline = now + timedelta(minutes=240)
    if chance.random() < 0.4:
        made = now + timedelta(minutes=2)
        until = made + timedelta(minutes=chance.randrange(60, 3000))
        told.clocks.append(("arrive", deadline, made))
        act(made, "appoint", technician, begins=until - timedelta(minutes=30), until=until)
        now, deadline = made, until
    if lies():
        told.clocks.append(("arrive", deadline, None))
        return told
    now = max(later("arrive"), deadline - timedelta(minutes=chance.randrange(-600, 60)))
    told.clocks.append(("arrive", deadline, now))
    act(now, "arrive", technician)
    deadline = now + timedelta(hours=24)
    if chance.random() < 0.4:
        paused = now + timedelta(minutes=chance.randrange(1, 2000))
        over = paused + timedelta(minutes=chance.randrange(30, 2000))
        told.clocks.append(("complete", deadline, paused))
        act(paused, "pause", technician, reason="等配件", until=over)
        told.acts.append((over + timedelta(minutes=3), lambda _number: swept(repairs)))
        now, deadline = over + timedelta(minutes=4), over + (deadline - paused)
        told.woken = over
    if lies():
        told.clocks.append(("complete", deadline, None))
        return told
    now = later("complete")
    told.clocks.append(("complete", deadline, now))
    act(now, "complete", technician, note="已修好")
    return told


def swept(repairs: Repairs) -> None:
    """Sweep, and again: the second finds nothing to do."""
    repairs.sweep()
    assert repairs.sweep() == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_breach_of_a_week_lies_where_simple_sums_put_it(
    office: Office, hire: Callable[..., Actor], seed: int
) -> None:
    repairs = founded(office, hire)
    chance = random.Random(seed)
    begin = office.clock.now().replace(microsecond=0)
    end = begin + WEEK
    todo: list[tuple[datetime, int, Story | None, Act | None]] = []
    stories: list[Story] = []
    technician = ""
    for number in range(TICKETS):
        at = begin + timedelta(seconds=chance.randrange(5 * 24 * 3600))
        if number % 6 == 0:  # as many as one may have
            technician = f"WX1{number:02}"
            hire(technician, "maintenance")
        made = story(repairs, chance, at, technician)
        stories.append(made)
        todo.append((at, number, made, None))
        todo += [(moment, number, made, act) for moment, act in made.acts]
    for _each in range(25):
        # a cron that was away for hours, and one that ran every minute
        at = begin + timedelta(seconds=chance.randrange(int(WEEK.total_seconds())))
        todo.append((at, TICKETS, None, lambda _number: swept(repairs)))
    for at, _number, of, act in sorted(todo, key=lambda each: each[:2]):
        if at > end:
            break
        office.clock.moment = at
        if act is None and of is not None:
            of.number = repairs.submit()
        elif act is not None:
            act(of.number if of is not None else 0)
    office.clock.moment = end
    swept(repairs)
    query = select(Ticket.number, TicketBreach.clock, TicketBreach.level, TicketBreach.due_at).join(
        Ticket, Ticket.id == TicketBreach.ticket_id
    )
    found = sorted(tuple(row) for row in office.rows(query))
    expected = sorted(each for made in stories for each in made.breaches(end))
    assert found == expected
    assert len({level for _number, _clock, level, _at in found}) > 3
    open_ = select(Ticket.due_at, Ticket.deadline_at).where(Ticket.clock.is_not(None))
    assert all(row.due_at > end for row in office.rows(open_))
