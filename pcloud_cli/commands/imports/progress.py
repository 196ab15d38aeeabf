"""Progress of reading workbooks: a bar where a person looks on, a line a file elsewhere.

The bar shows rows, rate and time left, on standard error, and leaves nothing behind. Where
standard error is no terminal nothing is drawn: of several files each gets a line when it is done.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pcloud_cli.commands.imports.estimate import Estimate
from pcloud_cli.context import Context
from pcloud_cli.i18n import _
from pcloud_cli.output.values import for_terminal
from pcloud_cli.sheets.messages import Message, Rows, Sheet
from pcloud_cli.sheets.row import Row

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

_PATIENCE = 0.5  # seconds that one file may take before a bar is worth its own loading
_PERIOD = 0.2
_PARTS = 1000
_ROW = Row._fields.index("row")


class Watch:
    """Follows the files of one call and tells how far they are."""

    def __init__(self, run: Context, files: Sequence[Path | int]) -> None:
        self._run = run
        self._several = len(files) > 1
        self._count = len(files)
        self._estimate = Estimate([_size(file) for file in files], self._now())
        self._drawn = run.stderr.isatty() and run.env.get("TERM") != "dumb"
        self._bars: Bars | None = None
        self._task: Any = None
        self._begun = self._told = self._now()
        self._name = ""

    def look(self, place: int, name: str) -> None:
        """Say that the file at `place` is looked at, before any is begun with."""
        self._name = _("looking at {name}").format(name=self._numbered(place, name))
        if self._drawn and self._several:
            self._draw()

    def begin(self, place: int, name: str) -> None:
        """Begin with the file at `place`, called `name`."""
        self._estimate.begin(place, self._now())
        self._name = self._numbered(place, name)
        if self._drawn and self._several:
            self._draw()

    def following(self, messages: Generator[Message]) -> Generator[Message]:
        """Pass on what the reader says, and see by it how far the file is; close `messages`."""
        rows = 0
        try:
            for message in messages:
                if isinstance(message, Sheet):
                    last = message.details.get("last_row")
                    self._estimate.sheet(
                        message.header_row or 0, last if isinstance(last, int) else 0
                    )
                yield message
                # whoever asks for the next one has done with it
                if isinstance(message, Rows):
                    rows += message.height
                    self._reached(message.columns[_ROW][-1], rows)
        finally:
            messages.close()

    def _reached(self, row: int, rows: int) -> None:
        now = self._now()
        self._estimate.reached(row, rows, now)
        if not self._drawn or now - self._told < _PERIOD:
            return
        if self._bars is not None or now - self._begun > _PATIENCE:
            self._told = now
            self._draw()

    def end(self, said: str = "", *, notable: bool = False) -> None:
        """End with the file. Of several, `said` is printed where no bar is drawn, and above the bar
        where it is `notable`."""
        self._estimate.end()
        if not self._several or not said:
            return
        if not self._drawn:
            # nobody may read it any more: that is no reason to stop
            with suppress(OSError):
                self._run.out.note(f"{self._name}: {said}")
        elif notable and self._bars is not None:
            text = for_terminal(f"{self._name}: {said}")
            self._bars.console.print(text, markup=False, highlight=False, emoji=False)

    def hide(self) -> None:
        """Take the bar off the screen, as for a question; it comes back when there is more."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None

    def _now(self) -> float:
        return self._run.clock.now().timestamp()

    def _numbered(self, place: int, name: str) -> str:
        return f"{place + 1}/{self._count} {Path(name).name}" if self._several else name

    def _draw(self) -> None:
        now = self._now()
        told = left = ""
        if self._estimate.rows:
            told = _("{rows} rows, {rate} a second").format(
                rows=f"{self._estimate.rows:,}", rate=f"{self._estimate.rate(now):,}"
            )
            seconds = self._estimate.left(now)
            left = "" if seconds is None else _("{time} left").format(time=_clock(seconds))
        if self._bars is None:
            self._bars = _bars(self._run)
            self._task = self._bars.add_task("", total=_PARTS, told="", left="")
        self._bars.update(
            self._task,
            description=for_terminal(self._name),
            completed=self._estimate.fraction * _PARTS,
            told=told,
            left=left,
        )
        self._bars.start()
        self._bars.refresh()


@contextmanager
def watching(run: Context, files: Sequence[Path | int]) -> Iterator[Watch]:
    """Give a watch over `files` (paths or descriptors); its bar is gone at the end."""
    watch = Watch(run, files)
    try:
        yield watch
    finally:
        watch.hide()


def _bars(run: Context) -> Bars:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn
    from rich.table import Column

    console = Console(
        file=run.stderr,
        force_terminal=True,
        no_color="NO_COLOR" in run.env,
        highlight=False,
        _environ=run.env,
    )
    return Progress(
        TextColumn(
            "{task.description}",
            markup=False,
            table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1),
        ),
        BarColumn(bar_width=16),
        TextColumn("{task.fields[told]}", markup=False, table_column=Column(no_wrap=True)),
        TextColumn("{task.fields[left]}", markup=False, table_column=Column(no_wrap=True)),
        console=console,
        transient=True,
        expand=True,
        refresh_per_second=4,
        redirect_stdout=False,
        redirect_stderr=False,
    )


def _size(file: Path | int) -> int:
    try:
        return (os.fstat(file) if isinstance(file, int) else file.stat()).st_size
    except OSError:
        return 0


def _clock(seconds: int) -> str:
    minutes, second = divmod(max(seconds, 0), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
