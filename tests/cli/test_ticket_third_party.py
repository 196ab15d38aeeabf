"""A repair in the hands of a maintenance firm (第三方维保): its promise, its steps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from pcloud_cli.services import role
from pcloud_cli.services.actor import bootstrap
from tests.cli.program import Program
from tests.cli.tickets import (
    DESK,
    LEAD,
    TECHNICIAN,
    assigned,
    must_hold,
    one,
    step,
    submitted,
    taken,
)

FIRM = "恒通电梯维保"


@pytest.fixture
def place(site: Program) -> Program:
    """An installation with one firm."""
    words = ("--contract", "2026-DT-01", "--contact", "周师傅 13900000456")
    done = site.run("firm", "add", FIRM, *words, by=LEAD)
    assert done.code == 0, done.err
    return site


def entrusted(program: Program, number: int, promised: str = "2026-03-03 18:00") -> dict[str, Any]:
    """Give a ticket to the firm and return it."""
    words = ("--to", "第三方维保", "--firm", "恒通", "--promised", promised, "--reason", "电梯维保")
    done = program.run("ticket", "responsibility", str(number), *words, "-o", "json", by=DESK)
    assert done.code == 0, done.err
    return one(program, number)


def test_tickets_are_listed_by_their_firm_and_by_when_they_were_completed(place: Program) -> None:
    theirs, ours = taken(place), taken(place)
    entrusted(place, theirs)
    step(place, theirs, "arrive --for-firm", by=DESK)
    step(place, theirs, "complete --for-firm --note 更换皮带", by=LEAD)

    def listed(*words: str) -> list[int]:
        found = place.run("ticket", "list", *words, "-o", "json", by=DESK)
        assert found.code == 0, found.err
        return [each["number"] for each in found.data]

    assert listed("--firm", "恒通") == [theirs]
    assert listed("--completed-since", "今天") == [theirs]
    assert listed("--completed-until", "今天") == []
    shown = one(place, ours)
    assert (shown["entered_by"], shown["accepted_by"]) == (DESK, DESK)


def test_a_firms_clock_is_its_promise_whenever_it_arrives(place: Program) -> None:
    number = taken(place)
    given = entrusted(place, number)
    assert (given["state"], given["handler"], given["firm"]) == ("taken", None, FIRM)
    assert given["deadline_at"] == given["promised_at"] == "2026-03-03T10:00:00Z"
    place.clock.advance(timedelta(hours=1))
    there = step(place, number, "arrive --for-firm", by=DESK)
    assert (there["state"], there["deadline_at"]) == ("on_site", given["promised_at"])
    must_hold(place)
    done = step(place, number, "complete --for-firm --note 更换门机皮带", by=LEAD)
    assert (done["state"], done["clock"]) == ("completed", "confirm")
    last = one(place, number)["timeline"]
    assert [each["clock"] for each in last[-3:]] == ["arrive", None, "complete"]
    assert last[-1]["late_seconds"] < 0
    assert last[-1]["by"] == LEAD
    assert f"{LEAD} (for the firm)" in place.run("ticket", "show", str(number), by=DESK).out
    assert last[-1]["detail"]["for_firm"] == last[-3]["detail"]["firm"]
    must_hold(place)


def test_a_promise_can_be_moved_and_the_broken_one_stays_in_the_history(place: Program) -> None:
    number = assigned(place)
    entrusted(place, number, "2026-03-01 17:00")
    place.clock.advance(timedelta(minutes=90))
    moved = entrusted(place, number, "2026-03-09 18:00")
    assert moved["deadline_at"] == "2026-03-09T10:00:00Z"
    assert moved["timeline"][-1]["late_seconds"] > 0
    assert len(entrusted(place, number, "2026-03-09 18:00")["timeline"]) == len(moved["timeline"])
    must_hold(place)


def test_a_step_for_a_firm_says_so_and_no_other_does(place: Program) -> None:
    number = taken(place)
    refused = place.run("ticket", "arrive", str(number), "--for-firm", "-o", "json", by=TECHNICIAN)
    assert (refused.code, refused.error["code"]) == (5, "no_firm")
    assert place.run("ticket", "arrive", str(number), by=DESK).code == 4
    entrusted(place, number)
    assert place.run("ticket", "arrive", str(number), by=DESK).code == 2
    assert place.run("ticket", "arrive", str(number), "--for-firm", by=TECHNICIAN).code == 4
    assert one(place, number)["state"] == "taken"


def test_a_firm_gives_back_what_is_somebody_elses_matter(place: Program) -> None:
    number = taken(place)
    entrusted(place, number)
    refused = place.run(
        "ticket",
        "reassign",
        str(number),
        "--to",
        TECHNICIAN,
        "--reason",
        "试",
        "-o",
        "json",
        by=DESK,
    )
    assert (refused.code, refused.error["code"]) == (5, "with_firm")
    assert place.run("ticket", "responsibility", str(number), "--to", "物业", by=DESK).code == 2
    step(place, number, "responsibility --to 物业 --reason 合同不含", by=DESK)
    back = one(place, number)
    assert (back["state"], back["clock"], back["firm"]) == ("accepted", "assign", None)
    assert back["promised_at"] is None
    must_hold(place)
    step(place, number, f"assign --to {TECHNICIAN}", by=DESK)


def test_who_had_it_is_told_that_a_firm_has_it_now(place: Program) -> None:
    entrusted(place, taken(place))
    queued = place.run("outbox", "list", "-o", "json", by="R-SYSTEM-ADMIN").data
    assert [each["template"] for each in queued][-1] == "ticket_taken_away"


def test_a_pause_moves_the_promise_by_as_long(place: Program) -> None:
    number = taken(place)
    before = entrusted(place, number)
    pause = ("pause", str(number), "--until", "2026-03-08", "--reason", "等配件")
    assert place.run("ticket", *pause, by=DESK).code == 0
    place.clock.advance(timedelta(hours=1))
    after = step(place, number, "resume", by=DESK)
    longer = datetime.fromisoformat(after["deadline_at"]) - datetime.fromisoformat(
        before["deadline_at"]
    )
    assert timedelta(hours=1) <= longer <= timedelta(hours=1, seconds=10)
    assert after["clock"] == "complete"
    must_hold(place)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--firm", FIRM], 2),
        (["--promised", "2026-03-09"], 2),
        (["--firm", "没有的", "--promised", "2026-03-09"], 3),
        (["--firm", FIRM, "--promised", "昨天"], 2),
    ],
)
def test_a_firm_gets_a_ticket_with_its_promise_only(
    place: Program, words: list[str], code: int
) -> None:
    number = taken(place)
    call = ("responsibility", str(number), "--to", "third_party", *words)
    assert place.run("ticket", *call, by=DESK).code == code
    assert one(place, number)["handler"] == TECHNICIAN


def test_nothing_is_given_to_a_firm_before_it_was_accepted_or_once_it_retired(
    place: Program,
) -> None:
    number = submitted(place)
    words = ("--to", "third_party", "--firm", FIRM, "--promised", "2026-03-09")
    assert place.run("ticket", "responsibility", str(number), *words, by=DESK).code == 5
    step(place, number, "accept", by=DESK)
    assert place.run("firm", "retire", FIRM, by=LEAD).code == 0
    assert place.run("ticket", "responsibility", str(number), *words, by=DESK).code == 5
    assert [each["name"] for each in place.run("firm", "list", "-o", "json", by=DESK).data] == []


def test_a_firms_contact_is_seen_in_full_by_who_assigns_and_is_sealed(place: Program) -> None:
    full = place.run("firm", "show", "恒通", "-o", "json", by=DESK).data
    assert full["contact"] == "周师傅 13900000456"
    masked = place.run("firm", "show", "恒通", by=TECHNICIAN).out
    assert "13900000456" not in masked
    assert "周师傅" not in masked
    seen = place.run("audit", "list", "-o", "json", by="R-AUDITOR").data
    assert [each["action"] for each in seen].count("firm.contact") == 2
    with place.desk() as desk, desk.open() as (_actor, work):
        from pcloud_cli.models.maintenance_firm import MaintenanceFirm

        firm = work.session.query(MaintenanceFirm).one()
        assert b"13900000456" not in (firm.contact_sealed or b"")


def test_a_mark_and_its_taking_off_leave_the_firms_promise_alone(place: Program) -> None:
    number = taken(place)
    promised = entrusted(place, number, "2026-03-29 18:00")["deadline_at"]
    marked = step(place, number, "urgent --kind 水浸", by=DESK)
    assert (marked["urgency"], marked["deadline_at"]) == ("urgent", promised)
    plain = step(place, number, "urgent --off --reason 误报", by=DESK)
    assert (plain["urgency"], plain["deadline_at"]) == ("normal", promised)
    must_hold(place)


def test_who_enters_that_a_firm_is_done_does_not_confirm_it(place: Program) -> None:
    number = taken(place)
    entrusted(place, number)
    step(place, number, "arrive --for-firm", by=DESK)
    step(place, number, "complete --for-firm --note 更换门机皮带", by=DESK)
    for words in ("confirm --score 5 --source callback", "callback --reached --score 5"):
        verb, *options = words.split()
        refused = place.run("ticket", verb, str(number), *options, "-o", "json", by=DESK)
        assert (refused.code, refused.error["code"]) == (4, "own_work")
    found = step(place, number, "confirm --score 5 --source callback", by=LEAD)
    assert found["state"] == "confirmed"


def test_where_nobody_has_it_yet_no_step_says_that_somebody_else_does(place: Program) -> None:
    number = submitted(place)
    for by, words in ((TECHNICIAN, "take"), (DESK, "arrive --for-firm")):
        verb, *options = words.split()
        refused = place.run("ticket", verb, str(number), *options, "-o", "json", by=by)
        assert (refused.code, refused.error["code"]) == (5, "wrong_state")
        assert "waiting to be accepted" in refused.error["message"]
    step(place, number, "accept", by=DESK)
    call: tuple[str, ...] = ("complete", str(number), "--for-firm", "--note", "好了")
    refused = place.run("ticket", *call, "-o", "json", by=DESK)
    assert (refused.code, refused.error["code"]) == (5, "wrong_state")
    call = ("appoint", str(number), "--from", "明天 09:00", "--until", "明天 11:00")
    refused = place.run("ticket", *call, "-o", "json", by=TECHNICIAN)
    assert (refused.code, refused.error["code"]) == (4, "with_nobody")
    entrusted(place, number)
    call = ("return", str(number), "--reason", "试", "-o", "json")
    refused = place.run("ticket", *call, by=TECHNICIAN)
    assert (refused.code, refused.error["code"]) == (4, "with_firm")


def test_a_lead_of_one_community_enters_its_firms_and_changes_no_others(place: Program) -> None:
    with place.desk() as desk, desk.open(write=True) as (_nobody, work):
        role.grant(
            bootstrap(), work, staff_number="NO001", role="maintenance_lead", reason="test",
            community="CH",
        )  # fmt: skip
    assert place.run("firm", "add", "安泰消防", by="NO001").code == 0
    assert place.run("firm", "change", "安泰", "--contract", "2026-XF-02", by="NO001").code == 0
    for words in (("change", FIRM, "--contract", "无"), ("retire", FIRM)):
        refused = place.run("firm", *words, "-o", "json", by="NO001")
        assert (refused.code, refused.error["code"]) == (4, "not_own")
    # whoever manages firms everywhere takes it over by changing it
    assert place.run("firm", "change", "安泰", "--contract", "2026-XF-03", by=LEAD).code == 0
    assert place.run("firm", "retire", "安泰", by="NO001").code == 4
