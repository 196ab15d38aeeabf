"""The database's form: where it stands and bringing it up (no data is shown or changed)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from pcloud_cli.context import Context
from pcloud_cli.db import migrate
from pcloud_cli.db.engine import make_engine, reader
from pcloud_cli.models.installation import DataKey
from pcloud_cli.services import acting, role_shipped


def current(run: Context) -> dict[str, Any]:
    """Return the database's revision, this version's, and whether they agree."""
    with _engine(run) as engine:
        return migrate.current(engine)._asdict()


def upgrade(run: Context) -> dict[str, list[str]]:
    """Bring the database to this version's revision, and what the shipped roles have gained.

    Return the new permissions by the role's code. A database that was never set up gets its
    roles from `init`. Where roles gained something the master key is needed, for the trail.
    """
    with _engine(run) as engine:
        migrate.upgrade(engine)
        with Session(bind=reader(engine)) as session:
            set_up = session.scalar(select(DataKey.id).limit(1)) is not None
            lacking = role_shipped.missing(session) if set_up else {}
    if lacking:
        with acting.as_caller(run, write=True) as (actor, work):
            lacking = role_shipped.bring_up(actor, work)
    return lacking


@contextmanager
def _engine(run: Context) -> Iterator[Engine]:
    engine = make_engine(run.settings.database_url())
    try:
        yield engine
    finally:
        engine.dispose()
