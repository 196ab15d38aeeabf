"""Calls back after a repair: how often, by whom, and what comes of them (2.3.2)."""

from __future__ import annotations

from typing import Any

from pcloud_cli.models.ticket import Ticket
from pcloud_cli.services import account
from pcloud_cli.services.ticket import steps
from tests.cli.program import Program
from tests.cli.tickets import DESK, TECHNICIAN, completed, must_hold, on_site, one, step


def _to_call(program: Program, by: str = DESK) -> list[int]:
    listed = program.run("ticket", "list", "--to-call-back", "-o", "json", by=by)
    assert listed.code == 0, listed.err
    return [each["number"] for each in listed.data]


def _called(program: Program, number: int) -> list[dict[str, Any]]:
    timeline = one(program, number)["timeline"]
    return [each["detail"] for each in timeline if each["step"] == "callback"]


def test_a_call_that_reaches_somebody_with_a_score_confirms_the_ticket(site: Program) -> None:
    number = completed(site)
    assert _to_call(site) == [number]
    found = step(site, number, "callback --reached --score 5 --note 很满意", by=DESK)
    assert (found["state"], found["score"], found["confirm_source"]) == ("confirmed", 5, "callback")
    assert (found["clock"], found["callbacks"]) == (None, 1)
    shown = one(site, number)["timeline"]
    assert [each["step"] for each in shown][-2:] == ["callback", "confirm"]
    assert (shown[-2]["note"], shown[-2]["clock"], shown[-1]["clock"]) == (
        "很满意",
        None,
        "confirm",
    )
    assert _called(site, number) == [{"of": 3, "reached": True, "score": 5, "try": 1}]
    assert _to_call(site) == []
    must_hold(site)


def test_after_three_calls_that_reach_nobody_there_is_no_fourth(site: Program) -> None:
    number = completed(site)
    deadline = one(site, number)["deadline_at"]
    for _try in range(3):
        assert _to_call(site) == [number]
        found = step(site, number, "callback --not-reached --note 无人接听", by=DESK)
        assert (found["state"], found["deadline_at"]) == ("completed", deadline)
    assert _to_call(site) == []
    refused = site.run("ticket", "callback", str(number), "--reached", "-o", "json", by=DESK)
    assert (refused.code, refused.error["code"]) == (5, "unchanged")
    assert [each["try"] for each in _called(site, number)] == [1, 2, 3]
    must_hold(site)


def test_who_is_reached_without_a_score_is_not_called_again(site: Program) -> None:
    number = completed(site)
    assert step(site, number, "callback --reached", by=DESK)["state"] == "completed"
    assert _to_call(site) == []
    refused = site.run("ticket", "callback", str(number), "--not-reached", "-o", "json", by=DESK)
    assert (refused.code, refused.error["code"]) == (5, "unchanged")
    assert step(site, number, "confirm --score 4 --source callback", by=DESK)["score"] == 4


def test_a_ticket_opened_again_is_called_back_anew(site: Program) -> None:
    number = completed(site)
    step(site, number, "callback --not-reached", by=DESK)
    step(site, number, "callback --reached", by=DESK)
    again = step(site, number, "reopen --reason 又漏水了", by=DESK)
    assert (again["score"], again["callbacks"], again["callback_ended_at"]) == (None, 0, None)
    assert _to_call(site) == []
    for by, words in (
        (DESK, f"assign --to {TECHNICIAN}"),
        (TECHNICIAN, "take"),
        (TECHNICIAN, "arrive"),
        (TECHNICIAN, "complete --note 好了"),
    ):
        step(site, number, words, by=by)
    assert _to_call(site) == [number]
    must_hold(site)


def test_what_time_has_closed_can_be_called_back_and_stays_closed(site: Program) -> None:
    number = completed(site)
    with site.desk() as desk, desk.open(write=True) as (actor, work):
        ticket = work.session.query(Ticket).filter_by(number=number).one()
        steps.by_system(actor, work, ticket, "close")
    assert _to_call(site) == [number]
    found = step(site, number, "callback --reached --score 4", by=DESK)
    assert (found["state"], found["score"], found["confirm_source"]) == ("closed", None, None)
    assert _called(site, number)[0]["score"] == 4
    assert _to_call(site) == []
    must_hold(site)


def test_a_confirmed_ticket_keeps_the_score_that_it_was_confirmed_with(site: Program) -> None:
    number = completed(site)
    step(site, number, "confirm --score 5 --source signature", by=DESK)
    found = step(site, number, "callback --reached --score 3", by=DESK)
    assert (found["state"], found["score"], found["confirm_source"]) == (
        "confirmed",
        5,
        "signature",
    )
    assert _called(site, number)[0]["score"] == 3


def test_the_technician_calls_nobody_back(site: Program) -> None:
    number = completed(site)
    refused = site.run(
        "ticket", "callback", str(number), "--reached", "--score", "5", "-o", "json", by=TECHNICIAN
    )
    assert refused.code == 4, refused
    # also one who might confirm others' work does not ask about their own
    with site.desk() as desk, desk.open(write=True) as (_nobody, work):
        ticket = work.session.query(Ticket).filter_by(number=number).one()
        ticket.handler_id = account.find(work, DESK).id
    refused = site.run("ticket", "callback", str(number), "--reached", "-o", "json", by=DESK)
    assert (refused.code, refused.error["code"]) == (4, "own_work")
    assert _called(site, number) == []


def test_nothing_that_was_not_said_is_recorded(site: Program) -> None:
    number = completed(site)
    for words, option in (
        ((), "--reached"),
        (("--not-reached", "--score", "5"), "--score"),
        (("--reached", "--score", "6"), ""),
    ):
        refused = site.run(
            "ticket", "callback", str(number), *words, "-o", "json", "--no-input", by=DESK
        )
        assert refused.code == 2, refused
        assert option in refused.error["hint"]
    assert _called(site, number) == []


def test_a_ticket_that_is_not_done_is_not_called_back(site: Program) -> None:
    number = on_site(site)
    refused = site.run("ticket", "callback", str(number), "--reached", "-o", "json", by=DESK)
    assert (refused.code, refused.error["code"]) == (5, "wrong_state")


def test_at_a_terminal_it_is_asked_who_was_reached_and_how_content(site: Program) -> None:
    number = completed(site)
    answer = site.run(
        "ticket", "callback", str(number), "-o", "json", stdin="1\n5\n", terminal=True, by=DESK
    )
    assert answer.code == 0, answer.err
    assert (answer.data["state"], answer.data["score"]) == ("confirmed", 5)
    other = completed(site)
    answer = site.run("ticket", "callback", str(other), stdin="2\n", terminal=True, by=DESK)
    assert answer.code == 0, answer.err
    assert _called(site, other)[0]["reached"] is False
    shown = site.run("ticket", "show", str(other), by=DESK)
    assert "not reached (call 1 of 3)" in shown.out
