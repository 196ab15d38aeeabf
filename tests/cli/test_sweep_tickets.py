"""Tickets that are due in masses: a sweep killed anywhere ends as if it had not been (3.2)."""

from __future__ import annotations

import os
import random
import secrets
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from pcloud_cli.db.engine import make_engine, writer
from pcloud_cli.models.ticket import Ticket
from tests.cli import whole
from tests.cli.processes import Launcher, wait_until
from tests.cli.program import Program
from tests.cli.tickets import completed, submitted

SEEDS = range(int(os.environ.get("PCLOUD_TEST_KILLS", "1")))
_BY = "R-SWEEPER"
_LATE, _SILENT = 520, 130
"""Due tickets: enough for several portions."""


def _many(program: Program) -> None:
    """Let many tickets be late, and many be confirmed by nobody, all due by now."""
    first = {submitted(program): _LATE, completed(program): _SILENT}
    due = program.clock.now() - timedelta(minutes=5)
    engine = make_engine(whole.url(program))
    with writer(engine).begin() as connection:
        for name in ("account", "login_session"):
            connection.exec_driver_sql(f"UPDATE {name} SET due_at = NULL")
        for begin, (number, count) in enumerate(first.items(), 1):
            moments = {"due_at": due, "deadline_at": due, "level": 2, "handler_id": None}
            connection.execute(update(Ticket).where(Ticket.number == number).values(moments))
            one = dict(
                connection.execute(select(Ticket.__table__).where(Ticket.number == number))
                .mappings()
                .one()
            )
            rows: list[dict[str, Any]] = [
                one | {"id": secrets.token_bytes(16), "number": begin * 100_000 + each}
                for each in range(count - 1)
            ]
            connection.execute(insert(Ticket), rows)
    engine.dispose()


def _counted(program: Program) -> dict[str, int]:
    queries = {
        "breaches": "SELECT count(*) FROM ticket_breach",
        "told in the trail": "SELECT count(*) FROM trail_event WHERE action = 'ticket.breach'",
        "closed": "SELECT count(*) FROM ticket WHERE state = 'closed'",
        "steps of closing": "SELECT count(*) FROM ticket_step WHERE step = 'close'",
        "alerts": "SELECT count(*) FROM sweep_alert",
    }
    return {name: int(whole.value(program, query)) for name, query in queries.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_sweep_of_tickets_killed_at_any_moments_and_run_again_ends_the_same(
    site: Program, processes: Launcher, seed: int
) -> None:
    _many(site)
    words = ("sweep", "run")
    begun = time.monotonic()
    dry = processes.run(site, *words, "--dry-run", "-o", "json", by=_BY)
    takes = time.monotonic() - begun
    assert dry.code == 0, dry.err
    assert set(_counted(site).values()) == {0}
    chance = random.Random(seed)
    for part in range(4):
        running = processes.start(site, *words, by=_BY)
        threading.Event().wait(takes * (part + chance.random()) / 4)
        running.kill()
    wait_until(lambda: processes.run(site, *words, by=_BY).code == 0, "the dead one's lock is free")
    assert _counted(site) == {
        "breaches": _LATE,
        "told in the trail": _LATE,
        "closed": _SILENT,
        "steps of closing": _SILENT,
        "alerts": 0,
    }
    # nobody has them, so that each of those who may dispatch hears of all of them, once
    told = "SELECT count(*) FROM outbox_message WHERE template = 'overdue'"
    messages = whole.value(site, told)
    again = processes.run(site, *words, "-o", "json", by=_BY)
    assert (again.code, again.data) == (0, [])
    assert whole.value(site, told) == messages > 0
    left = "SELECT count(*) FROM ticket WHERE state = 'submitted' AND level <> 3"
    assert whole.value(site, left) == 0
    whole.must_hold(site)
