"""Limits of normal tickets count working time where policy says so, and keep to it (3.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pcloud_cli.services import policy, working_calendar
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.ticket.calendar import known_until
from tests.integration.office import Office
from tests.integration.repairs import DESK, TECHNICIAN, Repairs, founded

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def repairs(office: Office, hire: Callable[..., Actor]) -> Repairs:
    """An office that repairs, on the Friday afternoon before a Saturday that is made up."""
    made = founded(office, hire)
    hire("SYS1", "system_admin")
    hire("SEC1", "security_admin")
    office.clock.moment = at("2026-02-13T16:00")
    return made


def set_policy(repairs: Repairs, **values: object) -> None:
    with repairs.office.open("SYS1", write=True) as (actor, work):
        made = policy.propose(actor, work, {"ticket": values}, reason="试")
    assert made is not None
    with repairs.office.open("SEC1", write=True) as (actor, work):
        policy.approve(actor, work, str(made["number"]))


def test_working_time_is_counted_for_the_limits_that_policy_names_and_no_others(
    repairs: Repairs,
) -> None:
    before = repairs.upto("arrive")
    set_policy(repairs, working_clocks=["complete", "arrive"], complete_hours=10)
    number = repairs.upto("arrive")
    # two hours on Friday, eight on the Saturday that is worked for the festival
    assert repairs.ticket(number)["deadline_at"] == at("2026-02-14T17:00")
    assert repairs.ticket(number)["due_at"] == at("2026-02-14T15:00")
    assert repairs.ticket(before)["deadline_at"] == at("2026-02-14T16:00")
    accepted = repairs.submit()
    assert repairs.ticket(accepted)["deadline_at"] == at("2026-02-13T16:30")
    repairs.step(number, "urgent", DESK, kind="-")
    assert repairs.ticket(number)["deadline_at"] == at("2026-02-14T00:00")


def test_a_ticket_keeps_the_days_that_it_began_under(repairs: Repairs) -> None:
    set_policy(repairs, working_clocks=["complete"], complete_hours=10)
    number = repairs.upto("take")
    set_policy(repairs, working_days=["2026-02-14: off"])
    later = repairs.upto("arrive")
    repairs.step(number, "arrive", TECHNICIAN)
    assert repairs.ticket(number)["deadline_at"] == at("2026-02-14T17:00")
    # the festival lasts until the 23rd
    assert repairs.ticket(later)["deadline_at"] == at("2026-02-24T17:00")


def test_a_pause_keeps_the_working_time_that_was_left_and_levels_count_it_too(
    repairs: Repairs,
) -> None:
    set_policy(repairs, working_clocks=["complete"], complete_hours=10)
    number = repairs.upto("arrive")
    repairs.after(hours=1)
    until = at("2026-02-16T10:00")
    repairs.step(number, "pause", TECHNICIAN, reason="等配件", until=until)
    repairs.office.clock.moment = at("2026-02-16T12:00")
    assert repairs.sweep() == {("ticket", "woken"): 1}
    found = repairs.ticket(number)
    assert found["deadline_at"] == at("2026-02-24T18:00")  # nine hours were left
    repairs.office.clock.moment = at("2026-02-24T20:00")
    assert repairs.sweep()["ticket", "late"] == 1
    assert repairs.ticket(number)["due_at"] == at("2026-02-25T11:30")  # a quarter of ten hours


def test_where_the_published_days_end_is_said_before_it_matters(repairs: Repairs) -> None:
    def said() -> list[tuple[str, str]]:
        with repairs.office.open(DESK) as (_actor, work):
            return list(working_calendar.warnings(work))

    last = datetime.combine(known_until(), datetime.min.time(), SHANGHAI)
    repairs.office.clock.moment = last - timedelta(days=10)
    assert said() == []
    set_policy(repairs, working_clocks=["confirm"])
    assert [message for message, _remedy in said()] == [
        f"Public holidays and make-up days are known until {known_until()}."
    ]
    repairs.office.clock.moment = last - timedelta(days=60)
    assert said() == []
