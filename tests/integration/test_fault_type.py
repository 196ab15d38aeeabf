"""Fault types: those shipped, changed and added by an installation (3.2.2)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, UsageProblem
from pcloud_cli.i18n import in_chinese
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.services import fault_type
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.policy_ticket import TicketPolicy
from pcloud_cli.services.ticket import hearing

Open = Callable[[], AbstractContextManager[Work]]
Hire = Callable[..., Actor]


@pytest.fixture
def lead(hire: Hire) -> Actor:
    return hire("WX001", "maintenance_lead")


def test_shipped_fault_types_are_there_without_anybody_entering_them(opened: Open) -> None:
    with opened() as work:
        assert set(fault_type.every(work)) == set(fault_type.SHIPPED)
        for text in ("plumbing", "给排水", "Water supply and drainage", " 给排水 "):
            assert fault_type.find(work, text).code == "plumbing"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("走廊灯坏了", "wiring"),
        ("卧室灯不亮", "wiring"),
        ("下水道反水", "plumbing"),
        ("管子裂了", "plumbing"),
        ("井盖翘起来了", "public"),
        ("门口路灯不亮", "public"),
        ("天花板往下滴水，楼上漏的", "waterproofing"),
        ("电梯按键不亮", "lift"),
    ],
)
def test_ordinary_words_tell_the_fault(opened: Open, said: str, code: str) -> None:
    with opened() as work:
        assert hearing.fault(work, TicketPolicy(), said) == code


def test_every_shipped_fault_type_needs_known_skills_and_has_its_chinese() -> None:
    for one in fault_type.SHIPPED.values():
        assert one.skills
        assert set(one.skills) <= set(fault_type.SKILLS)
        assert one.part is None or one.part in fault_type.PARTS
        assert in_chinese(one.name) != one.name


def test_an_installation_changes_a_shipped_one_and_the_others_stay(
    opened: Open, lead: Actor
) -> None:
    with opened() as work:
        done = fault_type.change(lead, work, "电梯", skills=["电梯", "wiring"])
        assert (done["changed"], done["skills"]) == (True, ["lift", "wiring"])
        assert fault_type.change(lead, work, "lift", skills=["强电线路"])["changed"]
    with opened() as work:
        assert fault_type.find(work, "lift").skills == ("强电线路",)
        assert "强电线路" in fault_type.skills(work)
        assert fault_type.find(work, "gas") == fault_type.SHIPPED["gas"]


def test_doing_it_twice_changes_nothing(opened: Open, lead: Actor) -> None:
    with opened() as work:
        assert not fault_type.change(lead, work, "gas", name="燃气")["changed"]
        assert fault_type.retire(lead, work, "gas")["changed"]
        assert not fault_type.retire(lead, work, "gas")["changed"]
    with opened() as work:
        events = [row.action for row in work.session.query(TrailEvent)]
        assert events.count("fault_type.retire") == 1
        assert "fault_type.change" not in events


def test_a_retired_one_is_not_chosen_and_comes_back_by_a_change(opened: Open, lead: Actor) -> None:
    with opened() as work:
        fault_type.retire(lead, work, "gas")
        assert "gas" not in dict(fault_type.choices(work))
        with pytest.raises(UsageProblem):
            fault_type.find(work, "燃气")
        assert fault_type.find(work, "燃气", retired=True).retired_at == work.now()
        assert fault_type.change(lead, work, "燃气")["changed"]
        assert fault_type.find(work, "燃气").skills == ("gas",)


def test_an_own_one_needs_a_free_code_and_name(opened: Open, lead: Actor) -> None:
    with opened() as work:
        made = fault_type.add(lead, work, "charging", name="充电桩", skills=["强电", "充电"])
        assert (made["skills"], made["shipped"]) == (["wiring", "充电"], False)
        for code, name in (("charging", "别的"), ("other2", "充电桩"), ("x", "给排水")):
            with pytest.raises(Conflict):
                fault_type.add(lead, work, code, name=name, skills=["wiring"])
        for code, skills in (("坏", ["wiring"]), ("empty", [])):
            with pytest.raises(UsageProblem):
                fault_type.add(lead, work, code, name=code, skills=skills)


def test_the_last_one_stays(opened: Open, lead: Actor) -> None:
    with opened() as work:
        for code in list(fault_type.SHIPPED)[1:]:
            fault_type.retire(lead, work, code)
        with pytest.raises(Conflict):
            fault_type.retire(lead, work, "plumbing")


def test_a_technician_sees_them_and_changes_none(opened: Open, hire: Hire) -> None:
    technician, finance = hire("WX002", "maintenance"), hire("CW001", "finance")
    with opened() as work:
        assert len(fault_type.list_all(technician, work)) == len(fault_type.SHIPPED)
        with pytest.raises(NotAllowed):
            fault_type.retire(technician, work, "gas")
        with pytest.raises(NotAllowed):
            fault_type.list_all(finance, work)
