"""Which house is meant: its pieces, how they are shown, and the one key that identifies them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pcloud_cli.sheets.characters import plain
from pcloud_cli.sheets.numerals import arabic_before, arabic_whole

_LEADING_ZEROS = re.compile(r"^(-?)0+(?=[0-9])")
_SECTION = re.compile(r"第?(\d+)期")
_NUMBER = re.compile(r"-?\d{1,2}")
_SIMPLE_ROOM = re.compile(r"[1-9]\d{2,4}", re.ASCII)
_SIDE = re.compile(r"^([东西南北中左右前后]{1,2}|[A-Z])[户室房]$")
_SAME_KIND = {"": "residence"}
ON_FLOOR = "\\F"
"""What stands in a key between the floor and a room that says nothing of it."""
_MARKS = "(?:期|区|栋|幢|座|号|单元|门|层|楼|室|户|组团|地块)"


class HouseRef(NamedTuple):
    """One house by its canonical pieces, each ``''`` where it is absent.

    Digits are Arabic and half-width and letters capital; leading zeros are kept as they were
    written (`house_key` does without them). `unit` is ``0`` for a shop that has none.
    `house_kind` is ``residence``, ``villa``, ``shop``, ``office``, ``storage``, ``other``, or
    ``''`` where nothing tells.
    """

    section: str
    building: str
    unit: str
    floor: str
    room: str
    house_kind: str


class Refusal(NamedTuple):
    """Why a text names no house for certain: a code of `problems.CODES` and what fills its
    message."""

    code: str
    params: dict[str, str]


def house_key(ref: HouseRef) -> str:
    """Return the identity of `ref` within its community: two texts for one house have one key, two
    houses never share one.

    The key is section, building, unit, room and kind in canonical form, each piece escaped.
    Leading zeros, width, case and Chinese numerals make no difference; unit 0 is no unit; a house
    of unknown kind counts as a residence. A room of one or two digits, or of none (东户),
    says nothing of its floor, so there the floor belongs to the key.
    """
    room = ref.room
    if not _SIMPLE_ROOM.fullmatch(room):
        room = _room_piece(room, ref.floor)
    kind = _SAME_KIND.get(ref.house_kind, ref.house_kind)
    return f"{_place_key(ref.section, ref.building, ref.unit)}|{room}|{kind}"


@lru_cache(maxsize=8192)
def _place_key(section: str, building: str, unit: str) -> str:
    part = _piece(section)
    phase = _SECTION.fullmatch(part)
    return "|".join((phase[1] if phase else part, _piece(building), _unit_piece(unit)))


def _unit_piece(unit: str) -> str:
    piece = _piece(unit)
    return "" if piece == "0" else piece


@lru_cache(maxsize=8192)
def _room_piece(room: str, floor: str) -> str:
    piece = _SIDE.sub(r"\1", _piece(room))
    level = _piece(floor)
    return f"{level}{ON_FLOOR}{piece}" if level and _leans_on_floor(piece) else piece


def _leans_on_floor(room: str) -> bool:
    """Say whether a room says nothing of its floor: 1, 东户, A."""
    return bool(_NUMBER.fullmatch(room)) or not any(sign.isdigit() for sign in room)


def _piece(text: str) -> str:
    """Return one piece as it stands in the key."""
    folded = arabic_whole(arabic_before(plain(text).upper().replace(" ", ""), _MARKS))
    if not folded.isascii() and len(folded) > 1 and folded[0] == "第":
        folded = folded[1:]
    bare = _LEADING_ZEROS.sub(r"\1", folded)
    return bare.replace("\\", "\\\\").replace("|", "\\p")


_NUMBERED = re.compile(r"[A-Z]{0,3}[0-9]{1,5}[A-Z]?|[A-Z]{1,3}")
_WORDED_ROOM = re.compile(r"[\u4e00-\u9fff]+")


def house_text(ref: HouseRef) -> str:
    """Return `ref` as people write it (``1期3栋2单元301``), for messages and lists."""
    building = _marked(ref.building, "栋")
    unit = "" if ref.unit in ("", "0") else _marked(ref.unit, "单元")
    room = ref.room
    if ref.house_kind == "shop" and not _WORDED_ROOM.match(room):
        room = f"商铺{room}"
    elif ref.house_kind == "storage" and not _WORDED_ROOM.match(room):
        room = f"储藏室{room}"
    floor = f"{ref.floor}层" if ref.floor and _leans_on_floor(ref.room) else ""
    return f"{ref.section}{building}{unit}{floor}{room}"


def _marked(piece: str, mark: str) -> str:
    return f"{piece}{mark}" if _NUMBERED.fullmatch(piece) or len(piece) == 1 else piece
