"""Working time: whose days are China's, whose hours are policy's, and which adds up (3.2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.services.ticket.calendar import (
    Hours,
    Timetable,
    hours,
    is_workday,
    known_until,
    own_day,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
_DAY = (Hours(time(9), time(18)),)
OFFICE = Timetable(SHANGHAI, _DAY, {})

_MOMENTS = st.integers(0, 3 * 366 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
_TIMES = st.integers(0, 60 * 60 * 24 * 9).map(lambda seconds: timedelta(seconds=seconds))
_TABLES = st.builds(
    Timetable,
    st.sampled_from(
        ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
    ).map(ZoneInfo),
    # also hours that the clocks skip, or have twice
    st.sampled_from(
        [
            _DAY,
            (Hours(time(9), time(12)), Hours(time(13, 30), time(17, 30))),
            (Hours(time(1, 15), time(2, 45)), Hours(time(2, 50), time(3, 10))),
            (Hours(time(0), time(23, 59)),),
        ]
    ),
    st.dictionaries(st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.booleans(), max_size=5),
    st.booleans(),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "working", "end"),
    [
        ("2026-03-02T10:00", 2, "2026-03-02T12:00"),
        ("2026-03-02T17:00", 1, "2026-03-02T18:00"),
        ("2026-03-02T17:00", 2, "2026-03-03T10:00"),
        ("2026-03-02T03:00", 9, "2026-03-02T18:00"),
        ("2026-03-06T17:00", 2, "2026-03-09T10:00"),  # over a weekend
        ("2026-02-14T09:00", 10, "2026-02-24T10:00"),  # a Saturday made up; the spring festival
        ("2026-09-30T17:00", 2, "2026-10-08T10:00"),  # the national day's week
    ],
)
def test_a_limit_ends_in_working_time(start: str, working: int, end: str) -> None:
    assert OFFICE.deadline(at(start), timedelta(hours=working)) == at(end)


def test_days_of_ones_own_count_before_the_public_ones() -> None:
    table = Timetable(SHANGHAI, _DAY, {date(2026, 3, 3): False, date(2026, 3, 7): True})
    assert table.deadline(at("2026-03-02T17:00"), timedelta(hours=2)) == at("2026-03-04T10:00")
    assert table.deadline(at("2026-03-06T17:00"), timedelta(hours=2)) == at("2026-03-07T10:00")
    every_day = Timetable(SHANGHAI, _DAY, {date(2026, 3, 7): False}, every_day=True)
    assert every_day.deadline(at("2026-03-06T17:00"), timedelta(hours=2)) == at("2026-03-08T10:00")


def test_beyond_what_is_published_weekdays_are_worked() -> None:
    after = known_until() + timedelta(days=1)
    week = [after + timedelta(days=each) for each in range(7)]
    assert [is_workday(day) for day in week] == [day.weekday() < 5 for day in week]
    assert not is_workday(date(2026, 2, 17))
    assert is_workday(date(2026, 2, 14))


@pytest.mark.parametrize("text", ["9:00–18:00", "09：00-18：00", "9:00 至 18:00"])
def test_hours_are_read_as_people_write_them(text: str) -> None:
    assert hours(text) == Hours(time(9), time(18))


@pytest.mark.parametrize("text", ["", "9-18", "18:00-09:00", "09:00-24:00", "25:00-26:00"])
def test_nonsense_is_no_hours(text: str) -> None:
    assert hours(text) is None


def test_own_days_are_read_in_both_languages() -> None:
    assert own_day("2026-02-20: off") == own_day("2026-02-20：休") == (date(2026, 2, 20), False)
    assert own_day("2026-02-21: 补班") == (date(2026, 2, 21), True)
    assert [own_day(text) for text in ("2026-02-30: off", "2026-02-20", "2026-02-20: no")] == [
        None
    ] * 3


@given(_TABLES, _MOMENTS, _TIMES, _TIMES)
def test_two_limits_one_after_the_other_are_their_sum(
    table: Timetable, start: datetime, one: timedelta, other: timedelta
) -> None:
    assert table.deadline(start, one + other) == table.deadline(table.deadline(start, one), other)


@given(_TABLES, _MOMENTS, _MOMENTS, _TIMES, _TIMES)
def test_later_or_longer_never_ends_earlier(
    table: Timetable, start: datetime, later: datetime, one: timedelta, other: timedelta
) -> None:
    start, later = sorted((start, later))
    one, other = sorted((one, other))
    assert start <= table.deadline(start, one) <= table.deadline(start, other)
    assert table.deadline(start, one) <= table.deadline(later, one)
    assert table.before(start, other) <= table.before(start, one) <= start


@given(_TABLES, _MOMENTS, _TIMES)
def test_what_was_counted_forward_is_counted_back(
    table: Timetable, start: datetime, working: timedelta
) -> None:
    end = table.deadline(start, working)
    assert table.between(start, end) == working
    assert table.between(end, start) == -working
    begun = table.before(end, working)
    assert begun >= start
    assert table.between(begun, end) == working
