"""Other ways to write one address, brought into the usual one before it is read.

Roman phases, marks before their number (``#3``), a slash or an underscore for
a dash, and English words. Whatever could mean two things stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pcloud_cli.sheets import address_words as words

_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}
_BLOCK = r"(?:BLOCK|BLK|TOWER|BUILDING|BLDG)\.?\s*(?:NO\.?\s*)?"
_FLAT = r"(?:ROOM|RM|FLAT|APARTMENT|APT)\.?\s*(?:NO\.?\s*)?"
_BETWEEN = r"[\s,.-]*"
_ENGLISH = re.compile(
    rf"(?:.*[\s,])?{_BLOCK}([A-Z]?\d{{1,3}}[A-Z]?|[A-Z]){_BETWEEN}"
    rf"(?:(?:UNIT|ENTRANCE)\s*(\d{{1,2}}|[A-Z])[\s,.-]+(?={_FLAT}))?"
    rf"(?:(?:{_FLAT}|UNIT\s*(?=\d{{3}}))([A-Z]?\d{{1,5}}[A-Z]?))"
)
_TRIPLE = re.compile(
    r"([A-Z]?\d{1,3}[A-Z]?)\s*([/.|\\, ])\s*([1-9]\d?)\s*\2\s*(?!(?:19|20)\d\d$)(\d{3,4}[A-Z]?)室?"
)
_BUILDING_MARKED = re.compile(r"[栋幢楼座#]")
_PAIR_UNIT = re.compile(
    rf"(?<![A-Z0-9])(?<![A-Z0-9]-)([A-Z]?\d{{1,3}}[A-Z]?)-({words.UNIT_STEM})(?=单元)"
)

_RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(?<![A-Z])(I{1,3}|IV|V)(?=期)"), lambda match: _ROMAN[match[1]]),
    (re.compile(r"第(?=\d+(?:[期区栋幢座号楼层门室户#]|单元|组团|地块))"), ""),
    (re.compile(r"首层"), "1层"),
    (re.compile(r"(?<=[0-9A-Z栋幢座楼号#元门层期区])\s*_+\s*"), "-"),
    (re.compile(r"(?<![A-Z0-9#])#(\d{1,3}[A-Z]?)(?=[楼栋幢座-])"), r"\1#"),
    (re.compile(r"([栋幢座楼#元层])\s*[/\\|·]\s*(?=[0-9A-Z负])"), r"\1"),
    (re.compile(r"(?<=\d)#(?=单元|门)"), ""),
    (re.compile(r"(?<=[栋幢座楼#])(\d{1,2})#(?=-?\d{3,4}(?!\d))"), r"\1单元"),
    (re.compile(r"(?<![A-Z0-9])(\d{1,2})F(?=-?\1\d\d(?!\d))"), r"\1层"),
    (re.compile(r"(?<=\d)\.0+$"), ""),
)
"""Pattern and what it becomes, in this order."""


def usual_form(text: str) -> str:
    """Return `text` (plain, in capitals, numerals Arabic) in the usual form of writing."""
    if match := _TRIPLE.fullmatch(text):
        return f"{match[1]}-{match[3]}-{match[4]}"
    if text.isascii() and (match := _ENGLISH.fullmatch(text)):
        unit = f"{match[2]}单元" if match[2] else ""
        return f"{match[1]}栋{unit}{match[3]}"
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    if not _BUILDING_MARKED.search(text):
        text = _PAIR_UNIT.sub(r"\1栋-\2", text)
    return text
