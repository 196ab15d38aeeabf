"""A ticket marked urgent after it was entered, and a fault type that must exist (3.2.2)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.cli.program import Program
from tests.cli.tickets import DESK, TECHNICIAN, must_hold, on_site, one, step, submitted, taken


def _moment(text: Any) -> datetime:
    return datetime.fromisoformat(text)


def test_a_ticket_marked_urgent_is_due_by_the_urgent_limit_since_its_clock_began(
    site: Program,
) -> None:
    number = submitted(site)
    began = _moment(one(site, number)["submitted_at"])
    site.clock.advance(timedelta(minutes=2))
    marked = step(site, number, "urgent --kind 水浸", by=DESK)
    assert (marked["urgency"], marked["urgent_kind"]) == ("urgent", "水浸")
    assert _moment(marked["deadline_at"]) == began + timedelta(minutes=5)
    must_hold(site)
    again = site.run("ticket", "urgent", str(number), "--kind", "水浸", "-o", "json", by=DESK)
    assert (again.code, again.error["code"]) == (5, "unchanged")


def test_the_kind_is_what_the_content_sounds_like_where_none_is_given(site: Program) -> None:
    words = ["-c", "CH", "--public", "3号电梯", "--content", "有人被困在电梯里", "-o", "json"]
    made = site.run("ticket", "submit", *words, by=DESK).data
    assert (made["urgency"], made["proposed"]) == ("normal", "困人")
    assert step(site, made["number"], "urgent", by=DESK)["urgent_kind"] == "困人"
    said = site.run("ticket", "submit", *words, "--urgent", "紧急", by=DESK).data
    assert (said["urgency"], said["urgent_kind"]) == ("urgent", "困人")
    refused = site.run("ticket", "submit", *words, "--urgent", "台风", by=DESK)
    assert refused.code == 2


def test_an_appointment_does_not_hold_an_urgent_ticket_back(site: Program) -> None:
    number = taken(site)
    words = ["--from", "明天 09:00", "--until", "明天 11:00"]
    assert site.run("ticket", "appoint", str(number), *words, by=DESK).code == 0
    before = one(site, number)
    marked = step(site, number, "urgent --kind 断电", by=TECHNICIAN)
    assert _moment(marked["deadline_at"]) < _moment(before["deadline_at"])
    must_hold(site)


def test_the_mark_shortens_what_is_left_of_a_paused_limit(site: Program) -> None:
    number = on_site(site)
    whole = one(site, number)
    words = ["--until", "明天 09:00", "--reason", "等配件"]
    assert site.run("ticket", "pause", str(number), *words, by=TECHNICIAN).code == 0
    paused = one(site, number)
    assert step(site, number, "urgent", by=DESK)["deadline_at"] == paused["deadline_at"]
    resumed = step(site, number, "resume", by=TECHNICIAN)
    shorter = _moment(whole["deadline_at"]) - _moment(resumed["deadline_at"])
    assert timedelta(hours=15, minutes=59) < shorter <= timedelta(hours=16)
    must_hold(site)


def test_taking_the_mark_off_needs_a_reason_and_gives_the_ordinary_limit_back(
    site: Program,
) -> None:
    number = taken(site)
    before = one(site, number)["deadline_at"]
    step(site, number, "urgent", by=DESK)
    assert site.run("ticket", "urgent", str(number), "--off", by=DESK).code == 2
    by_himself = ["ticket", "urgent", str(number), "--off", "--reason", "误报"]
    assert site.run(*by_himself, by=TECHNICIAN).code == 4
    off = step(site, number, "urgent --off --reason 误报", by=DESK)
    assert (off["urgency"], off["urgent_kind"]) == ("normal", None)
    assert off["deadline_at"] == before
    steps = [each["step"] for each in one(site, number)["timeline"]]
    assert steps[-2:] == ["urgent", "not_urgent"]
    must_hold(site)


def test_who_has_the_ticket_is_told_that_it_is_urgent_now(site: Program) -> None:
    number = taken(site)
    step(site, number, "urgent", by=DESK)
    told = site.run("outbox", "list", "-o", "json", by="R-SYSTEM-ADMIN").data
    assert "ticket_marked_urgent" in {each["template"] for each in told}


@pytest.mark.parametrize("said", ["plumbing", "给排水", "Water supply and drainage"])
def test_a_fault_type_is_understood_by_code_and_by_name(site: Program, said: str) -> None:
    words = ["-c", "CH", "--public", "车库", "--content", "滴水", "--fault", said, "-o", "json"]
    made = site.run("ticket", "submit", *words, by=DESK)
    assert made.code == 0, made.err
    assert made.data["fault_type"] == "plumbing"
    found = site.run("ticket", "list", "--fault", said, "-o", "json", by=DESK).data
    assert [each["number"] for each in found] == [made.data["number"]]


def test_a_fault_type_that_there_is_not_is_refused_with_the_choices(site: Program) -> None:
    words = ["-c", "CH", "--public", "车库", "--content", "滴水", "--fault", "飞碟", "-o", "json"]
    refused = site.run("ticket", "submit", *words, by=DESK)
    assert refused.code == 2
    assert "plumbing" in refused.error["hint"]


def test_what_a_list_prints_as_ids_other_verbs_read(site: Program) -> None:
    numbers = [submitted(site) for _ in range(2)]
    ids = site.run("ticket", "list", "--state", "submitted", "-o", "ids", by=DESK).out
    done = site.run("ticket", "accept", "-", "-o", "json", stdin=ids, by=DESK)
    assert done.code == 0, done.err
    assert {each["number"] for each in done.data} == set(numbers)
    assert {each["state"] for each in done.data} == {"accepted"}


TRAPPED = ["-c", "CH", "--public", "3号电梯", "--content", "有人被困在电梯里", "-o", "json"]


def _from_app(site: Program) -> dict[str, Any]:
    line = {"reference": "A-1", "community": "CH", "public": "3号电梯", "content": "有人被困"}
    text = json.dumps(line, ensure_ascii=False)
    done = site.run("ticket", "intake", "-o", "json", stdin=text, by="R-APP-BACKEND")
    assert done.code == 0, done.err
    found: dict[str, Any] = done.data[0]
    return found


def test_what_sounds_urgent_from_the_app_is_answered_so_and_told_to_the_desk(
    site: Program,
) -> None:
    taken_over = _from_app(site)
    assert (taken_over["result"], taken_over["proposed"]) == ("taken", "困人")
    told = site.run("outbox", "list", "-o", "json", by="R-SYSTEM-ADMIN").data
    reached = {each["to"] for each in told if each["template"] == "ticket_sounds_urgent"}
    assert {DESK, "KF002"} <= reached
    assert TECHNICIAN not in reached
    assert _from_app(site)["proposed"] == "困人", "taken before, and as it is"


def test_what_the_desk_enters_itself_is_told_to_nobody(site: Program) -> None:
    assert site.run("ticket", "submit", *TRAPPED, by=DESK).data["proposed"] == "困人"
    told = site.run("outbox", "list", "-o", "json", by="R-SYSTEM-ADMIN").data
    assert not [each for each in told if each["template"] == "ticket_sounds_urgent"]


def test_a_ticket_that_sounds_urgent_is_shown_as_such_until_somebody_has_said(
    site: Program,
) -> None:
    number = _from_app(site)["number"]
    command = f"pcloud ticket urgent {number} --kind 困人"
    for words in (["list"], ["watch", "--once"], ["show", str(number)]):
        shown = site.run("ticket", *words, by=DESK)
        assert "困人?" in shown.out, words
    assert command in site.run("ticket", "show", str(number), by=DESK).err
    accepted = site.run("ticket", "accept", str(number), by=DESK)
    assert command in accepted.err
    assert "困人?" not in site.run("ticket", "list", by=DESK).out
    assert one(site, number)["proposed"] == "困人"
    marked = step(site, number, "urgent --kind 困人", by=DESK)
    assert (marked["urgent_kind"], marked["proposed"]) == ("困人", None)
    assert command not in site.run("ticket", "show", str(number), by=DESK).err
    must_hold(site)


def _minutes(ticket: dict[str, Any]) -> float:
    """Return how long the desk has for a ticket, from when it was entered."""
    begun, due = (datetime.fromisoformat(ticket[each]) for each in ("submitted_at", "deadline_at"))
    return (due - begun).total_seconds() / 60


def test_that_it_only_sounds_urgent_is_taken_off_with_a_reason(site: Program) -> None:
    number = _from_app(site)["number"]
    sounding = one(site, number)
    assert _minutes(sounding) == 5, "it is looked at as soon as an emergency"
    off = step(site, number, "urgent --off --reason 演习", by=DESK)
    assert (off["urgency"], off["proposed"], _minutes(off)) == ("normal", None, 30)
    again = site.run("ticket", "urgent", str(number), "--off", "--reason", "再", by=DESK)
    assert again.code == 5
    must_hold(site)


def test_several_accepted_at_once_name_each_that_sounds_urgent(site: Program) -> None:
    plain = submitted(site)
    sounding = [site.run("ticket", "submit", *TRAPPED, by=DESK).data["number"] for _ in range(2)]
    accepted = site.run("ticket", "accept", *map(str, [plain, *sounding]), by=DESK)
    assert accepted.code == 0, accepted.err
    for number in sounding:
        assert f"pcloud ticket urgent {number} --kind 困人" in accepted.err
    assert f"pcloud ticket urgent {plain} " not in accepted.err
