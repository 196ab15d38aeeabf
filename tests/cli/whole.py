"""What must be true of an installation whatever became of the commands that ran in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from pcloud_cli.db.engine import make_engine, reader, writer
from tests.cli.program import Program
from tests.integration.people import id_number
from tests.integration.tampering import tamper
from tests.integration.workbooks import HEADERS, phone, row

LIVE = ("house", "owner", "owner_phone", "ownership", "emergency_contact", "vehicle")
STAGED = ("import_row", "import_related", "import_problem")
_USABLE = "('pending', 'approved', 'applied', 'rejected', 'undone')"


def url(program: Program) -> str:
    """Return the URL of the program's database."""
    return program.variables.get("PCLOUD_DATABASE") or f"sqlite:///{program.database}"


@contextmanager
def connection(program: Program) -> Iterator[Connection]:
    """Give a connection of the test's own that reads."""
    engine = make_engine(url(program))
    try:
        with reader(engine).connect() as opened:
            yield opened
    finally:
        engine.dispose()


def tampered(program: Program, *statements: str) -> None:
    """Run `statements` as somebody with all rights on the database, and without the key."""
    engine = make_engine(url(program))
    try:
        tamper(engine, *statements)
    finally:
        engine.dispose()


def value(program: Program, query: str) -> Any:
    """Return the one value that a query finds."""
    with connection(program) as opened:
        return opened.scalar(text(query))


def live(program: Program) -> dict[str, int]:
    """Return how many rows the living tables hold."""
    with connection(program) as opened:
        return {table: opened.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in LIVE}


def rows(program: Program) -> list[tuple[Any, ...]]:
    """Return who owns what, a row a person and house, in order; nothing of it is private."""
    query = (
        "SELECT h.building_name, h.unit_name, h.room, o.name, s.kind FROM ownership s "
        "JOIN house h ON h.id = s.house_id JOIN owner o ON o.id = s.owner_id ORDER BY 1, 2, 3, 4, 5"
    )
    with connection(program) as opened:
        return [tuple(found) for found in opened.execute(text(query))]


def states(program: Program) -> list[str]:
    """Return the states of the batches, by number."""
    with connection(program) as opened:
        return list(opened.scalars(text("SELECT state FROM import_batch ORDER BY number")))


def stray_rows(program: Program) -> int:
    """Return how many staged rows belong to no batch that could be used."""
    with connection(program) as opened:
        return sum(
            opened.scalar(
                text(
                    f"SELECT count(*) FROM {table} WHERE batch_id NOT IN "
                    f"(SELECT id FROM import_batch WHERE state IN {_USABLE})"
                )
            )
            or 0
            for table in STAGED
        )


def is_writing(program: Program) -> bool:
    """Return whether a transaction that writes is open in the program's database just now."""
    if "PCLOUD_DATABASE" in program.variables:
        query = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_xid IS NOT NULL"
        )
        return bool(value(program, query))
    opened = sqlite3.connect(program.database, timeout=0, isolation_level=None)
    try:
        opened.execute("BEGIN IMMEDIATE")
        opened.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    finally:
        opened.close()
    return False


@contextmanager
def held(program: Program) -> Iterator[None]:
    """Hold what whoever decides on a batch needs: the one writer, or the rows of the batches."""
    engine = make_engine(url(program))
    try:
        with writer(engine).connect() as opened:
            opened.execute(text("UPDATE import_batch SET skipped = skipped"))
            yield
    finally:
        engine.dispose()


def files(program: Program) -> set[str]:
    """Return the files below the installation's home and its folder for temporary files."""
    return {
        str(path.relative_to(program.home)) for path in program.home.rglob("*") if not path.is_dir()
    }


def must_hold(program: Program) -> None:
    """Fail unless the trail proves whole."""
    told = program.run("audit", "verify", by="R-AUDITOR")
    assert told.code == 0, told.out + told.err


def book_rows(count: int, first: int = 1) -> list[list[Any]]:
    """Return rows of a workbook of made-up people, one house each."""
    return [
        row(
            n % 1000,
            building=f"{1 + n // 1000}栋",
            room=f"{1001 + n % 1000}",
            id=id_number(date(1950 + n // 1000, 1 + n % 12, 1 + n % 28), n % 1000),
            phone=phone(n),
        )
        for n in range(first, first + count)
    ]


def write_csv(path: Path, count: int, first: int = 1) -> Path:
    """Write a list of `count` rows as CSV, which is read quickly, and return its path."""
    lines = [",".join(HEADERS)]
    lines += [",".join(map(str, cells)) for cells in book_rows(count, first)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
