"""Lists laid out side by side on one sheet, each under the same headers (3.1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from pcloud_cli.sheets.header_rows import HeaderCell

_LOCATING = ("room", "address")
_MORE = frozenset({"owner_name", "area", "id_number", "phone", "building", "unit", "house_status"})


class Blocks(NamedTuple):
    """The headers of each list, those before the first list, which hold for all of them, and
    those behind the last, which may belong to any."""

    lists: list[list[HeaderCell]]
    shared: list[HeaderCell]
    beside: list[HeaderCell]


def find_blocks(cells: Sequence[HeaderCell]) -> Blocks:
    """Return the lists that the headers `cells` (in sheet order) show: mostly a single one.

    There are several where a header that tells the house comes again with its neighbours.
    """
    by_place = {cell.place: cell for cell in cells}
    for cell in cells:
        if cell.meaning.field not in _LOCATING:
            continue
        starts = [each.place for each in cells if each.plain == cell.plain]
        if len(starts) < 2:
            continue
        gap = min(after - before for before, after in pairwise(starts))
        offsets = _same(by_place, starts, gap)
        common = {by_place[starts[0] + offset].meaning.field for offset in offsets}
        if len(offsets) >= 2 and common & _MORE:
            return _parted(cells, by_place, starts, offsets)
    return Blocks([list(cells)], [], [])


def _same(by_place: dict[int, HeaderCell], starts: Sequence[int], gap: int) -> list[int]:
    """Return the offsets from each start at which all lists have the same header.

    They reach to the left first, as far as the first list does, then to the right.
    """

    def plain(place: int) -> str:
        return by_place[place].plain if place in by_place else ""

    def alike(offset: int) -> bool:
        return len({plain(start + offset) for start in starts}) == 1

    left = 0
    while left < gap - 1 and starts[0] - left - 1 in by_place and alike(-left - 1):
        left += 1
    right = 0
    while left + right < gap - 1 and alike(right + 1):
        right += 1
    return [at for at in range(-left, right + 1) if plain(starts[0] + at)]


def _parted(
    cells: Sequence[HeaderCell],
    by_place: dict[int, HeaderCell],
    starts: Sequence[int],
    offsets: Sequence[int],
) -> Blocks:
    lists = [[by_place[start + offset] for offset in offsets] for start in starts]
    used = {cell.place for block in lists for cell in block}
    first = min(used)
    shared = [cell for cell in cells if cell.place < first]
    beside = [cell for cell in cells if cell.place > first and cell.place not in used]
    return Blocks(lists, shared, beside)
