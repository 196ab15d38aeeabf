"""Standing in and exchanging: asked by one, agreed by the supervisor, nobody in two places."""

from __future__ import annotations

import pytest

from pcloud_cli.clock import FixedClock
from pcloud_cli.errors import Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.roster import swaps
from tests.integration.crew import Crew, Open


@pytest.fixture
def crew(opened: Open) -> Crew:
    made = Crew(opened)
    made.found()
    return made


@pytest.fixture
def three(crew: Crew) -> tuple[Actor, Actor, Actor]:
    """A supervisor and two technicians; the first has Monday's day, the other Tuesday's night."""
    lead = crew.hire("WX001", "maintenance_lead")
    one, two = crew.hire("WX002", "maintenance"), crew.hire("WX003", "maintenance")
    crew.shift(one, "2026-03-02 08:00", "2026-03-02 20:00")
    crew.shift(two, "2026-03-03 20:00", "2026-03-04 08:00", kind="night")
    return lead, one, two


def test_a_technician_asks_and_the_supervisor_agrees(
    crew: Crew, three: tuple[Actor, Actor, Actor]
) -> None:
    lead, one, _two = three
    with crew.opened() as work:
        asked = swaps.ask(one, work, "2026-03-02", to="WX003", reason="家中有事")
    assert (asked["state"], asked["from"], asked["to"]) == ("asked", "WX002", "WX003")
    assert crew.live()[0][0] == "WX002"
    with crew.opened() as work:
        with pytest.raises(NotAllowed):
            swaps.agree(one, work, "1")
        assert swaps.list_all(lead, work, waiting=True)[0]["number"] == 1
    with crew.opened() as work:
        assert not swaps.agree(lead, work, "1")["already"]
        assert swaps.agree(lead, work, "#1")["already"]
    assert crew.live()[0][0] == "WX003"


def test_what_a_supervisor_enters_for_others_holds_at_once_but_not_for_themselves(
    crew: Crew, three: tuple[Actor, Actor, Actor]
) -> None:
    lead, _one, _two = three
    with crew.opened() as work:
        own = swaps.ask(lead, work, "2026-03-02", of="WX002", to="WX001", reason="顶班")
        assert own["state"] == "asked"
        with pytest.raises(NotAllowed):
            swaps.agree(lead, work, "1")
    with crew.opened() as work:
        done = swaps.ask(lead, work, "2026-03-02", of="WX002", to="WX003", reason="病假")
        assert (done["state"], done["decided_by"]) == ("agreed", "WX001")
    with crew.opened() as work, pytest.raises(Conflict):
        swaps.agree(crew.hire("WX009", "maintenance_lead"), work, "1")


def test_an_exchange_moves_both_or_none(crew: Crew, three: tuple[Actor, Actor, Actor]) -> None:
    lead, one, two = three
    with crew.opened() as work:
        swaps.ask(one, work, "2026-03-02", to="WX003", against="2026-03-03", reason="换班")
        swaps.agree(lead, work, "1")
    assert [row[0] for row in crew.live()] == ["WX003", "WX002"]
    crew.shift(two, "2026-03-03 19:00", "2026-03-03 21:00")
    crew.shift(one, "2026-03-02 20:00", "2026-03-02 23:00")
    with crew.opened() as work, pytest.raises(Conflict):
        # back on Monday, WX003 would be fine; WX003's evening meets Tuesday's night
        swaps.ask(one, work, "2026-03-03 22:00", to="WX003", reason="换回")


def test_of_a_shift_that_runs_the_rest_is_given(
    crew: Crew, three: tuple[Actor, Actor, Actor], clock: FixedClock
) -> None:
    lead, _one, _two = three
    clock.moment = crew.at("2026-03-02 13:00")
    with crew.opened() as work:
        swaps.ask(lead, work, "2026-03-02 13:00", of="WX002", to="WX003", reason="受伤")
    assert crew.live()[:2] == [
        ("WX002", "03-02 08:00", "03-02 13:00", "day"),
        ("WX003", "03-02 13:00", "03-02 20:00", "day"),
    ]
    clock.moment = crew.at("2026-03-02 21:00")
    with crew.opened() as work, pytest.raises(Conflict):
        swaps.ask(lead, work, "2026-03-02 14:00", of="WX003", to="WX002", reason="晚了")


def test_who_works_elsewhere_or_has_no_such_shift_takes_none(
    crew: Crew, three: tuple[Actor, Actor, Actor]
) -> None:
    lead, one, _two = three
    crew.hire("WX010", "maintenance", community="YG")
    stranger = crew.hire("WX011", "maintenance_lead", community="YG")
    with crew.opened() as work:
        with pytest.raises(Conflict):
            swaps.ask(one, work, "2026-03-02", to="WX010", reason="试")
        with pytest.raises(NotFound):
            swaps.ask(one, work, "2026-03-05", to="WX003", reason="试")
        with pytest.raises(UsageProblem):
            swaps.ask(one, work, "2026-03-02", to="WX003", reason=" ")
        with pytest.raises(UsageProblem):
            swaps.ask(one, work, "2026-03-02", to="WX002", reason="试")
        with pytest.raises(NotAllowed):
            swaps.ask(stranger, work, "2026-03-02", of="WX002", to="WX010", reason="试")
        assert swaps.list_all(lead, work) == []


def test_a_question_is_refused_or_withdrawn_once(
    crew: Crew, three: tuple[Actor, Actor, Actor]
) -> None:
    lead, one, two = three
    with crew.opened() as work:
        swaps.ask(one, work, "2026-03-02", to="WX003", reason="试")
        with pytest.raises(NotAllowed):
            swaps.withdraw(two, work, "1")
        assert swaps.withdraw(one, work, "1")["state"] == "withdrawn"
        with pytest.raises(Conflict):
            swaps.agree(lead, work, "1")
        swaps.ask(one, work, "2026-03-02", to="WX003", reason="再试")
        assert swaps.refuse(lead, work, "2", reason="人手不够")["state"] == "refused"
        with pytest.raises(NotFound):
            swaps.refuse(lead, work, "3", reason="试")
