"""Who is on shift: what assigning and escalating ask, and what an empty roster says (3.2.2)."""

from __future__ import annotations

from datetime import datetime

import pytest

from pcloud_cli.clock import FixedClock
from pcloud_cli.services import account_lifecycle, roster, technician
from pcloud_cli.services.roster import Duty
from tests.integration.crew import Crew, Open


@pytest.fixture
def crew(opened: Open, clock: FixedClock) -> Crew:
    made = Crew(opened)
    made.found()
    assert clock.now().isoformat() == "2026-03-01T08:00:00+00:00"
    return made


def _duty(crew: Crew, at: str, community: str = "CH") -> Duty:
    place = crew.place(community)
    with crew.opened() as work:
        return roster.on_shift(work, place, crew.at(at))


def _numbers(duty: Duty) -> list[str]:
    return [one.staff_number for one in duty]


def test_an_empty_roster_is_told_and_not_just_an_empty_list(crew: Crew) -> None:
    crew.hire("WX001", "maintenance_lead")
    duty = _duty(crew, "2026-03-02 09:00")
    assert (list(duty), duty.lack, bool(duty)) == ([], "no_roster", False)
    assert set(roster.LACKS) == {"no_roster", "nobody_in_work", "skill_missing"}


def test_on_shift_are_those_whose_shift_has_begun_and_not_ended(crew: Crew) -> None:
    day, night = crew.hire("WX002", "maintenance"), crew.hire("WX003", "maintenance")
    crew.shift(day, "2026-03-02 08:00", "2026-03-02 20:00")
    crew.shift(night, "2026-03-02 20:00", "2026-03-03 08:00", kind="night")
    assert _numbers(_duty(crew, "2026-03-02 08:00")) == ["WX002"]
    assert _numbers(_duty(crew, "2026-03-02 19:59")) == ["WX002"]
    assert _numbers(_duty(crew, "2026-03-02 20:00")) == ["WX003"]
    assert _numbers(_duty(crew, "2026-03-03 07:59")) == ["WX003"]
    assert _duty(crew, "2026-03-03 08:00").lack == "no_roster"
    assert _duty(crew, "2026-03-02 09:00", "YG").lack == "no_roster"


def test_each_comes_with_skills_limit_and_standby_last(crew: Crew) -> None:
    lead = crew.hire("WX001", "maintenance_lead")
    first, second = crew.hire("WX002", "maintenance"), crew.hire("WX003", "maintenance")
    with crew.opened() as work:
        technician.put(lead, work, "WX003", skills=["gas", "plumbing"], limit=3)
    crew.shift(first, "2026-03-02 08:00", "2026-03-02 20:00", kind="standby")
    crew.shift(second, "2026-03-02 08:00", "2026-03-02 20:00")
    duty = _duty(crew, "2026-03-02 09:00")
    assert [(one.staff_number, sorted(one.skills), one.limit) for one in duty] == [
        ("WX003", ["gas", "plumbing"], 3),
        ("WX002", [], 8),
    ]
    assert [one.standby for one in duty] == [False, True]
    assert _numbers(duty.with_skills({"gas"})) == ["WX003"]  # type: ignore[arg-type]
    assert duty.with_skills(("lift",)).lack == "skill_missing"


def test_a_technician_of_one_building_says_so(crew: Crew) -> None:
    whole, part = (
        crew.hire("WX002", "maintenance"),
        crew.hire("WX003", "maintenance", building="1栋"),
    )
    for each in (whole, part):
        crew.shift(each, "2026-03-02 08:00", "2026-03-02 20:00")
    found = {one.staff_number: one.buildings for one in _duty(crew, "2026-03-02 09:00")}
    assert found["WX002"] is None
    assert len(found["WX003"] or ()) == 1


def test_who_is_suspended_or_holds_no_role_there_is_not_on_shift(crew: Crew) -> None:
    hr = crew.hire("XZ001", "administration", community=None)
    gone = crew.hire("WX002", "maintenance")
    stranger = crew.hire("WX003", "maintenance", community="YG")
    crew.shift(gone, "2026-03-02 08:00", "2026-03-02 20:00")
    crew.shift(stranger, "2026-03-02 08:00", "2026-03-02 20:00")
    assert _numbers(_duty(crew, "2026-03-02 09:00")) == ["WX002"]
    with crew.opened() as work:
        account_lifecycle.suspend(hr, work, "WX002", reason="test")
    duty = _duty(crew, "2026-03-02 09:00")
    assert (_numbers(duty), duty.lack) == ([], "nobody_in_work")


def test_supervisors_on_shift_come_first_and_those_of_other_places_never(crew: Crew) -> None:
    crew.hire("WX001", "maintenance_lead")
    late = crew.hire("WX009", "maintenance_lead")
    crew.hire("WX005", "maintenance_lead", community="YG")
    crew.hire("WX004", "maintenance")
    crew.shift(late, "2026-03-02 08:00", "2026-03-02 20:00")
    place = crew.place()
    with crew.opened() as work:
        found = roster.supervisors(work, place, crew.at("2026-03-02 09:00"))
        assert [(one.staff_number, one.on_shift) for one in found] == [
            ("WX009", True),
            ("WX001", False),
        ]
        at: datetime = crew.at("2026-03-02 21:00")
        assert [one.on_shift for one in roster.supervisors(work, place, at)] == [False, False]
