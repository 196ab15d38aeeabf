"""A plain .xlsx with the values of any workbook, for kinds that are not changed in place.

Text stays text, in cells of the text format, so that a long number typed over it keeps its digits.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from math import isfinite
from typing import NamedTuple

from pcloud_cli.sheets.cells import Cell, SheetCells, Workbook
from pcloud_cli.sheets.marked_order import Order, SheetOrder
from pcloud_cli.sheets.marked_rows import kept
from pcloud_cli.sheets.marked_styles import PLAIN
from pcloud_cli.sheets.marked_workbook import Note
from pcloud_cli.sheets.marked_xml import attribute, fit, text_bytes
from pcloud_cli.sheets.table import letters
from pcloud_cli.sheets.zip_look import Refused

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TEXT, _DATE, _MOMENT, _TIME, _SPAN = 1, 2, 3, 4, 5
_FORMATS = (0, 49, 14, 22, 21, 46)
"""Number formats that every program knows: general, text, date, date and time, time, duration."""
_EPOCH = datetime.date(1899, 12, 30)
_FIRST_SURE_DAY = datetime.date(1900, 3, 1)
_DAY = 86_400.0
_MOST_TEXT = 32_767
_WIDTHS = (8, 40)
_HIDDEN = ' state="hidden"'
_SAMPLE = 200


class _Plan(NamedTuple):
    """What is written of a sheet: the rows to keep (None for all), the column for their numbers
    (0 for none), and the merged cells that still hold."""

    order: SheetOrder | None
    keep: set[int] | None
    numbers: int


def plain_workbook(book: Workbook, order: Order) -> tuple[io.BytesIO, Order, list[Note]]:
    """Return a plain workbook with the values of `book`, `order` for its rows, and notes.

    With ``only_bad`` it holds the sheets and rows to mend, with the numbers that they had. Raises
    Refused ``no_rows`` where none of the sheets to mark holds any cell.
    """
    wanted = {sheet.name: sheet for sheet in order.sheets}
    out = io.BytesIO()
    notes: list[Note] = []
    names: list[tuple[str, bool]] = []
    orders: list[SheetOrder] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as package:
        for sheet in book.sheets:
            mine = wanted.get(sheet.name)
            if not isinstance(sheet, SheetCells):
                if sheet.reason != "empty":
                    notes.append(("left_out", {"sheet": sheet.name}))
                continue
            if order.only_bad and mine is None:
                continue
            plan = _plan(sheet, mine, order)
            if order.only_bad and plan.keep is None:
                notes.append(("whole", {"sheet": sheet.name}))
            names.append((fit(sheet.name), sheet.hidden and not order.only_bad))
            with package.open(f"xl/worksheets/sheet{len(names)}.xml", "w") as part:
                numbers = _write_sheet(part.write, sheet, plan, order.words.source_row)
            if mine is not None:
                orders.append(_moved(mine, numbers)._replace(name=fit(sheet.name)))
        if not orders:
            raise Refused("no_rows")
        for name, text in _frame(names).items():
            package.writestr(name, text)
    out.seek(0)
    return out, order._replace(only_bad=False, sheets=orders), notes


def _plan(sheet: SheetCells, mine: SheetOrder | None, order: Order) -> _Plan:
    if not order.only_bad or mine is None:
        return _Plan(mine, None, 0)
    keep = kept(mine, _filled(sheet))
    if keep is None:
        return _Plan(mine, None, 0)
    header = next(islice(sheet.rows(), mine.header_row - 1, None), ())
    if any(str(cell) in order.known[1] for cell in header):
        return _Plan(mine, keep, 0)
    width = max((at for at, cell in enumerate(header, 1) if cell != ""), default=0)
    return _Plan(mine, keep, sheet.first_column + width + 1)


def _moved(order: SheetOrder, numbers: dict[int, int]) -> SheetOrder:
    """Return `order` with the rows where they stand now; `numbers` are old → new ones."""
    if not numbers:
        return order
    spots = [spot._replace(row=numbers[spot.row]) for spot in order.spots if spot.row in numbers]
    return order._replace(spots=spots, header_row=numbers.get(order.header_row, 0))


def _filled(sheet: SheetCells) -> Iterator[Sequence[Cell]]:
    """Yield the rows with what is merged over several of them written in each."""
    starts: dict[int, list[tuple[int, int]]] = {}
    for top, left, bottom, _right in sheet.merges:
        if bottom > top:
            starts.setdefault(top, []).append((bottom, left - sheet.first_column))
    running: list[tuple[int, int, Cell]] = []
    for number, row in enumerate(sheet.rows()):
        running = [each for each in running if each[0] >= number]
        full = list(row) if running else row
        for _bottom, place, value in running:
            if place < len(full) and full[place] == "":
                full[place] = value  # type: ignore[index]
        yield full
        for bottom, place in starts.get(number, ()):
            if 0 <= place < len(row) and row[place] != "":
                running.append((bottom, place, row[place]))


def _write_sheet(
    write: Callable[[bytes], object], sheet: SheetCells, plan: _Plan, title: str
) -> dict[int, int]:
    """Write a sheet's part; return where its kept rows stand now, ``{}`` where all stay."""
    first = sheet.first_column
    widths = _widths(islice(sheet.rows(), _SAMPLE))
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}" style="{_TEXT}" customWidth="1"/>'
        for at, width in enumerate(widths, first + 1)
    )
    frame = f'{_HEAD}<worksheet xmlns="{_MAIN}">'
    frame += f"<cols>{columns}</cols>" if columns else ""
    write(f"{frame}<sheetData>".encode())
    numbers: dict[int, int] = {}
    rows = sheet.rows() if plan.keep is None else _filled(sheet)
    place = 0
    for number, cells in enumerate(rows, 1):
        if plan.keep is not None:
            if number not in plan.keep:
                continue
            numbers[number] = len(numbers) + 1
        place = numbers.get(number, number)
        found = [_cell(f"{letters(at)}{place}", cell) for at, cell in enumerate(cells, first)]
        if plan.numbers and plan.order is not None and number >= plan.order.header_row:
            own: Cell = title if number == plan.order.header_row else number
            found.insert(
                plan.numbers - 1 - first, _cell(f"{letters(plan.numbers - 1)}{place}", own)
            )
        text = b"".join(found)
        if text:
            write(f'<row r="{place}">'.encode() + text + b"</row>")
    write(b"</sheetData>")
    if plan.keep is None and sheet.merges:
        merged = "".join(
            f'<mergeCell ref="{letters(left)}{top + 1}:{letters(right)}{bottom + 1}"/>'
            for top, left, bottom, right in sheet.merges
        )
        write(f'<mergeCells count="{len(sheet.merges)}">{merged}</mergeCells>'.encode())
    write(b"</worksheet>")
    return numbers


