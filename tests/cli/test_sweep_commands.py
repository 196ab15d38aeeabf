"""The sweep as people, cron and the service manager run it: alone, killed, replayed, watching."""

from __future__ import annotations

import os
import random
import secrets
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update

from pcloud_cli.db.engine import make_engine, writer
from pcloud_cli.models.approval import Approval
from pcloud_cli.models.sweep import Alert, Breach
from tests.cli import whole
from tests.cli.processes import Launcher, Running, wait_until
from tests.cli.program import Program

SEEDS = range(int(os.environ.get("PCLOUD_TEST_KILLS", "1")))
_BY = "R-SWEEPER"
_SWEPT_AT = "SELECT swept_at FROM installation"
_MANY = 600
"""Due things: enough for several portions."""


def change(program: Program, statement: Any, rows: list[dict[str, Any]] | None = None) -> None:
    """Change the database past the program."""
    engine = make_engine(whole.url(program))
    with writer(engine).begin() as connection:
        if rows is None:
            connection.execute(statement)
        else:
            connection.execute(statement, rows)
    engine.dispose()


@pytest.fixture
def waiting(site: Program) -> Program:
    """An office in which an entry waits, due in five minutes, and nothing else."""
    book = whole.write_csv(site.home / "list.csv", 3)
    assert site.run("import", "load", book, "-c", "CH", by="KF001").code == 0
    for table in ("account", "login_session"):
        change(site, text(f"UPDATE {table} SET due_at = NULL"))
    change(site, update(Approval).values(due_at=site.clock.now() + timedelta(minutes=5)))
    return site


def _many(program: Program) -> None:
    """Let many entries wait, all due by now."""
    with whole.connection(program) as opened:
        one = dict(opened.execute(select(Approval.__table__)).mappings().one())
    due = program.clock.now() - timedelta(minutes=5)
    rows = [one | {"id": secrets.token_bytes(16), "due_at": due} for _each in range(_MANY - 1)]
    change(program, insert(Approval), rows)
    change(program, update(Approval).values(due_at=due))


def _count(program: Program, model: type[Any]) -> int:
    found: int = whole.value(program, f"SELECT count(*) FROM {model.__tablename__}")
    return found


def _is_held(program: Program) -> bool:
    if "PCLOUD_DATABASE" in program.variables:
        query = (
            "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
            "WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()"
        )
    else:
        query = "SELECT count(*) FROM process_claim"
    return bool(whole.value(program, query))


@pytest.fixture
def watch(waiting: Program, processes: Launcher) -> Callable[[], Running]:
    """Start a watch, and return once it alone may sweep."""

    def start() -> Running:
        running = processes.start(waiting, "sweep", "run", "--watch", by=_BY)
        wait_until(lambda: not running.runs or _is_held(waiting), "the watch has its turn")
        assert running.runs, running.answer()
        return running

    return start


def test_of_two_one_sweeps_and_the_other_is_turned_away_until_the_first_is_dead(
    waiting: Program, watch: Callable[[], Running]
) -> None:
    running = watch()
    waiting.clock.advance(timedelta(minutes=10))  # not for the watch: its clock stands
    refused = waiting.run("sweep", "run", "-o", "json", by=_BY)
    assert (refused.code, refused.out, refused.error["code"]) == (75, "", "locked")
    assert refused.error["hint"]
    quiet = waiting.run("sweep", "run", "--quiet", by=_BY)
    assert quiet == (75, "", "")
    assert _count(waiting, Breach) == 0
    assert running.kill()
    # the server may take a moment to see that its client is gone
    wait_until(lambda: waiting.run("sweep", "run", by=_BY).code == 0, "the lock is free")
    assert _count(waiting, Breach) == 1
    assert not _is_held(waiting)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_watch_that_is_asked_to_end_ends_and_leaves_nothing(
    waiting: Program, watch: Callable[[], Running], number: signal.Signals, code: int
) -> None:
    running = watch()
    running.signal(number)
    told = running.answer()
    assert (told.code, told.out) == (code, "")
    assert ("Traceback" in told.err, _is_held(waiting)) == (False, False)


def test_a_watch_that_finds_nothing_due_counts_as_sweeping(
    waiting: Program, watch: Callable[[], Running]
) -> None:
    assert whole.value(waiting, _SWEPT_AT) is None
    running = watch()
    assert whole.value(waiting, _SWEPT_AT) is not None
    assert _count(waiting, Breach) == 0
    running.signal(signal.SIGTERM)
    assert running.answer().code == 0


def test_a_sweep_that_another_writer_keeps_from_noting_its_moment_fails_no_more_for_it(
    waiting: Program,
) -> None:
    engine = make_engine(whole.url(waiting))
    with writer(engine).begin() as connection:
        connection.execute(text("UPDATE installation SET name = 'busy'"))
        assert waiting.run("sweep", "run", "--quiet", by=_BY) == (0, "", "")
    engine.dispose()
    assert whole.value(waiting, _SWEPT_AT) is None
    assert waiting.run("sweep", "run", "--quiet", by=_BY).code == 0
    assert whole.value(waiting, _SWEPT_AT) is not None


