"""A roster as a list: a row a shift (日期, 班次, 姓名), or a row a day (日期, 早班, 晚班)."""

from __future__ import annotations

import re
from datetime import date

from pcloud_cli.i18n import _
from pcloud_cli.sheets.messages import Cells
from pcloud_cli.sheets.roster_days import Cell, mark, month_of, text_of
from pcloud_cli.sheets.roster_list import Reading, RosterCell, texts, who
from pcloud_cli.sheets.roster_words import ShiftWord, kind_of, plain, span

_HEADER_WITHIN = 30
_FIELDS = {
    "day": ("日期", "值班日期", "上班日期", "排班日期", "DATE", "DAY"),
    "shift": ("班次", "班别", "班", "班种", "班组班次", "时段", "值班时间", "SHIFT"),
    "begin": ("开始", "开始时间", "上班时间", "起始时间", "上班", "BEGIN", "START", "FROM"),
    "end": ("结束", "结束时间", "下班时间", "终止时间", "下班", "END", "UNTIL", "TO"),
}
_NAMES = re.compile(r"[、,，;；/\n]|\s{2,}")
_NUMBER = re.compile(r"[A-Za-z]*\d+")
_DAY_MINUTES = 24 * 60


def read(sheet: Cells, found: Reading) -> bool:
    """Add what a sheet says to `found`; False where it is no such roster."""
    for at, row in enumerate(sheet.sample[:_HEADER_WITHIN]):
        fields, shifts = _header(row, found)
        if "day" not in fields:
            continue
        is_list = {"name", "number"} & set(fields) and {"shift", "begin"} & set(fields)
        if not is_list and not shifts:
            continue
        found.tables += 1
        lines = _Lines(sheet, at, found)
        for line in range(at + 1, len(sheet.sample)):
            if is_list:
                lines.shift(line, fields)
            else:
                lines.day(line, fields["day"], shifts)
        return True
    return False


def _header(
    row: list[Cell], found: Reading
) -> tuple[dict[str, int], dict[int, tuple[str, ShiftWord]]]:
    """Return the columns of the fields, and those that are headed by a shift."""
    fields: dict[str, int] = {}
    shifts: dict[int, tuple[str, ShiftWord]] = {}
    for place, text in enumerate(texts(row)):
        words = plain(text)
        kind = next((name for name, known in _FIELDS.items() if words in known), who(text))
        meant = found.meaning(text) if text else None
        if kind is not None:
            fields.setdefault(kind, place)
        elif meant is not None and len(meant) == 1:
            shifts[place] = meant[0]
        elif times := re.fullmatch(r"(.+?)[(（]?(\d.+?)[)）]?", text):
            named, between = found.meaning(times[1].strip()), span(times[2])
            if named is not None and len(named) == 1 and between is not None:
                own = named[0][1]._replace(begin=between[0], end=between[1])
                shifts[place] = (named[0][0], own)
    return fields, shifts