def _cell(place: str, value: Cell) -> bytes:
    if isinstance(value, str):
        if not value:
            return b""
        text = text_bytes(value[:_MOST_TEXT])
        start = f'<c r="{place}" s="{_TEXT}" t="inlineStr"><is><t xml:space="preserve">'
        return start.encode() + text + b"</t></is></c>"
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'.encode()
    if isinstance(value, int | float):
        number, style = float(value), 0
        if not isfinite(number):
            return b""
        if isinstance(value, int):
            return f'<c r="{place}"><v>{value}</v></c>'.encode()
    else:
        day = value.date() if isinstance(value, datetime.datetime) else value
        if isinstance(day, datetime.date) and day < _FIRST_SURE_DAY:
            return _cell(place, str(value))
        number, style = _serial(value)
    return f'<c r="{place}" s="{style}"><v>{number!r}</v></c>'.encode()


def _serial(value: datetime.date | datetime.time | datetime.timedelta) -> tuple[float, int]:
    """Return a date or time as the number of days that spreadsheets keep, and its style."""
    if isinstance(value, datetime.timedelta):
        return value.total_seconds() / _DAY, _SPAN
    if isinstance(value, datetime.time):
        return _seconds(value) / _DAY, _TIME
    if isinstance(value, datetime.datetime):
        return (value.date() - _EPOCH).days + _seconds(value.time()) / _DAY, _MOMENT
    return float((value - _EPOCH).days), _DATE


def _seconds(time: datetime.time) -> float:
    return time.hour * 3600 + time.minute * 60 + time.second + time.microsecond / 1e6


def _widths(rows: Iterable[Sequence[Cell]]) -> list[int]:
    widths: list[int] = []
    for row in rows:
        widths += [_WIDTHS[0]] * (len(row) - len(widths))
        for at, cell in enumerate(row):
            if isinstance(cell, str) and cell:
                width = 2 + sum(1 if sign.isascii() else 2 for sign in cell[: _WIDTHS[1]])
                widths[at] = max(widths[at], min(width, _WIDTHS[1]))
    return widths


def _frame(sheets: list[tuple[str, bool]]) -> dict[str, str]:
    """Return the parts around the sheets, whose names and states are given."""
    if all(hidden for _name, hidden in sheets):
        sheets = [(name, False) for name, _hidden in sheets]
    numbered = list(enumerate(sheets, 1))
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_SHEET}.worksheet+xml"/>'
        for n, _sheet in numbered
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n, _sheet in numbered
    )
    entries = "".join(
        f'<sheet name={attribute(name)} sheetId="{n}"{_HIDDEN if hidden else ""} r:id="rId{n}"/>'
        for n, (name, hidden) in numbered
    )
    formats = "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0"'
        ' applyNumberFormat="1"/>'
        for number in _FORMATS
    )
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET}.styles+xml"/>'
        f"{overrides}</Types>",
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship'
        f' Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<sheets>{entries}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'{links}<Relationship Id="rIdStyles" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        "</Relationships>",
        "xl/styles.xml": PLAIN.decode().replace(
            '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
            f'<cellXfs count="{len(_FORMATS)}">{formats}',
        ),
    }
