"""From the raw rows of a table to understood rows: one for each owner of each house (3.1.1).

Only a house that cannot be identified keeps a row out. A bad personal field stays empty, with its
status and a problem.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from itertools import islice, repeat
from typing import Any

from pcloud_cli.sheets import ordinary_rows
from pcloud_cli.sheets.cells import Cell, SheetCells
from pcloud_cli.sheets.grouped import filled_down
from pcloud_cli.sheets.likely import decide_header
from pcloud_cli.sheets.ordinary_rows import OrdinaryHouse
from pcloud_cli.sheets.problems import Problem, problem
from pcloud_cli.sheets.row import OK, Row
from pcloud_cli.sheets.sampled import Sampler
from pcloud_cli.sheets.seen_houses import SeenHouses, SeenPlaces
from pcloud_cli.sheets.sheet_reader import SheetReader
from pcloud_cli.sheets.table import Table

__all__ = ["BATCH", "Understanding", "decide_header", "header_questions"]

BATCH = 500
"""So many rows or problems are worth taking."""

_STATUS = Row._fields.index("status")
_KEY = Row._fields.index("house_key")
_NAME = Row._fields.index("owner_name_key")
_AREAS = slice(Row._fields.index("forecast_gross"), Row._fields.index("surveyed_shared") + 1)
_OWNERSHIP = Row._fields.index("ownership_kind")


class Understanding:
    """Judges sheet after sheet; `take` hands over what has gathered.

    `today` (ISO) refuses births after it and marks minors; ``''`` does neither. `strict` makes
    bad personal fields errors, which keep their row out. `sample` is the seed of the rows whose
    cells are kept for the second person (`sampled`), ``''`` for none.
    """

    def __init__(self, today: str = "", *, strict: bool = False, sample: str = "") -> None:
        self.strict = strict
        self.sampler = Sampler(sample)
        self._counted = 0
        self.rows: list[tuple[Any, ...]] = []
        self.problems: list[Problem] = []
        self.today = today
        self.seen = SeenHouses()
        self.places = SeenPlaces()
        self.joint_houses: list[str] = []
        """Keys of houses whose first owner was taken as a sole one before a second came up."""
        self.error_rows = 0
        self.left_out: Counter[str] = Counter()
        """How many rows of the present sheet were no data, by what they are (`other_rows`)."""
        self.hidden: Set[int] = frozenset()
        """Numbers of the hidden rows of the present sheet."""
        self.hidden_read: list[int] = []
        """Those of them that held data."""
        self.another_at = 0
        """The row in which another list with other headers begins, 0 where none does."""

    def take(self) -> tuple[list[tuple[Any, ...]], list[Problem]]:
        """Return and forget the rows and problems gathered since the last time."""
        taken = self.rows, self.problems
        self.rows, self.problems = [], []
        return taken

    def begin_sheet(self) -> None:
        """Forget what was counted of the last sheet."""
        self.left_out.clear()
        self.hidden, self.hidden_read = frozenset(), []

    def sheet(
        self, index: int, sheet: SheetCells, table: Table, broken: set[tuple[int, int]]
    ) -> Iterator[int]:
        """Understand the rows of `table`; yield, whenever there is something to take and at the
        end, how many rows of data there were so far.

        `broken` are (row, column), from 1, of cells that hold the error of a formula. Ends early
        where another list begins further down, and says so in `another_at`.
        """
        self.another_at = 0
        if table.block == 1:
            self.problems += header_questions(sheet.name, table)
        merges = [
            (top, left - sheet.first_column, bottom, right - sheet.first_column)
            for top, left, bottom, right in sheet.merges
        ]
        reader = SheetReader(self, index, sheet, table, broken, merges)
        count, hidden = 0, self.hidden
        due = self.sampler.next - self._counted
        rows: Iterator[Sequence[Cell]] = islice(sheet.rows(), table.first_row - 1, None)
        if reader.merged:
            rows = filled_down(rows, merges, reader.merged, reader.own, table.first_row - 1)
        for number, cells, ordinary in _judged(reader, rows, table.first_row):
            if type(ordinary) is OrdinaryHouse:
                reader.owned(number, cells, ordinary)
            elif ordinary is not None and self._new(ordinary, number):
                reader.passed(cells)
            elif not reader.row(number, cells):
                if reader.ended:
                    self.another_at = number
                    break
                continue
            count += 1
            if count == due:
                due = self.sampler.keep(index, number, cells, table) - self._counted
            if hidden and number in hidden:
                self.hidden_read.append(number)
            if len(self.rows) >= BATCH or len(self.problems) >= BATCH:
                yield count
        self._counted += count
        yield count

    def _new(self, row: tuple[Any, ...], number: int) -> bool:
        """Take an ordinary row, unless its house came before, which calls for a second look."""
        if not self.seen.is_new(row[_KEY], number, row[_NAME] or "", row[_AREAS]):
            return False
        self.rows.append(row)
        return True

    def meant_jointly(self, key: str) -> None:
        """Make the first owner of a house, who was a sole one, one of several."""
        for at in range(len(self.rows) - 1, -1, -1):
            row = self.rows[at]
            if row[_KEY] == key and row[_STATUS] == OK:
                if row[_OWNERSHIP] == "sole" and not row[_OWNERSHIP + 1]:
                    self.rows[at] = (*row[:_OWNERSHIP], "joint", *row[_OWNERSHIP + 1 :])
                return
        self.joint_houses.append(key)


def _judged(
    reader: SheetReader, rows: Iterator[Sequence[Cell]], first: int
) -> Iterator[tuple[int, Sequence[Cell], tuple[Any, ...] | OrdinaryHouse | None]]:
    """Yield each row with its number and, as far as it is ordinary, what it says."""
    ordinary = reader.ordinary()
    number = first
    while batch := list(islice(rows, ordinary_rows.BATCH)):
        found = ordinary.of(number, batch) if ordinary else repeat(None)
        for cells, row in zip(batch, found, strict=False):
            yield number, cells, None if reader.leans or number in reader.odd_rows else row
            number += 1


def header_questions(sheet: str, table: Table) -> list[Problem]:
    """Return a problem for each header of `table` that a person must settle."""
    return [
        problem(
            sheet,
            table.header_rows[-1],
            left.letter,
            candidates[0],
            "header_ambiguous",
            left.header,
            {"header": left.header, "candidates": ", ".join(candidates)},
        )
        for left, candidates in table.asked
    ]
