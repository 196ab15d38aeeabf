"""The working calendar: when a limit that counts working time ends (3.2).

Days are China's public holidays and make-up days (调休), from a library's data, with a table of
one's own over them; hours are policy's, in the community's zone. Durations are time that really
passes, also on the days on which clocks are set forward or back. Pure: no database, no clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

_NOTHING = timedelta()
_SATURDAY = 5
_ON = ("on", "work", "班", "上班", "补班", "调休上班")
_OFF = ("off", "rest", "休", "放假", "休息", "调休")
_HOURS = re.compile(r"\s*(\d{1,2})[:：](\d{2})\s*[-–—~至]\s*(\d{1,2})[:：](\d{2})\s*")
_DAY = re.compile(r"\s*(\d{4}-\d{2}-\d{2})\s*[:：]\s*(\S+)\s*")


class Hours(NamedTuple):
    """Working hours of a day, from `begins` until `ends`, by the clock on the wall."""

    begins: time
    ends: time


def hours(text: str) -> Hours | None:
    """Return the hours that ``09:00-18:00`` says, None for nonsense or none at all."""
    found = _HOURS.fullmatch(text)
    if found is None:
        return None
    try:
        said = Hours(time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4])))
    except ValueError:
        return None
    return said if said.begins < said.ends else None


def own_day(text: str) -> tuple[date, bool] | None:
    """Return the day that ``2026-02-20: off`` names and whether it is worked; None for nonsense."""
    found = _DAY.fullmatch(text)
    word = found[2].casefold() if found else ""
    if found is None or word not in (*_ON, *_OFF):
        return None
    try:
        return date.fromisoformat(found[1]), word in _ON
    except ValueError:
        return None


@lru_cache(4096)
def is_workday(day: date) -> bool:
    """Return whether `day` is worked by China's calendar; beyond its data, whether it is a weekday.

    Which days are moved is published each autumn for the year to come.
    """
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # what it raises for a day beyond its data
        return day.weekday() < _SATURDAY


def known_until() -> date:
    """Return the last day of which the public calendar is known."""
    from chinese_calendar.constants import holidays

    return date(max(holidays).year, 12, 31)


@dataclass(frozen=True)
class Timetable:
    """The working time of a place: `spans` of each working day in `zone`, in order, apart.

    `own` days count before the public calendar; with `every_day` all others are worked.
    """

    zone: ZoneInfo
    spans: tuple[Hours, ...]
    own: Mapping[date, bool]
    every_day: bool = False

    def works_on(self, day: date) -> bool:
        """Return whether `day` is a working day."""
        known = self.own.get(day)
        return known if known is not None else self.every_day or is_workday(day)

    def deadline(self, start: datetime, working: timedelta) -> datetime:
        """Return the first moment at which `working` time has passed since `start`, in UTC."""
        if working <= _NOTHING:
            return start
        left = working
        for begins, ends in self._from(start):
            if left <= ends - begins:
                return begins + left
            left -= ends - begins
        raise RuntimeError("the days never end")

    def before(self, end: datetime, working: timedelta) -> datetime:
        """Return the last moment from which `working` time passes until `end`, in UTC."""
        if working <= _NOTHING:
            return end
        left = working
        for begins, ends in self._back_from(end):
            if left <= ends - begins:
                return ends - left
            left -= ends - begins
        raise RuntimeError("the days never end")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time from `start` to `end`, negative where `end` is the earlier."""
        if end < start:
            return -self.between(end, start)
        passed = _NOTHING
        for begins, ends in self._from(start):
            if begins >= end:
                break
            passed += min(ends, end) - begins
        return passed

    def _from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = start.astimezone(self.zone).date()
        while True:
            for begins, ends in self._of(day):
                if ends > start:
                    yield max(begins, start), ends
            day += timedelta(days=1)

    def _back_from(self, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        day = end.astimezone(self.zone).date()
        while True:
            for begins, ends in reversed(self._of(day)):
                if begins < end:
                    yield begins, min(ends, end)
            day -= timedelta(days=1)

    def _of(self, day: date) -> list[tuple[datetime, datetime]]:
        if not self.works_on(day):
            return []
        found: list[tuple[datetime, datetime]] = []
        for span in self.spans:
            begins, ends = (datetime.combine(day, each, self.zone).astimezone(UTC) for each in span)
            if found:
                begins = max(begins, found[-1][1])
            # hours that the clocks skip when they are set forward are none
            if begins < ends:
                found.append((begins, ends))
        return found
