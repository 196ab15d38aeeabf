"""The rows of an .xlsx sheet, read as its XML streams by: memory for a piece of it, not for all.

The plain form in which spreadsheet programs save cells is taken apart by one pattern; a row with
anything else in it goes through a parser. Cells come out as the first reader gives them: numbers
as floats, dates by their format, an error or a formula without its result as an empty text.
Runs in the reading child only.
"""

from __future__ import annotations

import datetime
import html
import re
from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from typing import Any
from xml.parsers import expat

from pcloud_cli.sheets import zip_look
from pcloud_cli.sheets.zip_look import Bytes, Part, Refused

Value = str | float | bool | datetime.date | datetime.time
MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
"""As many as a sheet of .xlsx can have."""

_MOST_BYTES = 1 << 32  # of all shared texts
_LONGEST_TAG = 1 << 16
_MOST_TEXT = 1 << 22  # of one row, or of one shared text
_REMEMBERED = 4096  # texts and dates that recur
_WIDEST = 256  # columns that are made ready because the sheet claims to have them
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})\d+"(?: s="(\d+)")?(?: t="(\w+)")?(?:/>|>'
    rb"(?:<f(?: [^>]*)?(?:/>|>[^<]*</f>))?"
    rb"(?:<v>([^<]*)</v>|<v/>|<is><t(?: ([^>]*))?>([^<]*)</t></is>)?</c>)"
)
_SOME = (
    rb'<c r="(%s)\d+"([^>]*)>(?:<f(?: [^>]*)?(?:/>|>[^<]*</f>))?'
    rb"(?:<v>([^<]+)</v>|<is><t(?: [^>]*)?>([^<]+)</t></is>)"
)
_ROW = re.compile(rb"<row\b([^>]*?)(/?)>")
_NUMBER = re.compile(rb"\br=[\"'](\d{1,7})[\"']")
_DIMENSION = re.compile(rb"<dimension [^>]*\bref=[\"'][A-Z]+\d+:([A-Z]{1,3})\d+[\"']")
_ITEM = re.compile(rb"<si><t>([^<]*)</t></si>")
_RUN = re.compile(rb"<t( [^>]*)?>([^<]*)</t>")
_SPECIAL = (b"&", b"_x", b"\r")  # in a text, and so is <t xml:space="preserve">
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # ECMA-376 part 1, 22.9.2.19 ST_Xstring
_BLANKS = " \t\r\n"
_PHONETIC = re.compile(rb"<rPh\b.*?</rPh>", re.DOTALL)
_MERGE = re.compile(rb"<mergeCell [^>]*\bref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")

_DAY_ONE = datetime.date(1899, 12, 30)
_FIRST_MARCH = 60  # 1900 was no leap year, and spreadsheets think it was
_LAST_DAY = 2_958_466
_DAY_MS = 86_400_000


class SharedTexts(dict[bytes, str]):
    """The shared texts of a workbook (ECMA-376 part 1, 18.4) by their number as it is written.

    They are kept as bytes in one piece; the first ones, which recur, as texts besides.
    """

    def __init__(self, data: Bytes, part: Part | None) -> None:
        """Raises Refused ``unreadable`` where the part is damaged."""
        super().__init__()
        self._bytes = bytearray()
        self._ends = array("I", (0,))
        if part is None:
            return
        for piece in _pieces(data, part, b"</si>", b"sst"):
            block = piece.replace(b"<si/>", b"<si></si>")
            items = block.split(b"</si>")
            if block.count(b"<si>") != len(items) - 1:
                raise Refused("unreadable")
            plain = [*map(bytes.strip, _ITEM.findall(block))]
            if len(plain) != len(items) - 1 or any(sign in block for sign in _SPECIAL):
                plain = [_item(item) for item in items[:-1]]
            if len(self._bytes) + len(block) >= _MOST_BYTES:
                raise Refused("unreadable")
            ends = accumulate(map(len, plain), initial=len(self._bytes))
            self._ends.extend(islice(ends, 1, None))
            self._bytes += b"".join(plain)

    def __missing__(self, number: bytes) -> str:
        at = int(number)
        if at < 0:
            raise IndexError(at)
        text = self._bytes[self._ends[at] : self._ends[at + 1]].decode("utf-8", "replace")
        if at < _REMEMBERED:
            self[number] = text
        return text


def _item(item: bytes) -> bytes:
    """Return the text of a shared item: its runs together, without what only helps to read."""
    runs = _RUN.findall(_PHONETIC.sub(b"", item))
    texts = [_text(run, kept=b"preserve" in attributes) for attributes, run in runs]
    return "".join(texts).encode("utf-8", "surrogatepass")


