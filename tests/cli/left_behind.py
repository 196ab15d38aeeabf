"""Where a secret could still be read after it was given: processes, files, tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import MetaData, create_engine, select

from tests.cli.counter_hall import Hall


def command_lines() -> set[str]:
    """Return what everybody sees who lists processes."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.add(path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
        except OSError:
            continue
    return found


def files(hall: Hall) -> Iterator[Path]:
    """Yield every file of the installation, its database and its reports of defects too."""
    yield from (path for path in hall.program.home.parent.rglob("*") if path.is_file())


def left_behind(hall: Hall, secret: str) -> list[str]:
    """Return the files and tables in which `secret` lies in clear."""
    found = [str(path) for path in files(hall) if secret.encode() in path.read_bytes()]
    with hall.program.desk() as desk:
        engine = create_engine(desk.engine.url)
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        for table in tables.sorted_tables:
            rows = connection.execute(select(table)).all()
            if any(secret in repr(value) for each in rows for value in each):
                found.append(table.name)
    engine.dispose()
    return found
