"""Marking one sheet of an .xlsx in place: its cells' styles, and a column of texts at its end.

Formulas with their values, merges, filters, validations and all else are copied byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from pcloud_cli.sheets.marked_facts import RANGE, Facts, column_of, number_of, row_of
from pcloud_cli.sheets.marked_notes import Place
from pcloud_cli.sheets.marked_order import Rows
from pcloud_cli.sheets.marked_styles import Styles
from pcloud_cli.sheets.marked_xml import (
    NotPatchable,
    Rewriter,
    attribute,
    local,
    text_bytes,
    with_attribute,
)
from pcloud_cli.sheets.table import letters
from pcloud_cli.sheets.zip_look import column as column_number

_WIDTH = "60"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_AFTER_DRAWING = frozenset(
    (
        "legacyDrawingHF",
        "drawingHF",
        "picture",
        "oleObjects",
        "controls",
        "webPublishItems",
        "tableParts",
        "extLst",
        "AlternateContent",
    )
)
"""What may only come behind a sheet's legacyDrawing; AlternateContent wraps the controls."""


class Columns(NamedTuple):
    """Where our column stands, what its header says, and whether it is there already."""

    place: int
    title: str
    old: bool


class Marker(Rewriter):
    """Writes a sheet with the marks of `rows`; `drawing` relates to a new drawing, or is ``''``.

    Rows and cells have to stand in order, as they must. Raises NotPatchable where they do not.
    """

    def __init__(
        self,
        write: Callable[[bytes], object],
        facts: Facts,
        header_row: int,
        rows: Rows,
        ours: Columns,
        styles: Styles,
        drawing: str,
    ) -> None:
        super().__init__(write)
        self._facts = facts
        self._p = facts.prefix
        self._header_row = header_row
        self._rows = rows
        self._ours = ours
        self._styles = styles
        self._drawing = drawing
        self._depth = 0
        self._waiting = sorted({*rows.texts, *([header_row] if header_row else [])}, reverse=True)
        self._row = self._column = 0
        self._row_at = self._cell_at = 0
        self._row_style: int | None = None
        self._todo: list[tuple[int, bytes | None]] = []
        self._cell_new: bytes | None = None
        self._blank = False
        self._unread = ""
        """The name of a row in which nothing is to be done, while its inside goes by."""

    def start(self, name: str, attrs: dict[str, str]) -> None:
        """Change a row's or cell's start tag where it is marked."""
        self._depth += 1
        kind = local(name)
        if self._depth == 4 and kind == "c":
            self._start_cell(attrs)
        elif self._depth == 3 and kind == "row":
            self._start_row(attrs)
            if not self._todo and not self._blank:
                self._unread = name
                self.parser.StartElementHandler = None
        elif self._depth == 2:
            self._start_part(kind, attrs)

    def end(self, name: str) -> None:
        """Finish a cell, a row, the rows, the sheet."""
        if self._unread:
            if name == self._unread:
                self._unread = ""
                self._depth -= 1
                self.parser.StartElementHandler = self.start
            return
        if self._depth == 4 and self._cell_new is not None and local(name) == "c":
            self.replace(self._cell_at, self.element_end(self._cell_at), self._cell_new)
            self._cell_new = None
        elif self._depth == 3 and local(name) == "row":
            self._end_row()
        elif self._depth == 2 and local(name) == "sheetData":
            self._missing_rows(self.here(), 1 << 30)
        elif self._depth == 1:
            self._draw(self.here())
        self._depth -= 1

    # -- the sheet's parts ------------------------------------------------------------------------

    def _start_part(self, kind: str, attrs: dict[str, str]) -> None:
        here = self.here()
        if kind == "dimension":
            wider = _wider(attrs.get("ref", ""), self._ours.place)
            if wider:
                end = self.tag_end(here)
                self.replace(here, end, with_attribute(self.raw(here, end), "ref", wider))
        elif kind == "cols":
            self._row_at = here  # the element as a whole is written anew where it ends
        elif kind == "sheetData":
            if self._waiting and self.is_empty(here):
                raise NotPatchable
            self._write_columns(here)
        elif kind in _AFTER_DRAWING and self._row:
            self._draw(here)

    def _write_columns(self, here: int) -> None:
        spans = with_column(self._facts.columns, self._ours.place, _WIDTH)
        tags = "".join(
            f"<{self._p}col {' '.join(f'{k}={attribute(v)}' for k, v in span.items())}/>"
            for span in spans
        )
        new = f"<{self._p}cols>{tags}</{self._p}cols>".encode()
        start = self._row_at or here
        self.replace(start, here, new)

    def _draw(self, here: int) -> None:
        if self._drawing:
            self.insert(
                here,
                f'<{self._p}legacyDrawing xmlns:r="{_relations(self._facts.namespace)}"'
                f' r:id="{self._drawing}"/>'.encode(),
            )
            self._drawing = ""

    # -- rows -------------------------------------------------------------------------------------

    def _start_row(self, attrs: dict[str, str]) -> None:
        here = self.here()
        number = row_of(attrs, self._row)
        if number <= self._row:
            raise NotPatchable
        self.passed(here)
        self._missing_rows(here, number)
        self._row, self._column, self._row_at = number, 0, here
        own = attrs.get("customFormat", "") in ("1", "true")
        self._row_style = number_of(attrs.get("s")) if own else None
        self._blank = self._ours.old and number >= self._header_row
        if self._waiting and self._waiting[-1] == number:
            self._waiting.pop()
            self._todo = self._wanted(number)
        elif self._blank:
            self._todo = [(self._ours.place, b"")]
        if self._todo:
            end = self.tag_end(here)
            tag = self.raw(here, end)
            plain = with_attribute(tag, "spans", None)
            if plain != tag and not tag.endswith(b"/>"):
                self.replace(here, end, plain)

    def _wanted(self, number: int) -> list[tuple[int, bytes | None]]:
        """Return what is to be done in a row: (column, text of our own cell, or None to mark)."""
        wanted: list[tuple[int, bytes | None]] = [
            (column, None) for column in self._rows.cells.get(number, {})
        ]
        if number == self._header_row:
            text = self._ours.title
        elif self._header_row:
            text = self._rows.texts.get(number, "")
        else:
            text = ""
        wanted = [each for each in wanted if each[0] != self._ours.place]
        return sorted([*wanted, (self._ours.place, text_bytes(text))], reverse=True)

    def _missing_rows(self, here: int, number: int) -> None:
        while self._waiting and self._waiting[-1] < number:
            missing = self._waiting.pop()
            self._row_style = None
            cells = b"".join(self._new(missing, *each) for each in reversed(self._wanted(missing)))
            row = f'<{self._p}row r="{missing}">'.encode() + cells
            self.insert(here, row + f"</{self._p}row>".encode())

    def _end_row(self) -> None:
        if not self._todo:
            return
        cells = b"".join(self._new(self._row, *each) for each in reversed(self._todo))
        self._todo = []
        start = self._row_at
        if not self.is_empty(start):
            self.insert(self.here(), cells)
        elif cells:
            end = self.tag_end(start)
            tag = with_attribute(self.raw(start, end), "spans", None)
            open_tag = tag[:-2].rstrip() + b">"
            self.replace(start, end, open_tag + cells + f"</{self._p}row>".encode())

    # -- cells ------------------------------------------------------------------------------------

    def _start_cell(self, attrs: dict[str, str]) -> None:
        column = column_of(attrs, self._column)
        if column <= self._column:
            raise NotPatchable
        self._column = column
        if not self._blank and (not self._todo or self._todo[-1][0] > column):
            return
        here = self.here()
        while self._todo and self._todo[-1][0] < column:
            self.insert(here, self._new(self._row, *self._todo.pop()))
        base = number_of(attrs.get("s"))
        if not self._todo or self._todo[-1][0] != column:
            if self._blank and base:
                self._restyle(here, base, self._styles.unmarked(base))
            return
        _place, text = self._todo.pop()
        if text is None:
            self._restyle(here, base, self._marked(self._row, column, base))
        else:
            self._cell_at = here
            self._cell_new = self._new(self._row, column, text)

    def _restyle(self, here: int, old: int, new: int) -> None:
        if new != old:
            end = self.tag_end(here)
            self.replace(here, end, with_attribute(self.raw(here, end), "s", str(new)))

    def _marked(self, row: int, column: int, base: int) -> int:
        spots = self._rows.cells[row][column]
        worst = min((spot.severity for spot in spots), key=("error", "warning").index)
        return self._styles.marked(base, worst, any(spot.as_text for spot in spots))

    def _new(self, row: int, column: int, text: bytes | None) -> bytes:
        """Return a cell that was not there: an empty one that is marked, or one of our column."""
        p, place = self._p, f"{letters(column - 1)}{row}"
        if text is None:
            base = self._row_style
            base = self._facts.column_style(column) if base is None else base
            return f'<{p}c r="{place}" s="{self._marked(row, column, base)}"/>'.encode()
        if not text:
            return b""
        if row == self._header_row:
            header = self._facts.header
            base = header[max(header)][2] if header else 0
            style = self._styles.marked(base, "", True)
        else:
            style = self._styles.marked(0, self._rows.worst.get(row, ""), True)
        start = f'<{p}c r="{place}" s="{style}" t="inlineStr"><{p}is><{p}t xml:space="preserve">'
        return start.encode() + text + f"</{p}t></{p}is></{p}c>".encode()


def with_column(columns: list[dict[str, str]], place: int, width: str) -> list[dict[str, str]]:
    """Return the ``col`` elements with `place` wide and shown, whatever it was before."""
    out: list[dict[str, str]] = []
    for each in columns:
        first, last = int(each["min"]), int(each["max"])
        if first < place:
            out.append({**each, "max": str(min(last, place - 1))})
        if last > place:
            out.append({**each, "min": str(max(first, place + 1))})
    out.append({"min": str(place), "max": str(place), "width": width, "customWidth": "1"})
    return sorted(out, key=lambda each: int(each["min"]))


def places(rows: Rows) -> set[Place]:
    """Return the cells that are marked."""
    return {(row, column) for row, cells in rows.cells.items() for column in cells}


def _relations(namespace: str) -> str:
    if namespace.startswith("http://purl.oclc.org/ooxml/"):
        return "http://purl.oclc.org/ooxml/officeDocument/relationships"
    return _RELATIONS


def _wider(reference: str, column: int) -> str:
    match = RANGE.fullmatch(reference)
    if match is None:
        return ""
    last = max(column_number(match[3] or match[1]), column)
    return f"{match[1]}{match[2]}:{letters(last - 1)}{match[4] or match[2]}"
