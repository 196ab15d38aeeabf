"""A roster is taken in whole or not at all, and twice is once (3.2.2)."""

from __future__ import annotations

import shlex
from datetime import date, timedelta
from pathlib import Path

import pytest

from pcloud_cli.clock import FixedClock
from pcloud_cli.errors import NotAllowed
from pcloud_cli.models.roster import RosterImport, Shift
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.services import account_lifecycle, roster
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.roster import swaps
from tests.integration.crew import Crew, Open, grid

MONDAY = date(2026, 3, 2)


@pytest.fixture
def crew(opened: Open) -> Crew:
    made = Crew(opened)
    made.found()
    return made


@pytest.fixture
def lead(crew: Crew) -> Actor:
    for number in ("WX002", "WX003"):
        crew.hire(number, "maintenance", name="赵师傅" if number == "WX002" else "钱师傅")
    return crew.hire("WX001", "maintenance_lead")


def test_a_roster_becomes_shifts_and_a_night_runs_over_midnight(
    crew: Crew, lead: Actor, tmp_path: Path
) -> None:
    rows = grid(MONDAY, 3, {"WX002": ["白", "休", "夜"], "WX003": ["夜", "白", "早/晚"]})
    entered = crew.enter(lead, crew.roster(tmp_path, rows))
    assert entered.record is not None
    assert (entered.record["new"], entered.record["people"]) == (6, 2)
    assert crew.live() == [
        ("WX002", "03-02 08:00", "03-02 20:00", "day"),
        ("WX003", "03-02 20:00", "03-03 08:00", "night"),
        ("WX003", "03-03 08:00", "03-03 20:00", "day"),
        ("WX003", "03-04 07:00", "03-04 15:00", "day"),
        ("WX002", "03-04 20:00", "03-05 08:00", "night"),
        ("WX003", "03-04 23:00", "03-05 07:00", "night"),
    ]
    place = crew.place()
    with crew.opened() as work:
        for at, who in (("2026-03-03 02:00", ["WX003"]), ("2026-03-05 01:00", ["WX002", "WX003"])):
            duty = roster.on_shift(work, place, crew.at(at))
            assert [one.staff_number for one in duty] == who


def test_the_same_again_changes_nothing_and_says_so(
    crew: Crew, lead: Actor, tmp_path: Path
) -> None:
    rows = grid(MONDAY, 2, {"WX002": ["白", "夜"]})
    crew.enter(lead, crew.roster(tmp_path, rows))
    before = crew.live()
    again = crew.enter(lead, crew.roster(tmp_path, rows)).record
    other_bytes = crew.enter(lead, crew.roster(tmp_path, [*rows, [], []], "b.csv")).record
    for record in (again, other_bytes):
        assert record is not None
        assert (record["already"], record["number"], record["new"]) == (True, 1, None)
    assert crew.live() == before
    with crew.opened() as work:
        assert work.session.query(RosterImport).count() == 1
        actions = [row.action for row in work.session.query(TrailEvent)]
        assert actions.count("roster.import") == 1


def test_a_corrected_roster_changes_the_days_it_names_and_no_others(
    crew: Crew, lead: Actor, tmp_path: Path
) -> None:
    crew.enter(lead, crew.roster(tmp_path, grid(MONDAY, 3, {
        "WX002": ["白", "白", "白"], "WX003": ["夜", "夜", "夜"],
    })))  # fmt: skip
    corrected = [
        ["日期", "班次", "工号"],
        ["2026-03-03", "夜", "WX002"],
        ["2026-03-03", "白", "WX003"],
    ]
    done = crew.enter(lead, crew.roster(tmp_path, corrected, "b.csv")).record
    assert done is not None
    assert (done["new"], done["cancelled"]) == (2, 2)
    assert crew.live() == [
        ("WX002", "03-02 08:00", "03-02 20:00", "day"),
        ("WX003", "03-02 20:00", "03-03 08:00", "night"),
        ("WX003", "03-03 08:00", "03-03 20:00", "day"),
        ("WX002", "03-03 20:00", "03-04 08:00", "night"),
        ("WX002", "03-04 08:00", "03-04 20:00", "day"),
        ("WX003", "03-04 20:00", "03-05 08:00", "night"),
    ]