def _text(raw: bytes, *, kept: bool) -> str:
    """Return a text as it is meant; `kept` says that its outer blanks belong to it."""
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n")
    text = html.unescape(text) if "&" in text else text
    text = text if kept else text.strip(_BLANKS)
    return _ESCAPED.sub(lambda sign: chr(int(sign[1], 16)), text) if "_x" in text else text


class SheetStream:
    """One sheet. Call it for its rows, from the first on; each call begins anew."""

    def __init__(self, data: Bytes, part: Part, texts: SharedTexts, dates: Sequence[bool]) -> None:
        """`dates` says of each cell format whether its numbers are dates."""
        self._data = data
        self._part = part
        self._texts = texts
        self._dates = dates
        found = _DIMENSION.search(zip_look.head(data, part))
        width = zip_look.column(found[1]) if found else 0
        self._width = width if width <= _WIDEST else 0

    def __call__(self) -> Iterator[list[Any]]:
        """Yield rows of cells from column A on, up to the last row that holds anything.

        Raises Refused ``far_corner``, ``unreadable``.
        """
        reader = _RowReader(self._texts, self._dates)
        done, width = 0, self._width
        blanks = 0
        for block in _pieces(self._data, self._part, b"</row>", b"sheetData"):
            for piece in block.split(b"</row>"):
                at = piece.rfind(b"<row")  # those before it in the piece are empty
                row = _ROW.match(piece, at) if at >= 0 else None
                if row is None:
                    continue
                found = _NUMBER.search(row[1])
                number = int(found[1]) if found else done + blanks + 1
                if number <= done + blanks:
                    raise Refused("unreadable")
                if number > MOST_ROWS:
                    raise Refused("far_corner", cells=number * max(width, 1))
                blanks = number - done - 1
                cells = [] if row[2] else reader.cells(piece[row.end() :], width)
                if not cells:
                    blanks += 1
                    continue
                width = max(width, len(cells))
                for _row in range(blanks):
                    yield [""] * width
                done, blanks = number, 0
                yield cells

    def written(self, places: Sequence[int]) -> Iterator[tuple[bytes, ...]]:
        """Yield of each row the cells at `places` as they are written, empty for a blank one.

        Enough to see which of them are equal, in a third of the time; cells in an unusual way of
        writing are blank.
        """
        order = {_letters(place + 1).encode(): at for at, place in enumerate(places)}
        wanted = re.compile(_SOME % b"|".join(order))
        blank = [b""] * len(order)
        for block in _pieces(self._data, self._part, b"</row>", b"sheetData"):
            for row in block.split(b"</row>"):
                cells = blank[:]
                for column, attributes, number, text in wanted.findall(row):
                    kind = (
                        b"s" if b't="s"' in attributes else b"t" if b't="' in attributes else b"n"
                    )
                    cells[order[column]] = kind + (number or text)
                yield tuple(cells)

    def meaning(self, written: bytes) -> Value:
        """Return the cell that `written` gave. Raises Refused ``unreadable``."""
        kind, raw = written[:1], written[1:]
        try:
            if kind == b"s":
                return self._texts[raw]
            return float(raw) if kind == b"n" else _text(raw, kept=False)
        except (ValueError, IndexError):
            raise Refused("unreadable") from None

    def merges(self) -> Iterator[tuple[int, int, int, int]]:
        """Yield merged cells: first row, first column, last row, last column, from 0."""
        column = zip_look.column
        tail = b""
        for piece in zip_look.chunks(self._data, self._part):
            block = tail + piece
            if b"<mergeCell " in block:
                for left, top, right, bottom in _MERGE.findall(block):
                    yield int(top) - 1, column(left) - 1, int(bottom) - 1, column(right) - 1
            tail = block[block.rfind(b">") + 1 :][-_LONGEST_TAG:]


class _Columns(dict[bytes, int]):
    """Letters of a column → its place from 0."""

    def __missing__(self, letters: bytes) -> int:
        place = self[letters] = zip_look.column(letters) - 1
        if place >= MOST_COLUMNS:
            raise Refused("far_corner", cells=place)
        return place


class _Days(dict[bytes, Value]):
    """A number → the date that it means; dates recur."""

    def __missing__(self, number: bytes) -> Value:
        if len(self) > _REMEMBERED:
            self.clear()
        day = self[number] = _moment(float(number))
        return day


