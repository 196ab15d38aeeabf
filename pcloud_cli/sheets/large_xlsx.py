"""Workbooks too large to be held in memory: their sheets are read as they stream by.

The first reader keeps every cell of a sheet, a gigabyte for a million rows. Runs in the reading
child only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pcloud_cli.sheets import broken_cells, zip_look
from pcloud_cli.sheets.row_stream import SharedTexts, SheetStream
from pcloud_cli.sheets.zip_look import Bytes, Part

LARGE = 64 << 20
"""From so many bytes of XML on a sheet is streamed; some 150,000 rows of a dozen columns."""

_MOST_STYLES = 1 << 22
_DATE_1904 = re.compile(rb"\bdate1904=[\"'](?:1|true|on)[\"']")
_HIDDEN = re.compile(rb"\bstate=[\"'](?:hidden|veryHidden)[\"']")
_FORMAT = re.compile(rb"<numFmt\s[^>]*>")
_FORMATS_OF_CELLS = re.compile(rb"<cellXfs\b.*?</cellXfs>", re.DOTALL)
_XF = re.compile(rb"<xf\b[^>]*>")
_ID = re.compile(rb"\bnumFmtId=[\"'](\d+)[\"']")
_CODE = re.compile(rb"\bformatCode=(?:\"([^\"]*)\"|'([^']*)')")
_TEXT = re.compile(r"\"[^\"]*\"|&quot;.*?&quot;|\\.|_.|\*.", re.DOTALL)
_BRACKETS = re.compile(r"\[[^\]]*\]")
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DATE_SIGNS = re.compile("[ymdhs]", re.IGNORECASE)
_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), 45, 47, *range(50, 59)})
_BUILT_IN_ELAPSED = 46


class StreamedSheet(NamedTuple):
    """One sheet; `stream` is None for one without cells (a chart)."""

    name: str
    hidden: bool
    stream: SheetStream | None


def sheets(data: Bytes, entries: list[Part]) -> Iterator[StreamedSheet] | None:
    """Return the sheets of an .xlsx if one of them is large, and written as is usual; else None.

    Unusual are a calendar from 1904, elapsed times, and names of elements with a prefix.
    Raises Refused ``unreadable``, as reading the sheets does.
    """
    by_name = {part.name.lower().lstrip("/"): part for part in entries}
    if not any("worksheets/" in name and part.unpacked >= LARGE for name, part in by_name.items()):
        return None
    book = by_name.get("xl/workbook.xml")
    if book is None or not (names := broken_cells.sheet_names("xlsx", data, entries)):
        return None
    head = zip_look.head(data, book, 1 << 20)
    tags = re.findall(rb"<sheet\s[^>]*>", head)
    parts = [broken_cells.sheet_part(data, entries, at) for at in range(len(names))]
    styles = by_name.get("xl/styles.xml")
    dates = _dates(zip_look.head(data, styles, _MOST_STYLES)) if styles else []
    usual = all(
        (part and b"<worksheet" in zip_look.head(data, part)) or _is_chart(part) for part in parts
    )
    if len(tags) != len(names) or _DATE_1904.search(head) or dates is None or not usual:
        return None
    return _sheets(data, by_name.get("xl/sharedstrings.xml"), names, tags, parts, dates)


def _is_chart(part: Part | None) -> bool:
    return part is not None and "chartsheets/" in part.name.lower()


def _sheets(
    data: Bytes,
    shared: Part | None,
    names: list[str],
    tags: list[bytes],
    parts: list[Part | None],
    dates: list[bool],
) -> Iterator[StreamedSheet]:
    texts = SharedTexts(data, shared)
    for name, tag, part in zip(names, tags, parts, strict=True):
        stream = None
        if part is not None and not _is_chart(part):
            stream = SheetStream(data, part, texts, dates)
        yield StreamedSheet(name, bool(_HIDDEN.search(tag)), stream)


def _dates(styles: bytes) -> list[bool] | None:
    """Return of each cell format (ECMA-376 part 1, 18.8.10) whether it shows numbers as dates;
    None where one shows elapsed time."""
    own: dict[int, str] = {}
    for tag in _FORMAT.findall(styles):
        number, code = _ID.search(tag), _CODE.search(tag)
        if number and code:
            own[int(number[1])] = (code[1] or code[2] or b"").decode("utf-8", "replace")
    formats = _FORMATS_OF_CELLS.search(styles)
    dates: list[bool] = []
    for tag in _XF.findall(formats[0]) if formats else ():
        number = _ID.search(tag)
        kind = int(number[1]) if number else 0
        shown = _TEXT.sub("", own.get(kind, ""))
        if kind == _BUILT_IN_ELAPSED or _ELAPSED.search(shown):
            return None
        signs = _BRACKETS.sub("", shown).lower()
        by_code = signs != "general" and bool(_DATE_SIGNS.search(signs))
        dates.append(by_code if kind in own else kind in _BUILT_IN_DATES)
    return dates
