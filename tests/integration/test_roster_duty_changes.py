"""Gaps of the roster, shifts of who goes, and handing over from one shift to the next."""

from __future__ import annotations

from typing import Any

import pytest

from pcloud_cli.clock import FixedClock
from pcloud_cli.errors import Conflict, NotAllowed
from pcloud_cli.models.roster import ShiftHandOver
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.services import account_leaving, account_lifecycle, account_moving, technician
from pcloud_cli.services.account_moving import Post
from pcloud_cli.services.role_scope import Wanted
from pcloud_cli.services.roster import handing, looking, swaps
from tests.integration.crew import Crew, Open


@pytest.fixture
def crew(opened: Open) -> Crew:
    made = Crew(opened)
    made.found()
    return made


def _gaps(crew: Crew, who: Any, begin: str, end: str, **more: Any) -> list[tuple[str, str, str]]:
    with crew.opened() as work:
        found = looking.gaps(who, work, "CH", begin=crew.at(begin), end=crew.at(end), **more)
        zone = crew.at(begin).tzinfo
        return [
            (
                f"{one['since'].astimezone(zone):%d %H:%M}",
                f"{one['until'].astimezone(zone):%d %H:%M}",
                one["skill"] or one["lack"],
            )
            for one in found
        ]


def test_gaps_are_when_nobody_is_there_or_a_skill_is_missing(crew: Crew) -> None:
    lead = crew.hire("WX001", "maintenance_lead")
    day, night = crew.hire("WX002", "maintenance"), crew.hire("WX003", "maintenance")
    with crew.opened() as work:
        technician.put(lead, work, "WX002", skills=["plumbing", "wiring"])
        technician.put(lead, work, "WX003", skills=["plumbing"])
    crew.shift(day, "2026-03-02 08:00", "2026-03-02 20:00")
    crew.shift(night, "2026-03-02 18:00", "2026-03-03 06:00", kind="night")
    span = ("2026-03-02 08:00", "2026-03-03 08:00")
    assert _gaps(crew, lead, *span) == [
        ("02 20:00", "03 06:00", "wiring"),
        ("03 06:00", "03 08:00", "nobody"),
    ]
    assert _gaps(crew, lead, *span, skills=["电梯"])[0] == ("02 08:00", "03 06:00", "lift")
    assert _gaps(crew, lead, "2026-03-02 09:00", "2026-03-02 19:00") == []


def test_shifts_of_who_leaves_or_is_suspended_are_given_back(crew: Crew, clock: FixedClock) -> None:
    lead, hr = (
        crew.hire("WX001", "maintenance_lead"),
        crew.hire("XZ001", "administration", community=None),
    )
    one, two = crew.hire("WX002", "maintenance"), crew.hire("WX003", "maintenance")
    for who in (one, two):
        crew.shift(who, "2026-03-02 08:00", "2026-03-02 20:00")
        crew.shift(who, "2026-03-03 08:00", "2026-03-03 20:00")
    with crew.opened() as work:
        swaps.ask(one, work, "2026-03-03", to="WX001", reason="试")
    clock.moment = crew.at("2026-03-02 12:00")
    with crew.opened() as work:
        left = account_leaving.leave(hr, work, "WX002", at=None, reason="离职")
        assert left["given_back"] == 2
        stopped = account_lifecycle.suspend(hr, work, "WX003", reason="试")
        assert stopped["given_back"] == 2
    assert crew.live() == [
        ("WX002", "03-02 08:00", "03-02 12:00", "day"),
        ("WX003", "03-02 08:00", "03-02 12:00", "day"),
        (None, "03-02 12:00", "03-02 20:00", "day"),
        (None, "03-02 12:00", "03-02 20:00", "day"),
        (None, "03-03 08:00", "03-03 20:00", "day"),
        (None, "03-03 08:00", "03-03 20:00", "day"),
    ]
    with crew.opened() as work:
        assert swaps.list_all(lead, work)[0]["state"] == "withdrawn"
        done = swaps.ask(lead, work, "2026-03-03", of="WX002", to="WX001", reason="顶上")
        assert done["state"] == "asked"  # the supervisor is one of the two
    assert _gaps(crew, lead, "2026-03-02 13:00", "2026-03-02 14:00") == [
        ("02 13:00", "02 14:00", "nobody")
    ]


