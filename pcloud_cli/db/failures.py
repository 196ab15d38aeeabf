"""What database drivers complain about, said so that a user can do something about it.

The one place where a driver's error becomes one of ours. Integrity errors stay as they are:
only the service knows what a doubled key means. No message holds a password or a parameter.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Engine, event
from sqlalchemy.engine import ExceptionContext

from pcloud_cli.errors import ConfigProblem, Failed, Locked, PcloudError
from pcloud_cli.i18n import N_, _

_UPGRADE = N_("Run `pcloud db upgrade`; a new installation begins with `pcloud init`.")
_SPACE = N_("Free some space where the database lies, then run the command again.")
_LATER = N_("Somebody else is writing. Nothing was changed; run the command again in a moment.")
_AGAIN = N_("It is done as a whole or not at all. Run the command again: nothing is done twice.")
_FULL = ("too many clients", "remaining connection slots", "too many connections")
_SERVER = N_(
    "Is the server running, and is the address right? `pcloud config show` says where it is from."
)


def where(url: URL) -> str:
    """Return how messages call the database: its file, or its name and server. No secrets."""
    if url.get_backend_name() == "sqlite":
        return url.database or ":memory:"
    hosts = url.query.get("host", ())
    host = url.host or (hosts if isinstance(hosts, str) else ",".join(hosts)) or "localhost"
    return f"{url.database or url.username or 'postgres'} @ {host}"


def install(engine: Engine) -> None:
    """Let `engine` raise our errors in place of the driver's, connecting included."""

    @event.listens_for(engine, "handle_error")
    def replace(context: ExceptionContext) -> None:
        original = context.original_exception
        if isinstance(original, Exception):
            # there is a connection unless it was making one that failed
            explained = explain(original, engine.url, connected=context.connection is not None)
            if explained is not None:
                raise explained from None


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Do the same for a block that speaks to the driver itself."""
    try:
        yield
    except Exception as error:
        known = explain(error, engine.url)
        if known is None:
            raise
        raise known from None


def explain(error: Exception, url: URL, *, connected: bool = True) -> PcloudError | None:
    """Return our error for the driver's `error`, or None where it is not ours to say.

    `connected` tells a server that was lost from one that was never reached.
    """
    if isinstance(error, sqlite3.Error):
        return _explain_sqlite(error, url)
    if type(error).__module__.partition(".")[0] == "psycopg":
        return _explain_postgresql(error, url, connected=connected)
    return None


def _explain_sqlite(error: sqlite3.Error, url: URL) -> PcloudError | None:
    code = getattr(error, "sqlite_errorcode", None)
    path = where(url)
    match (code or 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Locked(_("The database is busy."), hint=_(_LATER))
        case sqlite3.SQLITE_FULL:
            return Failed(_("The disk is full."), hint=_(_SPACE), code="disk_full")
        case sqlite3.SQLITE_READONLY:
            return ConfigProblem(
                _("The database {path} may not be written to.").format(path=path),
                hint=_("Check who owns the file and its folder, and how the disk is mounted."),
            )
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return _cannot_open(Path(path))
        case sqlite3.SQLITE_NOTADB:
            return ConfigProblem(
                _("{path} is not a database.").format(path=path),
                hint=_("Check the setting `database`; the file is left as it is."),
            )
        case sqlite3.SQLITE_CORRUPT:
            return Failed(
                _("The database {path} is damaged.").format(path=path),
                hint=_("Keep a copy of the file, then restore the last backup."),
                code="damaged",
            )
        case sqlite3.SQLITE_IOERR:
            return Failed(
                _("The disk failed while the database {path} was used.").format(path=path),
                hint=_("Check the disk and its free space, then run the command again."),
            )
    text = str(error)
    if text.startswith(("no such table", "no such column")) or "has no column" in text:
        return _not_at_head()
    return None


def _cannot_open(path: Path) -> ConfigProblem:
    try:
        if not path.parent.is_dir():
            return no_folder(path)
        missing = not path.exists()
    except OSError:
        missing = False
    if missing:
        return ConfigProblem(
            _("There is no database {path}.").format(path=path),
            hint=_("Check the setting `database`; a new installation begins with `pcloud init`."),
            code="no_database",
        )
    return ConfigProblem(
        _("The database {path} cannot be opened.").format(path=path),
        hint=_("Check who owns the file and its folder, and how the disk is mounted."),
    )


def no_folder(path: Path) -> ConfigProblem:
    """Return the error that the folder of the database `path` does not exist."""
    return ConfigProblem(
        _("There is no folder {folder} for the database.").format(folder=path.parent),
        hint=_("Make the folder, or change the setting `database`."),
        code="no_database",
    )


def _not_at_head() -> ConfigProblem:
    return ConfigProblem(
        _("The database is not in the form that this version needs."),
        hint=_(_UPGRADE),
        code="not_at_head",
    )


def _explain_postgresql(error: Exception, url: URL, *, connected: bool) -> PcloudError | None:
    state = getattr(error, "sqlstate", None) or ""
    place = where(url)
    match state[:2], state:
        case _, "42P01" | "42703" | "3F000":
            return _not_at_head()
        case ("40", _) | (_, "53300" | "55P03" | "57014" | "57P03"):
            return Locked(_("The database is busy."), hint=_(_LATER))
        case _, "53100":
            return Failed(_("The disk is full."), hint=_(_SPACE), code="disk_full")
        case _, "25006":
            return ConfigProblem(
                _("The database {path} may not be written to.").format(path=place),
                hint=_("It may be a standby; the setting `database` must name the primary."),
            )
        case _, "42501":
            return ConfigProblem(
                _("The database {path} refuses this to its user.").format(path=place),
                hint=_("The user in the setting `database` must own the tables of pcloud."),
            )
        case _, "3D000":
            return _no_database(place)
        case "28", _:
            return _refused(place)
        case ("08" | "57", _) | (_, "25P03" | "25P04"):
            return _lost(place) if connected else _unreachable(place)
        case ("58" | "XX" | "53", _):
            return Failed(
                _("The server of the database {path} failed.").format(path=place),
                hint=_("Let its administrator look into the server's log."),
                code="server_failed",
            )
    if type(error).__name__ in ("OperationalError", "ConnectionTimeout", "ConnectionFailure"):
        told = _told(str(error), place)
        if told is not None:
            return told
        return _lost(place) if connected else _unreachable(place)
    return None


def _told(text: str, place: str) -> PcloudError | None:
    """Return what a server says that lets nobody in: it comes without a code."""
    if "authentication failed" in text or "no password supplied" in text:
        return _refused(place)
    if any(sign in text for sign in _FULL):
        return _full(place)
    if 'database "' in text and "does not exist" in text:
        return _no_database(place)
    return None


def _full(place: str) -> Locked:
    return Locked(
        _("The server of the database {path} has no connection left.").format(path=place),
        hint=_("Try again in a moment; if it goes on, its administrator raises max_connections."),
        code="server_full",
    )


def _no_database(place: str) -> ConfigProblem:
    return ConfigProblem(
        _("There is no database {path}.").format(path=place),
        hint=_("Let the server's administrator create it, or change the setting `database`."),
        code="no_database",
    )


def _refused(place: str) -> ConfigProblem:
    return ConfigProblem(
        _("The server of the database {path} refused the login.").format(path=place),
        hint=_("Check the user and the password in the setting `database`."),
    )


def _lost(place: str) -> Failed:
    return Failed(
        _("The connection to the database {path} broke.").format(path=place),
        hint=_(_AGAIN),
        code="connection_lost",
    )


def gone(path: Path) -> Failed:
    """Return the error that the SQLite file was taken away or replaced while it was used."""
    return Failed(
        _("The database {path} was removed or replaced while the command ran.").format(path=path),
        hint=_("Nothing was done. See that the file is in its place, then run the command again."),
        code="database_gone",
    )


def _unreachable(place: str) -> ConfigProblem:
    return ConfigProblem(
        _("The database {path} cannot be reached.").format(path=place),
        hint=_(_SERVER),
        code="unreachable",
    )
