"""An emergency that is found out later: who gets it, and what becomes of the clocks (3.2.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.models.ticket import Ticket, TicketBreach
from pcloud_cli.services import maintenance_firm
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.ticket import responsibility
from pcloud_cli.services.ticket.clock import BREACH
from tests.integration.crew import Crew
from tests.integration.office import Office
from tests.integration.repairs import DESK, LEAD, TECHNICIAN, Repairs, founded

FIRM = "恒通电梯维保"


@contextmanager
def _writing(repairs: Repairs) -> Iterator[Work]:
    with repairs.office.open(DESK, write=True) as (_actor, work):
        yield work


@pytest.fixture
def repairs(office: Office, hire: Callable[..., Actor]) -> Repairs:
    """An office that repairs."""
    return founded(office, hire)


def test_an_emergency_joined_to_a_waiting_ticket_sends_that_out_at_once(repairs: Repairs) -> None:
    office = repairs.office
    main, call = repairs.submit(), repairs.submit()
    repairs.step(call, "urgent", LEAD, kind="水浸")  # and nobody is on shift yet
    assert repairs.ticket(call)["state"] == "accepted"
    with office.open(TECHNICIAN) as (technician, _work):
        now = office.clock.now()
        crew = Crew(lambda: _writing(repairs), "UTC")
        day = "%Y-%m-%d %H:%M:%S"
        crew.shift(technician, f"{now:{day}}", f"{now + timedelta(hours=9):{day}}")
    repairs.step(call, "link", DESK, main=str(main))
    found = repairs.ticket(main)
    assert (found["state"], found["urgent_kind"]) == ("assigned", "水浸")
    assert found["handler_id"] == technician.account_id


@pytest.mark.parametrize("paused", [False, True])
def test_a_firms_promise_stays_whether_the_repair_is_urgent_or_not(
    repairs: Repairs, paused: bool
) -> None:
    number = repairs.upto("take")
    promised = repairs.office.clock.now() + timedelta(days=4)
    with repairs.office.open(LEAD, write=True) as (actor, work):
        maintenance_firm.add(actor, work, FIRM)
        decision = responsibility.Decision("third_party", "电梯维保", FIRM, promised)
        responsibility.decide(actor, work, str(number), decision)
    for code in ("urgent", "not_urgent"):
        if paused:
            until = repairs.office.clock.now() + timedelta(hours=1)
            repairs.step(number, "pause", reason="等配件", until=until)
        repairs.step(number, code, reason="试")
        if paused:
            repairs.step(number, "resume")
        found = repairs.ticket(number)
        assert (found["clock"], found["deadline_at"]) == ("complete", promised)
    # a fifth of the ordinary day before it
    assert found["due_at"] == promised - timedelta(hours=24) / 5


def _breached(repairs: Repairs, number: int) -> list[tuple[str, int]]:
    with repairs.office.open(LEAD) as (_actor, work):
        query = (
            select(TicketBreach.clock, TicketBreach.level)
            .join(Ticket, Ticket.id == TicketBreach.ticket_id)
            .where(Ticket.number == number)
            .order_by(TicketBreach.level)
        )
        return [(clock, level) for clock, level in work.session.execute(query)]


def test_a_limit_that_nobody_swept_stays_overrun_when_the_mark_is_taken_off(
    repairs: Repairs,
) -> None:
    number = repairs.submit(urgent="水浸")
    repairs.after(minutes=6)
    repairs.step(number, "not_urgent", LEAD, reason="误报")
    assert _breached(repairs, number) == [("assign", BREACH)]
    assert repairs.ticket(number)["deadline_at"] > repairs.office.clock.now()


def test_an_arrival_that_was_missed_stays_missed_when_another_appointment_is_made(
    repairs: Repairs,
) -> None:
    number = repairs.upto("take")
    repairs.after(hours=4, minutes=1)
    now = repairs.office.clock.now()
    later = {"begins": now + timedelta(hours=1), "until": now + timedelta(hours=2)}
    repairs.step(number, "appoint", TECHNICIAN, **later)
    assert _breached(repairs, number) == [("arrive", BREACH)]
    repairs.sweep()
    assert _breached(repairs, number) == [("arrive", BREACH)]
