"""The roster as a supervisor and a technician meet it at the command line."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from tests.cli.program import Program

LEAD, OWN = "R-MAINTENANCE-LEAD", "R-MAINTENANCE"
DAYS = [f"2026-03-{day:02}" for day in range(2, 6)]


def _roster(
    site: Program, *rows: Sequence[str], days: Sequence[str] = DAYS, name: str = "roster.csv"
) -> Path:
    path = site.home / name
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["姓名", "工号", *days], *rows])
    return path


def _whole(site: Program) -> Path:
    return _roster(
        site,
        ["钱小满", OWN, "白", "夜", "休", "白"],
        ["钱小满", LEAD, "夜", "白", "白", "休"],
    )


def test_a_roster_is_tried_taken_in_and_known_again(site: Program) -> None:
    book = _whole(site)
    tried = site.run("roster", "import", book, "-c", "CH", "--dry-run", "-o", "json", by=LEAD)
    assert (tried.code, tried.data["new"]) == (0, 6)
    assert site.run("roster", "list", "-c", "CH", "--from", DAYS[0], "-o", "json", by=LEAD).out == (
        "[]\n"
    )
    done = site.run("roster", "import", book, "-c", "CH", "-o", "json", by=LEAD)
    assert (done.code, done.data["number"], done.data["already"]) == (0, 1, False)
    again = site.run("roster", "import", book, "-c", "CH", by=LEAD)
    assert again.code == 0
    assert "already" in again.err


def test_wrong_cells_are_listed_with_their_place_and_nothing_is_taken_in(site: Program) -> None:
    book = _roster(site, ["钱小满", "", "白", "夜", "", ""], ["某某", OWN, "大夜", "白", "", ""])
    answer = site.run("roster", "import", book, "-c", "CH", "-o", "json", by=LEAD)
    assert answer.code == 6
    assert [each["place"] for each in answer.data] == ["A2", "C3"]
    assert site.run("roster", "imports", "-o", "json", by=LEAD).data == []


def test_a_cell_against_a_shift_that_has_begun_names_who_has_it_and_the_command(
    site: Program,
) -> None:
    today = ["2026-03-01"]  # four in the afternoon
    book = _roster(site, ["钱小满", OWN, "白"], days=today)
    assert site.run("roster", "import", book, "-c", "CH", by=LEAD).code == 0
    other = _roster(site, ["钱小满", OWN, "夜"], days=today, name="other.csv")
    words = ("roster", "import", other, "-c", "CH")
    wrong = site.run(*words, "-o", "json", by=LEAD)
    assert wrong.code == 6
    (cell,) = wrong.data
    assert (cell["place"], f"钱小满 ({OWN}) is entered for it" in cell["problem"]) == ("C2", True)
    assert f"pcloud roster swap '2026-03-01 08:00' --of {OWN} --to …" in cell["problem"]
    said = site.run(*words, by=LEAD, variables={"PCLOUD_LANG": "zh"})
    assert f"钱小满（{OWN}）" in said.out
    assert "已经开始" in said.out


def test_the_days_are_a_grid_for_people_and_rows_for_programs(site: Program) -> None:
    assert site.run("roster", "import", _whole(site), "-c", "CH", by=LEAD).code == 0
    words = ["roster", "list", "-c", "CH", "--from", DAYS[0], "--until", DAYS[-1]]
    lines = site.run(*words, by=LEAD, variables={"PCLOUD_LANG": "zh"}).out.splitlines()
    assert OWN in lines[0]
    assert LEAD in lines[0]
    assert [line.split()[:4] for line in lines[2:4]] == [
        ["03-02", "一", "白", "夜"],
        ["03-03", "二", "夜", "白"],
    ]
    rows = site.run(*words, "-o", "json", by=LEAD).data
    assert len(rows) == 6
    assert rows[0]["begins_at"] == "2026-03-02T00:00:00Z"
    now = site.run("roster", "list", "-c", "CH", "--at", "2026-03-04 03:00", "-o", "json", by=LEAD)
    assert [row["staff_number"] for row in now.data] == [OWN]


def test_a_roster_on_standard_input_needs_its_month_only_where_it_says_none(
    real_time: Program,
) -> None:
    program = real_time
    text = f"工号,1,2,3\n{OWN},白,白,白\n"
    variables = {"PCLOUD_TOKEN": program.tokens[LEAD]}
    words = ["roster", "import", "-", "-c", "CH", "--dry-run", "-o", "json"]
    asked = program.process(*words, stdin=text, variables=variables)
    assert (asked.code, asked.data[0]["place"]) == (6, "B1")
    said = program.process(*words, "--month", "2031-02", stdin=text, variables=variables)
    assert (said.code, said.data["first_day"]) == (0, "2031-02-01")
    wrong = program.process(*words, "--month", "二月", stdin=text, variables=variables)
    assert wrong.code == 2


def test_a_swap_is_asked_for_agreed_and_seen_by_the_technician(site: Program) -> None:
    assert site.run("roster", "import", _whole(site), "-c", "CH", by=LEAD).code == 0
    other = "R-CONTRACTOR-MAINTENANCE"
    asked = site.run("roster", "swap", DAYS[0], "--to", other, "--reason", "家中有事", by=OWN)
    assert asked.code == 0
    assert "roster agree 1" in asked.err
    assert site.run("roster", "agree", "1", by=OWN).code == 4
    assert site.run("roster", "agree", "1", by=LEAD).code == 0
    mine = site.run("roster", "list", "--mine", "-o", "json", by=other).data
    assert [(row["day"], row["instead_of"]) for row in mine] == [(DAYS[0], OWN)]
    gaps = site.run("roster", "gaps", "-c", "CH", "--from", DAYS[0], "-o", "json", by=LEAD)
    assert {row["lack"] for row in gaps.data} == {"nobody", "skill_missing"}


def test_a_note_goes_from_one_shift_to_the_next(site: Program) -> None:
    today = [["日期", "班次", "工号"], ["2026-03-01", "值", OWN]]
    path = site.home / "today.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(today)
    assert site.run("roster", "import", path, "-c", "CH", by=LEAD).code == 0
    given = site.run("roster", "hand-over", "--note", "-", stdin="水泵已复位\n", by=OWN)
    assert given.code == 0
    assert "水泵" not in site.run("roster", "hand-overs", by=LEAD).out
    taken = site.run("roster", "take-over", "-o", "json", by=LEAD)
    assert [row["note"] for row in taken.data] == ["水泵已复位"]
    assert site.run("roster", "take-over", "-o", "json", by=LEAD).data == []
