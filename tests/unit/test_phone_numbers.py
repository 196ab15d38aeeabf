"""Phone numbers of every usual kind are understood, placeholders and damage are named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.sheets.phone import judge_phone, split_phones
from pcloud_cli.sheets.problem_codes import CODES


@pytest.mark.parametrize(
    ("value", "canonical", "kind", "code"),
    [
        ("13700001234", "13700001234", "mobile", ""),
        (13700001234, "13700001234", "mobile", ""),
        (13700001234.0, "13700001234", "mobile", ""),
        ("13700001234.0", "13700001234", "mobile", "phone_repaired"),
        ("137 0000 1234", "13700001234", "mobile", "phone_repaired"),
        ("+8613700001234", "13700001234", "mobile", "phone_repaired"),
        ("008613700001234", "13700001234", "mobile", "phone_repaired"),
        ("１３７００００１２３４", "13700001234", "mobile", "phone_repaired"),
        ("13700001234；", "13700001234", "mobile", "phone_repaired"),
        ("手机：13700001234", "13700001234", "mobile", "phone_repaired"),
        ("0755-23450000", "075523450000", "landline", ""),
        ("（0755）23450000", "075523450000", "landline", "phone_repaired"),
        ("+86-755-23450000", "075523450000", "landline", "phone_repaired"),
        ("010-62340000-802", "01062340000-802", "landline", ""),
        ("0936-4210000", "09364210000", "landline", ""),
        ("62340000", "62340000", "landline", "phone_no_area"),
        ("400-123-4567", "4001234567", "service", ""),
        ("95599", "95599", "service", ""),
        ("+852 9234 0000", "+85292340000", "foreign", ""),
        ("001 415 555 0100", "+14155550100", "foreign", ""),
    ],
)
def test_a_number_is_understood(value: str, canonical: str, kind: str, code: str) -> None:
    judged = judge_phone(value)
    assert judged[:4] == (canonical, kind, "present", code)
    assert judged.repaired == (code == "phone_repaired")


@pytest.mark.parametrize(
    ("value", "status", "code"),
    [
        (None, "missing", ""),
        ("  ", "missing", ""),
        (float("nan"), "missing", ""),
        ("/", "missing", "phone_placeholder"),
        ("业主未提供", "missing", "phone_placeholder"),
        ("18999999999", "missing", "phone_placeholder"),
        ("11111111111", "missing", "phone_placeholder"),
        ("12345678901", "missing", "phone_placeholder"),
        ("138****1234", "masked", "phone_masked"),
        ("1380013****", "masked", "phone_masked"),
        ("1370000123", "invalid", "phone_invalid"),
        ("14000001234", "invalid", "phone_invalid"),
        ("17400001234", "invalid", "phone_invalid"),
        ("0755-234500001", "invalid", "phone_invalid"),
        ("020-234", "invalid", "phone_invalid"),
        (2062340000, "damaged", "phone_damaged"),
        ("13700001234/13700001235", "invalid", "several_phones"),
    ],
)
def test_what_is_no_number_has_a_status(value: str | None, status: str, code: str) -> None:
    judged = judge_phone(value)
    assert (judged.canonical, judged.status, judged.code) == ("", status, code)


@pytest.mark.parametrize("separator", ["/", "、", ",", "，", ";", "\n", " "])
def test_several_numbers_in_a_cell_are_parted(separator: str) -> None:
    entries = split_phones(f"13700001234{separator}13700001235")
    assert [entry.judgement.canonical for entry in entries] == ["13700001234", "13700001235"]


def test_numbers_keep_the_name_before_them() -> None:
    entries = split_phones("某甲：13700001234、02062340000；某乙：13700001235")
    assert [(entry.name, entry.judgement.canonical) for entry in entries] == [
        ("某甲", "13700001234"),
        ("某甲", "02062340000"),
        ("某乙", "13700001235"),
    ]
    assert [entry.name for entry in split_phones("李先生62340000")] == ["李先生"]


def test_an_empty_cell_gives_no_entries() -> None:
    assert split_phones(None) == split_phones("") == []
    assert [entry.judgement.code for entry in split_phones("待补")] == ["phone_placeholder"]


mobiles = st.builds(
    lambda head, tail: f"{head}{tail:08d}",
    st.sampled_from(["130", "139", "147", "158", "166", "173", "189", "199"]),
    st.integers(10_000_001, 99_999_998).filter(lambda n: len(set(str(n))) > 2),
)


@given(mobiles, st.sampled_from(["{}", " {}", "+86{}", "{}.0", "86-{}", "{}，"]))
def test_a_mobile_number_comes_back_from_every_spelling(number: str, form: str) -> None:
    if number != "13812345678":
        assert judge_phone(form.format(number)).canonical == number


@given(st.one_of(st.text(), st.text("0123456789+-()*/、 转.86"), st.floats(), st.integers()))
def test_judging_never_falls(value: str | float | int) -> None:
    for judged in [judge_phone(value), *[entry.judgement for entry in split_phones(value)]]:
        assert judged.status in {"present", "missing", "damaged", "masked", "invalid"}
        assert judged.code == "" or judged.code in CODES
        assert bool(judged.canonical) == (judged.status == "present")


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("13800138001（本人）", [("", "13800138001")]),
        ("业主本人：13800138001", [("", "13800138001")]),
        ("13800138001微信同号", [("", "13800138001")]),
        ("13800138001或13900139001", [("", "13800138001"), ("", "13900139001")]),
        ("赵三:13800138001 钱四:13900139001", [("赵三", "13800138001"), ("钱四", "13900139001")]),
        ("赵三13800138001钱四13900139001", [("赵三", "13800138001"), ("钱四", "13900139001")]),
        (
            "13800138001(赵三)、13900139001(钱四)",
            [("赵三", "13800138001"), ("钱四", "13900139001")],
        ),
        ("13800138001(妻)、13900139001", [("妻", "13800138001"), ("", "13900139001")]),
    ],
)
def test_a_name_goes_with_its_own_number_wherever_it_stands(
    text: str, entries: list[tuple[str, str]]
) -> None:
    assert [(each.name, each.judgement.canonical) for each in split_phones(text)] == entries


@pytest.mark.parametrize(
    ("cell", "status", "canonical"),
    [
        ("013800138001", "present", "13800138001"),
        ("+886 912 345 678", "present", "+886912345678"),
        ("1.3800138001E+10", "present", "13800138001"),
        ("1.38E+10", "damaged", ""),
        ("138O0138001", "invalid", ""),
        ("138I0138001", "invalid", ""),
        ("O2166667777", "invalid", ""),
    ],
)
def test_a_number_is_not_pieced_together_from_what_is_left_of_one(
    cell: str, status: str, canonical: str
) -> None:
    judged = judge_phone(cell)
    assert (judged.status, judged.canonical) == (status, canonical)
    assert canonical or judged.code != "several_phones"
