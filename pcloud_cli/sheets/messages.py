"""What the reading child tells its parent, and how it travels: length-prefixed JSON (3.1.1).

JSON, because the child parses bytes that nobody vouches for and the parent must not unpickle
what such a process says. Rows travel by column, a column that never changes as one value.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from pcloud_cli.sheets.problems import Problem
from pcloud_cli.sheets.row import INTEGERS, LISTS, REQUIRED, WIDTH, Row, unpacked

LENGTH_BYTES = 4
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


class Source(NamedTuple):
    """The file itself: its SHA-256 as 64 hexadecimal digits and its size in bytes. Comes first."""

    sha256: str
    size: int


class Unused(NamedTuple):
    """A column (or, with an empty header, a sheet) that is not read; `reason` is a code."""

    header: str
    reason: str
    params: dict[str, Any]


class Sheet(NamedTuple):
    """A sheet as it was understood, before its rows come.

    `columns` says field → header; a second column of a field has the key ``phone_2``. `read` is
    false for a sheet without houses, whose reason stands in `reason`. `notes` are codes of
    `notes.NOTES`; those about the whole file stand with its first sheet. `details` say how the
    table lies, as `told.details_of` describes.
    """

    index: int  # type: ignore[assignment]
    name: str
    hidden: bool
    header_row: int | None
    columns: dict[str, str]
    unused: list[Unused]
    read: bool
    reason: str | None
    notes: tuple[str, ...] = ()
    details: dict[str, Any] = {}  # noqa: RUF012 - never changed


class Cells(NamedTuple):
    """The raw cells of a sheet, for whoever compares readers and not houses.

    `height` rows hold something, `width` is that of the widest. `sample` are the first of them,
    each cell as its kind and its text; `broken` places show an error or a formula's lack of
    result.
    """

    name: str
    hidden: bool
    height: int
    width: int
    sample: list[list[tuple[str, str]]]
    broken: list[tuple[int, int]]
    notes: tuple[str, ...]


class Rows(NamedTuple):
    """A batch of understood rows by column, in the order of `Row._fields`; none is shorter."""

    columns: list[Sequence[Any]]

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The same as plain tuples, one a row."""
        return list(zip(*self.columns, strict=True))

    @property
    def height(self) -> int:
        """How many rows there are."""
        return len(self.columns[0])


class Problems(NamedTuple):
    """A batch of problems found in cells or rows; private values come masked."""

    problems: list[Problem]


class SourceCell(NamedTuple):
    """A cell of a column that is read: letters and header of the column, what it means, its text.

    `field` is the field alone (``phone``), whoever it is of.
    """

    column: str
    header: str
    field: str
    text: str


class SourceRow(NamedTuple):
    """A row of data as it stands in the file; `sheet` counts from 0, `row` as spreadsheets do.

    Cells that are blank are left out.
    """

    sheet: int
    row: int
    cells: list[SourceCell]


class Sampled(NamedTuple):
    """The cells of a few rows as they stood, where a seed was given (`sampled`)."""

    rows: list[SourceRow]


class Done(NamedTuple):
    """The end: workbook rows with data, the tuples sent, rows kept out, warnings; rows by sheet.

    `joint_houses` are keys of houses whose first owner was sent as sole owner before another
    owner of the same house came up far below: all owners of these houses own jointly. `left_out`
    says for each sheet how many rows were no data, by what they are (`other_rows`).
    """

    rows: int
    tuples: int
    errors: int
    warnings: int
    sheet_rows: dict[int, int]
    joint_houses: list[str]
    left_out: dict[int, dict[str, int]] = {}  # noqa: RUF012 - never changed


Message = Source | Sheet | Rows | Problems | Sampled | Done
"""What a reading for houses and owners yields; `Cells` come by `read.read_cells` alone."""


class Malformed(Exception):
    """The child sent something that is no message."""


def pack(kind: str, *payload: Any) -> bytes:
    """Return one message as the pipe carries it."""
    body = _encode([kind, *payload]).encode("utf-8", "surrogatepass")
    return len(body).to_bytes(LENGTH_BYTES, "little") + body


def pack_rows(rows: Sequence[tuple[Any, ...]]) -> bytes:
    """Return a batch of rows by column; a column whose values are all equal as that value."""
    columns: list[Any] = []
    for values in zip(*rows, strict=True):
        first = values[0]
        same = not isinstance(first, list) and values.count(first) == len(values)
        columns.append(first if same else values)
    return pack("rows", len(rows), columns)