def test_every_wrong_cell_is_listed_and_nothing_is_half_taken_in(
    crew: Crew, lead: Actor, tmp_path: Path
) -> None:
    crew.hire("WX004", "maintenance", name="孙三三")
    crew.hire("WX005", "maintenance", name="孙三三")
    crew.hire("WX006", "maintenance", name="李四四", community="YG")
    crew.hire("WX007", None, name="周五五")
    hr = crew.hire("XZ001", "administration", community=None)
    crew.hire("WX008", "maintenance", name="吴六六")
    with crew.opened() as work:
        account_lifecycle.suspend(hr, work, "WX008", reason="test")
    rows = [
        ["姓名", "工号", "2026-03-02", "2026-03-03", "2026-03-04"],
        ["赵师傅", "", "白", "大夜", "白"],
        ["孙三三", "", "白", "白", "白"],
        ["李四四", "", "白", "白", "白"],
        ["周五五", "", "白", "白", "白"],
        ["吴六六", "", "白", "白", "白"],
        ["没有人", "", "白", "白", "白"],
        ["赵师傅", "WX999", "白", "白", "白"],
        ["", "", "白", "白", "白"],
        ["钱师傅", "", "夜", "早", "白"],
    ]
    found = crew.enter(lead, crew.roster(tmp_path, rows))
    assert found.record is None
    said = {each.place: each.problem for each in found.wrong}
    assert list(said) == ["D2", "A3", "A4", "A5", "A6", "A7", "B8", "A9", "D10"]
    assert "WX004, WX005" in said["A3"]
    assert "suspended" in said["A6"]
    assert "C10" in said["D10"]
    assert crew.live() == []
    with crew.opened() as work:
        assert work.session.query(RosterImport).count() == 0


def test_the_staff_number_wins_over_the_name_and_a_namesake_elsewhere_is_nobody_here(
    crew: Crew, lead: Actor, tmp_path: Path
) -> None:
    crew.hire("WX020", "maintenance", name="赵师傅", community="YG")
    rows = [["姓名", "工号", "2026-03-02", "2026-03-03", "2026-03-04"]]
    rows += [["赵 师 傅", "", "白", "", ""], ["赵师傅", "WX003", "夜", "", ""]]
    assert crew.enter(lead, crew.roster(tmp_path, rows)).wrong == []
    assert [who for who, *_rest in crew.live()] == ["WX002", "WX003"]


def test_nobody_has_two_shifts_at_once_in_two_communities(crew: Crew, tmp_path: Path) -> None:
    lead = crew.hire("WX001", "maintenance_lead", community=None)
    crew.hire("WX002", "maintenance", community=None)
    crew.enter(lead, crew.roster(tmp_path, grid(MONDAY, 3, {"WX002": ["白", "", ""]})))
    # 08:00 to 20:00 in Shanghai is 01:00 to 13:00 in Berlin
    rows = grid(MONDAY, 3, {"WX002": ["13:00-20:00", "白", "白"]})
    fine = crew.enter(lead, crew.roster(tmp_path, rows, "b.csv"), community="YG")
    assert fine.wrong == []
    rows = grid(MONDAY, 3, {"WX002": ["12:00-20:00", "白", "白"]})
    found = crew.enter(lead, crew.roster(tmp_path, rows, "c.csv"), community="YG")
    assert [each.place for each in found.wrong] == ["C2"]


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 28), 11), (date(2026, 10, 24), 13), (date(2026, 6, 1), 12)]
)
def test_a_night_is_as_long_as_the_hands_of_the_clock_say(
    crew: Crew, tmp_path: Path, day: date, hours: int
) -> None:
    lead = crew.hire("WX001", "maintenance_lead", community=None)
    crew.hire("WX002", "maintenance", community="YG")
    rows = grid(day, 3, {"WX002": ["夜", "夜", ""]})
    assert crew.enter(lead, crew.roster(tmp_path, rows), community="YG").wrong == []
    with crew.opened() as work:
        first, second = work.session.query(Shift).order_by(Shift.begins_at).all()
        assert first.ends_at - first.begins_at == timedelta(hours=hours)
        assert second.begins_at - first.ends_at == timedelta(hours=12)


