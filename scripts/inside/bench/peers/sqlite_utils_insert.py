"""sqlite-utils: rows of calamine as dictionaries into insert_all, in one transaction."""

import sys

import sqlite_utils
from common import Clock, durable
from python_calamine import CalamineWorkbook

book, target = sys.argv[1:3]
database = sqlite_utils.Database(durable(target))
with Clock():
    rows = CalamineWorkbook.from_path(book).get_sheet_by_index(0).iter_rows()
    header = next(rows)
    records = (dict(zip(header, row, strict=True)) for row in rows)
    database["plain_cells"].insert_all(records)
