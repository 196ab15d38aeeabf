"""The report of repair tickets says what happened, figure by figure (3.2, 3.1.3)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from pcloud_cli.models.ticket import Ticket
from pcloud_cli.services.ticket import steps
from tests.cli.program import Program
from tests.cli.tickets import (
    DESK,
    OTHER,
    TECHNICIAN,
    assigned,
    completed,
    on_site,
    step,
    submitted,
    taken,
)


@pytest.fixture
def month(site: Program) -> Program:
    """An installation in which some tickets went well, some late, and some are under way."""
    for score in (5, 3):
        number = completed(site)
        step(site, number, f"confirm --score {score} --source callback", by=DESK)
    late = submitted(site)
    site.clock.advance(timedelta(minutes=40))
    step(site, late, "accept", by=DESK)
    step(site, late, f"assign --to {TECHNICIAN}", by=DESK)
    step(site, taken(site), "return --reason 需要电工", by=TECHNICIAN)
    on_site(site)
    passed_on = assigned(site)
    site.clock.advance(timedelta(minutes=45))
    step(site, passed_on, f"reassign --to {OTHER} --reason 无人接单", by=DESK)
    submitted(site, called="今天 15:00")
    step(site, submitted(site), "reject --reason 重复", by=DESK)
    return site


def _sections(program: Program, *more: str) -> dict[str, list[dict[str, Any]]]:
    made = program.run("report", "show", "tickets", *more, "-o", "json", by="R-MANAGEMENT")
    assert made.code == 0, made.err
    found: dict[str, list[dict[str, Any]]] = {}
    for row in made.data:
        found.setdefault(row["section"], []).append(row)
    return found


def _recomputed(program: Program) -> dict[str, tuple[int, int]]:
    """Return of each clock how often it was due and how often in time, from the histories alone."""
    meeting = {
        "accept": {"accept", "reject"},
        "assign": {"assign"},
        "take": {"take"},
        "arrive": {"arrive"},
        "complete": {"complete"},
        "confirm": {"confirm"},
    }
    found = dict.fromkeys(meeting, (0, 0))
    for ticket in program.run("ticket", "list", "-o", "json", by=DESK).data:
        shown = program.run("ticket", "show", str(ticket["number"]), "-o", "json", by=DESK).data
        ended = [(one["clock"], one["step"], one["late_seconds"]) for one in shown["timeline"]]
        ended += [(shown["clock"], None, 1)] if shown["overdue"] else []
        for clock, how, late in ended:
            if clock in found and (late > 0 or how in meeting[clock]):
                due, in_time = found[clock]
                found[clock] = (due + 1, in_time + (late <= 0))
    return found


def test_each_step_against_its_limit_is_what_the_histories_say(month: Program) -> None:
    found = {each["key"]: each for each in _sections(month)["steps"]}
    entered = found.pop("enter")
    assert {key: (row["of"], row["in_time"]) for key, row in found.items()} == _recomputed(month)
    assert (found["accept"]["of"], found["accept"]["in_time"]) == (7, 6)
    assert found["accept"]["median"] < 1 < found["accept"]["ninth"]
    assert (entered["of"], entered["in_time"]) == (8, 7)


def test_what_was_taken_from_somebody_late_stays_late(month: Program) -> None:
    found = {each["key"]: each for each in _sections(month)["steps"]}
    assert (found["take"]["count"], found["take"]["late"]) == (4, 2)
    rates = {each["key"]: each for each in _sections(month)["rates"]}
    ours = [found[key] for key in ("accept", "assign", "take", "arrive", "complete")]
    wanted = (sum(each["in_time"] for each in ours), sum(each["of"] for each in ours))
    assert (rates["in_time"]["count"], rates["in_time"]["of"]) == wanted
    assert wanted[0] < wanted[1]


def test_the_figures_leave_out_what_nobody_rated(month: Program) -> None:
    rates = {each["key"]: each for each in _sections(month)["rates"]}
    assert (rates["content"]["count"], rates["content"]["of"]) == (1, 2)
    assert (rates["completed"]["count"], rates["completed"]["of"]) == (2, 6)
    assert (rates["called_back"]["count"], rates["called_back"]["of"]) == (2, 2)
    assert (rates["checked"]["count"], rates["checked"]["of"]) == (0, 2)
    handlers = {each["key"]: each for each in _sections(month)["handler"]}
    assert (handlers[TECHNICIAN]["completed"], handlers[TECHNICIAN]["score"]) == (2, 4)


def test_what_time_has_closed_is_in_no_rate(site: Program) -> None:
    step(site, completed(site), "confirm --score 4 --source callback", by=DESK)
    silent = completed(site)
    with site.desk() as desk, desk.open(write=True) as (actor, work):
        ticket = work.session.query(Ticket).filter_by(number=silent).one()
        steps.by_system(actor, work, ticket, "close")
    rates = {each["key"]: each for each in _sections(site)["rates"]}
    assert (rates["completed"]["count"], rates["completed"]["of"]) == (1, 1)
    assert (rates["called_back"]["count"], rates["called_back"]["of"]) == (1, 1)
    assert (rates["closed"]["count"], rates["closed"]["of"]) == (1, 2)


def test_only_the_time_asked_about_is_counted(month: Program) -> None:
    assert "state" not in _sections(month, "--since", "明天")
    assert sum(each["count"] for each in _sections(month, "--since", "今天")["state"]) == 8


def test_the_report_comes_as_workbook_csv_and_bars(month: Program) -> None:
    for name in ("t.xlsx", "t.csv", "t.json"):
        path = month.home / name
        made = month.run("report", "export", "tickets", "--out", str(path), by="R-MANAGEMENT")
        assert made.code == 0, made.err
        assert path.stat().st_size > 100
    assert json.loads((month.home / "t.json").read_text())
    shown = month.run("--lang", "zh", "report", "show", "tickets", by="R-MANAGEMENT")
    assert shown.code == 0, shown.err
    assert "各步骤与时限" in shown.out


def test_who_holds_no_such_report_sees_none(month: Program) -> None:
    assert month.run("report", "show", "tickets", by=TECHNICIAN).code == 4
