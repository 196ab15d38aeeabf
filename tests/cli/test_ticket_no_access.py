"""Nobody in, or not let in (上门无人, 拒绝入户): with a time and a photo, and no time is won."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.cli.program import Answer, Program
from tests.cli.tickets import DESK, OTHER, TECHNICIAN, must_hold, on_site, one, step, taken
from tests.integration.attached import made

KIND = ("--kind", "上门无人")


def photo(program: Program, seed: int = 1) -> str:
    """Return the path of a photo, another one for each seed."""
    return str(made(program.home, f"door{seed}.jpg", seed=seed))


def nobody_in(program: Program, number: int, *words: str, by: str = TECHNICIAN) -> Answer:
    """Say that nobody was in."""
    return program.run("ticket", "no-access", str(number), *KIND, *words, "-o", "json", by=by)


def appoint(program: Program, number: int, begins: str, until: str) -> dict[str, Any]:
    """Make an appointment and return the ticket."""
    words = ("appoint", str(number), "--from", begins, "--until", until, "-o", "json")
    done = program.run("ticket", *words, by=TECHNICIAN)
    assert done.code == 0, done.err
    found: dict[str, Any] = done.data
    return found


def test_it_needs_a_photo_given_with_it_or_attached_since_the_ticket_was_taken(
    site: Program,
) -> None:
    number = taken(site)
    refused = nobody_in(site, number)
    assert (refused.code, refused.error["code"]) == (2, "no_photo")
    assert "--photo" in refused.error["hint"]
    assert "--without-photo" in refused.error["hint"]
    done = nobody_in(site, number, "--photo", photo(site), "--photo", photo(site, 2))
    assert done.code == 0, done.err
    shown = one(site, number)
    assert [each["stage"] for each in shown["attachments"]] == ["no-access", "no-access"]
    assert shown["timeline"][-1]["detail"]["photos"] == [1, 2]
    # the same photo proves nothing twice, another one does
    assert nobody_in(site, number, "--photo", photo(site)).error["code"] == "no_photo"
    words = ("attach", str(number), photo(site, 3), "--stage", "no-access")
    assert site.run("ticket", *words, by=TECHNICIAN).code == 0
    assert nobody_in(site, number).code == 0
    assert one(site, number)["timeline"][-1]["detail"]["photos"] == [3]
    must_hold(site)


def test_nothing_is_attached_where_the_step_is_refused(site: Program) -> None:
    number = taken(site)
    assert nobody_in(site, number, "--photo", photo(site), "--at", "明天").code == 2
    assert nobody_in(site, number, "--photo", photo(site), by=OTHER).code == 4
    assert one(site, number)["attachments"] == []
    assert one(site, number)["timeline"][-1]["step"] == "take"


def test_a_photo_that_was_there_before_the_ticket_was_taken_shows_nothing(site: Program) -> None:
    number = taken(site)
    words = ("attach", str(number), photo(site), "--stage", "no-access")
    assert site.run("ticket", *words, by=TECHNICIAN).code == 0
    step(site, number, f"reassign --to {OTHER} --reason 换人", by=DESK)
    site.clock.advance(timedelta(minutes=1))
    step(site, number, "take", by=OTHER)
    assert nobody_in(site, number, by=OTHER).error["code"] == "no_photo"


def test_why_there_is_no_photo_is_recorded_and_shown(site: Program) -> None:
    number = taken(site)
    assert nobody_in(site, number, "--without-photo", "手机没电").code == 0
    last = one(site, number)["timeline"][-1]
    assert last["detail"]["without_photo"] is True
    assert last["note"] == "手机没电"
    shown = site.run("--lang", "zh", "ticket", "show", str(number), by=DESK)
    assert "上门无人" in shown.out
    assert "无照片" in shown.out


def test_when_it_was_is_kept_and_neither_to_come_nor_before_the_ticket_was_taken(
    site: Program,
) -> None:
    number = taken(site)
    began = site.clock.now()
    site.clock.advance(timedelta(hours=2))
    local = (began + timedelta(hours=8 + 1)).strftime("%Y-%m-%d %H:%M")
    for wrong in (timedelta(hours=8 + 3), timedelta(hours=8 - 1)):
        words = ("--at", (began + wrong).strftime("%Y-%m-%d %H:%M"), "--photo", photo(site))
        assert nobody_in(site, number, *words).code == 2
    assert nobody_in(site, number, "--at", local, "--photo", photo(site)).code == 0
    at = datetime.fromisoformat(one(site, number)["timeline"][-1]["detail"]["at"])
    assert abs(at - (began + timedelta(hours=1))) < timedelta(minutes=1)
    assert local[-5:] in site.run("ticket", "show", str(number), by=DESK).out


@pytest.mark.parametrize("times", [1, 2])
def test_on_the_way_the_limit_of_the_arrival_goes_on(site: Program, times: int) -> None:
    number = taken(site)
    due = one(site, number)["deadline_at"]
    for seed in range(times):
        site.clock.advance(timedelta(minutes=30))
        done = nobody_in(site, number, "--photo", photo(site, seed))
        assert (done.data["state"], done.data["clock"]) == ("taken", "arrive")
        assert done.data["deadline_at"] == due
    assert [each["clock"] for each in one(site, number)["timeline"]].count("arrive") == 0
    must_hold(site)


def test_the_next_appointment_says_when_the_arrival_is_due(site: Program) -> None:
    number = taken(site)
    appoint(site, number, "明天 09:00", "明天 11:00")
    done = nobody_in(site, number, "--photo", photo(site))
    assert done.data["appointed_until"] is None
    moved = appoint(site, number, "后天 09:00", "后天 11:00")
    assert moved["deadline_at"] == moved["appointed_until"]
    must_hold(site)


def test_after_an_arrival_what_was_left_of_its_limit_goes_on(site: Program) -> None:
    number = taken(site)
    due = datetime.fromisoformat(one(site, number)["deadline_at"])
    site.clock.advance(timedelta(hours=3))
    arrived = site.clock.now()
    step(site, number, "arrive", by=TECHNICIAN)
    site.clock.advance(timedelta(hours=2))
    done = nobody_in(site, number, "--photo", photo(site))
    assert (done.data["state"], done.data["clock"]) == ("taken", "arrive")
    left = datetime.fromisoformat(done.data["deadline_at"]) - site.clock.now()
    assert abs(left - (due - arrived)) < timedelta(minutes=1)
    must_hold(site)
    # and once more: the same quarter of an hour is not won again
    site.clock.advance(timedelta(minutes=40))
    step(site, number, "arrive", by=TECHNICIAN)
    again = nobody_in(site, number, "--photo", photo(site, 2))
    left_now = datetime.fromisoformat(again.data["deadline_at"]) - site.clock.now()
    assert left_now < left - timedelta(minutes=39)
    must_hold(site)


def test_who_came_too_late_is_late_still(site: Program) -> None:
    number = taken(site)
    site.clock.advance(timedelta(hours=5))
    step(site, number, "arrive", by=TECHNICIAN)
    done = nobody_in(site, number, "--photo", photo(site))
    assert done.data["overdue"]
    due = datetime.fromisoformat(one(site, number)["due_at"])
    assert due > site.clock.now() - timedelta(minutes=1)
    must_hold(site)


def test_only_who_has_a_ticket_attaches_what_shows_the_work(site: Program) -> None:
    number = on_site(site)
    for stage in ("no-access", "progress", "complete"):
        words = ("attach", str(number), photo(site), "--stage", stage, "-o", "json")
        for by in (OTHER, DESK):
            refused = site.run("ticket", *words, by=by)
            assert (refused.code, refused.error["code"]) == (4, "not_handler"), (stage, by)
        assert site.run("ticket", *words, by=TECHNICIAN).code == 0
    for stage in ("report", "confirm", "quote"):
        call = ("attach", str(number), photo(site), "--stage", stage)
        assert site.run("ticket", *call, by=OTHER).code == 4
        assert site.run("ticket", *call, by=DESK).code == 0
