"""The floor: calamine's read and one raw executemany of the plain cells, committed once."""

import sys
import warnings

from common import Clock, durable
from python_calamine import CalamineWorkbook

warnings.simplefilter("ignore")  # the adapter of dates is old-fashioned, and the fastest
book, target = sys.argv[1], sys.argv[2].removeprefix("sqlite:///")
connection = durable(target)
with Clock():
    rows = CalamineWorkbook.from_path(book).get_sheet_by_index(0).iter_rows()
    header = next(rows)
    columns = ", ".join(f'"{name}"' for name in header)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"CREATE TABLE plain_cells ({columns})")
    connection.executemany(f"INSERT INTO plain_cells VALUES ({', '.join('?' * len(header))})", rows)
    connection.execute("COMMIT")
