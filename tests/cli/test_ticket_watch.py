"""The board of open tickets: what is due first, what is late, and how it is left."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pexpect
import pytest

from tests.cli.counter_hall import Hall, open_hall
from tests.cli.program import Program, command
from tests.cli.tickets import DESK, completed, step, submitted

_PATIENCE = 120


def test_the_board_has_what_is_open_by_what_is_due_first_and_marks_what_is_late(
    site: Program,
) -> None:
    done, first = completed(site), submitted(site)
    site.clock.advance(timedelta(minutes=31))
    second = submitted(site)
    over = completed(site)
    step(site, over, "confirm --score 5 --source signature", by=DESK)
    answer = site.run("ticket", "watch", "--once", "-o", "json", by=DESK)
    assert answer.code == 0, answer.err
    assert [each["number"] for each in answer.data] == _by_due(site)
    late = {each["number"]: each["late"] for each in answer.data}
    assert late == {done: False, first: True, second: False}
    assert all((each["left_seconds"] < 0) is each["late"] for each in answer.data)
    table = site.run("ticket", "watch", "--once", by=DESK)
    (line,) = [each for each in table.out.splitlines() if str(first) in each]
    assert "late by 1 min" in line or "late by 2 min" in line
    assert "Open: 3, late: 1" in table.err


def _by_due(program: Program) -> list[int]:
    listed = program.run("ticket", "list", "--open", "-o", "json", by=DESK)
    return [each["number"] for each in listed.data]


def test_the_board_is_drawn_on_a_terminal_only(site: Program) -> None:
    for words, terminal, variables in (
        ((), False, {}),
        (("-o", "json"), True, {}),
        ((), True, {"TERM": "dumb"}),
    ):
        refused = site.run(
            "ticket", "watch", *words, terminal=terminal, variables=variables, by=DESK
        )
        assert refused.code == 2, refused
        assert "--once" in refused.err


def test_who_may_not_list_tickets_sees_no_board(site: Program) -> None:
    refused = site.run("ticket", "watch", terminal=True, variables={"TERM": "xterm"}, by="NO001")
    assert refused.code == 4, refused
    assert "\x1b[?1049h" not in refused.out


@pytest.fixture(scope="module")
def hall(founded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """The company with its tickets, by the clock of the machine; more may be entered."""
    return open_hall(founded_home, tmp_path_factory.mktemp("hall") / "home")


@pytest.fixture
def board(hall: Hall) -> Iterator[pexpect.spawn[str]]:
    """A board on a real terminal."""
    program, *arguments = command("ticket", "watch", "--every", "1")
    told = {"TERM": "xterm", "PCLOUD_TOKEN": hall.program.tokens[DESK]}
    child = pexpect.spawn(
        program,
        arguments,
        env=hall.program.process_env(told),
        cwd=str(hall.program.home),
        encoding="utf-8",
        timeout=_PATIENCE,
        dimensions=(40, 160),
    )
    try:
        child.expect_exact("Open: ")
        yield child
    finally:
        child.close(force=True)


def test_what_is_entered_meanwhile_comes_on_the_board(
    hall: Hall, board: pexpect.spawn[str]
) -> None:
    words = ("-c", "CH", "--public", "3号电梯厅", "--content", "灯不亮")
    made = hall.program.run("ticket", "submit", *words, by=DESK)
    assert made.code == 0, made.err
    board.expect_exact("3号电梯厅")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_the_board_that_is_ended_gives_the_screen_back(
    board: pexpect.spawn[str], number: signal.Signals, code: int
) -> None:
    board.kill(number)
    board.expect_exact("\x1b[?1049l")
    board.expect(pexpect.EOF)
    assert "half-done" not in (board.before or "")
    board.close()
    assert board.exitstatus == code