def test_a_watch_works_off_what_is_due_and_what_is_added_meanwhile(
    waiting: Program, watch: Callable[[], Running]
) -> None:
    running = watch()
    due = waiting.clock.now() - timedelta(minutes=1)
    change(waiting, update(Approval).values(due_at=due))
    wait_until(lambda: not running.runs or _count(waiting, Breach) == 1, "it was found late")
    wait_until(lambda: not running.runs or not _count(waiting, Alert), "it was told")
    running.signal(signal.SIGTERM)
    told = running.answer()
    assert (told.code, told.err) == (0, "")
    assert "told of" in told.out
    whole.must_hold(waiting)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_sweep_killed_at_any_moments_and_run_again_ends_the_same(
    waiting: Program, processes: Launcher, seed: int
) -> None:
    _many(waiting)
    words = ("sweep", "run")
    begun = time.monotonic()
    dry = processes.run(waiting, *words, "--dry-run", "-o", "json", by=_BY)
    takes = time.monotonic() - begun
    assert dry.code == 0, dry.err
    assert (_count(waiting, Breach), _count(waiting, Alert)) == (0, 0)
    chance = random.Random(seed)
    for part in range(4):
        running = processes.start(waiting, *words, by=_BY)
        threading.Event().wait(takes * (part + chance.random()) / 4)
        running.kill()
        # in one look: the server may still be ending what the dead one had begun
        with whole.connection(waiting) as opened:
            query = "SELECT (SELECT count(*) FROM sweep_alert), (SELECT count(*) FROM sweep_breach)"
            alerts, breaches = opened.execute(text(query)).one()
        assert alerts in (0, breaches * _told_each(waiting))
    wait_until(
        lambda: processes.run(waiting, *words, by=_BY).code == 0, "the dead one's lock is free"
    )
    assert (_count(waiting, Breach), _count(waiting, Alert)) == (_MANY, 0)
    assert _messages(waiting) == _told_each(waiting)
    told = "SELECT count(*) FROM trail_event WHERE action = 'sweep.breach'"
    assert whole.value(waiting, told) == _MANY
    again = processes.run(waiting, *words, "-o", "json", by=_BY)
    assert (again.code, again.data) == (0, [])
    whole.must_hold(waiting)


def _told_each(program: Program) -> int:
    """Return how many people hear of each entry: those who may approve a workbook."""
    query = (
        "SELECT count(DISTINCT g.account_id) FROM role_grant g "
        "JOIN role_permission p ON p.role_id = g.role_id WHERE p.permission = 'import.approve'"
    )
    found: int = whole.value(program, query)
    return found


def _messages(program: Program) -> int:
    found: int = whole.value(
        program, "SELECT count(*) FROM outbox_message WHERE template = 'overdue'"
    )
    return found


def test_a_replay_is_of_the_zone_that_the_clocks_change_in(waiting: Program) -> None:
    # in New York 2026-03-08 has no hour from two to three: 24 hours later is not the same hour
    made = datetime(2026, 3, 7, 8, 0, tzinfo=UTC)
    change(waiting, update(Approval).values(due_at=made + timedelta(hours=24)))
    found = {}
    for hour in ("03:59", "04:00"):
        dry = waiting.run(
            *("sweep", "run", "--at", f"2026-03-08 {hour}", "--dry-run", "-o", "json"),
            by=_BY,
            variables={"PCLOUD_ZONE": "America/New_York"},
        )
        assert dry.code == 0, dry.err
        found[hour] = [(row["kind"], row["done"]) for row in dry.data if row["done"]]
    assert found == {"03:59": [], "04:00": [("approval", "told"), ("alert", "messages")]}
    assert (_count(waiting, Breach), _messages(waiting)) == (0, 0)


def test_a_replay_says_what_the_sweep_then_does(waiting: Program) -> None:
    _many(waiting)
    dry = waiting.run("sweep", "run", "--dry-run", "-o", "json", by=_BY)
    done = waiting.run("sweep", "run", "-o", "json", by=_BY)
    counted = [{name: row[name] for name in ("kind", "done", "count")} for row in dry.data]
    assert [row for row in counted if row["done"]] == done.data != []
    told = [row for row in dry.data if row["kind"] == "told"]
    assert told
    assert all(row["what"] for row in told)
    assert waiting.run("sweep", "run", "-o", "json", by=_BY).data == []


@pytest.mark.parametrize(
    "words", [("--at", "tomorrow"), ("--watch", "--dry-run"), ("--watch", "--at", "tomorrow")]
)
def test_a_call_that_would_write_what_has_not_happened_is_refused(
    waiting: Program, words: tuple[str, ...]
) -> None:
    refused = waiting.run("sweep", "run", *words, "-o", "json", by=_BY)
    assert (refused.code, refused.error["code"]) == (2, "usage")


def test_show_says_what_is_overdue_and_what_is_next_in_both_languages(waiting: Program) -> None:
    shown = waiting.run("sweep", "show", "-o", "json", by=_BY)
    (entry,) = [row for row in shown.data if row["kind"] == "approval"]
    assert entry["overdue_since"] is None
    assert entry["next_due"]
    chinese = waiting.run("sweep", "show", by=_BY, variables={"PCLOUD_LANG": "zh"})
    assert "等待复核的录入" in chinese.out
