"""Finding the table on a sheet: its header row by content, its columns by meaning (3.1.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from pcloud_cli.sheets.blocks import find_blocks
from pcloud_cli.sheets.cells import Cell, SheetCells
from pcloud_cli.sheets.context import rooms_are_bare, shared_place
from pcloud_cli.sheets.grouped import grouped_places
from pcloud_cli.sheets.header_rows import Header, HeaderCell, find_header
from pcloud_cli.sheets.headers import (
    FALLBACK,
    LIKELY,
    SURE,
    Meaning,
    judge_header,
    mapped_meaning,
    plain_header,
)
from pcloud_cli.sheets.likely import likely_fields
from pcloud_cli.sheets.whose import told_apart

_HEADER_ROWS = 60
_SAMPLE_ROWS = 200
_AREAS = ("area", "net_area", "shared_area")
_LOCATING = ("room", "address")
_REPEATABLE = ("phone", "plate")
_TELLING = ("id_number", "phone")
"""Fields whose values show what a column is, whatever its header says."""


class Column(NamedTuple):
    """One column that is read: its `place` within a row's cells, its letters on the sheet, and what
    it means. `key` is the field, or ``phone_2``, ``forecast_area`` where a field comes again, or
    ``co_owner_name``, ``tenant_phone`` where it is somebody else's; `whose` says whose it is,
    ``''`` for the owner's and the house's (`header_words.WHOSE`)."""

    place: int
    letter: str
    header: str
    field: str
    key: str
    basis: str
    whose: str = ""


class Left(NamedTuple):
    """One column that is not read; `reason` is a key of `headers.REASONS`."""

    place: int
    letter: str
    header: str
    reason: str
    params: dict[str, str]


class _Judged(NamedTuple):
    place: int
    letter: str
    header: str
    meaning: Meaning


class Table(NamedTuple):
    """A list of houses or owners on a sheet.

    `header_rows` are the numbers that the spreadsheet shows; data begins at `first_row`.
    `columns` come in sheet order. `asked` are headers that a person must settle, with what they
    could mean. `defaults` are section, building and unit that the whole list shares, found in
    `context` (``title``, ``sheet``). `headings` are the header rows as they stand in the columns
    read, to know them again further down; `titles` what stands above. A blank cell at a place of
    `grouped` means what stands above it. It is list number `block` of `blocks` side by side.
    `mapped` are the headers of the mapping that stand here, as `plain_header` gives them.
    """

    header_rows: tuple[int, ...]
    first_row: int
    columns: tuple[Column, ...]
    left: tuple[Left, ...]
    asked: tuple[tuple[Left, tuple[str, ...]], ...]
    defaults: dict[str, str]
    context: str = ""
    headings: frozenset[tuple[Cell, ...]] = frozenset()
    titles: frozenset[str] = frozenset()
    grouped: tuple[int, ...] = ()
    block: int = 1
    blocks: int = 1
    mapped: frozenset[str] = frozenset()

    def locates(self) -> bool:
        """Return whether a row of the table can say which house it is about."""
        fields = {column.field for column in self.columns if not column.whose}
        return bool(fields & set(_LOCATING)) or {"building", "owner_name"} <= fields


Decide = Callable[[tuple[str, ...], Sequence[Cell]], str | None]
"""Given the fields that a header can mean and some values below it: one of the fields, or None."""


def find_tables(
    sheet: SheetCells, mapping: Mapping[str, str], decide: Decide, start: int = 0
) -> list[Table]:
    """Return the tables of `sheet`, which lie side by side; none where no row looks like a header.

    Rows before `start` (from 0) are passed over.

    `mapping` settles headers: header → one of `headers.MAPPABLE`, ``""`` to leave the column out.
    A name that comes twice is also known as 姓名2, a column without a header by its letters.
    """
    settled = {plain_header(header): field for header, field in mapping.items()}
    head = list(islice(sheet.rows(), start, start + _HEADER_ROWS))
    merges = [
        (top - start, left - sheet.first_column, bottom - start, right - sheet.first_column)
        for top, left, bottom, right in sheet.merges
    ]
    header = find_header(head, settled, merges)
    if header is None:
        return []
    first = header.rows[-1] + 1 + header.skip
    sample = list(islice(sheet.rows(), start + first, start + first + _SAMPLE_ROWS))
    titles = [str(cell) for row in head[: header.rows[0]] for cell in row if cell != ""]
    place, context = shared_place([*titles, *_lines(head[: header.rows[0]])], sheet.name)
    blocks = find_blocks(header.cells)
    tables: list[Table] = []
    for number, block in enumerate(blocks.lists, start=1):
        cells = told_apart([*blocks.shared, *block])
        chosen = _Choice([_judged(cell, sheet.first_column) for cell in cells], sample, decide)
        if number == 1:
            chosen.left += [_beside(cell, sheet.first_column) for cell in blocks.beside]
            _headless(header, sheet.first_column, sample, settled, chosen)
        columns = tuple(sorted(chosen.columns, key=lambda column: column.place))
        defaults = _defaults(columns, place, sample)
        tables.append(
            Table(
                header_rows=tuple(start + row + 1 for row in header.rows),
                first_row=start + first + 1,
                columns=columns,
                left=tuple(sorted(chosen.left, key=lambda left: left.place)),
                asked=tuple(chosen.asked),
                defaults=defaults,
                context=context if defaults else "",
                headings=frozenset(_at(head[row], columns) for row in header.rows),
                titles=frozenset(titles),
                grouped=grouped_places(
                    {c.field: c.place for c in columns if not c.whose}, sample, merges, first
                ),
                block=number,
                blocks=len(blocks.lists),
                mapped=header.met
                | {
                    name
                    for at in header.blanks
                    if (name := letters(sheet.first_column + at).lower()) in settled
                },
            )
        )
    return tables


def _at(row: Sequence[Cell], columns: Sequence[Column]) -> tuple[Cell, ...]:
    return tuple(row[column.place] if column.place < len(row) else "" for column in columns)


def _lines(rows: Sequence[Sequence[Cell]]) -> list[str]:
    """Return the rows above the header, each as one line: ``楼栋： 15`` may stand in two cells."""
    return [
        "".join(str(cell) for cell in row if cell != "")
        for row in rows
        if sum(cell != "" for cell in row) > 1
    ]


def _judged(cell: HeaderCell, first_column: int) -> _Judged:
    letter = letters(first_column + cell.place)
    return _Judged(cell.place, letter, cell.header, cell.meaning)


def _beside(cell: HeaderCell, first_column: int) -> Left:
    reason = cell.meaning.reason if cell.meaning.reason == "row_number" else "beside_blocks"
    return Left(cell.place, letters(first_column + cell.place), cell.header, reason, {})


def _headless(
    header: Header,
    first_column: int,
    sample: Sequence[Sequence[Cell]],
    settled: Mapping[str, str],
    chosen: _Choice,
) -> None:
    """Name the columns that have values and no header; those of one known kind are asked about."""
    width = max((column.place for column in chosen.columns), default=0)
    own = [column.place for column in chosen.columns]
    rows = [row for row in sample if len(row) > width and any(row[at] != "" for at in own)]
    for place in header.blanks:
        letter = letters(first_column + place)
        values = [row[place] for row in sample if place < len(row) and row[place] != ""]
        if not values:
            continue
        beside = [row[place] for row in rows if place < len(row) and row[place] != ""]
        if (field := settled.get(letter.lower())) is not None:
            chosen.settle(_Judged(place, letter, letter, mapped_meaning(field, "")))
            continue
        many = len(beside) * 2 >= len(rows) and len(beside) * 2 >= len(values)
        left = Left(place, letter, "", "no_header" if many else "side_note", {})
        chosen.left.append(left)
        likely = likely_fields(beside) if many else ()
        if likely:
            chosen.asked.append((left._replace(header=letter), likely))


def _defaults(
    columns: Sequence[Column], place: dict[str, str], sample: Sequence[Sequence[Cell]]
) -> dict[str, str]:
    """Return the pieces of the shared `place` that the table has no column for.

    A list whose rooms name their building needs none, and one by address neither.
    """
    fields = {column.field: column.place for column in columns if not column.whose}
    if "room" not in fields:
        return {}
    rooms = (row[fields["room"]] for row in sample if fields["room"] < len(row))
    missing = {piece: value for piece, value in place.items() if piece not in fields}
    if "building" in missing and not rooms_are_bare(rooms):
        missing.pop("building")
        missing.pop("unit", None)
    return missing


def letters(number: int) -> str:
    """Return the letters of column `number`, counted from 0: 0 is A, 26 is AA."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


