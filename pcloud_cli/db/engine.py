"""Engines for SQLite and PostgreSQL that behave alike.

A transaction is a reader's or a writer's from its first statement: `reader` and `writer` give
the engine for each. On SQLite a writer begins with BEGIN IMMEDIATE, so that it waits at the
start and never fails half-way; a reader sees one snapshot and cannot write. On PostgreSQL a
writer reads committed rows; a reader has one snapshot (REPEATABLE READ, READ ONLY).
"""

from __future__ import annotations

import logging
import sqlite3
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from pcloud_cli.db import failures
from pcloud_cli.errors import ConfigProblem
from pcloud_cli.i18n import _

BUSY_SECONDS = 15
"""How long a writer waits for another before it gives up as locked."""

_CONNECT_SECONDS = 10
_LOCKED_SECONDS = 0.02
_ROLE = "pcloud_role"
_FILE = "pcloud_file"
_PAGE = 16384
"""Bytes in a page of a new SQLite file: four times the usual takes a third off large commits."""

_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    # a commit that was reported must survive a power cut; in WAL mode, NORMAL may lose it
    "PRAGMA synchronous = FULL",
    # sorting must not put names into temporary files
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -32768",
    "PRAGMA trusted_schema = OFF",
)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Put the file in WAL mode, which a new one is not in yet.

    SQLite does not wait where another program does the same at this moment; so we do.
    """
    end = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute(f"PRAGMA page_size = {_PAGE}")  # counts for an empty file alone
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(_LOCKED_SECONDS)


def database_url(text: str) -> URL:
    """Return the URL for `text`: ``sqlite:///FILE`` or ``postgresql://user@host/name``.

    Raises ConfigProblem, without repeating `text`, for anything else.
    """
    try:
        url = make_url(text)
        backend = url.get_backend_name()
    except (ArgumentError, ValueError):
        raise _unknown() from None
    if backend == "sqlite":
        if not url.database or url.database == ":memory:" or url.query:
            raise _unknown()
        return url.set(drivername="sqlite")
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    raise _unknown()


def _unknown() -> ConfigProblem:
    return ConfigProblem(
        _("The setting `database` is not an address that pcloud understands."),
        hint=_("Use sqlite:///FILE or postgresql://USER@HOST/NAME."),
    )


def make_engine(url: str, *, echo: bool = False) -> Engine:
    """Return an engine for the database at `url`; nothing is connected or created yet.

    Errors of the driver arrive as ours (`pcloud_cli.db.failures`). Raises ConfigProblem for a
    URL that is none, and for a SQLite file whose folder is missing.
    """
    target = database_url(url)
    # parameters are personal data: they appear neither in errors nor in the echo
    options: dict[str, Any] = {"echo": echo, "hide_parameters": True}
    if target.get_backend_name() == "sqlite":
        engine = _sqlite_engine(target, options)
    else:
        engine = _postgresql_engine(target, options)
    failures.install(engine)
    # what is wrong with a connection is told by who used it; here it would be told as a traceback
    for speaker in ("sqlalchemy.pool", "psycopg"):
        logging.getLogger(speaker).setLevel(logging.CRITICAL)
    return engine


def reader(engine: Engine) -> Engine:
    """Return `engine` for transactions that only read, each from one snapshot."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{_ROLE: "reader"})
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def writer(engine: Engine) -> Engine:
    """Return `engine` for transactions that write."""
    return engine.execution_options(**{_ROLE: "writer"})


def sqlite_path(engine: Engine) -> Path | None:
    """Return the file of a SQLite engine, or None for PostgreSQL."""
    if engine.dialect.name != "sqlite":
        return None
    return Path(engine.url.database or "")


def _sqlite_engine(url: URL, options: dict[str, Any]) -> Engine:
    path = Path(url.database or "").absolute()
    if not path.parent.is_dir():
        raise failures.no_folder(path)
    # mode=rw: a mistyped path is an error, not a new and empty database
    address = f"file:{quote(str(path))}?mode=rw"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            address,
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,  # we emit BEGIN ourselves, below
            check_same_thread=False,
        )

    engine = create_engine(url, creator=connect, **options)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        record.info[_FILE] = _identity(path)
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        _write_ahead(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        role = connection.get_execution_options().get(_ROLE)
        read_only = "ON" if role == "reader" else "OFF"
        connection.exec_driver_sql(f"PRAGMA query_only = {read_only}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if role == "writer" else "BEGIN")

    @event.listens_for(engine, "commit")
    def still_there(connection: Connection) -> None:
        # a file that was removed takes everything to the last, and keeps nothing
        if connection.info.get(_FILE) != _identity(path):
            raise failures.gone(path)

    return engine


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _postgresql_engine(url: URL, options: dict[str, Any]) -> Engine:
    given = url.query.get("options", ())
    settings = [given] if isinstance(given, str) else list(given)
    settings += ["-c timezone=UTC", f"-c lock_timeout={BUSY_SECONDS * 1000}"]
    arguments: dict[str, Any] = {"options": " ".join(settings)}
    for name, value in (("connect_timeout", _CONNECT_SECONDS), ("application_name", "pcloud")):
        if name not in url.query:
            arguments[name] = value
    return create_engine(url, connect_args=arguments, **options)
