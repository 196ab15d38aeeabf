"""A sweep of a thousand due things among a million, beside the same thousand among ten thousand.

Nothing is to depend on how much there is that is not due. Measured is the sweep itself, in this
process: finding, recording, telling the trail, moving on and queueing messages, all committed.
`FILLINGS` says how a kind's table is filled; a new kind is one more line.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from pcloud_cli.context import Context
from pcloud_cli.db.engine import reader, writer
from pcloud_cli.models.account import Account
from pcloud_cli.models.approval import Approval
from pcloud_cli.models.community import Community
from pcloud_cli.models.sweep import Alert, Breach
from pcloud_cli.models.ticket import Ticket, TicketBreach
from pcloud_cli.services import acting, role
from pcloud_cli.services.actor import bootstrap
from pcloud_cli.services.sweep import run as sweeping
from pcloud_cli.services.sweep.kinds import KINDS
from scripts.inside.bench.importing import databases
from scripts.inside.bench.installation import Fresh
from scripts.inside.bench.table import Result

DUE = 1_000
_OPEN_PERCENT = 3  # of what a year leaves; the rest is done, and has no moment
_PART = 20_000
_BUDGET = 2.0


@dataclass(frozen=True)
class Filling:
    """How a kind's table is filled: its model, and `count` rows, every `step`-th one due.

    `due` are the values of a row that falls due at a moment, `done` the code that each is counted
    by.
    """

    model: type[Any]
    rows: Callable[[acting.Desk, int, int], Iterator[dict[str, Any]]]
    due: Callable[[datetime], dict[str, Any]] = lambda moment: {"due_at": moment}
    done: str = "told"


def _approvals(desk: acting.Desk, count: int, step: int) -> Iterator[dict[str, Any]]:
    """Yield changes of owners: some due, some that wait until a day to come, most decided."""
    with reader(desk.engine).connect() as connection:
        numbers = connection.execute(select(Account.staff_number, Account.id)).all()
    people = {row[0]: row[1] for row in numbers}
    now, ids = desk._run.clock.now(), desk._run.ids
    for begin in range(0, count, _PART):
        for number, each in enumerate(ids.take(min(_PART, count - begin)), begin):
            is_due = number % step == 0
            is_open = is_due or each[-1] % 100 < _OPEN_PERCENT
            later = now + timedelta(days=1 + each[-2] % 30)
            yield {
                "id": each,
                "kind": "owner.contact",
                "subject_id": each,
                "state": "pending" if is_open else "approved",
                "content_hash": each,
                "summary": "{}",
                "maker_id": people["KF001"],
                "made_at": now - timedelta(days=1),
                "checker_id": None if is_open else people["KF002"],
                "decided_at": None if is_open else now,
                "due_at": now if is_due else later if is_open else None,
                "mac": each,
            }


_ENDED = tuple(
    state
    for state, share in (
        ("confirmed", 68),
        ("closed", 22),
        ("linked", 4),
        ("cancelled", 4),
        ("rejected", 2),
    )
    for _each in range(share)
)
"""How a hundred repairs of a year ended."""


def _tickets(desk: acting.Desk, count: int, step: int) -> Iterator[dict[str, Any]]:
    """Yield a year's repairs: some due, some that wait, most ended one way or another."""
    with reader(desk.engine).connect() as connection:
        place = connection.scalar(select(Community.id))
        people = connection.scalars(select(Account.id)).all()
    now, ids = desk._run.clock.now(), desk._run.ids
    main = None
    for begin in range(0, count, _PART):
        for number, each in enumerate(ids.take(min(_PART, count - begin)), begin):
            is_due = number % step == 0
            is_open = is_due or each[-1] % 100 < _OPEN_PERCENT
            main = main or each
            ended = _ENDED[each[-3] % 100]
            due = now + timedelta(hours=12, minutes=each[-2] * 10)  # not while we measure
            begun = now - timedelta(days=each[-4] % 250, hours=1)
            yield {
                "id": each,
                "number": number + 1,
                "community_id": place,
                "public_place": "地下车库",
                "state": ("on_site" if number % 2 else "submitted") if is_open else ended,
                "urgency": "normal",
                "channel": "phone",
                "reporter": "owner",
                "content_sealed": each * 3,
                "called_at": begun,
                "submitted_at": begun,
                "late_entry": False,
                "handler_id": people[number % len(people)] if number % 2 else None,
                "main_id": main if not is_open and ended == "linked" else None,
                "clock": ("complete" if number % 2 else "accept") if is_open else None,
                "clock_began_at": begun if is_open else None,
                "deadline_at": due if is_open else None,
                "due_at": due if is_open else None,
                "level": 2 if is_open else 0,
            }


