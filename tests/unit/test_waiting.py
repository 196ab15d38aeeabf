"""Who waits is woken by what happened before as well as by what happens."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from pcloud_cli.interrupts import ending_when_asked


@dataclass
class _Run:
    interrupted: bool = False


def test_an_interrupt_that_was_lost_ends_the_next_wait() -> None:
    run = _Run()
    with ending_when_asked(run) as stop:
        assert not stop.wait(0)
        run.interrupted = True  # as where a driver's callback swallowed it
        with pytest.raises(KeyboardInterrupt):
            stop.wait(60)


def test_who_is_asked_to_end_does_not_sleep() -> None:
    with ending_when_asked(_Run()) as stop:
        stop.ask()
        assert stop.wait(60)
