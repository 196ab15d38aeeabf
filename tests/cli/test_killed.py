"""Whatever is killed, at whatever moment, and run again ends as if it had not been killed.

The moments come from a seed and the time that a command takes; what is asserted holds for any
moment. PCLOUD_TEST_KILLS is how many seeds are gone through: 1, or more for a soak.
"""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli import whole
from tests.cli.processes import Launcher, is_gone, wait_until
from tests.cli.program import Answer, Program

SEEDS = range(int(os.environ.get("PCLOUD_TEST_KILLS", "1")))
_MAKER, _CHECKER = "KF001", "KF002"
_EACH = ("house", "owner", "owner_phone", "ownership")
_FEW, _PARTS = 300, 3_000
"""Rows of a list for many rounds, and of one that is staged in many parts."""


_Step = tuple[str, tuple[str, ...], int]


def _import(*books: Path) -> list[_Step]:
    """Return the commands of an import, by whom, and how often each is killed."""
    return [
        (_MAKER, ("import", "load", *map(str, books), "-c", "CH"), 4),
        (_CHECKER, ("import", "approve", "{batch}", "--yes"), 2),
        (_CHECKER, ("import", "apply", "{batch}"), 4),
    ]


def _duration(program: Program, processes: Launcher, by: str, words: Sequence[str]) -> float:
    """Return how many seconds a command takes that is not killed, by a dry run of it."""
    before = time.monotonic()
    assert processes.run(program, *words, "--dry-run", by=by).code == 0
    return time.monotonic() - before


def _killed_and_run_again(
    program: Program,
    processes: Launcher,
    chance: random.Random,
    steps: Sequence[_Step],
) -> None:
    """Go through `steps`, each killed at moments spread over it by `chance`, then left alone."""
    killed = 0
    for by, template, times in steps:
        batch = whole.value(program, "SELECT max(number) FROM import_batch")
        words = [word.format(batch=batch) for word in template]
        takes = _duration(program, processes, by, words)
        for part in range(times):
            running = processes.start(program, *words, by=by)
            # a moment like any other: nothing is to depend on it
            threading.Event().wait(takes * (part + chance.random()) / times)
            killed += running.kill()
            there = whole.live(program)
            assert len({there[table] for table in _EACH}) == 1
            assert there["house"] in (0, _FEW)
        told = processes.run(program, *words, "-o", "json", by=by)
        assert told.code == 0, told.err
    assert killed > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_an_import_killed_at_any_moments_is_there_once_when_it_was_run_again(
    site: Program, processes: Launcher, seed: int
) -> None:
    chance = random.Random(seed)
    book = whole.write_csv(site.home / "list.csv", _FEW)
    before = whole.files(site)
    _killed_and_run_again(site, processes, chance, _import(book))
    found = whole.live(site)
    assert [found[table] for table in _EACH] == [_FEW] * 4
    assert len(set(whole.rows(site))) == _FEW
    again = processes.run(site, "import", "load", book, "-c", "CH", by=_MAKER)
    assert (again.code, "nothing was changed" in again.err) == (0, True)
    _must_be_whole(site, "applied", before)


def _must_be_whole(program: Program, state: str, before: set[str]) -> None:
    """Fail unless one batch is in `state`, all others failed, and nothing else was left."""
    assert whole.states(program).count(state) == 1
    assert set(whole.states(program)) <= {state, "failed"}
    assert whole.stray_rows(program) == 0
    whole.must_hold(program)
    assert whole.files(program) == before


def test_of_many_files_killed_in_between_each_is_loaded_once(
    site: Program, processes: Launcher
) -> None:
    books = [whole.write_csv(site.home / f"{n}.csv", 60, first=1 + 60 * n) for n in range(4)]
    words = ("import", "load", *map(str, books), "-c", "CH", "-o", "json")
    for reached in (1, 3):
        running = processes.start(site, *words, by=_MAKER)
        while running.runs and len(whole.states(site)) < reached:
            pass
        running.kill()
    told = processes.run(site, *words, by=_MAKER)
    assert told.code == 0, told.err
    assert [each["number"] is not None for each in told.data] == [True] * 4
    assert whole.states(site).count("pending") == 4
    assert set(whole.states(site)) <= {"pending", "failed"}
    assert (_staged(site), whole.stray_rows(site)) == (240, 0)
    whole.must_hold(site)


def _killed_half_staged(program: Program, processes: Launcher, book: Path) -> None:
    """Kill a load of `book` when part of it is staged, whatever else it was doing."""
    running = processes.start(program, "import", "load", book, "-c", "CH", by=_MAKER)
    wait_until(lambda: not running.runs or _staged(program), "a part is staged")
    running.freeze()
    children = running.children()
    assert running.kill(), running.answer().err
    _must_be_gone(children)
    assert whole.stray_rows(program) > 0


