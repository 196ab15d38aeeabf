"""Whoever reported a repair is not content with it: opened again, told, counted (2.3.2)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from pcloud_cli.models.ticket import Ticket
from tests.cli.program import Program
from tests.cli.tickets import DESK, TECHNICIAN, completed, must_hold, one, step, with_houses

BACKEND = "R-APP-BACKEND"
EVERYBODY = 5
"""Two of customer service, two of its leads, and the lead of maintenance."""


def _agreed_no_reopening(program: Program) -> None:
    """Let policy leave it to people whether a ticket is opened again."""
    file = program.home / "policy.toml"
    file.write_text("[ticket]\nreopen_dissatisfied = false\n", encoding="utf-8")
    call = ("policy", "apply", "-f", str(file), "--reason", "试", "-o", "json")
    made = program.run(*call, by="R-SYSTEM-ADMIN")
    assert made.code == 0, made.err
    words = ("policy", "approve", str(made.data["number"]), "--yes")
    assert program.run(*words, by="R-SECURITY-ADMIN").code == 0


def _told(program: Program) -> int:
    """Return how many people hear that somebody is not content."""
    queued = program.run("outbox", "list", "-o", "json", by="R-SYSTEM-ADMIN").data
    return [each["template"] for each in queued].count("ticket_dissatisfied")


def _from_app(program: Program, score: int) -> int:
    """Return the number of a completed ticket from the app that its owner rated there."""
    with_houses(program)
    house = program.run("house", "list", "-o", "json", by=DESK).data[0]["address"]
    report = {"reference": "A-1", "community": "CH", "house": house, "content": "漏水"}
    number: int = _hand_over(program, report)["number"]
    for by, words in (
        (DESK, "accept"),
        (DESK, f"assign --to {TECHNICIAN}"),
        (TECHNICIAN, "take"),
        (TECHNICIAN, "arrive"),
        (TECHNICIAN, "complete --note 好了"),
    ):
        step(program, number, words, by=by)
    _hand_over(program, {"reference": "A-1", "confirm": {"score": score}})
    return number


def _hand_over(program: Program, line: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(line, ensure_ascii=False) + "\n"
    done = program.run("ticket", "intake", "-", "-o", "json", stdin=text, by=BACKEND)
    assert done.code == 0, done.err
    (found,) = done.data
    return dict(found)


@pytest.mark.parametrize("how", ["signature", "callback", "call", "app"])
def test_a_low_score_opens_the_ticket_again_however_it_is_known(site: Program, how: str) -> None:
    if how == "app":
        number = _from_app(site, 2)
    else:
        number = completed(site)
        call = f"confirm --score 2 --source {how}"
        step(site, number, "callback --reached --score 2" if how == "call" else call, by=DESK)
    found = one(site, number)
    assert (found["state"], found["clock"], found["handler"]) == ("accepted", "assign", None)
    assert (found["score"], found["confirm_source"]) == (2, None)
    confirmed, reopened = found["timeline"][-2:]
    assert (confirmed["step"], confirmed["detail"]["score"]) == ("confirm", 2)
    assert (reopened["step"], reopened["note"]) == ("reopen", "not content: score 2")
    assert _told(site) == EVERYBODY
    must_hold(site)


@pytest.mark.parametrize(("score", "again"), [(1, True), (2, True), (3, False)])
def test_whoever_records_it_reads_what_became_of_it(site: Program, score: int, again: bool) -> None:
    number = completed(site)
    words = ("confirm", str(number), "--score", str(score), "--source", "signature")
    answer = site.run("ticket", *words, by=DESK)
    assert answer.code == 0, answer.err
    assert (f"ticket {number} was opened again" in answer.err) is again
    assert bool(_told(site)) is again


def test_a_low_score_counts_in_the_report_until_there_is_another(site: Program) -> None:
    number = completed(site)
    step(site, number, "confirm --score 1 --source callback", by=DESK)

    def rated() -> tuple[int, int]:
        call = ("report", "show", "tickets", "-o", "json")
        shown = site.run(*call, by="R-MANAGEMENT").data
        (content,) = (each for each in shown if each["key"] == "content")
        return content["count"], content["of"]

    assert rated() == (0, 1)
    for by, words in (
        (DESK, f"assign --to {TECHNICIAN}"),
        (TECHNICIAN, "take"),
        (TECHNICIAN, "arrive"),
        (TECHNICIAN, "complete --note 重修"),
    ):
        step(site, number, words, by=by)
    assert rated() == (0, 1)
    done = step(site, number, "confirm --score 5 --source callback", by=DESK)
    assert (done["state"], done["score"]) == ("confirmed", 5)
    assert rated() == (1, 1)


def test_where_policy_leaves_it_to_people_it_is_offered(site: Program) -> None:
    _agreed_no_reopening(site)
    number = completed(site)
    words = ("confirm", str(number), "--score", "1", "--source", "signature")
    answer = site.run("ticket", *words, by=DESK)
    assert f"pcloud ticket reopen {number}" in answer.err
    assert one(site, number)["state"] == "confirmed"
    assert _told(site) == EVERYBODY
    other = completed(site)
    words = ("confirm", str(other), "--score", "1", "--source", "signature")
    asked = site.run("ticket", *words, stdin="漏得更厉害了\n还在漏\n", terminal=True, by=DESK)
    assert asked.code == 0, asked.err
    found = one(site, other)
    assert (found["state"], found["timeline"][-1]["note"]) == ("accepted", "还在漏")
    assert found["timeline"][-2]["note"] == "漏得更厉害了"
    must_hold(site)


def test_who_confirmed_before_and_is_not_content_later_is_heard(site: Program) -> None:
    number = completed(site)
    step(site, number, "confirm --score 5 --source signature", by=DESK)
    answer = site.run("ticket", "callback", str(number), "--reached", "--score", "2", by=DESK)
    assert f"pcloud ticket reopen {number}" in answer.err
    assert one(site, number)["score"] == 5
    assert _told(site) == EVERYBODY


def test_after_the_days_for_it_a_low_score_confirms(site: Program) -> None:
    number = completed(site)
    with site.desk() as desk, desk.open(write=True) as (_nobody, work):
        ticket = work.session.query(Ticket).filter_by(number=number).one()
        ticket.completed_at = work.now() - timedelta(days=8)
    found = step(site, number, "confirm --score 1 --source callback", by=DESK)
    assert (found["state"], found["score"]) == ("confirmed", 1)
    assert _told(site) == EVERYBODY
