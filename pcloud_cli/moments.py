"""Moments as people write them (2026-03-01 14:30, 今天 14:30, 14:30, tomorrow) and in ISO form."""

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
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}t\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(z|[+-]\d{2}:?\d{2})?")
_JOINED = re.compile(r"(?<=[天日])(?=\d{1,2}:)")


def parse_moment(
    text: str, *, now: datetime, zone: str, option: str, end_of_day: bool = False
) -> datetime:
    """Return the moment in UTC that `text` means in `zone`.

    A time alone is today's. A day without a time is its beginning, or with `end_of_day` the
    beginning of the next: that suits "until". What other programs write (ISO 8601 with a ``T``)
    keeps its own offset where it has one. Raises UsageProblem naming `option` for anything that is
    not plainly a moment, ConfigProblem for a zone that there is not.
    """
    place = _zone(zone)
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    try:
        found = _written(plain, now.astimezone(place).date(), place, end_of_day=end_of_day)
        if found is not None:
            return found.astimezone(UTC)
    except OverflowError:  # the first or the last day of the calendar, seen from elsewhere
        pass
    raise UsageProblem(
        _("{name} cannot be {value}.").format(name=option, value=repr(text)),
        hint=_("Write a day like 2026-03-01 or today, with a time like 14:30 if you want."),
    )


def _written(plain: str, today: date, place: ZoneInfo, *, end_of_day: bool) -> datetime | None:
    if _ISO.fullmatch(plain):
        return _iso(plain, place)
    words = _JOINED.sub(" ", plain).split()
    if len(words) == 1 and (alone := _hour(words[0])) is not None:
        return datetime.combine(today, alone, place)
    day = _day(words[0], today) if 1 <= len(words) <= 2 else None
    hour = _hour(words[1]) if len(words) == 2 else time()
    if day is None or hour is None:
        return None
    if end_of_day and len(words) == 1:
        day += timedelta(days=1)
    return datetime.combine(day, hour, place)


def _iso(plain: str, place: ZoneInfo) -> datetime | None:
    try:
        found = datetime.fromisoformat(plain.upper())
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=place)


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
    if found is None:
        return None
    hour, minute, second = map(int, found.groups(default="0"))
    try:
        return time(hour, minute, second)
    except ValueError:
        return None