def _must_be_gone(children: list[int]) -> None:
    wait_until(lambda: all(map(is_gone, children)), "the reading child is gone")


def _staged(program: Program) -> int:
    found: int = whole.value(program, "SELECT count(*) FROM import_row")
    return found


def test_what_a_killed_load_staged_is_removed_by_the_next_load_of_another_file(
    site: Program, processes: Launcher
) -> None:
    book = whole.write_csv(site.home / "list.csv", _PARTS)
    _killed_half_staged(site, processes, book)
    listed = [
        site.run("import", "list", *more, "-o", "json", by=_MAKER).data
        for more in ((), ("--state", "failed"), ("--state", "loading"))
    ]
    assert [[each["state"] for each in found] for found in listed] == [["failed"], ["failed"], []]
    for verb in ("approve", "apply"):
        refused = site.run("import", verb, "1", "--yes", "-o", "json", by=_CHECKER)
        assert refused.code == 5
    assert whole.live(site)["house"] == 0
    other = whole.write_csv(site.home / "other.csv", 3, first=30_001)
    dry = processes.run(site, "import", "load", other, "-c", "CH", "--dry-run", by=_MAKER)
    assert (dry.code, whole.states(site)) == (0, ["loading"])
    assert processes.run(site, "import", "load", other, "-c", "CH", by=_MAKER).code == 0
    assert whole.states(site) == ["failed", "pending"]
    assert whole.stray_rows(site) == 0
    assert _staged(site) == 3
    whole.must_hold(site)
    listed = site.run("audit", "list", "-o", "json", by="R-AUDITOR").data
    assert [each["action"] for each in listed].count("import.fail") == 1


def test_a_load_that_is_interrupted_says_so_and_is_whole_when_it_was_run_again(
    site: Program, processes: Launcher
) -> None:
    book = whole.write_csv(site.home / "list.csv", _PARTS)
    words = ("import", "load", str(book), "-c", "CH")
    codes = set()
    for turn, staged in enumerate((0, 1, _PARTS // 2), 1):
        running = processes.start(site, *words, by=_MAKER)
        while running.runs and (len(whole.states(site)) < turn or _staged(site) < staged):
            pass
        children = running.children()
        running.signal(signal.SIGINT)
        told = running.answer()
        codes.add(told.code)
        if told.code == 130:
            assert (told.out, "nothing half-done" in told.err) == ("", True)
            assert "pending" not in whole.states(site)
        _must_be_gone(children)
    # Python loses an interrupt that meets a finaliser; then the load went on to its end
    assert {130} <= codes <= {0, 130}
    assert processes.run(site, *words, by=_MAKER).code == 0
    assert (whole.states(site).count("pending"), whole.stray_rows(site)) == (1, 0)
    whole.must_hold(site)


def test_a_half_staged_load_becomes_whole_when_its_file_is_loaded_again_killed_or_not(
    site: Program, processes: Launcher
) -> None:
    book = whole.write_csv(site.home / "list.csv", _PARTS)
    _killed_half_staged(site, processes, book)
    words = ("import", "load", str(book), "-c", "CH", "-o", "json")
    running = processes.start(site, *words, by=_MAKER)
    # while it removes what the dead one left
    wait_until(lambda: whole.states(site)[0] == "failed", "the dead load is found")
    running.kill()  # in the midst of it, unless it was through already
    assert processes.run(site, *words, by=_MAKER).code == 0
    assert set(whole.states(site)) == {"failed", "pending"}
    assert whole.states(site).count("pending") == 1
    assert (_staged(site), whole.stray_rows(site)) == (_PARTS, 0)
    whole.must_hold(site)


def test_a_load_whose_reading_child_is_killed_says_so_and_leaves_nothing(
    site: Program, processes: Launcher
) -> None:
    book = whole.write_csv(site.home / "list.csv", _PARTS)
    before = whole.files(site)
    words = ("import", "load", str(book), "-c", "CH", "-o", "json")
    running = processes.start(site, *words, by=_MAKER)
    while running.runs:  # the second reader's too
        for child in running.children():
            _kill(child)
    told = running.answer()
    _must_have_failed(told)
    assert whole.stray_rows(site) == 0
    assert set(whole.states(site)) <= {"failed"}
    whole.must_hold(site)
    assert whole.files(site) == before
    assert processes.run(site, *words, by=_MAKER).data["new"] == _PARTS


def _kill(pid: int) -> None:
    """Kill a process, if it is still there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _must_have_failed(told: Answer) -> None:
    assert (told.code, told.out) == (1, "")
    (line,) = told.err.splitlines()
    error = json.loads(line)["error"]
    assert error["code"] == "reader_crashed"
    assert error["message"]
