"""The unit of work: one transaction, its trail, and the evidence that outlives it.

A service gets a `Work`, never commits it, and says what happened by `record`. What must be
known even if nothing else remains (a refusal, a failed login, a reading of private data) it says
by `evidence`: that is committed when the work rolls back too, and on a dry run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from pcloud_cli.clock import Clock, FixedClock
from pcloud_cli.db import trail
from pcloud_cli.db.engine import reader, writer
from pcloud_cli.db.trail import Stamped, TrailEntry
from pcloud_cli.errors import PcloudError
from pcloud_cli.ids import IdSource
from pcloud_cli.security.keys import KeyRing

__all__ = ["TrailEntry", "Work", "unit_of_work"]


@dataclass
class Work:
    """What a service works with; `origin` says where the command ran, without secrets."""

    session: Session
    clock: Clock
    ids: IdSource
    keys: KeyRing
    origin: str
    write: bool
    dry_run: bool
    true_clock: Clock | None = None
    _events: list[tuple[Stamped, bool]] = field(default_factory=list)

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return self.clock.now()

    def at(self, moment: datetime) -> Work:
        """Return this work as it would be at `moment`; what it tells keeps its true time.

        For a dry run alone, which asks what would be.
        """
        if not self.dry_run:
            raise RuntimeError("only a dry run may be at another moment")
        return replace(self, clock=FixedClock(moment), true_clock=self.clock)

    def record(self, event: TrailEntry) -> None:
        """Append `event` to the trail if and when this work commits."""
        if not self.write:
            raise RuntimeError("a unit of work that only reads records nothing: use evidence")
        self._events.append((self._stamp(event), False))

    def evidence(self, event: TrailEntry) -> None:
        """Append `event` to the trail whatever becomes of this work."""
        self._events.append((self._stamp(event), True))

    def _stamp(self, event: TrailEntry) -> Stamped:
        return Stamped(event, (self.true_clock or self.clock).now(), self.origin)


@contextmanager
def unit_of_work(
    engine: Engine,
    *,
    clock: Clock,
    ids: IdSource,
    keys: KeyRing,
    origin: str,
    write: bool,
    dry_run: bool = False,
) -> Iterator[Work]:
    """Give one unit of work; commit it, with its trail, when the block ends well.

    When the block raises, or on a dry run, everything is rolled back, and the evidence is then
    written in a transaction of its own. So is that of a work which only reads: at the latest
    here, before the caller prints anything. If evidence cannot be written, that error is raised.
    """
    bind = writer(engine) if write else reader(engine)
    session = Session(bind=bind, expire_on_commit=False)
    work = Work(session, clock, ids, keys, origin, write, dry_run)
    try:
        yield work
        _finish(work)
    except Exception:
        # what stopped it is what counts, and not that a broken connection cannot be rolled back
        with suppress(PcloudError, SQLAlchemyError):
            session.close()
        raise
    except BaseException:
        with suppress(PcloudError, SQLAlchemyError):
            session.rollback()
        # Ctrl-C may have met the driver in the middle of a word: nothing more is said to it
        session.invalidate()
        raise
    else:
        session.close()
    finally:
        kept = [event for event, is_evidence in work._events if is_evidence]
        if kept:
            with writer(engine).begin() as connection:
                trail.append(connection, keys, kept)


def _finish(work: Work) -> None:
    if not work.write:
        return
    work.session.flush()  # on a dry run too: what the database forbids is to be seen
    if work.dry_run:
        return
    if work._events:
        events = [event for event, _is_evidence in work._events]
        trail.append(work.session.connection(), work.keys, events)
    work.session.commit()
    work._events.clear()
