"""Workbooks (.xlsx) with typed cells: numbers, dates and moments as such, all text inert.

Text never becomes a formula, a link or a number: it is written as a string into a cell of the
text format, so that even editing the cell does not make a spreadsheet program compute it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from types import TracebackType
from typing import Any, BinaryIO, Self
from zoneinfo import ZoneInfo

import xlsxwriter

from pcloud_cli.i18n import _
from pcloud_cli.output import sheet_rules
from pcloud_cli.output.chart import ChartKind
from pcloud_cli.output.columns import Columns, Row
from pcloud_cli.output.sheet_rules import fitted, is_exact, is_whole, sheet_title
from pcloud_cli.output.values import shown


class Kind(StrEnum):
    """What the numbers of a column mean, where their type alone does not say it."""

    PLAIN = "plain"
    SHARE = "share"
    AREA = "area"
    MONEY = "money"


_FORMATS = {
    "text": {"num_format": "@", "valign": "top"},
    "whole": {"num_format": "#,##0"},
    "number": {"num_format": "0.####"},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
    "title": {"bold": True, "font_size": 14},
    "head": {"bold": True, "bottom": 1, "num_format": "@", "bg_color": "#E8EEF4"},
    Kind.SHARE: {"num_format": "0.0%"},
    Kind.AREA: {"num_format": "#,##0.00"},
    Kind.MONEY: {"num_format": "#,##0.00"},
}


class WorkbookWriter:
    """Writes one workbook to `stream`; its sheets are ready when the ``with`` block ends.

    For reports: all is kept in memory, and charts carry their values along; `list_workbook` is
    for lists. Moments are shown in `zone` (an IANA name). `made_by` and `made_at` become the
    document's properties.
    """

    def __init__(
        self,
        stream: BinaryIO,
        *,
        zone: str,
        made_at: datetime,
        made_by: str = "",
        title: str = "",
    ) -> None:
        self._zone = zone
        self._titles: set[str] = set()
        self._book = xlsxwriter.Workbook(
            stream,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": True,
                "use_zip64": True,
            },
        )
        self._book.set_properties(
            {
                "title": title,
                "author": made_by,
                "created": made_at.astimezone(UTC).replace(tzinfo=None),
            }
        )
        self._formats = {name: self._book.add_format(how) for name, how in _FORMATS.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._book.close()
        else:
            self._book.fileclosed = 1  # nothing is written, and nobody is warned

    def sheet(self, title: str) -> Sheet:
        """Return a new sheet named `title`, made fit for a sheet's name where it is not."""
        name = sheet_title(title, self._titles)
        self._titles.add(name.lower())
        return Sheet(self._book, self._book.add_worksheet(name), name, self._formats, self._zone)


class Sheet:
    """One sheet, filled from top to bottom."""

    def __init__(
        self, book: Any, sheet: Any, name: str, formats: Mapping[str, Any], zone: str
    ) -> None:
        self._book = book
        self._sheet = sheet
        self._formats = formats
        self._zone = ZoneInfo(zone)
        self._zone_name = zone
        self._widths: dict[int, int] = {}
        self.name = name
        self.next_row = 0

    def heading(self, text: str, facts: Sequence[tuple[str, Any]] = ()) -> None:
        """Write a title line, then a line for each of `facts` (name, value), then a blank one."""
        self._sheet.write_string(self.next_row, 0, fitted(text), self._formats["title"])
        self.next_row += 1
        for name, value in facts:
            self._sheet.write_string(self.next_row, 0, fitted(name), self._formats["text"])
            self._cell(self.next_row, 1, value, Kind.PLAIN)
            self._measure(0, name)
            self.next_row += 1
        self.next_row += 1

    def table(
        self,
        columns: Columns,
        rows: Iterable[Row],
        *,
        kinds: Mapping[str, Kind] | None = None,
    ) -> tuple[int, int]:
        """Write a header and `rows`; return the first and last row number of the body (0-based).

        The last is before the first where there are none. `kinds` names columns whose numbers
        are shares, areas or money. Raises Failed where the rows are more than a sheet can hold.
        """
        kinds = kinds or {}
        head = self.next_row
        for place, column in enumerate(columns):
            title = _(column.title)
            self._sheet.write_string(head, place, fitted(title), self._formats["head"])
            self._measure(place, title)
        plan = [(place, c.name, kinds.get(c.name, Kind.PLAIN)) for place, c in enumerate(columns)]
        at = head
        for at, row in enumerate(rows, head + 1):
            if at >= sheet_rules.MOST_ROWS:
                raise sheet_rules.too_many_rows()
            for place, name, kind in plan:
                self._cell(at, place, row.get(name), kind)
        self.next_row = at + 2
        for place, width in self._widths.items():
            self._sheet.set_column(place, place, width)
        return head + 1, at

    def chart(
        self,
        kind: ChartKind,
        *,
        title: str,
        labels: int,
        values: int,
        first: int,
        last: int,
        place: tuple[int, int],
    ) -> None:
        """Put a native chart at `place` (row, column) over the rows `first` to `last`.

        `labels` and `values` are column numbers of the table it shows.
        """
        if kind is ChartKind.NONE or last < first:
            return
        pie = kind is ChartKind.PIE
        chart = self._book.add_chart({"type": kind.value})
        chart.add_series(
            {
                "name": title,
                "categories": [self.name, first, labels, last, labels],
                "values": [self.name, first, values, last, values],
                "data_labels": {"percentage": True} if pie else {"value": True},
                "gap": 60,
            }
        )
        chart.set_title({"name": title, "name_font": {"size": 12}})
        chart.set_legend({"position": "right"} if pie else {"none": True})
        if kind is ChartKind.BAR:
            chart.set_y_axis({"reverse": True})  # the first row on top, as in the table
        chart.set_size({"width": 560, "height": max(280, 60 + 22 * (last - first + 1))})
        self._sheet.insert_chart(*place, chart)

    def _cell(self, row: int, column: int, value: Any, kind: Kind) -> None:
        sheet, formats = self._sheet, self._formats
        if value is None or value == "":
            return
        if isinstance(value, bool):
            value = _("yes") if value else _("no")
        elif isinstance(value, (int, Decimal, float)):
            if is_exact(value):
                sheet.write_number(row, column, value, formats[_number_format(value, kind)])
                return
        elif isinstance(value, datetime):
            local = value.astimezone(self._zone).replace(tzinfo=None, microsecond=0)
            if local.year >= 1900:
                sheet.write_datetime(row, column, local, formats["moment"])
                self._measure(column, "0000-00-00 00:00")
                return
        elif isinstance(value, date) and value.year >= 1900:
            sheet.write_datetime(row, column, value, formats["date"])
            self._measure(column, "0000-00-00")
            return
        text = value if isinstance(value, str) else shown(value, self._zone_name)
        sheet.write_string(row, column, fitted(text), formats["text"])
        self._measure(column, text)

    def _measure(self, column: int, text: str) -> None:
        width = sheet_rules.width_of(text)
        if width > self._widths.get(column, sheet_rules.WIDTHS[0]):
            self._widths[column] = width


def _number_format(value: int | Decimal | float, kind: Kind) -> str:
    if kind is not Kind.PLAIN:
        return kind
    return "whole" if is_whole(value) else "number"
