"""Understanding which house one cell names, whole or but its building (3.1.1).

What is not certain is refused with the reason, never guessed.
"""

from __future__ import annotations

import re

from pcloud_cli.sheets import address_words as words
from pcloud_cli.sheets.address import (
    LONGEST,
    Pair,
    damage,
    open_ended,
    prepared,
    read_address,
    split_section,
)
from pcloud_cli.sheets.house_ref import ON_FLOOR, HouseRef, Refusal, house_key, house_text

__all__ = [
    "ON_FLOOR",
    "WHOLE_BUILDING",
    "House",
    "HouseRef",
    "Refusal",
    "address_prefix",
    "house_key",
    "house_text",
    "parse_house",
    "parse_place",
]

House = HouseRef | Refusal | list[HouseRef]

WHOLE_BUILDING = re.compile(
    rf"({words.BUILDING_STEM})\s*(?:号?(?:住宅)?楼|[号#]?[栋幢座]楼?|#楼?|号)?"
)


def parse_house(text: str, *, pair: Pair = "") -> House:
    """Understand one cell that names a house.

    Returns a HouseRef; a list of them where one cell names several (``1栋2单元301、302``); or a
    Refusal. `pair` settles for a whole column what a bare ``2-301`` means: ``building`` or
    ``unit`` first; without it such a text is refused.
    """
    reading = read_address(text, pair)
    if isinstance(reading, Refusal):
        return reading
    return reading.refs[0] if len(reading.refs) == 1 else list(reading.refs)


def address_prefix(text: str, pair: Pair = "") -> str:
    """Return what stands before the section and building in `text` (road, estate), else ``''``.

    The prefix is no part of a house's identity. Where the addresses of one list have different
    ones, they may be groups of houses (御景苑3栋, 观澜苑3栋) and must not be taken for one.
    """
    reading = read_address(text, pair)
    return "" if isinstance(reading, Refusal) else reading.prefix


def parse_place(text: str) -> HouseRef | Refusal:
    """Understand a title or a sheet's name that holds one building (``十五号楼业主信息``).

    Returns a HouseRef with section, building and unit, and with no room.
    """
    shown = prepared(text)
    if len(shown) > LONGEST:
        return Refusal("house_no_building", {})
    refused = damage(shown)
    if refused:
        return refused
    marked = list(words.BUILDING.finditer(shown))
    if not marked and (whole := WHOLE_BUILDING.fullmatch(shown)) and shown[-1:] in ("号", "楼"):
        marked = [whole]
    if len(marked) != 1:
        return Refusal("house_unclear" if marked else "house_no_building", {})
    match = marked[0]
    if open_ended(shown[: match.start()]):
        return Refusal("house_unclear", {})
    unit = words.UNIT.match(shown[match.end() :].lstrip(" -"))
    section = split_section(shown[: match.start()])[1]
    return HouseRef(section, match[1], unit[1] if unit else "", "", "", "")
