"""A roster with a row a person and a column a day, the usual one of a month (排班表)."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from pcloud_cli.i18n import _
from pcloud_cli.sheets.messages import Cells
from pcloud_cli.sheets.roster_days import (
    Cell,
    Mark,
    Unknown,
    days,
    mark,
    month_of,
    weekday,
)
from pcloud_cli.sheets.roster_list import Reading, RosterCell, texts, who
from pcloud_cli.sheets.roster_words import plain

_LEAST_DAYS = 3
_NO_PERSON = (
    "合计",
    "小计",
    "总计",
    "统计",
    "备注",
    "说明",
    "注:",
    "注：",
    "制表",
    "编制",
    "审核",
    "审批",
)
_NO_NAME = ("日期", "星期", "周", "审批", "批准", "TOTAL")


class _Block(NamedTuple):
    """A header row, the columns of its days, and where number and name stand (-1: nowhere)."""

    row: int
    days: dict[int, Mark]
    number: int
    name: int


def read(sheet: Cells, found: Reading) -> bool:
    """Add what a sheet says to `found`; False where it is no such roster."""
    blocks = _blocks(sheet)
    for at, block in enumerate(blocks):
        found.tables += 1
        until = blocks[at + 1].row if at + 1 < len(blocks) else len(sheet.sample)
        _block(sheet, block, until, found)
    return bool(blocks)


def _blocks(sheet: Cells) -> list[_Block]:
    blocks: list[_Block] = []
    for at, row in enumerate(sheet.sample):
        columns = _day_columns(row)
        dated = columns and all(one.month for one in columns.values()) and any(map(who, texts(row)))
        if len(columns) < _LEAST_DAYS and not dated:
            continue
        number, name = _who_columns(sheet, at, min(columns))
        if number < 0 and name < 0:
            continue
        if blocks and blocks[-1].row == at - 1:
            continue  # a second line of the same header
        blocks.append(_Block(at, columns, number, name))
    return blocks


def _day_columns(row: list[Cell]) -> dict[int, Mark]:
    """Return the columns of a row that name days, one after the other; none for no header."""
    found: dict[int, Mark] = {}
    wraps = 0
    last: Mark | None = None
    for place, cell in enumerate(row):
        each = mark(cell) if cell[1].strip() else None
        if each is None:
            continue
        if last is not None and each.day <= last.day:
            if each.month is None and (each.day != 1 or last.day < 28):
                return found if len(found) > 2 * _LEAST_DAYS else {}
            wraps += 1
        if wraps > 1:
            return {}
        found[place], last = each, each
    return found


def _who_columns(sheet: Cells, header: int, before: int) -> tuple[int, int]:
    """Return the columns of number and name left of the days, looked for around the header row."""
    places = {"number": -1, "name": -1}
    for at in (header, header - 1, header + 1, header - 2):
        if not 0 <= at < len(sheet.sample):
            continue
        for place, text in enumerate(texts(sheet.sample[at])[:before]):
            kind = who(text)
            if kind is not None and places[kind] < 0:
                places[kind] = place
        if max(places.values()) >= 0:
            break
    if max(places.values()) < 0 and before == 1:
        places["name"] = 0
    return places["number"], places["name"]


def _block(sheet: Cells, block: _Block, until: int, found: Reading) -> None:
    columns = list(block.days)
    named = _weekdays(sheet, block)
    title = [text for row in sheet.sample[: block.row + 1] for text in texts(row) if text]
    month = found.month or month_of([*reversed(title), sheet.name, found.file_name])
    marks = list(block.days.values())
    try:
        all_days = days(marks, named, month, asked=found.month is not None)
    except Unknown as unknown:
        found.trouble(sheet.name, block.row + 1, columns[0] + 1, _unknown(unknown.why))
        return
    for place, day, said in zip(columns, all_days, named, strict=True):
        if day is not None and said is not None and day.weekday() != said:
            problem = _("{day} is a {really} and not a {said}; which month is it?").format(
                day=day, really=_weekday_word(day.weekday()), said=_weekday_word(said)
            )
            found.trouble(sheet.name, block.row + 1, place + 1, problem)
            return
    for at in range(block.row + 1, until):
        _person(sheet, at, block, dict(zip(columns, all_days, strict=True)), found)


def _weekdays(sheet: Cells, block: _Block) -> list[int | None]:
    """Return the day of the week beside each day: in its own cell, or in the row above or below."""
    for at in (block.row, block.row + 1, block.row - 1):
        if not 0 <= at < len(sheet.sample):
            continue
        row = sheet.sample[at]
        said = [weekday(row[place]) if place < len(row) else None for place in block.days]
        if sum(one is not None for one in said) >= min(_LEAST_DAYS, len(said)):
            return said
    return [None] * len(block.days)


def _unknown(why: str) -> str:
    if why == "month":
        return _("Which month is it? Neither title nor sheet says so; give --month.")
    if why == "several":
        return _("The days run into another month; say with --month in which the first is.")
    raise KeyError(why)


def _weekday_word(at: int) -> str:
    names = (
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"),
        _("Sunday"),
    )  # fmt: skip
    return names[at]


def _person(
    sheet: Cells, at: int, block: _Block, columns: dict[int, date | None], found: Reading
) -> None:
    row = texts(sheet.sample[at])

    def cell(place: int) -> str:
        return row[place] if 0 <= place < len(row) else ""

    number, name = cell(block.number), cell(block.name)
    filled = [place for place in columns if cell(place)]
    if not filled:
        return
    words = plain(name)
    if not number and (words.startswith(_NO_PERSON) or words in _NO_NAME or words.endswith("人数")):
        return
    if not number and not name:
        if any(found.meaning(cell(place)) for place in filled):
            column = 1 + (block.name if block.name >= 0 else block.number)
            found.trouble(sheet.name, at + 1, column, _("Whose row is it? The name is missing."))
        return
    who_at = 1 + (block.number if number else block.name)
    for place, day in columns.items():
        shifts = found.meaning(cell(place))
        if shifts is None:
            problem = _("“{text}” is no shift that is known here.").format(text=cell(place))
            found.trouble(sheet.name, at + 1, place + 1, problem)
        elif day is None:
            if cell(place):
                found.trouble(sheet.name, at + 1, place + 1, _("The month has no such day."))
        else:
            found.cells.append(
                RosterCell(sheet.name, at + 1, place + 1, number, name, day, tuple(shifts), who_at)
            )
