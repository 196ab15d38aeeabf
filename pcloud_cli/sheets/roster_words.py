"""What the cells of a roster say: words of shifts, times from and until, rest (排班表)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import time
from typing import NamedTuple

KINDS = ("day", "night", "standby")
_DAY_MINUTES = 24 * 60


class ShiftWord(NamedTuple):
    """What some words mean: a `kind` of shift, and its local times in minutes of the day.

    `end` is later than `begin`; beyond 1440 it is on the day after.
    """

    words: tuple[str, ...]
    kind: str
    begin: int
    end: int


_TIME = r"(\d{1,2})(?:[:：时点](\d{2})?分?)?"
_SPAN = re.compile(
    rf"{_TIME}(?:-|–|—|－|~|～|至|到)+(?:次日|翌日|第二天|\+1)?{_TIME}(?:\(次日\)|\+1)?"
)
_POLICY = re.compile(r"([^:：]+)[:：]\s*(day|night|standby)\s*[:：]\s*(.+)")
_BETWEEN = re.compile(r"[/+、,，;；&\n]+|\s+")


def plain(text: str) -> str:
    """Return a word as it is compared: NFKC, without blanks, letters large."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def span(text: str) -> tuple[int, int] | None:
    """Return from and until as minutes of the day (``20:00-8:00`` → 1200, 1920), None for no times.

    Until is on the next day where it would not be later; 24:00 is the end of the day.
    """
    found = _SPAN.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))
    if found is None:
        return None
    begin, end = _minutes(found[1], found[2]), _minutes(found[3], found[4])
    if begin is None or end is None or begin >= _DAY_MINUTES:
        return None
    return begin, end if end > begin else end + _DAY_MINUTES


def _minutes(hours: str, minutes: str | None) -> int | None:
    value = int(hours) * 60 + int(minutes or 0)
    return value if int(minutes or 0) < 60 and value <= _DAY_MINUTES else None


def shift_word(text: str) -> ShiftWord | None:
    """Return what ``words: kind: from-until`` of policy says, None for nonsense."""
    found = _POLICY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return None
    times = span(found[3])
    words = tuple(found[1].split())
    return ShiftWord(words, found[2], *times) if times is not None and words else None


def kind_of(begin: int) -> str:
    """Return the kind of a shift of which only the times are known, by when it begins."""
    return "night" if begin >= 18 * 60 or begin < 5 * 60 else "day"


def understood(
    text: str, words: Mapping[str, ShiftWord], rest: Collection[str]
) -> list[tuple[str, ShiftWord]] | None:
    """Return the shifts that a cell names, each with its word; none for rest or a blank cell.

    A cell may name several (早/晚), or times alone (8:30-17:30). None where it says anything else.
    """
    if not text.strip() or plain(text) in rest:
        return []
    whole = _one(text, words)
    if whole is not None:
        return [whole]
    parts = [part for part in _BETWEEN.split(unicodedata.normalize("NFKC", text)) if part]
    found = [_one(part, words) for part in parts if plain(part) not in rest]
    if len(parts) < 2:
        # 白夜 is 白 and 夜; a word of its own was looked for before
        parts = list(plain(text))
        found = [_one(part, words) for part in parts] if len(parts) == 2 else [None]
    named = [one for one in found if one is not None]
    return named if len(named) == len(found) else None


def _one(text: str, words: Mapping[str, ShiftWord]) -> tuple[str, ShiftWord] | None:
    known = words.get(plain(text))
    if known is not None:
        return text.strip(), known
    times = span(text)
    if times is None:
        return None
    return text.strip(), ShiftWord((text.strip(),), kind_of(times[0]), *times)


def clock(minutes: int) -> time:
    """Return the time of day that `minutes` after midnight are, whatever the day."""
    return time(*divmod(minutes % _DAY_MINUTES, 60))
