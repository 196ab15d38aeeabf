"""Comma-separated text as it is really sent: its encoding, its separator and its rows.

Encodings: UTF-8 with and without mark, UTF-16 and UTF-32, GB18030 (which holds GBK and GB2312).
Separators: comma, semicolon, TAB and bar, or what a first line ``sep=;`` says.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_SEPARATORS = (",", "\t", ";", "|")
_SNIFF_LINES = 30
MOST_CHARACTERS = csv.field_size_limit()
"""What a cell may hold: more is no cell but a file without line ends."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
"""Before which our own CSV puts ``'``."""
_ALLOWED_CONTROLS = frozenset("\t\n\r\x0b\x0c\x1a\x1c\x1d\x1e\x1f")


class NotText(Exception):
    """The bytes are no text in any encoding that we know."""


class OpenQuote(Exception):
    """A quotation mark opens in record `row` (from 1) and swallows the records below."""

    def __init__(self, row: int) -> None:
        super().__init__(row)
        self.row = row


class LongCell(Exception):
    """A cell is longer than `MOST_CHARACTERS`."""


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of `data` and the name of its encoding. Raises NotText."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            try:
                return _plain(data[len(mark) :].decode(name)), name
            except UnicodeDecodeError:
                raise NotText from None
    for name in _guesses(data):
        try:
            return _plain(data.decode(name)), name
        except (UnicodeDecodeError, NotText):
            continue
    raise NotText


def separator(text: str) -> tuple[str, int]:
    """Return the separator of `text` and how many characters of a ``sep=`` line come first."""
    first, _, _ = text.partition("\n")
    line = first.rstrip("\r")
    if line[:4].lower() == "sep=" and len(line) == 5:
        return line[4], len(first) + 1
    sample = text[:65536]
    best, best_score = ",", 0
    for candidate in _SEPARATORS:
        score = _score(sample, candidate)
        if score > best_score:
            best, best_score = candidate, score
    return best, 0


def rows(text: str, delimiter: str, skip: int = 0) -> Iterator[list[str]]:
    """Yield the rows of `text` as lists of cells, quotes and our own inert prefix taken off.

    Raises OpenQuote where records would be lost in a cell whose quote does not close, and
    LongCell.
    """
    stream = io.StringIO(text, newline="")
    stream.seek(skip)
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in stream:
            taken.append(line)
            yield line

    try:
        for number, row in enumerate(csv.reader(lines(), delimiter=delimiter), 1):
            if len(taken) > 1 and _swallows(taken, delimiter):
                raise OpenQuote(number)
            taken.clear()
            marked = any(cell and cell[0] in "='" for cell in row)
            yield [_bare(cell) for cell in row] if marked else row
    except csv.Error:
        raise LongCell from None


def _swallows(lines: list[str], delimiter: str) -> bool:
    """Return whether a record of several lines has quotes that do not match."""
    if not any(line.strip() for line in lines[1:]):
        return False
    try:
        for _row in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error:
        return True
    return False


def _bare(cell: str) -> str:
    """Take off ``'`` before a formula sign, and the ``="…"`` by which Excel keeps digits."""
    if cell[:1] == "'" and cell[1:2] in _FORMULA:
        return cell[1:]
    if len(cell) > 3 and cell.startswith('="') and cell.endswith('"') and '"' not in cell[2:-1]:
        return cell[2:-1]
    return cell


def _guesses(data: bytes) -> tuple[str, ...]:
    head = data[:4096]
    if head.count(0) * 2 > len(head):
        return ("utf-32-le", "utf-32-be")
    if head.count(0) * 4 > len(head):
        even, odd = head[0::2].count(0), head[1::2].count(0)
        return ("utf-16-le",) if odd > even else ("utf-16-be",)
    return ("utf-8", "gb18030")


def _plain(text: str) -> str:
    """Return `text` if it holds no control characters beyond white space. Raises NotText."""
    sample = text[:65536]
    strange = sum(1 for sign in sample if sign < " " and sign not in _ALLOWED_CONTROLS)
    if strange > 0 or "\x00" in text:
        raise NotText
    return text


def _score(sample: str, delimiter: str) -> int:
    """Return how well `delimiter` cuts the first lines: many equal lines of many cells."""
    widths: dict[int, int] = {}
    try:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        for number, row in enumerate(reader):
            if number >= _SNIFF_LINES:
                break
            if len(row) > 1:
                widths[len(row)] = widths.get(len(row), 0) + 1
    except csv.Error:
        return 0
    return max((lines * lines * (width - 1) for width, lines in widths.items()), default=0)
