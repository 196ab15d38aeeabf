"""Rosters as they come: three layouts, months, people, and every wrong cell in one pass."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from pcloud_cli.errors import Failed
from pcloud_cli.services.policy_roster import RosterPolicy
from pcloud_cli.sheets.roster_list import RosterFile, place, read_roster

POLICY = RosterPolicy()
WEEK = "一二三四五六日"
DECEMBER = list(range(1, 32))


def _read(path: Path, **more: Any) -> RosterFile:
    return read_roster(path, words=POLICY.words(), rest=POLICY.rest(), name=path.name, **more)


def _book(path: Path, *sheets: tuple[str, list[list[Any]]]) -> Path:
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def _shifts(found: RosterFile) -> dict[tuple[str, str], list[tuple[str, int, int]]]:
    return {
        (cell.number or cell.name, cell.day.isoformat()): [
            (one.kind, one.begin, one.end) for _word, one in cell.shifts
        ]
        for cell in found.cells
    }


def test_a_row_a_person_and_a_column_a_day_with_the_month_in_the_title(tmp_path: Path) -> None:
    weekdays = [WEEK[date(2026, 12, day).weekday()] for day in DECEMBER]
    rows: list[list[Any]] = [
        ["翠湖花园维修班2026年12月排班表"],
        ["序号", "姓名", "工号", *DECEMBER, "出勤"],
        [None, None, None, *weekdays],
        [1, "赵　一", "WX001", *(["白", "夜", "休"] * 11)[:31], 21],
        [2, "钱二", 1002, *(["休"] * 30), "早/晚", 2],
        ["合计", None, None, *[2] * 31],
        ["备注：白班8:00-20:00，夜班20:00-次日8:00"],
        ["制表：孙三", None, None, "审核："],
    ]
    found = _read(_book(tmp_path / "r.xlsx", ("Sheet1", rows)))
    assert (found.troubles, found.legend) == ([], {})
    told = _shifts(found)
    assert len(told) == 62
    assert told["WX001", "2026-12-01"] == [("day", 480, 1200)]
    assert told["WX001", "2026-12-02"] == [("night", 1200, 1920)]
    assert told["WX001", "2026-12-03"] == []
    assert told["1002", "2026-12-31"] == [("day", 420, 900), ("night", 1380, 1860)]


def test_dates_may_be_cells_of_dates_or_texts_with_their_weekday(tmp_path: Path) -> None:
    for header in (
        [date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1)],
        ["12/30 周三", "12/31 周四", "1/1 周五"],
        ["12月30日", "12月31日", "1月1日"],
        ["30日\n三", "31日\n四", "1日\n五"],
        ["2026-12-30", "2026-12-31", "2027-01-01"],
    ):
        rows: list[list[Any]] = [["排班 2026年12月"], ["姓名", *header], ["赵一", "白", "夜", "休"]]
        found = _read(_book(tmp_path / "r.xlsx", ("Sheet1", rows)))
        assert not found.troubles, header
        assert [cell.day for cell in found.cells] == [
            date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1),
        ]  # fmt: skip


@pytest.mark.parametrize(
    "title", ["二〇二六年十二月排班", "2026年12月份值班安排", "2026.12 排班", "排班表（2026-12）"]
)
def test_the_month_stands_in_the_title_or_in_the_name_of_sheet_or_file(
    tmp_path: Path, title: str
) -> None:
    days: list[list[Any]] = [["姓名", 1, 2, 3], ["赵一", "白", "白", "白"]]
    for book in (
        _book(tmp_path / "r.xlsx", ("排班", [[title], *days])),
        _book(tmp_path / f"{title}.xlsx", ("排班", days)),
    ):
        assert {cell.day.month for cell in _read(book).cells} == {12}


def test_without_a_month_it_is_asked_for_and_can_be_said(tmp_path: Path) -> None:
    book = _book(tmp_path / "r.xlsx", ("排班", [["姓名", 1, 2, 3], ["赵一", "白", "白", "白"]]))
    found = _read(book)
    assert [each.place for each in found.troubles] == ["B1"]
    assert found.cells == []
    said = _read(book, month=date(2026, 2, 1))
    assert [cell.day.isoformat() for cell in said.cells][:1] == ["2026-02-01"]


def test_days_that_run_into_the_next_month_are_told_by_the_weekdays_or_asked(
    tmp_path: Path,
) -> None:
    days = [*range(26, 31), *range(1, 26)]
    title = ["2026年12月考勤排班"]
    person = ["赵一", *["白"] * 30]
    plain = _book(tmp_path / "p.xlsx", ("a", [title, ["姓名", *days], person]))
    assert len(_read(plain).troubles) == 1
    real = [date(2026, 11, day) for day in range(26, 31)]
    real += [date(2026, 12, day) for day in range(1, 26)]
    week = [None, *(WEEK[day.weekday()] for day in real)]
    told = _read(_book(tmp_path / "w.xlsx", ("a", [title, ["姓名", *days], week, person])))
    assert [cell.day for cell in told.cells] == real
    said = _read(plain, month=date(2026, 11, 1))
    assert [cell.day for cell in said.cells] == real


def test_a_weekday_that_belongs_to_another_month_is_said(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["2026年12月"],
        ["姓名", 1, 2, 3],
        ["", "日", "一", "二"],
        ["赵一", "白", "白", "白"],
    ]
    found = _read(_book(tmp_path / "r.xlsx", ("a", rows)))
    assert (len(found.troubles), found.cells) == (1, [])


def test_every_wrong_cell_is_said_in_one_pass(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["2026年2月"],
        ["姓名", *range(1, 32)],
        ["赵一", "白", "？", *[None] * 25, "夜", "夜"],
        [None, "白", "白"],
        ["钱二", "百", "夜"],
    ]
    found = _read(_book(tmp_path / "r.xlsx", ("a", rows)))
    assert [each.place for each in found.troubles] == ["C3", "AD3", "A4", "B5"]
    assert (place(1, 1), place(9, 26), place(9, 27), place(1, 702)) == ("A1", "Z9", "AA9", "ZZ1")


def test_the_file_s_own_times_win_and_are_told(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["2026年12月"],
        ["姓名", 1, 2, 3],
        ["周早", "早", "中班", "晚"],
        ["说明：早班7:30-15:30；中班15:30-23:30"],
    ]
    found = _read(_book(tmp_path / "r.xlsx", ("a", rows)))
    assert found.legend == {"早": (450, 930), "中": (930, 1410)}
    assert _shifts(found)["周早", "2026-12-01"] == [("day", 450, 930)]
    assert _shifts(found)["周早", "2026-12-03"] == [("night", 1380, 1860)]


def test_a_long_list_with_words_or_times(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["日期", "班次", "姓名", "工号", "开始时间", "结束时间", "备注"],
        [date(2026, 12, 1), "白班", "赵一", None, None, None, None],
        [None, "夜班", "钱二", None, None, None, None],
        ["2026/12/2", "加班", None, "WX003", time(18, 30), time(2, 0), None],
        ["2026-12-03", None, "赵一", None, "08:00", "17:00", None],
        ["2026-12-04", "夜", "赵一", None, "2026-12-04 22:00", "2026-12-05 06:00", None],
        ["2026-12-05", "休", "赵一", None, None, None, None],
    ]
    found = _read(_book(tmp_path / "r.xlsx", ("a", rows)))
    assert found.troubles == []
    assert _shifts(found) == {
        ("赵一", "2026-12-01"): [("day", 480, 1200)],
        ("钱二", "2026-12-01"): [("night", 1200, 1920)],
        ("WX003", "2026-12-02"): [("night", 1110, 1560)],
        ("赵一", "2026-12-03"): [("day", 480, 1020)],
        ("赵一", "2026-12-04"): [("night", 1320, 1800)],
        ("赵一", "2026-12-05"): [],
    }


def test_a_line_of_a_long_list_may_name_several_people_by_name_or_number(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["日期", "班次", "值班人员"],
        ["2026-12-01", "白", "赵一、钱二"],
        ["2026-12-01", "夜", "WX003"],
    ]
    found = _read(_book(tmp_path / "r.xlsx", ("Sheet1", rows)))
    assert found.troubles == []
    assert [(cell.number, cell.name) for cell in found.cells] == [
        ("", "赵一"),
        ("", "钱二"),
        ("WX003", ""),
    ]


def test_a_long_list_says_all_that_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(
        "日期,班次,姓名,开始,结束\n"
        "昨天,白,赵一,,\n"
        "2026-12-01,大夜,赵一,,\n"
        "2026-12-01,白,,,\n"
        "2026-12-01,白,赵一,八点,17:00\n"
        "2026-12-01,白,赵一,08:00,\n",
        encoding="utf-8",
    )
    assert [each.place for each in _read(path).troubles] == ["A2", "B3", "C4", "D5", "E6"]


def test_a_row_a_day_and_a_column_a_shift(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["2026年12月值班表"],
        ["日期", "星期", "白班", "夜班(19:00-7:00)", "备班"],
        ["12月1日", "二", "赵一、钱二", "孙三", "WX009"],
        ["12月2日", "三", "孙三", "赵一", "无"],
        ["注：有事请提前一天说"],
    ]
    found = _read(_book(tmp_path / "r.xlsx", ("a", rows)))
    assert [(cell.name or cell.number, cell.day.day, cell.place) for cell in found.cells] == [
        ("赵一", 1, "C3"), ("钱二", 1, "C3"), ("孙三", 1, "D3"), ("WX009", 1, "E3"),
        ("孙三", 2, "C4"), ("赵一", 2, "D4"), ("无", 2, "E4"),
    ]  # fmt: skip
    assert _shifts(found)["孙三", "2026-12-01"] == [("night", 1140, 1860)]


def test_weeks_below_each_other_and_sheets_beside_each_other_are_all_read(tmp_path: Path) -> None:

    def week(first: int) -> list[Any]:
        return ["姓名", *(f"12/{day}" for day in range(first, first + 7))]

    rows: list[list[Any]] = [
        ["2026年12月"],
        week(1),
        ["赵一", *"白夜休白夜休休"],
        [],
        week(8),
        ["赵一", *"白" * 7],
    ]
    other: list[list[Any]] = [["2027年1月"], ["姓名", 1, 2, 3], ["钱二", "白", "白", "白"]]
    found = _read(_book(tmp_path / "r.xlsx", ("12月", rows), ("1月", other)))
    assert (len(found.cells), found.troubles) == (17, [])


def test_what_is_no_roster_is_refused(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["楼栋", "房号", "面积"], ["1栋", 101, 89.5], ["1栋", 102, 90.1]]
    with pytest.raises(Failed) as told:
        _read(_book(tmp_path / "r.xlsx", ("a", rows)))
    assert told.value.code == "no_roster"
