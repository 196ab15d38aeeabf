"""What a header means is asked about at a terminal once, and known for the next list."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.counter import Counter, set_up
from tests.cli.program import PROJECT
from tests.integration.workbooks import row, write

HEADERS = ("楼栋", "单元", "房号", "建筑面积", "业主姓名", "身份证号", "联系电话", "房屋类型")


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    """An office with a community CH, and somebody who imports."""
    made = set_up(tmp_path)
    made.become("KF001", "customer_service", "system_admin")
    assert made.run("community", "create", "翠湖花园", "--code", "CH").code == 0
    return made


def book(counter: Counter, name: str, first: int) -> str:
    rows = [[*row(at), kind] for at, kind in ((first, "甲类"), (first + 1, "乙类"))]
    return str(write(counter.home / name, rows, HEADERS))


def test_an_open_header_is_asked_about_and_kept_for_the_developer(counter: Counter) -> None:
    first = book(counter, "a.xlsx", 1)
    done = counter.run(
        "import", "load", first, "-c", "CH", "--developer", "湖畔置业", stdin="2\n", terminal=True
    )
    assert done.code == 0, done.err
    assert "“房屋类型”" in done.err
    assert "1. house kind" in done.err
    assert "leave the column out" in done.err
    shown = counter.run("import", "profile", "show", "湖畔置业", "-o", "json")
    assert json.loads(shown.out) == [{"header": "房屋类型", "field": "house_type"}]
    again = counter.run(
        "import", "load", book(counter, "b.xlsx", 5), "-c", "CH", "--developer", "湖畔 置业",
        terminal=True,
    )  # fmt: skip
    assert again.code == 0, again.err
    assert "known from before" in again.err


def test_without_a_terminal_an_open_header_is_listed(counter: Counter) -> None:
    path = book(counter, "a.xlsx", 1)
    (found,) = json.loads(counter.run("import", "check", path, "-o", "json").out)
    assert [each["code"] for each in found["problems"]] == ["header_ambiguous"]
    settled = counter.run("import", "check", path, "--map", "房屋类型=", "-o", "json")
    assert json.loads(settled.out)[0]["problems"] == []


def test_checking_asks_too_and_reads_again(counter: Counter) -> None:
    path = book(counter, "a.xlsx", 1)
    done = counter.run("import", "check", path, "--lang", "zh", stdin="3\n", terminal=True)
    assert done.code == 0, done.err
    assert "“房屋类型”这一列是什么？" in done.err


def test_strict_and_whole_are_said_before_sending(counter: Counter) -> None:
    path = str(write(counter.home / "c.xlsx", [row(1), row(2, phone="138****1234")]))
    assert counter.run("import", "check", path).code == 0
    done = counter.run("import", "check", path, "--strict", "--all-or-nothing", "-o", "json")
    assert done.code == 6
    (found,) = json.loads(done.out)
    assert (found["totals"]["rows"], found["totals"]["errors"]) == (2, 1)
    assert [each["severity"] for each in found["problems"]] == ["error"]
    assert "refused as a whole" in done.err
    refused = counter.run("import", "load", path, "-c", "CH", "--strict", "--all-or-nothing")
    assert refused.code == 6
    assert json.loads(counter.run("import", "list", "-o", "json").out)[0]["state"] == "failed"


def test_a_header_that_is_in_no_workbook_is_an_error_that_names_those_that_are(
    counter: Counter,
) -> None:
    path = book(counter, "a.xlsx", 1)
    for call in (("check",), ("load", "-c", "CH")):
        done = counter.run("import", *call, path, "--map", "房屋类别=", "--map", "房屋类型=")
        assert done.code == 2
        assert "房屋类别" in done.err.splitlines()[0]
        assert "房屋类型" not in done.err.splitlines()[0]
        assert all(header in done.err for header in HEADERS)
    assert json.loads(counter.run("import", "list", "-o", "json").out) == []


def test_a_header_of_one_of_several_workbooks_is_enough(counter: Counter) -> None:
    other = [[*row(5), "x"]]
    paths = [
        book(counter, "a.xlsx", 1),
        str(write(counter.home / "b.xlsx", other, (*HEADERS[:-1], "档案袋"))),
    ]
    given = ("--map", "房屋类型=", "--map", "档案袋=")
    assert counter.run("import", "check", *paths, *given).code == 0
    assert counter.run("import", "check", *paths, *given, "--map", "档案=").code == 2
    refused = counter.run("import", "load", *paths, "-c", "CH", *given, "--map", "档案=")
    assert refused.code == 2
    assert counter.run("import", "load", *paths, "-c", "CH", *given).code == 0


def test_what_a_profile_knows_need_not_be_in_the_workbook(counter: Counter) -> None:
    settled = ("import", "profile", "set", "湖畔置业", "--map", "档案袋=", "--map", "房屋类型=")
    assert counter.run(*settled).code == 0
    path = book(counter, "a.xlsx", 1)
    assert counter.run("import", "check", path, "--developer", "湖畔置业").code == 0


@pytest.mark.parametrize("name", ["业主姓名2", "I", "建筑面积（㎡）", "旧楼栋"])
def test_headers_that_come_twice_blank_spelt_otherwise_or_further_down_are_there(
    counter: Counter, name: str
) -> None:
    rows = [[*row(1), "", "x"], [*row(2), "", "y"]]
    further = [[""] * 9, ["旧楼栋", *HEADERS[1:7], "", ""], [*row(3), "", ""]]
    path = str(write(counter.home / "c.xlsx", rows + further, (*HEADERS[:7], "业主姓名", "")))
    done = counter.run("import", "check", path, "--map", f"{name}=")
    assert done.code != 2, done.err
    assert counter.run("import", "check", path, "--map", "Z=").code == 2


def test_of_standard_input_it_is_said_at_the_end(counter: Counter) -> None:
    call = [sys.executable, "-m", "pcloud_cli", "import", "check", "-"]
    with Path(book(counter, "a.xlsx", 1)).open("rb") as workbook:
        done = subprocess.run(
            [*call, "--map", "房屋类别=", "--map", "房屋类型="],
            stdin=workbook, capture_output=True, text=True, cwd=PROJECT, check=False, timeout=300,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "房屋类别" in done.stderr
    assert "房屋类型" not in done.stderr


def test_a_row_of_two_houses_is_written_once_for_each(counter: Counter) -> None:
    path = str(write(counter.home / "d.xlsx", [row(1, room="301、302")]))
    lines = counter.home / "rows.jsonl"
    assert counter.run("import", "check", path, "--rows", str(lines)).code == 0
    said = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [(each["row"], each["house"]["room"]) for each in said] == [(2, "301"), (2, "302")]
    assert [len(each["owners"]) for each in said] == [1, 1]


def test_the_rows_of_a_longer_list_are_no_remarks_of_the_one_beside_it(counter: Counter) -> None:
    rows = [["5栋101", "钱小甲", "", "5栋102", "钱小乙"], ["5栋201", "钱小丙", "", "", ""]]
    rows += [["合计", "3", "", "", ""], ["备注：无", "", "", "", ""]]
    header = ("房号", "业主姓名", "", "房号", "业主姓名")
    path = str(write(counter.home / "e.xlsx", rows, header))
    (found,) = json.loads(counter.run("import", "check", path, "-o", "json").out)
    assert found["totals"]["rows"] == 3
    said = [(each["row"], each["code"]) for each in found["problems"]]
    assert said == [(4, "total_row"), (5, "note_row")]
