"""How far the reading of several workbooks is, and how long the rest will take."""

from __future__ import annotations

from collections.abc import Sequence


class Estimate:
    """How far several files are, and how long the rest takes; `sizes` are theirs in bytes.

    Within a file the row reached counts, where the reader said how many there are; between files
    their bytes. Moments are seconds of one clock.
    """

    def __init__(self, sizes: Sequence[int], now: float) -> None:
        self._sizes = [max(size, 1) for size in sizes]
        self._started = now
        self._file_started = now
        self._place = -1
        self._first_row = self._last_row = 0
        self._within = 0.0
        self._within_from: tuple[float, float] | None = None
        self._ended_rows = 0
        self._file_rows = 0
        self.fraction = 0.0

    @property
    def rows(self) -> int:
        """Rows taken so far, of all files."""
        return self._ended_rows + self._file_rows

    def begin(self, place: int, now: float) -> None:
        """Begin with the file at `place` of the sizes; the clock runs from the first one on."""
        if self._place < 0:
            self._started = now
        self._place = place
        self._file_started = now
        self._first_row = self._last_row = 0
        self._within, self._within_from = 0.0, None

    def sheet(self, header: int, last: int) -> None:
        """Begin with a sheet: its header stands in row `header`, its last row is `last`."""
        self._first_row, self._last_row = header, last
        self._within_from = None

    def reached(self, row: int, rows: int, now: float) -> None:
        """Take note that row number `row` of the sheet is done, the `rows`th of the file."""
        self._file_rows = rows
        if self._last_row > self._first_row:
            of_sheet = (row - self._first_row) / (self._last_row - self._first_row)
            self._within = min(max(of_sheet, 0.0), 1.0)
            if self._within_from is None:
                self._within_from = (self._within, now)
        done = sum(self._sizes[: self._place]) + self._within * self._sizes[self._place]
        self.fraction = max(self.fraction, min(done / sum(self._sizes), 1.0))

    def end(self) -> None:
        """Count the file as done."""
        self._ended_rows += self._file_rows
        self._file_rows = 0
        self._within = 1.0
        self.fraction = max(self.fraction, sum(self._sizes[: self._place + 1]) / sum(self._sizes))

    def rate(self, now: float) -> int:
        """Return rows a second."""
        return int(self.rows / max(now - self._started, 0.001))

    def left(self, now: float) -> int | None:
        """Return the seconds that are left; None where nothing speaks for any number yet."""
        place, sizes = self._place, self._sizes
        inside, of_file = now - self._file_started, self._left_of_file(now)
        if place > 0:
            a_byte = (self._file_started - self._started) / sum(sizes[:place])
        elif of_file is not None:
            a_byte = (inside + of_file) / sizes[place]
        else:
            return None
        if of_file is None:
            of_file = max(a_byte * sizes[place] - inside, 0.0)
        return round(of_file + a_byte * sum(sizes[place + 1 :]))

    def _left_of_file(self, now: float) -> float | None:
        if self._within >= 1.0:
            return 0.0
        if self._within_from is None:
            return None
        done, since = self._within - self._within_from[0], now - self._within_from[1]
        if done <= 0 or since <= 0:
            return None
        return since * (1.0 - self._within) / done
