"""No cell, in whatever column, stops a list from being read: each is judged or asked about."""

from __future__ import annotations

import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pcloud_cli.sheets.cells import Cell
from tests.unit.test_understand import understood

HEADERS = (
    *("楼栋", "单元", "业主姓名", "身份证号", "联系电话", "份额", "性别", "出生日期", "证件类型"),
    *("共有人", "租户", "家庭成员", "紧急联系人", "代理人", "车牌号", "建筑面积", "套内面积"),
    *("房屋性质", "房屋状态", "交付日期", "房屋地址", "备注", "电话2", "姓名2"),
)
TEXTS = (
    "张三",
    "李四",
    "张三、李四",
    "王五\n赵六",
    "1栋",
    "3-2-301",
    "1/2",
    "无",
    "=1+1",
    "\u202e",
)
DAY = datetime.date(2024, 1, 2)
CELLS: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(TEXTS),
    st.text(max_size=20),
    st.floats(),
    st.integers(-(10**20), 10**20),
    st.sampled_from(
        [
            *(True, False, DAY, datetime.datetime.combine(DAY, datetime.time(3))),
            *(datetime.time(1, 2), datetime.timedelta(3), 1.10101199003e17, 13800138000.0),
        ]
    ),
)


@st.composite
def lists(draw: st.DrawFn) -> tuple[list[str], list[list[Cell]]]:
    """A header with a room, and rows of any cells."""
    header = draw(st.lists(st.sampled_from(HEADERS), unique=True, min_size=1, max_size=9))
    rows = st.lists(CELLS, min_size=len(header), max_size=len(header))
    return ["房号", *header], [["101", *row] for row in draw(st.lists(rows, max_size=4))]


@settings(max_examples=150, deadline=None)
@given(lists())
def test_any_cell_in_any_column_is_judged(made: tuple[list[str], list[list[Cell]]]) -> None:
    header, rows = made
    understood(rows, header)


def test_a_phone_or_share_that_a_spreadsheet_made_a_date_is_said() -> None:
    header = ["楼栋", "单元", "房号", "业主姓名", "联系电话", "份额"]
    rows, problems = understood([["1", "1", "101", "张三", DAY, DAY]], header)
    assert (rows[0].owner_name, rows[0].phone) == ("张三", None)
    assert {code for _row, _field, code in problems} >= {"phone_invalid", "share_unreadable"}