class _Lines:
    """The lines below a header, one after the other."""

    def __init__(self, sheet: Cells, header: int, found: Reading) -> None:
        self.sheet = sheet
        self.found = found
        self.last: date | None = None
        above = [text for row in sheet.sample[: header + 1] for text in texts(row) if text]
        self.month = found.month or month_of([*above, sheet.name, found.file_name])

    def shift(self, at: int, fields: dict[str, int]) -> None:
        """Take one shift of one person."""
        row = self.sheet.sample[at]

        def cell(name: str) -> Cell:
            place = fields.get(name, -1)
            return row[place] if 0 <= place < len(row) else ("str", "")

        number, name = text_of(cell("number")), text_of(cell("name"))
        word = text_of(cell("shift"))
        if not number and not name and not word:
            self._date(cell("day"))
            return
        day = self._day(at, fields["day"], cell("day"))
        if not number and not name:
            column = fields.get("name", fields.get("number", 0))
            self._trouble(at, column, _("Whose row is it? The name is missing."))
            return
        shifts = self._shifts(at, fields, word, cell("begin"), cell("end"), day)
        if day is not None and shifts is not None:
            column = fields.get("shift", fields.get("begin", 0)) + 1
            who_at = 1 + fields["number" if number else "name"]
            for each, called in _people(number, name):
                cells = self.found.cells
                cells.append(
                    RosterCell(
                        self.sheet.name, at + 1, column, each, called, day, tuple(shifts), who_at
                    )
                )

    def day(self, at: int, date_column: int, shifts: dict[int, tuple[str, ShiftWord]]) -> None:
        """Take one day with its shifts, and the names below each."""
        row = self.sheet.sample[at]
        named = {place: text_of(row[place]) for place in shifts if place < len(row)}
        named = {place: text for place, text in named.items() if text}
        if not named:
            return
        cell = row[date_column] if date_column < len(row) else ("str", "")
        if not cell[1].strip():
            return  # a line below the days: who made it, what to heed
        day = self._day(at, date_column, cell)
        if day is None:
            return
        for place, text in named.items():
            for number, name in _people("", text):
                if plain(number or name) in self.found.rest:
                    continue
                self.found.cells.append(
                    RosterCell(
                        self.sheet.name,
                        at + 1,
                        place + 1,
                        number,
                        name,
                        day,
                        (shifts[place],),
                        place + 1,
                    )
                )

    def _shifts(
        self, at: int, fields: dict[str, int], word: str, begin: Cell, end: Cell, day: date | None
    ) -> list[tuple[str, ShiftWord]] | None:
        """Return the shifts of a line, None where they cannot be told; that is said then."""
        meant = self.found.meaning(word)
        if not begin[1].strip() and not end[1].strip():
            if meant is None or not word:
                text = word or _("(blank)")
                problem = _("“{text}” is no shift that is known here.").format(text=text)
                self._trouble(at, fields.get("shift", fields.get("begin", 0)), problem)
                return None
            return meant
        first, last = _minutes(begin, day), _minutes(end, day)
        for name, value in (("begin", first), ("end", last)):
            if value is None:
                self._trouble(at, fields.get(name, 0), _("This is no time; write it like 08:00."))
        if first is None or last is None:
            return None
        if last <= first:
            last += _DAY_MINUTES
        if not 0 <= first < _DAY_MINUTES or last - first > _DAY_MINUTES:
            self._trouble(at, fields.get("end", 0), _("A shift is no longer than 24 hours."))
            return None
        kind = meant[0][1].kind if meant else kind_of(first)
        text = word or f"{first // 60:02}:{first % 60:02}"
        return [(text, ShiftWord((text,), kind, first, last))]

    def _day(self, at: int, column: int, cell: Cell) -> date | None:
        """Return the day of a line; a blank one is that of the line above (merged cells)."""
        if not cell[1].strip():
            if self.last is None:
                self._trouble(at, column, _("The date is missing."))
            return self.last
        day = self._date(cell)
        if day is None:
            self._trouble(at, column, _("This is no date; write it like 2026-12-31."))
        return day

    def _date(self, cell: Cell) -> date | None:
        said = mark(cell)
        self.last = None
        if said is not None:
            year = said.year or (self.month.year if self.month else None)
            month = said.month or (self.month.month if self.month else None)
            try:
                self.last = date(year or 0, month or 0, said.day)
            except ValueError:
                self.last = None
        return self.last

    def _trouble(self, at: int, column: int, problem: str) -> None:
        self.found.trouble(self.sheet.name, at + 1, column + 1, problem)


def _people(number: str, name: str) -> list[tuple[str, str]]:
    """Return staff number and name of each of those that the cells of a line name."""
    parts = [part.strip() for part in _NAMES.split(number or name) if part.strip()]
    if number and len(parts) == 1:
        return [(number, name)]
    return [(one, "") if number or _NUMBER.fullmatch(one) else ("", one) for one in parts]


def _minutes(cell: Cell, day: date | None) -> int | None:
    """Return the minutes after the beginning of `day` that a cell's time is, None for no time."""
    kind, text = cell
    if kind in ("float", "int"):
        try:
            return round(float(text) * _DAY_MINUTES) if 0 <= float(text) <= 1 else None
        except ValueError:
            return None
    words = plain(text)
    ahead = 0
    if dated := re.fullmatch(r"(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?)T?(\d{1,2}[:：].+)", words):
        said = mark(("str", dated[1]))
        if said is None or day is None:
            return None
        try:
            ahead = (date(said.year or 0, said.month or 0, said.day) - day).days
        except ValueError:
            return None
        words = dated[2]
    if words.startswith(("次日", "翌日")):
        ahead, words = 1, words[2:]
    if kind == "timedelta" and (days := re.fullmatch(r"(\d+)DAYS?,(.+)", words)):
        ahead, words = int(days[1]), days[2]
    found = re.fullmatch(r"(\d{1,2})[:：时点](\d{2})?(?:[:：分]\d{0,2}(?:\.\d+)?)?", words)
    if found is None or int(found[1]) > 24 or int(found[2] or 0) > 59:
        return None
    return ahead * _DAY_MINUTES + int(found[1]) * 60 + int(found[2] or 0)
