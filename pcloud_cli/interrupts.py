"""Ctrl-C: whatever it met, its user is told of the interruption and of nothing else.

An interrupt may strike where Python turns it into another error, or drops it: in a driver's
callback, in a finaliser, in the midst of giving something up. So it is remembered besides.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Protocol


class Interruptible(Protocol):
    """What remembers that it was interrupted."""

    interrupted: bool


@contextmanager
def remembered(run: Interruptible) -> Iterator[None]:
    """Note an interrupt in `run.interrupted` while the block runs, and raise it as ever.

    One that strikes in a finaliser, where nothing can be raised, is noted alone: Python would print
    a traceback of it.
    Left alone where interrupts are ignored (a background job of a shell, nohup) or are not ours
    to take (another thread than the main one).
    """
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.default_int_handler:
        yield
        return

    def note(_number: int, _frame: FrameType | None) -> None:
        run.interrupted = True
        raise KeyboardInterrupt

    told = sys.unraisablehook

    def unless_interrupted(found: sys.UnraisableHookArgs) -> None:
        if not issubclass(found.exc_type, KeyboardInterrupt):
            told(found)

    try:
        signal.signal(signal.SIGINT, note)
    except ValueError:
        yield
        return
    sys.unraisablehook = unless_interrupted
    try:
        yield
    finally:
        sys.unraisablehook = told
        signal.signal(signal.SIGINT, before)


def heed(run: Interruptible) -> None:
    """Raise KeyboardInterrupt where there was one that did not arrive as such."""
    if run.interrupted:
        raise KeyboardInterrupt from None


class Stop:
    """That somebody asked the process to end (SIGTERM), to be looked at between two steps.

    `wait` sleeps, and wakes at once when asked to end: a byte in a pipe, since a handler may
    run at any moment and must take no lock. It raises an interrupt that was lost before.
    """

    def __init__(self, run: Interruptible, read: int, write: int) -> None:
        self._run, self._read, self._write = run, read, write
        self.asked = False

    def ask(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Ask for the end; the handler of the signal."""
        self.asked = True
        with suppress(BlockingIOError):
            os.write(self._write, b".")

    def wait(self, seconds: float) -> bool:
        """Sleep for `seconds`, less where the end is asked for; return whether it is."""
        heed(self._run)
        if not self.asked and seconds > 0:
            select.select([self._read], [], [], seconds)
            heed(self._run)
        return self.asked


@contextmanager
def ending_when_asked(run: Interruptible) -> Iterator[Stop]:
    """Give what says that SIGTERM came, while the block runs; it ends nothing by itself."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    stop = Stop(run, read, write)
    before = signal.signal(signal.SIGTERM, stop.ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)
        os.close(read)
        os.close(write)
