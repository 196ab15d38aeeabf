"""The hours in which owners get no routine message: between 21:00 and 08:00 where they live.

What is urgent, and what goes to staff about their work, does not wait.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pcloud_cli.db.work import Work
from pcloud_cli.services.policy import current
from pcloud_cli.services.policy_sections import NoticePolicy


def from_when(work: Work, zone: str) -> datetime:
    """Return the moment, in UTC, from which a routine message may reach somebody in `zone`.

    That is now, or the end of the night; given to `outbox.queue` as its ``not_before``.
    """
    return after(current(work, NoticePolicy), zone, work.now())


def after(policy: NoticePolicy, zone: str, now: datetime) -> datetime:
    """Return `now`, or when the quiet hours of `zone` end in which it lies; in UTC."""
    here = now.astimezone(ZoneInfo(zone))
    begins, ends = time(policy.quiet_from), time(policy.quiet_until)
    if ends <= here.time() < begins:
        return now
    day = here.date() if here.time() < ends else here.date() + timedelta(days=1)
    return datetime.combine(day, ends, ZoneInfo(zone)).astimezone(UTC)
