"""Ctrl-C: whatever it met, its user is told of the interruption and of nothing else.

An interrupt may strike where Python turns it into another error, or drops it: in a driver's
callback, in a finaliser, in the midst of giving something up. So it is remembered besides.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol


class Interruptible(Protocol):
    """What remembers that it was interrupted."""

    interrupted: bool


@contextmanager
def remembered(run: Interruptible) -> Iterator[None]:
    """Note an interrupt in `run.interrupted` while the block runs, and raise it as ever.

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

    try:
        signal.signal(signal.SIGINT, note)
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def heed(run: Interruptible) -> None:
    """Raise KeyboardInterrupt where there was one that did not arrive as such."""
    if run.interrupted:
        raise KeyboardInterrupt from None
