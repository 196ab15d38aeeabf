"""Lists as developers lay them out: titles, two-row headers, blocks, co-owners in own rows.

All people are made up. Each kind gives sheets and what a careful reader takes from them.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from scripts.inside.sample.book import Merge, Sheet
from scripts.inside.sample.people import People, Person
from scripts.inside.sample.usual import Cell

_PERSON = ["业主姓名", "身份证号", "联系电话"]
_NUMERALS = "零一二三四五六七八九十"


class Home(NamedTuple):
    """A house of the list with its owners."""

    building: int | str
    unit: str
    room: str
    area: float
    owners: list[Person]


class Laid(NamedTuple):
    """Sheets, the homes that stand in them, and how many rows name no house for certain."""

    sheets: list[Sheet]
    homes: list[Home]
    refused: int = 0


def homes_of(rng: Random, rows: int, buildings: int = 2, units: int = 2) -> list[Home]:
    """Return `rows` homes in `buildings` buildings, in order; one in six has several owners."""
    people = People(rng)
    found: list[Home] = []
    each = max(1, -(-rows // buildings))
    for building in range(1, buildings + 1):
        for number in range(min(each, rows - len(found))):
            floor, door = divmod(number, 4 * units)
            unit, door = divmod(door, 4)
            count = 2 if rng.random() < 1 / 6 else 0 if rng.random() < 0.05 else 1
            owners = [people.person() for _ in range(count)]
            area = round(70 + rng.random() * 60, 2)
            room = f"{floor + 1}{door + 1:02d}"
            found.append(Home(building, f"{unit + 1}单元", room, area, owners))
    return found


def _person(home: Home, at: int = 0) -> list[Cell]:
    if at >= len(home.owners):
        return [None, None, None]
    owner = home.owners[at]
    return [owner.name, owner.id_number, owner.phone]


def lines_of(home: Home, place: list[Cell]) -> list[list[Cell]]:
    """Return a row for each owner, with the house in all of them."""
    return [[*place, *_person(home, at)] for at in range(max(1, len(home.owners)))]


def titles(rng: Random, rows: int) -> Laid:
    """Title rows, one with the building; header in row 3; total, remark and signatures below."""
    homes = homes_of(rng, rows, 1)
    lines: list[list[Cell]] = [["云州花园十五号楼业主信息表"], ["填表日期：2024年3月1日"]]
    lines.append(["单元", "房号", "建筑面积(㎡)", *_PERSON])
    for home in homes:
        lines += lines_of(home, [home.unit, home.room, home.area])
    total = round(sum(home.area for home in homes), 2)
    lines += [[], ["合计", None, total], [None, None, total]]
    lines += [["备注：面积以实测为准"], ["制表人：", None, None, "审核人："]]
    return Laid(
        [Sheet("业主信息", lines, [(0, 0, 0, 5)])], [h._replace(building=15) for h in homes]
    )


def two_rows(rng: Random, rows: int) -> Laid:
    """A header in two rows with merged cells, come again after every thirty houses."""
    homes = homes_of(rng, rows)
    upper: list[Cell] = ["楼栋", "单元", "房号", "建筑面积", None, "业主信息", None, None]
    lower: list[Cell] = [None, None, None, "预测", "实测", "姓名", "身份证号", "电话"]
    lines: list[list[Cell]] = []
    merges: list[Merge] = []
    for number, home in enumerate(homes):
        if number % 30 == 0:
            top = len(lines)
            merges += [(top, 3, top, 4), (top, 5, top, 7)]
            merges += [(top, column, top + 1, column) for column in range(3)]
            lines += [upper, lower]
        forecast = round(home.area * 0.99, 2)
        lines += lines_of(home, [f"{home.building}栋", home.unit, home.room, forecast, home.area])
    return Laid([Sheet("业主信息", lines, merges)], homes)


def blocks(rng: Random, rows: int) -> Laid:
    """Three lists side by side, the building in the sheet's name."""
    homes = [home._replace(owners=home.owners[:1]) for home in homes_of(rng, rows, 1, units=1)]
    header: list[Cell] = ["房号", *_PERSON]
    size = max(1, -(-len(homes) // 3))
    lines: list[list[Cell]] = [[*header, None, *header, None, *header]]
    for at in range(size if homes else 0):
        line: list[Cell] = []
        for home in homes[at::size]:
            line += [home.room, *_person(home), None]
        lines.append(line)
    return Laid([Sheet("8号楼", lines)], [h._replace(building=8, unit="") for h in homes])


def co_owners(rng: Random, rows: int) -> Laid:
    """A row for each co-owner below one merged house, the building merged over its houses."""
    homes = homes_of(rng, rows)
    lines: list[list[Cell]] = [["楼栋", "单元", "房号", "建筑面积(㎡)", *_PERSON]]
    merges: list[Merge] = []
    start = 1
    shown: int | str = 0
    for home in homes:
        if home.building != shown:
            if len(lines) - start > 1 and shown:
                merges.append((start, 0, len(lines) - 1, 0))
            start = len(lines)
        first = len(lines)
        for at, line in enumerate(lines_of(home, [None, home.unit, home.room, home.area])):
            lines.append(line if at == 0 else [None] * 4 + line[4:])
        if home.building != shown:
            lines[first][0] = f"{home.building}栋"
        shown = home.building
        if len(lines) - first > 1:
            merges += [(first, column, len(lines) - 1, column) for column in (1, 2, 3)]
    if len(lines) - start > 1:
        merges.append((start, 0, len(lines) - 1, 0))
    return Laid([Sheet("业主信息", lines, merges)], homes)


def sheets(rng: Random, rows: int) -> Laid:
    """A sheet for each building, the building in its name alone; a note on a sheet of its own."""
    homes = homes_of(rng, rows, 3)
    found = [Sheet("说明", [["本表由售楼部整理"], ["如有出入，以移交单为准"]])]
    for building in (1, 2, 3):
        lines: list[list[Cell]] = [["单元", "房号", "建筑面积(㎡)", *_PERSON]]
        for home in homes:
            if home.building == building:
                lines += lines_of(home, [home.unit, home.room, home.area])
        found.append(Sheet(f"{_NUMERALS[building]}号楼", lines))
    return Laid(found, homes)


def hidden(rng: Random, rows: int) -> Laid:
    """Rows that a filter has hidden, and a hidden sheet; the building named in its first row."""
    homes = homes_of(rng, rows)
    found: list[Sheet] = []
    for building, name in ((1, "业主"), (2, "补充")):
        lines: list[list[Cell]] = [["楼栋", "单元", "房号", "建筑面积(㎡)", *_PERSON]]
        own = [home for home in homes if home.building == building]
        for number, home in enumerate(own):
            named = f"{building}栋" if number == 0 else None
            for at, line in enumerate(lines_of(home, [named, home.unit, home.room, home.area])):
                lines.append(line if at == 0 else [None, *line[1:]])
        away = frozenset(range(4, len(lines) + 1, 7)) if building == 1 else frozenset[int]()
        found.append(Sheet(name, lines, hidden_rows=away, hidden=building == 2))
    return Laid(found, homes)


LAYOUTS: dict[str, tuple[str, Callable[[Random, int], Laid]]] = {
    "titles": ("building in the title, header in row 3, totals and remarks below", titles),
    "two-rows": ("a header in two rows, repeated on every page", two_rows),
    "blocks": ("three lists side by side, the building in the sheet's name", blocks),
    "co-owners": ("one merged house over a row for each co-owner", co_owners),
    "sheets": ("a sheet for each building, which only its name tells", sheets),
    "hidden": ("hidden rows and a hidden sheet, the building named once", hidden),
}
"""Kind → what it is, and what lays it out: a random source and a number of houses."""
