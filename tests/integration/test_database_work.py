"""The unit of work: all or nothing, and many writers at once."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.engine import reader
from pcloud_cli.db.trail import verify
from pcloud_cli.db.work import unit_of_work
from pcloud_cli.ids import IdSource
from pcloud_cli.models.community import Community, Section
from pcloud_cli.security.keys import KeyRing

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)

WRITER = """
import sys
from pcloud_cli.clock import SystemClock
from pcloud_cli.db.engine import make_engine
from pcloud_cli.db.work import TrailEntry, unit_of_work
from pcloud_cli.ids import IdSource
from pcloud_cli.models.community import Community
from pcloud_cli.security.keys import KeyRing
import os, random
name = sys.argv[2]
master = bytes(range(32))
keys = KeyRing(master, KeyRing.create(master, random.Random(7).randbytes))
ids = IdSource(SystemClock(), os.urandom)
engine = make_engine(sys.argv[1])
for number in range(15):
    with unit_of_work(engine, clock=SystemClock(), ids=ids, keys=keys, origin="t", write=True) as w:
        title = f"{name}{number}"
        row = Community(id=ids(), code=title, name=title, created_at=w.now())
        w.session.add(row)
        w.session.flush()
        w.record(TrailEntry("person", None, "community.create", "community", row.id))
"""


def test_several_writing_processes_never_meet_a_locked_database(
    engine: Engine, database_url: str, keyring: KeyRing
) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", WRITER, database_url, name], stderr=subprocess.PIPE)
        for name in "abc"
    ]
    for process in started:
        _out, errors = process.communicate(timeout=300)
        assert (process.returncode, errors) == (0, b"")
    with Session(reader(engine)) as session:
        assert session.scalar(select(func.count()).select_from(Community)) == 45
        result = verify(session.connection(), keyring)
    assert (result.ok, result.events) == (True, 45)


def test_a_unit_of_work_commits_all_or_nothing(
    engine: Engine, clock: FixedClock, ids: IdSource, keyring: KeyRing
) -> None:
    def attempt(*, dry_run: bool, fail: bool) -> None:
        with unit_of_work(
            engine, clock=clock, ids=ids, keys=keyring, origin="t", write=True, dry_run=dry_run
        ) as work:
            work.session.add(Community(id=b"c" * 16, code="c", name="c", created_at=NOW))
            work.session.flush()
            if fail:
                raise KeyboardInterrupt

    def count() -> int | None:
        with Session(reader(engine)) as session:
            return session.scalar(select(func.count()).select_from(Community))

    with pytest.raises(KeyboardInterrupt):
        attempt(dry_run=False, fail=True)
    assert count() == 0
    attempt(dry_run=True, fail=False)
    assert count() == 0
    attempt(dry_run=False, fail=False)
    assert count() == 1


def test_a_dry_run_meets_the_same_refusals(
    engine: Engine, clock: FixedClock, ids: IdSource, keyring: KeyRing
) -> None:
    with (
        pytest.raises(IntegrityError),
        unit_of_work(
            engine, clock=clock, ids=ids, keys=keyring, origin="t", write=True, dry_run=True
        ) as work,
    ):
        work.session.add(Section(id=b"s" * 16, community_id=b"none" * 4, name="A", created_at=NOW))


def test_threads_share_an_engine(engine: Engine) -> None:
    found: list[int | None] = []

    def read() -> None:
        with Session(reader(engine)) as session:
            found.append(session.scalar(select(func.count()).select_from(Community)))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [0] * 4