FILLINGS: Mapping[str, Filling] = {
    "approval": Filling(Approval, _approvals),
    "ticket": Filling(
        Ticket,
        _tickets,
        lambda moment: {"due_at": moment, "deadline_at": moment, "level": 2},
        "late",
    ),
}
"""What is measured, by the kind's name."""


def measure(given: argparse.Namespace, folder: Path) -> list[Result]:
    """Measure sweeps among a tenth of `given.rows` and among ten times as many."""
    sizes = [max(given.rows // 10, DUE * 10), given.rows * 10]
    place = folder / "sweeps"
    place.mkdir(exist_ok=True)
    found: list[Result] = []
    with databases(given.database, place) as (made, _is_file):
        for kind, (name, filling) in enumerate(FILLINGS.items()):
            few, many = (
                Result(f"{name}: {DUE:,} due of {size:,}", note="the sweep alone") for size in sizes
            )
            few.floor = many.floor = few
            many.budget = _BUDGET
            for number, (result, size) in enumerate(zip((few, many), sizes, strict=True)):
                _measure(made.fresh(2 * kind + number), name, filling, size, given.runs, result)
            found += [few, many]
    return found


def _measure(
    target: Fresh, name: str, filling: Filling, size: int, runs: int, result: Result
) -> None:
    env = target.environment("maker")
    run = Context(env=env, stdin=io.StringIO(), stdout=io.StringIO(), stderr=io.StringIO())
    kinds = {each: KINDS[each] for each in (name, "alert")}
    with acting.at_desk(run) as desk:
        with desk.open(write=True) as (_maker, work):
            role.grant(bootstrap(), work, staff_number="KF001", role="sweeper", reason="bench")
        due = _fill(desk, filling, size)
        for _unused in range(runs):
            _make_due(desk, filling, due)
            begun = time.perf_counter()
            outcome = sweeping.sweep(desk.open, run.clock, kinds=kinds)
            result.seconds.append(time.perf_counter() - begun)
            if outcome.done.get((name, filling.done)) != DUE:
                raise AssertionError(f"the sweep found something else: {outcome.done}")


def _fill(desk: acting.Desk, filling: Filling, size: int) -> list[bytes]:
    """Fill the table, let the database look at it, and return the ids of what is due."""
    table, step = filling.model.__table__, size // DUE
    due: list[bytes] = []
    with writer(desk.engine).begin() as connection:
        rows: list[dict[str, Any]] = []
        for number, each in enumerate(filling.rows(desk, size, step)):
            rows.append(each)
            if number % step == 0:
                due.append(each["id"])
            if len(rows) == _PART:
                connection.execute(insert(table), rows)
                rows = []
        if rows:
            connection.execute(insert(table), rows)
    with writer(desk.engine).begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    return due


def _make_due(desk: acting.Desk, filling: Filling, due: list[bytes]) -> None:
    """Let all of `due` be due, and nothing of it be recorded."""
    table = filling.model.__table__
    moment = desk._run.clock.now() - timedelta(minutes=1)
    with writer(desk.engine).begin() as connection:
        connection.execute(delete(Alert))
        for model in (Breach, TicketBreach):
            connection.execute(delete(model))
        change = update(table).where(table.c.id == bindparam("it")).values(filling.due(moment))
        connection.execute(change, [{"it": each} for each in due])
