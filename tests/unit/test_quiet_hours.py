"""Owners get no routine message at night, where they live."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.services.policy_sections import NoticePolicy
from pcloud_cli.services.quiet_hours import after

_MOMENTS = st.integers(0, 15 * 366 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@pytest.mark.parametrize(
    ("now", "may"),
    [
        ("2026-03-01T20:59:59+08:00", "2026-03-01T20:59:59+08:00"),
        ("2026-03-01T21:00:00+08:00", "2026-03-02T08:00:00+08:00"),
        ("2026-03-02T07:59:59+08:00", "2026-03-02T08:00:00+08:00"),
        ("2026-03-02T08:00:00+08:00", "2026-03-02T08:00:00+08:00"),
    ],
)
def test_a_night_ends_at_eight(now: str, may: str) -> None:
    found = after(NoticePolicy(), "Asia/Shanghai", datetime.fromisoformat(now))
    assert found == datetime.fromisoformat(may)


@given(_MOMENTS, st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York"]))
def test_a_routine_message_goes_out_by_day_and_waits_no_longer_than_a_night(
    now: datetime, zone: str
) -> None:
    found = after(NoticePolicy(), zone, now)
    here = found.astimezone(ZoneInfo(zone))
    assert time(8) <= here.time() < time(21)
    # a night in which the clocks are set back has an hour more
    assert now <= found <= now + timedelta(hours=12)
    assert after(NoticePolicy(), zone, found) == found
