"""The workbook that is imported: twelve columns of made-up people with the usual dirt."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

from xlsxwriter import Workbook

from scripts.inside.sample.usual import HEADERS, Usual

_LEFT_OUT = {"分期", "房屋类型", "性别", "证件类型"}
_KEPT = [at for at, header in enumerate(HEADERS) if header not in _LEFT_OUT]
COLUMNS = tuple(HEADERS[at] for at in _KEPT)


def make(path: Path, rows: int) -> None:
    """Write a workbook of `rows` rows below the header, the same one for the same number.

    Texts are shared strings and dates are dates, as spreadsheet programs save them.
    """
    book = Workbook(path)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("业主信息")
    sheet.write_row(0, 0, COLUMNS)
    for number, row in enumerate(Usual(Random(rows), rows), 1):
        for column, at in enumerate(_KEPT):
            cell = row.cells[at]
            if isinstance(cell, str):
                sheet.write_string(number, column, cell)
            elif isinstance(cell, date):
                sheet.write_datetime(number, column, cell, day)
            elif cell is not None:
                sheet.write_number(number, column, cell)
    book.close()
