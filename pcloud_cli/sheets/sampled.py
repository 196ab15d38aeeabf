"""The cells of a few rows as they stood, for a second person to compare with what was made of them
(抽查, 2.3.1). Which rows these are follows from a seed that nobody knew when the file was made.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from pcloud_cli.sheets.cells import Cell
from pcloud_cli.sheets.house_facts import house_text
from pcloud_cli.sheets.messages import SourceCell, SourceRow
from pcloud_cli.sheets.table import Table

KEPT = 10
"""So many rows of a file are kept."""

_LONGEST = 400


class Sampler:
    """Keeps `size` of the rows that it passes by, each with the same chance, however many come.

    It knows beforehand how many rows to let pass (Li's algorithm L), so that a row that is not
    kept costs a comparison of two numbers. The same `seed` keeps the same rows of a file; an
    empty one keeps none.
    """

    def __init__(self, seed: str, size: int = KEPT) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - the seed is what nobody can know
        self._size = size
        self._weight = 1.0
        self._kept: list[SourceRow] = []
        self.next = 1 if seed else 0
        """The row of data, counted from 1 over the whole file, that is kept next; 0 for none."""

    def keep(self, sheet: int, row: int, cells: Sequence[Cell], table: Table) -> int:
        """Keep a row, the one that `next` names; return the new `next`."""
        found = SourceRow(sheet, row, _texts(cells, table))
        if len(self._kept) < self._size:
            self._kept.append(found)
        else:
            self._kept[self._chance.randrange(self._size)] = found
        self.next += 1
        if len(self._kept) == self._size:
            self._weight *= math.exp(math.log(1 - self._chance.random()) / self._size)
            self.next += int(math.log(1 - self._chance.random()) / math.log1p(-self._weight))
        return self.next

    def rows(self) -> list[SourceRow]:
        """Return the rows kept, in the order of the file."""
        return sorted(self._kept, key=lambda row: (row.sheet, row.row))


def _texts(cells: Sequence[Cell], table: Table) -> list[SourceCell]:
    found = []
    for column in table.columns:
        cell = cells[column.place] if column.place < len(cells) else ""
        text = house_text(cell)[:_LONGEST]
        if text:
            found.append(SourceCell(column.letter, column.header, column.field, text))
    return found
