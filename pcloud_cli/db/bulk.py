"""Many rows at once, as plain tuples straight to the driver and back.

SQLite takes them by `executemany` in batches, PostgreSQL by binary COPY. Nothing is converted
on the way: a value is bytes, text, a whole number or None, as the column keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Connection, LargeBinary, Select, Table
from sqlalchemy.orm import DeclarativeBase, Session

from pcloud_cli.db.failures import explained

Value = bytes | str | int | None

BATCH = 500
_ROOM_KIB = 112 * 1024
_PLAIN = {
    "BYTEA": "bytea",
    "TEXT": "text",
    "VARCHAR": "text",
    "INTEGER": "int4",
    "BIGINT": "int8",
    "SMALLINT": "int2",
}


def make_room(session: Session) -> None:
    """Let a transaction that fills many tables at once keep more of them in memory, on SQLite.

    Values that arrive in no order dirty pages all over their indexes; with less room the same
    pages go to the disk again and again.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size = -{_ROOM_KIB}")


@contextmanager
def attempt(session: Session) -> Iterator[None]:
    """Let the transaction be read on after a statement inside failed; the caller rolls it back.

    PostgreSQL needs a savepoint for that. SQLite does not, and would keep what every statement
    inside it wrote over in memory until its end.
    """
    if session.get_bind().dialect.name == "sqlite":
        yield
        return
    with session.begin_nested():
        yield


def insert_rows(
    target: Session | Connection,
    table: Table | type[DeclarativeBase],
    columns: Sequence[str],
    rows: Iterable[tuple[Value, ...]],
) -> int:
    """Insert `rows` (one value a column, in the order of `columns`); return how many they were.

    They become part of the caller's transaction; what its session holds is flushed before.
    On PostgreSQL, TypeError for a column of any other type than bytes, text or whole number.
    """
    pending = iter(rows)
    batches = iter(lambda: list(islice(pending, BATCH)), [])
    return insert_columns(
        target, table, columns, (list(zip(*batch, strict=True)) for batch in batches)
    )


def insert_columns(
    target: Session | Connection,
    table: Table | type[DeclarativeBase],
    columns: Sequence[str],
    blocks: Iterable[Sequence[Sequence[Value]]],
) -> int:
    """Do as `insert_rows` does with rows that come by column, in blocks of some hundreds."""
    if isinstance(target, Session):
        target.flush()
        connection = target.connection()
    else:
        connection = target
    real = table if isinstance(table, Table) else table.__table__
    if not isinstance(real, Table):
        raise TypeError(real)
    filled = (block for block in blocks if block and block[0])
    if connection.dialect.name == "sqlite":
        return _by_executemany(connection, real, columns, filled)
    return _by_copy(connection, real, columns, filled)


def _by_executemany(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    blocks: Iterable[Sequence[Sequence[Value]]],
) -> int:
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(table.c[name].name) for name in columns)
    head = f"INSERT INTO {quote(table.name)} ({names}) VALUES "  # noqa: S608
    blobs = [isinstance(table.c[name].type, LargeBinary) for name in columns]
    count = 0
    for block in blocks:
        marks, quick = _quick(block, blobs)
        connection.exec_driver_sql(f"{head}({', '.join(marks)})", quick)
        count += len(block[0])
    return count


def _quick(
    block: Sequence[Sequence[Value]], blobs: Sequence[bool]
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return marks for the columns of `block`, and its rows, as `sqlite3` binds them quickest.

    It takes text, whole numbers and bytearrays as they are, but looks for an adapter for each
    None and each bytes, which costs more than storing them. So bytes go as bytearrays, a column
    that never changes is written into the statement, and among texts an empty one stands for
    None where none of them is empty itself.
    """
    marks: list[str] = []
    bound: list[Iterable[Any]] = []
    for values, blob in zip(block, blobs, strict=True):
        first = values[0]
        if values.count(first) == len(values):
            literal = _literal(first)
            if literal is not None:
                marks.append(literal)
                continue
        missing = values.count(None)
        empty = missing > 0 and (blob or "" not in values)
        marks.append("NULLIF(?, '')" if empty else "?")
        if blob and missing:
            # an empty text equals no bytes, so it can stand for None here always
            bound.append(["" if value is None else bytearray(value) for value in values])  # type: ignore[arg-type]
        elif blob:
            bound.append(map(bytearray, values))  # type: ignore[arg-type]
        elif empty:
            bound.append(["" if value is None else value for value in values])
        else:
            bound.append(values)
    if not bound:
        return marks, [()] * len(block[0])
    return marks, list(zip(*bound, strict=True))


def _literal(value: Value) -> str | None:
    """Return `value` as SQLite reads it in a statement, None for a text that needs care."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    return f"'{value}'" if value.isprintable() and "'" not in value else None


def read_rows(
    target: Session | Connection, query: Select[Any], parameters: Mapping[str, Value]
) -> list[tuple[Any, ...]]:
    """Return the rows of `query` as the driver gives them: plain tuples of plain values.

    `parameters` fill its `bindparam`s. Its columns are bytes, text or whole numbers.
    """
    connection = target.connection() if isinstance(target, Session) else target
    compiled = query.compile(connection)
    filled: Any = compiled.construct_params(dict(parameters))
    if compiled.positional:
        filled = tuple(filled[name] for name in compiled.positiontup or ())
    connection.exec_driver_sql("SELECT 1")  # opens the transaction that the reading belongs to
    raw: Any = connection.connection.driver_connection
    options = {} if connection.dialect.name == "sqlite" else {"binary": True}
    with explained(connection.engine), closing(raw.cursor(**options)) as cursor:
        cursor.execute(str(compiled), filled)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _by_copy(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    blocks: Iterable[Sequence[Sequence[Value]]],
) -> int:
    from psycopg import sql

    types = [_copy_type(connection, table, name) for name in columns]
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    connection.exec_driver_sql("SELECT 1")  # opens the transaction that COPY belongs to
    raw: Any = connection.connection.driver_connection
    count = 0
    with explained(connection.engine), raw.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(types)
        write = copy.write_row
        for block in blocks:
            for row in zip(*block, strict=True):
                write(row)
            count += len(block[0])
    return count


def _copy_type(connection: Connection, table: Table, name: str) -> str:
    declared = str(table.c[name].type.compile(connection.dialect)).partition("(")[0]
    try:
        return _PLAIN[declared]
    except KeyError:
        raise TypeError(f"{table.name}.{name} is {declared}, which is not plain") from None