def test_who_moves_within_a_community_keeps_the_shifts_and_who_goes_elsewhere_does_not(
    crew: Crew,
) -> None:
    admin = crew.hire("XT001", "system_admin", community=None)
    one = crew.hire("WX002", "maintenance")
    crew.shift(one, "2026-03-02 08:00", "2026-03-02 20:00")
    with crew.opened() as work:
        post = Post([("maintenance_lead", Wanted(community="CH"))])
        assert account_moving.move(admin, work, "WX002", post, reason="升")["given_back"] == 0
        assert [each["kind"] for each in account_moving.move(
            admin, work, "WX002", Post([("maintenance", Wanted(community="CH"))]), reason="回"
        )["open"]] == ["shift"]  # fmt: skip
        post = Post([("maintenance", Wanted(community="YG"))])
        assert account_moving.move(admin, work, "WX002", post, reason="调")["given_back"] == 1
    assert crew.live() == [(None, "03-02 08:00", "03-02 20:00", "day")]


def test_a_shift_is_handed_over_and_taken_by_who_comes(crew: Crew, clock: FixedClock) -> None:
    one, two = crew.hire("WX002", "maintenance"), crew.hire("WX003", "maintenance")
    desk = crew.hire("KF001", "customer_service")
    crew.shift(one, "2026-03-02 08:00", "2026-03-02 20:00")
    with crew.opened() as work, pytest.raises(Conflict):
        handing.hand_over(one, work, note="没有班")
    clock.moment = crew.at("2026-03-02 20:10")
    with crew.opened() as work:
        handing.hand_over(one, work, note="三栋水泵已复位")
        again = handing.hand_over(one, work, to="WX003", note="三栋水泵已复位，早上再看")
        assert (again["number"], again["to"]) == (1, "WX003")
    with crew.opened() as work:
        listed = handing.list_all(desk, work, waiting=True)
        assert [(row["number"], row["has_note"], "note" in row) for row in listed] == [
            (1, True, False)
        ]
        with pytest.raises(NotAllowed):
            handing.take_over(one, work, "1")
        with pytest.raises(NotAllowed):
            handing.take_over(desk, work, "1")
        assert handing.take_over(desk, work) == []
    with crew.opened() as work:
        (taken,) = handing.take_over(two, work)
        assert (taken["note"], taken["taken_by"]) == ("三栋水泵已复位，早上再看", "WX003")
        assert handing.take_over(two, work) == []
        assert handing.take_over(two, work, "1")[0]["note"] == taken["note"]
    with crew.opened() as work:
        row = work.session.query(ShiftHandOver).one()
        assert "水泵".encode() not in (row.note_sealed or b"")
        events = list(work.session.query(TrailEvent))
        assert not any("水泵" in event.detail for event in events)
        assert [e.action for e in events if e.action.startswith("roster.")] == [
            "roster.hand_over", "roster.hand_over", "roster.take_over", "roster.note",
        ]  # fmt: skip


def test_a_hand_over_to_nobody_in_particular_is_taken_by_one(crew: Crew, clock: FixedClock) -> None:
    one, two = crew.hire("WX002", "maintenance"), crew.hire("WX003", "maintenance")
    three = crew.hire("WX004", "maintenance")
    other = crew.hire("WX005", "maintenance", community="YG")
    crew.shift(one, "2026-03-02 08:00", "2026-03-02 20:00")
    clock.moment = crew.at("2026-03-02 19:50")
    with crew.opened() as work:
        handing.hand_over(one, work)
        assert handing.take_over(other, work) == []
        with pytest.raises(NotAllowed):
            handing.take_over(other, work, "1")
        assert len(handing.take_over(two, work)) == 1
        with pytest.raises(Conflict):
            handing.take_over(three, work, "1")
