"""What becomes of the reading child when its parent is killed, and of the parent's own name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pcloud_cli.db import locks
from tests.cli.processes import is_gone, wait_until
from tests.cli.program import PROJECT

_PARENT = """
import sys
from pcloud_cli.sheets.limits import Limits
from pcloud_cli.sheets.spawn import Child
with open(sys.argv[1], "rb") as file:
    with Child(file.fileno(), "tests.unit.never_ending", "{}", Limits().for_size(0)) as child:
        process = child._process
        assert process.stdout.read(5) == b"begun"
        print(process.pid, flush=True)
        sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the child's own bounds end it")
def test_a_child_that_hangs_does_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    book = tmp_path / "list.csv"
    book.touch()
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(book)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=PROJECT,
        env={"PATH": os.defpath, "PYTHONPATH": str(PROJECT)},
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert not is_gone(child)
    parent.kill()
    parent.communicate()
    wait_until(lambda: is_gone(child), "the child ends with its parent")


def test_a_process_is_told_from_a_later_one_of_the_same_number_and_from_one_elsewhere() -> None:
    own = locks.own_name()
    host, number, start = own.split(" ")
    assert locks.lives(own) is True
    assert locks.lives(f"elsewhere {number} {start}") is None
    assert locks.lives(f"{host} {2**22 + 1} {start}") is False
    assert locks.lives("17") is None  # as older versions noted it
    if Path("/proc/self/stat").exists():
        assert locks.lives(f"{host} {number} {start}0") is False


def test_a_process_that_has_ended_and_was_not_reaped_lives_no_more() -> None:
    child = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from pcloud_cli.db.locks import own_name; print(own_name(), flush=True); input()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    )
    assert child.stdout is not None
    name = child.stdout.readline().strip()
    assert locks.lives(name) is True
    os.kill(child.pid, signal.SIGKILL)
    wait_until(lambda: not locks.lives(name), "it is seen to have ended")
    child.communicate()
    assert locks.lives(name) is False
