"""What a command writes takes the place of an older result, never that of a key or a database."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.program import Program


def _content(target: Path) -> bytes | list[tuple[int]]:
    """Return a key's bytes; of a database, which notes who used it, how many accounts it has."""
    if target.suffix == ".key":
        return target.read_bytes()
    with closing(sqlite3.connect(target)) as connection:
        return connection.execute("SELECT count(*) FROM account").fetchall()


@pytest.mark.parametrize("precious", ["key", "database"])
def test_a_result_is_never_written_over_a_key_or_a_database(office: Program, precious: str) -> None:
    target = (
        office.database if precious == "database" else office.home / ".config/pcloud/master.key"
    )
    before = _content(target)
    told = office.run("audit", "checkpoint", "--out", target, by="R-AUDITOR")
    assert told.code == 2
    assert f"{target} is a key or a database" in told.err
    assert _content(target) == before


def test_an_older_result_is_replaced(office: Program, tmp_path: Path) -> None:
    target = tmp_path / "checkpoint.json"
    for _turn in range(2):
        told = office.run("audit", "checkpoint", "--out", target, by="R-AUDITOR")
        assert told.code == 0, told.err
    assert '"seq"' in target.read_text()


def test_what_a_killed_writer_left_goes_with_the_next_and_a_living_ones_stays(
    office: Program, tmp_path: Path
) -> None:
    target = tmp_path / "checkpoint.json"
    killed, living, young, others = (
        tmp_path / name
        for name in (
            ".checkpoint.json.00000001.part",
            ".checkpoint.json.00000002.part",
            ".checkpoint.json.00000003.part",
            ".other.json.00000004.part",
        )
    )
    for each in (killed, living, young, others):
        each.write_bytes(b"half")
        if each is not young:
            os.utime(each, (1_000_000_000, 1_000_000_000))
    with living.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        told = office.run("audit", "checkpoint", "--out", target, by="R-AUDITOR")
    assert told.code == 0, told.err
    assert {each.name for each in tmp_path.iterdir()} >= {living.name, young.name, others.name}
    assert not killed.exists()