class _RowReader:
    """Makes cells of the XML of a row."""

    def __init__(self, texts: SharedTexts, dates: Sequence[bool]) -> None:
        self._dates = dates
        self._columns = _Columns()
        self._texts = texts
        self._days = _Days()

    def cells(self, row: bytes, width: int) -> list[Any]:
        """Return the cells of `row`, which lacks its tags; at least `width` of them, or none
        where it holds nothing. Raises Refused ``far_corner``, ``unreadable``."""
        found = _CELL.findall(row)
        if len(found) != row.count(b"<c"):
            found = _parsed(row)
        columns, texts = self._columns, self._texts
        cells: list[Any] = [""] * width
        holds = False
        value: Any
        try:
            for letters, style, kind, raw, kept, inline in found:
                if kind == b"s":
                    if not (value := texts[raw]):
                        continue
                elif kind == b"inlineStr" or not raw:
                    if not (value := _text(inline, kept=b"preserve" in kept)):
                        continue
                elif kind == style == b"":
                    value = float(raw)
                elif (value := self._value(kind, style, raw)) == "":
                    continue
                holds = True
                try:
                    cells[columns[letters]] = value
                except IndexError:
                    cells += [""] * (columns[letters] + 1 - len(cells))
                    cells[-1] = value
        except (ValueError, IndexError, OverflowError):
            raise Refused("unreadable") from None
        return cells if holds else []

    def _value(self, kind: bytes, style: bytes, raw: bytes) -> Value:
        if kind in (b"", b"n"):
            return self._days[raw] if style and self._dates[int(style)] else float(raw)
        if kind == b"b":
            return raw == b"1"
        return "" if kind == b"e" else _text(raw, kept=True)


def _moment(value: float) -> Value:
    """Return what a number means as a date; one beyond the calendar stays a number."""
    days = int(value)
    if value >= _LAST_DAY:
        return value
    if value >= 1 and days == value:
        return _day(days)
    ms = round((value - days) * _DAY_MS) if value > 0 else 0
    start = datetime.datetime.combine(_day(days), datetime.time())
    moment = start + datetime.timedelta(milliseconds=ms)
    return moment if value >= 1 else moment.time()


def _day(days: int) -> datetime.date:
    return _DAY_ONE + datetime.timedelta(days=days + (0 <= days < _FIRST_MARCH))


def _parsed(row: bytes) -> list[tuple[bytes, ...]]:
    """Return what `_CELL` finds, for a row that is not written in the plain form."""
    found: list[tuple[bytes, ...]] = []
    path: list[str] = []
    cell: dict[str, str] = {}
    value: list[str] = []
    inline: list[str] = []
    kept: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        path.append(name)
        if name == "c":
            cell.clear()
            cell.update(attributes)
            for pieces in (value, inline, kept):
                pieces.clear()
        elif name == "t":
            kept.append(attributes.get("xml:space", ""))

    def text(said: str) -> None:
        if path[-1] == "v":
            value.append(said)
        elif path[-1] == "t" and "is" in path and "rPh" not in path:
            inline.append(said)

    def end(name: str) -> None:
        path.pop()
        if name == "c":
            letters = cell.get("r", "").rstrip("0123456789") or _letters_after(found)
            said = (
                letters,
                cell.get("s", ""),
                cell.get("t", ""),
                *map(_raw, (value, kept, inline)),
            )
            found.append(tuple(each.encode() for each in said))

    parser = expat.ParserCreate("UTF-8")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        parser.Parse(b"<row>" + row + b"</row>", True)
    except expat.ExpatError:
        raise Refused("unreadable") from None
    return found


def _raw(pieces: Sequence[str]) -> str:
    return html.escape("".join(pieces), quote=False)


def _letters_after(found: Sequence[tuple[bytes, ...]]) -> str:
    """Return the letters of the column behind the last cell, for a cell that names none."""
    return _letters(zip_look.column(found[-1][0]) + 1 if found else 1)


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _pieces(data: Bytes, part: Part, cut: bytes, whole: bytes) -> Iterator[bytes]:
    """Yield what the unpacked part holds up to the end of its element `whole`, in pieces, each
    cut behind `cut`.

    Raises Refused ``unreadable`` where the element does not end, where no piece can be cut, or
    where there is markup that hides other markup.
    """
    last = b"</%s>" % whole
    empty = re.compile(rb"<%s(?:\s[^>]*)?/>" % whole)
    tail = b""
    for piece in zip_look.chunks(data, part):
        block = tail + piece
        if b"<!" in block:
            raise Refused("unreadable")
        if last in block:
            yield block[: block.index(last)]
            return
        end = block.rfind(cut) + len(cut)
        if end < len(cut):
            end = 0
            if empty.search(block):
                return
            if len(block) > _MOST_TEXT:
                raise Refused("unreadable")
        if end:
            yield block[:end]
        tail = block[end:]
    raise Refused("unreadable")
