"""Who a row tells of: several owners in a cell, co-owners, tenants, family and agents."""

from __future__ import annotations

from datetime import date

import pytest

from pcloud_cli.sheets.cells import Cell
from pcloud_cli.sheets.others import people_of_text
from pcloud_cli.sheets.row import Other, Row, unpacked
from tests.integration.people import id_number
from tests.unit.test_understand import understood

ONE = id_number(date(1980, 3, 1), 11)
TWO = id_number(date(1985, 7, 9), 22)
PHONE, OTHER_PHONE = "13912340001", "13912340002"
HEADER = ["楼栋", "单元", "房号", "业主姓名", "身份证号", "电话", "份额"]


def of(name: Cell, number: Cell = "", phone: Cell = "", share: Cell = "") -> list[Row]:
    rows, _problems = understood([["1栋", "2单元", "301", name, number, phone, share]], HEADER)
    return rows


def told(rows: list[Row]) -> list[tuple[str | None, str | None, str | None]]:
    return [(row.owner_name, row.id_number, row.phone) for row in rows]


@pytest.mark.parametrize("between", ["、", "，", ",", "/", "；", ";", "  ", "\n"])
def test_owners_parted_by_any_sign_get_what_stands_at_their_place(between: str) -> None:
    rows = of(f"张三{between}李四", f"{ONE}{between}{TWO}", f"{PHONE}{between}{OTHER_PHONE}")
    assert told(rows) == [("张三", ONE, PHONE), ("李四", TWO, OTHER_PHONE)]
    assert {row.ownership_kind for row in rows} == {"joint"}


def test_several_owners_in_a_list_without_phones_or_numbers_are_parted() -> None:
    rows, problems = understood([["1栋", "2单元", "301", "张三、李四"]], HEADER[:4])
    assert told(rows) == [("张三", None, None), ("李四", None, None)]
    assert problems == []


def test_numbers_with_names_before_them_go_to_these_whatever_the_order() -> None:
    rows = of(
        "张三、李四",
        f"李四：{TWO}；张三：{ONE}",
        f"李四：{OTHER_PHONE}、02088887777；张三：{PHONE}",
    )
    assert told(rows) == [("张三", ONE, PHONE), ("李四", TWO, OTHER_PHONE)]
    assert rows[1].more_phones == ["02088887777"]


def test_a_number_with_one_name_before_it_goes_to_that_one_alone() -> None:
    assert told(of("张三、李四", f"李四：{TWO}")) == [("张三", None, None), ("李四", TWO, None)]


def test_a_missing_number_in_a_list_leaves_its_place_to_its_owner() -> None:
    rows = of("张三、李四", f"待补、{TWO}")
    assert [(row.owner_name, row.id_number, row.id_status) for row in rows] == [
        ("张三", None, "missing"),
        ("李四", TWO, "present"),
    ]


@pytest.mark.parametrize(
    ("first", "second"), [("甲：", "乙："), ("1. ", "2. "), ("一:", "二:"), ("①", "②")]
)
@pytest.mark.parametrize("names", ["张三、李四", "甲：张三；乙：李四"])
def test_what_is_counted_in_their_order_belongs_to_the_first_and_the_second(
    names: str, first: str, second: str
) -> None:
    rows = of(names, f"{first}{ONE}；{second}{TWO}", f"{first}{PHONE}；{second}{OTHER_PHONE}")
    assert told(rows) == [("张三", ONE, PHONE), ("李四", TWO, OTHER_PHONE)]


@pytest.mark.parametrize("name", ["张三（共有人：李四）", "张三(共有权人:李四)"])
def test_a_co_owner_in_brackets_is_one_more_owner(name: str) -> None:
    rows = of(name, f"{ONE}、{TWO}", f"{PHONE}、{OTHER_PHONE}")
    assert told(rows) == [("张三", ONE, PHONE), ("李四", TWO, OTHER_PHONE)]
    assert told(of(name, ONE, PHONE)) == [("张三", None, None), ("李四", None, None)]


@pytest.mark.parametrize("name", ["张三（共有人：妻子）", "张三（共有：按份共有）"])
def test_words_in_brackets_that_are_no_name_become_no_owner(name: str) -> None:
    assert told(of(name, ONE, PHONE)) == [(None, None, None)]


@pytest.mark.parametrize("sign", ["；", "、", ","])
def test_a_sign_left_behind_a_name_is_no_part_of_it(sign: str) -> None:
    assert told(of(f"张三{sign}", f"{ONE}{sign}", f"{PHONE}{sign}")) == [("张三", ONE, PHONE)]


@pytest.mark.parametrize(
    "number", [f"乙：{TWO}；甲：{ONE}", f"夫：{ONE}；妻：{TWO}", f"旧{ONE}；新{TWO}"]
)
def test_numbers_with_words_that_name_nobody_are_kept_as_text(number: str) -> None:
    rows, problems = understood([["1栋", "2单元", "301", "张三、李四", number, "", ""]], HEADER)
    assert [(row.owner_name, row.id_number) for row in rows] == [("张三", None), ("李四", None)]
    assert (2, "id_number", "several_people") in problems
    assert ONE in str(rows[0].remark)
    assert TWO in str(rows[0].remark)


