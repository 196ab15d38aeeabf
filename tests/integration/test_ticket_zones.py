"""Repair tickets where clocks are set forward and back, and on a machine whose own is (3.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from pcloud_cli.models.community import Community
from pcloud_cli.models.ticket import TicketBreach, TicketStep
from pcloud_cli.services import policy
from pcloud_cli.services.actor import Actor
from tests.integration.office import Office
from tests.integration.repairs import DESK, TECHNICIAN, Repairs, founded

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
SWITCHES = [
    (BERLIN, "2026-03-28T20:00", 23),
    (BERLIN, "2026-10-24T20:00", 25),
    (NEW_YORK, "2026-03-07T20:00", 23),
    (NEW_YORK, "2026-10-31T20:00", 25),
]
"""The evening before the clocks are set forward or back, and how many hours the next day has."""


@pytest.fixture
def repairs(office: Office, hire: Callable[..., Actor]) -> Repairs:
    """An office that repairs."""
    hire("SYS1", "system_admin")
    hire("SEC1", "security_admin")
    return founded(office, hire)


def living_in(repairs: Repairs, zone: str, evening: str) -> datetime:
    """Let the community be in `zone`, and now be that evening there; return it."""
    repairs.office.execute(update(Community).values(zone=zone))
    here = datetime.fromisoformat(evening).replace(tzinfo=ZoneInfo(zone))
    # a machine's clock counts in UTC
    repairs.office.clock.moment = here.astimezone(UTC)
    return repairs.office.clock.now()


@pytest.mark.parametrize(("zone", "evening", "hours"), SWITCHES)
def test_a_limit_is_time_that_really_passes_whatever_the_clocks_on_the_wall_do(
    repairs: Repairs, zone: str, evening: str, hours: int
) -> None:
    now = living_in(repairs, zone, evening)
    number = repairs.upto("arrive")
    deadline = repairs.ticket(number)["deadline_at"]
    assert deadline == now + timedelta(hours=24)
    shown = deadline.astimezone(ZoneInfo(zone))
    assert f"{shown:%H:%M}" == f"{20 + 24 - hours:02}:00"
    repairs.after(hours=24)
    assert repairs.sweep()["ticket", "late"] == 1
    repairs.after(hours=6)
    assert repairs.sweep()["ticket", "supervisor"] == 1
    repairs.after(hours=18)
    assert repairs.sweep()["ticket", "manager"] == 1
    rows = repairs.office.rows(select(TicketBreach.due_at).order_by(TicketBreach.level))
    assert [row.due_at - deadline for row in rows] == [timedelta(hours=each) for each in (0, 6, 24)]


@pytest.mark.parametrize(("zone", "evening", "hours"), SWITCHES)
def test_working_hours_are_those_on_the_wall_on_both_sides_of_a_switch(
    repairs: Repairs, zone: str, evening: str, hours: int
) -> None:
    now = living_in(repairs, zone, evening)
    values = {"working_clocks": ["complete"], "complete_hours": 11, "working_every_day": True}
    with repairs.office.open("SYS1", write=True) as (actor, work):
        made = policy.propose(actor, work, {"ticket": values}, reason="试")
    assert made is not None
    with repairs.office.open("SEC1", write=True) as (actor, work):
        policy.approve(actor, work, str(made["number"]))
    number = repairs.upto("arrive")
    # from nine to six on the day of the switch, then two hours of the next
    day = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    opens, wanted = (
        datetime.combine(each, time(hour), ZoneInfo(zone)).astimezone(UTC)
        for each, hour in ((day, 9), (day + timedelta(days=1), 11))
    )
    assert repairs.ticket(number)["deadline_at"] == wanted
    assert wanted - now == timedelta(hours=4 + hours + 11)
    # a pause over the night of the switch keeps what was left of it
    repairs.step(number, "pause", TECHNICIAN, reason="等配件", until=now + timedelta(hours=12))
    repairs.after(hours=13)
    assert repairs.sweep() == {("ticket", "woken"): 1}
    begun = max(timedelta(), now + timedelta(hours=12) - opens)
    assert repairs.ticket(number)["deadline_at"] == wanted + begun


def test_the_machines_clock_set_back_breaks_no_history_and_lets_nothing_be_due_twice(
    repairs: Repairs,
) -> None:
    number = repairs.upto("assign")
    repairs.after(minutes=40)
    done = repairs.sweep()
    assert (done["ticket", "late"], done["ticket", "supervisor"]) == (1, 1)
    late, told = repairs.late(), repairs.told()
    repairs.after(hours=-2)
    assert repairs.sweep() == {}
    repairs.step(number, "urge", DESK)
    repairs.step(number, "take", TECHNICIAN)
    assert repairs.sweep() == {}
    assert (repairs.late(), repairs.told()) == (late, told)
    found = repairs.ticket(number)
    now = repairs.office.clock.now()
    assert (found["clock_began_at"], found["deadline_at"]) == (now, now + timedelta(hours=4))
    until = now + timedelta(minutes=30)
    repairs.step(number, "pause", TECHNICIAN, reason="等配件", until=until)
    repairs.after(minutes=31)
    assert repairs.sweep() == {("ticket", "woken"): 1}
    repairs.step(number, "arrive", TECHNICIAN)
    repairs.step(number, "complete", TECHNICIAN, note="已修好")
    repairs.after(hours=80)
    assert repairs.sweep()["ticket", "closed"] == 1
    assert repairs.late() == late
    rows = repairs.office.rows(
        select(TicketStep.position, TicketStep.step, TicketStep.at).order_by(TicketStep.position)
    )
    assert [row.position for row in rows] == list(range(1, len(rows) + 1))
    # each stands where it was done, with the time that the clock then showed
    steps = [row.step for row in rows]
    assert steps[-7:] == ["urge", "take", "pause", "wake", "arrive", "complete", "close"]
    assert {row.at for row in rows if row.step in ("urge", "take")} == {now}
