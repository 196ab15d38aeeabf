"""What a row takes from the rows above it: the building of its group, the house of its co-owner
(3.1.1). Nothing is carried across another house, a total, a remark or a blank row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pcloud_cli.sheets.cells import Cell, Merge
from pcloud_cli.sheets.context import place_of
from pcloud_cli.sheets.fields import HOUSE_FIELDS
from pcloud_cli.sheets.table import Table

_FACTS = ("house_type", "area", "net_area", "shared_area")
_STATES = ("house_status", "handover_planned", "handover_contract", "handover_date")
_NAMES = ("owner_name", "tenant", "family")
_OWNER = ("owner_name", "owner_type", "owner_number", "sex", "birth", "id_type", "id_number",
          "share", "phone")  # fmt: skip
_HOLDING = frozenset({*HOUSE_FIELDS, *_FACTS, *_STATES, *_OWNER})


class Carrier:
    """Remembers, for one table, the last house and the group that a row stands in.

    `context` is the section, building and unit that the rows share; a row that holds nothing but
    the name of a building changes it for those below. `merged` are places of columns with merged
    cells.
    """

    def __init__(self, table: Table, merged: frozenset[int]) -> None:
        own = [column for column in table.columns if not column.whose]
        self.context: dict[str, str] = dict(table.defaults)
        self.last: Sequence[Cell] | None = None
        self._house = [c.place for c in own if c.field in (*HOUSE_FIELDS, *_FACTS)]
        self._states = [c.place for c in own if c.field in _STATES]
        self._names = [c.place for c in table.columns if c.field in _NAMES]
        self._above = merged | set(table.grouped)
        self._groups: dict[int, Cell] = dict.fromkeys(table.grouped, "")
        self._columns = {c.field: c.place for c in own}
        numbers = [left.place for left in table.left if left.reason == "row_number"]
        self._number = numbers[0] if numbers and len(self._house) == 1 else -1

    def fill(self, cells: list[Cell]) -> None:
        """Fill the blank cells of grouped columns in from above; a new group begins anew."""
        outer = False
        for place, value in self._groups.items():
            if cells[place] != "":
                self._groups[place] = cells[place]
                outer = True
            elif outer:
                self._groups[place] = ""
            else:
                cells[place] = value

    def continues(self, cells: Sequence[Cell], given: Sequence[Cell]) -> bool:
        """Return whether a row without a room names one more person of the house above.

        All that tells a house is blank in it, or the same merged cell; where a single column tells
        the house, a number of the row's own means another house, whose room is missing.
        """
        last = self.last
        if last is None or not any(cells[place] != "" for place in self._names):
            return False
        if 0 <= self._number < len(given) and given[self._number] != "":
            return False
        return all(
            cells[place] == "" or (place in self._above and cells[place] == last[place])
            for place in self._house
        )

    def carry(self, cells: list[Cell]) -> None:
        """Give a row the house of the row above."""
        if self.last is None:
            return
        for place in self._house:
            cells[place] = self.last[place]
        for place in self._states:
            if cells[place] == "":
                cells[place] = self.last[place]

    def begins_group(self, text: str, place: int) -> bool:
        """Return whether a cell that stands alone in its row names a building for those below, and
        take it as such. A list with a column for it keeps to that column."""
        named = place_of(text)
        if "building" not in named:
            return False
        column = self._columns.get("building")
        if column is None:
            missing = {name: piece for name, piece in named.items() if name not in self._columns}
            self.context = {**self.context, **missing}
            return True
        if column in self._groups and place == column:
            self._groups = dict.fromkeys(self._groups, "")
            self._groups[column] = text
            return True
        return False


def shared_with(
    context: Mapping[str, str], section: str, building: str, unit: str
) -> tuple[str, str, str]:
    """Return the three pieces of a place, each from the row, else from what its list shares."""
    return (
        section or context.get("section", ""),
        building or context.get("building", ""),
        unit or context.get("unit", ""),
    )


def merged_places(table: Table, merges: Sequence[Merge]) -> frozenset[int]:
    """Return the places of the columns of `table` in which cells are merged over several rows.

    Only what tells a house or an owner holds for every row that it is merged over.
    """
    places = {column.place for column in table.columns if column.whose or column.field in _HOLDING}
    first = table.first_row - 1
    return frozenset(
        left for top, left, bottom, _right in merges
        if bottom > top and bottom >= first and left in places
    )  # fmt: skip
