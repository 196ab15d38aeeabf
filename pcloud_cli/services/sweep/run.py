"""Working off what is due: in portions, each a transaction, until nothing is.

Whoever sweeps is alone: a second one is turned away as locked. Killed at any moment and run
again it ends as if it had not been killed, since each portion is there whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from pcloud_cli.clock import Clock
from pcloud_cli.db import locks
from pcloud_cli.db.work import Work
from pcloud_cli.errors import ConfigProblem, Locked, NotAllowed
from pcloud_cli.i18n import _
from pcloud_cli.services import permission
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.sweep import alerts
from pcloud_cli.services.sweep.declare import Kind
from pcloud_cli.services.sweep.kinds import KINDS
from pcloud_cli.services.sweep.last import Mark

Opened = Callable[..., AbstractContextManager[tuple[Actor, Work]]]

POLL = timedelta(seconds=5)
"""How long `watch` sleeps at most: what is added with an earlier moment is seen within this."""

_PART = 500  # things in one transaction: short enough not to make others wait
_STOPS = (NotAllowed, Locked, ConfigProblem)


@dataclass
class Outcome:
    """What a sweep did: how often what was done, by the kind's name and the code of it."""

    things: int = 0
    done: dict[tuple[str, str], int] = field(default_factory=dict)
    told: list[dict[str, Any]] = field(default_factory=list)
    """Of a replay alone: who would hear of what, as `alerts.told`."""

    def add(self, kind: str, things: int, done: Mapping[str, int]) -> None:
        """Count one portion more."""
        self.things += things
        for code, count in done.items():
            if count:
                self.done[kind, code] = self.done.get((kind, code), 0) + count

    def rows(self) -> list[dict[str, Any]]:
        """Return what was done as rows: kind, what was done (codes), how often."""
        return [
            {"kind": kind, "done": code, "count": count}
            for (kind, code), count in self.done.items()
        ]


def is_anything_due(opened: Opened, *, kinds: Mapping[str, Kind] = KINDS) -> bool:
    """Return whether there is anything for a sweep to do now; the caller must be one who sweeps."""
    with opened() as (actor, work):
        permission.require(actor, work, "sweep.run")
        return bool(_due(work, kinds, work.now()))


def sweep(
    opened: Opened,
    clock: Clock,
    *,
    still: Callable[[], None] = lambda: None,
    stopped: Callable[[], bool] = lambda: False,
    kinds: Mapping[str, Kind] = KINDS,
) -> Outcome:
    """Work off everything that is due now and return what was done.

    Now is the moment at which it begins; what falls due meanwhile is for the next one. `still` is
    called between the portions (`alone`), and after each `stopped` may end it. A kind that fails
    does not keep the others from their turn; its error is raised at the end.
    """
    outcome, until = Outcome(), clock.now()
    failure: Exception | None = None
    with opened() as (actor, work):
        permission.require(actor, work, "sweep.run")
        waiting = _due(work, kinds, until)
    for name, kind in kinds.items():
        # the alerts are there once the others have made them
        if name not in waiting and not outcome.things:
            continue
        try:
            _work_off(opened, until, name, kind, outcome, still, stopped)
        except _STOPS:
            raise
        except Exception as error:
            failure = failure or error
        if stopped():
            break
    if failure is not None:
        raise failure
    return outcome


def _due(work: Work, kinds: Mapping[str, Kind], until: datetime) -> set[str]:
    moments = {name: kind.next_due(work) for name, kind in kinds.items()}
    return {name for name, moment in moments.items() if moment is not None and moment <= until}


def _work_off(
    opened: Opened,
    until: datetime,
    name: str,
    kind: Kind,
    outcome: Outcome,
    still: Callable[[], None],
    stopped: Callable[[], bool],
) -> None:
    while not stopped():
        still()
        with opened(write=True) as (actor, work):
            permission.require(actor, work, "sweep.run")
            taken = kind.take(actor, work, until, _PART)
        outcome.add(name, taken.things, taken.done)
        if not taken.things:
            return


def replay(actor: Actor, work: Work, at: datetime, *, kinds: Mapping[str, Kind] = KINDS) -> Outcome:
    """Return what a sweep at `at` would do if nothing else happened until then.

    `work` is a dry run's: the same code works everything off in its one transaction, as if it
    were that moment, and nothing of it remains.
    """
    permission.require(actor, work, "sweep.run")
    then, outcome = work.at(at), Outcome()
    for name, kind in kinds.items():
        if kind is alerts.KIND:
            outcome.told = alerts.told(then, at)
        while (taken := kind.take(actor, then, at, _PART)).things:
            outcome.add(name, taken.things, taken.done)
            then.session.flush()
    return outcome


def upcoming(
    actor: Actor, work: Work, *, kinds: Mapping[str, Kind] = KINDS
) -> list[dict[str, Any]]:
    """Return of each kind since when something is overdue, and what is due next."""
    permission.require(actor, work, "sweep.run")
    now = work.now()
    rows = []
    for name, kind in kinds.items():
        first = kind.next_due(work)
        overdue = first is not None and first <= now
        rows.append(
            {
                "kind": name,
                "overdue_since": first if overdue else None,
                "next_due": kind.next_due(work, now) if overdue else first,
            }
        )
    return rows


def watch(
    opened: Opened,
    clock: Clock,
    *,
    wait: Callable[[float], bool],
    swept: Callable[[Outcome], None],
    still: Callable[[], None] = lambda: None,
    kinds: Mapping[str, Kind] = KINDS,
) -> None:
    """Sweep whenever something is due, until `wait` says that it is time to stop.

    `wait` sleeps for so many seconds, less where it is woken, and returns whether to stop. It is
    told to sleep until the next moment at which something is due, and `POLL` at most.
    `swept` is given what each sweep has done.
    """
    seconds = 0.0
    while not wait(seconds):
        still()
        with opened() as (actor, work):
            permission.require(actor, work, "sweep.run")
            next_due = _earliest(work, kinds)
        if next_due is not None and next_due <= clock.now():
            swept(sweep(opened, clock, still=still, stopped=lambda: wait(0), kinds=kinds))
            with opened() as (_actor, work):
                next_due = _earliest(work, kinds)
        left = (next_due - clock.now()).total_seconds() if next_due else POLL.total_seconds()
        # what is due and yet was not taken is in somebody else's hands for the moment
        seconds = min(left, POLL.total_seconds()) if left > 0 else POLL.total_seconds()


def _earliest(work: Work, kinds: Mapping[str, Kind]) -> datetime | None:
    found = (kind.next_due(work) for kind in kinds.values())
    return min((moment for moment in found if moment is not None), default=None)


@contextmanager
def alone(engine: Engine, clock: Clock, mark: Mark) -> Iterator[Callable[[], None]]:
    """Be the one who sweeps while the block runs; Locked where another process is.

    The function that is given says from time to time that this one is still at it, and lets `mark`
    note it.
    """
    with locks.alone(engine, "sweep", clock, _busy) as held:

        def still() -> None:
            held()
            mark.at_work()

        yield still


def _busy() -> Locked:
    return Locked(
        _("Another sweep is at work."),
        hint=_("There is nothing to do: it works off what is due. `pcloud sweep show` shows it."),
    )
