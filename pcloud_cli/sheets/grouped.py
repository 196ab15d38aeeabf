"""Cells that hold for the rows below them: merged ones, and the first of a group (3.1.1).

A list may name the building once, merged over its houses or in their first row alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pcloud_cli.sheets.cells import Cell, Merge
from pcloud_cli.sheets.other_rows import what_else

GROUPING = ("section", "building", "unit")
"""The fields that may be named once for a group of houses, from the outer to the inner."""


def grouped_places(
    places: Mapping[str, int],
    sample: Sequence[Sequence[Cell]],
    merges: Sequence[Merge],
    first_row: int,
) -> tuple[int, ...]:
    """Return the places of the columns in which a blank cell means what stands above it.

    So it is where blanks are at least as many as values, and no value comes twice running: a list
    that repeats its values has a cell forgotten, not a group. `places` says where each field
    stands; merged columns speak for themselves.
    """
    room = places.get("room", places.get("address", -1))
    found: list[int] = []
    outer: list[int] = []
    for field in GROUPING:
        if field not in places or room < 0:
            continue
        place = places[field]
        merged = any(left <= place <= right and bottom > top >= first_row
                     for top, left, bottom, right in merges)  # fmt: skip
        if not merged and _is_grouped(place, outer, room, sample):
            found.append(place)
        outer.append(place)
    return tuple(found)


def _is_grouped(
    place: int, outer: Sequence[int], room: int, sample: Sequence[Sequence[Cell]]
) -> bool:
    width = max(place, room, *outer) if outer else max(place, room)
    filled = blank = 0
    last: tuple[Cell, ...] = ()
    for row in sample:
        if len(row) <= width or not _is_house(row, room):
            continue
        if row[place] == "":
            if not filled:
                return False
            blank += 1
            continue
        filled += 1
        above = tuple(row[at] or before for at, before in
                      zip(outer, last or ("",) * len(outer), strict=False))  # fmt: skip
        group = (*above, row[place])
        if group == last:
            return False
        last = group
    return filled > 0 and blank >= filled


def _is_house(row: Sequence[Cell], room: int) -> bool:
    """Return whether a row names a house, and is no total, remark or repeated header."""
    if not any(sign.isdigit() for sign in str(row[room])):
        return False
    return not what_else([str(cell) for cell in row if cell != ""])


def filled_down(
    rows: Iterable[Sequence[Cell]],
    merges: Sequence[Merge],
    places: frozenset[int],
    own: Sequence[int],
    first_row: int,
) -> Iterator[Sequence[Cell]]:
    """Yield `rows`, the first being number `first_row` from 0, with merged cells filled down.

    Only columns at `places` are filled, and only in rows that hold something of their own at one
    of the places `own`.
    """
    starts: dict[int, list[tuple[int, int]]] = {}
    for top, left, bottom, _right in merges:
        if bottom > top and left in places and bottom >= first_row:
            starts.setdefault(max(top, first_row), []).append((bottom, left))
    running: list[tuple[int, int, Cell]] = []
    for number, row in enumerate(rows, start=first_row):
        if running:
            running = [each for each in running if each[0] >= number]
            width = len(row)
            if running and any(row[place] != "" for place in own if place < width):
                full = list(row)
                for _bottom, place, value in running:
                    if place < len(full) and full[place] == "":
                        full[place] = value
                yield full
            else:
                yield row
        else:
            yield row
        for bottom, place in starts.get(number, ()):
            if place < len(row) and row[place] != "":
                running.append((bottom, place, row[place]))
