"""The floor on PostgreSQL: calamine's read and one raw COPY of the plain cells as text."""

import sys

import psycopg
from common import Clock
from python_calamine import CalamineWorkbook

book, target = sys.argv[1:3]
connection = psycopg.connect(target)
with Clock():
    rows = CalamineWorkbook.from_path(book).get_sheet_by_index(0).iter_rows()
    columns = ", ".join(f'"{name}" text' for name in next(rows))
    connection.execute(f"CREATE TABLE plain_cells ({columns})")
    with connection.cursor().copy("COPY plain_cells FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    connection.commit()
