"""Which rows a list of the rows to mend takes along, so that each still means what it meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pcloud_cli.sheets.cells import Cell
from pcloud_cli.sheets.grouped import grouped_places
from pcloud_cli.sheets.marked_order import SheetOrder

_SAMPLE = 200
"""So many rows tell the reader whether a column names its group once."""


def kept(order: SheetOrder, rows: Iterable[Sequence[Cell]]) -> set[int] | None:
    """Return the numbers of the rows to write: those to mend, and all up to the header.

    `rows` have what is merged over several of them written in each. None where the list has to
    stay whole, because a row to mend leans on those above it, or would seem to: its building is
    named once for a group, it is a further owner of the house above, or lines with nothing but a
    name stand between the rows of a list without a building.
    """
    bad = {spot.row for spot in order.spots}
    places: dict[str, int] = {}
    before: list[Sequence[Cell]] = []
    after: list[Sequence[Cell]] = []
    blank: set[int] = set()
    headings = False
    for number, row in enumerate(rows, 1):
        if number == order.header_row:
            titles = [" ".join(str(cell).split()) for cell in row]
            if any(titles.count(title) > 1 for title in order.locating.values()):
                return None  # lists side by side
            places = {
                field: titles.index(title)
                for field, title in order.locating.items()
                if title in titles
            }
        elif number > order.header_row:
            headings = headings or sum(cell != "" for cell in row) == 1
            if len(before) < _SAMPLE:
                before.append(row)
            if number in bad:
                if len(after) < _SAMPLE:
                    after.append(row)
                empty = {place for place in places.values() if _is_empty(row, place)}
                if empty == set(places.values()):
                    return None
                blank |= empty
    if headings and not {"building", "address"} & places.keys():
        return None
    if not places or blank & set(grouped_places(places, before, (), order.header_row)):
        return None
    if grouped_places(places, after, (), order.header_row):
        return None
    return bad | set(range(1, order.header_row + 1))


def _is_empty(row: Sequence[Cell], place: int) -> bool:
    return place >= len(row) or row[place] == ""
