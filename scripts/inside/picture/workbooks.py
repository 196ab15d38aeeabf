"""The workbooks of the tour: what two developers send for one community; all people made up."""

from __future__ import annotations

from pathlib import Path

from scripts.inside.sample.book import Sheet, write_book
from scripts.inside.sample.people import check_character, check_character_uscc
from scripts.inside.sample.usual import Cell


def _number(county: str, birth: str, order: int) -> str:
    seventeen = f"{county}{birth}{order:03d}"
    return seventeen + check_character(seventeen)


_LI = _number("110105", "19850312", 121)
_ZHAO = _number("120101", "19790823", 213)
_QIAN = _number("330106", "19811107", 328)
_SUN = _number("420106", "19900615", 415)
_ZHOU = _number("370102", "19680101", 512)

_COMPANY = "91350203MA0000001"
_COMPANY += check_character_uscc(_COMPANY)

_TITLE: list[Cell] = ["湖畔花园三期 7号楼交付清册"]
_HEADER: list[Cell] = [
    *("单元", "房 号", "建筑面积（㎡）", "业主姓名（必填）", "身份证号码", "联系电话"),
    *("计划交房日期", "实际交房日期", "紧急联系人", "档案袋"),
]


def _home(unit: str, room: Cell, area: Cell, *people: Cell) -> list[Cell]:
    return [unit, room, area, *people]


def first_list() -> list[Sheet]:
    """Return a hand-over list with the building in its title and the usual things wrong."""
    rows: list[list[Cell]] = [
        _TITLE,
        _HEADER,
        _home("1单元", "101", 89.5, "李 明", _LI, "138 0013 8001", None, "2026/3/1"),
        _home("1单元", "102", 89.5, "赵三、钱四", f"{_ZHAO}、{_QIAN}", "13800138002/13800138003",
              None, "2026年3月1日"),
        _home("1单元", 201, "112.3平米", "孙五", float(_SUN[:17] + "0"), "1380013800", None,
              "三月一日"),
        _home("1单元", "202", 112.3, "周七", _ZHOU[:6] + "********" + _ZHOU[14:], "/"),
        _home("1单元", "3.01E+02", 89.5, "吴八", "待补", "13800138006"),
        _home("", "商铺101", 45.8, "湖畔商贸有限公司", _COMPANY, "0592-5551234"),
        _home("2单元", "101", 98.0, None, None, None),
        ["合计", None, 635.4],
        ["备注：面积以实测为准"],
    ]  # fmt: skip
    return [Sheet("交付清册", rows, [(0, 0, 0, 9)])]


def mended_list() -> list[Sheet]:
    """Return the same list, mended by the developer, with changes that are none of his."""
    sheet = first_list()[0]
    rows = [list(row) for row in sheet.rows]
    rows[4] = _home("1单元", 201, "112.3平米", "孙五", _SUN, "13800138004", None, "2026-03-02")
    rows[5] = _home(
        "1单元", "202", 113.1, "郑九", _number("440104", "19770707", 614), "13800138009"
    )
    rows[6] = _home("1单元", "301", 89.5, "吴八", "待补", "13800138006")
    return [sheet._replace(rows=rows)]


def second_list() -> list[Sheet]:
    """Return another developer's list: one address a row, and headers that leave things open."""
    rows: list[list[Cell]] = [
        ["房屋坐落", "购买人", "证件号", "联系人", "联系人电话", "房屋用途"],
        ["湖畔花园一期3#-2-301", "冯十", _number("510101", "19930909", 716), "冯父", "13800138011",
         "住宅"],
        ["湖畔花园一期3栋2单元302室", "卫十一", _number("610113", "19880418", 817), "卫父",
         "13800138012", "住宅"],
    ]  # fmt: skip
    return [Sheet("一期", rows)]


def renumbered() -> list[Sheet]:
    """Return a list of old and new house numbers."""
    return [Sheet("新旧房号对照", [["旧房号", "新房号"], ["三期7栋1单元101", "三期7栋1单元103"]])]


def write_all(folder: Path) -> None:
    """Write the workbooks of the tour into `folder`."""
    for name, sheets in (
        ("7号楼.xlsx", first_list()),
        ("7号楼-改.xlsx", mended_list()),
        ("一期.xlsx", second_list()),
        ("对照表.xlsx", renumbered()),
    ):
        write_book(folder / name, sheets)
