"""Rows and columns that a workbook hides: they are read, and said (3.1.1).

Only .xlsx tells them in a place that can be looked at beside the reader; of other formats hidden
sheets alone are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pcloud_cli.sheets.cells import SheetCells
from pcloud_cli.sheets.problems import Problem, problem
from pcloud_cli.sheets.table import Table

_HIDDEN = rb"<(?:\w+:)?%s\b[^>]*\bhidden=[\"'](?:1|true)[\"'][^>]*>"
_ROW = re.compile(_HIDDEN % b"row")
_COLUMN = re.compile(_HIDDEN % b"col")
_NUMBER = re.compile(rb"\br=[\"'](\d{1,7})[\"']")
_FROM = re.compile(rb"\bmin=[\"'](\d{1,5})[\"']")
_TO = re.compile(rb"\bmax=[\"'](\d{1,5})[\"']")
_MOST = 200_000
_MOST_COLUMNS = 16_384
_MOST_SPANS = 64 * _MOST_COLUMNS  # a column is named once; a hundred times is no workbook
_RANGES = 6


class Hidden:
    """Gathers the numbers, from 1, of hidden rows and columns while a sheet's XML passes by."""

    def __init__(self) -> None:
        self.rows: set[int] = set()
        self.columns: set[int] = set()
        self._spans = _MOST_SPANS

    def watch(self, block: bytes) -> None:
        """Look at one piece of the XML of a sheet."""
        if b"hidden=" not in block:
            return
        for match in _ROW.finditer(block):
            number = _NUMBER.search(match[0])
            if number and len(self.rows) < _MOST:
                self.rows.add(int(number[1]))
        for match in _COLUMN.finditer(block):
            first, last = _FROM.search(match[0]), _TO.search(match[0])
            if first and last:
                span = range(int(first[1]), min(int(last[1]), _MOST_COLUMNS) + 1)
                self._spans -= len(span)
                if self._spans > 0:
                    self.columns.update(span)


def hidden_problems(
    sheet: SheetCells, tables: Sequence[Table], hidden: Hidden, rows: Sequence[int]
) -> list[Problem]:
    """Return what is to be said of a sheet that was read: hidden itself, `rows` hidden ones of
    which held data, hidden columns among those read."""
    found: list[Problem] = []
    header = tables[0].header_rows[-1]
    if sheet.hidden:
        found.append(problem(sheet.name, header, "", "", "hidden_sheet"))
    columns = [
        f"{column.letter} ({column.header})"
        for table in tables
        for column in table.columns
        if sheet.first_column + column.place + 1 in hidden.columns
    ]
    if columns:
        params = {"columns": ", ".join(dict.fromkeys(columns))}
        found.append(problem(sheet.name, header, "", "", "hidden_columns", "", params))
    if rows:
        params = {"count": str(len(rows)), "rows": ranges(rows)}
        found.append(problem(sheet.name, rows[0], "", "", "hidden_rows", "", params))
    return found


def ranges(numbers: Iterable[int]) -> str:
    """Return numbers as text, runs of them as one: ``5, 9-12``; many end in ``…``."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    texts = [str(first) if first == last else f"{first}-{last}" for first, last in runs]
    return ", ".join(texts[:_RANGES]) + (", …" if len(texts) > _RANGES else "")
