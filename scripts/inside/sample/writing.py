"""Writing rows as they pass by, whatever their number; counting what is odd in them."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import IO

from scripts.inside.sample.usual import Cell, Row

SHEET = "业主信息"
WIDTHS = {"身份证号": 22, "联系电话": 16, "业主姓名": 14, "证件类型": 18, "交付日期": 14}


def write_csv(path: Path, headers: Sequence[str], rows: Iterable[Row], encoding: str) -> None:
    """Write `rows` to a .csv as a spreadsheet program saves one."""
    with path.open("w", encoding=encoding, newline="", errors="replace") as stream:
        writer = csv.writer(stream)
        writer.writerow(headers)
        writer.writerows([_as_text(cell) for cell in row.cells] for row in rows)


def _as_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.5E}".replace("E+0", "E+") if cell > 1e11 else f"{cell:.15g}"
    return f"{cell.year}/{cell.month}/{cell.day}" if isinstance(cell, date) else str(cell)


class Tally:
    """Counts the oddities that pass by, and lists their rows in a manifest where one is asked for.

    The manifest is one JSON object: what `describes` holds, then ``"rows"`` ({row number as the
    sheet counts it: [code, …]}), then ``"counts"`` ({code: number of rows}).
    """

    def __init__(self, manifest: IO[str] | None, describes: dict[str, object]) -> None:
        self.counts: Counter[str] = Counter()
        self.rows = 0
        self._manifest = manifest
        self._describes = describes

    def passing(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield `rows` on, counting them."""
        write: Callable[[str], object] | None = None
        if self._manifest is not None:
            write = self._manifest.write
            write(json.dumps(self._describes, ensure_ascii=False)[:-1] + ', "rows": {')
        separator = ""
        for row in rows:
            self.rows += 1
            if row.oddities:
                self.counts.update(row.oddities)
                if write is not None:
                    write(f'{separator}\n"{self.rows + 1}": {json.dumps(row.oddities)}')
                    separator = ","
            yield row
        if write is not None:
            write('},\n"counts": ' + json.dumps(dict(sorted(self.counts.items()))) + "}\n")
