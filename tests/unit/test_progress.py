"""A bar for a long count: only where a person looks on, only if it takes its time."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from pcloud_cli.output.progress import counted


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


def seconds(*moments: float) -> Callable[[], float]:
    left = list(moments)
    return lambda: left.pop(0)


def test_a_person_at_a_terminal_sees_how_far_it_is() -> None:
    screen = Screen()
    clock = seconds(0.0, 0.6, 0.7, 1.0)
    with counted(screen, {"TERM": "xterm", "COLUMNS": "80"}, "Events", clock) as told:
        told(400, 1_000_000)
        first = screen.getvalue()
        told(800, 1_000_000)
        assert screen.getvalue() == first, "not drawn anew at every step"
        told(500_000, 1_000_000)
    assert "400 / 1,000,000" in first
    assert "500,000 / 1,000,000" in screen.getvalue()
    assert screen.getvalue().rstrip("\r\n").endswith("\x1b[2K"), "nothing remains of it"


def test_what_is_done_at_once_draws_nothing() -> None:
    screen = Screen()
    with counted(screen, {"TERM": "xterm"}, "Events", seconds(0.0, 0.1)) as told:
        told(10, 10)
    assert screen.getvalue() == ""


@pytest.mark.parametrize("stream", [io.StringIO(), Screen()])
def test_nothing_is_drawn_where_nobody_sees_it(stream: io.StringIO) -> None:
    with counted(stream, {"TERM": "dumb"}, "Events", seconds(0.0, 9.0)) as told:
        told(10, 10)
    assert stream.getvalue() == ""
