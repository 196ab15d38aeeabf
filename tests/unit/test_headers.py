"""Headers: synonyms with hints and units inside; nothing stands in for something else."""

from __future__ import annotations

import pytest

from pcloud_cli.sheets.cells import SheetCells
from pcloud_cli.sheets.header_groups import group_meaning
from pcloud_cli.sheets.headers import (
    FALLBACK,
    LIKELY,
    REASONS,
    Meaning,
    judge_header,
    named_document,
    plain_header,
)
from pcloud_cli.sheets.table import find_tables


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("楼栋号", "building"),
        ("栋号（必填）", "building"),
        ("单元", "unit"),
        ("房号*", "room"),
        ("房 间\n号", "room"),
        ("面积(㎡)", "area"),
        ("建筑面积（平方米）", "area"),
        ("套内建筑面积m2", "net_area"),
        ("面积（套内）", "net_area"),
        ("公摊面积", "shared_area"),
        ("入住日期(yyyy-MM-dd)", "handover_date"),
        ("计划交房日期", "handover_planned"),
        ("合同交付日期", "handover_contract"),
        ("状态(OCCUPIED/VACANT)", "house_status"),
        ("姓名（必填）", "owner_name"),
        ("产权人\n姓名", "owner_name"),
        ("业主身份证号码", "id_number"),
        ("身份证/护照", "id_number"),
        ("手机号码2", "phone"),
        ("业主、住户联系电话", "phone"),
        ("紧急联系人电话", "emergency_phone"),
        ("紧急联系人", "emergency_name"),
        ("登记业主姓名", "owner_name"),
        ("租户姓名", "tenant"),
        ("家属姓名", "family"),
        ("户型", "house_type"),
        ("业态", "house_kind"),
        ("房屋类型（业态）", "house_kind"),
        ("车类型（9901 家用小汽车）", ""),
        ("专有部分坐落", "address"),
        ("ＰＨＯＮＥ", "phone"),
        ("Room (required)", "room"),
        ("Owner's name", "owner_name"),
        ("Forecast area (m²)", "area"),
    ],
)
def test_a_header_means_its_field_whatever_hints_it_carries(header: str, field: str) -> None:
    assert judge_header(header).field == field


@pytest.mark.parametrize(
    ("header", "basis"),
    [
        ("预测建筑面积", "forecast"),
        ("面积(预测)", "forecast"),
        ("实测套内面积（㎡）", "surveyed"),
        ("建筑面积", ""),
        ("Surveyed area", "surveyed"),
    ],
)
def test_an_area_says_on_which_basis_it_stands(header: str, basis: str) -> None:
    assert judge_header(header).basis == basis


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("租户性别", "other_person"),
        ("代理人身份证号", "other_person"),
        ("法定代表人电话", "other_person"),
        ("户籍地址", "not_a_location"),
        ("联系地址", "not_a_location"),
        ("身份证地址", "not_a_location"),
        ("面积合计", "sum"),
        ("序号", "row_number"),
        ("总层数", "unknown"),
        ("微信", "unknown"),
        ("物业费单价", "unknown"),
        ("电子邮箱", "unknown"),
    ],
)
def test_what_is_no_datum_of_the_owner_or_house_is_left_with_its_reason(
    header: str, reason: str
) -> None:
    meaning = judge_header(header)
    assert (meaning.field, meaning.reason) == ("", reason)
    assert reason in REASONS


@pytest.mark.parametrize(
    ("header", "field", "whose"),
    [
        ("共有人姓名", "owner_name", "co_owner"),
        ("共有人", "owner_name", "co_owner"),
        ("共有人2证件号码", "id_number", "co_owner"),
        ("共有人性别", "sex", "co_owner"),
        ("租户姓名", "tenant", ""),
        ("租户电话", "phone", "tenant"),
        ("电话（租户）", "phone", "tenant"),
        ("家属身份证号", "id_number", "family"),
        ("委托代理人", "owner_name", "agent"),
        ("代理人联系电话", "phone", "agent"),
    ],
)
def test_a_header_says_whose_datum_it_is(header: str, field: str, whose: str) -> None:
    meaning = judge_header(header)
    assert (meaning.field, meaning.whose) == (field, whose)


@pytest.mark.parametrize(
    "header", ["房屋类型", "座", "与业主关系", "联系人电话", "登记日期", "合同面积"]
)
def test_what_can_mean_several_things_is_asked(header: str) -> None:
    assert judge_header(header).candidates


def test_weaker_names_give_way_to_surer_ones() -> None:
    assert judge_header("房屋编码").rank == LIKELY
    assert judge_header("家庭住址").rank == FALLBACK


