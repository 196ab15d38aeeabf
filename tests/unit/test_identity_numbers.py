"""ID numbers are accepted when they are right, cleaned when that is certain, else refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.sheets.id_checks import check_character, is_uscc
from pcloud_cli.sheets.identity import age_on, find_ids, judge_id, minor_code, usual_id
from pcloud_cli.sheets.problem_codes import CODES

STATUSES = {"present", "missing", "damaged", "masked", "invalid"}
GOOD = "110101199003070011"[:17]
GOOD = GOOD + check_character(GOOD)


def whole(seventeen: str) -> str:
    return seventeen + check_character(seventeen)


CREDIT_CODE = next(
    code
    for code in (f"91350211MA0000001{sign}" for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY")
    if is_uscc(code)
)

births = st.dates(date(1900, 1, 1), date(2024, 12, 31)).map(lambda day: day.strftime("%Y%m%d"))
numbers = st.builds(
    lambda county, birth, order: whole(f"{county}{birth}{order:03d}"),
    st.sampled_from(["110101", "310104", "440102", "510111", "650102"]),
    births.map(lambda day: f"{int(day):08d}"),
    st.integers(1, 999),
)


@given(numbers)
def test_a_right_number_is_present_with_birth_and_sex(number: str) -> None:
    judged = judge_id(number)
    assert (judged.id_type, judged.status, judged.canonical) == ("resident_id", "present", number)
    assert judged.birth.replace("-", "") == number[6:14]
    assert judged.sex == ("male" if int(number[16]) % 2 else "female")
    assert judged.code == ""


@given(numbers, st.integers(0, 16), st.integers(1, 9))
def test_one_changed_digit_is_refused(number: str, place: int, step: int) -> None:
    changed = str((int(number[place]) + step) % 10)
    judged = judge_id(number[:place] + changed + number[place + 1 :])
    assert judged.status != "present"


@given(numbers, st.integers(0, 15))
def test_two_swapped_digits_are_refused(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        assert judge_id(swapped).status != "present"


@given(numbers, st.sampled_from(["{} ", "'{}", "\u200b{}", "身份证：{}", "{}\n"]))
def test_what_surely_does_not_belong_is_cleaned_and_said(number: str, form: str) -> None:
    judged = judge_id(form.format(number))
    assert (judged.canonical, judged.code, judged.repaired) == (number, "id_repaired", True)


def test_look_alikes_of_x_are_read_as_x() -> None:
    seventeen = next(
        text for text in (f"44040119580101{n:03d}" for n in range(1, 99)) if whole(text)[-1] == "X"
    )
    for sign in "x×ХＸ":
        assert judge_id(seventeen + sign).canonical == f"{seventeen}X"
    assert judge_id(f"{seventeen}*").status == "invalid"


def test_fifteen_digits_are_raised_to_eighteen() -> None:
    judged = judge_id("110101620927769")
    assert judged.canonical == whole("11010119620927769")
    assert (judged.birth, judged.status) == ("1962-09-27", "present")


@pytest.mark.parametrize(
    ("value", "status", "code"),
    [
        (None, "missing", ""),
        ("", "missing", ""),
        ("无", "missing", "id_placeholder"),
        ("／", "missing", "id_placeholder"),
        ("身份证", "missing", "id_placeholder"),
        ("18999999999", "missing", "id_placeholder"),
        ("1" * 18, "missing", "id_placeholder"),
        ("123456789012345678", "missing", "id_placeholder"),
        (110101199003070011, "damaged", "id_damaged"),
        (110101620927769, "damaged", "id_damaged"),
        (1.10101199003079e17, "damaged", "id_damaged"),
        ("1.10101199003079E+17", "damaged", "id_damaged"),
        ("110101199003071000", "damaged", "id_damaged"),
        ("110***********0011", "masked", "id_masked"),
        ("110101XXXXXXXX0011", "masked", "id_masked"),
        ("11010119900307001", "invalid", "id_length"),
        ("110101199013070011", "invalid", "id_birth"),
        ("110101199902300011", "invalid", "id_birth"),
        ("440684199001012", "invalid", "id_birth"),
        (f"某甲 {GOOD} 某乙 {GOOD}", "invalid", "several_people"),
        (f"某甲{GOOD}", "invalid", "id_format"),
        ("H1234567", "invalid", "id_format"),
    ],
)
def test_what_is_no_number_has_a_status(value: str | None, status: str, code: str) -> None:
    judged = judge_id(value)
    assert (judged.status, judged.code, judged.canonical) == (status, code, "")


def test_an_unknown_province_only_warns() -> None:
    judged = judge_id(whole("01010119900307001"))
    assert (judged.status, judged.code) == ("present", "id_division")


@pytest.mark.parametrize(
    ("value", "declared", "id_type"),
    [
        (whole("81000019940823002"), "", "hkmt_residence"),
        (whole("91112419810803002"), "", "foreign_residence"),
        ("gbr310080010101", "", "foreign_residence"),
        ("H7654321001", "", "hkmt_permit"),
        ("M76543210", "", "hkmt_permit"),
        ("01234568", "台胞证", "hkmt_permit"),
        ("E76543210", "", "passport"),
        ("147654321", "", "passport"),
        ("P7654321", "护照", "passport"),
        ("A123456(3)", "", "other"),
        ("军字第7654321号", "", "officer"),
        (CREDIT_CODE, "", "uscc"),
        ("12345678-8", "", "other"),
        ("350200200012345", "营业执照", "other"),
    ],
)
def test_documents_of_others_are_known(value: str, declared: str, id_type: str) -> None:
    judged = judge_id(value, declared)
    assert (judged.id_type, judged.status) == (id_type, "present")


def test_a_card_of_2023_from_no_province_is_refused() -> None:
    assert judge_id(whole("99912419810803002")).status == "invalid"


def test_a_wrong_credit_code_is_refused() -> None:
    wrong = CREDIT_CODE[:17] + ("0" if CREDIT_CODE[17] != "0" else "1")
    assert judge_id(wrong).code == "uscc_checksum"


@pytest.mark.parametrize("declared", ["", "身份证"])
def test_a_person_whose_last_character_is_mistyped_is_sent_to_no_business_licence(
    declared: str,
) -> None:
    judged = judge_id("11010119810101001Y", declared)
    assert (judged.status, judged.id_type, judged.code) == (
        "invalid",
        "resident_id",
        "id_checksum",
    )
    assert judge_id("11010119819901001Y", "身份证").code == "id_birth"


def test_a_credit_code_of_digits_and_a_last_letter_stays_one() -> None:
    code = next(
        f"{digits}{last}"
        for digits in (f"91110119900101{n:03d}" for n in range(100))
        for last in "ABCDEFGHJKLMNPQRTUWY"
        if is_uscc(f"{digits}{last}")
    )
    assert judge_id(code).id_type == "uscc"
    assert judge_id(code, "营业执照").status == "present"
    assert judge_id(code, "身份证").status == "invalid"


def test_a_number_of_another_kind_than_declared_is_kept_with_a_warning() -> None:
    judged = judge_id(GOOD, "护照")
    assert (judged.status, judged.id_type, judged.code) == (
        "present",
        "resident_id",
        "id_type_mismatch",
    )


def test_a_birth_in_the_future_is_refused() -> None:
    number = whole("11010120300307001")
    assert judge_id(number).status == "present"
    assert judge_id(number, today="2025-01-01").code == "id_birth"


def test_several_numbers_are_found_with_their_names() -> None:
    other = whole("11010119910307002")
    found = find_ids(f"某甲：{GOOD}；某乙：{other}")
    assert [(name, judged.canonical) for name, judged in found] == [
        ("某甲", GOOD),
        ("某乙", other),
    ]


def test_minors_are_marked_by_age_on_the_day() -> None:
    assert age_on("2010-06-01", "2024-05-31") == 13
    assert minor_code("2010-06-01", "2024-05-31") == "minor_under_14"
    assert minor_code("2010-06-01", "2024-06-01") == "minor_under_18"
    assert minor_code("2010-06-01", "2028-06-01") == ""
    assert minor_code("", "2028-06-01") == ""


@given(
    st.one_of(st.text(), st.text("0123456789Xx*-() 第号A"), st.floats(), st.integers()), st.text()
)
def test_judging_never_falls_and_never_shows_a_number_that_is_not_present(
    value: str | float | int, declared: str
) -> None:
    judged = judge_id(value, declared)
    assert judged.status in STATUSES
    assert judged.code == "" or judged.code in CODES
    assert bool(judged.canonical) == (judged.status == "present")
    if isinstance(value, str):
        find_ids(value)


def _number(county: str, birth: str, order: str = "123") -> str:
    seventeen = f"{county}{birth}{order}"
    return seventeen + check_character(seventeen)


@pytest.mark.parametrize(
    ("county", "birth", "code"),
    [
        ("110105", "19700512", ""),  # one of the first
        ("310115", "19910512", "id_division_young"),  # a county since 1992
        ("310115", "19920512", ""),
        ("119999", "19700512", "id_division"),  # no county
        ("990105", "19700512", "id_division_foreign"),
    ],
)
def test_a_county_code_that_is_unknown_or_younger_only_warns(
    county: str, birth: str, code: str
) -> None:
    judged = judge_id(_number(county, birth))
    assert judged.code == code
    if code != "id_division_foreign":
        assert judged.status == "present"
        assert judged.canonical
    assert usual_id(_number(county, birth)) is None or not code


def test_a_warning_about_the_county_stands_for_fifteen_digits_too() -> None:
    whole = _number("310115", "19850512")
    judged = judge_id(whole[:6] + whole[8:17])
    assert (judged.code, judged.canonical) == ("id_division_young", whole)
