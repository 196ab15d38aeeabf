"""What a row says of its house beside where it is: type, status, areas, dates, and who and what
belongs to it (3.1.1, 3.1.2)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pcloud_cli.sheets.cells import Cell
from pcloud_cli.sheets.fields import HANDOVERS
from pcloud_cli.sheets.measures import judge_area, judge_date
from pcloud_cli.sheets.people import kept_text
from pcloud_cli.sheets.phone import judge_phone
from pcloud_cli.sheets.plates import split_plates
from pcloud_cli.sheets.values import Value, judge_house_status

if TYPE_CHECKING:
    from pcloud_cli.sheets.table import Table

Note = Callable[..., None]
"""note(code, key, value): a problem of the row, at the column that has the key."""

RELATED = ("emergency_name", "emergency_phone", "plate", "parking", "family", "tenant")
_AREA_SLOTS = {
    ("area", "forecast"): 0,
    ("net_area", "forecast"): 1,
    ("shared_area", "forecast"): 2,
    ("area", "surveyed"): 3,
    ("net_area", "surveyed"): 4,
    ("shared_area", "surveyed"): 5,
    # an area that does not say so is the registered one, by which fees are counted
    ("area", ""): 3,
    ("net_area", ""): 4,
    ("shared_area", ""): 5,
}
_REMEMBERED = 20_000
_NO_RELATED = (None,) * len(RELATED)

Text = str | None
Facts = tuple[Text, Text, Text, Text, Text, Text, Text, Text, Text, Text, Text, Text]
Related = tuple[Text, Text, Text, Text, Text, Text]


class FactReader:
    """Reads the facts of one table's rows; `at` says where each field stands in a row."""

    def __init__(self, table: Table, at: dict[str, int], note: Note) -> None:
        self._note = note
        self._type, self._status = at["house_type"], at["house_status"]
        self._handovers = [(name, at[name]) for name in HANDOVERS]
        self._remark = at["remark"]
        self.areas = [
            (column.place, _AREA_SLOTS[column.field, column.basis], column.key)
            for column in table.columns
            if (column.field, column.basis) in _AREA_SLOTS
        ]
        fields = {column.field for column in table.columns}
        self.plates = [
            (column.place, column.key)
            for column in table.columns
            if column.field == "plate" and not column.whose
        ]
        self._related = [at[field] for field in RELATED] if fields & set(RELATED) else []
        self._known_areas: dict[Cell, Value] = {}

    def facts(self, row: Sequence[Cell], *, one: bool) -> Facts:
        """Return type, status, six areas, three hand-overs and remark, in the order of `Row`.

        The areas of a row that names several houses (not `one`) belong to none of them.
        """
        house_type = kept_text(cell) if (cell := row[self._type]) != "" else None
        remark = kept_text(cell) if (cell := row[self._remark]) != "" else None
        status = None
        if (cell := row[self._status]) != "":
            value = judge_house_status(house_text(cell))
            status = value.value or None
            if value.code:
                self._note(value.code, "house_status", cell)
        days: list[Text] = [None, None, None]
        for slot, (name, place) in enumerate(self._handovers):
            if (cell := row[place]) != "":
                day = judge_date(cell)  # type: ignore[arg-type]
                days[slot] = day.value or None
                if day.code:
                    self._note(day.code, name, cell)
        areas: list[Text] = [None] * 6
        for place, slot, key in self.areas:
            if (cell := row[place]) != "" and one:
                areas[slot] = self._area(cell, key)
        return (house_type, status, *areas, *days, remark)  # type: ignore[return-value]

    def _area(self, cell: Cell, key: str) -> Text:
        area = self._known_areas.get(cell)
        if area is None:
            area = judge_area(cell)  # type: ignore[arg-type]
            if len(self._known_areas) < _REMEMBERED:
                self._known_areas[cell] = area
        if area.code:
            self._note(area.code, key, cell)
        return area.value or None

    def related(self, row: Sequence[Cell]) -> Related:
        """Return emergency contact and phone, plates, parking, family and tenant, as texts."""
        if not self._related:
            return _NO_RELATED  # type: ignore[return-value]
        name, phone, _plate, parking, family, tenant = [row[place] for place in self._related]
        cars = [(row[place], key) for place, key in self.plates if row[place] != ""]
        return (
            _text(name),
            self._emergency_phone(phone) if phone != "" else None,
            self._plates(cars) if cars else None,
            _text(parking),
            _text(family),
            _text(tenant),
        )

    def _emergency_phone(self, cell: Cell) -> Text:
        judged = judge_phone(cell if isinstance(cell, str | int | float) else str(cell))
        if judged.code:
            self._note(judged.code, "emergency_phone", cell)
        return judged.canonical or None

    def _plates(self, cells: Sequence[tuple[Cell, str]]) -> Text:
        """Return the plates of all `cells`, each with the key of its column, each plate once."""
        plates: list[str] = []
        for cell, key in cells:
            for written, value in split_plates(house_text(cell)):
                if value.value and value.value not in plates:
                    plates.append(value.value)
                if value.code:
                    self._note(value.code, key, written)
        return "、".join(plates) or None


def _text(cell: Cell) -> Text:
    return kept_text(cell) if cell != "" else None


def house_text(cell: Cell) -> str:
    """Return a cell that names a house as text; 301.0 is 301, a date stays visible as one."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    return str(cell)