def test_hints_go_and_qualifications_stay() -> None:
    assert plain_header("建筑面积（单位：㎡）") == "建筑面积"
    assert plain_header("建筑面积（预测）") == "建筑面积预测"
    assert plain_header(" 姓 名 \n【选填】") == "姓名"


def meanings(headers: str) -> dict[str, str]:
    """Return key → column letter of the table under `headers`."""
    row = headers.split(",")
    sheet = SheetCells("业主", False, 0, 1, len(row), lambda: iter([row]))
    (table,) = find_tables(sheet, {}, lambda _candidates, _values: None)
    return {column.key: column.letter for column in table.columns} | {
        "?" + left.letter: "|".join(fields) for left, fields in table.asked
    }


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("房号,姓名,电话,紧急联系人,电话", {"phone": "C", "emergency_phone": "E"}),
        (
            "房号,业主姓名,身份证号,共有人姓名,身份证号",
            {"id_number": "C", "co_owner_id_number": "E"},
        ),
        ("房号,业主姓名,电话,租户,电话", {"phone": "C", "tenant_phone": "E"}),
        ("房号,租户姓名,电话", {"tenant": "B", "tenant_phone": "C"}),
        ("房号,姓名,电话,姓名,与业主关系,电话", {"family": "D", "family_phone": "F"}),
        ("房号,业主姓名,家庭成员,联系电话", {"phone": "D"}),
        ("房号,业主姓名,共有人,身份证号", {"?D": "id_number|co_owner_id_number"}),
        ("房号,业主姓名,联系人,联系电话", {"?D": "phone|emergency_phone"}),
        ("房号,姓名,电话,姓名,电话", {"phone": "C", "?D": "co_owner_name|family|tenant"}),
    ],
)
def test_a_bare_header_belongs_to_the_person_it_stands_beside_or_is_asked_about(
    headers: str, expected: dict[str, str]
) -> None:
    found = meanings(headers)
    assert {key: found.get(key) for key in expected} == expected
    assert "phone_2" not in found


@pytest.mark.parametrize(
    ("parent", "child", "expected"),
    [
        ("业主信息", "姓名", Meaning("owner_name")),
        ("业主信息", "地址", Meaning(reason="not_a_location")),
        ("租户信息", "电话", Meaning("phone", whose="tenant")),
        ("租户信息", "备注", Meaning(reason="other_person")),
        ("紧急联系人", "电话", Meaning("emergency_phone")),
        ("建筑面积", "预测", Meaning("area", basis="forecast")),
        ("实测面积(㎡)", "套内", Meaning("net_area", basis="surveyed")),
        ("交付日期", "计划", Meaning("handover_planned")),
        ("车位信息", "编号", Meaning("parking")),
    ],
)
def test_the_upper_of_two_header_rows_says_whose_or_which(
    parent: str, child: str, expected: Meaning
) -> None:
    assert group_meaning(parent, child) == expected


@pytest.mark.parametrize(
    ("header", "field", "whose"),
    [
        ("栋/座", "building", ""),
        ("Tower No.", "building", ""),
        ("梯号/单元", "unit", ""),
        ("铺号", "room", ""),
        ("楼栋-单元-房号（示例：3-2-301）", "address", ""),
        ("所购商品房坐落", "address", ""),
        ("产证建筑面积（㎡）", "area", ""),
        ("套内建面/㎡", "net_area", ""),
        ("业主姓名/名称（必填）", "owner_name", ""),
        ("主业主电话", "phone", ""),
        ("第一产权人", "owner_name", ""),
        ("业主3", "owner_name", "co_owner"),
        ("第二买受人证件号码", "id_number", "co_owner"),
        ("其他产权人", "owner_name", "co_owner"),
        ("姓名2", "owner_name", "co_owner"),
        ("手机/固话", "phone", ""),
        ("身份证号/营业执照号", "id_number", ""),
        ("公民身份号码", "id_number", ""),
        ("机动车号牌", "plate", ""),
        ("领房时间", "handover_date", ""),
        ("Expected delivery date", "handover_planned", ""),
        ("Agreed handover date", "handover_contract", ""),
        ("Joint owner phone", "phone", "co_owner"),
        ("Lessee mobile", "phone", "tenant"),
        ("Owner's ID", "id_number", ""),
    ],
)
def test_rarer_words_are_known_too(header: str, field: str, whose: str) -> None:
    meaning = judge_header(header)
    assert (meaning.field, meaning.whose) == (field, whose)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("Registered address", "not_a_location"),
        ("Owner's address", "not_a_location"),
        ("常住地址", "not_a_location"),
        ("Tenant gender", "other_person"),
        ("合同编号", "unknown"),
    ],
)
def test_nothing_stands_in_for_another_in_rarer_words(header: str, reason: str) -> None:
    assert judge_header(header).reason == reason


