"""Finding the table: the header row by its content, columns by meaning, nothing twice."""

from __future__ import annotations

from collections.abc import Sequence

from pcloud_cli.sheets.cells import Cell, SheetCells
from pcloud_cli.sheets.table import Table, find_tables, letters


def table(
    rows: Sequence[Sequence[Cell]],
    mapping: dict[str, str] | None = None,
    *,
    answer: str | None = None,
    first_column: int = 0,
) -> Table | None:
    sheet = SheetCells("业主", False, first_column, len(rows), 9, lambda: iter(rows))
    found = find_tables(sheet, mapping or {}, lambda _candidates, _values: answer)
    return found[0] if found else None


def columns(found: Table | None) -> dict[str, str]:
    assert found is not None
    return {column.key: column.header for column in found.columns}


def test_the_header_row_is_found_below_titles_and_blank_rows() -> None:
    found = table(
        [
            ["阳光小区业主信息表", "", ""],
            ["", "", ""],
            ["楼栋", "房号", "姓名"],
            ["1栋", "101", "张三"],
        ]
    )
    assert found is not None
    assert (found.header_rows, found.first_row) == ((3,), 4)
    assert columns(found) == {"building": "楼栋", "room": "房号", "owner_name": "姓名"}


def test_a_sheet_without_headers_has_no_table() -> None:
    assert table([["1栋", "101", "张三"], ["1栋", "102", "李四"]]) is None


def test_letters_count_from_the_sheets_first_column() -> None:
    found = table([["楼栋", "房号", "姓名"]], first_column=25)
    assert found is not None
    assert [column.letter for column in found.columns] == ["Z", "AA", "AB"]
    assert (letters(0), letters(701), letters(702)) == ("A", "ZZ", "AAA")


def test_each_column_that_is_not_read_is_named() -> None:
    found = table(
        [["序号", "房号", "姓名", "租户性别", "微信", ""], [1, "101", "张三", "", "", "x"]]
    )
    assert found is not None
    assert [(left.header, left.letter, left.reason) for left in found.left] == [
        ("序号", "A", "row_number"),
        ("租户性别", "D", "other_person"),
        ("微信", "E", "unknown"),
        ("", "F", "no_header"),
    ]


def test_a_second_phone_is_read_and_a_second_name_is_asked_about() -> None:
    found = table([["房号", "姓名", "业主姓名", "电话1", "联系电话2"]])
    assert columns(found) == {
        "room": "房号",
        "owner_name": "姓名",
        "phone": "电话1",
        "phone_2": "联系电话2",
    }
    assert found is not None
    assert [(left.header, fields) for left, fields in found.asked] == [
        ("业主姓名", ("owner_name",))
    ]


def test_a_surer_column_wins_over_a_weaker_one_without_a_question() -> None:
    found = table([["房屋编码", "房号", "姓名", "家庭住址"]])
    assert columns(found)["room"] == "房号"
    assert found is not None
    assert {left.header: left.reason for left in found.left} == {
        "房屋编码": "second_column",
        "家庭住址": "not_a_location",
    }
    assert not found.asked


def test_a_home_address_locates_where_nothing_better_does() -> None:
    assert columns(table([["家庭住址", "姓名"]]))["address"] == "家庭住址"


def test_forecast_and_surveyed_areas_stay_apart() -> None:
    found = table([["房号", "预测建筑面积", "实测建筑面积", "姓名"]])
    assert columns(found) == {
        "room": "房号",
        "forecast_area": "预测建筑面积",
        "area": "实测建筑面积",
        "owner_name": "姓名",
    }
    assert found is not None
    assert [column.basis for column in found.columns if column.field == "area"] == [
        "forecast",
        "surveyed",
    ]


def test_the_values_decide_what_a_header_leaves_open() -> None:
    rows = [["房号", "姓名", "房屋类型"], ["101", "张三", "住宅"]]
    assert columns(table(rows, answer="house_kind"))["house_kind"] == "房屋类型"
    found = table(rows)
    assert found is not None
    assert [(left.reason, asked) for left, asked in found.asked] == [
        ("ambiguous", ("house_kind", "house_type"))
    ]


