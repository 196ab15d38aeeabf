"""From a file's bytes to sheets of typed cells, the kind judged by content and never by name.

A number stays a number (an identity number stored as one has lost digits), a date a date.
Runs in the reading child only: python-calamine parses bytes that nobody vouches for.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, NamedTuple

from pcloud_cli.sheets import broken_cells, cargo, csv_text, encrypted, large_xlsx, zip_look
from pcloud_cli.sheets.zip_look import Refused

if TYPE_CHECKING:
    from pcloud_cli.sheets.large_xlsx import StreamedSheet
    from pcloud_cli.sheets.row_stream import SheetStream
    from pcloud_cli.sheets.second_reader import SecondSheet

Cell = str | int | float | datetime.date | datetime.time | datetime.datetime | datetime.timedelta
Merge = tuple[int, int, int, int]
"""Merged cells: first row, first column, last row, last column, all from 0."""

_OTHER_KINDS = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"{\\rtf", "document"),
)
_MARKUP = re.compile(
    rb"\s*(?:<(?:\?xml|!doctype|!--|(?:html|head|body|meta|style|script|title|center|div|font|table"
    rb"|thead|tbody|tr|workbook)\b|office:)|mime-version:)",
    re.I,
)
_BIFF_STARTS = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")


class SheetCells(NamedTuple):
    """One sheet: its name, whether it is hidden, and its rows.

    `rows()` can be called again and again; it yields lists of cells, the first of which lies in
    column `first_column` (from 0), beginning with row 1 of the sheet; an empty cell is ``""``.
    `merges` are its merged cells, where the format tells (xlsx, xls).
    `second` says that the second reader reads it; `stream` is what a large sheet is read by.
    """

    name: str
    hidden: bool
    first_column: int
    height: int
    width: int
    rows: Callable[[], Iterator[Sequence[Cell]]]
    second: bool = False
    merges: tuple[Merge, ...] = ()
    stream: SheetStream | None = None


class Skipped(NamedTuple):
    """A sheet that holds no cells to read; `reason` is a code."""

    name: str
    reason: str


class Workbook(NamedTuple):
    """A file opened: its kind (xlsx, xls, xlsb, ods, csv) and its sheets, read one at a time.

    `error_cells(n, watch)` yields (row, column), from 1, of the cells of the n-th sheet that show
    an error such as ``#REF!`` or a formula without its result; `watch`: see `broken_cells`.
    `notes` are codes of `notes` about the file.
    """

    kind: str
    sheets: Iterator[SheetCells | Skipped]
    error_cells: Callable[..., Iterator[tuple[int, int]]]
    notes: tuple[str, ...] = ()


def open_workbook(
    stream: IO[bytes],
    data: zip_look.Bytes,
    bounds: zip_look.Bounds,
    *,
    password: str | None = None,
    second: bool = False,
) -> Workbook:
    """Return the workbook in `stream`, whose bytes are also `data`.

    `password` opens one that is encrypted; `second` takes the second reader, where there is one.
    Raises Refused with the codes of `zip_look` and `encrypted` and: ``empty_file``,
    ``not_a_workbook`` (param ``kind``), ``unreadable``.
    """
    start = bytes(data[0:4096])
    if not start.strip(b"\x00 \r\n\t"):
        raise Refused("empty_file")
    if start.startswith(encrypted.COMPOUND) and encrypted.holds_package(data):
        data = encrypted.opened(data, password)
        stream, start = io.BytesIO(data), data[0:4096]
        if not start.startswith(b"PK"):
            raise Refused("unreadable")
    if start.startswith(b"PK"):
        return _from_zip(stream, data, bounds, second)
    if second:
        raise Refused("unreadable")
    if start.startswith(encrypted.COMPOUND):
        if encrypted.is_encrypted_xls(data):
            data = encrypted.opened(data, password)
            stream = io.BytesIO(data)
        return _from_calamine(stream, "xls", data, None, cargo.of_xls(data))
    for magic, kind in _OTHER_KINDS:
        if start.startswith(magic):
            raise Refused("not_a_workbook", kind=kind)
    if start.startswith(_BIFF_STARTS) and b"\x00" in start[:16]:
        raise Refused("not_a_workbook", kind="old_xls")
    if _MARKUP.match(start.lstrip(b"\xef\xbb\xbf")):
        raise Refused("not_a_workbook", kind="markup")
    return _from_text(bytes(data[0 : len(data)]))


def _from_zip(
    stream: IO[bytes], data: zip_look.Bytes, bounds: zip_look.Bounds, second: bool
) -> Workbook:
    entries = zip_look.parts(data, bounds)
    zip_look.look(data, entries, bounds)
    names = {part.name.lower().lstrip("/"): part for part in entries}
    if any(name.endswith("workbook.bin") for name in names):
        kind = "xlsb"
    elif any("worksheets/" in name or name.endswith("workbook.xml") for name in names):
        kind = "xlsx"
    elif "content.xml" in names:
        kind = "ods"
        manifest = names.get("meta-inf/manifest.xml")
        if manifest and b"encryption-data" in zip_look.head(data, manifest, 1 << 20):
            raise Refused("encrypted_ods")
        mime = zip_look.head(data, names["mimetype"]) if "mimetype" in names else b""
        if b"opendocument" in mime and b"spreadsheet" not in mime:
            raise Refused("not_a_workbook", kind="document")
    elif any(name.startswith(("word/", "ppt/")) for name in names):
        raise Refused("not_a_workbook", kind="document")
    elif "[content_types].xml" in names:
        kind = "xlsx"
    else:
        raise Refused("not_a_workbook", kind="archive")
    notes = cargo.of_parts(entries)
    large = large_xlsx.sheets(data, entries) if kind == "xlsx" and not second else None
    if large is not None:
        return Workbook(kind, map(_streamed, large), _broken_cells(kind, data, entries), notes)
    if second:
        sheets = _second_sheets(stream, kind, data, entries)
        all_names = broken_cells.sheet_names(kind, data, entries)
        places = [
            all_names.index(sheet.name) if sheet.name in all_names else place
            for place, sheet in enumerate(sheets)
        ]
        broken = _broken_cells(kind, data, entries)
        told = (_told(sheet) for sheet in sheets)
        return Workbook(kind, told, lambda position, *more: broken(places[position], *more), notes)
    return _from_calamine(stream, kind, data, entries, notes)


def _broken_cells(
    kind: str, data: zip_look.Bytes, entries: list[zip_look.Part] | None
) -> Callable[..., Iterator[tuple[int, int]]]:
    return lambda position, watch=None: broken_cells.broken_cells(
        kind, data, entries, position, watch
    )


def _from_calamine(
    stream: IO[bytes],
    kind: str,
    data: zip_look.Bytes,
    entries: list[zip_look.Part] | None,
    notes: tuple[str, ...],
) -> Workbook:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_filelike(stream)
    except PasswordError:
        raise Refused("encrypted_ods" if kind == "ods" else "encrypted") from None
    except CalamineError:
        raise Refused("unreadable") from None

    def sheets() -> Iterator[SheetCells | Skipped]:
        for number, meta in enumerate(book.sheets_metadata):
            if not str(meta.typ).endswith("WorkSheet"):
                yield Skipped(meta.name, "no_cells")
                continue
            try:
                sheet = book.get_sheet_by_index(number)
            except CalamineError:
                yield _by_the_second(meta.name, stream, kind, data, entries or [])
                continue
            hidden = not str(meta.visible).endswith(".Visible")
            if sheet.start is None or sheet.end is None:
                yield Skipped(meta.name, "empty")
                continue
            merges = [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
            yield SheetCells(
                meta.name,
                hidden,
                sheet.start[1],
                sheet.end[0] + 1,
                sheet.width,
                sheet.iter_rows,
                merges=tuple(merges),
            )

    if kind == "xlsx" and not book.sheets_metadata:
        raise Refused("unreadable")
    return Workbook(kind, sheets(), _broken_cells(kind, data, entries), notes)


def _second_sheets(
    stream: IO[bytes], kind: str, data: zip_look.Bytes, entries: list[zip_look.Part]
) -> list[SecondSheet]:
    """Return the sheets as the second reader sees them. Raises Refused ``unreadable``."""
    if kind == "xlsx":
        from pcloud_cli.sheets import second_reader

        return second_reader.xlsx_sheets(stream)
    content = next((part for part in entries if part.name == "content.xml"), None)
    if kind == "ods" and content is not None:
        from pcloud_cli.sheets import ods_reader

        return ods_reader.sheets(data, content)
    raise Refused("unreadable")


def _by_the_second(
    name: str, stream: IO[bytes], kind: str, data: zip_look.Bytes, entries: list[zip_look.Part]
) -> SheetCells | Skipped:
    try:
        for sheet in _second_sheets(stream, kind, data, entries):
            if sheet.name == name:
                return _told(sheet)
    except Refused:
        pass
    return Skipped(name, "unreadable")


def _told(sheet: SecondSheet) -> SheetCells | Skipped:
    if sheet.is_empty():
        return Skipped(sheet.name, "empty")
    return SheetCells(sheet.name, sheet.hidden, 0, 0, 0, sheet.rows, second=True)


def _streamed(sheet: StreamedSheet) -> SheetCells | Skipped:
    if sheet.stream is None:
        return Skipped(sheet.name, "no_cells")
    if next(sheet.stream(), None) is None:
        return Skipped(sheet.name, "empty")
    merges = tuple(sheet.stream.merges())
    return SheetCells(
        sheet.name, sheet.hidden, 0, 0, 0, sheet.stream, merges=merges, stream=sheet.stream
    )


def _from_text(data: bytes) -> Workbook:
    try:
        text, _encoding = csv_text.decode(data)
    except csv_text.NotText:
        raise Refused("not_a_workbook", kind="unknown") from None
    if _MARKUP.match(text[:200].encode()):
        raise Refused("not_a_workbook", kind="markup")
    delimiter, skip = csv_text.separator(text)

    def all_rows() -> Iterator[Sequence[Cell]]:
        try:
            yield from csv_text.rows(text, delimiter, skip)
        except csv_text.OpenQuote as quote:
            raise Refused("open_quote", count=quote.row) from None
        except csv_text.LongCell:
            raise Refused("long_cell", limit=csv_text.MOST_CHARACTERS) from None

    def sheets() -> Iterator[SheetCells | Skipped]:
        yield SheetCells("", False, 0, text.count("\n") + 1, 0, all_rows)

    return Workbook("csv", sheets(), lambda *_asked: iter(()))
