"""Judging what is measured: areas, dates and shares (3.1.1)."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from pcloud_cli.sheets.characters import is_blank, plain
from pcloud_cli.sheets.id_checks import birth_date
from pcloud_cli.sheets.numerals import SIGNS, arabic, arabic_before
from pcloud_cli.sheets.values import Value

MAX_AREA = Decimal(100_000)
"""m²; a larger house is a mistake."""

_AREA = re.compile(
    r"([+-]?\d{1,9}(?:\.\d*)?|\.\d+)(?:M2|M²|㎡|平方米?|平米?|平方公尺|SQM|M)?", re.I
)
_SIMPLE_AREA = re.compile(r"[1-9]\d{0,3}(?:\.\d{0,3}[1-9])?", re.ASCII)
_PLACES = Decimal("0.0001")

_LONGEST_DATE = 60
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_WRITTEN = re.compile(
    r"(\d{4})(?:\s*[-/.年]\s*| )(\d{1,2})(?:\s*[-/.月]\s*| )(\d{1,2})\s*[日号]?"
    r"(?:[ T](?!.*(?:预计|计划|暂定|拟)).*)?"
)
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_NAMED = re.compile(
    rf"(?P<day>\d{{1,2}})[ -](?P<month>{'|'.join(_MONTHS)})[A-Z]*\.?[ -](?P<year>\d{{4}})"
    rf"|(?P<month2>{'|'.join(_MONTHS)})[A-Z]*\.? (?P<day2>\d{{1,2}}),? (?P<year2>\d{{4}})",
    re.I,
)
_RUN = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\.0)?")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
_TIME = re.compile(r"[ T]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$")
_FIRST_SERIAL, _LAST_SERIAL = 61, 73_050  # 1900-03-01 … 2099-12-31; before, Excel counts wrongly

_RATIO = re.compile(r"(\d{1,9})\s*(?:/|分之)\s*(\d{1,9})")
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,8})?)\s*%")
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,12})?")
_CHINESE_RATIO = re.compile(f"([{SIGNS}]+)分之([{SIGNS}]+)")


def judge_area(value: str | int | float | None) -> Value:
    """Return an area in m² as decimal text of at most four places, without idle zeros.

    Problems: ``area_unreadable``, ``area_not_positive`` (0 and less), ``area_too_large``.
    """
    if isinstance(value, str):
        return _area_text(value)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return Value("")
    return _area(repr(value)) if isinstance(value, int | float) else Value("", "area_unreadable")


@lru_cache(maxsize=32768)
def _area_text(text: str) -> Value:
    if _SIMPLE_AREA.fullmatch(text):
        return Value(text)
    if not text or is_blank(text):
        return Value("")
    shown = plain(text.replace("㎡", "").replace("m²", "")).replace(" ", "")
    shown = re.sub(r"(?<=\d),(?=\d{3}(?:\D|$))", "", shown)
    match = _AREA.fullmatch(shown)
    return _area(match[1]) if match else Value("", "area_unreadable")


def _area(text: str) -> Value:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return Value("", "area_unreadable")
    if not number.is_finite():
        return Value("", "area_unreadable")
    if number <= 0:
        return Value("", "area_not_positive")
    if number > MAX_AREA:
        return Value("", "area_too_large")
    exact = number.quantize(_PLACES)
    if exact <= 0:
        return Value("", "area_not_positive")
    return Value(f"{exact:f}".rstrip("0").rstrip("."))


def judge_date(value: str | int | float | date | None) -> Value:
    """Return a day as ISO text.

    Takes dates as cells hold them, text in the usual spellings (``2024年1月2日``, ``2024.1.2``,
    ``20240102``), and numbers, which are days since 1900 or YYYYMMDD; the reader has already
    moved serials of 1904 workbooks. Two-digit years and months without a day are
    ``date_unreadable``.
    """
    if isinstance(value, str):
        return _date_text(value)
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return Value(day.isoformat())
    if value is None:
        return Value("")
    if not isinstance(value, int | float):  # a time of day, as a broken format shows a number
        return Value("", "date_unreadable")
    return _date_number(value)


@lru_cache(maxsize=8192)
def _date_text(text: str) -> Value:
    if not text or is_blank(text):
        return Value("")
    if len(text) > _LONGEST_DATE:
        return Value("", "date_unreadable")
    shown = text
    if not _ISO.fullmatch(text):
        shown = arabic_before(_TIME.sub("", plain(text)), "[年月日号]")
    if named := _NAMED.fullmatch(shown):
        part = named.groupdict()
        number = _MONTHS.index((part["month"] or part["month2"])[:3].upper()) + 1
        on = int(part["day"] or part["day2"])
        shown = f"{part['year'] or part['year2']}-{number:02d}-{on:02d}"
    for form in (_ISO, _WRITTEN, _RUN):
        if match := form.fullmatch(shown):
            year, month, day = match.groups()
            iso = birth_date(f"{year}{int(month):02d}{int(day):02d}")
            return Value(iso, "" if iso else "date_unreadable")
    return Value("", "date_unreadable")


def _date_number(value: int | float) -> Value:
    if isinstance(value, float) and not math.isfinite(value):
        return Value("", "" if math.isnan(value) else "date_unreadable")
    whole = int(value)
    if _FIRST_SERIAL <= whole <= _LAST_SERIAL:
        return Value((date(1899, 12, 30) + timedelta(days=whole)).isoformat())
    if whole == value and 18_500_101 <= whole <= 21_001_231:
        iso = birth_date(str(whole))
        return Value(iso, "" if iso else "date_unreadable")
    return Value("", "date_unreadable")


def judge_birth(value: str | int | float | date | None) -> Value:
    """Return a date of birth as ISO text; where the cell has only year and month, ``YYYY-MM``."""
    judged = judge_date(value)
    if judged.code and isinstance(value, str):
        month = _MONTH.fullmatch(plain(value))
        if month and 1 <= int(month[2]) <= 12 and 1850 <= int(month[1]) <= 2100:
            return Value(f"{month[1]}-{int(month[2]):02d}")
    return judged


def birth_agrees(one: str, other: str) -> bool:
    """Say whether two births (``YYYY-MM-DD`` or ``YYYY-MM``) can be the same; unknown ones can."""
    return not one or not other or one.startswith(other) or other.startswith(one)


class Share(NamedTuple):
    """A judged share: `kind` is ``sole``, ``joint`` (共同共有, no parts), ``shares`` or ``''``; the
    fraction is in lowest terms, 0/0 where there is none."""

    kind: str
    numerator: int
    denominator: int
    code: str


_NO_SHARE = Share("", 0, 0, "")
_KINDS = {
    "共同共有": "joint",
    "共有": "joint",
    "按份共有": "shares",
    "单独所有": "sole",
    "单独": "sole",
    "独有": "sole",
    "全部": "sole",
    "全额": "sole",
}


@lru_cache(maxsize=1024)
def judge_share(value: object) -> Share:
    """Judge a share of ownership: ``1/2``, ``50%``, ``二分之一``, 0.5, 50 (of a hundred), 共同共有.

    1 and 1.0 are the whole (a cell of 100% is stored as 1). Whether the shares of a house add up
    to one is seen only where all its owners are known.
    """
    if value is None or value != value:  # noqa: PLR0124 - NaN alone differs from itself
        return _NO_SHARE
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return Share("", 0, 0, "share_unreadable")  # a spreadsheet made 1/2 a date, a tick a truth
    text = (
        value if isinstance(value, str) else f"{Decimal(repr(value)):f}" if _finite(value) else "-"
    )
    if not text or is_blank(text):
        return Share("", 0, 0, "" if isinstance(value, str) else "share_unreadable")
    shown = plain(text).replace(" ", "").removeprefix("各").removeprefix("占").rstrip("份")
    if shown in _KINDS:
        kind = _KINDS[shown]
        return Share(kind, 1, 1, "") if kind == "sole" else Share(kind, 0, 0, "")
    return _fraction(shown.removeprefix("按份共有").strip(":,()"))


def _finite(value: int | float) -> bool:
    return math.isfinite(value)


def _fraction(shown: str) -> Share:
    part = _parts(shown)
    if part is None or not 0 < part <= 1:
        return Share("", 0, 0, "share_unreadable")
    return Share("sole" if part == 1 else "shares", part.numerator, part.denominator, "")


def _parts(shown: str) -> Fraction | None:
    if match := _CHINESE_RATIO.fullmatch(shown):
        below, above = arabic(match[1]), arabic(match[2])
        return Fraction(int(above), int(below)) if above and below and int(below) else None
    if match := _RATIO.fullmatch(shown):
        above, below = (match[2], match[1]) if "分之" in shown else (match[1], match[2])
        return Fraction(int(above), int(below)) if int(below) else None
    if match := _PERCENT.fullmatch(shown):
        return Fraction(match[1]) / 100
    if _NUMBER.fullmatch(shown):
        number = Fraction(shown)
        return number if number <= 1 else number / 100
    return None
