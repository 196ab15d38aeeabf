"""`pcloud house`, `owner` and `report` as customer service and management run them."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from pcloud_cli.errors import ExitCode
from tests.cli.counter import Counter, set_up
from tests.integration.people import Town, community, id_number

PHONE = "13800001234"
BIRTH = date(1990, 5, 17)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Counter:
    """An installation with one community and two owners; customer service lead is logged in."""
    counter = set_up(tmp_path_factory.mktemp("home"))
    with counter.work() as work:
        town = Town(work, community(work))
        town.owner("王小明", houses=[town.house("3", "2", "301")], birth=BIRTH, phones=[PHONE])
        town.owner("=1+1", houses=[town.house("10", "1", "101", kind="shop")], kind="company")
    counter.become("KF001", "customer_service_lead")
    return counter


def test_the_owners_of_a_unit_are_listed(filled: Counter) -> None:
    answer = filled.run("owner", "list", "--building", "三号楼", "--unit", "2", "-o", "json")
    assert answer.code == ExitCode.DONE, answer.err
    (row,) = json.loads(answer.out)
    assert (row["house"], row["name"], row["phones"]) == ("3栋2单元301", "王小明", ["138****1234"])


@pytest.mark.parametrize("output", ["table", "json", "jsonl", "csv", "tsv", "yaml", "ids"])
def test_no_format_shows_private_data(filled: Counter, output: str) -> None:
    for command in (("list",), ("find", "--name", "王"), ("show", "王小明")):
        answer = filled.run("owner", *command, "-o", output)
        assert answer.code == ExitCode.DONE, answer.err
        assert answer.out
        assert PHONE not in answer.out
        assert id_number(BIRTH) not in answer.out


def test_csv_computes_nothing_and_speaks_to_people(filled: Counter) -> None:
    answer = filled.run("owner", "list", "-o", "csv")
    rows = list(csv.DictReader(io.StringIO(answer.out.removeprefix("\ufeff"))))
    assert {row["Name"] for row in rows} == {"王小明", "'=1+1"}
    assert {row["Owner kind"] for row in rows} == {"person", "company"}


@pytest.mark.parametrize("given", [PHONE, "138 0000 1234"])
def test_a_number_is_found_from_the_line_or_from_standard_input(
    filled: Counter, given: str
) -> None:
    direct = filled.run("owner", "find", "--phone", given, "-o", "ids")
    piped = filled.run("owner", "find", "--phone", "-", "-o", "ids", stdin=given + "\n")
    assert direct.code == piped.code == ExitCode.DONE
    assert direct.out == piped.out != ""


def test_an_id_number_is_taken_from_standard_input(filled: Counter) -> None:
    answer = filled.run(
        "owner", "find", "--id-number", "-", "-o", "json", stdin=id_number(BIRTH) + "\n"
    )
    assert [row["name"] for row in json.loads(answer.out)] == ["王小明"]


def test_whom_to_find_is_asked_for_at_a_terminal(filled: Counter) -> None:
    answer = filled.run("owner", "find", "-o", "json", stdin=f"2\n{PHONE}\n", terminal=True)
    assert answer.code == ExitCode.DONE, answer.err
    assert [row["name"] for row in json.loads(answer.out)] == ["王小明"]


def test_without_a_terminal_what_is_missing_is_named(filled: Counter) -> None:
    answer = filled.run("owner", "find")
    assert answer.code == ExitCode.USAGE
    assert "--phone" in answer.err


def test_nobody_found_is_an_empty_list_and_said(filled: Counter) -> None:
    assert filled.run("owner", "find", "--name", "赵", "-o", "json").out == "[]\n"
    answer = filled.run("owner", "find", "--name", "赵")
    assert (answer.code, answer.out) == (ExitCode.DONE, "")
    assert answer.err


def test_an_owner_who_is_not_there_is_an_error_with_a_code(filled: Counter) -> None:
    answer = filled.run("owner", "show", "赵", "-o", "json")
    assert answer.code == ExitCode.NOT_FOUND
    assert json.loads(answer.err)["error"]["code"] == "not_found"


def test_houses_are_listed_and_the_rest_is_counted(filled: Counter) -> None:
    answer = filled.run("house", "list", "--limit", "1")
    assert "3栋2单元301" in answer.out
    assert "10栋" not in answer.out
    assert "1 more" in answer.err


def test_a_house_is_shown_with_its_owner_masked(filled: Counter) -> None:
    answer = filled.run("house", "show", "3-2-301")
    assert answer.code == ExitCode.DONE, answer.err
    assert "王小明" in answer.out
    assert "138****1234" in answer.out


def test_a_limit_must_be_a_number_above_zero(filled: Counter) -> None:
    assert filled.run("house", "list", "--limit", "0").code == ExitCode.USAGE


def test_a_report_is_drawn_and_counted(filled: Counter) -> None:
    drawn = filled.run("report", "show", "owners")
    assert drawn.code == ExitCode.DONE, drawn.err
    assert "35–44" not in drawn.err
    assert "█" in drawn.out
    rows = json.loads(filled.run("report", "show", "owners", "-o", "json").out)
    ages = {row["key"]: row["count"] for row in rows if row["section"] == "age"}
    assert ages["35-44"] == 1
    assert sum(ages.values()) == 1


def test_a_report_becomes_a_workbook_for_its_maker_alone(filled: Counter, tmp_path: Path) -> None:
    path = tmp_path / "owners.xlsx"
    answer = filled.run("report", "export", "owners", "--out", str(path))
    assert answer.code == ExitCode.DONE, answer.err
    assert answer.out == ""
    assert path.stat().st_mode & 0o077 == 0
    book = openpyxl.load_workbook(path)
    assert "House kinds" in book.sheetnames
    assert book.properties.creator == "钱小满 (KF001)"
    assert [entry.name for entry in tmp_path.iterdir()] == ["owners.xlsx"]


def test_an_unknown_ending_is_refused_before_anything_is_read(
    filled: Counter, tmp_path: Path
) -> None:
    answer = filled.run("report", "export", "owners", "--out", str(tmp_path / "owners.pdf"))
    assert answer.code == ExitCode.USAGE
    assert ".xlsx" in answer.err


def test_reports_are_listed(filled: Counter) -> None:
    rows = json.loads(filled.run("report", "list", "-o", "json").out)
    assert [row["name"] for row in rows] == ["owners", "tickets"]


@pytest.mark.parametrize(
    "command",
    [
        ("house", "list"),
        ("house", "show", "3-2-301"),
        ("owner", "list"),
        ("owner", "find", "--name", "王"),
        ("owner", "show", "王小明"),
        ("report", "list"),
        ("report", "show", "owners"),
        ("report", "export", "owners", "--out", "owners.xlsx"),
    ],
)
def test_nobody_gets_nothing(
    filled: Counter, command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    stranger = Counter(filled.home, filled.clock)
    answer = stranger.run(*command)
    assert answer.code == ExitCode.NOT_ALLOWED
    assert answer.out == ""
    assert list(tmp_path.iterdir()) == []
