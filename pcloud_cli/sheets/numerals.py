"""Chinese numerals, as they are written in house addresses, made Arabic."""

from __future__ import annotations

import re
from functools import lru_cache

_DIGITS = {
    **{sign: value for value, sign in enumerate("〇一二三四五六七八九")},
    **{sign: value for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")},
    "○": 0,
    "两": 2,
    "貳": 2,
    "叄": 3,
    "陸": 6,
}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_BUNDLES = {"廿": "二十", "卅": "三十"}

SIGNS = "".join([*_DIGITS, *_TENS, *_BUNDLES])
"""Every character that can be part of a Chinese numeral."""

_RUN = re.compile(f"[{SIGNS}]+")


@lru_cache(maxsize=4096)
def arabic(text: str) -> str | None:
    """Return the number that the Chinese numeral `text` writes, in Arabic digits.

    ``九`` is 9, ``十五`` 15, ``一百零二`` 102; digits in a row are read one by one (``三〇一`` is
    301). None where `text` is no well-formed numeral (``十十``, ``百三``).
    """
    for bundle, long in _BUNDLES.items():
        text = text.replace(bundle, long)
    if not text:
        return None
    if all(sign in _DIGITS for sign in text):
        return "".join(str(_DIGITS[sign]) for sign in text)
    total, digit, last = 0, None, 10_000
    for sign in text:
        if sign in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[sign]
            continue
        scale = _TENS.get(sign, 0)
        if not 0 < scale < last or (digit is None and (total or scale > 10)) or digit == 0:
            return None
        total, digit, last = total + (digit or 1) * scale, None, scale
    return str(total + (digit or 0))


def arabic_before(text: str, marks: str) -> str:
    """Return `text` with each Chinese numeral that stands right before one of `marks` (a regular
    expression) written in Arabic digits: ``二号楼一单元`` becomes ``2号楼1单元``; the 十一 in
    ``南十一西路`` stays."""
    if not _RUN.search(text):
        return text
    return re.sub(
        f"[{SIGNS}]+(?={marks})", lambda match: arabic(match.group()) or match.group(), text
    )


def arabic_whole(text: str) -> str:
    """Return `text` in Arabic digits where all of it is a Chinese numeral, else unchanged."""
    return (arabic(text) or text) if _RUN.fullmatch(text) else text
