"""Owners on a sheet of their own come to the houses that name them by number (3.1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook

from pcloud_cli.sheets.messages import Done, Message, Problems, Rows, Sheet
from pcloud_cli.sheets.read import read_workbook
from pcloud_cli.sheets.row import Row
from scripts.inside.sample.people import check_character

HOUSES = ["楼栋", "单元", "房号", "业主编号", "建筑面积"]
OWNERS = ["业主编号", "业主名称", "身份证号", "手机号"]


def id_number(serial: int) -> str:
    first = f"11010519850312{serial:03d}"
    return first + check_character(first)


def owner(number: Any, name: str, serial: int) -> list[Any]:
    return [number, name, id_number(serial), f"1391234{serial:04d}"]


def written(path: Path, *sheets: tuple[str, Sequence[Sequence[Any]]]) -> Path:
    book = Workbook(path)
    for name, rows in sheets:
        page = book.add_worksheet(name)
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
    book.close()
    return path


def rows_of(messages: Sequence[Message]) -> list[Row]:
    found = [row for message in messages if isinstance(message, Rows) for row in message.rows]
    return [Row._make(row) for row in found]


def problems_of(messages: Sequence[Message]) -> list[tuple[str, int, str, str]]:
    return [
        (each.sheet, each.row, each.column, each.code)
        for message in messages
        if isinstance(message, Problems)
        for each in message.problems
    ]


LISTED: list[list[Any]] = [
    OWNERS,
    owner(7, "王小明", 11),
    owner("8", "李主管", 22),
    owner(9.0, "赵二", 33),
]
SOLD: list[list[Any]] = [
    HOUSES,
    ["1栋", "1单元", "101", 7, 88.5],
    ["1栋", "1单元", "102", 8, 90],
    ["1栋", "1单元", "103", "9", 91],
    ["1栋", "1单元", "104", 7.0, 92],
]


@pytest.mark.parametrize("houses_first", [True, False])
def test_each_house_gets_the_owner_of_its_number(tmp_path: Path, *, houses_first: bool) -> None:
    sheets: list[tuple[str, list[list[Any]]]] = [("房屋信息", SOLD), ("业主信息", LISTED)]
    path = written(tmp_path / "list.xlsx", *sheets[:: 1 if houses_first else -1])
    messages = list(read_workbook(path, today="2026-03-01"))
    found = [(row.room, row.owner_name, row.owner_number, row.phone) for row in rows_of(messages)]
    assert found == [
        ("101", "王小明", "7", "13912340011"),
        ("102", "李主管", "8", "13912340022"),
        ("103", "赵二", "9", "13912340033"),
        ("104", "王小明", "7", "13912340011"),
    ]
    assert [row.id_number for row in rows_of(messages)][:2] == [id_number(11), id_number(22)]
    told = {each.name: each for each in messages if isinstance(each, Sheet)}
    assert told["业主信息"].reason == "owners_joined"
    assert told["房屋信息"].columns["owner_name"] == "业主信息!业主名称"
    assert problems_of(messages) == []
    done = messages[-1]
    assert isinstance(done, Done)
    assert (done.rows, done.errors) == (4, 0)
    assert {told["房屋信息"].index: 4, told["业主信息"].index: 0} == done.sheet_rows


def test_a_number_that_nobody_has_or_several_have_brings_nobody(tmp_path: Path) -> None:
    listed = [*LISTED, owner(8, "孙四", 44), owner(9, "赵二", 33)]
    sold = [*SOLD, ["1栋", "1单元", "105", 70, 93], ["1栋", "1单元", "106", "", 94]]
    path = written(tmp_path / "list.xlsx", ("业主", listed), ("房屋", sold))
    messages = list(read_workbook(path))
    named = {row.room: row.owner_name for row in rows_of(messages)}
    assert named == {
        "101": "王小明", "102": None, "103": "赵二", "104": "王小明", "105": None, "106": None,
    }  # fmt: skip
    problems = problems_of(messages)
    assert ("房屋", 3, "D", "owner_number_shared") in problems
    assert ("房屋", 6, "D", "owner_number_unknown") in problems
    assert [row for _sheet, row, _column, code in problems if code == "name_missing"] == [3, 6, 7]


def test_what_is_wrong_with_an_owner_is_said_in_the_row_of_the_house(tmp_path: Path) -> None:
    listed: list[list[Any]] = [OWNERS, [7, "王小明", "110105198503120119", "1391234001"]]
    path = written(tmp_path / "list.xlsx", ("业主", listed), ("房屋", SOLD[:2]))
    problems = problems_of(list(read_workbook(path)))
    assert {(sheet, row, column) for sheet, row, column, _code in problems} == {("房屋", 2, "")}


def test_two_lists_of_owners_are_mixed_up_with_nobody(tmp_path: Path) -> None:
    path = written(tmp_path / "list.xlsx", ("业主", LISTED), ("房屋", SOLD), ("租客", LISTED))
    messages = list(read_workbook(path))
    assert {row.owner_name for row in rows_of(messages)} == {None}
    reasons = {each.name: each.reason for each in messages if isinstance(each, Sheet)}
    assert reasons == {"业主": "no_house", "房屋": None, "租客": "no_house"}
