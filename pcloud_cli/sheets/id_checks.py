"""The arithmetic of ID numbers: check characters and dates of birth.

python-stdnum knows most of these and is no dependency: it refuses real numbers whose division
code is younger than their owner, and takes several times as long as the row that it judges.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
CHECKS = "10X98765432"
"""The check characters, by the sum modulo 11."""
TAIL_SUM = {f"{n:03d}": sum(int(d) * w for d, w in zip(f"{n:03d}", _WEIGHTS[14:], strict=True))
         for n in range(1000)}  # fmt: skip
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = re.compile(f"[{_USCC_SIGNS}]{{2}}[0-9]{{6}}[{_USCC_SIGNS}]{{10}}")
_USCC_VALUES = {sign: value for value, sign in enumerate(_USCC_SIGNS)}
_ORGANISATION = re.compile(r"([0-9A-Z]{8})-?([0-9X])")


@lru_cache(maxsize=8192)
def head_sum(digits: str) -> int:
    """Return what the first six digits add to the sum of the check character."""
    return sum(int(d) * w for d, w in zip(digits, _WEIGHTS[:6], strict=True))


@lru_cache(maxsize=65536)
def birth_sum(digits: str) -> int:
    """Return what the eight digits of the birth add to the sum of the check character."""
    return sum(int(d) * w for d, w in zip(digits, _WEIGHTS[6:14], strict=True))


def check_character(seventeen: str) -> str:
    """Return the last character of an 18-character ID number (GB 11643, ISO 7064 MOD 11-2) for its
    first 17 digits."""
    total = head_sum(seventeen[:6]) + birth_sum(seventeen[6:14]) + TAIL_SUM[seventeen[14:]]
    return CHECKS[total % 11]


@lru_cache(maxsize=65536)
def birth_date(digits: str) -> str:
    """Return eight digits YYYYMMDD as an ISO date; ``''`` where there is no such day or the year is
    not between 1850 and 2100."""
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    if not (1850 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= _MONTH_DAYS[month - 1]):
        return ""
    if month == 2 and day == 29 and (year % 4 or (year % 100 == 0 and year % 400)):
        return ""
    return f"{year:04d}-{month:02d}-{day:02d}"


def raised(fifteen: str) -> str:
    """Return a 15-digit ID number in its form of 18 characters (born in the 20th century)."""
    seventeen = f"{fifteen[:6]}19{fifteen[6:]}"
    return seventeen + check_character(seventeen)


def looks_uscc(text: str) -> bool:
    """Say whether `text` has the signs and the length of a unified social credit code."""
    return _USCC.fullmatch(text) is not None


def is_uscc(text: str) -> bool:
    """Say whether `text` is a unified social credit code (GB 32100, MOD 31)."""
    if not looks_uscc(text):
        return False
    total = sum(_USCC_VALUES[sign] * pow(3, place, 31) for place, sign in enumerate(text[:17]))
    return _USCC_VALUES[text[17]] == -total % 31


def is_organisation_code(text: str) -> bool:
    """Say whether `text` is a nine-character organisation code (GB 11714), as companies had them
    before 2015."""
    match = _ORGANISATION.fullmatch(text)
    if not match:
        return False
    values = (int(sign, 36) for sign in match[1])
    total = sum(
        value * weight for value, weight in zip(values, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)
    )
    return match[2] == "0123456789X0"[11 - total % 11]


def is_hong_kong_id(letters: str, digits: str, check: str) -> bool:
    """Say whether the check character of a Hong Kong identity card is right."""
    values = [36] * (2 - len(letters)) + [int(sign, 36) for sign in letters]
    values += [int(sign) for sign in digits]
    total = sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=True))
    return "0123456789A"[-total % 11] == check
