"""A repair, from the call to the rating, as the people of each step do it (2.3.2, 3.2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from pcloud_cli.models.community import Community
from tests.cli.program import Program
from tests.cli.tickets import (
    DESK,
    LEAD,
    TECHNICIAN,
    assigned,
    completed,
    must_hold,
    on_site,
    one,
    step,
    submitted,
    taken,
    with_houses,
)


@pytest.fixture
def place(site: Program) -> Program:
    """An installation with a few houses."""
    with_houses(site)
    return site


def test_a_repair_goes_through_every_step_to_its_rating(place: Program) -> None:
    number = submitted(place)
    states = [one(place, number)["state"]]
    for by, words in (
        (DESK, "accept"),
        (DESK, f"assign --to {TECHNICIAN}"),
        (TECHNICIAN, "take"),
        (TECHNICIAN, "arrive"),
        (TECHNICIAN, "complete --note 更换角阀"),
        (DESK, "confirm --score 5 --source callback"),
    ):
        states.append(step(place, number, words, by=by)["state"])
        must_hold(place)
    assert states == [
        "submitted",
        "accepted",
        "assigned",
        "taken",
        "on_site",
        "completed",
        "confirmed",
    ]
    found = one(place, number)
    assert (found["score"], found["confirm_source"], found["due_at"]) == (5, "callback", None)
    assert [(each["step"], each["clock"]) for each in found["timeline"]] == [
        ("submit", None),
        ("accept", "accept"),
        ("assign", "assign"),
        ("take", "take"),
        ("arrive", "arrive"),
        ("complete", "complete"),
        ("confirm", "confirm"),
    ]
    assert all(
        each["late_seconds"] is None or each["late_seconds"] < 0 for each in found["timeline"]
    )


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (DESK, f"assign --to {TECHNICIAN}"),
        (TECHNICIAN, "take"),
        (TECHNICIAN, "complete --note 好了"),
        (DESK, "confirm --score 5 --source callback"),
    ],
)
def test_no_command_skips_a_step(place: Program, by: str, words: str) -> None:
    number = submitted(place)
    verb, *options = words.split()
    refused = place.run("ticket", verb, str(number), *options, "-o", "json", by=by)
    assert refused.code in (4, 5), refused.err
    assert one(place, number)["state"] == "submitted"
    assert len(one(place, number)["timeline"]) == 1


def test_accepting_and_assigning_share_the_half_hour_since_the_entry(place: Program) -> None:
    number = submitted(place)
    first = one(place, number)
    place.clock.advance(timedelta(minutes=20))
    accepted = step(place, number, "accept", by=DESK)
    assert (accepted["clock"], accepted["deadline_at"]) == ("assign", first["deadline_at"])
    place.clock.advance(timedelta(minutes=11))
    step(place, number, f"assign --to {TECHNICIAN}", by=DESK)
    late = [each["late_seconds"] for each in one(place, number)["timeline"]]
    assert late[1] is not None
    assert late[1] < 0 < late[2]


def test_only_the_technician_who_has_a_ticket_works_on_it(place: Program) -> None:
    number = assigned(place)
    refused = place.run("ticket", "take", str(number), "-o", "json", by=LEAD)
    assert (refused.code, refused.error["code"]) == (4, "not_handler")
    assert one(place, number)["state"] == "assigned"
    actions = [
        each["action"] for each in place.run("audit", "list", "-o", "json", by="R-AUDITOR").data
    ]
    assert "permission.refused" in actions


def test_a_ticket_is_reassigned_also_from_somebody_who_cannot_be_told(place: Program) -> None:
    number = assigned(place)
    moved = step(place, number, f"reassign --to {LEAD} --reason 请假", by=DESK)
    assert (moved["state"], moved["handler"]) == ("assigned", LEAD)


def test_who_did_the_work_does_not_rate_it(place: Program) -> None:
    number = completed(place)
    refused = place.run(
        "ticket", "confirm", str(number), "--score", "5", "--source", "callback", by=TECHNICIAN
    )
    assert refused.code == 4


def test_a_pause_keeps_the_rest_of_the_limit(place: Program) -> None:
    number = taken(place)
    before = one(place, number)
    place.clock.advance(timedelta(minutes=30))
    paused = place.run(
        "ticket",
        "pause",
        str(number),
        "--until",
        "明天 09:00",
        "--reason",
        "等配件",
        "-o",
        "json",
        by=TECHNICIAN,
    )
    assert paused.code == 0, paused.err
    place.clock.advance(timedelta(hours=5))
    after = step(place, number, "resume", by=TECHNICIAN)
    assert (after["state"], after["clock"]) == ("taken", "arrive")
    shift = _moment(after["deadline_at"]) - _moment(before["deadline_at"])
    assert timedelta(hours=5) <= shift <= timedelta(hours=5, seconds=10)
    must_hold(place)


def test_an_arrival_is_due_when_its_appointment_ends(place: Program) -> None:
    number = taken(place)
    made = place.run(
        "ticket",
        "appoint",
        str(number),
        "--from",
        "明天 09:00",
        "--until",
        "明天 11:00",
        "-o",
        "json",
        by=DESK,
    )
    assert made.code == 0, made.err
    assert made.data["deadline_at"] == made.data["appointed_until"]
    must_hold(place)


def test_times_are_told_and_understood_as_they_are_where_the_ticket_is(place: Program) -> None:
    with place.desk() as desk, desk.open(write=True) as (_nobody, work):
        work.session.execute(update(Community).values(zone="America/New_York"))
    number = taken(place)
    words = ["--from", "2026-03-02 09:00", "--until", "2026-03-02 11:00"]
    made = place.run("ticket", "appoint", str(number), *words, "-o", "json", by=DESK)
    assert made.code == 0, made.err
    assert _moment(made.data["deadline_at"]) == datetime(2026, 3, 2, 16, tzinfo=UTC)
    shown = place.run("ticket", "show", str(number), by=DESK).out
    assert "2026-03-02 11:00" in shown
    assert "2026-03-03 00:00" not in shown
    paused = place.run(
        "ticket", "pause", str(number), "--until", "2026-03-02 12:00", "--reason", "等配件",
        "-o", "json", by=LEAD,
    )  # fmt: skip
    assert _moment(paused.data["deadline_at"]) == datetime(2026, 3, 2, 17, tzinfo=UTC)


def test_a_ticket_that_was_returned_waits_to_be_assigned_again(place: Program) -> None:
    number = on_site(place)
    back = step(place, number, "return --reason 需要电工", by=TECHNICIAN)
    assert (back["state"], back["handler"], back["clock"]) == ("accepted", None, "assign")
    must_hold(place)


def test_joined_tickets_end_with_the_one_that_goes_on(place: Program) -> None:
    main, *others = (submitted(place) for _ in range(3))
    joined = place.run(
        "ticket", "link", *map(str, others), "--to", str(main), "-o", "json", by=DESK
    )
    assert joined.code == 0, joined.err
    assert [each["state"] for each in joined.data] == ["linked", "linked"]
    assert one(place, others[0])["main"] == main
    must_hold(place)


def test_a_wrong_digit_of_a_number_is_found(place: Program) -> None:
    number = submitted(place)
    for wrong in (number + 1, number + 10):
        refused = place.run("ticket", "show", str(wrong), "-o", "json", by=DESK)
        assert (refused.code, refused.error["code"]) == (2, "check_digit")


def test_whom_to_call_is_seen_by_who_works_on_it_while_it_is_open(place: Program) -> None:
    number = taken(place)
    assert one(place, number, by=TECHNICIAN)["phone"] == "13800001234"
    assert "1234" in one(place, number, by="R-MANAGEMENT")["phone"]
    assert "13800001234" not in place.run("ticket", "show", str(number), by="R-MANAGEMENT").out
    step(place, number, "arrive", by=TECHNICIAN)
    step(place, number, "complete --note 好了", by=TECHNICIAN)
    step(place, number, "confirm --score 4 --source callback", by=DESK)
    assert "*" in one(place, number, by=TECHNICIAN)["phone"]
    seen = [
        each["action"] for each in place.run("audit", "list", "-o", "json", by="R-AUDITOR").data
    ]
    assert seen.count("ticket.contact") == 1


def test_a_call_entered_too_late_is_recorded_as_late(place: Program) -> None:
    early = one(place, submitted(place, called="今天 15:58"))
    assert not early["late_entry"]
    late = one(place, submitted(place, called="今天 15:30"))
    assert late["late_entry"]


def test_words_of_an_emergency_are_proposed_and_not_set(place: Program) -> None:
    said = place.run(
        "ticket",
        "submit",
        "-c",
        "CH",
        "--house",
        "1-1-1002",
        "--content",
        "卫生间爆管了",
        "-o",
        "json",
        by=DESK,
    )
    assert said.code == 0, said.err
    assert (said.data["urgency"], said.data["proposed"]) == ("normal", "水浸")


def _moment(text: Any) -> Any:
    return datetime.fromisoformat(text)
