"""Understanding which house a row is about from its columns (3.1.1).

The cells may each hold a piece, or one of them a whole address; what they say must agree. What is
not certain is refused with the reason, never guessed.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pcloud_cli.sheets import address_words as words
from pcloud_cli.sheets.address import (
    LONGEST,
    Pair,
    damage,
    floor_text,
    prepared,
    read_address,
    room_text,
)
from pcloud_cli.sheets.characters import is_blank
from pcloud_cli.sheets.house import WHOLE_BUILDING, House, parse_place
from pcloud_cli.sheets.house_ref import HouseRef, Refusal
from pcloud_cli.sheets.numerals import arabic_whole
from pcloud_cli.sheets.values import judge_house_kind

_new = tuple.__new__  # half the time of the class's own constructor
_PLAIN_ROOM = re.compile(r"[1-9]\d{2,3}[A-Z]?", re.ASCII)
_WHOLE_UNIT = re.compile(rf"({words.UNIT_STEM})\s*(?:号?单元|号?门|座|号|#|梯)?")
_WHOLE_FLOOR = re.compile(r"(?:负|地下|-|B)?\d{1,3}[A-Z]?(?:层|楼|F)?")
_FLOOR_OF = re.compile(r"(-?\d{1,2}[A-Z]?)(?:层|楼|F)?/共?\d{1,3}层?")
_WHOLE_ROOM = re.compile(
    rf"#?(-?{words.ROOM})(-(?:\d{{1,2}}|[A-Z]))?\s*(?:号房间?|号室|室|户|号|房间?)?"
)
_FLOAT = re.compile(r"(\d+)\.0+")
_BETWEEN = re.compile(r"(.+)[-/](.+)")
_WORDED_ROOM = re.compile(
    r"[东西南北中左右前后上下]{1,2}[户室房门边]?|([A-Z]{1,2})[户室房]?|[一-龥]{1,3}\d{1,4}"
)
_DIGITS = re.compile(r"\d+", re.ASCII)


def house_from_columns(
    section: str,
    building: str,
    unit: str,
    floor: str,
    room: str,
    address: str,
    house_kind: str,
    context_building: str = "",
    *,
    pair: Pair = "",
) -> House:
    """Understand a house from the cells of its row, each ``''`` where the list has no such column.

    A room cell may hold a whole address; it must then agree with the other cells. `address` is
    read where the room is not given, and must agree where it is. `context_building` is the title
    or the sheet's name, read where the row names no building. `pair`: see `parse_house`.
    """
    if house_kind and _is_parking(house_kind):
        return Refusal("house_parking", {})
    usual = None if address else usual_place(section, building, unit, house_kind)
    if usual and _PLAIN_ROOM.fullmatch(room):
        level = usual_floor(floor) if floor else ""
        return _new(HouseRef, (usual[0], usual[1], usual[2], level, room, usual[3]))
    place = _place(section, building, unit)
    if isinstance(place, Refusal):
        return place
    kind = judge_house_kind(house_kind).value if house_kind else ""
    if not place.building and (context_building or address):
        context = parse_place(context_building) if context_building else _place_of(address, pair)
        if isinstance(context, HouseRef):
            place = _joined(place, context)
            if isinstance(place, Refusal):
                return place
    if not room or is_blank(room):
        return _without_room(place, floor, address, kind, pair)
    if _PLAIN_ROOM.fullmatch(room):
        house: House = _placed(place, room)
    else:
        house = _from_room(place, room, pair)
    return _checked(house, floor, address, kind, pair)


@lru_cache(maxsize=1024)
def _is_parking(kind: str) -> bool:
    return not judge_house_kind(kind).value and words.PARKING.search(kind) is not None


def _place_of(address: str, pair: Pair) -> HouseRef | Refusal:
    """Return section, building and unit of an address beside a room cell, whole or not."""
    reading = read_address(address, pair)
    if isinstance(reading, Refusal):
        known = reading.params if reading.code == "house_no_room" else {}
        return HouseRef(*(known.get(name, "") for name in HouseRef._fields)) if known else reading
    return reading.refs[0]._replace(floor="", room="", house_kind="")


@lru_cache(maxsize=8192)
def usual_place(
    section: str, building: str, unit: str, house_kind: str
) -> tuple[str, str, str, str] | None:
    """Return section, building, unit and kind of a row whose room cell holds the room alone; None
    where there is more to look at."""
    place = _place(section, building, unit)
    if isinstance(place, Refusal) or not place.building or place.room or place.house_kind:
        return None
    kind = judge_house_kind(house_kind).value
    unit = "0" if kind == "shop" and not place.unit else place.unit
    return place.section, place.building, unit, kind


@lru_cache(maxsize=8192)
def _place(section: str, building: str, unit: str) -> HouseRef | Refusal:
    """Understand the cells of section, building and unit, which repeat from row to row."""
    place = _building_cell(building)
    if isinstance(place, Refusal):
        return place
    group = _section_cell(section)
    if isinstance(group, Refusal):
        return group
    joined = _joined(place, HouseRef(group, "", "", "", "", ""))
    return _unit_cell(unit, joined) if isinstance(joined, HouseRef) else joined


def _cell(text: str) -> str | Refusal:
    """Return one cell prepared; a number kept as ``3.0`` is 3; damage by Excel is refused."""
    if is_blank(text):
        return ""
    shown = prepared(text)
    if len(shown) > LONGEST:
        return Refusal("house_unclear", {})
    if whole := _FLOAT.fullmatch(shown):
        return whole[1]
    return damage(shown) or arabic_whole(shown)


def _section_cell(text: str) -> str | Refusal:
    shown = _cell(text)
    if isinstance(shown, Refusal):
        return shown
    return shown.strip("()[]【】").removeprefix("第").replace(" ", "")


def _building_cell(text: str) -> HouseRef | Refusal:
    shown = _cell(text)
    if isinstance(shown, Refusal):
        return shown
    if not shown:
        return HouseRef("", "", "", "", "", "")
    if (remark := words.NOTE_END.search(shown)) and words.SECTION_END.fullmatch(remark[1]):
        place = _building_cell(shown[: remark.start()])  # 3栋(东区)
        if isinstance(place, Refusal):
            return place
        return _joined(place, HouseRef(remark[1].removeprefix("第"), "", "", "", "", ""))
    if whole := WHOLE_BUILDING.fullmatch(shown):
        return HouseRef("", whole[1], "", "", "", "")
    if villa := words.VILLA.fullmatch(shown):
        section = "" if villa[1] == "别墅" else villa[1]
        return HouseRef(section, villa[2], "", "", villa[3] or "", "villa")
    if words.BUILDING.search(shown):
        place = parse_place(shown)
        if isinstance(place, Refusal) or not _ends_with_place(shown):
            return Refusal("house_unclear", {})
        return place
    if len(shown) > 40:
        return Refusal("house_unclear", {})
    return HouseRef("", shown.replace(" ", ""), "", "", "", "")


def _ends_with_place(text: str) -> bool:
    """Say whether nothing but a unit follows the building, so that nothing gets lost."""
    match = next(iter(words.BUILDING.finditer(text)))
    rest = words.NOTE.sub("", text[match.end() :]).strip(" -,")
    return not rest or words.UNIT.fullmatch(rest) is not None


def _unit_cell(text: str, place: HouseRef) -> HouseRef | Refusal:
    shown = _cell(text)
    if isinstance(shown, Refusal):
        return shown
    if not shown:
        return place
    if whole := _WHOLE_UNIT.fullmatch(shown):
        return _joined(place, HouseRef("", "", whole[1], "", "", ""))
    if words.BUILDING.search(shown):
        other = parse_place(shown)
        if isinstance(other, Refusal) or not other.unit:
            return Refusal("house_unclear", {})
        return _joined(place, other)
    if (both := _BETWEEN.fullmatch(shown)) and _WHOLE_UNIT.fullmatch(both[2]):
        stem = WHOLE_BUILDING.fullmatch(both[1])
        if stem and place.building in ("", stem[1]):
            return _joined(place, HouseRef("", stem[1], both[2], "", "", ""))
        return Refusal("house_contradiction", {"piece": "unit"})
    return _joined(place, HouseRef("", "", shown.replace(" ", ""), "", "", ""))


def _joined(one: HouseRef, other: HouseRef) -> HouseRef | Refusal:
    """Join two readings of one house; what both name must be the same."""
    pieces: list[str] = []
    for name, mine, theirs in zip(HouseRef._fields, one, other, strict=True):
        same = not mine or not theirs or _bare(mine) == _bare(theirs)
        if not same:
            return Refusal("house_contradiction", {"piece": name})
        pieces.append(mine or theirs)
    return HouseRef(*pieces)


def _bare(piece: str) -> str:
    return piece.removesuffix("期").lstrip("0") or "0"


def _placed(place: HouseRef, room: str) -> HouseRef:
    section, building, unit, floor, _, kind = place
    return HouseRef(section, building, unit, floor, room, kind)


def _from_room(place: HouseRef, room: str, pair: Pair) -> House:
    """Understand a room cell that is more than three or four digits."""
    shown = _cell(room)
    if isinstance(shown, Refusal):
        return shown
    if whole := _WHOLE_ROOM.fullmatch(shown):
        if whole[1].startswith("-") and whole[2]:
            return Refusal("house_unclear", {})
        return _placed(place, room_text(whole[1] + (whole[2] or "")))
    if words.PARKING.search(shown):
        return Refusal("house_parking", {})
    if (two := words.UNIT_DASH.match(shown)) and (
        rest := _WHOLE_ROOM.fullmatch(shown[two.end() :])
    ):
        return _pair(place, two[1], room_text(rest[1] + (rest[2] or "")), pair)
    return _room_address(place, shown, pair)


def _pair(place: HouseRef, first: str, room: str, pair: Pair) -> House:
    """Understand ``2-301`` in a room cell, beside what the row says of building and unit."""
    as_unit = _joined(place, HouseRef("", "", first, "", room, ""))
    as_building = _joined(place, HouseRef("", first, "", "", room, ""))
    if pair:
        return as_unit if pair == "unit" else as_building
    if place.building and place.unit:
        return as_unit if isinstance(as_unit, HouseRef) else as_building
    if place.building and isinstance(as_building, Refusal):
        return as_unit
    return Refusal("house_unclear", {})


def _room_address(place: HouseRef, shown: str, pair: Pair) -> House:
    """Understand a room cell that holds an address, or a part of one."""
    reading = read_address(shown, pair)
    if isinstance(reading, Refusal) and place.building:
        without = read_address(f"{_marked(place.building)}{shown}")
        reading = reading if isinstance(without, Refusal) else without
        if not isinstance(without, Refusal):
            refs = tuple(ref._replace(building=place.building) for ref in without.refs)
            reading = without._replace(refs=refs)
    if isinstance(reading, Refusal):
        if place.building and (worded := _WORDED_ROOM.fullmatch(shown)):
            return _placed(place, worded[1] or shown)
        unfit = place.building and reading.code == "house_no_building"
        return Refusal("house_unclear", {}) if unfit else reading
    # a shop's unit is 0 only where nothing names another
    own = [ref._replace(unit="") if ref.unit == "0" and place.unit else ref for ref in reading.refs]
    joined = [_joined(place, ref) for ref in own]
    refused = next((ref for ref in joined if isinstance(ref, Refusal)), None)
    if refused:
        return refused
    refs_joined = [ref for ref in joined if isinstance(ref, HouseRef)]
    return refs_joined[0] if len(refs_joined) == 1 else refs_joined


def _marked(building: str) -> str:
    return f"{building}栋" if WHOLE_BUILDING.fullmatch(building) else "1栋"


def _without_room(place: HouseRef, floor: str, address: str, kind: str, pair: Pair) -> House:
    if address and not is_blank(address):
        reading = read_address(address, pair)
        if isinstance(reading, Refusal):
            return reading
        joined = [_joined(place, ref) for ref in reading.refs]
        refused = next((ref for ref in joined if isinstance(ref, Refusal)), None)
        if refused:
            return refused
        refs = [ref for ref in joined if isinstance(ref, HouseRef)]
        return _checked(refs[0] if len(refs) == 1 else refs, floor, "", kind, pair)
    if place.building and "villa" in (kind, place.house_kind):
        return _checked(place, floor, "", kind, pair)
    if place.building:
        return Refusal("house_no_room", {"building": place.building})
    return Refusal("house_missing", {})


def _checked(house: House, floor: str, address: str, kind: str, pair: Pair) -> House:
    """Add floor and kind, compare with the address, refuse what lacks a building."""
    if isinstance(house, Refusal):
        return house
    if isinstance(house, list):
        several = [_checked(ref, floor, "", kind, pair) for ref in house]
        refused = next((ref for ref in several if isinstance(ref, Refusal)), None)
        return refused or [ref for ref in several if isinstance(ref, HouseRef)]
    if address and not _agrees(house, address, pair):
        return Refusal("house_contradiction", {"piece": "address"})
    level = usual_floor(floor) if floor else house.floor
    own = house.house_kind
    if own and kind and own != kind and {own, kind} != {"other", kind}:
        return Refusal("house_contradiction", {"piece": "house_kind"})
    return _complete(house, level or house.floor, own or kind)


def _agrees(house: HouseRef, address: str, pair: Pair) -> bool:
    """Say whether `address` names the same house, or none that can be understood."""
    pieces = [piece for piece in house[1:5] if piece and piece != house.floor]
    if _DIGITS.findall(address)[-len(pieces) :] == pieces:
        return True
    other = read_address(address, pair)
    if isinstance(other, Refusal):
        return True
    bare = [ref._replace(floor=house.floor, house_kind=house.house_kind) for ref in other.refs]
    return any(isinstance(_joined(house, ref), HouseRef) for ref in bare)


def _complete(house: HouseRef, floor: str, kind: str) -> HouseRef | Refusal:
    section, building, unit, _, room, _ = house
    if not building:
        if kind == "villa" and room:
            return HouseRef(section, room, unit, floor, "", kind)
        if not (kind in ("shop", "storage") and room[:1].isalpha()):
            return Refusal("house_no_building", {})
    if kind == "shop" and not unit and building:
        unit = "0"
    return HouseRef(section, building, unit, floor, room, kind)


@lru_cache(maxsize=1024)
def usual_floor(text: str) -> str:
    """Return a floor in canonical form; ``''`` where it is not one (``2024-01-02``)."""
    shown = _cell(text)
    if isinstance(shown, Refusal):
        return ""
    if of := _FLOOR_OF.fullmatch(shown):
        return floor_text(of[1])  # 3/18: the third of 18
    if shown.startswith("共"):
        return ""
    whole = _WHOLE_FLOOR.fullmatch(shown)
    return floor_text(shown) if whole else shown.replace(" ", "")
