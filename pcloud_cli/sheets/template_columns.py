"""The columns of the workbook that a developer fills in, in both languages (3.1.1)."""

from __future__ import annotations

from typing import NamedTuple

TEXT, NUMBER, DATE = "text", "number", "date"


class TemplateColumn(NamedTuple):
    """One column: its field, the headers and hints (Chinese, English), the type of its cells,
    the values to choose from, and the example's three cells in Chinese and English."""

    field: str
    zh: str
    en: str
    hint_zh: str
    hint_en: str
    kind: str = TEXT
    choices_zh: tuple[str, ...] = ()
    choices_en: tuple[str, ...] = ()
    example_zh: tuple[str | float, str | float, str | float] = ("", "", "")
    example_en: tuple[str | float, str | float, str | float] | None = None


COLUMNS: tuple[TemplateColumn, ...] = (
    TemplateColumn(
        "section",
        "分期",
        "Section",
        "没有分期的小区留空",
        "Leave empty where there is none",
        example_zh=("一期", "一期", "一期"),
        example_en=("1期", "1期", "1期"),
    ),
    TemplateColumn(
        "building",
        "楼栋（必填）",
        "Building (required)",
        "如 3栋",
        "As in 3 or 3栋",
        example_zh=("3栋", "3栋", "3栋"),
        example_en=("3", "3", "3"),
    ),
    TemplateColumn(
        "unit",
        "单元",
        "Unit",
        "没有单元的商铺、别墅留空",
        "Empty for shops and villas without one",
        example_zh=("2单元", "2单元", ""),
        example_en=("2", "2", ""),
    ),
    TemplateColumn(
        "floor",
        "楼层",
        "Floor",
        "可不填",
        "Optional",
        example_zh=("3", "3", "1"),
    ),
    TemplateColumn(
        "room",
        "房号（必填）",
        "Room (required)",
        "如 301；共有的房屋一人一行，房号相同",
        "As in 301; for co-owners one row each with the same room",
        example_zh=("301", "301", "101"),
    ),
    TemplateColumn(
        "house_kind",
        "房屋类型（业态）",
        "House kind",
        "从列表中选择",
        "Choose from the list",
        choices_zh=("住宅", "商铺", "办公", "储藏室", "别墅", "其他"),
        choices_en=("residence", "shop", "office", "storage", "villa", "other"),
        example_zh=("住宅", "住宅", "商铺"),
        example_en=("residence", "residence", "shop"),
    ),
    TemplateColumn(
        "house_type",
        "户型",
        "House type",
        "如 三室两厅",
        "As in 3 rooms, or the plan's name",
        example_zh=("三室两厅", "三室两厅", ""),
        example_en=("Plan A", "Plan A", ""),
    ),
    TemplateColumn(
        "house_status",
        "房屋状态",
        "House status",
        "从列表中选择；未售的房屋不填业主",
        "Choose from the list; an unsold house has no owner",
        choices_zh=("未售", "已售未交", "空置", "装修", "自住", "出租"),
        choices_en=("unsold", "sold", "vacant", "decorating", "occupied", "let"),
        example_zh=("已售未交", "已售未交", "未售"),
        example_en=("sold", "sold", "unsold"),
    ),
    TemplateColumn(
        "area",
        "预测建筑面积（㎡）",
        "Forecast area (m²)",
        "没有实测时填写",
        "Where not yet surveyed",
        NUMBER,
        example_zh=(98.5, 98.5, 45),
    ),
    TemplateColumn(
        "area",
        "实测建筑面积（㎡）",
        "Surveyed area (m²)",
        "平方米，最多四位小数",
        "Square metres",
        NUMBER,
        example_zh=(98.62, 98.62, 45.1),
    ),
    TemplateColumn(
        "net_area",
        "实测套内面积（㎡）",
        "Surveyed net area (m²)",
        "平方米",
        "Square metres",
        NUMBER,
        example_zh=(78.9, 78.9, 40.3),
    ),
    TemplateColumn(
        "shared_area",
        "实测公摊面积（㎡）",
        "Surveyed shared area (m²)",
        "平方米",
        "Square metres",
        NUMBER,
        example_zh=(19.72, 19.72, 4.8),
    ),
    TemplateColumn(
        "handover_date",
        "交付日期",
        "Hand-over date",
        "如 2024-05-20，未交付留空",
        "As in 2024-05-20; empty before the hand-over",
        DATE,
    ),
    TemplateColumn(
        "owner_name",
        "业主姓名",
        "Owner name",
        "一格一人；公司填全称",
        "One person a cell; companies in full",
        example_zh=("张示例", "李示例", ""),
        example_en=("Sample Zhang", "Sample Li", ""),
    ),
    TemplateColumn(
        "owner_type",
        "业主类型",
        "Owner type",
        "从列表中选择",
        "Choose from the list",
        choices_zh=("个人", "公司"),
        choices_en=("person", "company"),
        example_zh=("个人", "个人", ""),
        example_en=("person", "person", ""),
    ),
    TemplateColumn(
        "owner_number",
        "业主编号",
        "Owner number",
        "您方的编号，可不填",
        "Your own number, optional",
    ),
    TemplateColumn(
        "id_type",
        "证件类型",
        "Kind of ID",
        "空着按身份证处理",
        "Empty means resident ID card",
        choices_zh=(
            "身份证",
            "港澳台通行证",
            "居住证",
            "护照",
            "永久居留证",
            "统一社会信用代码",
            "军官证",
            "其他",
        ),
        choices_en=(
            "resident_id",
            "hkmt_permit",
            "hkmt_residence",
            "passport",
            "foreign_residence",
            "uscc",
            "officer",
            "other",
        ),
        example_zh=("身份证", "护照", ""),
        example_en=("resident_id", "passport", ""),
    ),
    TemplateColumn(
        "id_number",
        "证件号码（文本）",
        "ID number",
        "按文本填写，18 位不可变成数字；没有就留空",
        "As text: a number loses its last digits; leave empty where unknown",
        example_zh=("（十八位号码）", "（护照号码）", ""),
        example_en=("(18 digits)", "(passport)", ""),
    ),
    TemplateColumn(
        "sex",
        "性别",
        "Sex",
        "可不填，身份证会说明",
        "Optional: an ID card tells",
        choices_zh=("男", "女"),
        choices_en=("male", "female"),
        example_zh=("女", "男", ""),
        example_en=("female", "male", ""),
    ),
    TemplateColumn(
        "birth",
        "出生日期",
        "Date of birth",
        "可不填，身份证会说明",
        "Optional: an ID card tells",
        DATE,
    ),
    TemplateColumn(
        "phone",
        "联系电话（文本）",
        "Phone",
        "多个号码用 / 隔开；没有就留空，不要填 18999999999",
        "Several with / between; leave empty where unknown, no made-up number",
        example_zh=("（手机号码）", "（手机号码）", ""),
        example_en=("(mobile)", "(mobile)", ""),
    ),
    TemplateColumn(
        "share",
        "共有份额",
        "Share",
        "按份共有填 50% 或 1/2，共同共有写“共同共有”",
        "50% or 1/2; empty or 共同共有 where owned jointly",
        example_zh=("50%", "50%", ""),
    ),
    TemplateColumn(
        "emergency_name",
        "紧急联系人",
        "Emergency contact",
        "可不填",
        "Optional",
    ),
    TemplateColumn(
        "emergency_phone",
        "紧急联系人电话",
        "Emergency contact's phone",
        "可不填",
        "Optional",
    ),
    TemplateColumn("family", "家庭成员", "Family members", "可不填", "Optional"),
    TemplateColumn("tenant", "租户", "Tenant", "可不填", "Optional"),
    TemplateColumn("plate", "车牌号", "Number plate", "可不填", "Optional"),
    TemplateColumn("parking", "车位号", "Parking space", "可不填", "Optional"),
    TemplateColumn("remark", "备注", "Remark", "可不填", "Optional", example_zh=("", "", "")),
)
"""The template's columns, from left to right."""
