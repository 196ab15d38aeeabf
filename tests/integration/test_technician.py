"""Technicians: skills and limits, set where they work and nowhere else (2.1.2, 3.2.2)."""

from __future__ import annotations

from typing import Any

import pytest

from pcloud_cli.errors import NotAllowed, NotFound, UsageProblem
from pcloud_cli.services import technician
from tests.integration.crew import Crew, Open


@pytest.fixture
def crew(opened: Open) -> Crew:
    made = Crew(opened)
    made.found()
    return made


def _put(crew: Crew, actor: Any, number: str, **given: Any) -> dict[str, Any]:
    with crew.opened() as work:
        return technician.put(actor, work, number, **given)


def test_a_supervisor_says_what_a_technician_can_do(crew: Crew) -> None:
    lead = crew.hire("WX001", "maintenance_lead")
    crew.hire("WX002", "maintenance", name="赵师傅")
    done = _put(crew, lead, "WX002", skills=["给排水", "wiring"], limit=5)
    assert (done["skills"], done["limit"], done["changed"]) == (["plumbing", "wiring"], 5, True)
    assert _put(crew, lead, "WX002", also=["暖通"], without=["强电"])["skills"] == [
        "hvac",
        "plumbing",
    ]
    assert _put(crew, lead, "WX002", usual_limit=True)["limit"] == 8
    assert not _put(crew, lead, "WX002", skills=["hvac", "给排水"])["changed"]


@pytest.mark.parametrize(
    ("trade", "skills"),
    [
        ("水电", ["plumbing", "wiring"]),
        ("水电工", ["plumbing", "wiring"]),
        ("电工", ["wiring"]),
        ("水工", ["plumbing"]),
        ("水暖工", ["plumbing"]),
        ("木工", ["carpentry"]),
        ("泥瓦工", ["masonry"]),
        ("电梯工", ["lift"]),
        ("空调工", ["hvac"]),
        ("锁匠", ["carpentry"]),
    ],
)
def test_a_trade_means_its_skills(crew: Crew, trade: str, skills: list[str]) -> None:
    lead = crew.hire("WX001", "maintenance_lead")
    crew.hire("WX002", "maintenance")
    assert _put(crew, lead, "WX002", skills=[trade])["skills"] == skills
    with crew.opened() as work:
        found = technician.list_all(lead, work, skill=trade)
    assert [each["staff_number"] for each in found] == ["WX002"]


def test_an_unknown_skill_and_a_senseless_limit_are_refused(crew: Crew) -> None:
    lead = crew.hire("WX001", "maintenance_lead")
    crew.hire("WX002", "maintenance")
    for given in ({"skills": ["飞行"]}, {"limit": -1}, {"limit": 101}):
        with pytest.raises(UsageProblem):
            _put(crew, lead, "WX002", **given)


def test_who_holds_no_role_of_a_technician_is_none(crew: Crew) -> None:
    lead = crew.hire("WX001", "maintenance_lead")
    crew.hire("KF001", "customer_service")
    with pytest.raises(NotFound):
        _put(crew, lead, "KF001", skills=["gas"])
    with pytest.raises(NotFound):
        _put(crew, lead, "NO999", skills=["gas"])


def test_a_supervisor_of_one_community_sees_and_sets_nobody_of_another(crew: Crew) -> None:
    lead = crew.hire("WX001", "maintenance_lead")
    crew.hire("WX002", "maintenance")
    crew.hire("WX003", "maintenance", community="YG")
    crew.hire("WX004", "maintenance", building="1栋")
    with crew.opened() as work:
        seen = [each["staff_number"] for each in technician.list_all(lead, work)]
        assert seen == ["WX001", "WX002", "WX004"]
        with pytest.raises(NotAllowed):
            technician.show(lead, work, "WX003")
    with pytest.raises(NotAllowed):
        _put(crew, lead, "WX003", skills=["gas"])
    assert _put(crew, lead, "WX004", skills=["gas"])["communities"] == ["CH"]


def test_a_technician_sees_themselves_and_nobody_else(crew: Crew) -> None:
    lead = crew.hire("WX001", "maintenance_lead", community=None)
    own = crew.hire("WX002", "maintenance")
    _put(crew, lead, "WX002", skills=["gas"])
    with crew.opened() as work:
        assert technician.show(own, work, None)["skills"] == ["gas"]
        with pytest.raises(NotAllowed):
            technician.show(own, work, "WX001")
        with pytest.raises(NotAllowed):
            technician.list_all(own, work)
        found = technician.list_all(lead, work, skill="燃气")
        assert [each["staff_number"] for each in found] == ["WX002"]
