"""What a sheet of a workbook can hold: names, rows, text, and numbers without losing digits."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from math import isfinite

from pcloud_cli.errors import Failed
from pcloud_cli.i18n import _

MOST_ROWS = 1_048_576
MOST_TEXT = 32_767
WIDTHS = (8, 48)
"""The narrowest and the widest column that we set, in characters."""
_EXACT_DIGITS = 15
_LEAST_INEXACT = 10**15
_TITLE_LIMIT = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def sheet_title(title: str, taken: Iterable[str] = ()) -> str:
    """Return `title` as a sheet may be named: 31 signs, none of ``[]:*?/\\``, no apostrophe at an
    end, unlike the lower-case names in `taken`."""
    used = set(taken)
    plain = " ".join(title.translate(_FORBIDDEN).split()).strip("' ")[:_TITLE_LIMIT].strip("' ")
    plain = plain or _("Sheet")
    if plain.lower() == "history":
        plain += "_"  # Excel keeps that name for itself
    candidate, number = plain, 1
    while candidate.lower() in used:
        number += 1
        ending = f" {number}"
        candidate = plain[: _TITLE_LIMIT - len(ending)] + ending
    return candidate


def is_exact(value: int | Decimal | float) -> bool:
    """Say whether a spreadsheet's binary number keeps all digits of `value`."""
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, Decimal):
        return value.is_finite() and len(value.normalize().as_tuple().digits) <= _EXACT_DIGITS
    return abs(value) < _LEAST_INEXACT


def is_whole(value: int | Decimal | float) -> bool:
    """Say whether a number is shown without decimals."""
    return isinstance(value, int) or (isinstance(value, Decimal) and value == int(value))


def fitted(text: str) -> str:
    """Return `text` as a cell can hold it: 32,767 characters, no half of a pair of surrogates."""
    clean = text.encode("utf-8", "replace").decode()
    return clean if len(clean) <= MOST_TEXT else clean[: MOST_TEXT - 1] + "…"


def width_of(text: str) -> int:
    """Return how wide a column should be for `text`, within `WIDTHS`."""
    start = text[: WIDTHS[1]]
    width = len(start) + 2
    if not start.isascii():
        width += sum(not char.isascii() for char in start)
    return min(max(width, WIDTHS[0]), WIDTHS[1])


def too_many_rows() -> Failed:
    """Return the error that says how many rows a sheet holds."""
    return Failed(
        _("A sheet holds {most} rows at most.").format(most=f"{MOST_ROWS:,}"),
        hint=_("Write a .csv file, or choose fewer rows."),
    )
