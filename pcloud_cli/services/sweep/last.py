"""When a sweep last looked after everything: one moment, whether anything was due or not.

What was late leaves rows and events; one that finds nothing due leaves nothing but this. A replay
is no sweep, and neither is one that failed.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Engine, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from pcloud_cli.clock import Clock
from pcloud_cli.db.engine import reader
from pcloud_cli.errors import PcloudError
from pcloud_cli.i18n import _
from pcloud_cli.models.installation import Installation
from pcloud_cli.output.values import shown
from pcloud_cli.services.sessions import impatient

ALLOWED = timedelta(minutes=5)
"""For how long there may be none: it is to run every minute, and may wait for another writer."""

_EVERY = timedelta(minutes=1)


class Mark:
    """What notes of one call that sweeps are run here, once a minute however often it is told.

    It neither waits for other writers nor fails a sweep: without it the last one merely seems to be
    the one before.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self._begun = clock.now()
        self._at: datetime | None = None

    def done(self) -> None:
        """Note that everything was looked after."""
        if self._at is None or self._clock.now() - self._at >= _EVERY:
            self._write()

    def at_work(self) -> None:
        """Note it of a sweep that has been working off what is due for a while."""
        if self._clock.now() - (self._at or self._begun) >= _EVERY:
            self._write()

    def _write(self) -> None:
        now = self._clock.now()
        statement = (
            update(Installation)
            .where(or_(Installation.swept_at.is_(None), Installation.swept_at < now))
            .values(swept_at=now)
        )
        with suppress(SQLAlchemyError, PcloudError), impatient(self._engine) as connection:
            connection.execute(statement)
            self._at = now


def swept_at(engine: Engine) -> datetime | None:
    """Return when a sweep last looked after everything; None where none ever did."""
    with Session(bind=reader(engine)) as session:
        return session.scalar(select(Installation.swept_at))


def warning(at: datetime | None, now: datetime, zone: str) -> tuple[str, str] | None:
    """Return what is wrong with the last sweep having been `at`, and what to do; None for nothing.

    Moments are said in `zone`.
    """
    if at is None:
        return (
            _("No sweep has run yet: what falls due is neither worked off nor told."),
            _(
                "Let it run every minute: `pcloud cron print sweep` gives the line, with"
                " --systemd the units; sweep-watch is the one that stays."
            ),
        )
    if now - at <= ALLOWED:
        return None
    return (
        _("The last sweep ran at {moment}; one is due every minute.").format(
            moment=shown(at, zone)
        ),
        _(
            "See why: the mail of cron, or `systemctl status pcloud-sweep.service"
            " pcloud-sweep-watch.service`. `pcloud sweep run` works off what has waited."
        ),
    )
