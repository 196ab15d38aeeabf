"""Ordinary rows judged by the column say what the careful way says of them, row by row."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcloud_cli.sheets.cells import Cell, SheetCells
from pcloud_cli.sheets.ordinary_rows import OrdinaryRows
from pcloud_cli.sheets.sheet_reader import SheetReader
from pcloud_cli.sheets.table import find_tables
from pcloud_cli.sheets.understand import Understanding, decide_header
from scripts.inside.sample.people import check_character

HEADER = [
    "分期", "楼栋", "单元", "楼层", "房号", "房屋类型", "户型", "建筑面积(㎡)", "业主姓名", "性别",
    "身份证号", "联系电话", "交付日期", "房屋状态", "车牌号", "备注",
]  # fmt: skip
TODAY = "2026-03-01"


def number(born: str, serial: int) -> str:
    start = f"110105{born}{serial:03d}"
    return start + check_character(start)


def mostly(usual: st.SearchStrategy[Any], odd: Sequence[Cell]) -> st.SearchStrategy[Cell]:
    return st.one_of(usual, usual, usual, st.sampled_from(odd))


CELLS = (
    mostly(st.just(""), ["一期", "二期", "/"]),
    mostly(st.sampled_from(["1栋", "2栋", "A座"]), ["", 3.0, "十五号楼", "合计", "1月2日", True]),
    mostly(st.sampled_from(["1单元", "2单元"]), ["", 1.0, "0", "甲"]),
    mostly(st.sampled_from([1.0, "3", "", "3层"]), ["2024-01-02", "B1", True]),
    mostly(
        st.one_of(st.sampled_from(["301", 302.0, "1203", 303]), st.integers(100, 999).map(str)),
        ["", "商01", "301、302", "2单元305", "房号", "03", "3A", 3.01, "1#-2-301", True],
    ),
    mostly(st.sampled_from(["", "住宅"]), ["商铺", "城堡", "别墅"]),
    mostly(st.sampled_from(["三室两厅", ""]), ["无", " 两室 ", 3.0]),
    mostly(st.sampled_from([98.5, 76.25, "88.1", ""]), [-1.0, "很大", 1e9, "88平米", True]),
    mostly(
        st.sampled_from(["张三", "李小红", "欧阳建国", "王伟"]),
        ["", "张三、李四", "某某公司", "业主", "张 三", "王先生", "待补", "John Smith", 5.0],
    ),
    mostly(st.just(""), ["男", "女", "?"]),
    mostly(
        st.builds(number, st.sampled_from(["19800229", "19791231", "19650101"]),
                  st.integers(1, 999)),
        ["", number("20150101", 7), number("20080302", 7), "11010519491231002x", 1.1e17, "待补",
         "1101**********0021", "110105491231002", number("19800229", 1)],
    ),
    mostly(
        st.integers(13000000000, 13999999999).map(str),
        ["", "138****0001", "18999999999", 13812340001.0, "138 1234 0001", "010-62345678"],
    ),
    mostly(
        st.sampled_from([datetime.date(2024, 1, 2), "2024-01-02", ""]),
        ["不知道", 45000.0, datetime.datetime(2024, 1, 2, 3),  # noqa: DTZ001
         datetime.time(1), True],
    ),
    mostly(st.sampled_from(["自住", "未售", ""]), ["奇怪", "已售未交"]),
    mostly(st.just(""), ["京A12345"]),
    mostly(st.just(""), ["老人同住", "无", 7.0]),
)  # fmt: skip
ROWS = st.lists(st.tuples(*CELLS).map(list), min_size=1, max_size=40)


def judged(rows: list[list[Cell]], *, strict: bool, broken: set[tuple[int, int]]) -> Any:
    everything: list[list[Cell]] = [list(HEADER), *rows]
    sheet = SheetCells("业主", False, 0, len(everything), len(HEADER), lambda: iter(everything))
    (table,) = find_tables(sheet, {}, decide_header)
    found = Understanding(TODAY, strict=strict)
    counts = list(found.sheet(0, sheet, table, broken))
    return found.take(), counts[-1], found.error_rows, found.left_out, found.joint_houses


@settings(max_examples=300, deadline=None)
@given(ROWS, st.booleans(), st.sets(st.tuples(st.integers(2, 6), st.integers(1, 16)), max_size=2))
def test_both_ways_say_the_same(
    rows: list[list[Cell]], strict: bool, broken: set[tuple[int, int]]
) -> None:
    quick = judged(rows, strict=strict, broken=broken)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SheetReader, "ordinary", lambda _self: None)
        careful = judged(rows, strict=strict, broken=broken)
    assert quick == careful


def test_an_ordinary_row_takes_the_quick_way() -> None:
    seen: list[object] = []
    whole = OrdinaryRows.of
    row: list[Cell] = ["", "1栋", "1单元", 3.0, "301", "", "三室两厅", 98.5, "张三", "",
                       number("19800229", 11), "13812340001", datetime.date(2024, 1, 2), "自住",
                       "", ""]  # fmt: skip

    def watched(self: OrdinaryRows, first: int, rows: Sequence[Sequence[Cell]]) -> Any:
        found = whole(self, first, rows)
        seen.extend(found)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OrdinaryRows, "of", watched)
        judged([row], strict=False, broken=set())
    (only,) = seen
    assert only is not None
