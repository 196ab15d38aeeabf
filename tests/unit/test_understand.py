"""From raw rows to understood ones: houses, owners, co-owners, what is left empty and why."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pcloud_cli.sheets.cells import Cell, SheetCells
from pcloud_cli.sheets.row import Row, unpacked
from pcloud_cli.sheets.table import find_tables
from pcloud_cli.sheets.understand import Understanding, decide_header

ID = "11010519491231002X"
OTHER_ID = "110105194912310038"
HEADER = ["楼栋", "单元", "房号", "业主姓名", "身份证号", "电话", "房屋状态"]
FULL = ["1栋", "2单元", "301", "张三", ID, "13812340001", "自住"]


def understood(
    rows: Sequence[Sequence[Cell]], header: Sequence[str] = HEADER, today: str = ""
) -> tuple[list[Row], list[tuple[int, str, str]]]:
    """Return the rows, and (row, field, code) of the problems, of a sheet below `header`."""
    all_rows: list[list[Cell]] = [list(header), *(list(row) for row in rows)]
    sheet = SheetCells("业主", False, 0, len(all_rows), len(header), lambda: iter(all_rows))
    (table,) = find_tables(sheet, {}, decide_header)
    judged = Understanding(today)
    for _count in judged.sheet(0, sheet, table, set()):
        pass
    found, problems = judged.take()
    return [Row(*row) for row in found], [(p.row, p.field, p.code) for p in problems]


def changed(**cells: Cell) -> list[Cell]:
    names = dict(
        zip(("building", "unit", "room", "name", "id", "phone", "status"), range(7), strict=True)
    )
    row: list[Cell] = list(FULL)
    for name, cell in cells.items():
        row[names[name]] = cell
    return row


def test_a_clean_row_is_understood_whole() -> None:
    (row,), problems = understood([FULL])
    assert problems == []
    assert (row.row, row.owner_no, row.status) == (2, 1, "ok")
    assert (row.building, row.unit, row.room, row.house_kind) == ("1", "2", "301", "residence")
    assert (row.owner_name, row.owner_kind, row.sex, row.birth) == (
        "张三",
        "person",
        "female",
        "1949-12-31",
    )
    assert (row.id_type, row.id_number, row.id_status) == ("resident_id", ID, "present")
    assert (row.phone, row.phone_status, row.ownership_kind) == ("13812340001", "present", "sole")
    assert row.house_status == "occupied"


def test_a_bad_personal_field_stays_empty_and_the_house_goes_in() -> None:
    cases: list[tuple[Cell, str]] = [
        (float(ID[:17] + "0"), "damaged"),
        ("110105194912310021", "invalid"),
        ("1101**********002X", "masked"),
        ("待补", "missing"),
        ("", "missing"),
    ]
    for cell, status in cases:
        (row,), _problems = understood([changed(id=cell)])
        assert (row.status, row.id_number, row.id_status) == ("ok", None, status), cell
        assert row.owner_name == "张三"
    (row,), problems = understood([changed(phone="138****0001")])
    assert (row.phone, row.phone_status) == (None, "masked")
    assert problems == [(2, "phone", "phone_masked")]


def test_only_a_house_that_cannot_be_told_keeps_a_row_out() -> None:
    rows, problems = understood([changed(building="", room="1-2"), FULL])
    assert [row.status for row in rows] == ["error", "ok"]
    assert rows[0].house_key is None
    assert [row for row, _field, _code in problems] == [2]


def test_an_unsold_house_without_owner_is_the_developers() -> None:
    (row,), problems = understood([changed(name="", id="", phone="", status="未售")])
    assert (row.owner_no, row.owner_name, row.house_status) == (0, None, "unsold")
    assert problems == []
    (_row,), problems = understood([changed(name="", id="", phone="")])
    assert problems == [(2, "owner_name", "name_missing")]


def test_blank_rows_totals_notes_and_repeated_headers_are_no_data() -> None:
    rows, problems = understood(
        [
            FULL,
            [""] * 7,
            HEADER,
            ["合计", "", "", "1户", "", "", ""],
            ["", "  ", "", "", "", "", ""],
        ]
    )
    assert len(rows) == 1
    assert problems == [(5, "remark", "total_row")]


def test_two_rows_of_one_house_are_co_owners_wherever_they_stand() -> None:
    second = changed(name="李四", id=OTHER_ID, phone="13812340002")
    between = [changed(room=str(room), name=f"王{room}", id="", phone="") for room in (401, 501)]
    rows, problems = understood([FULL, *between, second])
    kinds = {row.owner_name: row.ownership_kind for row in rows}
    assert (kinds["张三"], kinds["李四"], kinds["王401"]) == ("joint", "joint", "sole")
    assert not [code for _row, _field, code in problems if code == "house_twice"]


def test_co_owners_a_batch_apart_are_told_by_key() -> None:
    filler = [
        changed(
            building=f"{n // 100 + 2}栋", room=str(101 + n % 100), name=f"王{n}", id="", phone=""
        )
        for n in range(700)
    ]
    all_rows: list[list[Cell]] = [
        list(HEADER),
        list(FULL),
        *filler,
        changed(name="李四", id=OTHER_ID, phone=""),
    ]
    sheet = SheetCells("业主", False, 0, len(all_rows), 7, lambda: iter(all_rows))
    (table,) = find_tables(sheet, {}, decide_header)
    judged = Understanding()
    taken: list[tuple[Any, ...]] = []
    for _count in judged.sheet(0, sheet, table, set()):
        taken += judged.take()[0]
    first, last = Row(*taken[0]), Row(*taken[-1])
    assert judged.joint_houses == [first.house_key] == [last.house_key]
    assert (first.ownership_kind, last.ownership_kind) == ("sole", "joint")


def test_the_same_house_and_owner_twice_is_said_and_taken_once() -> None:
    rows, problems = understood([FULL, FULL])
    assert [row.status for row in rows] == ["ok", "repeated"]
    assert problems == [(3, "room", "house_twice")]


def test_a_repeated_row_does_not_hide_that_a_house_has_two_owners() -> None:
    rows, _problems = understood([FULL, FULL, changed(name="李四", id=OTHER_ID, phone="")])
    assert [(row.status, row.ownership_kind) for row in rows] == [
        ("ok", "joint"),
        ("repeated", "sole"),
        ("ok", "joint"),
    ]


def test_several_people_are_parted_where_everything_matches_in_order() -> None:
    rows, problems = understood(
        [changed(name="张三、李四", id=f"{ID}、{OTHER_ID}", phone="13812340001/13812340002")]
    )
    assert problems == []
    assert [(row.owner_no, row.owner_name, row.id_number, row.phone) for row in rows] == [
        (1, "张三", ID, "13812340001"),
        (2, "李四", OTHER_ID, "13812340002"),
    ]
    assert {row.ownership_kind for row in rows} == {"joint"}


def test_labelled_data_go_to_their_owner_whatever_the_order() -> None:
    rows, _problems = understood(
        [changed(name="张三、李四", id=f"李四：{OTHER_ID}；张三：{ID}", phone="")]
    )
    assert {row.owner_name: row.id_number for row in rows} == {"张三": ID, "李四": OTHER_ID}


def test_what_cannot_be_matched_is_attached_to_nobody() -> None:
    rows, problems = understood([changed(name="张三、李四", id=ID, phone="13812340001")])
    assert [(row.owner_name, row.id_number, row.phone) for row in rows] == [
        ("张三", None, None),
        ("李四", None, None),
    ]
    assert {(field, code) for _row, field, code in problems} >= {
        ("id_number", "several_people"),
        ("phone", "several_people"),
    }


def test_a_value_that_many_share_is_missing() -> None:
    rows, problems = understood(
        [changed(room=str(101 + n), name=f"王{n}", id="", phone="13812340001") for n in range(9)]
        + [changed(room="301", phone="13812340009")]
    )
    assert [row.phone for row in rows] == [None] * 9 + ["13812340009"]
    assert sum(code == "phone_shared" for _row, _field, code in problems) == 9


def test_a_phone_that_a_family_shares_is_kept() -> None:
    rows, _problems = understood(
        [changed(room=str(101 + n), name=f"王{n}", id="") for n in range(4)]
    )
    assert {row.phone for row in rows} == {"13812340001"}


def test_a_second_phone_and_a_landline_are_more_phones() -> None:
    header = [*HEADER[:6], "联系电话2"]
    (row,), _problems = understood(
        [changed(phone="13812340001、010-62340000", status="13812340002")], header
    )
    assert row.phone == "13812340001"
    assert row.more_phones == ["01062340000", "13812340002"]


def test_a_row_about_a_tenant_makes_no_owner() -> None:
    header = ["楼栋", "单元", "房号", "姓名", "身份证号", "电话", "业主类型"]
    (row,), _problems = understood([changed(status="租户")], header)
    assert (row.owner_no, row.owner_name) == (0, None)
    assert row.others is not None
    assert unpacked(row.others[0])[:4] == ("tenant", "张三", "13812340001", ID)


def test_shares_sex_birth_and_company_are_judged_together() -> None:
    header = ["楼栋", "单元", "房号", "业主姓名", "证件号码", "共有份额", "性别"]
    (row,), problems = understood([changed(phone="1/2", status="男")], header)
    assert (row.ownership_kind, row.share_numerator, row.share_denominator) == ("shares", 1, 2)
    assert (row.sex, problems) == ("female", [(2, "sex", "sex_mismatch")])
    (row,), _problems = understood(
        [changed(name="示例科技有限公司", id="", phone="", status="")], header
    )
    assert row.owner_kind == "company"


def test_areas_keep_their_basis_and_numbers_their_digits() -> None:
    header = ["楼栋", "单元", "房号", "业主姓名", "预测建筑面积", "建筑面积", "套内面积"]
    (row,), problems = understood([changed(id=98.5, phone="98.62㎡", status="约80")], header)
    assert (row.forecast_gross, row.surveyed_gross, row.surveyed_net) == ("98.5", "98.62", None)
    assert problems == [(2, "net_area", "area_unreadable")]


def test_births_after_today_and_minors_are_marked_only_with_a_day() -> None:
    young = "110105201506010024"
    assert understood([changed(id=young)], today="")[1] == []
    assert understood([changed(id=young)], today="2024-01-01")[1] == [
        (2, "id_number", "minor_under_14")
    ]
    (row,), problems = understood([changed(id=young)], today="2010-01-01")
    assert (row.id_status, problems) == ("invalid", [(2, "id_number", "id_birth")])


def test_short_rows_are_as_good_as_padded_ones() -> None:
    (row,), _problems = understood([FULL[:4]])
    assert (row.owner_name, row.id_status, row.phone_status) == ("张三", "missing", "missing")


def test_header_values_decide_between_kind_and_type() -> None:
    both = ("house_kind", "house_type")
    assert decide_header(both, ["住宅", "商铺", "住宅"]) == "house_kind"
    assert decide_header(both, ["三室两厅", "两室一厅"]) == "house_type"
    assert decide_header(both, [110.0, 110.0]) is None
    assert decide_header(("phone", "emergency_phone"), ["1"]) is None


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 12))
def test_a_made_up_register_comes_back_in_any_order_of_columns(
    chance: random.Random, houses: int
) -> None:
    rows: list[list[Cell]] = [
        [
            f"{1 + n // 4}栋",
            f"{1 + n % 2}单元",
            str(101 + n),
            "王" + "甲乙丙丁戊己庚辛壬癸子丑"[n],
            "",
            f"138123400{n:02d}",
            "自住",
        ]
        for n in range(houses)
    ]
    order = chance.sample(range(7), 7)
    found, problems = understood(
        [[row[place] for place in order] for row in rows], [HEADER[place] for place in order]
    )
    assert problems == []
    assert [(row.building, row.unit, row.room, row.owner_name, row.phone) for row in found] == [
        (str(row[0])[:-1], str(row[1])[:-2], row[2], row[3], row[5]) for row in rows
    ]


def test_the_same_number_at_another_estate_is_no_co_owner() -> None:
    header = ["房屋地址", "业主姓名", "联系电话"]
    rows = [
        ["云杉路5号枫林苑3栋1单元101", "王小明", "13812340001"],
        ["枫林苑3栋1单元101", "李主管", "13812340002"],
        ["观澜苑3栋1单元101", "赵二", "13812340003"],
        ["观澜苑3栋1单元102", "钱三", "13812340004"],
        ["3栋1单元102", "孙四", "13812340005"],
    ]
    found, problems = understood(rows, header)
    assert [row.status for row in found] == ["ok", "ok", "error", "ok", "ok"]
    assert [row.ownership_kind for row in found][:2] == ["joint", "joint"]
    assert problems == [(4, "address", "house_other_place")]
    by_room, problems = understood(
        [[each[0], *each[1:]] for each in rows[1:3]], ["房号", *header[1:]]
    )
    assert [row.status for row in by_room] == ["ok", "error"]
    assert problems == [(3, "room", "house_other_place")]


def test_another_area_of_the_same_house_is_said() -> None:
    header = ["楼栋", "房号", "建筑面积", "业主姓名", "联系电话"]
    rows: list[list[Cell]] = [
        ["1栋", "101", 89.5, "王小明", "13812340001"],
        ["1栋", "102", 90, "赵二", "13812340002"],
        ["1栋", "101", 88, "李主管", "13812340003"],
        ["1栋", "102", "", "钱三", "13812340004"],
        ["1栋", "103", 91, "", ""],
        ["1栋", "103", 92, "孙四", "13812340005"],
    ]
    found, problems = understood(rows, header)
    assert [row.status for row in found] == ["ok"] * 6
    assert [each for each in problems if each[2] == "house_area_differs"] == [
        (4, "area", "house_area_differs"),
        (7, "area", "house_area_differs"),
    ]
