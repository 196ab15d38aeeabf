"""The second check of what was entered, which no ticket waits for (2.3.1)."""

from __future__ import annotations

from typing import Any

from tests.cli.program import Program
from tests.cli.tickets import (
    DESK,
    LEAD,
    TECHNICIAN,
    must_hold,
    on_site,
    one,
    step,
    submitted,
    taken,
)

OTHER_DESK = "KF002"


def _unchecked(program: Program) -> list[int]:
    found = program.run("ticket", "list", "--unchecked", "-o", "json", by=DESK)
    assert found.code == 0, found.err
    return [each["number"] for each in found.data]


def _check(program: Program, number: int) -> tuple[Any, Any]:
    found = one(program, number)
    return found["checked_by"], found["checked_how"]


def test_accepting_what_somebody_else_entered_is_the_second_check(site: Program) -> None:
    number = submitted(site)
    assert _unchecked(site) == [number]
    step(site, number, "accept", by=OTHER_DESK)
    assert _check(site, number) == (OTHER_DESK, "accepted")
    assert _unchecked(site) == []


def test_nobody_checks_their_own_entry_and_dispatch_does_not_wait(site: Program) -> None:
    number = submitted(site)
    step(site, number, "accept", by=DESK)
    assert _check(site, number) == (None, None)
    assert step(site, number, f"assign --to {TECHNICIAN}", by=DESK)["state"] == "assigned"
    assert _unchecked(site) == [number]
    shown = site.run("ticket", "show", str(number), by=DESK)
    assert "nobody yet" in shown.out


def test_the_technician_on_site_makes_the_check_that_nobody_made(site: Program) -> None:
    number = taken(site)
    step(site, number, "arrive --checked", by=TECHNICIAN)
    assert _check(site, number) == (TECHNICIAN, "on_site")
    assert _unchecked(site) == []


def test_arriving_without_a_word_checks_nothing(site: Program) -> None:
    number = taken(site)
    step(site, number, "arrive", by=TECHNICIAN)
    assert _unchecked(site) == [number]


def test_what_is_put_right_on_site_keeps_what_was_entered(site: Program) -> None:
    number = taken(site)
    before = one(site, number)["content"]
    step(site, number, "arrive --correct-content 马桶堵塞 --correct-place 主卧", by=TECHNICIAN)
    found = one(site, number)
    assert found["content"] == "马桶堵塞"
    arrived = found["timeline"][-1]
    assert (arrived["step"], arrived["former"], arrived["note"]) == ("arrive", before, "主卧")
    assert arrived["detail"]["corrected"] == ["content", "place"]
    assert _check(site, number) == (TECHNICIAN, "on_site")
    must_hold(site)


def test_what_is_put_right_stands_nowhere_in_clear(site: Program) -> None:
    number = taken(site)
    step(site, number, "arrive --correct-content 马桶堵塞13800004321", by=TECHNICIAN)
    trail = site.run("audit", "list", "--limit", "50", "-o", "json", by="R-AUDITOR").out
    assert "13800004321" not in trail
    assert "13800004321" not in site.run("ticket", "show", str(number), by="R-MANAGEMENT").out


def test_who_entered_it_cannot_check_it_on_site(site: Program) -> None:
    words = ["-c", "CH", "--public", "车库", "--channel", "patrol", "--content", "灯不亮"]
    made = site.run("ticket", "submit", *words, "-o", "json", by=TECHNICIAN)
    assert made.code == 0, made.err
    number = made.data["number"]
    step(site, number, "accept", by=DESK)
    step(site, number, f"assign --to {TECHNICIAN}", by=LEAD)
    step(site, number, "take", by=TECHNICIAN)
    refused = site.run("ticket", "arrive", str(number), "--checked", "-o", "json", by=TECHNICIAN)
    assert (refused.code, refused.error["code"]) == (5, "own_entry")
    assert _check(site, number) == (DESK, "accepted")


def test_reading_back_is_kept_and_is_not_the_second_check(site: Program) -> None:
    words = ["-c", "CH", "--public", "车库", "--content", "灯不亮", "--read-back", "-o", "json"]
    made = site.run("ticket", "submit", *words, by=DESK)
    assert made.code == 0, made.err
    found = one(site, made.data["number"])
    assert (found["read_back"], found["checked_by"]) == (True, None)
    refused = site.run("ticket", "submit", *words, "--channel", "patrol", by=DESK)
    assert refused.code == 2


def test_what_kind_of_fault_it_is_can_be_said_when_accepting(site: Program) -> None:
    number = submitted(site)
    accepted = step(site, number, "accept --fault 给排水", by=DESK)
    assert accepted["fault_type"] == "plumbing"


def test_without_a_word_the_content_tells_the_fault_type(site: Program) -> None:
    number = submitted(site)  # 厨房水管漏水
    assert step(site, number, "accept", by=DESK)["fault_type"] == "plumbing"


def test_a_content_that_tells_nothing_is_of_the_type_for_the_rest(site: Program) -> None:
    words = ["-c", "CH", "--public", "东门", "--content", "有人说不对劲"]
    made = site.run("ticket", "submit", *words, "-o", "json", by=DESK)
    assert made.code == 0, made.err
    assert step(site, made.data["number"], "accept", by=DESK)["fault_type"] == "other"


def test_who_assigns_may_correct_the_fault_type(site: Program) -> None:
    number = submitted(site, fault="plumbing")
    step(site, number, "accept", by=DESK)
    given = step(site, number, f"assign --to {TECHNICIAN} --fault 强电", by=DESK)
    assert given["fault_type"] == "wiring"


def test_who_did_not_say_so_on_arriving_can_when_it_is_done(site: Program) -> None:
    number = on_site(site)
    assert _check(site, number) == (None, None)
    step(site, number, "complete --note 换角阀 --checked", by=TECHNICIAN)
    assert _check(site, number) == (TECHNICIAN, "on_site")
