"""One address, read from left to right: what comes before the building, the building, the rest."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pcloud_cli.sheets import address_words as words
from pcloud_cli.sheets.address_forms import usual_form
from pcloud_cli.sheets.characters import is_blank, plain, simplified
from pcloud_cli.sheets.house_ref import HouseRef, Refusal
from pcloud_cli.sheets.numerals import arabic_before

Pair = str
"""What the first of two bare numbers (``2-301``) is: ``building``, ``unit``, or ``''``: unknown."""

_FAST = re.compile(
    r"(?:(\d{1,2})期)?([A-Z]?\d{1,3}[A-Z]?)(?:栋|幢|号楼|#楼?|座)(?:([1-9]\d?)单元)?([1-9]\d{2,3})室?",
    re.ASCII,
)
LONGEST = 200
"""No longer text is an address."""
_EDGES = "【】[]「」『』《》<>\"'“”‘’:,。.;、 "
_CORRECTION = re.compile(r"-+>|=>|→|改为|更名|原(?=[房门号址为名]|[A-Z0-9])")

_OPEN_END = re.compile(r"(?:\d\s*[、,+&/~*=和及至到]|[=+@*])\s*$")


class Reading(NamedTuple):
    """What an address says: `prefix` is the text before section and building (road, estate)."""

    prefix: str
    refs: tuple[HouseRef, ...]


class _Start(NamedTuple):
    """The building that was found: what stands before and behind it, and how it was marked."""

    head: str
    building: str
    unit: str
    rest: str
    mark: str


@lru_cache(maxsize=4096)  # shops and garages have few numbers, in every building the same
def prepared(text: str) -> str:
    """Return `text` ready to be read: plain characters, capitals, counting numerals Arabic, in
    the usual form of writing."""
    shown = simplified(plain(text)).upper().replace("地下负", "负").strip(_EDGES)
    if len(shown) > LONGEST:
        return shown
    return usual_form(arabic_before(shown, words.NUMERAL_MARKS))


def damage(text: str) -> Refusal | None:
    """Return why `text` (prepared) is what a spreadsheet made of something else, or None."""
    if words.DATE_DAMAGE.fullmatch(text):
        return Refusal("house_date_damage", {})
    if words.NUMBER_DAMAGE.fullmatch(text):
        return Refusal("house_number_damage", {})
    return None


@lru_cache(maxsize=64)  # what a row asks for twice
def read_address(text: str, pair: Pair = "") -> Reading | Refusal:
    """Read one cell that should name one house, or several of one owner."""
    quick = _FAST.fullmatch(text)
    if quick:
        phase, building, unit, room = quick.groups()
        section = f"{phase}期" if phase else ""
        return Reading("", (HouseRef(section, building, unit or "", "", room, ""),))
    if is_blank(text):
        return Refusal("house_missing", {})
    shown = prepared(text)
    refused = damage(shown) or _no_house(shown)
    if refused:
        return refused
    return _several(shown, pair) or _one(shown, pair)


def _no_house(text: str) -> Refusal | None:
    if len(text) > LONGEST or _CORRECTION.search(text):
        return Refusal("house_unclear", {})
    if words.PARKING.search(words.NOTE.sub("", text)):
        return Refusal("house_parking", {})
    return None


def _several(text: str, pair: Pair) -> Reading | None:
    """Read several whole addresses in one text; None where not every part is one."""
    parts = words.HOUSE_SEPARATORS.split(text)
    if not 1 < len(parts) <= 20:
        return None
    readings = [_one(part, pair) if part else Refusal("", {}) for part in parts]
    whole = [reading for reading in readings if isinstance(reading, Reading)]
    if len(whole) < len(readings):
        return None
    refs = [ref for reading in whole for ref in reading.refs]
    return Reading(whole[0].prefix, tuple(dict.fromkeys(refs)))


def _one(text: str, pair: Pair) -> Reading | Refusal:
    villa = _villa(text)
    if villa:
        return villa
    start = _start(text, pair)
    if isinstance(start, Refusal):
        return start
    prefix, section = split_section(start.head)
    if words.LEVEL_END.search(prefix) or open_ended(start.head):
        return Refusal("house_unclear", {})
    found = _rest(start)
    if isinstance(found, Refusal):
        known = section and found.code == "house_no_room"
        return Refusal(found.code, {"section": section} | found.params) if known else found
    refs = tuple(ref._replace(section=section) for ref in found)
    return Reading(prefix, refs)


def open_ended(head: str) -> bool:
    """Return whether what stands before a building begins something that is not understood:
    another building (``5、6栋``), a sum (``1+1栋``), a formula (``=3栋``)."""
    return _OPEN_END.search(head) is not None


def split_section(head: str) -> tuple[str, str]:
    """Split what stands before a building into the prefix and the section at its end."""
    prefix, section = head, ""
    while match := words.SECTION_END.search(_opened(prefix)):
        prefix = _opened(prefix)
        section = match.group().strip(" -·.,").removeprefix("第") + section
        prefix = prefix[: match.start()]
    if "期" not in section and (phase := words.PHASE.search(prefix)):
        section = phase[1] + section  # 2期云杉苑3栋
    return prefix.strip(" -·.,"), section


def _opened(head: str) -> str:
    """Return `head` without the brackets around the section at its end: ``云杉苑(2期)``."""
    match = words.NOTE_END.search(head)
    inside = match and words.SECTION_END.fullmatch(match[1])
    return head[: match.start()] + match[1] if match and inside else head


def _villa(text: str) -> Reading | None:
    if match := words.VILLA.fullmatch(text):
        section = "" if match[1] == "别墅" else match[1]
        return Reading("", (HouseRef(section, match[2], "", "", match[3] or "", "villa"),))
    if match := words.VILLA_AFTER.fullmatch(text):
        section = "" if match[2] == "别墅" else match[2]
        return Reading("", (HouseRef(section, match[1], "", "", "", "villa"),))
    return None


def _start(text: str, pair: Pair) -> _Start | Refusal:
    """Find the one building of `text`; refuse none, and two that could both be meant."""
    marked = list(words.BUILDING.finditer(text))
    if len(marked) == 2 and marked[1][2] == "座" and marked[0].end() == marked[1].start():
        head, rest = text[: marked[0].start()], text[marked[1].end() :]
        return _Start(head, marked[0][1], marked[1][1], rest, marked[0][2])
    if len(marked) > 1:
        return Refusal("house_unclear", {})
    if marked:
        match = marked[0]
        if match[1].isalpha() and words.LOT_END.search(text[: match.start()]):
            return Refusal("house_unclear", {})
        return _Start(text[: match.start()], match[1], "", text[match.end() :], match[2])
    return _unmarked(text, pair)


def _unmarked(text: str, pair: Pair) -> _Start | Refusal:
    dashed = list(words.DASHED.finditer(text))
    if len(dashed) == 1:
        match = dashed[0]
        rest = text[match.end() :]
        if match[1].startswith("0") and re.fullmatch(r"\d{1,2}", rest):
            return Refusal("house_date_damage", {})
        return _Start(text[: match.start()], match[1], match[2], rest, "-")
    if not dashed and (match2 := words.PAIR.search(text)):
        head = text[: match2.start()]
        if words.LANE_END.search(head) or (pair == "building" and not head):
            return _Start(head, match2[1], "", text[match2.end() :], "-")
        return Refusal("house_unclear", {})
    numbered = list(words.NUMBER_BUILDING.finditer(text))
    if len(numbered) == 1 and not dashed:
        match = numbered[0]
        head, rest = text[: match.start()], text[match.end() :]
        if words.SHOP_ALONE.fullmatch(rest) and not words.LANE_END.search(head):
            return Refusal("house_no_building", {})  # 12号商铺 is the shop's number
        if words.ROAD_END.search(head) or re.match(r"\s*-?\d{1,2}-", rest):
            return Refusal("house_unclear", {})
        return _Start(head, match[1], "", rest, "号")
    unclear = dashed or numbered or not re.search(r"(?<![A-Z])\d", text)
    return Refusal("house_unclear" if unclear else "house_no_building", {})


def _rest(start: _Start) -> list[HouseRef] | Refusal:
    """Read unit, floor and room from what follows the building."""
    text, unit = start.rest.lstrip(" ,"), start.unit
    dashes = 0

    def step() -> None:
        nonlocal text, dashes
        stripped = text.lstrip(" -,")
        dashes += text[: len(text) - len(stripped)].count("-")
        text = stripped

    if not words.DASHED_LEVEL.match(text):
        step()
    lone = start.rest.lstrip(" ,")
    if not unit and (match := words.UNIT.match(text)):
        unit, text = match[1], text[match.end() :]
        lone = text
        if not words.DASHED_LEVEL.match(text):
            step()
    elif not unit and (match := words.UNIT_DASH.match(text)):
        unit, text = match[1], text[match.end() :]
        dashes += 1
        lone = text
    level = _level(text, dashes or start.mark == "-")
    if isinstance(level, Refusal):
        return level
    floor = ""
    if level[0]:
        floor, text = level
        lone = text
        step()
    elif unit and start.mark != "-" and (match := words.FLOOR_DASH.match(text)):
        floor, text = match[1], text[match.end() :]
        lone = text
    base = HouseRef("", start.building, unit, floor, "", "")
    if dashes == 1 and start.mark not in ("#", "-") and re.match(r"\s*-\s*[1-3]\d\d(?!\d)", lone):
        return Refusal("house_unclear", {})  # -101 may be a basement
    if not floor and re.match(r"\d{1,2}-\d{1,2}(?!\d)", text):
        return Refusal("house_unclear", {})  # floor and room, or a part of a room
    return _rooms(text.strip(" ,"), base)


def _level(text: str, dashed: bool | int) -> tuple[str, str] | Refusal:
    """Return the floor at the beginning of `text` and what follows, ``''`` where there is none.

    ``-1层`` after other dashes is floor 1; alone it is a basement, unless the room speaks for
    floor 1: then it may be either.
    """
    below = words.DASHED_LEVEL.match(text)
    if below:
        number, rest = below[1], text[below.end() :]
        if dashed or int(number) > words.DEEPEST:
            return number, rest
        if re.match(rf"\s*-?\s*{number}\d\d(?!\d)", rest):
            return Refusal("house_unclear", {})
        return f"-{number}", rest
    match = words.FLOOR.match(text.lstrip(" -,"))
    if not match:
        return "", text
    return floor_text(match[1]), text.lstrip(" -,")[match.end() :]


def floor_text(text: str) -> str:
    """Return a floor in canonical form: ``-1`` for 负1, 地下1 and B1, else as it stands."""
    bare = re.sub(r"(?:层|楼|F)$", "", text)
    below = re.fullmatch(r"(?:负|地下|-|B)(\d{1,2})", bare)
    return f"-{below[1]}" if below else re.sub(r"^0+(?=\d)", "", bare)


def _rooms(text: str, base: HouseRef) -> list[HouseRef] | Refusal:
    if not text or not re.sub(r"[^\w]", "", words.NOTE.sub("", text)):
        return _no_room(base)
    if base.floor and (side := words.SIDE_ROOM.fullmatch(text)):
        return [base._replace(room=side[1] or side[2])]
    if (shop := words.SHOP_AFTER.match(text)) and _harmless(text[shop.end() :]):
        room = room_text(shop[1])
        return [base._replace(unit=base.unit or "0", room=room, house_kind="shop")]
    for pattern, kind in words.KINDS:
        if match := pattern.match(text):
            room = (match[2] or match[1]) if kind else match[1]
            if not _harmless(text[match.end() :]):
                return Refusal("house_unclear", {})
            unit = base.unit or ("0" if kind == "shop" else "")
            return [base._replace(unit=unit, room=room, house_kind=kind or "other")]
    parts = words.ROOM_SEPARATORS.split(words.METER.sub("", text))
    first = words.BODY.match(parts[0])
    if not first:
        return _no_room(base) if _harmless(" " + text) else Refusal("house_unclear", {})
    if not _sure(first, base):
        return Refusal("house_unclear", {})
    return _room_list(parts, base)


def _sure(body: re.Match[str], base: HouseRef) -> bool:
    """Say whether the number can only be a room: a short one after a building alone could be a
    unit."""
    return bool(base.unit or base.floor or body[3] or len(body[1]) > 2)


def _room_list(parts: list[str], base: HouseRef) -> list[HouseRef] | Refusal:
    refs: list[HouseRef] = []
    for position, part in enumerate(parts):
        match = words.BODY.match(part)
        if not match or not _harmless(part[match.end() :]):
            if refs and position == len(parts) - 1 and _harmless(f" {part}"):
                break
            return Refusal("house_unclear", {})
        room = room_text(match[1] + (match[2] or ""))
        if refs and len(room) != len(refs[0].room):
            return Refusal("house_unclear", {})
        refs.append(base._replace(room=room))
    return refs


def room_text(text: str) -> str:
    """Return a room as it is kept: 负101 becomes ``-101``, all else stays as written."""
    return f"-{text[1:]}" if text.startswith("负") else text


def _harmless(tail: str) -> bool:
    """Say whether what follows the room can be left out without making it another house."""
    bare = words.LAYOUT.sub("", words.NOTE.sub("", tail), count=1)
    notes = "".join(words.NOTE.findall(tail)).replace("停车场", "")
    if words.SIGNIFICANT.search(notes) or words.ELSEWHERE.search(notes):
        return False
    if not bare.strip(" ,.。;()"):
        return True
    return bare[0] in " ,(" and not words.SIGNIFICANT.search(bare) and "-" not in bare


def _no_room(base: HouseRef) -> Refusal:
    named = {"building": base.building, "unit": base.unit, "floor": base.floor}
    return Refusal("house_no_room", {name: value for name, value in named.items() if value})
