"""However a register is laid out, the houses and owners that went in come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from pcloud_cli.sheets.cells import Cell, Merge, SheetCells
from pcloud_cli.sheets.messages import Done, Problems, Rows, Sheet
from pcloud_cli.sheets.read import read_workbook
from pcloud_cli.sheets.row import Row
from pcloud_cli.sheets.table import find_tables
from pcloud_cli.sheets.understand import Understanding, decide_header
from scripts.inside.sample.people import check_character

Owner = tuple[str, str, str]
"""Name, ID number, phone."""
Place = tuple[str, str, str]
"""Building, unit, room."""
Register = list[tuple[Place, list[Owner]]]

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"
PLACE = ("楼栋", "单元", "房号")
PERSON = ("姓名", "身份证号", "电话")
COUNTS = st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=5), min_size=1, max_size=3)
"""For each building, for each of its houses, how many own it."""


@dataclass(frozen=True)
class Layout:
    """How a register is written: see `Written`."""

    building: str  # column, grouped, merged, title, sheet, group rows
    co_owners: str  # repeated, blank, merged
    two_rows: bool
    titles: int
    blocks: int
    total: bool
    notes: bool
    blank_rows: bool
    repeat_header: int
    left: int  # empty columns before the list


LAYOUTS = st.builds(
    Layout,
    building=st.sampled_from(["column", "grouped", "merged", "title", "sheet", "rows"]),
    co_owners=st.sampled_from(["repeated", "blank", "merged"]),
    two_rows=st.booleans(),
    titles=st.integers(0, 2),
    blocks=st.integers(1, 3),
    total=st.booleans(),
    notes=st.booleans(),
    blank_rows=st.booleans(),
    repeat_header=st.sampled_from([0, 0, 4]),
    left=st.integers(0, 2),
)


def owner(number: int) -> Owner:
    first = (
        f"110105{1950 + number % 50}{1 + number % 12:02d}{1 + number % 28:02d}{number % 999:03d}"
    )
    name = SURNAMES[number % 20] + GIVEN[number // 20 % 20] + GIVEN[number * 7 % 20]
    return name, first + check_character(first), f"138{12340000 + number * 7}"


def register(counts: Sequence[Sequence[int]], buildings: int) -> Register:
    """Return a made-up register with as many houses and owners as `counts` says."""
    found: Register = []
    number = 0
    for building, houses in enumerate(counts[:buildings], start=1):
        for at, owners in enumerate(houses):
            people = [owner(number + more) for more in range(owners)]
            number += max(owners, 1)
            place = (str(building), str(at // 2 + 1), f"{at // 2 + 1}0{at % 2 + 1}")
            found.append((place, people))
    return found


class Written:
    """A register written in a layout: `rows`, `merges` and the sheet's `name`."""

    def __init__(self, houses: Register, layout: Layout) -> None:
        self.name = "3号楼" if layout.building == "sheet" else "业主信息"
        self.rows: list[list[Cell]] = []
        self.merges: list[Merge] = []
        self._layout = layout
        self._place = PLACE[1:] if layout.building in ("title", "sheet", "rows") else PLACE
        self._width = len(self._place) + len(PERSON)
        blocks = layout.blocks if layout.building in ("column", "title", "sheet") else 1
        self._titles(blocks)
        self._header(blocks)
        size = -(-len(houses) // blocks)
        first = len(self.rows)
        for block in range(blocks):
            part = houses[block * size : (block + 1) * size]
            self._block(part, layout.left + block * (self._width + 1), first, repeat=blocks == 1)
        self._below()

    def _titles(self, blocks: int) -> None:
        texts = ["阳光花园业主信息登记表", "填表日期：2024年3月"][: self._layout.titles]
        if self._layout.building == "title":
            texts = ["阳光花园十三号楼业主信息", *texts[1:]]
        left: list[Cell] = [""] * self._layout.left
        self.rows += [[*left, text] for text in texts]

    def _header(self, blocks: int) -> None:
        gap: list[Cell] = [""]
        upper: list[Cell] = [*self._place, "业主信息", "", ""]
        lower: list[Cell] = [*[""] * len(self._place), *PERSON]
        if not self._layout.two_rows:
            upper = [*self._place, *PERSON]
        left: list[Cell] = [""] * self._layout.left
        self._head = [
            [*left, *((row + gap) * blocks)[:-1]]
            for row in ([upper, lower] if self._layout.two_rows else [upper])
        ]
        self.rows += self._head

    def _block(self, houses: Register, at: int, first: int, *, repeat: bool) -> None:
        lines: list[list[Cell] | None] = []
        merges: list[tuple[int, int, int]] = []
        shown = ""
        group = 0
        building_column = "楼栋" in self._place
        for number, ((building, unit, room), people) in enumerate(houses):
            if building != shown:
                self._close(merges, group, len(lines), building_column)
                if self._layout.building == "rows":
                    lines.append([f"{building}栋"])
                group = len(lines)
            named = f"{building}栋"
            if self._layout.building in ("grouped", "merged") and building == shown:
                named = ""
            shown = building
            start = len(lines)
            for who, person in enumerate(people or [("", "", "")]):
                place: list[Cell] = [named, unit, room] if building_column else [unit, room]
                if who and self._layout.co_owners != "repeated":
                    place = [""] * len(place)
                elif who and self._layout.building in ("grouped", "merged"):
                    place[0] = ""
                lines.append([*place, *person])
            if self._layout.co_owners == "merged" and len(people) > 1:
                skip = building_column and self._layout.building in ("merged", "grouped")
                columns = range(int(skip), len(self._place))
                merges += [(start, column, len(lines) - 1) for column in columns]
            last = number == len(houses) - 1
            # a cell cannot be merged across a header in between
            every = 0 if self._layout.building == "merged" else self._layout.repeat_header
            if repeat and every and number % every == every - 1 and not last:
                lines += [None]
        self._close(merges, group, len(lines), building_column)
        self._write(lines, merges, at, first)

    def _close(
        self, merges: list[tuple[int, int, int]], start: int, end: int, column: bool
    ) -> None:
        if self._layout.building == "merged" and column and end - start > 1:
            merges.append((start, 0, end - 1))

    def _write(
        self,
        lines: Sequence[list[Cell] | None],
        merges: Sequence[tuple[int, int, int]],
        at: int,
        first: int,
    ) -> None:
        places: list[int] = []
        row = first
        for line in lines:
            for cells in self._head if line is None else [[*[""] * at, *line]]:
                while len(self.rows) <= row:
                    self.rows.append([])
                have = self.rows[row]
                have += [""] * (len(cells) - len(have))
                for place, cell in enumerate(cells):
                    have[place] = have[place] or cell
                row += 1
            places.append(row - 1)
        self.merges += [
            (places[top], at + column, places[bottom], at + column)
            for top, column, bottom in merges
        ]

    def _below(self) -> None:
        left: list[Cell] = [""] * self._layout.left
        if self._layout.blank_rows:
            self.rows += [[], [""] * self._width]
        if self._layout.total:
            self.rows.append([*left, "合计", "", "共88户"])
        if self._layout.notes:
            self.rows.append([*left, "备注：以上名单以移交单为准"])
            self.rows.append([*left, "制表人：", "审核人："])


def understood(written: Written) -> tuple[Register, list[str]]:
    """Return the register that is read from `written`, and the codes of its problems."""
    rows = written.rows
    width = max(map(len, rows))
    full = [[*row, *[""] * (width - len(row))] for row in rows]
    sheet = SheetCells(
        written.name, False, 0, len(full), width, lambda: iter(full), merges=tuple(written.merges)
    )
    judged = Understanding()
    for table in find_tables(sheet, {}, decide_header):
        for _count in judged.sheet(0, sheet, table, set()):
            pass
        assert not judged.another_at
    taken, problems = judged.take()
    return register_of([Row(*row) for row in taken]), [problem.code for problem in problems]


def register_of(rows: Sequence[Row]) -> Register:
    found: dict[Place, list[Owner]] = {}
    for row in rows:
        assert row.status == "ok", row
        people = found.setdefault((row.building or "", row.unit or "", row.room or ""), [])
        if row.owner_no:
            people.append((row.owner_name or "", row.id_number or "", row.phone or ""))
    return list(found.items())


def written_of(counts: Sequence[Sequence[int]], layout: Layout) -> tuple[Register, Written]:
    alone = layout.building in ("title", "sheet")
    houses = register(counts, 1 if alone else 3)
    written = Written(houses, layout)
    if alone:
        number = "13" if layout.building == "title" else "3"
        houses = [((number, unit, room), people) for (_, unit, room), people in houses]
    return houses, written


@settings(max_examples=200, deadline=None)
@given(counts=COUNTS, layout=LAYOUTS)
def test_a_register_comes_back_from_any_layout(counts: list[list[int]], layout: Layout) -> None:
    houses, written = written_of(counts, layout)
    found, codes = understood(written)
    assert sorted(found) == sorted(houses)
    assert not set(codes) & {"header_ambiguous", "house_twice", "several_people"}


@settings(max_examples=4, deadline=None)
@given(counts=COUNTS, layout=LAYOUTS)
def test_it_comes_back_from_a_real_workbook_through_the_child(
    tmp_path_factory: object, counts: list[list[int]], layout: Layout
) -> None:
    houses, written = written_of(counts, layout)
    path = Path(tmp_path_factory.mktemp("layout")) / "list.xlsx"  # type: ignore[attr-defined]
    save(path, written)
    rows: list[Row] = []
    for message in read_workbook(path):
        if isinstance(message, Rows):
            rows += [Row(*row) for row in message.rows]
    assert sorted(register_of(rows)) == sorted(houses)


def save(path: Path, written: Written, hidden_rows: Sequence[int] = ()) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet(written.name)
        for number, row in enumerate(written.rows):
            for place, cell in enumerate(row):
                if cell != "":
                    sheet.write_string(number, place, str(cell))
        for top, left, bottom, right in written.merges:
            sheet.merge_range(top, left, bottom, right, str(written.rows[top][left]))
        for number in hidden_rows:
            sheet.set_row(number - 1, None, None, {"hidden": True})


PLAIN = Layout("column", "repeated", False, 1, 1, True, True, True, 0, 0)


def test_hidden_rows_are_read_and_said(tmp_path: Path) -> None:
    houses, written = written_of([[1, 1, 1, 1]], PLAIN)
    save(tmp_path / "list.xlsx", written, hidden_rows=(3, 5, 6, 900))
    messages = list(read_workbook(tmp_path / "list.xlsx"))
    (said,) = [
        problem
        for message in messages
        if isinstance(message, Problems)
        for problem in message.problems
        if problem.code == "hidden_rows"
    ]
    assert said.params == {"count": "3", "rows": "3, 5-6"}
    (done,) = [message for message in messages if isinstance(message, Done)]
    assert done.rows == len(houses)
    assert done.left_out == {0: {"blank": 2, "totals": 1, "notes": 2}}


def test_a_sheet_says_where_the_building_came_from(tmp_path: Path) -> None:
    layout = Layout("sheet", "repeated", True, 0, 2, False, False, False, 0, 1)
    _houses, written = written_of([[1, 1, 1]], layout)
    save(tmp_path / "list.xlsx", written)
    (sheet,) = [m for m in read_workbook(tmp_path / "list.xlsx") if isinstance(m, Sheet)]
    assert sheet.details["shared"] == {"building": "3"}
    assert sheet.details["shared_from"] == "sheet"
    assert (sheet.details["blocks"], sheet.details["header_rows"]) == (2, [1, 2])
    assert sheet.columns["owner_name"] == "业主信息/姓名"
    assert sheet.details["whose"] == dict.fromkeys(("owner_name", "id_number", "phone"), "owner")