def test_the_mapping_settles_what_is_asked_and_leaves_out_what_it_names() -> None:
    found = table(
        [["房号", "姓名", "房屋类型", "标记"]],
        {"房屋类型": "house_type", "标记": "remark", "姓名": ""},
    )
    assert columns(found) == {"room": "房号", "house_type": "房屋类型", "remark": "标记"}
    assert found is not None
    assert [(left.header, left.reason) for left in found.left] == [("姓名", "ignored")]


def test_only_a_table_that_says_which_house_locates() -> None:
    owners = table([["姓名", "手机号", "身份证号"]])
    houses = table([["楼栋", "业主姓名"]])
    assert owners is not None
    assert not owners.locates()
    assert houses is not None
    assert houses.locates()


def test_a_name_that_comes_twice_is_settled_by_its_number_and_its_phone_follows() -> None:
    rows = [["房号", "姓名", "电话", "姓名", "电话"]]
    assert list(columns(table(rows, {"姓名2": "co_owner_name"}))) == [
        "room",
        "owner_name",
        "phone",
        "co_owner_name",
        "co_owner_phone",
    ]


def test_a_column_without_header_is_asked_about_by_its_values_and_settled_by_its_letter() -> None:
    rows: list[list[Cell]] = [["房号", "姓名", " "]]
    rows += [[f"10{n}", f"张{n}", f"1381234000{n}"] for n in range(1, 4)]
    found = table(rows)
    assert found is not None
    assert [(left.header, fields) for left, fields in found.asked] == [("C", ("phone",))]
    assert columns(table(rows, {"C": "phone"}))["phone"] == "C"


def test_legends_beside_the_list_are_no_columns() -> None:
    rows: list[list[Cell]] = [["房号", "姓名", "", ""]]
    rows += [[f"10{n}", f"张{n}", "", ""] for n in range(1, 6)]
    rows += [["", "", "房号", "房屋编号"], ["", "", "姓名", "真实姓名"]]
    found = table(rows)
    assert found is not None
    assert [(left.letter, left.reason) for left in found.left] == [
        ("C", "side_note"),
        ("D", "side_note"),
    ]


def test_what_is_counted_belongs_to_the_name_of_its_number_in_any_order() -> None:
    for header in (
        ["房号", "姓名1", "电话1", "姓名2", "电话2"],
        ["房号", "姓名1", "姓名2", "电话1", "电话2"],
        ["房号", "电话2", "姓名2", "电话1", "姓名1"],
    ):
        assert columns(table([header])) == {
            "room": "房号",
            "owner_name": "姓名1",
            "phone": "电话1",
            "co_owner_name": "姓名2",
            "co_owner_phone": "电话2",
        }


def test_a_number_of_an_unknown_name_is_asked_about() -> None:
    found = table([["房号", "业主姓名", "身份证号", "身份证号2"]])
    assert found is not None
    assert [fields for _left, fields in found.asked] == [("co_owner_id_number",)]


def test_an_unknown_header_is_asked_about_where_its_values_speak() -> None:
    rows: list[list[Cell]] = [["房号", "业主姓名", "怎么找"]]
    rows += [["3-2-301", "张伟", "13911110001"], ["3-2-302", "李静", "13911110002"]]
    found = table(rows)
    assert found is not None
    assert [(left.header, fields) for left, fields in found.asked] == [("怎么找", ("phone",))]
    named: list[list[Cell]] = [["房号", "业主姓名", "怎么找", "电话"]]
    named += [[*row, "13911110003"] for row in rows[1:]]
    known = table(named)
    assert known is not None
    assert "怎么找" not in [left.header for left, _fields in known.asked]


def test_another_number_of_the_house_is_no_question_beside_its_own() -> None:
    found = table([["房号", "业主姓名", "派出所门牌号"]])
    assert found is not None
    assert not found.asked
    assert [(left.header, left.reason) for left in found.left] == [
        ("派出所门牌号", "second_column")
    ]
