"""A ticket's moments are worked off: warned, late, up the levels, closed or woken by time (3.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from pcloud_cli.models.account import Account
from pcloud_cli.models.role import RoleGrant
from pcloud_cli.models.ticket import Ticket, TicketBreach, TicketStep
from pcloud_cli.services import account_leaving, account_lifecycle, role
from pcloud_cli.services.actor import Actor, bootstrap
from pcloud_cli.services.ticket import clock
from tests.integration.office import Office
from tests.integration.repairs import (
    DESK,
    DESK_LEAD,
    LEAD,
    MANAGER,
    TECHNICIAN,
    Repairs,
    founded,
)


@pytest.fixture
def repairs(office: Office, hire: Callable[..., Actor]) -> Repairs:
    """An office that repairs."""
    return founded(office, hire)


def test_a_ticket_that_nobody_accepts_goes_up_level_by_level(repairs: Repairs) -> None:
    number = repairs.submit()
    name = str(number)
    assert repairs.sweep() == {}
    repairs.after(minutes=24)
    assert repairs.sweep() == {("ticket", "warned"): 1, ("alert", "messages"): 3}
    soon = [["repairs soon late", 1, [name]]]
    assert repairs.told() == {each: [soon] for each in (DESK, DESK_LEAD, LEAD)}
    assert repairs.late() == []
    repairs.after(minutes=6)
    assert repairs.sweep()["ticket", "late"] == 1
    late = [["late repairs", 1, [name]]]
    assert repairs.told() == {each: [soon, late] for each in (DESK, DESK_LEAD, LEAD)}
    repairs.after(minutes=7.5)
    assert repairs.sweep() == {("ticket", "supervisor"): 1, ("alert", "messages"): 1}
    assert repairs.told()[DESK_LEAD][-1] == [["repairs still late", 1, [name]]]
    repairs.after(minutes=22.5)
    assert repairs.sweep() == {("ticket", "manager"): 1, ("alert", "messages"): 1}
    for _each in range(2):
        repairs.after(hours=24)
        assert repairs.sweep() == {("ticket", "manager"): 1, ("alert", "messages"): 1}
        assert repairs.sweep() == {}
    assert repairs.told()[MANAGER] == [[["repairs late for long", 1, [name]]]] * 3
    assert repairs.late() == [(number, "accept", level) for level in range(2, 7)]


def test_who_has_a_ticket_and_who_dispatched_it_hear_of_it_and_nobody_else(
    repairs: Repairs,
) -> None:
    number = repairs.upto("assign")
    repairs.after(minutes=24)
    repairs.sweep()
    repairs.after(minutes=6)
    repairs.sweep()
    heard = [[[word, 1, [str(number)]]] for word in ("repairs soon late", "late repairs")]
    assert repairs.told() == {TECHNICIAN: heard, DESK: heard}
    repairs.after(minutes=7.5)
    repairs.sweep()
    assert repairs.told()[LEAD] == [[["repairs still late", 1, [str(number)]]]]


def test_a_ticket_of_somebody_who_is_not_in_work_reaches_the_supervisor_at_its_limit(
    repairs: Repairs,
) -> None:
    repairs.upto("take")
    repairs.office.execute(
        update(Account)
        .where(Account.staff_number == TECHNICIAN)
        .values(suspended_at=repairs.office.clock.now())
    )
    repairs.after(hours=4)
    repairs.sweep()
    assert set(repairs.told()) == {DESK, LEAD}


def test_where_nobody_is_found_the_fallback_channel_hears_of_it(repairs: Repairs) -> None:
    repairs.submit()
    repairs.office.execute(
        update(RoleGrant)
        .where(
            RoleGrant.account_id.in_(
                select(Account.id).where(Account.staff_number.in_((DESK, DESK_LEAD, LEAD)))
            )
        )
        .values(revoked_at=repairs.office.clock.now())
    )
    repairs.after(minutes=30)
    repairs.sweep()
    assert list(repairs.told()) == [None]


def test_a_sweep_that_was_away_ends_where_one_every_minute_does(
    repairs: Repairs, request: pytest.FixtureRequest
) -> None:
    del request
    numbers = [repairs.submit(), repairs.upto("assign"), repairs.upto("arrive")]
    repairs.after(hours=60)
    done = repairs.sweep()
    assert done["ticket", "late"] == len(numbers)
    # all that one person is to hear is one message, of each ticket the highest level
    assert all(len(messages) == 1 for messages in repairs.told().values())
    now = repairs.office.clock.now()
    for number in numbers:
        found = repairs.ticket(number)
        assert found["due_at"] > now
        rows = repairs.office.rows(
            select(TicketBreach.level, TicketBreach.due_at, TicketBreach.found_at)
            .where(TicketBreach.ticket_id == found["id"])
            .order_by(TicketBreach.level)
        )
        assert [level for level, _due, _at in rows] == list(range(2, found["level"]))
        assert rows[0].due_at == found["deadline_at"]
        assert {each.found_at for each in rows} == {now}
    before = repairs.content()
    assert (repairs.sweep(), repairs.content()) == ({}, before)


def test_what_nobody_confirms_is_closed_by_time_and_not_counted_as_confirmed(
    repairs: Repairs,
) -> None:
    number = repairs.upto("complete")
    deadline = repairs.ticket(number)["deadline_at"]
    repairs.after(hours=80)
    assert repairs.sweep() == {("ticket", "closed"): 1, ("call_backs", "lists"): 1}
    found = repairs.ticket(number)
    assert (found["state"], found["confirm_source"], found["score"]) == ("closed", None, None)
    assert (found["ended_at"], found["due_at"], found["clock"]) == (deadline, None, None)
    assert (repairs.late(), repairs.told()) == ([], {})


def test_a_pause_ends_at_its_moment_whenever_the_sweep_comes(repairs: Repairs) -> None:
    number = repairs.upto("arrive")
    repairs.after(hours=4)
    over = repairs.office.clock.now() + timedelta(hours=30)
    repairs.step(number, "pause", TECHNICIAN, reason="等配件", until=over)
    repairs.after(hours=33)
    assert repairs.sweep() == {("ticket", "woken"): 1}
    found = repairs.ticket(number)
    assert (found["state"], found["clock"]) == ("on_site", "complete")
    assert found["deadline_at"] == over + timedelta(hours=20)
    last = repairs.office.rows(select(TicketStep.step, TicketStep.at).order_by(TicketStep.at))[-1]
    assert tuple(last) == ("wake", over)


@pytest.mark.parametrize("step", ["pause", "complete"])
def test_what_happened_before_the_sweep_came_stands_before_what_it_does(
    repairs: Repairs, step: str
) -> None:
    number = repairs.upto("arrive")
    over = repairs.office.clock.now() + timedelta(hours=72)
    if step == "pause":
        repairs.step(number, "pause", TECHNICIAN, reason="等配件", until=over)
    else:
        repairs.step(number, "complete", TECHNICIAN, note="已修好")
    repairs.after(hours=73)
    repairs.step(number, "urge")
    repairs.after(hours=1)
    repairs.sweep()
    query = select(TicketStep.step, TicketStep.at).order_by(TicketStep.position)
    urged, swept = repairs.office.rows(query)[-2:]
    assert (urged.step, swept.step) == ("urge", "wake" if step == "pause" else "close")
    assert urged.at == swept.at == over + timedelta(hours=1)
    # it counts from when it was due, all the same
    found = repairs.ticket(number)
    if step == "pause":
        assert found["deadline_at"] == over + timedelta(hours=24)
    else:
        assert found["ended_at"] == over


def test_a_pause_and_the_rest_of_its_clock_may_both_be_over(repairs: Repairs) -> None:
    number = repairs.upto("arrive")
    over = repairs.office.clock.now() + timedelta(hours=1)
    repairs.step(number, "pause", TECHNICIAN, reason="等配件", until=over)
    repairs.after(hours=1 + 24 + 7)
    done = repairs.sweep()
    assert (done["ticket", "woken"], done["ticket", "late"]) == (1, 1)
    assert done["ticket", "supervisor"] == 1
    assert repairs.late() == [(number, "complete", 2), (number, "complete", 3)]


def test_a_missed_appointment_is_a_breach_and_its_supervisor_hears_a_part_of_the_limit_later(
    repairs: Repairs,
) -> None:
    number = repairs.upto("take")
    ends = repairs.office.clock.now() + timedelta(days=3)
    repairs.step(number, "appoint", TECHNICIAN, begins=ends - timedelta(hours=2), until=ends)
    repairs.after(days=2, hours=23, minutes=12)
    assert repairs.sweep()["ticket", "warned"] == 1  # a fifth of four hours before its end
    repairs.after(minutes=48)
    assert repairs.sweep()["ticket", "late"] == 1
    repairs.after(hours=1)
    assert repairs.sweep()["ticket", "supervisor"] == 1
    # another appointment begins a clock of its own
    again = repairs.office.clock.now() + timedelta(days=1)
    repairs.step(number, "appoint", TECHNICIAN, begins=again - timedelta(hours=2), until=again)
    assert repairs.ticket(number)["level"] == clock.WARNING
    repairs.after(days=1)
    repairs.sweep()
    assert repairs.late() == [(number, "arrive", level) for level in (2, 2, 3)]


def test_a_step_that_comes_too_late_leaves_the_breach_that_no_sweep_has_seen(
    repairs: Repairs,
) -> None:
    number = repairs.submit()
    repairs.after(minutes=38)
    repairs.step(number, "accept")
    assert repairs.late() == [(number, "accept", 2), (number, "accept", 3)]
    repairs.sweep()
    # to assign had the same half hour, which began with the call
    assert repairs.late()[2:] == [(number, "assign", 2), (number, "assign", 3)]


def test_in_time_to_the_second_is_in_time(repairs: Repairs) -> None:
    number = repairs.submit()
    repairs.after(minutes=30)
    repairs.step(number, "accept")
    repairs.step(number, "assign", handler=TECHNICIAN)
    assert (repairs.late(), repairs.sweep()) == ([], {})


def test_many_late_tickets_are_one_message_a_person_and_urgent_ones_are_said_to_be(
    repairs: Repairs,
) -> None:
    numbers = [repairs.upto("assign") for _each in range(3)]
    urgent = repairs.upto("assign")
    repairs.office.execute(update(Ticket).where(Ticket.number == urgent).values(urgency="urgent"))
    repairs.after(minutes=30)
    repairs.sweep()
    said = repairs.told()[TECHNICIAN]
    assert said == [
        [
            ["late repairs", 3, [str(each) for each in numbers]],
            ["late urgent repairs", 1, [str(urgent)]],
        ]
    ]


def test_the_last_word_of_a_sweep_is_what_a_replay_said_before(repairs: Repairs) -> None:
    repairs.submit()
    repairs.upto("complete")
    repairs.upto("arrive")
    then = repairs.office.clock.now() + timedelta(hours=100)
    before = repairs.content()
    said = repairs.replay(then)
    assert repairs.content() == before
    repairs.after(hours=100)
    assert repairs.sweep() == said
    assert repairs.office.count(Ticket) == 3


def test_a_call_entered_late_is_told_to_the_customer_service_lead_once(repairs: Repairs) -> None:
    now = repairs.office.clock.now()
    number = repairs.submit(called_at=now - timedelta(minutes=11))
    repairs.submit(called_at=now - timedelta(minutes=10))
    repairs.submit(called_at=now - timedelta(minutes=11), channel="wechat")
    assert repairs.sweep() == {("ticket_entry", "told"): 1, ("alert", "messages"): 1}
    assert repairs.told() == {DESK_LEAD: [[["repairs entered late", 1, [str(number)]]]]}
    assert repairs.breaches() == [("ticket_entry", "enter", 1)]
    assert repairs.sweep() == {}


@pytest.mark.parametrize("code", ["assign", "take", "arrive", "pause"])
def test_what_somebody_has_in_hand_goes_back_to_the_queue_when_they_are_suspended(
    repairs: Repairs, hire: Callable[..., Actor], code: str
) -> None:
    hire("XZ001", "administration")
    number = repairs.upto("arrive" if code == "pause" else code)
    done = repairs.upto("complete")
    if code == "pause":
        until = repairs.office.clock.now() + timedelta(hours=9)
        repairs.step(number, "pause", TECHNICIAN, reason="等配件", until=until)
    with repairs.office.open("XZ001", write=True) as (actor, work):
        held = account_lifecycle.suspend(actor, work, TECHNICIAN, reason="停岗")
    assert held["given_back"] == 1
    found = repairs.ticket(number)
    assert (found["state"], found["handler_id"], found["clock"]) == ("accepted", None, "assign")
    assert found["deadline_at"] == repairs.office.clock.now() + timedelta(minutes=30)
    assert repairs.ticket(done)["handler_id"] is not None
    repairs.step(number, "assign", LEAD, handler=LEAD)


def _leaves_later(repairs: Repairs, hire: Callable[..., Actor]) -> None:
    hire("XZ001", "administration")
    with repairs.office.open("XZ001", write=True) as (actor, work):
        at = repairs.office.clock.now() + timedelta(hours=20)
        account_leaving.leave(actor, work, TECHNICIAN, at=at, reason="合同到期")


def _grant_ends(repairs: Repairs, _hire: Callable[..., Actor]) -> None:
    holder = select(Account.id).where(Account.staff_number == TECHNICIAN).scalar_subquery()
    repairs.office.execute(delete(RoleGrant).where(RoleGrant.account_id == holder))
    with repairs.office.open(DESK, write=True) as (_actor, work):
        role.grant(
            bootstrap(),
            work,
            staff_number=TECHNICIAN,
            role="maintenance",
            reason="test",
            community="CH",
            until=repairs.office.clock.now() + timedelta(hours=20),
        )


@pytest.mark.parametrize("ends", [_leaves_later, _grant_ends])
def test_what_somebody_has_in_hand_goes_back_when_their_end_has_come(
    repairs: Repairs, hire: Callable[..., Actor], ends: Callable[..., None]
) -> None:
    ends(repairs, hire)
    number = repairs.upto("take")
    repairs.after(hours=19)
    repairs.sweep()
    assert repairs.ticket(number)["handler_id"] is not None
    repairs.after(hours=2)
    done = repairs.sweep()
    assert 1 in {count for (_kind, what), count in done.items() if what == "given_back"}
    found = repairs.ticket(number)
    assert (found["state"], found["handler_id"], found["clock"]) == ("accepted", None, "assign")
    assert repairs.sweep() == {}
