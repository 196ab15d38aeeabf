"""Installations to run the program in: made once, copied for each test."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pcloud_cli import i18n
from pcloud_cli.clock import FixedClock
from pcloud_cli.security.passwords import Cost
from pcloud_cli.security.permissions import ROLES
from pcloud_cli.services import account, login, role
from pcloud_cli.services.actor import bootstrap
from tests.cli.processes import Launcher, launcher
from tests.cli.program import Program, copied
from tests.conftest import Postgres

CHEAP = Cost(memory=1024, passes=1, lanes=1)
PASSWORD = "Lake#2026x"

STAFF = {
    "KF001": "customer_service",
    "KF002": "customer_service_lead",
    "NO001": None,
    **{f"R-{code.upper().replace('_', '-')}": code for code in ROLES},
}
"""Who works in a staffed installation, by staff number, and as what. NO001 holds nothing."""


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    """Leave the language as other tests expect it."""
    yield
    i18n.set_language("en")


@pytest.fixture
def bare(tmp_path: Path) -> Program:
    """The program on a machine where nothing is set up."""
    home = tmp_path / "home"
    home.mkdir()
    return Program(home)


@pytest.fixture(scope="session")
def founded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of an installation just after `pcloud init`; to be copied."""
    home = tmp_path_factory.mktemp("founded")
    program = Program(home, random=random.Random(1).randbytes)
    made = program.run("init", "--no-input", "--key-copy", "none")
    assert made.code == 0, made.err
    _settle(program)
    return home


@pytest.fixture(scope="session")
def staffed(founded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """An installation with a community and somebody of every shipped role, logged in."""
    home = copied(founded_home, tmp_path_factory.mktemp("staffed") / "home")
    program = Program(home, random=random.Random(2).randbytes)
    staff(program)
    made = program.run("community", "create", "翠湖花园", "--code", "CH", by="R-SYSTEM-ADMIN")
    assert made.code == 0, made.err
    _settle(program)
    return program


@pytest.fixture(scope="session")
def staffed_on_server(
    postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Program, str]]:
    """The same as `staffed` on PostgreSQL, with the name of its database."""
    name = postgres.create(empty=True)
    home = tmp_path_factory.mktemp("staffed-on-server") / "home"
    home.mkdir()
    program = Program(home, random=random.Random(3).randbytes)
    program.variables["PCLOUD_DATABASE"] = postgres.url(name)
    made = program.run("init", "--no-input", "--key-copy", "none")
    assert made.code == 0, made.err
    staff(program)
    made = program.run("community", "create", "翠湖花园", "--code", "CH", by="R-SYSTEM-ADMIN")
    assert made.code == 0, made.err
    yield program, name
    postgres.drop(name)


@pytest.fixture
def site(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Program]:
    """A staffed installation of the test's own, on each kind of database in turn."""
    if database_kind == "sqlite":
        yield request.getfixturevalue("office")
        return
    template, name = request.getfixturevalue("staffed_on_server")
    server: Postgres = request.getfixturevalue("postgres")
    copy = server.create(template=name)
    program = Program(copied(template.home, tmp_path / "home"), tokens=dict(template.tokens))
    program.variables["PCLOUD_DATABASE"] = server.url(copy)
    program.clock.moment = template.clock.moment
    yield program
    server.drop(copy)


@pytest.fixture(scope="session")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    """What starts the program as processes that can be killed."""
    with launcher(tmp_path_factory.mktemp("processes")) as started:
        yield started


@pytest.fixture
def founded(founded_home: Path, tmp_path: Path) -> Program:
    """An installation of the test's own, just after `pcloud init`."""
    return Program(copied(founded_home, tmp_path / "home"))


@pytest.fixture
def office(staffed: Program, tmp_path: Path) -> Program:
    """A staffed installation of the test's own."""
    program = Program(copied(staffed.home, tmp_path / "home"), tokens=dict(staffed.tokens))
    program.clock.moment = staffed.clock.moment
    return program


def staff(program: Program) -> None:
    """Register everybody of `STAFF` in an installation and log them in.

    Through the services and with a cheap hash, because logging in at full cost takes its time;
    `test_login*` and the path by processes do it in full.
    """
    with program.desk() as desk:
        for number, code in STAFF.items():
            with desk.open(write=True) as (_nobody, work):
                account.create(bootstrap(), work, staff_number=number, name="钱小满", cost=CHEAP)
                if code is not None:
                    role.grant(bootstrap(), work, staff_number=number, role=code, reason="test")
                token, _session = login.open_session(
                    work,
                    account.find(work, number),
                    restricted=False,
                    until=work.now() + login.SESSION,
                    random=program.random,
                )
            program.tokens[number] = token


def _settle(program: Program) -> None:
    """Bring all of the database into its one file, so that it can be copied."""
    with sqlite3.connect(program.database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


@pytest.fixture
def real_time(founded_home: Path, tmp_path: Path) -> Program:
    """An office whose logins hold for processes, which have the real clock."""
    program = Program(copied(founded_home, tmp_path / "home"), clock=FixedClock(datetime.now(UTC)))
    staff(program)
    made = program.run("community", "create", "翠湖花园", "--code", "CH", by="R-SYSTEM-ADMIN")
    assert made.code == 0, made.err
    program.token = program.tokens["KF001"]
    return program
