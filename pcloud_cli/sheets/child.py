"""The reading child: parses one workbook from standard input, judges it, and tells its parent.

Started by `read` with a clean environment; imports no key, no database, no settings. Everything
it says goes through one pipe as `messages`. It holds itself to its limits before it looks at a
single byte.
"""

from __future__ import annotations

import gc
import json
import mmap
import os
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import IO, Any, NamedTuple

from pcloud_cli.sheets import messages
from pcloud_cli.sheets.cells import Cell, SheetCells, Skipped, Workbook, open_workbook
from pcloud_cli.sheets.headers import plain_header
from pcloud_cli.sheets.hidden import Hidden, hidden_problems
from pcloud_cli.sheets.limits import Limits, confine
from pcloud_cli.sheets.owner_sheets import joined, lists_owners, names_by_number, owners_of
from pcloud_cli.sheets.problems import problem
from pcloud_cli.sheets.table import Left, Table, find_tables
from pcloud_cli.sheets.template import EXAMPLE_MARKERS, EXAMPLE_SHEETS
from pcloud_cli.sheets.told import details_of
from pcloud_cli.sheets.understand import Understanding, decide_header, header_questions
from pcloud_cli.sheets.zip_look import Bounds, Refused

_SAMPLE_ROWS = 60
_SAMPLE_CHARACTERS = 200


def main(order: str) -> None:
    """Read the workbook on standard input as `order` (JSON: limits, mapping) says, then exit."""
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever a library prints is no message
    wanted = json.loads(order)
    limits = Limits(**wanted["limits"])
    confine(limits)
    gc.disable()  # rows hold no cycles, and looking for some takes a tenth of the time
    try:
        with os.fdopen(os.dup(0), "rb") as stream:
            book = _opened(stream, limits, wanted)
            if wanted["mode"] == "cells":
                _tell_cells(out, book, every=int(wanted["every"]), most=int(wanted["width"]))
            else:
                Telling(out, wanted).read(book)
    except Refused as refused:
        _send(out, messages.pack("refused", refused.code, refused.params))
    except MemoryError:
        _send(out, messages.pack("refused", "out_of_memory", {}))
    except BrokenPipeError:
        os._exit(1)
    except Exception:
        _send(out, messages.pack("refused", "reader_crashed", {}))
    except BaseException:  # a panic in the parser is no Exception
        _send(out, messages.pack("refused", "unreadable", {}))
    os._exit(0)  # nothing is left to say, and tearing down a large workbook takes time


def _send(out: IO[bytes], message: bytes) -> None:
    view = memoryview(message)
    while view:
        view = view[out.write(view) :]


def _opened(stream: IO[bytes], limits: Limits, wanted: Mapping[str, Any]) -> Workbook:
    """Return the workbook on `stream`, opened as the order says. Raises Refused."""
    bounds = Bounds(limits.parts, limits.unpacked_bytes, limits.ratio)
    data: Any = b""
    if os.fstat(stream.fileno()).st_size:
        data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    password = None
    if wanted["password_fd"] is not None:
        with os.fdopen(wanted["password_fd"], "rb") as secret:
            password = secret.read().decode()
    return open_workbook(stream, data, bounds, password=password, second=wanted["second"])


def _tell_cells(out: IO[bytes], book: Workbook, *, every: int, most: int) -> None:
    """Tell the raw cells of every sheet, judging nothing; `every` row up to so many, blank ones
    too, or with 0 the first that hold something. Of a row the first `most` cells are told."""
    for index, sheet in enumerate(book.sheets):
        notes = _notes(index, sheet, book)
        hidden, height, width = False, 0, 0
        sample: list[list[tuple[str, str]]] = []
        broken: list[tuple[int, int]] = []
        if isinstance(sheet, SheetCells):
            hidden = sheet.hidden
            for row in sheet.rows():
                filled = [at for at, cell in enumerate(row) if cell != ""]
                if not filled:
                    sample += [[]] if len(sample) < every else []
                    continue
                height += 1
                width = max(width, sheet.first_column + filled[-1] + 1)
                if len(sample) < (every or _SAMPLE_ROWS):
                    left: list[Cell] = [""] * sheet.first_column
                    cells = [*left, *row[: filled[-1] + 1]][:most]
                    sample.append([_shown(cell) for cell in cells])
            broken = list(islice(book.error_cells(index), _SAMPLE_ROWS))
        _send(out, messages.pack("cells", sheet.name, hidden, height, width, sample, broken, notes))
    _send(out, messages.pack("done", 0, 0, 0, 0, {}, [], {}))


