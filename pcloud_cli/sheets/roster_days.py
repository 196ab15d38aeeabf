"""The days of a roster: what its headers, titles and date cells name (排班表)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from pcloud_cli.sheets.roster_words import plain

Cell = tuple[str, str]
"""A cell as the reading child tells it: its kind and its text."""

_FULL = re.compile(r"(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?")
_MONTH_DAY = re.compile(r"(\d{1,2})[-/.月](\d{1,2})[日号]?")
_DAY = re.compile(r"(\d{1,2})[日号]?")
_BEHIND = re.compile(r"[(\[]?(?:星期|周|礼拜)?[一二三四五六日天](?:[)\]])?|[A-Z]{3}")
_MONTH = re.compile(r"(20\d\d)\s*(?:[-/.年])\s*(\d{1,2})(?!\d)")
_WEEKDAY = re.compile(r"(?:星期|周|礼拜)([一二三四五六日天])")
_SHORT_WEEKDAY = re.compile(r"(?:.*\d[日号]?)?\(?(?:([一二三四五六])|(?<!\d)([日天]))\)?")
_WORDS = "一二三四五六日"
_ENGLISH = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_NUMERALS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CHINESE_YEAR = re.compile(r"二[〇零○][一二三四五六七八九〇零○]{2}(?=年)")
_CHINESE_MONTH = re.compile(r"(?<=年)(十[一二]?|[一二三四五六七八九])(?=月)")


class Mark(NamedTuple):
    """What a cell names of a day: `year` and `month` are None where it does not say."""

    year: int | None
    month: int | None
    day: int


def text_of(cell: Cell) -> str:
    """Return a cell as it was meant: 1001.0 is 1001; NFC, without blanks around it."""
    kind, text = cell
    if kind == "float" and text.endswith(".0"):
        return text[:-2]
    return unicodedata.normalize("NFC", text).strip()


def mark(cell: Cell) -> Mark | None:
    """Return the day that a header's or date's cell names, None where it names none."""
    kind, text = cell
    if kind in ("datetime", "date"):
        year, month, day = (int(part) for part in text[:10].split("-"))
        return Mark(year, month, day)
    words = plain(text_of(cell))
    words = _BEHIND.sub("", words) if len(words) > 1 and not words.isdecimal() else words
    if found := _FULL.fullmatch(words):
        return Mark(int(found[1]), int(found[2]), int(found[3]))
    if found := _MONTH_DAY.fullmatch(words):
        month, day = int(found[1]), int(found[2])
        return Mark(None, month, day) if 1 <= month <= 12 and 1 <= day <= 31 else None
    found = _DAY.fullmatch(words)
    return Mark(None, None, int(found[1])) if found and 1 <= int(found[1]) <= 31 else None


def weekday(cell: Cell) -> int | None:
    """Return the day of the week that stands in a cell, Monday 0, alone or behind the date."""
    words = plain(text_of(cell))
    for at, english in enumerate(_ENGLISH):
        if words.endswith(english) or words.startswith(english):
            return at
    found = _WEEKDAY.search(words) or _SHORT_WEEKDAY.fullmatch(words)
    if found is None:
        return None
    return _WORDS.index("".join(filter(None, found.groups())).replace("天", "日"))


def month_of(texts: Iterable[str]) -> date | None:
    """Return the first day of the month that a title, or the name of a sheet or file, names."""
    for text in texts:
        words = unicodedata.normalize("NFKC", text)
        words = _CHINESE_MONTH.sub(lambda found: str(_number(found[1])), words)
        words = _CHINESE_YEAR.sub(lambda found: found[0].translate(_NUMERALS), words)
        found = _MONTH.search(words)
        if found and 1 <= int(found[2]) <= 12:
            return date(int(found[1]), int(found[2]), 1)
    return None


def _number(text: str) -> int:
    if text.startswith("十"):
        return 10 + (_WORDS.index(text[1]) + 1 if len(text) > 1 else 0)
    return "一二三四五六七八九".index(text) + 1


class Unknown(Exception):
    """The days cannot be told: `why` is ``month`` or ``several``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def days(
    marks: Sequence[Mark], weekdays: Sequence[int | None], month: date | None, *, asked: bool
) -> list[date | None]:
    """Return the day of each of `marks`, None for one that its month does not have.

    `month` is what the title says, or with `asked` the user: the month of the first day. Where the
    days run on into the next month and only a title says which, the days of the week decide.
    Raises Unknown.
    """
    first = marks[0]
    if first.month is None:
        if month is None:
            raise Unknown("month")
        runs_on = any(b.day < a.day for a, b in pairwise(marks))
        before = (month - timedelta(days=1)).replace(day=1)
        begins = [month] if asked or not runs_on else [month, before]
        fitting = [found for begin in begins if _fits(found := _run(marks, begin), weekdays)]
        if not fitting:
            return _run(marks, month)
        if len(fitting) > 1:
            raise Unknown("several")
        return fitting[0]
    year = first.year or (month.year if month else None)
    if year is None:
        raise Unknown("month")
    if first.year is None and month is not None and month.month == 1 and first.month == 12:
        year -= 1  # 12/26 … 1/25 under the title of January
    return _run(marks, date(year, first.month, 1))


def _run(marks: Sequence[Mark], begin: date) -> list[date | None]:
    found: list[date | None] = []
    year, month, last = begin.year, begin.month, 0
    for each in marks:
        if each.month is not None:
            if each.year is None and each.month < month:
                year += 1
            month, year = each.month, each.year or year
        elif each.day < last:
            year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        last = each.day
        try:
            found.append(date(year, month, each.day))
        except ValueError:
            found.append(None)
    return found


def _fits(found: Sequence[date | None], weekdays: Sequence[int | None]) -> bool:
    """Return whether the days are on the days of the week that stand beside them."""
    return all(
        day is None or said is None or day.weekday() == said
        for day, said in zip(found, weekdays, strict=True)
    )
