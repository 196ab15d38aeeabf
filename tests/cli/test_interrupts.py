"""Ctrl-C that does not arrive as such is told as an interruption all the same."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable, Iterator

import pytest

from pcloud_cli.app import main
from pcloud_cli.errors import ConfigProblem, ExitCode
from tests.cli.program import Program


@pytest.fixture(autouse=True)
def _heard() -> Iterator[None]:
    """Let interrupts arrive, also where the tests run as a job in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class _Line(io.StringIO):
    """Standard input at which Ctrl-C strikes, and then becomes what `turn` makes of it."""

    def __init__(self, turn: Callable[[], str]) -> None:
        super().__init__()
        self._turn = turn

    def readline(self, _size: int | None = -1, /) -> str:  # type: ignore[override]
        try:
            os.kill(os.getpid(), signal.SIGINT)
        except KeyboardInterrupt:
            return self._turn()
        raise AssertionError("no interrupt arrived")


def _raising(error: Exception) -> Callable[[], str]:
    def turn() -> str:
        raise error

    return turn


@pytest.mark.parametrize(
    "turn",
    [
        pytest.param(_raising(ValueError("of a driver")), id="a defect"),
        pytest.param(_raising(ConfigProblem("of ours")), id="an error of ours"),
        pytest.param(lambda: "R-NOBODY", id="nothing, and the command went on to fail"),
    ],
)
def test_an_interrupt_that_became_something_else_ends_as_an_interruption(
    site: Program, turn: Callable[[], str]
) -> None:
    run = site.context("")
    run.stdin = _Line(turn)
    before = signal.getsignal(signal.SIGINT)
    code = main(["login", "KF001", "--password-stdin"], run=run)
    assert code == ExitCode.INTERRUPTED
    assert run.stderr.getvalue() == "\nInterrupted; nothing half-done remains.\n"  # type: ignore[attr-defined]
    assert run.stdout.getvalue() == ""  # type: ignore[attr-defined]
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interrupt_that_strikes_a_finaliser_is_told_as_an_interruption_alone(
    site: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    run = site.context("")
    run.stdin = _Finalised()
    assert main(["login", "KF001", "--password-stdin"], run=run) == ExitCode.INTERRUPTED
    assert run.stderr.getvalue() == "\nInterrupted; nothing half-done remains.\n"  # type: ignore[attr-defined]
    assert told == []
    _Broken()
    assert len(told) == 1  # what is no interrupt is told as ever, behind the program


class _Struck:
    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)


class _Broken:
    def __del__(self) -> None:
        raise ValueError("of a finaliser")


class _Finalised(io.StringIO):
    def readline(self, _size: int | None = -1, /) -> str:  # type: ignore[override]
        _Struck()
        return "not the password\n"


def test_where_interrupts_are_ignored_they_stay_so(site: Program) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert site.run("whoami").code != 0
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        run = site.context("")
        run.stdin = _Unharmed()
        assert main(["login", "KF001", "--password-stdin"], run=run) != ExitCode.INTERRUPTED
    finally:
        signal.signal(signal.SIGINT, before)


class _Unharmed(io.StringIO):
    def readline(self, _size: int | None = -1, /) -> str:  # type: ignore[override]
        os.kill(os.getpid(), signal.SIGINT)
        return "not the password\n"
