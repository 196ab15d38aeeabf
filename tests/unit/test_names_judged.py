"""Names keep their form; what is no name, or several, is told apart."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.sheets.names import is_ordinary, judge_name, split_names
from pcloud_cli.sheets.problem_codes import CODES


@pytest.mark.parametrize(
    "name",
    [
        "陈小满",
        "乐",
        "诸葛小满",
        "𬱖某",
        "王㛃",
        "古丽·阿不都",
        "Anna Maria",
        "O'Neil",
        "MÜLLER, EVA",
    ],
)
def test_a_usual_name_is_kept(name: str) -> None:
    judged = judge_name(name)
    assert judged == (name, judged.name_key, "person", "", False)


@pytest.mark.parametrize(
    ("value", "name", "code"),
    [
        ("陈　满", "陈满", "name_repaired"),
        ("陈   满", "陈满", "name_repaired"),
        ("诸葛 满", "诸葛满", "name_repaired"),
        ("古丽・阿不都", "古丽·阿不都", "name_repaired"),
        ("古丽．阿不都", "古丽·阿不都", "name_repaired"),
        ("古丽.阿不都", "古丽·阿不都", "name_repaired"),
        ("⼄满", "乙满", "name_repaired"),
        (unicodedata.normalize("NFD", "José"), "José", "name_repaired"),
        ("陈(火华)", "陈(火华)", "name_suspicious"),
        ("陈\ufe00满", "陈满", "name_suspicious"),
        ("陈满1", "陈满1", "name_suspicious"),
        ("=cmd|x", "=cmd|x", "name_formula"),
        ("陈小姐", "陈小姐", "name_incomplete"),
    ],
)
def test_a_name_is_cleaned_or_flagged(value: str, name: str, code: str) -> None:
    judged = judge_name(value)
    assert (judged.name, judged.kind, judged.code, judged.several) == (name, "person", code, False)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, ""),
        ("", ""),
        ("/", "name_placeholder"),
        ("待补", "name_placeholder"),
        ("业主", "name_placeholder"),
        ("开发商", "name_developer"),
    ],
)
def test_who_is_nobody_has_no_name(value: str | None, code: str) -> None:
    assert judge_name(value) == ("", "", "", code, False)


@pytest.mark.parametrize(
    "value",
    [
        "云杉商贸有限公司",
        "某某公司云杉分公司",
        "云杉厂厂",
        "Spruce Trading Co., Ltd.",
        "云杉小学校",
    ],
)
def test_a_company_is_told_from_a_person(value: str) -> None:
    assert judge_name(value).kind == "company"


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("陈小满、李立夏", ["陈小满", "李立夏"]),
        ("陈小满，李立夏/王霜降", ["陈小满", "李立夏", "王霜降"]),
        ("陈小满   李立夏", ["陈小满", "李立夏"]),
        ("陈小满.李立夏", ["陈小满", "李立夏"]),
        ("陈小满和李立夏", ["陈小满", "李立夏"]),
        ("陈小满\n李立夏", ["陈小满", "李立夏"]),
        ("陈 满", []),
        ("古丽.阿不都", []),
        ("SMITH, ANNA", []),
    ],
)
def test_several_people_in_a_cell_are_seen(value: str, names: list[str]) -> None:
    assert split_names(value) == names
    assert judge_name(value).several == bool(names)


def test_an_agent_beside_the_owner_is_not_merged_into_the_name() -> None:
    assert judge_name("陈小满（委托人：李立夏）").code == "several_people"


@given(st.text())
def test_judging_never_falls(text: str) -> None:
    judged = judge_name(text)
    assert judged.code == "" or judged.code in CODES
    assert judged.kind in ("", "person", "company")
    assert bool(judged.name) == bool(judged.kind)
    assert unicodedata.is_normalized("NFC", judged.name)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("赵三与钱四", ["赵三", "钱四"]),
        ("赵三-钱四", ["赵三", "钱四"]),
        ("赵三|钱四", ["赵三", "钱四"]),
        ("赵三﹑钱四", ["赵三", "钱四"]),
        ("甲：赵三；乙：钱四", ["赵三", "钱四"]),
        ("赵三等", []),
        ("赵三等2人", []),
        ("赵三夫妇", []),
        ("赵三 夫妇", []),
    ],
)
def test_several_people_are_never_one_name(text: str, names: list[str]) -> None:
    assert judge_name(text).several
    assert split_names(text) == names


@pytest.mark.parametrize(
    "text", ["业主：赵三", "户主赵三", "赵三（男）", "赵三(业主)", "（赵三）", "赵三 "]
)
def test_what_only_says_that_it_is_a_name_is_left_out(text: str) -> None:
    assert judge_name(text).name == "赵三"


@pytest.mark.parametrize("text", ["赵三 男", "赵三 代理人钱四", "山田 太郎", "赵三（已故）"])
def test_words_beside_a_name_become_no_part_of_it_and_no_owner(text: str) -> None:
    judged = judge_name(text)
    assert (judged.name, judged.code, judged.several) == (text, "name_suspicious", False)
    assert split_names(text) == []


@pytest.mark.parametrize("text", ["湖畔置业", "云州商贸", "青溪大酒店", "临湖实业"])
def test_a_company_is_known_by_its_trade(text: str) -> None:
    assert (judge_name(text).kind, is_ordinary(text)) == ("company", False)


def test_a_compound_surname_is_parted_from_no_given_name() -> None:
    assert judge_name("司徒 雷云").name == "司徒雷云"


@pytest.mark.parametrize("text", ["赵三、" * 5000, "a" * 30000, "1/" * 9000])
def test_a_cell_far_longer_than_names_is_kept_as_it_is(text: str) -> None:
    judged = judge_name(text)
    assert (judged.name, judged.code, judged.several) == (text, "name_suspicious", False)
