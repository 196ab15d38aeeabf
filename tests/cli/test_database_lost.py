"""The database goes away in the middle: a sentence, nothing half-done, and the next run works."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.cli import whole
from tests.cli.processes import Launcher, Running, wait_until
from tests.cli.program import Answer, Program
from tests.conftest import KINDS, Postgres

_MAKER, _CHECKER = "KF001", "KF002"
_MANY = 3_000
_ON_SERVER = pytest.mark.parametrize(
    "database_kind", [kind for kind in KINDS if kind != "sqlite"], indirect=True
)
_IN_FILE = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
_CHINESE = {"PCLOUD_LANG": "zh"}


@pytest.fixture
def book(site: Program) -> Path:
    """A list that is staged in many parts."""
    return whole.write_csv(site.home / "list.csv", _MANY)


@contextmanager
def _frozen(running: Running) -> Iterator[None]:
    """Keep a process still, so that what is done to its database meets it where it is."""
    running.freeze()
    try:
        yield
    finally:
        running.thaw()


def _name(program: Program) -> str:
    return make_url(program.variables["PCLOUD_DATABASE"]).database or ""


def _cut_off(postgres: Postgres, name: str) -> None:
    postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


def _half_staged(program: Program, processes: Launcher, book: Path) -> Running:
    """Start a load and return it where a part of it is staged."""
    running = processes.start(
        program, "import", "load", book, "-c", "CH", "-o", "json", by=_MAKER, variables=_CHINESE
    )
    wait_until(
        lambda: not running.runs or whole.value(program, "SELECT count(*) FROM import_row"),
        "a part is staged",
    )
    return running


def _must_have_failed(told: Answer, *codes: str) -> None:
    """Fail unless the call ended with one error, in Chinese, and no result."""
    assert (told.code in (1, 78), told.out) == (True, ""), told
    (line,) = told.err.splitlines()
    error = json.loads(line)["error"]
    assert error["code"] in codes, error
    for text in (error["message"], error["hint"]):
        assert any("一" <= letter <= "鿿" for letter in text), text


def _must_work_again(program: Program, processes: Launcher, book: Path) -> None:
    """Fail unless the same load becomes whole, is approved and applied, and all is there once."""
    assert whole.live(program)["house"] == 0
    words = ("import", "load", book, "-c", "CH", "-o", "json")
    told = processes.run(program, *words, by=_MAKER)
    assert (told.code, told.data["new"]) == (0, _MANY), told.err
    number = str(told.data["number"])
    assert processes.run(program, "import", "approve", number, "--yes", by=_CHECKER).code == 0
    assert processes.run(program, "import", "apply", number, by=_CHECKER).code == 0
    found = whole.live(program)
    assert (found["house"], found["owner"], found["ownership"]) == (_MANY,) * 3
    assert whole.stray_rows(program) == 0
    whole.must_hold(program)


@_ON_SERVER
def test_a_load_that_loses_its_connections_takes_back_what_it_staged(
    site: Program, processes: Launcher, postgres: Postgres, book: Path
) -> None:
    running = _half_staged(site, processes, book)
    with _frozen(running):
        _cut_off(postgres, _name(site))
    _must_have_failed(running.answer(), "connection_lost")
    assert (whole.states(site), whole.stray_rows(site)) == (["failed"], 0)
    whole.must_hold(site)


@_ON_SERVER
def test_a_server_that_is_gone_in_the_middle_of_a_load_is_said_and_the_next_load_is_whole(
    site: Program, processes: Launcher, postgres: Postgres, book: Path
) -> None:
    running = _half_staged(site, processes, book)
    name = _name(site)
    with _frozen(running):
        postgres.run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        _cut_off(postgres, name)
    told = running.answer()
    postgres.run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    _must_have_failed(told, "connection_lost", "unreachable")
    assert whole.states(site) == ["loading"]
    assert whole.stray_rows(site) > 0
    _must_work_again(site, processes, book)


@_ON_SERVER
def test_an_apply_that_loses_its_connection_did_nothing(
    site: Program, processes: Launcher, postgres: Postgres
) -> None:
    small = whole.write_csv(site.home / "small.csv", 3_000)
    assert processes.run(site, "import", "load", small, "-c", "CH", by=_MAKER).code == 0
    assert processes.run(site, "import", "approve", "1", "--yes", by=_CHECKER).code == 0
    running = processes.start(
        site, "import", "apply", "1", "-o", "json", by=_CHECKER, variables=_CHINESE
    )
    wait_until(lambda: not running.runs or whole.is_writing(site), "it applies")
    with _frozen(running):
        _cut_off(postgres, _name(site))
    _must_have_failed(running.answer(), "connection_lost")
    assert (whole.live(site)["house"], whole.states(site)) == (0, ["approved"])
    assert processes.run(site, "import", "apply", "1", by=_CHECKER).code == 0
    assert whole.live(site)["house"] == 3_000
    whole.must_hold(site)


@_IN_FILE
def test_a_file_that_is_taken_away_in_the_middle_of_a_load_is_said(
    site: Program, processes: Launcher, book: Path
) -> None:
    running = _half_staged(site, processes, book)
    away = site.home / "away"
    away.mkdir()
    parts = [site.database.with_name(site.database.name + end) for end in ("", "-wal", "-shm")]
    with _frozen(running):
        for part in parts:
            if part.exists():
                part.rename(away / part.name)
    _must_have_failed(running.answer(), "database_gone", "no_database")
    assert not site.database.exists()  # and no empty one in its place
    for part in away.iterdir():
        part.rename(site.database.with_name(part.name))
    away.rmdir()
    _must_work_again(site, processes, book)


@_IN_FILE
def test_what_was_applied_to_a_file_that_another_took_the_place_of_is_not_called_done(
    site: Program, processes: Launcher
) -> None:
    small = whole.write_csv(site.home / "small.csv", 2_000)
    assert processes.run(site, "import", "load", small, "-c", "CH", by=_MAKER).code == 0
    assert processes.run(site, "import", "approve", "1", "--yes", by=_CHECKER).code == 0
    backup = site.database.with_name("backup.db")
    backup.write_bytes(site.database.read_bytes())
    running = processes.start(
        site, "import", "apply", "1", "-o", "json", by=_CHECKER, variables=_CHINESE
    )
    wait_until(lambda: not running.runs or whole.is_writing(site), "it applies")
    with _frozen(running):
        backup.replace(site.database)  # somebody puts a backup back
        for end in ("-wal", "-shm"):
            Path(f"{site.database}{end}").unlink()
    _must_have_failed(running.answer(), "database_gone")
    assert (whole.live(site)["house"], whole.states(site)) == (0, ["approved"])
    assert processes.run(site, "import", "apply", "1", by=_CHECKER).code == 0
    assert whole.live(site)["house"] == 2_000
    whole.must_hold(site)
