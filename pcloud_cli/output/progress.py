"""A bar of how far a long count is: where a person looks on, and only if it takes its time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TextIO

_PATIENCE = 0.5  # seconds before a bar is worth its own loading
_PERIOD = 0.2


@contextmanager
def counted(
    stream: TextIO,
    env: Mapping[str, str],
    what: str,
    seconds: Callable[[], float] = time.monotonic,
) -> Iterator[Callable[[int, int], None]]:
    """Give a function to be told (done, total); it draws on `stream` where that is a terminal.

    `what` stands before the bar, `seconds` is the clock. Nothing remains of it at the end, however
    the block ends.
    """
    if not stream.isatty() or env.get("TERM") == "dumb":
        yield lambda _done, _total: None
        return
    bar = _Bar(stream, env, what, seconds)
    try:
        yield bar.told
    finally:
        bar.close()


class _Bar:
    def __init__(
        self, stream: TextIO, env: Mapping[str, str], what: str, seconds: Callable[[], float]
    ) -> None:
        self._stream, self._env, self._what, self._seconds = stream, env, what, seconds
        self._next = seconds() + _PATIENCE
        self._bars: Any = None
        self._task: Any = None

    def told(self, done: int, total: int) -> None:
        """Draw, unless it was just drawn."""
        now = self._seconds()
        if now < self._next:
            return
        self._next = now + _PERIOD
        if self._bars is None:
            self._begin()
        said = f"{done:,} / {max(done, total):,}"
        self._bars.update(self._task, completed=done, total=max(done, total, 1), said=said)
        self._bars.refresh()

    def _begin(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(
            file=self._stream,
            force_terminal=True,
            no_color="NO_COLOR" in self._env,
            highlight=False,
            _environ=self._env,
        )
        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[said]}", markup=False),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._bars.add_task(self._what, total=1, said="")
        self._bars.start()

    def close(self) -> None:
        """Take the bar off the screen."""
        if self._bars is not None:
            self._bars.stop()