class _Choice:
    """Which column gives which field: the sure ones first, then the likely, then the rest."""

    def __init__(
        self,
        judged: Sequence[_Judged],
        sample: Sequence[Sequence[Cell]],
        decide: Decide,
    ) -> None:
        self.columns: list[Column] = []
        self.left: list[Left] = []
        self.asked: list[tuple[Left, tuple[str, ...]]] = []
        self._taken: dict[tuple[str, str], str] = {}
        for one in judged:
            if one.meaning.reason:
                self._leave(one, one.meaning.reason)
        for rank in (SURE, LIKELY, FALLBACK):
            if rank == LIKELY:
                self._settle_candidates(judged, sample, decide)
            for one in judged:
                if one.meaning.field and one.meaning.rank == rank:
                    if one.meaning.whose:
                        self._take_other(one)
                    else:
                        self._take(one, one.meaning.field, one.meaning.basis, rank)
        self._ask_unknown(sample)
        self._name_areas()

    def settle(self, one: _Judged) -> None:
        """Take a column that the mapping settled after the others were chosen."""
        if one.meaning.reason:
            self._leave(one, one.meaning.reason)
        elif one.meaning.whose:
            self._take_other(one)
        else:
            self._take(one, one.meaning.field, one.meaning.basis, SURE)

    def _has(self, field: str) -> bool:
        return any(taken == field for taken, _basis in self._taken)

    def _take(self, one: _Judged, field: str, basis: str, rank: int) -> None:
        place = (field, basis)
        clash = self._taken.get(place)
        if clash is None and field in _AREAS and not basis:
            clash = self._taken.get((field, "surveyed"))
        if clash is None and field == "address" and rank == FALLBACK and self._has("room"):
            self._leave(one, "not_a_location")
            return
        key = field
        if clash is not None:
            if field not in _REPEATABLE:
                self._second(one, field, clash, rank)
                return
            same = sum(column.field == field and not column.whose for column in self.columns)
            key = f"{field}_{1 + same}"
        self._taken.setdefault(place, one.header)
        self.columns.append(Column(one.place, one.letter, one.header, field, key, basis))

    def _take_other(self, one: _Judged) -> None:
        """Take what is a co-owner's, tenant's, relative's or agent's; a second co-owner's too."""
        field, whose = one.meaning.field, one.meaning.whose
        before = sum(column.field == field and column.whose == whose for column in self.columns)
        key = f"{whose}_{field.removeprefix('owner_')}" + (f"_{before + 1}" if before else "")
        self.columns.append(Column(one.place, one.letter, one.header, field, key, "", whose))

    def _second(self, one: _Judged, field: str, header: str, rank: int) -> None:
        left = Left(one.place, one.letter, one.header, "second_column", {"header": header})
        self.left.append(left)
        if rank == SURE or not self._sure(field):
            self.asked.append((left, (field,)))

    def _sure(self, field: str) -> bool:
        return any(
            column.field == field and not column.whose and judge_header(column.header).rank == SURE
            for column in self.columns
        )

    def _leave(self, one: _Judged, reason: str) -> None:
        self.left.append(Left(one.place, one.letter, one.header, reason, {}))

    def _settle_candidates(
        self,
        judged: Sequence[_Judged],
        sample: Sequence[Sequence[Cell]],
        decide: Decide,
    ) -> None:
        for one in judged:
            candidates = one.meaning.candidates
            if not candidates:
                continue
            values = [row[one.place] for row in sample if one.place < len(row)]
            field = decide(candidates, [value for value in values if value != ""])
            if (
                field is None
                and candidates == ("building", "unit")
                and plain_header(one.header) == "座"
            ):
                field = "unit" if self._has("building") else "building"
            if field is not None and not self._has(field):
                self._take(one, field, "", SURE)
                continue
            if (taken := self._all_taken(candidates)) is not None:
                self._second(one, candidates[0], taken, FALLBACK)
                continue
            left = Left(
                one.place,
                one.letter,
                one.header,
                "ambiguous",
                {"candidates": ", ".join(candidates)},
            )
            self.left.append(left)
            self.asked.append((left, candidates))

    def _all_taken(self, candidates: tuple[str, ...]) -> str | None:
        """Return the header that gives the one field that `candidates` leave, if one does."""
        if len(candidates) > 1 or candidates[0] in _REPEATABLE:
            return None
        return next((header for (field, _), header in self._taken.items()
                     if field == candidates[0]), None)  # fmt: skip

    def _ask_unknown(self, sample: Sequence[Sequence[Cell]]) -> None:
        """Ask about columns whose header is not known, where their values speak for a field that
        no other column gives."""
        for left in self.left:
            if left.reason != "unknown":
                continue
            values = [row[left.place] for row in sample if left.place < len(row)]
            likely = likely_fields([value for value in values if value != ""])
            if likely and not self._has(likely[0]) and likely[0] in _TELLING:
                self.asked.append((left, likely))

    def _name_areas(self) -> None:
        """Give the plain key to the area that counts most, ``forecast_area`` to a second one."""
        for field in _AREAS:
            same = [column for column in self.columns if column.field == field]
            if len(same) < 2:
                continue
            main = next((column for column in same if column.basis != "forecast"), same[0])
            for column in same:
                if column is not main:
                    at = self.columns.index(column)
                    self.columns[at] = column._replace(key=f"{column.basis}_{field}")
