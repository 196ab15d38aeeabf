"""Small vocabularies, areas, dates, shares and plates; and the registry of problems."""

from __future__ import annotations

import string
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.sheets import values
from pcloud_cli.sheets.fields import FIELD_TITLES, FIELDS, HOUSE_FIELDS, PRIVATE_FIELDS
from pcloud_cli.sheets.measures import (
    birth_agrees,
    judge_area,
    judge_birth,
    judge_date,
    judge_share,
)
from pcloud_cli.sheets.numerals import arabic
from pcloud_cli.sheets.plates import judge_plate, split_plates
from pcloud_cli.sheets.problem_codes import CODES
from pcloud_cli.sheets.problems import hint, message, problem


@pytest.mark.parametrize(
    ("judge", "text", "expected"),
    [
        (values.judge_sex, "男", ("male", "")),
        (values.judge_sex, "女性", ("female", "")),
        (values.judge_sex, "", ("", "")),
        (values.judge_sex, "x9", ("", "sex_unreadable")),
        (values.judge_house_kind, "住宅", ("residence", "")),
        (values.judge_house_kind, "底商", ("shop", "")),
        (values.judge_house_kind, "叠拼别墅", ("villa", "")),
        (values.judge_house_kind, "三室两厅", ("", "house_kind_unknown")),
        (values.judge_house_status, "已售未交", ("sold", "")),
        (values.judge_house_status, "装修中", ("decorating", "")),
        (values.judge_house_status, "OCCUPIED", ("occupied", "")),
        (values.judge_house_status, "怪", ("", "house_status_unknown")),
        (values.judge_owner_type, "共有人", ("co_owner", "")),
        (values.judge_owner_type, "企业", ("company", "")),
        (values.judge_id_type, "护照", ("passport", "")),
        (values.judge_id_type, "居民身份证", ("resident_id", "")),
    ],
)
def test_a_word_is_known_or_named_as_unknown(judge, text: str, expected: tuple[str, str]) -> None:  # type: ignore[no-untyped-def]
    assert judge(text) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("89.12㎡", ("89.12", "")),
        ("89.10", ("89.1", "")),
        ("1,234.5平米", ("1234.5", "")),
        ("１２０.５m²", ("120.5", "")),
        (89.12000000000001, ("89.12", "")),
        (120, ("120", "")),
        (None, ("", "")),
        ("/", ("", "")),
        ("-3", ("", "area_not_positive")),
        ("0", ("", "area_not_positive")),
        ("约九十", ("", "area_unreadable")),
        ("200000", ("", "area_too_large")),
    ],
)
def test_an_area_is_exact_or_left_out(value: str, expected: tuple[str, str]) -> None:
    assert judge_area(value) == expected


@given(st.decimals("0.0001", "99999", places=4))
def test_an_area_of_four_places_comes_back(area: Decimal) -> None:
    assert Decimal(judge_area(str(area)).value) == area
    assert Decimal(judge_area(float(area)).value) == area


@pytest.mark.parametrize(
    "value",
    [
        "2024-01-02",
        "2024年1月2日",
        "2024.1.2",
        "2024/01/02",
        "20240102",
        20240102,
        45293,
        45293.5,
        "2024-01-02 00:00:00",
        "2024-01-02T08:30:00",
        datetime(2024, 1, 2, 8, tzinfo=UTC),
        date(2024, 1, 2),
    ],
)
def test_a_date_is_read_in_every_usual_spelling(value: str) -> None:
    assert judge_date(value) == ("2024-01-02", "")


@pytest.mark.parametrize(
    "value", ["24-1-2", "1/2/2024", "2024-13-01", "2023-02-29", "昨天", 7, 1e9]
)
def test_a_date_that_could_be_another_is_refused(value: str) -> None:
    assert judge_date(value) == ("", "date_unreadable")


@given(st.dates(date(1901, 1, 1), date(2099, 12, 30)))
def test_a_serial_is_days_since_1900(day: date) -> None:
    assert judge_date((day - date(1899, 12, 30)) // timedelta(days=1)).value == day.isoformat()


def test_a_birth_may_lack_its_day() -> None:
    assert judge_birth("1990年3月") == ("1990-03", "")
    assert birth_agrees("1990-03", "1990-03-07")
    assert not birth_agrees("1990-04", "1990-03-07")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1/2", ("shares", 1, 2, "")),
        ("2/4", ("shares", 1, 2, "")),
        ("50%", ("shares", 1, 2, "")),
        (50, ("shares", 1, 2, "")),
        (0.5, ("shares", 1, 2, "")),
        ("三分之二", ("shares", 2, 3, "")),
        ("1", ("sole", 1, 1, "")),
        ("100%", ("sole", 1, 1, "")),
        ("共同共有", ("joint", 0, 0, "")),
        ("按份共有30%", ("shares", 3, 10, "")),
        ("", ("", 0, 0, "")),
        ("3/2", ("", 0, 0, "share_unreadable")),
        ("0", ("", 0, 0, "share_unreadable")),
        ("一半多", ("", 0, 0, "share_unreadable")),
    ],
)
def test_a_share_is_a_fraction(value: str, expected: tuple[str, int, int, str]) -> None:
    assert judge_share(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("粤B12345", ("粤B12345", "")),
        ("粤BD12345", ("粤BD12345", "")),
        ("粤B12345F", ("粤B12345F", "")),
        ("粤B·D2345", ("粤BD2345", "plate_repaired")),
        ("粤ｂ１２３４５", ("粤B12345", "plate_repaired")),
        ("粤Z·1234港", ("粤Z1234港", "plate_repaired")),
        ("临粤B12345", ("临粤B12345", "plate_temporary")),
        ("无牌", ("", "plate_missing")),
        ("/", ("", "")),
        ("B12345", ("", "plate_invalid")),
        ("粤BI2345", ("", "plate_invalid")),
        ("粤BD1234567", ("", "plate_invalid")),
    ],
)
def test_a_plate_is_known_or_refused(value: str, expected: tuple[str, str]) -> None:
    assert judge_plate(value) == expected