@pytest.mark.parametrize(
    ("number", "phone"),
    [(ONE, PHONE), (f"王五：{ONE}", f"王五：{PHONE}"), (f"{ONE}、{TWO}、{ONE}", f"{PHONE}/")],
)
def test_what_fits_nobody_for_certain_is_kept_as_text_and_given_to_nobody(
    number: str, phone: str
) -> None:
    rows, problems = understood([["1栋", "2单元", "301", "张三、李四", number, phone, ""]], HEADER)
    assert told(rows) == [("张三", None, None), ("李四", None, None)]
    assert (2, "id_number", "several_people") in problems
    assert (2, "phone", "several_people") in problems
    assert number in (rows[0].remark or "")


def test_one_number_for_two_owners_is_nobodys() -> None:
    assert told(of("张三、李四", f"{ONE}、{ONE}")) == [("张三", None, None), ("李四", None, None)]


def test_shares_stand_in_the_order_of_the_owners_or_are_alike() -> None:
    for share in ("30%、70%", "3/10；7/10"):
        rows = of("张三、李四", share=share)
        assert [(r.share_numerator, r.share_denominator) for r in rows] == [(3, 10), (7, 10)]
    rows = of("张三、李四", share="各50%")
    assert [(row.ownership_kind, row.share_numerator) for row in rows] == [("shares", 1)] * 2
    rows, problems = understood([["1栋", "2单元", "301", "张三、李四", "", "", "30%"]], HEADER)
    assert {row.ownership_kind for row in rows} == {"joint"}
    assert (2, "share", "several_people") in problems


def test_one_owners_number_is_found_among_others() -> None:
    rows, problems = understood(
        [["1栋", "2单元", "301", "李四", f"张三：{ONE}；李四：{TWO}", "", ""]], HEADER
    )
    assert told(rows) == [("李四", TWO, None)]
    assert (2, "id_number", "several_people") in problems


@pytest.mark.parametrize(
    ("number", "document", "kind"),
    [
        (f"{ONE[:17]}Y", "身份证", "person"),
        (f"{ONE[:17]}Y", "", "person"),
        ("91430104MA4530458A", "", "person"),
        ("91430104MA4530458A", "身份证", "person"),
        ("91430104MA4530458A", "营业执照", "company"),
    ],
)
def test_a_number_that_is_wrong_makes_no_company_of_a_person(
    number: str, document: str, kind: str
) -> None:
    row = ["1栋", "2单元", "301", "李四", number, PHONE, "", document]
    (owner,), _problems = understood([row], [*HEADER, "证件类型"])
    assert (owner.owner_kind, owner.id_status) == (kind, "invalid")


def test_minority_foreign_and_company_names_are_one_owner_each() -> None:
    for name, kind in (
        ("买买提·吐尔逊", "person"),
        ("Dirk Nowitzki", "person"),
        ("欧阳明远", "person"),
        ("湖畔置业有限公司", "company"),
    ):
        (row,) = of(name)
        assert (row.owner_name, row.owner_kind) == (name, kind)
    assert [row.owner_name for row in of("买买提·吐尔逊、Dirk Nowitzki")] == [
        "买买提·吐尔逊",
        "Dirk Nowitzki",
    ]


CO = ["楼栋", "房号", "业主姓名", "身份证号", "电话", "共有人姓名", "共有人证件号码", "共有人电话"]


def test_a_co_owner_in_columns_of_his_own_is_an_owner_with_his_own_numbers() -> None:
    rows, problems = understood([["1栋", "301", "张三", ONE, PHONE, "李四", TWO, OTHER_PHONE]], CO)
    assert problems == []
    assert told(rows) == [("张三", ONE, PHONE), ("李四", TWO, OTHER_PHONE)]
    assert {row.ownership_kind for row in rows} == {"joint"}


def test_a_problem_of_a_co_owner_names_his_own_column() -> None:
    rows, problems = understood(
        [["1栋", "301", "张三", ONE, PHONE, "李四", TWO[:-1] + "?", "123"]], CO
    )
    assert told(rows) == [("张三", ONE, PHONE), ("李四", None, None)]
    assert {(field, code) for _row, field, code in problems} >= {("phone", "phone_invalid")}


@pytest.mark.parametrize("empty", ["", "/", "无", "共同共有"])
def test_a_column_for_co_owners_may_be_empty(empty: str) -> None:
    rows, _problems = understood([["1栋", "301", "张三", ONE, PHONE, empty, "", ""]], CO)
    assert told(rows) == [("张三", ONE, PHONE)]
    assert rows[0].ownership_kind == "sole"