def _shown(cell: Cell) -> tuple[str, str]:
    return type(cell).__name__, str(cell)[:_SAMPLE_CHARACTERS]


def _notes(index: int, sheet: SheetCells | Skipped, book: Workbook) -> list[str]:
    notes = list(book.notes) if index == 0 else []
    if isinstance(sheet, SheetCells) and sheet.second:
        notes.append("second_reader")
    return notes


class _Found(NamedTuple):
    """A sheet with its number, its lists, and why these are not read."""

    at: int
    sheet: SheetCells | Skipped
    tables: list[Table]
    reason: str | None


class Telling:
    """One reading: batches rows and problems of all sheets and writes them to the pipe."""

    def __init__(self, out: IO[bytes], wanted: Mapping[str, Any]) -> None:
        self._out = out
        self._mapping: Mapping[str, str] = wanted["mapping"]
        self._headers_only = bool(wanted["headers_only"])
        self._understanding = Understanding(
            wanted["today"], strict=bool(wanted["strict"]), sample=str(wanted["sample"])
        )
        self._tuples = 0
        self._warnings = 0

    def read(self, book: Workbook) -> None:
        """Tell of every sheet and its rows, then that it is done. Raises Refused."""
        counts: dict[str, int] = {}
        left_out: dict[str, dict[str, int]] = {}
        for index, sheet, tables, reason in self._in_turn(book):
            self._understanding.begin_sheet()
            counts[str(index)] = self._sheet(index, sheet, tables, reason, book)
            if self._understanding.left_out:
                left_out[str(index)] = dict(self._understanding.left_out)
        self._flush()
        rows = sum(counts.values())
        found = self._understanding
        if sampled := found.sampler.rows():
            self._say("sampled", sampled)
        self._say(
            "done", rows, self._tuples, found.error_rows, self._warnings, counts,
            found.joint_houses, left_out,
        )  # fmt: skip

    def _in_turn(self, book: Workbook) -> Iterator[_Found]:
        """Yield the sheets with their lists as they come; those that belong together at the end:
        houses that name their owners by number, and the owners on a sheet of their own."""
        waiting: list[_Found] = []
        for index, sheet in enumerate(book.sheets):
            if isinstance(sheet, Skipped):
                yield _Found(index, sheet, [], sheet.reason)
                continue
            found = _Found(index, sheet, *self._tables(sheet))
            if lists_owners(found.tables) or names_by_number(found.tables):
                waiting.append(found)
            else:
                yield found
        owners = [found for found in waiting if found.reason]
        if len(owners) != 1 or len(waiting) == 1 or self._headers_only:
            yield from waiting
            return
        listed = None
        for found in waiting:
            assert isinstance(found.sheet, SheetCells)  # noqa: S101 - only these wait
            if found.reason:
                yield found._replace(reason="owners_joined")
                continue
            if listed is None:
                listed = owners_of(owners[0].sheet, owners[0].tables[0])  # type: ignore[arg-type]
            sheet, table, problems = joined(found.sheet, found.tables[0], listed)
            self._understanding.problems += problems
            yield found._replace(sheet=sheet, tables=[table])

    def _sheet(
        self,
        index: int,
        sheet: SheetCells | Skipped,
        tables: list[Table],
        reason: str | None,
        book: Workbook,
    ) -> int:
        notes = _notes(index, sheet, book)
        told = (index, sheet.name, not isinstance(sheet, Skipped) and sheet.hidden)
        if isinstance(sheet, Skipped):
            self._say("sheet", *told, None, {}, [], False, sheet.reason, notes, {})
            return 0
        if not tables:
            details = self._with_further_headers(sheet, {})
            self._say("sheet", *told, None, {}, [], False, reason, notes, details)
            return 0
        hidden = Hidden()
        broken = set(book.error_cells(index, hidden.watch)) if not reason else set()
        self._say(
            "sheet",
            *told,
            tables[0].header_rows[-1],
            {column.key: column.header for column in tables[0].columns},
            [_unused(left) for left in tables[0].left],
            not reason,
            reason,
            notes,
            self._with_further_headers(
                sheet, details_of(tables, sheet.first_column, sheet.height, hidden)
            ),
        )
        if reason:
            return 0
        if self._headers_only:
            self._understanding.problems += header_questions(sheet.name, tables[0])
            return 0
        return self._rows(index, sheet, tables, broken, hidden)

    def _with_further_headers(self, sheet: SheetCells, details: dict[str, Any]) -> dict[str, Any]:
        """Return `details`, ``mapped`` in it widened, where only headers are read, by what stands
        elsewhere on the sheet: another list further down may have headers of its own."""
        if not self._headers_only:
            return details
        missing = {plain_header(header) for header in self._mapping}
        missing -= set(details.get("mapped", ()))
        if not missing:
            return details
        texts = {cell for row in sheet.rows() for cell in row if type(cell) is str}
        further = missing.intersection(plain_header(text) for text in texts if len(text) <= 100)
        return details | {"mapped": sorted({*details.get("mapped", ()), *further})}

    def _rows(
        self,
        index: int,
        sheet: SheetCells,
        tables: list[Table],
        broken: set[tuple[int, int]],
        hidden: Hidden,
    ) -> int:
        """Tell the rows of the lists of a sheet: those side by side, then those further down."""
        found = self._understanding
        found.hidden = hidden.rows
        total = 0
        first = tables
        while tables:
            for table in tables:
                count = 0
                for count in found.sheet(index, sheet, table, broken):  # noqa: B007
                    self._flush()
                total += count
            tables = self._further(sheet, found.another_at) if found.another_at else []
        found.problems += hidden_problems(sheet, first, hidden, found.hidden_read)
        return total

    def _further(self, sheet: SheetCells, row: int) -> list[Table]:
        """Return the lists whose header stands in `row`; say so where none of them is read."""
        tables = find_tables(sheet, self._mapping, decide_header, row - 1)
        if tables and tables[0].locates() and tables[0].header_rows[0] == row:
            return tables
        self._understanding.error_rows += 1
        self._understanding.problems.append(problem(sheet.name, row, "", "", "house_other_list"))
        return []

    def _tables(self, sheet: SheetCells) -> tuple[list[Table], str | None]:
        if sheet.name in EXAMPLE_SHEETS and _explains(sheet):
            return [], "example"
        tables = find_tables(sheet, self._mapping, decide_header)
        if not tables:
            return [], "no_header_row"
        return tables, None if tables[0].locates() else "no_house"

    def _flush(self) -> None:
        """Send what has gathered; the problems of a row go before it."""
        rows, problems = self._understanding.take()
        if problems:
            self._warnings += sum(problem.severity == "warning" for problem in problems)
            self._say("problems", problems)
        if rows:
            self._tuples += len(rows)
            _send(self._out, messages.pack_rows(rows))

    def _say(self, kind: str, *payload: Any) -> None:
        _send(self._out, messages.pack(kind, *payload))


def _unused(left: Left) -> tuple[str, str, dict[str, str]]:
    return left.header or left.letter, left.reason, left.params


def _explains(sheet: SheetCells) -> bool:
    """Return whether a sheet begins with the mark of our template's example."""
    first = next(iter(sheet.rows()), [""])
    return bool(first) and first[0] in EXAMPLE_MARKERS
