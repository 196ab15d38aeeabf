"""What a finished report is, and how it looks in a terminal, a workbook, a file of rows."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from pcloud_cli.i18n import N_, _
from pcloud_cli.output.chart import Bar, ChartKind, write_bars
from pcloud_cli.output.columns import Column, Columns, Row
from pcloud_cli.output.values import shown
from pcloud_cli.output.workbook import Kind, WorkbookWriter
from pcloud_cli.output.writer import Output

MOST_BARS = 15
"""How many bars a terminal or a chart shows of a long table; the rows themselves are all there."""


@dataclass(frozen=True)
class Block:
    """One table of a report and the chart of it.

    `rows` have the names of `columns`; `label` and `value` (and `share`, where there is one) name
    the columns that the chart is drawn of. `kinds` says which numbers are shares, areas, money.
    """

    code: str
    title: str
    columns: Columns
    rows: Sequence[Row]
    chart: ChartKind = ChartKind.BAR
    label: str = "label"
    value: str = "count"
    share: str | None = "share"
    kinds: Mapping[str, Kind] | None = None


@dataclass(frozen=True)
class FinishedReport:
    """A report with its answers: `title` and `question` are message ids, `scope` is shown as is."""

    name: str
    title: str
    question: str
    scope: str
    made_at: datetime
    made_by: str
    zone: str
    blocks: Sequence[Block]

    @property
    def facts(self) -> list[tuple[str, Any]]:
        """What stands above the answers, as (name, value)."""
        return [
            (_("Question"), _(self.question)),
            (_("Scope"), self.scope),
            (_("Date"), self.made_at),
            (_("Made by"), self.made_by),
        ]


_SECTION = Column("section", N_("Topic"))


def write_report(report: FinishedReport, out: Output, env: Mapping[str, str]) -> None:
    """Write `report` in the format of `out`: bars for people, rows for everything else."""
    if out.format == "table":
        _write_bars(report, out, env)
    else:
        write_rows(report, out)


def write_rows(report: FinishedReport, out: Output) -> None:
    """Write all tables of `report` as one list of rows.

    Each row begins with its section: its title in CSV, which people read, else its code.
    """
    people = out.format == "csv"
    columns: list[Column] = [_SECTION]
    rows = []
    for block in report.blocks:
        known = {column.name for column in columns}
        columns += [c for c in block.columns if c.name not in known]
        section = _(block.title) if people else block.code
        rows += [{"section": section, **row} for row in block.rows]
    if people:
        columns = [column for column in columns if not column.detail]
    out.rows(rows, columns)


def write_workbook(report: FinishedReport, stream: BinaryIO) -> None:
    """Write `report` as a workbook: a sheet a table, each with its native chart."""
    title = _(report.title)
    with WorkbookWriter(
        stream, zone=report.zone, made_at=report.made_at, made_by=report.made_by, title=title
    ) as book:
        for block in report.blocks:
            _write_sheet(book, report, block)


def write_file(report: FinishedReport, stream: BinaryIO, format_name: str) -> None:
    """Write `report` as ``xlsx``, or as rows of another format (``csv``, ``json``) in UTF-8."""
    if format_name == "xlsx":
        write_workbook(report, stream)
        return
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    write_rows(report, Output(stdout=text, stderr=text, format_name=format_name, zone=report.zone))
    text.flush()
    text.detach()


def _write_sheet(book: WorkbookWriter, report: FinishedReport, block: Block) -> None:
    title = _(block.title)
    sheet = book.sheet(title)
    sheet.heading(f"{_(report.title)} · {title}", report.facts)
    columns = [column for column in block.columns if not column.detail]
    top = sheet.next_row
    first, last = sheet.table(columns, block.rows, kinds=block.kinds)
    places = {column.name: place for place, column in enumerate(columns)}
    sheet.chart(
        block.chart,
        title=title,
        labels=places[block.label],
        values=places[block.value],
        first=first,
        last=min(last, first + MOST_BARS - 1),
        place=(top, len(columns) + 1),
    )


def _write_bars(report: FinishedReport, out: Output, env: Mapping[str, str]) -> None:
    out.line(_(report.title))
    made = shown(report.made_at, report.zone)
    out.line(f"{report.scope} · {made} · {report.made_by}")
    for block in report.blocks:
        out.stdout.write("\n")
        columns = [column for column in block.columns if not column.detail]
        if {column.name for column in columns} <= {block.label, block.value, block.share}:
            write_bars(out.stdout, _(block.title), _bars(report, block), env=env, most=MOST_BARS)
        else:  # more than a bar can show
            out.line(_(block.title))
            if block.rows:
                out.rows([_spoken(block, row) for row in block.rows], columns)
            else:
                out.line(f"  {_('none')}")


def _bars(report: FinishedReport, block: Block) -> list[Bar]:
    return [
        Bar(
            shown(row.get(block.label), report.zone),
            row[block.value],
            row.get(block.share) if block.share else None,
        )
        for row in block.rows
    ]


def _spoken(block: Block, row: Row) -> dict[str, Any]:
    """Return a row as a table for people has it: shares in hundredths."""
    kinds = block.kinds or {}
    return {
        name: f"{value:.1%}" if value is not None and kinds.get(name) is Kind.SHARE else value
        for name, value in row.items()
    }
