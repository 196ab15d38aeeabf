"""The edge where a command becomes an actor in a unit of work.

Here, and only here, the pieces come together: engine, key ring, login, transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, select, text

from pcloud_cli.context import Context
from pcloud_cli.db import migrate
from pcloud_cli.db.engine import make_engine, reader
from pcloud_cli.db.work import Work, unit_of_work
from pcloud_cli.errors import ConfigProblem, PcloudError
from pcloud_cli.i18n import _
from pcloud_cli.models.installation import DataKey
from pcloud_cli.security.keys import FoundKey, KeyRing, KeyRow, find_master_key
from pcloud_cli.security.master_key import checksum, new_file, read_key_file
from pcloud_cli.services import role_use, sessions
from pcloud_cli.services.actor import Actor, nobody


class Desk:
    """One call's engine and key ring, from which several units of work may be opened.

    A service that must commit in parts (loading a large workbook) gets `open` and calls it for
    each part; every part resolves the caller anew, so a revoked login ends it.
    """

    def __init__(self, run: Context) -> None:
        self._run = run
        self.engine: Engine = make_engine(run.settings.database_url())
        try:
            self.keys = key_ring(self.engine, master_key(run))
        except BaseException:
            self.engine.dispose()
            raise

    @contextmanager
    def open(self, *, write: bool = False) -> Iterator[tuple[Actor, Work]]:
        """Give the caller and a unit of work; commit at the end, with its trail."""
        run = self._run
        actor, uses = nobody(), set[tuple[bytes, str]]()
        try:
            with unit_of_work(
                self.engine,
                clock=run.clock,
                ids=run.ids,
                keys=self.keys,
                origin=run.origin,
                write=write,
                dry_run=run.flags.dry_run,
            ) as work:
                actor = sessions.caller(run, work)
                yield actor, work
                uses = role_use.to_note(actor, work)
        except PcloudError:
            sessions.seen(self.engine, actor, run.clock.now())
            raise
        sessions.seen(self.engine, actor, run.clock.now())
        role_use.note(self.engine, uses, run.clock.now())

    def close(self) -> None:
        """Give the database's connections back."""
        self.engine.dispose()


@contextmanager
def at_desk(run: Context) -> Iterator[Desk]:
    """Give a desk for a service that needs several units of work."""
    desk = Desk(run)
    try:
        yield desk
    finally:
        desk.close()


@contextmanager
def as_caller(run: Context, *, write: bool = False) -> Iterator[tuple[Actor, Work]]:
    """Give the logged-in actor (or nobody) and one unit of work, committed at the end.

    Raises ConfigProblem where database or key are not set up.
    """
    with at_desk(run) as desk, desk.open(write=write) as (actor, work):
        yield actor, work


def master_key(run: Context) -> FoundKey:
    """Return the master key and where it was found: file, credential, environment, keyring."""
    return find_master_key(run.env, run.settings.text("key_file") or None)


def key_ring(engine: Engine, master: FoundKey) -> KeyRing:
    """Return the key ring of the installation in `engine`'s database.

    Raises ConfigProblem where the tables are of another version, or there are no keys yet.
    """
    found = text("SELECT version_num FROM alembic_version")
    query = select(
        DataKey.id, DataKey.purpose, DataKey.wrapped, DataKey.state, DataKey.master
    ).order_by(DataKey.id)
    with reader(engine).connect() as connection:
        migrate.refuse_other_revision(connection.scalar(found))
        found_rows = connection.execute(query).all()
    rows = [KeyRow(*row[:4]) for row in found_rows]
    if not rows:
        raise ConfigProblem(
            _("This database has not been set up."),
            hint=_("Run `pcloud init`."),
        )
    return KeyRing(_fitting(master, {row[4] for row in found_rows if row[4]}).key, rows)


def key_file(run: Context) -> Path | None:
    """Return the file that the master key comes from; None where it comes from elsewhere."""
    path = run.settings.text("key_file") or run.env.get("PCLOUD_KEY_FILE")
    return Path(path).absolute() if path and Path(path).exists() else None


def _fitting(master: FoundKey, wanted: set[str]) -> FoundKey:
    """Return the master key that the data keys are wrapped with, as far as they say so.

    It may be changed at this very moment, or the change was ended half-way: then the new one lies
    beside the old one.
    """
    if not wanted or checksum(master.key) in wanted:
        return master
    path = Path(master.origin)
    if path.is_absolute() or path.exists():
        for beside in (path, new_file(path)):
            if beside.exists():
                other = FoundKey(read_key_file(beside), str(beside))
                if checksum(other.key) in wanted:
                    return other
    raise ConfigProblem(
        _("The data needs the master key {wanted}; the one from {origin} is {found}.").format(
            wanted="/".join(sorted(wanted)), origin=master.origin, found=checksum(master.key)
        ),
        hint=_(
            "These are the checksums in the key files. It belongs to another installation, or to"
            " another time: a restored backup needs the key of its own, and `pcloud recover key`"
            " puts the copy in place."
        ),
        code="key_wrong",
    )
