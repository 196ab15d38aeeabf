"""Reading a roster (排班表) through the reading child: who works when, and what is unclear.

Three layouts are understood: a row a person with a column a day, a long list of shifts, and a row
a day with a column a shift. Whatever cannot be understood is said cell by cell, in one pass.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pcloud_cli.errors import Failed
from pcloud_cli.i18n import _
from pcloud_cli.sheets.messages import Cells, Source
from pcloud_cli.sheets.read import read_cells
from pcloud_cli.sheets.roster_days import text_of
from pcloud_cli.sheets.roster_words import ShiftWord, plain, span, understood

MOST_ROWS = 2_000
"""So many rows one sheet of a roster may have."""
MOST_COLUMNS = 120

WHO = {
    "number": ("工号", "员工编号", "员工工号", "员工号", "STAFFNUMBER", "STAFFNO"),
    "name": ("姓名", "员工姓名", "人员", "员工", "人员姓名", "值班人员", "值班人", "名字", "NAME"),
}
"""How the columns that say who it is are called."""


class RosterCell(NamedTuple):
    """One person's day: where it stands, who it is, and the shifts, none for rest.

    `row`, `column` and `who`, the column of the person, count from one; `number` and `name` are as
    written, empty where they lack.
    """

    sheet: str
    row: int
    column: int
    number: str
    name: str
    day: date
    shifts: tuple[tuple[str, ShiftWord], ...]
    who: int

    @property
    def place(self) -> str:
        """The cell as a spreadsheet calls it."""
        return place(self.row, self.column)


class Trouble(NamedTuple):
    """One cell that cannot be used: sheet, cell as a spreadsheet calls it, and why."""

    sheet: str
    place: str
    problem: str


@dataclass
class Reading:
    """What words mean to one reading, and what it has found so far.

    `month` is what the user says; `legend` holds the times that the file itself gives to words.
    """

    words: Mapping[str, ShiftWord]
    rest: Collection[str]
    month: date | None
    file_name: str
    cells: list[RosterCell] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    legend: dict[str, tuple[int, int]] = field(default_factory=dict)
    tables: int = 0

    def meaning(self, text: str) -> list[tuple[str, ShiftWord]] | None:
        """Return the shifts that a text names, with the file's own times where it gives some."""
        return understood(text, self.words, self.rest)

    def trouble(self, sheet: str, row: int, column: int, problem: str) -> None:
        """Note a cell that cannot be used; `row` and `column` count from one."""
        self.troubles.append(Trouble(sheet, place(row, column), problem))


class RosterFile(NamedTuple):
    """A roster: the file's SHA-256 in hexadecimal, its cells, what is wrong, and its own legend."""

    sha256: str
    cells: list[RosterCell]
    troubles: list[Trouble]
    legend: dict[str, tuple[int, int]]


def place(row: int, column: int) -> str:
    """Return what a spreadsheet calls the cell, both counted from one (2, 28 → AB2)."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def read_roster(
    source: str | Path | int,
    *,
    words: Mapping[str, ShiftWord],
    rest: Collection[str],
    month: date | None = None,
    name: str = "",
    password: str | None = None,
) -> RosterFile:
    """Return what the workbook or CSV `source` says about who works when, in the file's order.

    `words` and `rest` say what a cell may hold (`RosterPolicy`), `month` the first day's month
    where the file does not, `name` what the file is called. Raises Failed where no sheet is a
    roster or one is too long, and what `read_cells` raises.
    """
    from pcloud_cli.sheets import roster_grid, roster_rows

    sha256 = ""
    found = Reading(words, rest, month, name)
    told = read_cells(source, password=password, every=MOST_ROWS, width=MOST_COLUMNS)
    with closing(told) as said:
        for message in said:
            if isinstance(message, Source):
                sha256 = message.sha256
                continue
            if message.hidden:
                continue
            if message.height > MOST_ROWS:
                raise Failed(
                    _("The sheet {sheet} has more than {most} rows.").format(
                        sheet=message.name, most=MOST_ROWS
                    ),
                    hint=_("Send one community's roster; is it a roster?"),
                    code="roster_too_long",
                )
            found.words = _with_legend(message, words, found.legend)
            if not roster_rows.read(message, found):
                roster_grid.read(message, found)
    if not found.tables:
        raise Failed(
            _("No sheet is a roster that can be understood."),
            hint=_(
                "Usual are a row a person with a column a day,"
                " or the columns 日期, 班次 and 姓名 or 工号."
            ),
            code="no_roster",
        )
    return RosterFile(sha256, found.cells, found.troubles, found.legend)


def who(cell: str) -> str | None:
    """Return whether a header is of ``number`` or ``name``, None for neither."""
    words = re.sub(r"[*:：()（）]|必填|选填", "", plain(cell))
    for kind, names in WHO.items():
        if words in names:
            return kind
    # the corner of a grid often names both of its sides
    return "name" if ("姓名" in words or "人员" in words) and len(words) <= 8 else None


def person(text: str) -> str:
    """Return a name as it is compared: without the blanks that spread two signs to three."""
    return "".join(unicodedata.normalize("NFKC", text).split())


_TIME = r"\d{1,2}(?:[:：点时]\d{0,2})?分?"
_LEGEND = re.compile(
    rf"([^\W\d_]{{1,8}})\s*[:：=为(（]?\s*({_TIME}\s*[-–—~～至到]+\s*(?:次日|翌日|第二天)?{_TIME})"
)


def _with_legend(
    sheet: Cells, words: Mapping[str, ShiftWord], legend: dict[str, tuple[int, int]]
) -> dict[str, ShiftWord]:
    """Return `words` with the times that the sheet itself gives (早班 8:00-16:00), noted in
    `legend` where they differ."""
    known = dict(words)
    for row in sheet.sample:
        for cell in row:
            if len(cell[1]) < 8 or cell[0] != "str":
                continue
            for found in _LEGEND.finditer(unicodedata.normalize("NFKC", cell[1])):
                times, said = span(found[2]), plain(found[1])
                word = next((said[at:] for at in range(len(said)) if said[at:] in words), None)
                if times is None or word is None:
                    continue
                meant = words[word]
                if (meant.begin, meant.end) != times:
                    legend[meant.words[0]] = times
                    own = meant._replace(begin=times[0], end=times[1])
                    known.update({plain(each): own for each in meant.words})
    return known


def texts(row: Sequence[tuple[str, str]]) -> list[str]:
    """Return the cells of a row as texts."""
    return [text_of(cell) for cell in row]