def unpack(body: bytes) -> tuple[str, list[Any]]:
    """Return kind and payload of one message. Raises Malformed."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed from None
    if not isinstance(message, list) or not message or not isinstance(message[0], str):
        raise Malformed
    return message[0], message[1:]


def sheet(payload: list[Any]) -> Sheet:
    """Return the sheet that `payload` tells of. Raises Malformed."""
    try:
        index, name, hidden, header_row, columns, unused, read, reason, codes, details = payload
        _are((name, *columns, *columns.values(), *codes), str)
        _are((index,), int)
        notes = [Unused(str(header), str(why), dict(params)) for header, why, params in unused]
    except (ValueError, TypeError, AttributeError):
        raise Malformed from None
    if not isinstance(header_row, int | None) or not isinstance(reason, str | None):
        raise Malformed
    return Sheet(
        index, name, bool(hidden), header_row, columns, notes, bool(read), reason, tuple(codes),
        dict(details),
    )  # fmt: skip


def cells(payload: list[Any]) -> Cells:
    """Return the raw cells that `payload` tells of. Raises Malformed."""
    try:
        name, hidden, height, width, sample, broken, codes = payload
        _are((name, *codes), str)
        _are((height, width, *(number for place in broken for number in place)), int)
        shown = [[(str(kind), str(text)) for kind, text in row] for row in sample]
        places = [(row, column) for row, column in broken]
    except (ValueError, TypeError):
        raise Malformed from None
    return Cells(name, bool(hidden), height, width, shown, places, tuple(codes))


def rows(payload: list[Any]) -> Rows:
    """Return the rows of `payload` as tuples, the type of every value checked. Raises Malformed."""
    try:
        count, columns = payload
        if len(columns) != WIDTH or not isinstance(count, int) or not 0 < count <= 100_000:
            raise Malformed
        full: list[Sequence[Any]] = []
        for name, values in zip(Row._fields, columns, strict=True):
            whole = isinstance(values, list)
            seen = set(map(type, values)) if whole else {type(values)}
            if not seen <= _TYPES[name] or (whole and len(values) != count):
                raise Malformed
            if list in seen:
                for value in values:
                    _are(value or (), str)
                if name == "others":
                    for value in values:
                        for each in value or ():
                            unpacked(each)
            full.append(values if whole else [values] * count)
    except (ValueError, TypeError):
        raise Malformed from None
    return Rows(full)


def problems(payload: list[Any]) -> Problems:
    """Return the problems of `payload`. Raises Malformed."""
    try:
        (batch,) = payload
        found = [Problem(*each) for each in batch]
        for each in found:
            _are((each.sheet, each.code, each.severity), str)
    except (ValueError, TypeError):
        raise Malformed from None
    return Problems(found)


def sampled(payload: list[Any]) -> Sampled:
    """Return the sampled rows of `payload`. Raises Malformed."""
    try:
        (batch,) = payload
        found = [
            SourceRow(sheet, row, [SourceCell(*cell) for cell in cells])
            for sheet, row, cells in batch
        ]
        _are((number for row in found for number in (row.sheet, row.row)), int)
        _are((text for row in found for cell in row.cells for text in cell), str)
    except (ValueError, TypeError):
        raise Malformed from None
    return Sampled(found)


def done(payload: list[Any]) -> Done:
    """Return the totals of `payload`. Raises Malformed."""
    try:
        rows_read, tuples, errors, warnings, by_sheet, joint, left = payload
        _are((rows_read, tuples, errors, warnings, *by_sheet.values()), int)
        _are(joint, str)
        counts = {int(index): count for index, count in by_sheet.items()}
        left_out = {int(index): dict(kinds) for index, kinds in left.items()}
        _are((n for kinds in left_out.values() for n in kinds.values()), int)
        return Done(rows_read, tuples, errors, warnings, counts, joint, left_out)
    except (TypeError, ValueError, AttributeError):
        raise Malformed from None


def _allowed(name: str) -> frozenset[type]:
    kind: type = int if name in INTEGERS else list if name in LISTS else str
    return frozenset({kind} if name in REQUIRED else {kind, type(None)})


_TYPES = {name: _allowed(name) for name in Row._fields}


def _are(values: Iterable[Any], kind: type) -> None:
    for value in values:
        if type(value) is not kind:
            raise Malformed
