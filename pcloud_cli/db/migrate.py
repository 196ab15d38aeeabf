"""Bringing a database to the form that this version needs, and back.

The migrations lie in ``alembic/`` of a checkout and in ``pcloud_cli/db/alembic/`` of an
installed wheel. One run is one transaction on both databases, under a lock, so that two at once
do not collide.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, Engine

from pcloud_cli.db.engine import reader, sqlite_path, writer
from pcloud_cli.errors import ConfigProblem, Failed
from pcloud_cli.i18n import _
from pcloud_cli.reasons import reason_of

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK = 0x70636C6F7564  # "pcloud": the advisory lock of a migration


class Revision(NamedTuple):
    """Where a database stands: its revision (None: empty), this version's, and if they agree."""

    revision: str | None
    head: str
    is_head: bool


def script_folder() -> Path:
    """Return the folder of the migrations, in a wheel or in a checkout."""
    here = Path(__file__).resolve().parent
    for folder in (here / "alembic", here.parent.parent / "alembic"):
        if (folder / "env.py").is_file():
            return folder
    raise ConfigProblem(
        _("The migrations are missing from this installation."),
        hint=_("Install pcloud again."),
    )


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database up to `revision`; a SQLite file is made, mode 0600, if there is none."""
    from alembic import command

    path = sqlite_path(engine)
    if path is not None:
        _make_file(path)
    found = current(engine).revision
    if found is not None and found > head():
        refuse_other_revision(found)
    run_locked(engine, lambda connection: command.upgrade(_config(connection), revision))


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Take the database back to `revision`; its tables, and what is in them, go with it."""
    from alembic import command

    run_locked(engine, lambda connection: command.downgrade(_config(connection), revision))


def current(engine: Engine) -> Revision:
    """Return where the database stands. ConfigProblem where it cannot be reached."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    head = ScriptDirectory.from_config(_config()).get_current_head() or ""
    with reader(engine).connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return Revision(found, head, found == head)


def head() -> str:
    """Return the revision that this version needs, by the numbered names of the migrations.

    Every command asks; loading Alembic for it would take longer than the command.
    """
    names = [path.name for path in (script_folder() / "versions").glob("[0-9]*.py")]
    return max(names).partition("_")[0]


def refuse_other_revision(found: str | None) -> None:
    """Return where a database at revision `found` is what this version needs; else ConfigProblem.

    A newer one is told apart: it wants a newer program, not an upgrade.
    """
    needed = head()
    if found == needed:
        return
    newer = found is not None and found > needed
    raise ConfigProblem(
        _("The tables are of version {found}, and this program needs {needed}.").format(
            found=found or "-", needed=needed
        ),
        hint=_("Install the newer program.")
        if newer
        else _("Make a backup, then run `pcloud db upgrade`."),
        code="not_at_head",
    )


def run_locked(engine: Engine, run: Callable[[Connection], None]) -> None:
    """Call `run` with a connection in a transaction that nobody else migrates in."""
    with writer(engine).connect() as connection, _migrating(connection):
        run(connection)
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
            if broken is not None:
                raise Failed(
                    _("The migration would break references of table {table}.").format(
                        table=broken[0]
                    ),
                    hint=_("Nothing was changed."),
                    code="damaged",
                )
        connection.commit()


@contextmanager
def _migrating(connection: Connection) -> Iterator[None]:
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        yield
        return
    # rebuilding a table must not delete what refers to it; the switch works outside a
    # transaction only, and the check before the commit makes up for it
    raw = connection.connection.driver_connection
    if raw is None:
        raise RuntimeError("the connection is closed")
    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        connection.begin()
        yield
    finally:
        connection.rollback()
        raw.execute("PRAGMA foreign_keys = ON")


def _config(connection: Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    # a percent sign in the path would be read as an interpolation
    config.set_main_option("script_location", str(script_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _make_file(path: Path) -> None:
    # SQLite gives the WAL and its index the mode of the file
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        raise ConfigProblem(
            _("The database {path} cannot be made: {reason}.").format(
                path=path, reason=reason_of(error)
            ),
            hint=_("Check the folder and its permissions, or change the setting `database`."),
        ) from None
    os.close(descriptor)