@pytest.mark.parametrize(
    ("header", "candidates"),
    [
        ("业主/租户", ("owner_name", "tenant")),
        ("派出所门牌号", ("room",)),
        ("原房号", ("room",)),
        ("身份证号2", ("co_owner_id_number",)),
        ("备用联系电话", ("phone", "emergency_phone")),
    ],
)
def test_what_may_be_somebody_elses_or_another_number_is_asked(
    header: str, candidates: tuple[str, ...]
) -> None:
    assert judge_header(header).candidates == candidates


@pytest.mark.parametrize(
    ("header", "document"),
    [
        ("护照号码", "护照"),
        ("业主港澳通行证号", "港澳通行证"),
        ("統一社會信用代碼", "信用代码"),
        ("身份证号", ""),
        ("身份证/护照", ""),
        ("证件号码", ""),
    ],
)
def test_the_header_of_the_id_column_may_name_the_document(header: str, document: str) -> None:
    assert named_document(header) == document


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("樓棟號", "building"),
        ("單元", "unit"),
        ("房號", "room"),
        ("業主姓名", "owner_name"),
        ("聯絡電話", "phone"),
        ("身份證號碼", "id_number"),
        ("建築面積", "area"),
        ("備註", "remark"),
        ("楼栋代码", "building"),
        ("单元代码", "unit"),
        ("期别", "section"),
        ("所处楼层", "floor"),
        ("室号部位", "room"),
        ("购买人姓名", "owner_name"),
        ("签约客户", "owner_name"),
        ("手提电话", "phone"),
        ("身份证明号码", "id_number"),
        ("身份证号/信用代码", "id_number"),
        ("紧急联系人1", "emergency_name"),
        ("几室几厅", "house_type"),
        ("人防车位号", "parking"),
        ("Gross Floor Area (m2)", "area"),
        ("Block/Tower", "building"),
        ("Mobile Phone", "phone"),
    ],
)
def test_rarer_headers_are_known_in_either_script(header: str, field: str) -> None:
    meaning = judge_header(header)
    assert (meaning.field, meaning.whose) == (field, "")


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("共有权人", "owner_name"),
        ("共有权人身份证号", "id_number"),
        ("联名业主电话", "phone"),
    ],
)
def test_who_else_holds_the_right_is_a_co_owner(header: str, key: str) -> None:
    meaning = judge_header(header)
    assert (meaning.field, meaning.whose) == (key, "co_owner")


@pytest.mark.parametrize(
    ("header", "candidates"),
    [
        ("收楼人", ("owner_name", "agent_name")),
        ("实际居住人", ("owner_name", "tenant")),
        ("经办人电话", ("agent_phone",)),
        ("总楼层数", ()),
        ("楼层数", ("floor",)),
        ("得房面积", ("area",)),
        ("与业主的关系", ("owner_type", "family")),
        ("移交日期", ("handover_date",)),
        ("是否交房", ("house_status",)),
    ],
)
def test_what_words_leave_open_is_asked_and_not_taken(
    header: str, candidates: tuple[str, ...]
) -> None:
    meaning = judge_header(header)
    assert (meaning.field, meaning.candidates) == ("", candidates)


@pytest.mark.parametrize("header", ["置业顾问", "法定代表人", "管家电话", "填表人"])
def test_staff_and_representatives_are_somebody_else(header: str) -> None:
    assert judge_header(header).reason == "other_person"


def test_the_address_of_the_owner_is_not_that_of_the_house() -> None:
    assert judge_header("业主地址").reason == "not_a_location"


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("楼栋 Building", "building"),
        ("Owner Name 业主姓名", "owner_name"),
        ("房号(Room No.)", "room"),
        ("联系电话\nContact No.", "phone"),
        ("①楼栋", "building"),
        ("一、楼栋号", "building"),
        ("★业主姓名", "owner_name"),
        ("楼栋号▼", "building"),
        ("幢室号", "room"),
    ],
)
def test_two_languages_counts_and_signs_change_no_meaning(header: str, field: str) -> None:
    meaning = judge_header(header)
    assert (meaning.field, meaning.whose) == (field, "")


@pytest.mark.parametrize("header", ["业主 Tenant", "楼栋 Room", "QQ号", "A楼栋"])
def test_two_languages_that_differ_are_not_read(header: str) -> None:
    assert judge_header(header).field == ""


@pytest.mark.parametrize("header", ["业主姓名（乙）", "业主乙", "第二业主", "权利人2"])
def test_the_second_of_several_owners_is_a_co_owner(header: str) -> None:
    assert (*judge_header(header)[:1], judge_header(header).whose) == ("owner_name", "co_owner")
