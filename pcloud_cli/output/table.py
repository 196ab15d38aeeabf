"""Tables for people. On a terminal they fit its width, elsewhere they are whole.

What does not fit is never cut into columns a few characters wide: columns of sentences go below
their row, and where even the short columns are too many each row becomes a record, a line a field.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from pcloud_cli.i18n import _
from pcloud_cli.output.columns import Column
from pcloud_cli.output.text import terminal_width, width_of, wrapped

_GAP = 3
_NARROW_GAP = 2
_LEAST_SENTENCE = 28  # columns; a sentence in fewer is read word by word
_INDENT = 4
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"

_Cells = Sequence[Sequence[str]]


def write_table(
    stream: TextIO,
    columns: Sequence[Column],
    rows: _Cells,
    *,
    plain: bool,
    width: int | None = None,
) -> None:
    """Write `rows` (texts, one for each of `columns`) as a table.

    `width` is that of the terminal, None for what `stream` itself says: no limit where it is
    none. Titles are bold unless `plain`.
    """
    limit = width or terminal_width(stream)
    bold = stream.isatty() and not plain
    table = _Table(columns, rows)
    if limit is None or table.width(_GAP) <= limit:
        stream.writelines(table.lines(_GAP, bold))
        return
    if table.width(_NARROW_GAP) <= limit:
        stream.writelines(table.lines(_NARROW_GAP, bold))
        return
    short = [place for place, column in enumerate(columns) if not column.prose]
    sentences = [place for place, column in enumerate(columns) if column.prose]
    rest = _Table([columns[p] for p in short], [[row[p] for p in short] for row in rows])
    left = limit - rest.width(_NARROW_GAP)
    room = left // len(sentences) - _NARROW_GAP if sentences else 0
    if room >= _LEAST_SENTENCE:
        stream.writelines(_folded(table, columns, rows, left, bold))
    elif sentences and rest.width(_NARROW_GAP) <= limit:
        lines = iter(rest.lines(_NARROW_GAP, bold))
        stream.writelines((next(lines), next(lines)))
        for row, line in zip(rows, lines, strict=True):
            stream.write(line)
            below = " ".join(row[place] for place in sentences if row[place])
            stream.writelines(f"{text}\n" for text in wrapped(below, limit, _INDENT))
    else:
        _write_records(stream, columns, rows, limit, bold)


class _Table:
    """Texts in columns as wide as their widest."""

    def __init__(self, columns: Sequence[Column], rows: _Cells) -> None:
        self.titles = [_(column.title) for column in columns]
        self.rows = rows
        self.widths = [
            max(width_of(title), max(map(width_of, set(values)), default=0))
            for title, values in zip(
                self.titles, zip(*rows, strict=True) if rows else [()] * len(columns), strict=True
            )
        ]
        self.rights = [column.right for column in columns]

    def width(self, gap: int) -> int:
        return sum(self.widths) + gap * (len(self.widths) - 1)

    def lines(self, gap: int, bold: bool) -> Iterator[str]:
        head = self.line(self.titles, gap)
        yield f"{_BOLD}{head.rstrip()}{_PLAIN}\n" if bold else head
        yield "─" * self.width(gap) + "\n"
        for row in self.rows:
            yield self.line(row, gap)

    def line(self, texts: Sequence[str], gap: int) -> str:
        padded = (
            pad + text if right else text + pad
            for text, width, right in zip(texts, self.widths, self.rights, strict=True)
            for pad in [" " * (width - width_of(text))]
        )
        return (" " * gap).join(padded).rstrip() + "\n"


def _folded(
    table: _Table, columns: Sequence[Column], rows: _Cells, left: int, bold: bool
) -> Iterator[str]:
    """Give the lines of a table whose sentences are folded into `left` columns together."""
    sentences = [place for place, column in enumerate(columns) if column.prose]
    left -= _NARROW_GAP * len(sentences)
    # the narrow ones take what they need, the others share what remains
    for done, place in enumerate(sorted(sentences, key=lambda place: table.widths[place])):
        table.widths[place] = min(table.widths[place], left // (len(sentences) - done))
        left -= table.widths[place]
    whole = []
    for row in rows:
        cells = [
            list(wrapped(cell, table.widths[place])) or [""] if column.prose else [cell]
            for place, (cell, column) in enumerate(zip(row, columns, strict=True))
        ]
        for number in range(max(map(len, cells))):
            whole.append([cell[number] if number < len(cell) else "" for cell in cells])
    table.rows = whole
    yield from table.lines(_NARROW_GAP, bold)


def _write_records(
    stream: TextIO, columns: Sequence[Column], rows: _Cells, limit: int, bold: bool
) -> None:
    titles = [_(column.title) for column in columns]
    left = max(map(width_of, titles))
    for number, row in enumerate(rows):
        if number:
            stream.write("\n")
        for title, cell in zip(titles, row, strict=True):
            if not cell:
                continue
            name = f"{title}{' ' * (left - width_of(title))}"
            body = list(wrapped(cell, max(limit - left - 2, _LEAST_SENTENCE))) or [cell]
            stream.write(f"{_BOLD}{name}{_PLAIN}  {body[0]}\n" if bold else f"{name}  {body[0]}\n")
            stream.writelines(f"{' ' * (left + 2)}{line}\n" for line in body[1:])


def write_fields(
    stream: TextIO, pairs: Sequence[tuple[str, str]], *, width: int | None = None
) -> None:
    """Write one record, a line a field: title, then value; folded to a terminal's width."""
    limit = width or terminal_width(stream)
    left = max((width_of(title) for title, _value in pairs), default=0)
    for title, value in pairs:
        body = [value]
        if limit is not None and left + 2 + width_of(value) > limit:
            body = list(wrapped(value, max(limit - left - 2, _LEAST_SENTENCE))) or [value]
        stream.write(f"{title}{' ' * (left - width_of(title))}  {body[0]}\n")
        stream.writelines(f"{' ' * (left + 2)}{line}\n" for line in body[1:])
