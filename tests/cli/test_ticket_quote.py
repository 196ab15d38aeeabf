"""A repair that the owner pays (有偿): price list, quote, the owner's word before it is done."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from tests.cli.program import Answer, Program
from tests.cli.tickets import DESK, TECHNICIAN, must_hold, on_site, one, step, taken
from tests.integration.attached import made

FINANCE, CHECKER = "R-FINANCE", "R-PROJECT-MANAGER"
PRICES = """编码,项目,单位,单价（元）
SD01,上门检查,次,30
SD07,更换角阀,个,25.50
SD09,疏通,米,0.33
"""


def priced(program: Program, content: str = PRICES, *more: str) -> int:
    """Put a price list in force and return its version."""
    number = entered(program, content, *more)
    approve(program, number)
    return number


def entered(program: Program, content: str = PRICES, *more: str) -> int:
    """Enter a price list and return its version."""
    file = program.home / "prices.csv"
    file.write_text(content, encoding="utf-8")
    made = program.run("price", "import", str(file), *more, "-o", "json", by=FINANCE)
    assert made.code == 0, made.err
    number: int = made.data["number"]
    return number


def approve(program: Program, number: int) -> None:
    """Let a second person approve a version."""
    done = program.run("price", "approve", str(number), "--yes", by=CHECKER)
    assert done.code == 0, done.err


def paid(program: Program) -> int:
    """Return the number of a ticket that the owner pays, with the technician on site."""
    number = on_site(program)
    step(program, number, "responsibility --to 有偿", by=DESK)
    return number


def quote(program: Program, number: int, *words: str, by: str = TECHNICIAN) -> Answer:
    """Quote a ticket, or agree to its quote."""
    return program.run("ticket", "quote", str(number), *words, "-o", "json", by=by)


@pytest.fixture
def place(site: Program) -> Program:
    """An installation with a price list in force."""
    priced(site)
    return site


def test_work_is_completed_only_once_the_owner_agreed(place: Program) -> None:
    number = paid(place)
    refused = complete(place, number)
    assert (refused.code, refused.error["code"]) == (5, "not_agreed")
    first = quote(
        place, number, "--item", "SD01=1", "--item", "sd07=2", "--material", "软管*2=12.5"
    )
    assert first.code == 0, first.err
    assert (first.data["version"], Decimal(first.data["total"])) == (1, Decimal("106.00"))
    assert complete(place, number).error["code"] == "not_agreed"
    call = ("progress", str(number), "--note", "拆开了", "-o", "json")
    assert place.run("ticket", *call, by=TECHNICIAN).error["code"] == "not_agreed"
    step(place, number, "progress --inspection --note 阀芯老化", by=TECHNICIAN)
    agree = ("--agreed", "--source", "signature", "--total", "106")
    unsigned = quote(place, number, *agree)
    assert (unsigned.code, unsigned.error["code"]) == (2, "no_paper")
    agreed = quote(place, number, *agree, "--photo", str(made(place.home, "signed.pdf")))
    assert agreed.code == 0, agreed.err
    assert agreed.data["agreed_source"] == "signature"
    assert complete(place, number, "--cost", "106.01").error["code"] == "above_quote"
    step(place, number, "progress --note 在换", by=TECHNICIAN)
    assert complete(place, number, "--cost", "106").code == 0
    steps = [each["step"] for each in one(place, number)["timeline"]]
    assert steps[-5:] == ["quote", "progress", "agree", "progress", "complete"]
    must_hold(place)


def complete(program: Program, number: int, *words: str) -> Answer:
    """Try to complete a ticket."""
    call = ("complete", str(number), "--note", "好了", *words)
    return program.run("ticket", *call, "-o", "json", by=TECHNICIAN)


def test_another_quote_needs_the_owners_word_anew_and_the_same_does_not(place: Program) -> None:
    number = paid(place)
    words = ("--item", "SD01", "--material", "水管*1.5=8")
    quote(place, number, *words)
    assert quote(place, number, "--agreed", "--source", "callback", by=DESK).code == 0
    again = quote(place, number, *words).data
    assert (again["already"], again["quote"], again["agreed_at"] is None) == (True, 1, False)
    other = quote(place, number, "--item", "SD01=2").data
    assert (other["quote"], other["agreed_at"]) == (2, None)
    assert complete(place, number).error["code"] == "not_agreed"
    late = quote(place, number, "--agreed", "--source", "callback", "--total", "42", by=DESK)
    assert late.error["code"] == "other_quote"
    assert quote(place, number, "--agreed", "--source", "callback", by=DESK).code == 0
    assert quote(place, number, "--agreed", "--source", "callback", by=DESK).data["already"]
    assert complete(place, number).code == 0


def test_a_technician_records_a_signature_and_nothing_that_was_said_elsewhere(
    place: Program,
) -> None:
    number = paid(place)
    quote(place, number, "--item", "SD01")
    for source, by in (("callback", TECHNICIAN), ("app", TECHNICIAN), ("app", DESK)):
        assert quote(place, number, "--agreed", "--source", source, by=by).code == 4
    assert one(place, number)["quote"]["agreed_at"] is None


def test_a_signed_paper_may_be_attached_before_and_serves_once(place: Program) -> None:
    number = paid(place)
    signed = str(made(place.home, "signed.jpg"))
    words = ("attach", str(number), signed, "--stage", "quote")
    assert place.run("ticket", *words, by=TECHNICIAN).code == 0
    place.clock.advance(timedelta(minutes=1))
    quote(place, number, "--item", "SD01")
    agree = ("--agreed", "--source", "signature")
    # what was signed before there was this quote is no word on it
    assert quote(place, number, *agree).error["code"] == "no_paper"
    other = str(made(place.home, "other.jpg", seed=2))
    words = ("attach", str(number), other, "--stage", "quote")
    assert place.run("ticket", *words, by=DESK).code == 0
    assert quote(place, number, *agree, by=DESK).code == 0
    assert one(place, number)["timeline"][-1]["detail"]["photos"] == [2]


def test_agreement_by_phone_is_called_so(place: Program) -> None:
    number = paid(place)
    quote(place, number, "--item", "SD01")
    words = ("quote", str(number), "--agreed", "--source", "电话确认")
    said = place.run("--lang", "zh", "ticket", *words, by=DESK)
    assert said.code == 0, said.err
    assert "电话确认" in said.out
    assert "电话回访" not in said.out


def test_what_was_agreed_before_a_ticket_was_opened_again_holds_no_more(place: Program) -> None:
    number = paid(place)
    words = ("--item", "SD01=1")
    quote(place, number, *words)
    assert quote(place, number, "--agreed", "--source", "callback", by=DESK).code == 0
    assert complete(place, number).code == 0
    for by, words_ in (
        (DESK, "reopen --reason 又漏水了"),
        (DESK, f"assign --to {TECHNICIAN}"),
        (TECHNICIAN, "take"),
        (TECHNICIAN, "arrive"),
    ):
        step(place, number, words_, by=by)
    assert one(place, number)["quote"]["agreed_at"] is None
    assert complete(place, number).error["code"] == "not_agreed"
    assert quote(place, number, *words).data["already"]
    again = quote(place, number, "--agreed", "--source", "callback", by=DESK)
    assert (again.code, again.data["already"]) == (0, False)
    assert again.data["agreed_at"] is not None
    assert complete(place, number).code == 0
    must_hold(place)


def test_a_quote_keeps_the_prices_of_its_version(place: Program) -> None:
    number = paid(place)
    first = quote(place, number, "--item", "SD07=3").data
    assert priced(place, PRICES.replace("25.50", "99")) == 2
    assert one(place, number)["quote"]["lines"] == first["lines"]
    second = quote(place, number, "--item", "SD07=3").data
    assert (second["version"], Decimal(second["total"])) == (2, Decimal(297))


def test_lines_are_rounded_to_the_fen_and_the_total_is_their_sum(place: Program) -> None:
    number = paid(place)
    words = ("--item", "SD09=1.5", "--item", "SD09=0.5", "--material", "胶*0.333=0.01")
    made = quote(place, number, *words).data
    amounts = [Decimal(str(line["amount"])) for line in made["lines"]]
    assert amounts == [Decimal("0.50"), Decimal("0.17"), Decimal("0.00")]
    assert Decimal(str(made["total"])) == sum(amounts)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--item", "XX01=1"], 2),
        (["--item", "SD01=0"], 2),
        (["--material", "角阀"], 2),
        (["--material", "角阀*2=1.005"], 2),
        (["--material", "13900000456=1"], 2),
        (["--material", "角阀*999999=999999999"], 2),
        (["--item", "SD01", "--agreed"], 2),
        (["--agreed", "--source", "signature"], 5),
        ([], 3),
    ],
)
def test_what_cannot_be_quoted_is_refused(place: Program, words: list[str], code: int) -> None:
    number = paid(place)
    assert quote(place, number, *words).code == code
    assert one(place, number)["quote"] is None


def test_only_what_the_owner_pays_is_quoted(place: Program) -> None:
    number = taken(place)
    assert quote(place, number, "--item", "SD01").error["code"] == "not_paid"
    done = on_site(place)
    assert complete(place, done).code == 0
    words = ("responsibility", str(done), "--to", "paid", "--reason", "试")
    refused = place.run("ticket", *words, "-o", "json", by=DESK)
    assert (refused.code, refused.error["code"]) == (5, "not_agreed")


def test_prices_hold_once_another_person_approved_them(site: Program) -> None:
    number = entered(site)
    own = site.run("price", "approve", str(number), "--yes", "-o", "json", by=FINANCE)
    assert own.code == 4
    ticket = paid(site)
    assert quote(site, ticket, "--item", "SD01").error["code"] == "no_price_list"
    approve(site, number)
    assert quote(site, ticket, "--item", "SD01").code == 0
    assert entered(site) == number


def test_a_version_holds_from_its_day_on(place: Program) -> None:
    priced(place, PRICES.replace("30", "31"), "--from", "2026-03-05")
    listed: list[dict[str, Any]] = place.run("price", "list", "-o", "json", by=DESK).data
    assert [(each["number"], each["in_force"]) for each in listed] == [(2, False), (1, True)]
    assert place.run("price", "show", "-o", "json", by=DESK).data[0]["price"] == 30


def test_prices_changed_outside_the_program_are_worth_nothing(place: Program) -> None:
    number = paid(place)
    with place.desk() as desk, desk.open(write=True) as (_actor, work):
        work.session.execute(text("UPDATE price_item SET price = 1 WHERE code = 'SD01'"))
    assert quote(place, number, "--item", "SD01").code == 5


def test_every_wrong_cell_of_a_price_list_is_said_and_nothing_entered(site: Program) -> None:
    file = site.home / "wrong.csv"
    file.write_text("编码,项目,单位,单价\nA1,检查,次,贵\nA1,疏通,,5\n", encoding="utf-8")
    found = site.run("price", "import", str(file), "-o", "json", by=FINANCE)
    assert found.code == 6
    assert {(each["row"], each["field"]) for each in found.data} == {
        (2, "Price"),
        (3, "Code"),
        (3, "Unit of measure"),
    }
    assert site.run("price", "list", "-o", "json", by=FINANCE).data == []
