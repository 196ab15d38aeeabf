"""Marking a list of separated text: its own bytes, encoding and separator, and one column more."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from pcloud_cli.sheets import csv_text
from pcloud_cli.sheets.marked_order import Order, Rows, by_row
from pcloud_cli.sheets.marked_rows import kept
from pcloud_cli.sheets.table import letters
from pcloud_cli.sheets.zip_look import Refused

_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"\xff\xfe", b"\xfe\xff")
_FORMULA = ("=", "+", "-", "@", "'")


class _Record(NamedTuple):
    """One record: its fields as they are written, quotes and all, and the end of its line."""

    fields: list[str]
    end: str


def mark(data: bytes, order: Order) -> tuple[bytes, list[tuple[str, dict[str, int | str]]]]:
    """Return `data` with a column of texts at its end, and what is to be said.

    What others wrote is not touched. With ``only_bad`` just the lines up to the header and those
    to mend are written, their numbers in a further column. Raises Refused for what is no text.
    """
    try:
        text, encoding = csv_text.decode(data)
    except csv_text.NotText:
        raise Refused("not_a_workbook", kind="unknown") from None
    mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
    delimiter, skip = csv_text.separator(text)
    sheet = order.sheets[0]
    rows = by_row(sheet.spots, letters)
    records = list(_records(text, delimiter, skip))
    keep = kept(sheet, csv_text.rows(text, delimiter, skip)) if order.only_bad else None
    lines = _Lines(order, sheet.header_row, rows, records, delimiter, keep)
    marked = text[:skip] + "".join(lines.written())
    notes: list[tuple[str, dict[str, int | str]]] = []
    if order.only_bad and keep is None:
        notes.append(("whole_list", {}))
    header = rows.texts.get(sheet.header_row)
    if header:
        notes.append(("header", {"text": header}))
    return mark + marked.encode(encoding, "surrogatepass"), notes


def _records(text: str, delimiter: str, skip: int) -> Iterator[_Record]:
    """Yield the records of `text` as `csv_text.rows` counts them."""
    stream = io.StringIO(text, newline="")
    stream.seek(skip)
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in stream:
            taken.append(line)
            yield line

    try:
        for _row in csv.reader(lines(), delimiter=delimiter):
            raw = "".join(taken)
            taken.clear()
            bare = raw.rstrip("\r\n") if raw.endswith(("\r", "\n")) else raw
            yield _Record(_fields(bare, delimiter), raw[len(bare) :])
    except csv.Error:
        raise Refused("unreadable") from None


def _fields(raw: str, delimiter: str) -> list[str]:
    """Return the fields of a record as they are written."""
    if '"' not in raw:
        return raw.split(delimiter)
    fields: list[str] = []
    start = at = 0
    while at <= len(raw):
        if raw[at : at + 1] == '"' and at == start:
            at = _behind_quotes(raw, at)
        end = raw.find(delimiter, at)
        end = len(raw) if end < 0 else end
        fields.append(raw[start:end])
        start = at = end + 1
    return fields


def _behind_quotes(raw: str, at: int) -> int:
    """Return the place behind the quoted text that begins at `at`; ``""`` is a quote in it."""
    at += 1
    while True:
        quote = raw.find('"', at)
        if quote < 0:
            return len(raw)
        if raw[quote + 1 : quote + 2] != '"':
            return quote + 1
        at = quote + 2


class _Lines:
    """The lines to write, and where our columns stand in them."""

    def __init__(
        self,
        order: Order,
        header_row: int,
        rows: Rows,
        records: list[_Record],
        delimiter: str,
        keep: set[int] | None,
    ) -> None:
        self._order = order
        self._header_row = header_row
        self._rows = rows
        self._records = records
        self._delimiter = delimiter
        self._end = next((record.end for record in records if record.end), "\n")
        header = records[header_row - 1].fields if 0 < header_row <= len(records) else []
        titles = [" ".join(field.strip('"').split()) for field in header]
        table = records[max(header_row - 1, 0) :]
        width = max((len(_trimmed(record.fields)) for record in table), default=0)
        self._place = self._known(titles, 0)
        if self._place is None:
            self._place, width = width, width + 1
        self._keep = keep
        self._number_place = self._known(titles, 1)
        self._new_number = keep is not None and self._number_place is None
        if self._new_number:
            self._number_place = width

    def _known(self, titles: list[str], which: int) -> int | None:
        return next((at for at, t in enumerate(titles) if t in self._order.known[which]), None)

    def written(self) -> Iterator[str]:
        """Yield the lines."""
        words = self._order.words
        for number, record in enumerate(self._records, 1):
            if self._keep is not None and number not in self._keep:
                continue
            if number < self._header_row or not any(record.fields):
                yield self._delimiter.join(record.fields) + record.end
            elif number == self._header_row:
                yield self._line(record, words.problems, words.source_row)
            else:
                yield self._line(record, self._rows.texts.get(number, ""), str(number))

    def _line(self, record: _Record, text: str, source_row: str) -> str:
        fields = _trimmed(record.fields)
        assert self._place is not None  # noqa: S101 - set in __init__
        _put(fields, self._place, _written(text, self._delimiter))
        if self._new_number and self._number_place is not None:
            _put(fields, self._number_place, _written(source_row, self._delimiter))
        return self._delimiter.join(fields) + (record.end or self._end)


def _trimmed(fields: list[str]) -> list[str]:
    """Return the fields without empty ones at the end."""
    last = len(fields)
    while last and not fields[last - 1]:
        last -= 1
    return fields[:last]


def _put(fields: list[str], place: int, text: str) -> None:
    fields += [""] * (place + 1 - len(fields))
    fields[place] = text


def _written(text: str, delimiter: str) -> str:
    """Return `text` as a field: on one line, quoted where needed, and inert."""
    plain = " ".join(text.split())
    if plain.startswith(_FORMULA):
        plain = f"'{plain}"
    if delimiter in plain or '"' in plain:
        plain = '"' + plain.replace('"', '""') + '"'
    return plain
