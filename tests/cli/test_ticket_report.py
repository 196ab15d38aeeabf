"""The report of repair tickets says what happened, figure by figure (3.2, 3.1.3)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.cli.program import Program
from tests.cli.tickets import (
    DESK,
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
    for score in (5, 2):
        number = completed(site)
        step(site, number, f"confirm --score {score} --source callback", by=DESK)
    late = submitted(site)
    site.clock.advance(timedelta(minutes=40))
    step(site, late, "accept", by=DESK)
    step(site, late, f"assign --to {TECHNICIAN}", by=DESK)
    step(site, taken(site), "return --reason 需要电工", by=TECHNICIAN)
    on_site(site)
    assigned(site)
    submitted(site)
    return site


def _sections(program: Program, *more: str) -> dict[str, list[dict[str, Any]]]:
    made = program.run("report", "show", "tickets", *more, "-o", "json", by="R-MANAGEMENT")
    assert made.code == 0, made.err
    found: dict[str, list[dict[str, Any]]] = {}
    for row in made.data:
        found.setdefault(row["section"], []).append(row)
    return found


def _recomputed(program: Program) -> dict[str, tuple[int, int]]:
    """Return how often each clock was met, and how often in time, from the tickets' own history."""
    met = {
        "accept": ("accept",),
        "assign": ("assign",),
        "take": ("take",),
        "arrive": ("arrive", "no_access"),
        "complete": ("complete",),
        "confirm": ("confirm",),
    }
    found = dict.fromkeys(met, (0, 0))
    for ticket in program.run("ticket", "list", "-o", "json", by=DESK).data:
        shown = program.run("ticket", "show", str(ticket["number"]), "-o", "json", by=DESK).data
        for each in shown["timeline"]:
            if each["clock"] and each["step"] in met.get(each["clock"], ()):
                count, in_time = found[each["clock"]]
                found[each["clock"]] = (count + 1, in_time + (each["late_seconds"] <= 0))
    return found


def test_each_step_against_its_limit_is_what_the_histories_say(month: Program) -> None:
    steps = {each["key"]: each for each in _sections(month)["steps"]}
    assert {key: (row["count"], row["in_time"]) for key, row in steps.items()} == _recomputed(month)
    assert (steps["accept"]["count"], steps["accept"]["in_time"]) == (6, 5)
    assert steps["accept"]["median"] < 1 < steps["accept"]["ninth"]


def test_the_figures_leave_out_what_nobody_rated(month: Program) -> None:
    rates = {each["key"]: each for each in _sections(month)["rates"]}
    assert (rates["content"]["count"], rates["content"]["of"]) == (1, 2)
    assert (rates["completed"]["count"], rates["completed"]["of"]) == (2, 6)
    assert (rates["called_back"]["count"], rates["called_back"]["of"]) == (2, 2)
    handlers = {each["key"]: each for each in _sections(month)["handler"]}
    assert (handlers[TECHNICIAN]["completed"], handlers[TECHNICIAN]["score"]) == (2, 3.5)


def test_only_the_time_asked_about_is_counted(month: Program) -> None:
    assert "state" not in _sections(month, "--since", "明天")
    assert sum(each["count"] for each in _sections(month, "--since", "今天")["state"]) == 7


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
