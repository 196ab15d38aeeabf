"""A reader of .ods of our own, for files that the first reader cannot read, and for their errors.

Takes content.xml as it streams out of the container (OpenDocument 1.3 part 3). Cells come out as
the first reader gives them. Runs in a reading child only.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from pcloud_cli.sheets import zip_look
from pcloud_cli.sheets.second_reader import MOST_COLUMNS, MOST_ROWS, SecondSheet, Values
from pcloud_cli.sheets.zip_look import Bytes, Part, Refused

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE = f"{{{_NAMES}table:1.0}}"
_OFFICE = f"{{{_NAMES}office:1.0}}"
_TEXT = f"{{{_NAMES}text:1.0}}"
_STYLE = f"{{{_NAMES}style:1.0}}"
_CALC_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_MOST_BLANKS = 1_000  # more blank cells in a row are padding up to the sheet's edge
_MIDNIGHT = datetime.time()


def sheets(data: Bytes, content: Part) -> list[SecondSheet]:
    """Return the sheets of the .ods whose part content.xml is `content`.

    Raises Refused ``unreadable``.
    """
    found: list[SecondSheet] = []
    unseen: set[str] = set()
    for event, element in _elements(data, content):
        if event == "end" and element.tag == f"{_STYLE}style":
            if any(child.get(f"{_TABLE}display") == "false" for child in element):
                unseen.add(element.get(f"{_STYLE}name", ""))
        elif event == "end" and element.tag == f"{_TABLE}table-row":
            element.clear()
        elif event == "start" and element.tag == f"{_TABLE}table":
            hidden = element.get(f"{_TABLE}style-name", "") in unseen
            rows = _Rows(data, content, len(found))
            found.append(SecondSheet(element.get(f"{_TABLE}name", ""), hidden, rows))
    return found


def error_cells(data: Bytes, content: Part, position: int) -> Iterator[tuple[int, int]]:
    """Yield (row, column), from 1, of the cells of a sheet that show the error of a formula, or
    that hold a formula and no value."""
    for number, _repeat, row in _rows(data, content, position):
        column = 1
        for cell in row:
            if not _is_cell(cell):
                continue
            if _is_error(cell):
                yield number, column
            column += _repeated(cell, "columns")


class _Rows:
    """Reads the sheet at `position` anew at every call."""

    def __init__(self, data: Bytes, content: Part, position: int) -> None:
        self._data, self._content, self._position = data, content, position

    def __call__(self) -> Iterator[Values]:
        expected = 1
        for number, repeat, element in _rows(self._data, self._content, self._position):
            row = _values(element)
            if not row:
                continue
            if number + repeat > MOST_ROWS + 1:
                raise Refused("far_corner", cells=(number + repeat) * len(row))
            for _ in range(expected, number):
                yield []
            for _ in range(repeat):
                yield row
            expected = number + repeat


def _rows(data: Bytes, content: Part, position: int) -> Iterator[tuple[int, int, Element]]:
    """Yield the number of each row of a sheet, how often it comes, and its element."""
    table, number = -1, 1
    for event, element in _elements(data, content):
        if event == "start":
            table += element.tag == f"{_TABLE}table"
        elif table > position:
            return
        elif element.tag == f"{_TABLE}table-row":
            if table == position:
                repeat = _repeated(element, "rows")
                yield number, repeat, element
                number += repeat
            element.clear()


def _values(row: Element) -> list[Any]:
    cells: list[Any] = []
    for cell in row:
        if not _is_cell(cell):
            continue
        repeat = _repeated(cell, "columns")
        value = _value(cell)
        if value == "":
            repeat = min(repeat, _MOST_BLANKS)
        if len(cells) + repeat > MOST_COLUMNS:
            raise Refused("far_corner", cells=len(cells) + repeat)
        cells += [value] * repeat
    while cells and cells[-1] == "":
        cells.pop()
    return cells


def _is_cell(element: Element) -> bool:
    return element.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")


def _is_error(cell: Element) -> bool:
    if cell.get(_CALC_TYPE) == "error":
        return True
    return f"{_TABLE}formula" in cell.keys() and cell.get(f"{_OFFICE}value-type") is None  # noqa: SIM118


def _value(cell: Element) -> Any:
    kind = cell.get(f"{_OFFICE}value-type")
    if kind is None or _is_error(cell):
        return ""
    try:
        if kind in ("float", "percentage", "currency"):
            return float(cell.get(f"{_OFFICE}value", ""))
        if kind == "boolean":
            return cell.get(f"{_OFFICE}boolean-value") == "true"
        if kind == "date":
            moment = datetime.datetime.fromisoformat(cell.get(f"{_OFFICE}date-value", ""))
            return moment.date() if moment.time() == _MIDNIGHT else moment
    except ValueError:
        pass
    return "\n".join(_text(part) for part in cell if part.tag == f"{_TEXT}p")


def _text(element: Element) -> str:
    parts = [element.text or ""]
    for child in element:
        if child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c", "1")
            parts.append(" " * min(int(count) if count.isdecimal() else 1, _MOST_BLANKS))
        elif child.tag == f"{_TEXT}line-break":
            parts.append("\n")
        elif child.tag == f"{_TEXT}tab":
            parts.append("\t")
        elif not child.tag.endswith(("}annotation", "}ruby-text")):
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _repeated(element: Element, what: str) -> int:
    count = element.get(f"{_TABLE}number-{what}-repeated", "1")
    return max(1, int(count)) if count.isdecimal() and len(count) < 16 else 1


def _elements(data: Bytes, part: Part) -> Iterator[tuple[str, Element]]:
    """Yield "start" and "end" of each element as the part streams by. Raises Refused."""
    parser: Any = XMLPullParser(("start", "end"))
    try:
        for piece in zip_look.chunks(data, part):
            parser.feed(piece)
            yield from parser.read_events()
        parser.close()
    except ParseError:
        raise Refused("unreadable") from None
    yield from parser.read_events()
