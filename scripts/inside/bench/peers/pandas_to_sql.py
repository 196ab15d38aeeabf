"""pandas: read_excel with the engine named, then to_sql on a plain connection, its fastest way."""

import sys

import pandas
from common import Clock, durable

book, target, engine = sys.argv[1:4]
__import__({"calamine": "python_calamine"}.get(engine, engine))
connection = durable(target)
with Clock():
    frame = pandas.read_excel(book, engine=engine)
    connection.execute("BEGIN IMMEDIATE")
    frame.to_sql("plain_cells", connection, index=False)
    if connection.in_transaction:
        connection.execute("COMMIT")
