"""What the tests share: databases of both kinds, a key ring, a clock that stands still.

PCLOUD_TEST_POSTGRES names a PostgreSQL server where databases may be created; `scripts/test`
brings one up. Without it the tests run on SQLite alone, which CI=true forbids.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import Engine, create_engine, make_url

from pcloud_cli.clock import FixedClock
from pcloud_cli.db import engine as engines
from pcloud_cli.db import migrate
from pcloud_cli.db.engine import make_engine
from pcloud_cli.db.work import Work, unit_of_work
from pcloud_cli.ids import IdSource
from pcloud_cli.security.keys import KeyRing

SERVER = os.environ.get("PCLOUD_TEST_POSTGRES")
KINDS = ["sqlite", "postgresql"] if SERVER else ["sqlite"]

settings.register_profile("pcloud", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("pcloud")


def pytest_configure() -> None:
    """Refuse to call a run on one database a full one."""
    if os.environ.get("CI") == "true" and not SERVER:
        raise pytest.UsageError("CI=true, but PCLOUD_TEST_POSTGRES names no server")


class _CompiledStatements(dict[Any, Any]):
    """Compiled statements by what they say and the kind of database, whichever engine asks."""

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the statement of `key`, which begins with the dialect of an engine."""
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: Any, statement: Any) -> None:
        """Keep a statement."""
        super().__setitem__((key[0].name, *key[1:]), statement)


@pytest.fixture(scope="session", autouse=True)
def _statements_compiled_once() -> Iterator[None]:
    """Let the engines of all tests share their compiled statements.

    Each call of the program makes an engine of its own, as a process does; compiling anew what it
    says to the database took half of the tests' time.
    """
    options = {"compiled_cache": _CompiledStatements()}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(engines, "create_engine", partial(create_engine, execution_options=options))
        yield


class Postgres:
    """A PostgreSQL server with a migrated template, of which each test gets a copy."""

    def __init__(self, address: str) -> None:
        self.address = make_url(address).set(drivername="postgresql+psycopg")
        self.template = f"pcloud_template_{os.getpid()}"
        self._admin = create_engine(self.address, isolation_level="AUTOCOMMIT")
        self._made = 0
        with self._admin.connect() as connection:
            version = connection.dialect.server_version_info or (0,)
        # files copied as they are, not page by page through the log: half of the time
        self._quickly = " STRATEGY FILE_COPY" if version >= (15,) else ""

    def run(self, statement: str) -> None:
        """Run one statement outside any database of ours."""
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)

    def url(self, name: str) -> str:
        """Return the URL of the database `name`."""
        return self.address.set(database=name).render_as_string(hide_password=False)

    def start(self) -> None:
        """Make the template."""
        self.drop(self.template)
        self.run(f'CREATE DATABASE "{self.template}"')
        engine = make_engine(self.url(self.template))
        migrate.upgrade(engine)
        engine.dispose()

    def create(self, *, empty: bool = False, template: str | None = None) -> str:
        """Make one more database, migrated unless `empty`, or like `template`; return its name."""
        self._made += 1
        name = f"pcloud_test_{os.getpid()}_{self._made}"
        source = template or ("template0" if empty else self.template)
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{source}"{self._quickly}')
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        """Remove the template."""
        self.drop(self.template)
        self._admin.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The PostgreSQL server of the tests."""
    assert SERVER, "a test without the postgresql parameter asked for the server"
    server = Postgres(SERVER)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "pcloud.db"
    engine = make_engine(f"sqlite:///{path}")
    migrate.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    kind: str = request.param
    return kind


@pytest.fixture
def database_url(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """The URL of a migrated database of the test's own."""
    if database_kind == "sqlite":
        path = tmp_path / "pcloud.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        path.chmod(0o600)
        yield f"sqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def empty_database_url(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """The URL of a database without tables; on SQLite the file does not exist yet."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create(empty=True)
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a migrated database of the test's own."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at 08:00 UTC on 1 March 2026."""
    return FixedClock(datetime(2026, 3, 1, 8, tzinfo=UTC))


@pytest.fixture
def randomness() -> Callable[[int], bytes]:
    """Bytes that look random and are the same in every run."""
    return random.Random(20260301).randbytes


@pytest.fixture
def ids(clock: FixedClock, randomness: Callable[[int], bytes]) -> IdSource:
    """Ids as the program makes them, the same in every run."""
    return IdSource(clock, randomness)


@pytest.fixture
def keyring(clock: FixedClock) -> KeyRing:
    """A real key ring, of which every run has the same."""
    master = bytes(range(32))
    source = random.Random(7).randbytes
    return KeyRing(master, KeyRing.create(master, source, clock.now()), random=source)


@pytest.fixture
def work(engine: Engine, clock: FixedClock, ids: IdSource, keyring: KeyRing) -> Iterator[Work]:
    """A unit of work that writes, committed at the end of the test."""
    with unit_of_work(
        engine, clock=clock, ids=ids, keys=keyring, origin="test", write=True
    ) as opened:
        yield opened