def test_what_has_begun_and_what_was_swapped_is_not_changed_by_a_roster(
    crew: Crew, lead: Actor, clock: FixedClock, tmp_path: Path
) -> None:
    rows = grid(MONDAY, 4, {"WX002": ["白", "白", "白", "白"], "WX003": ["", "", "", ""]})
    crew.enter(lead, crew.roster(tmp_path, rows))
    with crew.opened() as work:
        swaps.ask(lead, work, "2026-03-04", of="WX002", to="WX003", reason="test")
    clock.moment = crew.at("2026-03-02 09:00")
    other = grid(MONDAY, 4, {"WX002": ["夜", "夜", "夜", "白"]})
    found = crew.enter(lead, crew.roster(tmp_path, other, "b.csv"))
    assert [(each.place, each.problem) for each in found.wrong] == [
        (
            "C2",
            "白 08:00–20:00 has begun and stays; 赵师傅 (WX002) is entered for it. Write it here "
            "again; to let somebody else do the rest: "
            "pcloud roster swap '2026-03-02 08:00' --of WX002 --to … --reason …",
        ),
        (
            "E2",
            "白 08:00–20:00 was swapped; 钱师傅 (WX003) is entered for it. Swap it back first: "
            "pcloud roster swap '2026-03-04 08:00' --of WX003 --to WX002 --reason …",
        ),
    ]
    same = grid(MONDAY, 4, {"WX002": ["白", "夜", "白", "白"]})
    done = crew.enter(lead, crew.roster(tmp_path, same, "c.csv")).record
    assert done is not None
    assert (done["new"], done["cancelled"], done["unchanged"]) == (1, 1, 3)
    assert ("WX003", "03-04 08:00", "03-04 20:00", "day") in crew.live()


def test_of_a_shift_that_has_begun_it_is_said_who_has_it_now_and_which_command_moves_it(
    crew: Crew, lead: Actor, clock: FixedClock, tmp_path: Path
) -> None:
    days = {"WX002": ["白", "夜"], "WX003": ["休", "白"]}
    crew.enter(lead, crew.roster(tmp_path, grid(MONDAY, 2, days)))
    other = crew.roster(tmp_path, grid(MONDAY, 2, {"WX002": ["夜", "夜"]}), "b.csv")

    def said() -> str:
        (wrong,) = crew.enter(lead, other).wrong
        assert wrong.place == "C2"
        return wrong.problem

    clock.moment = crew.at("2026-03-02 09:00") + timedelta(seconds=20)
    for holder, taker in (("赵师傅 (WX002)", "WX003"), ("钱师傅 (WX003)", "WX002")):
        told = said()
        assert told.count("is entered for it") == 1
        assert holder in told
        words = shlex.split(told.partition("pcloud roster swap ")[2])
        assert words[1::2] == ["--of", "--to", "--reason"]
        with crew.opened() as work:
            swaps.ask(lead, work, words[0], of=words[2], to=taker, reason="病假")
        clock.advance(timedelta(minutes=30))
    _given_back(crew)
    told = said()
    assert "nobody has it since it was given back" in told
    words = shlex.split(told.partition("pcloud roster swap ")[2])
    with crew.opened() as work:
        swaps.ask(lead, work, words[0], of=words[2], to="WX003", reason="病假")
    assert "钱师傅 (WX003) is entered for it" in said()
    clock.moment = crew.at("2026-03-02 20:00")
    assert said() == "白 08:00–20:00 is over and stays; 钱师傅 (WX003) had it. Write it here again."
    _given_back(crew)
    assert said() == "白 08:00–20:00 is over and stays; nobody had it. Write it here again."


def _given_back(crew: Crew) -> None:
    """Let nobody have the last part of the shift that began on Monday morning."""
    with crew.opened() as work:
        parts = work.session.query(Shift).filter(Shift.begins_at < crew.at("2026-03-02 20:00"))
        parts.order_by(Shift.begins_at.desc(), Shift.id.desc()).limit(1).one().account_id = None


def test_only_who_manages_the_roster_of_that_community_takes_one_in(
    crew: Crew, lead: Actor, tmp_path: Path
) -> None:
    path = crew.roster(tmp_path, grid(MONDAY, 3, {"WX002": ["白", "白", "白"]}))
    desk = crew.hire("KF001", "customer_service")
    for who, community in ((desk, "CH"), (lead, "YG")):
        with pytest.raises(NotAllowed):
            crew.enter(who, path, community=community)
