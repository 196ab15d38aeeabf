"""A call entered at a terminal, question by question, while the caller talks (3.2.1)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.program import Answer, Program
from tests.cli.tickets import DESK, one
from tests.integration.workbooks import phone, row, write

HOUSE = "2"
PUBLIC = "2"


@pytest.fixture
def lived_in(site: Program) -> Program:
    """A community with a few houses, their owners and the owners' phones."""
    write(site.home / "live.xlsx", [row(1), row(2), row(3)])
    for by, words in (
        ("KF001", ("load", str(site.home / "live.xlsx"), "-c", "CH")),
        ("KF002", ("approve", "1", "--yes")),
        ("KF002", ("apply", "1")),
    ):
        done = site.run("import", *words, by=by)
        assert done.code == 0, done.err
    return site


def _typed(program: Program, *answers: str, words: tuple[str, ...] = (), by: str = DESK) -> Answer:
    return program.run(
        "ticket",
        "submit",
        *words,
        "-o",
        "json",
        stdin="".join(f"{each}\n" for each in answers),
        by=by,
        terminal=True,
        variables={"PCLOUD_LANG": "zh"},
    )


def _made(answer: Answer) -> Any:
    assert answer.code == 0, answer.err
    return answer.data


def test_a_known_number_brings_house_and_reporter_with_three_keys(lived_in: Program) -> None:
    answer = _typed(lived_in, phone(1), "", "厨房水管漏水", "", "1")
    made = _made(answer)
    assert (made["reporter"], made["fault_type"]) == ("owner", "plumbing")
    assert made["place"] in answer.err
    found = one(lived_in, made["number"])
    assert found["phone"] == phone(1)
    assert found["contact"]
    assert found["read_back"] is True
    trail = lived_in.run("audit", "list", "-o", "json", by="R-AUDITOR")
    read = [each for each in trail.data if each["action"] == "ticket.caller"]
    assert len(read) == 1
    assert phone(1) not in trail.out


def test_another_place_than_the_known_one_can_be_said(lived_in: Program) -> None:
    # unknown building first: asked again, nothing lost
    answer = _typed(
        lived_in, phone(1), "公区", "单元门口", "99栋", "", "2", "路灯不亮", "", "张先生", "2"
    )
    made = _made(answer)
    assert (made["place"], made["reporter"]) == ("单元门口", "tenant")
    assert one(lived_in, made["number"])["read_back"] is False


def test_a_wrong_answer_is_asked_again_at_once(lived_in: Program) -> None:
    place = lived_in.run("house", "list", "-c", "CH", "-o", "json", by=DESK).data[0]
    address = place.get("address") or place.get("house")
    answer = _typed(
        lived_in,
        "123",
        "13900009999",
        "1",
        "99-9-9999",
        address,
        "业主",
        "灯不亮",
        "其他",
        "",
        "1",
    )
    assert _made(answer)["place"] == address


def test_what_sounds_urgent_is_asked_about(lived_in: Program) -> None:
    said = (
        "",
        "公区",
        "3号电梯",
        "",
        "",
        "有人被困",
    )
    urgent = _made(_typed(lived_in, *said, "紧急", "", "", "1"))
    assert (urgent["urgency"], urgent["urgent_kind"]) == ("urgent", "困人")
    answer = _typed(lived_in, *said, "普通", "", "", "1")
    assert _made(answer)["urgency"] == "normal"
    assert "ticket urgent" not in answer.err


def test_what_is_given_is_not_asked(lived_in: Program) -> None:
    place = ("-c", "CH", "--public", "车库", "--channel", "巡查", "--reporter", "巡查")
    given = ("--fault", "wiring", "--phone", "13900009999", "--contact", "李工")
    made = _made(_typed(lived_in, "灯不亮", words=place + given))
    assert (made["channel"], made["reporter"], made["fault_type"]) == ("patrol", "patrol", "wiring")
    whole = ("-c", "CH", "--public", "车库", "--content", "灯不亮")
    assert _made(_typed(lived_in, words=whole))["state"] == "submitted"


def test_who_may_not_find_owners_is_not_told_who_calls(lived_in: Program) -> None:
    answer = _typed(
        lived_in, phone(1), "公区", "车库", "", "6", "灯不亮", "", "", "2", by="R-MAINTENANCE"
    )
    assert _made(answer)["place"] == "车库"
    trail = lived_in.run("audit", "list", "-o", "json", by="R-AUDITOR").data
    assert "ticket.caller" not in {each["action"] for each in trail}


def test_who_may_not_enter_is_refused_before_the_first_question(lived_in: Program) -> None:
    answer = _typed(lived_in, by="NO001")
    assert answer.code == 4
    assert "1." not in answer.err


@pytest.mark.parametrize(
    ("option", "said", "code"),
    [
        *(("--channel", *each) for each in (("前台", "counter"), ("电话", "phone"))),
        *(("--channel", *each) for each in (("巡查", "patrol"), ("微信", "wechat"))),
        *(("--reporter", *each) for each in (("家属", "family"), ("家庭成员", "family"))),
        *(("--reporter", *each) for each in (("其他", "other"), ("装修", "decorator"))),
    ],
)
def test_the_words_of_the_help_are_understood(
    site: Program, option: str, said: str, code: str
) -> None:
    words = ["-c", "CH", "--public", "车库", "--content", "灯不亮", option, said, "-o", "json"]
    made = _made(site.run("ticket", "submit", *words, by=DESK))
    assert one(site, made["number"])[option.removeprefix("--")] == code


def test_choices_are_listed_by_the_words_that_people_read(site: Program) -> None:
    words = ["-c", "CH", "--public", "车库", "--content", "灯不亮", "--reporter", "邻居"]
    refused = site.run("ticket", "submit", *words, by=DESK, variables={"PCLOUD_LANG": "zh"})
    assert refused.code == 2
    assert "业主（owner）、租户（tenant）" in refused.err
