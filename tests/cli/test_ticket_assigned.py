"""Tickets given out: by hand, by the plan over all that wait, and an emergency at once (3.2.2)."""

from __future__ import annotations

from datetime import timedelta

from pcloud_cli.services.outbox_templates_tickets import TO_REPORTERS
from tests.cli.program import Program
from tests.cli.tickets import (
    DESK,
    LEAD,
    OTHER,
    TECHNICIAN,
    must_hold,
    on_shift,
    one,
    step,
    submitted,
)


def _waiting(program: Program, **more: str) -> int:
    number = submitted(program, **more)
    step(program, number, "accept", by=DESK)
    return number


def _told(program: Program) -> list[tuple[str, str]]:
    listed = program.run("outbox", "list", "-o", "json", by="R-DELIVERER")
    assert listed.code == 0, listed.err
    return [
        (each["template"], each["to"])
        for each in listed.data
        if each["template"] not in TO_REPORTERS
    ]


def test_the_plan_gives_each_ticket_to_who_can_do_it(site: Program) -> None:
    on_shift(site, TECHNICIAN, "plumbing")
    on_shift(site, OTHER, "wiring")
    pipes, wires = _waiting(site, fault="plumbing"), _waiting(site, fault="wiring")
    done = site.run("ticket", "assign", "--auto", "--all", "-o", "json", by=DESK)
    assert done.code == 0, done.err
    assert {each["number"]: each["handler"] for each in done.data} == {
        pipes: TECHNICIAN,
        wires: OTHER,
    }
    must_hold(site)
    assert sorted(_told(site)) == [("ticket_assigned", OTHER), ("ticket_assigned", TECHNICIAN)]
    again = site.run("ticket", "assign", "--auto", "--all", "-o", "json", by=DESK)
    assert (again.code, again.error["code"]) == (2, "nothing_waits")


def test_the_explanation_names_everybody_and_why_not(site: Program) -> None:
    on_shift(site, TECHNICIAN, "plumbing")
    on_shift(site, OTHER, "wiring")
    number = _waiting(site, fault="plumbing")
    done = site.run(
        "ticket", "assign", str(number), "--auto", "--explain", "--dry-run", "-o", "json", by=DESK
    )
    assert done.code == 0, done.err
    why = {each["staff_number"]: each for each in done.data[0]["why"]}
    assert why[TECHNICIAN]["planned"]
    assert why[OTHER]["refusal"] == "no_skill"
    assert one(site, number)["state"] == "accepted"
    shown = site.run(
        "--lang", "zh", "ticket", "assign", str(number), "--auto", "--explain", by=DESK
    )
    assert shown.code == 0, shown.err
    assert "缺少技能" in shown.out


def test_an_empty_roster_leaves_the_ticket_and_tells_the_supervisor_once(site: Program) -> None:
    number = _waiting(site)
    for _turn in range(2):
        left = site.run("ticket", "assign", str(number), "--auto", "-o", "json", by=DESK)
        assert left.code == 6
        assert [(each["assigned"], each["reason"]) for each in left.data] == [(False, "nobody")]
    assert one(site, number)["state"] == "accepted"
    assert _told(site) == [("ticket_unassigned", LEAD)]


def test_nobody_is_given_more_than_they_get_but_an_emergency(site: Program) -> None:
    done = site.run("technician", "set", TECHNICIAN, "--limit", "1", by=LEAD)
    assert done.code == 0, done.err
    first, second = _waiting(site), _waiting(site)
    step(site, first, f"assign --to {TECHNICIAN}", by=DESK)
    refused = site.run("ticket", "assign", str(second), "--to", TECHNICIAN, "-o", "json", by=DESK)
    assert (refused.code, refused.error["code"]) == (5, "at_limit")
    step(site, second, "urgent --kind 水浸", by=DESK)
    step(site, second, f"assign --to {TECHNICIAN}", by=DESK)


def test_an_emergency_goes_out_at_once_to_who_is_on_shift_and_to_the_supervisor(
    site: Program,
) -> None:
    on_shift(site, TECHNICIAN, "plumbing")
    on_shift(site, OTHER, "plumbing")
    number = submitted(site, fault="plumbing", urgent="水浸")
    found = one(site, number)
    assert (found["state"], found["urgency"]) == ("assigned", "urgent")
    assert found["handler"] in (TECHNICIAN, OTHER)
    assert [each["step"] for each in found["timeline"]] == ["submit", "accept", "assign"]
    told = _told(site)
    assert ("ticket_assigned", found["handler"]) in told
    assert {to for template, to in told if template == "ticket_emergency"} == {
        TECHNICIAN,
        OTHER,
        LEAD,
    }
    must_hold(site)


def test_an_emergency_with_nobody_on_shift_reaches_the_supervisor_all_the_same(
    site: Program,
) -> None:
    number = submitted(site, urgent="困人")
    assert one(site, number)["state"] == "accepted"
    assert ("ticket_emergency", LEAD) in _told(site)


def test_a_ticket_marked_urgent_while_it_waits_goes_out_at_once(site: Program) -> None:
    number = submitted(site)
    on_shift(site, TECHNICIAN)
    site.clock.advance(timedelta(minutes=3))
    marked = step(site, number, "urgent --kind 燃气", by=DESK)
    assert (marked["state"], marked["handler"]) == ("assigned", TECHNICIAN)
    must_hold(site)
