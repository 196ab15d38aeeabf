"""What a sheet of an .xlsx is like before it is marked."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pcloud_cli.sheets.marked_xml import NotPatchable, Rewriter, local, prefix
from pcloud_cli.sheets.zip_look import column as column_number

MOST_COLUMNS = 16_384
RANGE = re.compile("([A-Z]{1,3})([0-9]{1,7})(?::([A-Z]{1,3})([0-9]{1,7}))?")
"""One cell, or the first and last of several."""
_IN_ROWS = frozenset({"c", "v", "f", "is", "t"})
_DIGITS = "0123456789"
_LETTERS = re.compile("[A-Z]{1,3}")


class Facts(NamedTuple):
    """What a sheet is like before it is marked.

    `filled` are the columns with anything in them from the header's row on; `header` its cells:
    column → (type, text, style). `columns` are the attributes of its ``col`` elements; `hidden`
    the rows that are not shown; `drawing` the relation of the drawing of its comments.
    """

    prefix: str
    namespace: str
    filled: set[int]
    header: dict[int, tuple[str, str, int]]
    columns: list[dict[str, str]]
    hidden: set[int]
    drawing: str
    protected: bool

    def free_column(self) -> int:
        """Return the first empty column right of the header. Raises NotPatchable."""
        place = max(self.header, default=0) + 1
        while place in self.filled:
            place += 1
        if place > MOST_COLUMNS:
            raise NotPatchable
        return place

    def column_style(self, column: int) -> int:
        """Return the style of the empty cells of `column`."""
        for each in self.columns:
            if int(each.get("min", 0)) <= column <= int(each.get("max", 0)):
                return number_of(each.get("style"))
        return 0


class FactFinder(Rewriter):
    """Looks through a sheet once; `header_row` is where its table's header stands."""

    def __init__(self, header_row: int) -> None:
        super().__init__()
        self._header_row = header_row
        self._row = self._column = 0
        self._cell = ("", "", 0)
        self._text: list[str] = []
        self._filled: set[int] = set()
        self.facts = Facts("", "", self._filled, {}, [], set(), "", False)
        self.parser.EndElementHandler = None

    def start(self, name: str, attrs: dict[str, str]) -> None:
        """Note what a row or cell is and holds."""
        kind = name if name in _IN_ROWS else local(name)
        if kind == "c":
            self._column = column_of(attrs, self._column)
            if self._row == self._header_row:
                self._cell = (attrs.get("t", "n"), "", number_of(attrs.get("s")))
        elif kind in ("v", "f", "is"):
            if self._row >= self._header_row:
                self._filled.add(self._column)
                self._text.clear()
        elif kind == "row":
            self._row, self._column = row_of(attrs, self._row), 0
            if attrs.get("hidden", "") in ("1", "true") or attrs.get("zeroHeight") == "1":
                self.facts.hidden.add(self._row)
            at_header = self._row == self._header_row
            self.parser.CharacterDataHandler = self._text.append if at_header else None
            self.parser.EndElementHandler = self.end if at_header else None
            self.passed(self.here())
        elif kind == "worksheet":
            own = prefix(name)
            space = attrs.get(f"xmlns:{own[:-1]}" if own else "xmlns", "")
            self.facts = self.facts._replace(prefix=own, namespace=space)
        elif kind == "col":
            if not _is_span(attrs):
                raise NotPatchable
            self.facts.columns.append(attrs)
        elif kind == "mergeCell":
            self._merge(attrs.get("ref", ""))
        elif kind == "legacyDrawing":
            relation = next((v for k, v in attrs.items() if local(k) == "id"), "")
            self.facts = self.facts._replace(drawing=relation)
        elif kind == "sheetProtection":
            locked = attrs.get("sheet", "") in ("1", "true")
            self.facts = self.facts._replace(protected=locked)

    def end(self, name: str) -> None:
        """Keep the text of a cell of the header."""
        if self._row == self._header_row and local(name) in ("v", "t"):
            kind, before, style = self._cell
            self._cell = (kind, before + "".join(self._text), style)
            self._text.clear()
            self.facts.header[self._column] = self._cell

    def _merge(self, reference: str) -> None:
        match = RANGE.fullmatch(reference)
        if match and match[3] and int(match[4]) >= self._header_row:
            first, last = column_number(match[1]), column_number(match[3])
            self.facts.filled.update(range(first, min(last, MOST_COLUMNS) + 1))


def row_of(attrs: dict[str, str], before: int) -> int:
    """Return a row's number, which may be left to its place. Raises NotPatchable."""
    number = attrs.get("r", "")
    return number_of(number) if number else before + 1


def column_of(attrs: dict[str, str], before: int) -> int:
    """Return a cell's column, which may be left to its place. Raises NotPatchable."""
    reference = attrs.get("r", "")
    if not reference:
        return before + 1
    return _column_of(reference.rstrip(_DIGITS))


@lru_cache(maxsize=MOST_COLUMNS)
def _column_of(name: str) -> int:
    if _LETTERS.fullmatch(name) is None:
        raise NotPatchable
    return column_number(name)


def number_of(text: str | None) -> int:
    """Return the number an attribute holds, 0 where it is not there. Raises NotPatchable."""
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotPatchable
    return int(text)


def _is_span(attrs: dict[str, str]) -> bool:
    return 0 < number_of(attrs.get("min")) <= number_of(attrs.get("max")) <= MOST_COLUMNS
