"""Owners on a sheet of their own, whom the list of houses names by their number (业主编号).

The rows of such a list of houses get the owner's cells put behind their own, and are then read
like any other list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from pcloud_cli.sheets.cells import Cell, SheetCells
from pcloud_cli.sheets.house_facts import house_text
from pcloud_cli.sheets.problems import Problem, problem
from pcloud_cli.sheets.table import Column, Table

_NUMBER, _NAME = "owner_number", "owner_name"
_OF_A_HOUSE = frozenset(
    {"section", "building", "unit", "floor", "room", "address", "house_kind", "house_type",
     "house_status", "area", "net_area", "shared_area", "handover_planned",
     "handover_contract", "handover_date", "community"}
)  # fmt: skip


class OwnerSheet(NamedTuple):
    """A list of owners without houses: the cells of each at the places of `columns`, by number.

    A number that several owners have gives None.
    """

    name: str
    columns: tuple[Column, ...]
    owners: dict[str, tuple[Cell, ...] | None]


def lists_owners(tables: Sequence[Table]) -> bool:
    """Return whether a sheet lists owners with their numbers, and no houses."""
    return len(tables) == 1 and not tables[0].locates() and {_NUMBER, _NAME} <= _own(tables[0])


def names_by_number(tables: Sequence[Table]) -> bool:
    """Return whether a sheet lists houses whose owners it names by number alone."""
    if len(tables) != 1 or not tables[0].locates():
        return False
    return _NUMBER in _own(tables[0]) and _NAME not in {c.field for c in tables[0].columns}


def owners_of(sheet: SheetCells, table: Table) -> OwnerSheet:
    """Return the owners that `sheet` lists in its `table`."""
    at = _place(table)
    columns = tuple(
        column for column in table.columns if column.field not in _OF_A_HOUSE and column.place != at
    )
    owners: dict[str, tuple[Cell, ...] | None] = {}
    for row in islice(sheet.rows(), table.first_row - 1, None):
        number = _number(row, at)
        if number:
            cells = tuple(_cell(row, column.place) for column in columns)
            same = number not in owners or owners[number] == cells
            owners[number] = cells if same else None
    return OwnerSheet(sheet.name, columns, owners)


def joined(
    sheet: SheetCells, table: Table, listed: OwnerSheet
) -> tuple[SheetCells, Table, list[Problem]]:
    """Return `sheet` and its `table` with the columns of the owners behind its own, and a problem
    for each row whose number names nobody, or several.

    The further columns have no letter: they are none of this sheet's.
    """
    at = _place(table)
    width = 1 + max([*(c.place for c in table.columns), *(left.place for left in table.left)])
    known = {column.key for column in table.columns}
    taken = [(n, c) for n, c in enumerate(listed.columns) if c.key not in known]
    nobody: tuple[Cell, ...] = ("",) * len(listed.columns)

    def rows() -> Iterator[Sequence[Cell]]:
        for row in sheet.rows():
            owner = listed.owners.get(_number(row, at)) or nobody
            own = [*row[:width], *[""] * (width - len(row))]
            yield [*own, *(owner[at_owner] for at_owner, _column in taken)]

    more = tuple(
        column._replace(place=place, letter="", header=f"{listed.name}!{column.header}")
        for place, (_at, column) in enumerate(taken, width)
    )
    blank = ("",) * len(more)
    wide = table._replace(
        columns=(*table.columns, *more),
        headings=frozenset((*heading, *blank) for heading in table.headings),
    )
    told = sheet._replace(rows=rows, width=0, stream=None)
    return told, wide, list(_problems(sheet, table, listed))


def _problems(sheet: SheetCells, table: Table, listed: OwnerSheet) -> Iterator[Problem]:
    at = _place(table)
    letter = next(column.letter for column in table.columns if column.place == at)
    rows = islice(sheet.rows(), table.first_row - 1, None)
    for number, row in enumerate(rows, table.first_row):
        text = _number(row, at)
        if text and listed.owners.get(text) is None:
            code = "owner_number_shared" if text in listed.owners else "owner_number_unknown"
            yield problem(sheet.name, number, letter, _NUMBER, code, text, {"sheet": listed.name})


def _own(table: Table) -> set[str]:
    return {column.field for column in table.columns if not column.whose}


def _place(table: Table) -> int:
    return next(c.place for c in table.columns if c.field == _NUMBER and not c.whose)


def _cell(row: Sequence[Cell], place: int) -> Cell:
    return row[place] if place < len(row) else ""


def _number(row: Sequence[Cell], place: int) -> str:
    return house_text(_cell(row, place)).strip()
