"""Ordinary rows, judged column by column: most of a list, in a third of the time (3.1.1).

A row is ordinary where nothing in it calls for a second look: a plain house, one owner with a
usual name (or none, of an unsold house), clean numbers or none, known words. Every other row is
left to `SheetReader.row`, which would say the same of an ordinary one: a test holds the two
together.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pcloud_cli.sheets.cells import Cell
from pcloud_cli.sheets.fields import HANDOVERS
from pcloud_cli.sheets.house_columns import usual_floor, usual_place
from pcloud_cli.sheets.house_facts import RELATED, Facts, house_text
from pcloud_cli.sheets.house_ref import HouseRef, house_key
from pcloud_cli.sheets.identity import usual_id
from pcloud_cli.sheets.measures import judge_area, judge_date
from pcloud_cli.sheets.names import is_ordinary
from pcloud_cli.sheets.other_rows import is_total
from pcloud_cli.sheets.people import NOBODY, kept_text
from pcloud_cli.sheets.phone import is_usual_mobile
from pcloud_cli.sheets.row import OK
from pcloud_cli.sheets.values import judge_house_kind, judge_house_status, judge_sex

if TYPE_CHECKING:
    from pcloud_cli.sheets.sheet_reader import SheetReader

BATCH = 512
"""So many rows are looked at together."""

_ROOM = re.compile(r"[1-9]\d{2,3}", re.ASCII)
_REMEMBERED = 20_000
_ADULT = 18
_AFTER = (None,) * (len(RELATED) + 1)
_NOBODY = tuple(NOBODY)
_Known = dict[Any, Any]


class OrdinaryHouse(NamedTuple):
    """The house of a row whose people call for a second look, and what the row says of it."""

    ref: HouseRef
    facts: Facts


class OrdinaryRows:
    """Knows the columns of one table, and remembers what their recurring cells mean.

    `odd` stands for whatever calls for a second look.
    """

    def __init__(self, reader: SheetReader, index: int, today: str, *, strict: bool) -> None:
        self._index = index
        self._strict = strict
        self._grown_up = f"{int(today[:4]) - _ADULT:04d}{today[4:10]}" if today else "9999"
        at = reader.places
        self._width = reader.width
        self._place_at = [at[name] for name in ("section", "building", "unit", "house_kind")]
        self._floor_at, self._room_at = at["floor"], at["room"]
        self._type_at, self._status_at = at["house_type"], at["house_status"]
        self._handovers_at = [at[name] for name in HANDOVERS]
        self._remark_at = at["remark"]
        self._areas = reader.areas
        self._name_at, self._number_at = at["owner_name"], at["owner_number"]
        self._sex_at, self._id_at = at["sex"], at["id_number"]
        (self._phone_at,) = reader.phone_places
        blank = ("address", "owner_type", "birth", "id_type", "share", *RELATED)
        self._blank_at = [at[name] for name in blank if at[name] < self._width]
        self._shared = reader.shared
        self._headings = reader.heading_words
        self._places: _Known = {}
        self._rooms: _Known = {}
        self._floors: _Known = {}
        self._types: _Known = {}
        self._statuses: _Known = {}
        self._days: _Known = {}
        self._known_areas: _Known = {}
        self._remarks: _Known = {}

    def of(
        self, first: int, rows: Sequence[Sequence[Cell]]
    ) -> list[tuple[Any, ...] | OrdinaryHouse | None]:
        """Return for each of `rows`, the first of which has the number `first`, its tuple in the
        order of `Row`; where only its house is ordinary, that; else None."""
        count = len(rows)
        width = self._width
        if any(len(row) < width for row in rows):
            return [None] * count
        columns: list[Sequence[Cell]] = list(zip(*rows, strict=False))
        blanks = ("",) * count

        def column(at: int) -> Sequence[Cell]:
            return columns[at] if at < width else blanks

        odd = bytearray(count)
        for at in self._blank_at:
            if columns[at].count("") != count:
                _mark(odd, columns[at])
        place_cells = [column(at) for at in self._place_at]
        places = _meant(self._places, list(zip(*place_cells, strict=True)), self._place)
        rooms = _meant(self._rooms, column(self._room_at), self._room)
        floors = _meant(self._floors, column(self._floor_at), _floor)
        types = _meant(self._types, column(self._type_at), _kept)
        statuses = _meant(self._statuses, column(self._status_at), _status)
        handovers = [_meant(self._days, column(at), _day) for at in self._handovers_at]
        remarks = _meant(self._remarks, column(self._remark_at), _kept)
        areas: list[Sequence[Any]] = [(None,) * count] * 6
        for at, slot, _key in self._areas:
            areas[slot] = _meant(self._known_areas, column(at), _area)
        people = self._people(
            column(self._name_at), column(self._number_at), column(self._sex_at),
            column(self._id_at), column(self._phone_at), statuses,
        )  # fmt: skip
        index = self._index
        found: list[tuple[Any, ...] | OrdinaryHouse | None] = []
        add = found.append
        numbers = range(first, first + count)
        for (
            number, strange, place, room, floor, type_, status, remark, person, *measured
        ) in zip(
            numbers, odd, places, rooms, floors, types, statuses, remarks, people, *areas,
            *handovers, strict=True,
        ):  # fmt: skip
            if (
                strange
                or place is _ODD
                or room is _ODD
                or floor is _ODD
                or status is _ODD
                or _ODD in measured
            ):
                add(None)
                continue
            section, building, unit, kind, before, after = place
            if person is None:
                ref = HouseRef(section, building, unit, floor or "", room, kind)
                add(OrdinaryHouse(ref, (type_, status, *measured, remark)))
                continue
            add(
                (index, number, 1 if person is not _NOBODY else 0, OK, f"{before}{room}{after}",
                 section, building, unit, floor, room, kind, type_, status, *measured, remark,
                 *person, *_AFTER)
            )  # fmt: skip
        return found

    def _people(
        self,
        names: Sequence[Cell],
        numbers: Sequence[Cell],
        sexes: Sequence[Cell],
        ids: Sequence[Cell],
        phones: Sequence[Cell],
        statuses: Sequence[Any],
    ) -> list[tuple[Any, ...] | None]:
        shared, grown_up, strict = self._shared, self._grown_up, self._strict
        found: list[tuple[Any, ...] | None] = []
        add = found.append
        for name, number, sex, id_cell, phone, status in zip(
            names, numbers, sexes, ids, phones, statuses, strict=True
        ):
            if name == "":
                alone = status == "unsold" and number == sex == id_cell == phone == ""
                add(_NOBODY if alone else None)
                continue
            if (
                type(name) is not str
                or type(number) is not str
                or not is_ordinary(name)
                or (strict and (id_cell == "" or phone == ""))
                or (phone != "" and (not is_usual_mobile(phone) or phone in shared))
            ):
                add(None)
                continue
            birth = born = id_type = id_number = None
            id_status = "missing"
            if id_cell != "":
                judged = usual_id(id_cell)
                if judged is None or judged[0] > grown_up or id_cell in shared:
                    add(None)
                    continue
                birth, born = judged
                id_type, id_number, id_status = "resident_id", id_cell, "present"
            if sex != "":
                said = judge_sex(sex) if type(sex) is str else None
                if said is None or said.code or not said.value or born not in (None, said.value):
                    add(None)
                    continue
                born = said.value
            add(
                ("person", name, name, number.strip() or None, born, birth, id_type, id_number,
                 id_status, phone or None, "present" if phone else "missing", None, "sole", None,
                 None)
            )  # fmt: skip
        return found

    def _place(self, cells: tuple[Cell, ...]) -> Any:
        section, building, unit, kind = map(house_text, cells)
        usual = usual_place(section, building, unit, kind)
        if usual is None or is_total(building) or (kind and judge_house_kind(kind).code):
            return _ODD
        # what stands before and after the room in the key
        key = house_key(HouseRef(*usual[:3], "", "101", usual[3]))
        before, _room, after = key.rpartition("|101|")
        return (*usual[:3], usual[3] or "residence", f"{before}|", f"|{after}")

    def _room(self, cell: Cell) -> Any:
        text = house_text(cell)
        return text if _ROOM.fullmatch(text) and text not in self._headings else _ODD


_ODD = object()


def _meant(known: _Known, cells: Sequence[Any], judge: Callable[[Any], Any]) -> list[Any]:
    """Return what each of `cells` means, looked up in `known` or else judged and kept there.

    True and 1 are equal and yet not the same, so truth values are odd.
    """
    if bool in set(map(type, cells)):
        return [_ODD] * len(cells)
    missing = set(cells).difference(known)
    if missing:
        if len(known) > _REMEMBERED:
            known.clear()
            missing = set(cells)
        for cell in missing:
            known[cell] = judge(cell)
    return list(map(known.__getitem__, cells))


def _mark(odd: bytearray, cells: Sequence[Cell]) -> None:
    for at, cell in enumerate(cells):
        if cell != "":
            odd[at] = 1


def _floor(cell: Cell) -> Any:
    return usual_floor(text) or None if (text := house_text(cell)) else None


def _kept(cell: Cell) -> Any:
    return kept_text(cell) if cell != "" else None


def _status(cell: Cell) -> Any:
    if cell == "":
        return None
    value = judge_house_status(house_text(cell))
    return _ODD if value.code else value.value or None


def _day(cell: Cell) -> Any:
    if cell == "":
        return None
    if not isinstance(cell, str | int | float | datetime.date):
        return _ODD
    day = judge_date(cell)
    return _ODD if day.code else day.value or None


def _area(cell: Cell) -> Any:
    if cell == "":
        return None
    if not isinstance(cell, str | int | float):
        return _ODD
    area = judge_area(cell)
    return _ODD if area.code else area.value or None
