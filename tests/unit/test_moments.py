"""Moments as people write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.errors import ConfigProblem, UsageProblem
from pcloud_cli.moments import parse_moment

NOW = datetime(2026, 2, 28, 20, 0, tzinfo=UTC)  # 1 March, 04:00 in Shanghai


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-03-01", datetime(2026, 2, 28, 16, tzinfo=UTC)),
        ("2026/3/1", datetime(2026, 2, 28, 16, tzinfo=UTC)),
        ("2026年3月1日 8:05", datetime(2026, 3, 1, 0, 5, tzinfo=UTC)),
        ("今天 14:30", datetime(2026, 3, 1, 6, 30, tzinfo=UTC)),
        ("today 14：30", datetime(2026, 3, 1, 6, 30, tzinfo=UTC)),
        ("昨天", datetime(2026, 2, 27, 16, tzinfo=UTC)),
        ("Tomorrow", datetime(2026, 3, 1, 16, tzinfo=UTC)),
        ("14:30", datetime(2026, 3, 1, 6, 30, tzinfo=UTC)),
        ("8：05", datetime(2026, 3, 1, 0, 5, tzinfo=UTC)),
        ("14:30:09", datetime(2026, 3, 1, 6, 30, 9, tzinfo=UTC)),
        ("昨天14:30", datetime(2026, 2, 28, 6, 30, tzinfo=UTC)),
        ("2026年3月1日8:05", datetime(2026, 3, 1, 0, 5, tzinfo=UTC)),
        ("2026-03-01T14:30", datetime(2026, 3, 1, 6, 30, tzinfo=UTC)),
        ("2026-03-01T14:30:05.25", datetime(2026, 3, 1, 6, 30, 5, 250_000, tzinfo=UTC)),
        ("2026-03-01T06:30:00Z", datetime(2026, 3, 1, 6, 30, tzinfo=UTC)),
        ("2026-03-01T08:30:00+02:00", datetime(2026, 3, 1, 6, 30, tzinfo=UTC)),
    ],
)
def test_days_and_times_are_those_of_the_zone(text: str, wanted: datetime) -> None:
    assert parse_moment(text, now=NOW, zone="Asia/Shanghai", option="--since") == wanted


def test_until_a_day_means_until_its_end_and_until_a_time_means_that_time() -> None:
    def until(text: str) -> datetime:
        return parse_moment(text, now=NOW, zone="UTC", option="--until", end_of_day=True)

    assert until("2026-12-31") == datetime(2027, 1, 1, tzinfo=UTC)
    assert until("2026-12-31 12:00") == datetime(2026, 12, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20240101",
        "2026-02-30",
        "2026-13-01",
        "24:00",
        "today 24:00",
        "today 1:60",
        "a b c",
        "2026-01-01 1",
        "1970",
        "2026-1/1",
        "14:30 今天",
        "14:61",
        "2026-02-30T10:00",
        "2026-03-01T25:00Z",
        "2026-03-01T10:00+99:00",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_what_is_not_plainly_a_moment_is_refused(text: str) -> None:
    with pytest.raises(UsageProblem, match="--since"):
        parse_moment(text, now=NOW, zone="Asia/Shanghai", option="--since")


@given(
    st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(["Asia/Shanghai", "America/New_York"]),
)
def test_what_the_program_prints_it_reads_again(moment: datetime, zone: str) -> None:
    printed = moment.astimezone(ZoneInfo(zone)).isoformat()
    assert parse_moment(printed, now=NOW, zone="UTC", option="--since") == moment


def test_a_zone_that_there_is_not_is_a_matter_of_settings() -> None:
    with pytest.raises(ConfigProblem, match="Mars"):
        parse_moment("today", now=NOW, zone="Mars/Olympus", option="--since")
