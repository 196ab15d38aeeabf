"""Moments and dates as people write them: 2026-03-01, 2026-03-01 14:30, 今天 14:30, tomorrow."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pcloud_cli.errors import ConfigProblem, UsageProblem
from pcloud_cli.i18n import _

_NAMED = {
    "前天": -2,
    "昨天": -1,
    "yesterday": -1,
    "今天": 0,
    "today": 0,
    "明天": 1,
    "tomorrow": 1,
    "后天": 2,
}
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|年(\d{1,2})月(\d{1,2})日)")
_TIME = re.compile(r"(\d{1,2}):(\d{2})")


def parse_moment(
    text: str, *, now: datetime, zone: str, option: str, end_of_day: bool = False
) -> datetime:
    """Return the moment in UTC that `text` means in `zone`.

    A day without a time is its beginning, or with `end_of_day` the beginning of the next: that
    suits "until". Raises UsageProblem naming `option` for anything that is not plainly a moment,
    ConfigProblem for a zone that there is not.
    """
    place = _zone(zone)
    words = unicodedata.normalize("NFKC", text).strip().lower().split()
    day = _day(words[0], now.astimezone(place).date()) if 1 <= len(words) <= 2 else None
    hour = _hour(words[1]) if len(words) == 2 else time()
    if day is None or hour is None:
        raise UsageProblem(
            _("{name} cannot be {value}.").format(name=option, value=repr(text)),
            hint=_("Write a day like 2026-03-01 or today, with a time like 14:30 if you want."),
        )
    if end_of_day and len(words) == 1:
        day += timedelta(days=1)
    return datetime.combine(day, hour, place).astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigProblem(
            _("There is no time zone {zone}.").format(zone=name),
            hint=_("Use a name like Asia/Shanghai."),
        ) from None


def _day(word: str, today: date) -> date | None:
    if word in _NAMED:
        return today + timedelta(days=_NAMED[word])
    found = _DATE.fullmatch(word)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _hour(word: str) -> time | None:
    found = _TIME.fullmatch(word)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        return None
    return time(int(found[1]), int(found[2]))
