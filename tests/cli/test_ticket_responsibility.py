"""Whose matter a repair is (责任归属): proposed with its reasons, decided by a person."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from pcloud_cli.models.house import House
from tests.cli.program import Program
from tests.cli.tickets import (
    DESK,
    TECHNICIAN,
    completed,
    must_hold,
    on_site,
    one,
    step,
    taken,
    with_houses,
)


@pytest.fixture
def place(site: Program) -> Program:
    """An installation with a few houses."""
    with_houses(site)
    return site


def handed_over(program: Program, day: date | None) -> None:
    """Let every house have been handed over on `day`."""
    with program.desk() as desk, desk.open(write=True) as (_actor, work):
        work.session.execute(update(House).values(handover_date=day))


def reported(program: Program, fault: str | None, *, public: bool = False) -> int:
    """Return the number of a new ticket of a fault type, in a house or in a public place."""
    where = ["--public", "屋面", "--building", "1"] if public else ["--house", "1-1-1002"]
    words = ["-c", "CH", *where, "--content", "漏水", *(["--fault", fault] if fault else [])]
    made = program.run("ticket", "submit", *words, "-o", "json", by=DESK)
    assert made.code == 0, made.err
    number: int = made.data["number"]
    return number


def looked(program: Program, number: int, *words: str, by: str = DESK) -> dict[str, Any]:
    """Return whose matter a ticket is and what is proposed, deciding with `words`."""
    shown = program.run("ticket", "responsibility", str(number), *words, "-o", "json", by=by)
    assert shown.code == 0, shown.err
    found: dict[str, Any] = shown.data
    return found


@pytest.mark.parametrize(
    ("fault", "day", "wanted"),
    [
        # today is 2026-03-01
        ("waterproofing", date(2021, 3, 1), ("warranty", "within", "2026-03-01")),
        ("waterproofing", date(2021, 2, 28), ("paid", "over", "2026-02-28")),
        ("plumbing", date(2024, 3, 1), ("warranty", "within", "2026-03-01")),
        ("plumbing", date(2024, 2, 29), ("paid", "over", "2026-02-28")),
        ("wiring", None, (None, "no_start", None)),
        ("gas", date(2024, 3, 1), ("paid", "no_part", None)),
        ("lift", date(2024, 3, 1), (None, "no_period", None)),
        (None, date(2024, 3, 1), (None, "no_fault_type", None)),
    ],
)
def test_the_warranty_is_proposed_from_the_part_and_the_hand_over(
    place: Program, fault: str | None, day: date | None, wanted: tuple[Any, ...]
) -> None:
    handed_over(place, day)
    found = looked(place, reported(place, fault))
    assert (found["proposed"], found["why"], found["until"]) == wanted
    assert found["responsibility"] is None


def test_what_all_own_together_is_the_companys_once_the_warranty_is_over(place: Program) -> None:
    handed_over(place, date(2015, 6, 30))
    found = looked(place, reported(place, "waterproofing", public=True))
    assert (found["proposed"], found["start_of"], found["until"]) == (
        "property",
        "building",
        "2020-06-30",
    )


def test_a_decision_is_a_step_that_keeps_what_was_proposed(place: Program) -> None:
    handed_over(place, date(2025, 5, 31))
    number = reported(place, "plumbing")
    before = one(place, number)
    looked(place, number, "--to", "质保")
    after = one(place, number)
    assert (after["responsibility"], after["state"]) == ("warranty", "submitted")
    assert after["deadline_at"] == before["deadline_at"]
    last = after["timeline"][-1]
    assert (last["step"], last["clock"]) == ("responsibility", None)
    assert last["detail"]["proposed"] == "warranty"
    assert last["detail"]["warranty_until"] == "2027-05-31"
    must_hold(place)
    listed = place.run("ticket", "list", "--responsibility", "质保", "-o", "json", by=DESK)
    assert [each["number"] for each in listed.data] == [number]


def test_the_same_decision_twice_changes_nothing(place: Program) -> None:
    number = reported(place, None)
    first = looked(place, number, "--to", "property")
    assert looked(place, number, "--to", "物业") == first
    assert len(one(place, number)["timeline"]) == 2


def test_departing_from_the_proposal_or_deciding_anew_needs_a_reason(place: Program) -> None:
    handed_over(place, date(2025, 5, 31))
    number = reported(place, "plumbing")
    for words in (["--to", "property"], ["--to", "owner"]):
        refused = place.run("ticket", "responsibility", str(number), *words, by=DESK)
        assert refused.code == 2, refused.err
    looked(place, number, "--to", "property", "--reason", "业主改装过")
    refused = place.run("ticket", "responsibility", str(number), "--to", "warranty", by=DESK)
    assert refused.code == 2
    looked(place, number, "--to", "warranty", "--reason", "开发商认可")
    steps = one(place, number)["timeline"]
    assert [each["detail"].get("responsibility_before") for each in steps[1:]] == [None, "property"]
    assert [each["note"] for each in steps[1:]] == ["业主改装过", "开发商认可"]


def test_what_is_the_owners_own_ends_the_ticket(place: Program) -> None:
    number = on_site(place)
    looked(place, number, "--to", "业主自理", "--reason", "业主自购龙头")
    found = one(place, number)
    assert (found["state"], found["responsibility"], found["due_at"]) == (
        "cancelled",
        "owner",
        None,
    )
    assert found["ended_at"] is not None
    must_hold(place)
    queued = place.run("outbox", "list", "-o", "json", by="R-SYSTEM-ADMIN").data
    assert "ticket_left_to_owner" in {each["template"] for each in queued}


def test_what_was_done_is_not_left_to_the_owner_afterwards(place: Program) -> None:
    number = completed(place)
    words = ("--to", "owner", "--reason", "试")
    refused = place.run("ticket", "responsibility", str(number), *words, by=DESK)
    assert refused.code == 5


def test_a_technician_sees_whose_matter_it_is_and_does_not_decide(place: Program) -> None:
    number = taken(place)
    assert looked(place, number, by=TECHNICIAN)["responsibility"] is None
    words = ("--to", "property")
    refused = place.run("ticket", "responsibility", str(number), *words, by=TECHNICIAN)
    assert refused.code == 4


@pytest.mark.parametrize("verb", [("cancel",), ("responsibility", "--to", "owner")])
def test_a_paused_ticket_can_end(place: Program, verb: tuple[str, ...]) -> None:
    number = taken(place)
    paused = ("pause", str(number), "--until", "明天", "--reason", "等业主")
    assert place.run("ticket", *paused, by=TECHNICIAN).code == 0
    name, *options = verb
    step(place, number, " ".join([name, *options, "--reason 不修了"]), by=DESK)
    assert one(place, number)["state"] == "cancelled"
    must_hold(place)
