"""What somebody is told who tried what cannot be, or for whom a step did more than they said."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.cli.program import Program
from tests.cli.tickets import (
    DESK,
    LEAD,
    OTHER,
    TECHNICIAN,
    assigned,
    completed,
    on_shift,
    on_site,
    one,
    step,
    submitted,
    taken,
)

FIRM = "恒通电梯"


def refused(program: Program, *words: str, by: str) -> dict[str, str]:
    """Return the error of a call that must be refused."""
    done = program.run("ticket", *words, "-o", "json", by=by)
    assert done.code != 0
    error: dict[str, str] = done.error
    return error


def with_firm(program: Program) -> None:
    """Enter the firm, and hear how it is given a repair."""
    done = program.run("firm", "add", FIRM, by=LEAD)
    assert done.code == 0, done.err
    assert f"pcloud ticket responsibility NUMBER --to third_party --firm {FIRM}" in done.err


def entrusted(program: Program, number: int, to: str = "维保单位") -> None:
    """Give a ticket to the firm."""
    words = ("--to", to, "--firm", FIRM, "--promised", "2026-03-29 18:00", "--reason", "电梯维保")
    done = program.run("ticket", "responsibility", str(number), *words, by=DESK)
    assert done.code == 0, done.err


def test_a_firm_named_as_technician_is_answered_by_how_it_gets_the_ticket(site: Program) -> None:
    with_firm(site)
    number = submitted(site)
    step(site, number, "accept", by=DESK)
    command = f"pcloud ticket responsibility {number} --to third_party --firm {FIRM} --promised"
    error = refused(site, "assign", str(number), "--to", "恒通电梯", by=DESK)
    assert (error["code"], FIRM in error["message"]) == ("is_a_firm", True)
    assert command in error["hint"]
    step(site, number, f"assign --to {TECHNICIAN}", by=DESK)
    words = ("reassign", str(number), "--to", "恒通", "--reason", "电梯")
    assert command in refused(site, *words, by=DESK)["hint"]
    assert refused(site, "reassign", str(number), "--to", "没有", "--reason", "试", by=DESK)[
        "code"
    ] in ("usage", "not_found")


@pytest.mark.parametrize("said", ["维保", "维保单位", "第三方维保", "third_party"])
def test_a_firms_matter_is_understood_by_what_people_call_it(site: Program, said: str) -> None:
    with_firm(site)
    number = taken(site)
    entrusted(site, number, said)
    assert one(site, number)["firm"] == FIRM


def test_what_somebody_has_is_not_assigned_but_reassigned(site: Program) -> None:
    number = assigned(site)
    error = refused(site, "assign", str(number), "--to", TECHNICIAN, by=DESK)
    assert error["code"] == "wrong_state"
    assert f"pcloud ticket reassign {number} --to" in error["hint"]


def test_who_tries_what_cannot_be_now_is_told_what_they_may_do(site: Program) -> None:
    number = submitted(site)
    hint = refused(site, "complete", str(number), "--note", "好了", by=DESK)["hint"]
    assert "`pcloud ticket …`: accept, " in hint
    assert hint.endswith("show.")
    at_work = str(on_site(site))
    hint = refused(site, "take", at_work, by=TECHNICIAN)["hint"]
    assert "complete, return, no-access, progress, pause, show." in hint
    # who may do nothing with it is told how far it is
    assert "pcloud ticket show" in refused(site, "take", str(number), by=TECHNICIAN)["hint"]
    done = str(completed(site))
    hint = refused(site, "accept", done, by=DESK)["hint"]
    assert "confirm, reopen, callback" in hint


def test_what_is_possible_for_a_firm_says_so(site: Program) -> None:
    with_firm(site)
    number = taken(site)
    entrusted(site, number)
    hint = refused(site, "complete", str(number), "--for-firm", "--note", "好", by=DESK)["hint"]
    assert "arrive --for-firm, appoint, no-access --for-firm" in hint
    assert "assign" not in hint


def test_that_nobody_on_shift_can_do_an_emergency_is_said(site: Program) -> None:
    on_shift(site, TECHNICIAN, "wiring")
    words = ["-c", "CH", "--public", "3号电梯", "--content", "困人", "--fault", "lift"]
    made = site.run("ticket", "submit", *words, "--urgent", "困人", "-o", "json", by=DESK)
    assert made.code == 0, made.err
    number = made.data["number"]
    assert "Nobody on shift can do" in made.err
    assert f"pcloud ticket responsibility {number} --to third_party --firm …" in made.err
    found = one(site, number)
    assert found["handler"] == TECHNICIAN
    assert found["timeline"][-1]["detail"]["unskilled"] == ["lift"]
    assert "nobody on shift can do" in site.run("ticket", "show", str(number), by=DESK).out
    told = site.run("outbox", "list", "-o", "json", by="R-SYSTEM-ADMIN").data
    assert [each["template"] for each in told].count("ticket_unskilled") >= 1
    on_shift(site, OTHER)
    back = site.run("ticket", "return", str(number), "--reason", "不会", by=TECHNICIAN)
    assert "Nobody on shift can do" in back.err


def test_an_emergency_of_whoever_can_do_it_is_told_of_nothing(site: Program) -> None:
    on_shift(site, TECHNICIAN, "plumbing")
    number = submitted(site, fault="plumbing")
    marked = site.run("ticket", "urgent", str(number), "--kind", "水浸", by=DESK)
    assert "Nobody on shift" not in marked.err
    assert "unskilled" not in one(site, number)["timeline"][-1]["detail"]


def test_a_promise_later_than_an_emergencys_arrival_says_which_limit_passes(site: Program) -> None:
    with_firm(site)
    number = taken(site)
    step(site, number, "urgent --kind 困人", by=DESK)
    due = one(site, number)["deadline_at"]
    words = ("--to", "维保", "--firm", FIRM, "--promised", "2026-03-29 18:00", "--reason", "电梯")
    given = site.run("ticket", "responsibility", str(number), *words, by=DESK)
    assert given.code == 0, given.err
    assert "That limit is passed over." in given.err
    limit = one(site, number)["timeline"][-1]["detail"]["arrival_limit"]
    assert datetime.fromisoformat(limit) == datetime.fromisoformat(due)


def test_a_plain_repairs_promise_passes_no_limit_over(site: Program) -> None:
    with_firm(site)
    number = taken(site)
    entrusted(site, number)
    assert "arrival_limit" not in one(site, number)["timeline"][-1]["detail"]


def test_nobody_in_is_said_and_what_comes_next(site: Program) -> None:
    number = taken(site)
    words = ("--kind", "上门无人", "--without-photo", "手机没电")
    done = site.run("ticket", "no-access", str(number), *words, by=TECHNICIAN)
    assert f"pcloud ticket appoint {number} --from" in done.err


def test_who_arrives_where_nobody_checked_the_entry_is_told_so(site: Program) -> None:
    number = taken(site)
    done = site.run("ticket", "arrive", str(number), by=TECHNICIAN)
    assert f"pcloud ticket complete {number} --checked" in done.err
    checked = site.run("ticket", "arrive", str(taken(site)), "--checked", by=TECHNICIAN)
    assert "--checked" not in checked.err


def test_who_completes_it_hears_how_many_callers_wait(site: Program) -> None:
    number, other = on_site(site), submitted(site)
    step(site, other, f"link --to {number}", by=DESK)
    done = site.run("ticket", "complete", str(number), "--note", "好了", by=TECHNICIAN)
    assert f"wait to hear of it: 1; pcloud ticket callers {number}" in done.err


def test_an_appointment_that_ends_before_it_begins_is_answered_so(site: Program) -> None:
    words = ("--from", "明天 15:00", "--until", "明天 14:00")
    error = refused(site, "appoint", str(taken(site)), *words, by=TECHNICIAN)
    assert error["hint"] == "--until is later than --from."


def test_what_is_entered_for_a_firm_is_no_check_on_site(site: Program) -> None:
    with_firm(site)
    number = taken(site)
    entrusted(site, number)
    words = ("arrive", str(number), "--for-firm")
    assert refused(site, *words, "--checked", by=LEAD)["code"] == "usage"
    assert one(site, number)["state"] == "taken"
    # what the firm says is broken may be put right all the same
    done = site.run("ticket", *words, "--correct-content", "门机皮带断裂", by=LEAD)
    assert done.code == 0, done.err
    found = one(site, number)
    assert found["content"] == "门机皮带断裂"
    assert (found["checked_by"], found["checked_how"]) == (None, None)
    ending = ("complete", str(number), "--for-firm", "--checked", "--note", "好")
    assert refused(site, *ending, by=LEAD)["code"] == "usage"


def test_board_and_list_show_the_firm_that_has_a_ticket(site: Program) -> None:
    with_firm(site)
    number = taken(site)
    entrusted(site, number)
    for words in (["list"], ["watch", "--once"]):
        assert FIRM in site.run("ticket", *words, by=DESK).out, words
    assert one(site, number)["handler"] is None
    assert site.run("ticket", "list", "--unassigned", "-o", "json", by=DESK).data == []
    words = ["responsibility", str(number), "--to", "物业", "--reason", "合同不含"]
    assert site.run("ticket", *words, by=DESK).code == 0
    assert FIRM not in site.run("ticket", "list", by=DESK).out
