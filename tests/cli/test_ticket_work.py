"""What was done on a repair: parts, cost and minutes, kept as they were said."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.cli.program import Program
from tests.cli.tickets import DESK, TECHNICIAN, must_hold, on_site, one, step
from tests.integration.attached import made


def _ours(program: Program) -> int:
    """Return the number of a repair under way that is the company's."""
    number = on_site(program)
    step(program, number, "responsibility --to property", by=DESK)
    return number


def test_what_went_into_a_repair_stands_in_its_history(site: Program) -> None:
    number = _ours(site)
    parts = "--part 角阀*2 --part 生料带 --part 铜线×1.5"
    words = f"complete --note 更换角阀 {parts} --cost 35.5 --minutes 40"
    step(site, number, words, by=TECHNICIAN)
    done = one(site, number)["timeline"][-1]["work"]
    assert (Decimal(done["cost"]), done["minutes"]) == (Decimal("35.50"), 40)
    assert [(each["name"], Decimal(each["quantity"])) for each in done["parts"]] == [
        ("角阀", Decimal(2)),
        ("生料带", Decimal(1)),
        ("铜线", Decimal("1.5")),
    ]
    shown = site.run("ticket", "show", str(number), by=DESK, variables={"COLUMNS": "200"}).out
    assert "角阀×2" in shown
    assert "35.50" in shown
    must_hold(site)


def test_each_completion_keeps_its_own(site: Program) -> None:
    number = _ours(site)
    step(site, number, "complete --note 一 --cost 1", by=TECHNICIAN)
    for by, words in (
        (DESK, "reopen --reason 又漏"),
        (DESK, f"assign --to {TECHNICIAN}"),
        (TECHNICIAN, "take"),
        (TECHNICIAN, "arrive"),
        (TECHNICIAN, "complete --note 二 --cost 2元 --part 软管"),
    ):
        step(site, number, words, by=by)
    done = [each["work"] for each in one(site, number)["timeline"] if each["work"]]
    assert [Decimal(each["cost"]) for each in done] == [Decimal(1), Decimal(2)]


def test_a_cost_that_nobody_was_said_to_bear_is_refused_with_who_decides_it(site: Program) -> None:
    number = on_site(site)
    call = ("complete", str(number), "--note", "换灯", "--part", "灯管", "--cost")
    refused = site.run("ticket", *call, "18.5", "-o", "json", by=TECHNICIAN)
    assert (refused.code, refused.error["code"]) == (5, "undecided")
    assert str(number) in refused.error["message"]
    assert f"pcloud ticket responsibility {number} --to" in refused.error["hint"]
    assert one(site, number)["state"] == "on_site"
    chinese = site.run("ticket", *call, "18.5", by=TECHNICIAN, variables={"PCLOUD_LANG": "zh"})
    assert f"工单 {number}" in chinese.err
    command = refused.error["hint"].partition("pcloud ticket ")[2].replace("…", "property")
    step(site, number, command.replace(f" {number}", ""), by=DESK)
    assert site.run("ticket", *call, "18.5", by=TECHNICIAN).code == 0
    must_hold(site)


@pytest.mark.parametrize("words", ["--part 灯管 --minutes 10", "--cost 0"])
def test_what_costs_nothing_waits_for_no_decision(site: Program, words: str) -> None:
    number = on_site(site)
    step(site, number, f"complete --note 换灯 {words}", by=TECHNICIAN)
    assert one(site, number)["responsibility"] is None


def test_the_refusal_of_a_cost_says_whose_matter_it_seems_to_be(site: Program) -> None:
    number = on_site(site, fault="其他")
    proposed = site.run("ticket", "responsibility", str(number), "-o", "json", by=DESK).data
    assert proposed["proposed"] == "property"
    call = ("complete", str(number), "--note", "换灯", "--cost", "18.5", "-o", "json")
    hint = site.run("ticket", *call, by=TECHNICIAN).error["hint"]
    assert "the property company's" in hint
    assert hint.endswith("--to property")


def test_photos_are_attached_to_a_ticket_by_its_number_and_named_in_it(site: Program) -> None:
    number = on_site(site)
    before, after = (str(made(site.home, f"{each}.jpg", seed=each)) for each in (1, 2))
    added = site.run("ticket", "attach", str(number), before, "-o", "json", by=DESK)
    assert added.code == 0, added.err
    done = site.run("ticket", "attach", str(number), after, "--stage", "完工", by=TECHNICIAN)
    assert done.code == 0, done.err
    stages = [each["stage"] for each in one(site, number)["attachments"]]
    assert stages == ["report", "complete"]
    shown = site.run("--lang", "zh", "ticket", "show", str(number), by=DESK).out
    assert "1 报修" in shown
    listed = site.run("attachment", "list", "ticket", str(number), "-o", "json", by=DESK)
    assert [each["number"] for each in listed.data] == [1, 2]


@pytest.mark.parametrize(
    "words",
    [
        "--cost 35.505",
        "--cost -1",
        "--cost 三十",
        "--part *2",
        "--part 角阀*0",
        "--part 角阀*x",
        "--part 角阀*2个",
        "--part 13900000456",
    ],
)
def test_what_is_no_amount_or_no_thing_is_refused(site: Program, words: str) -> None:
    number = on_site(site)
    call = ("complete", str(number), "--note", "好了", *words.split())
    refused = site.run("ticket", *call, "-o", "json", by=TECHNICIAN)
    assert refused.code == 2, refused.err
    assert "13900000456" not in refused.err
    assert one(site, number)["state"] == "on_site"