def test_a_counted_number_goes_to_the_co_owner_of_its_count() -> None:
    header = ["楼栋", "房号", "业主姓名", "业主姓名2", "业主姓名3", "电话3"]
    rows, problems = understood([["1栋", "301", "张三", "李四", "王五", PHONE]], header)
    assert problems == []
    assert told(rows) == [("张三", None, None), ("李四", None, None), ("王五", None, PHONE)]


def test_a_second_group_of_columns_is_a_second_co_owner() -> None:
    header = [
        "楼栋",
        "房号",
        "业主姓名",
        "共有人1姓名",
        "共有人1电话",
        "共有人2姓名",
        "共有人2电话",
    ]
    rows, _problems = understood(
        [["1栋", "301", "张三", "李四", PHONE, "王五", OTHER_PHONE]], header
    )
    assert told(rows) == [("张三", None, None), ("李四", None, PHONE), ("王五", None, OTHER_PHONE)]


def test_tenant_and_agent_come_with_their_own_numbers_and_are_no_owners() -> None:
    header = ["楼栋", "房号", "业主姓名", "租户姓名", "租户电话", "代理人", "代理人联系电话"]
    (row,), problems = understood(
        [["1栋", "301", "张三", "王五", PHONE, "赵六", OTHER_PHONE]], header
    )
    assert problems == []
    assert (row.owner_name, row.phone) == ("张三", None)
    assert [unpacked(each)[:3] for each in row.others or ()] == [
        ("tenant", "王五", PHONE),
        ("agent", "赵六", OTHER_PHONE),
    ]


def test_an_agent_in_the_name_cell_is_no_owner() -> None:
    (row,) = of("张三（代理人：李四）", ONE)
    assert (row.owner_name, row.id_number) == ("张三", ONE)
    assert [unpacked(each).name for each in row.others or ()] == ["李四"]


def test_whose_a_number_without_a_name_is_nobody_guesses() -> None:
    header = ["楼栋", "房号", "业主姓名", "租户电话"]
    (row,), problems = understood([["1栋", "301", "张三", PHONE]], header)
    assert row.others is None
    assert problems == [(2, "phone", "other_nameless")]
    assert row.remark == f"租户电话: {PHONE}"


def test_a_tenant_below_the_owner_of_the_same_house_is_not_lost() -> None:
    header = ["楼栋", "房号", "业主姓名", "电话", "业主类型"]
    rows, problems = understood(
        [["1栋", "301", "张三", PHONE, "业主"], ["1栋", "301", "王五", OTHER_PHONE, "租户"]], header
    )
    assert [(row.status, row.owner_no) for row in rows] == [("ok", 1), ("ok", 0)]
    assert problems == []
    assert unpacked((rows[1].others or [""])[0]).name == "王五"


def test_family_in_one_cell_with_phone_number_and_relation() -> None:
    found = people_of_text("family", f"李四|{PHONE}|{ONE}|妻子；王小五||  |儿子")
    assert found == [
        Other("family", "李四", PHONE, ONE, "1980-03-01", "male", "妻子"),
        Other("family", "王小五", relation="儿子"),
    ]
    assert [each.name for each in people_of_text("family", "李四、王小五")] == ["李四", "王小五"]


@pytest.mark.parametrize("text", ["3人", "常住三口，另有保姆", "李四|12345"])
def test_what_is_no_list_of_relatives_stays_text(text: str) -> None:
    assert people_of_text("family", text) == []
    (row,), _problems = understood(
        [["1栋", "301", "张三", text]], ["楼栋", "房号", "业主姓名", "家庭成员"]
    )
    assert (row.family, row.others) == (text, None)


def test_a_column_of_passports_holds_passports_of_any_form() -> None:
    row = ["3", "1", "101", "Ana Lima", "AB4567891"]
    rows, _problems = understood([row], ["楼栋", "单元", "房号", "业主姓名", "护照号码"])
    assert [(row.id_type, row.id_status) for row in rows] == [("passport", "present")]
    rows, _problems = understood([row], ["楼栋", "单元", "房号", "业主姓名", "证件号码"])
    assert [row.id_status for row in rows] == ["invalid"]


def test_a_ratio_gives_each_owner_his_part_in_order() -> None:
    rows = of("赵三、钱四", share="6:4")
    parts = [(row.share_numerator, row.share_denominator) for row in rows]
    assert parts == [(3, 5), (2, 5)]
    rows = of("赵三、钱四", share="3:3:4")
    assert [row.share_numerator for row in rows] == [None, None]


def test_cars_in_columns_of_their_own_are_all_kept() -> None:
    header = ["楼栋", "单元", "房号", "业主姓名", "车牌号1", "车牌号2"]
    rows, problems = understood(
        [
            ["3", "1", "101", "赵三", "粤B12345", "粤B54321"],
            ["3", "1", "102", "钱四", "", "粤B11122"],
            ["3", "1", "103", "孙五", "粤B33344", "B12"],
        ],
        header,
    )
    assert [row.plate for row in rows] == ["粤B12345、粤B54321", "粤B11122", "粤B33344"]
    assert problems == [(4, "plate", "plate_invalid")]
