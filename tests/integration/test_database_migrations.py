"""Migrations go up, down and up again, agree with the models, and never collide."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, select
from sqlalchemy.orm import Session

from pcloud_cli.db import migrate
from pcloud_cli.db.engine import make_engine, reader
from pcloud_cli.models.installation import Installation
from pcloud_cli.models.registry import metadata
from pcloud_cli.models.trail import TrailHead

REPOSITORY = Path(__file__).parents[2]


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_the_schema_goes_up_down_and_up_again(empty_database_url: str) -> None:
    engine = make_engine(empty_database_url)
    for _round in range(2):
        migrate.upgrade(engine)
        assert tables(engine) == set(metadata.tables)
        assert migrate.current(engine).is_head
        with Session(reader(engine)) as session:
            head = session.scalars(select(TrailHead)).one()
            assert (head.seq, head.hash) == (0, bytes(32))
            assert session.scalars(select(Installation)).one().created_at.tzinfo is not None
        migrate.downgrade(engine)
        assert tables(engine) == set()
        assert migrate.current(engine)[::2] == (None, False)
    engine.dispose()


def test_every_single_step_goes_down_and_up_again(engine: Engine) -> None:
    while tables(engine):
        migrate.downgrade(engine, "-1")
        migrate.upgrade(engine, "+1")
        migrate.downgrade(engine, "-1")


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    before = migrate.current(engine)
    migrate.upgrade(engine)
    assert migrate.current(engine) == before


def test_two_upgrades_at_once_do_not_collide(empty_database_url: str) -> None:
    # in two processes, as two people would; Alembic's context is one a process
    program = (
        "import sys; from pcloud_cli.db import migrate; from pcloud_cli.db.engine import *;"
        "migrate.upgrade(make_engine(sys.argv[1]))"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, empty_database_url], stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    for process in started:
        _out, errors = process.communicate(timeout=300)
        assert (process.returncode, errors) == (0, b"")
    engine = make_engine(empty_database_url)
    assert migrate.current(engine).is_head
    engine.dispose()


def test_a_failing_migration_leaves_nothing_behind(
    empty_database_url: str, database_kind: str
) -> None:
    if database_kind == "sqlite":
        Path(empty_database_url.removeprefix("sqlite:///")).touch()
    engine = make_engine(empty_database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE import_row (x INTEGER)")
    with pytest.raises(Exception, match="import_row"):
        migrate.upgrade(engine)
    assert tables(engine) == {"import_row"}
    engine.dispose()


def test_the_models_are_what_the_migrations_build(engine: Engine) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_alembic_check_is_clean_from_any_folder(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PCLOUD_DATABASE"}
    done = subprocess.run(
        [sys.executable, "-m", "alembic", "-c", str(REPOSITORY / "alembic.ini"), "check"],
        check=False,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "No new upgrade operations detected" in done.stdout
