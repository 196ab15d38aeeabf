"""Ticket numbers that can be read over a phone: digits alone, the last one a check digit.

The check digit is Damm's: it finds every single wrong digit and every pair that changed places.
"""

from __future__ import annotations

import unicodedata

from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_LONGEST = 10


def numbered(serial: int) -> int:
    """Return the number of the ticket that is the `serial`-th: its digits and a check digit."""
    return serial * 10 + _check(str(serial))


def serial_of(number: int) -> int:
    """Return which ticket a `number` of ours is, counted from one."""
    return number // 10


def parse_number(text: str) -> int:
    """Return the number that `text` says: ``#1 234-7`` or full-width digits, as it was heard.

    Raises UsageProblem where it is none, or where a digit must have been misheard.
    """
    plain = unicodedata.normalize("NFKC", text)
    digits = "".join(each for each in plain if each not in " -#")
    if not (digits.isascii() and digits.isdecimal() and 2 <= len(digits) <= _LONGEST):
        raise UsageProblem(
            _("{number} is no ticket number.").format(number=text),
            hint=_("`pcloud ticket list` shows the numbers."),
        )
    if _check(digits):
        raise UsageProblem(
            _("{number} is no ticket number: a digit of it is wrong.").format(number=text),
            hint=_("Have it read again, digit by digit; the last one is a check digit."),
            code="check_digit",
        )
    return int(digits)


def _check(digits: str) -> int:
    found = 0
    for digit in digits:
        found = _DAMM[found][int(digit)]
    return found