def test_several_plates_are_parted() -> None:
    assert [judged.value for _, judged in split_plates("粤B12345、粤B12346|访客")] == [
        "粤B12345",
        "粤B12346",
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("九", "9"),
        ("十", "10"),
        ("二十三", "23"),
        ("一百零二", "102"),
        ("三〇一", "301"),
        ("十十", None),
    ],
)
def test_chinese_numerals_are_read(text: str, number: str | None) -> None:
    assert arabic(text) == number


anything = st.one_of(st.none(), st.text(), st.integers(), st.floats())


@given(anything)
def test_judging_never_falls(value: str | float | int | None) -> None:
    for judged in (judge_area(value), judge_date(value), judge_birth(value)):
        assert judged.code == "" or judged.code in CODES
    assert judge_share(value).denominator >= 0
    if isinstance(value, str):
        arabic(value)
        for judged in (judge_plate(value), values.judge_sex(value), values.judge_id_type(value)):
            assert judged.code == "" or judged.code in CODES


def test_every_problem_says_what_and_what_to_do() -> None:
    for code, (severity, template, advice) in CODES.items():
        assert severity in ("error", "warning", "info")
        assert template.endswith(".")
        assert advice.endswith(".")
        made = problem("Sheet1", 3, "B", "owner_name", code, "x")
        assert message(made)
        assert "{" not in hint(made)


def test_only_a_house_that_cannot_be_told_is_an_error() -> None:
    assert all(code.startswith("house_") for code, entry in CODES.items() if entry[0] == "error")


def test_strict_makes_personal_warnings_errors() -> None:
    assert problem("S", 3, "B", "phone", "phone_invalid").severity == "warning"
    assert problem("S", 3, "B", "phone", "phone_invalid", strict=True).severity == "error"
    assert problem("S", 3, "B", "area", "area_unreadable", strict=True).severity == "warning"


@given(
    st.sampled_from(sorted(PRIVATE_FIELDS)),
    st.text(string.ascii_letters + string.digits, min_size=7),
)
def test_a_private_value_never_stands_whole_in_a_problem(field: str, value: str) -> None:
    assert value not in problem("S", 3, "B", field, "id_format", value).value


def test_every_field_has_a_title() -> None:
    assert tuple(FIELD_TITLES) == FIELDS
    assert set(FIELDS) >= {*HOUSE_FIELDS} | PRIVATE_FIELDS


def test_a_time_of_day_is_neither_a_date_nor_an_area() -> None:
    assert judge_date(time(13, 30)).code == "date_unreadable"  # type: ignore[arg-type]
    assert judge_area(time(13, 30)).code == "area_unreadable"  # type: ignore[arg-type]
    assert judge_date(timedelta(days=2)).code == "date_unreadable"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "plates"),
    [
        ("粤B12345 粤B54321", ["粤B12345", "粤B54321"]),
        ("粤B 12345", ["粤B12345"]),
        ("粤B12345（白）", ["粤B12345"]),
        ("粤BD12345绿色", ["粤BD12345"]),
        ("使014578", ["使014578"]),
        ("电动车", [""]),
    ],
)
def test_a_remark_about_the_car_is_no_part_of_its_plate(cell: str, plates: list[str]) -> None:
    assert [value.value for _written, value in split_plates(cell)] == plates


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("二〇二六年三月一日", "2026-03-01"),
        ("2026 03 01", "2026-03-01"),
        ("1 Mar 2026", "2026-03-01"),
        ("March 1, 2026", "2026-03-01"),
        ("2026/3/1 已收房", "2026-03-01"),
        ("2026/3/1 预计", ""),
        ("1/3/2026", ""),
    ],
)
def test_a_day_in_words_is_read_where_it_can_be_but_one(text: str, day: str) -> None:
    assert judge_date(text).value == day


@pytest.mark.parametrize("text", ["1:1", "50:50", "6：4"])
def test_a_ratio_is_nobodys_whole(text: str) -> None:
    assert judge_share(text).code == "share_unreadable"


@pytest.mark.parametrize(
    ("judge", "word", "code"),
    [
        (values.judge_house_kind, "排屋", "villa"),
        (values.judge_house_kind, "公租房", "residence"),
        (values.judge_house_kind, "商鋪", "shop"),
        (values.judge_house_status, "已网签", "sold"),
        (values.judge_house_status, "自持", "unsold"),
        (values.judge_owner_type, "妻子", "family"),
        (values.judge_owner_type, "次业主", "co_owner"),
        (values.judge_id_type, "台湾通行证", "hkmt_permit"),
        (values.judge_id_type, "永居证", "foreign_residence"),
    ],
)
def test_rarer_words_are_known(judge: Callable[[str], values.Value], word: str, code: str) -> None:
    assert judge(word) == values.Value(code)
