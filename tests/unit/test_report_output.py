"""A finished report as rows, as bars and as a workbook."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl

from pcloud_cli.output.chart import ChartKind
from pcloud_cli.output.report import Block, FinishedReport, write_file, write_report
from pcloud_cli.output.workbook import Kind
from pcloud_cli.output.writer import Output
from pcloud_cli.services.report.declare import COUNTED

REPORT = FinishedReport(
    name="owners",
    title="Owners and houses",
    question="Who?",
    scope="翠湖花园",
    made_at=datetime(2026, 3, 1, 8, tzinfo=UTC),
    made_by="钱小满 (KF001)",
    zone="Asia/Shanghai",
    blocks=(
        Block(
            "house_type",
            "House types",
            COUNTED,
            [
                {"key": "=1+1", "label": "=1+1", "count": 3, "share": Decimal("0.75")},
                {"key": "unknown", "label": "unknown", "count": 1, "share": Decimal("0.25")},
            ],
            ChartKind.BAR,
            kinds={"share": Kind.SHARE},
        ),
        Block("age", "Age: all / some", COUNTED, [], ChartKind.COLUMN),
    ),
)


def text(format_name: str) -> str:
    stream = io.StringIO()
    write_report(REPORT, Output(stdout=stream, stderr=stream, format_name=format_name), {})
    return stream.getvalue()


def test_json_is_one_list_with_codes_and_numbers() -> None:
    assert json.loads(text("json"))[0] == {
        "section": "house_type",
        "key": "=1+1",
        "label": "=1+1",
        "count": 3,
        "share": 0.75,
    }


def test_csv_is_for_people_and_computes_nothing() -> None:
    rows = list(csv.reader(io.StringIO(text("csv").removeprefix("\ufeff"))))
    assert rows[0] == ["Topic", "Label", "Count", "Share"]
    assert rows[1] == ["House types", "'=1+1", "3", "0.75"]


def test_a_terminal_gets_bars_with_title_scope_date_and_maker() -> None:
    shown = text("table")
    assert "翠湖花园 · 2026-03-01 16:00 · 钱小满 (KF001)" in shown
    assert "3  75.0%  ####" in shown
    assert "no data" in shown


def test_a_workbook_has_a_sheet_a_table_with_its_facts() -> None:
    stream = io.BytesIO()
    write_file(REPORT, stream, "xlsx")
    book = openpyxl.load_workbook(stream)
    assert book.sheetnames == ["House types", "Age all some"]
    first = book["House types"]
    cells = {cell.value: cell for row in first.iter_rows() for cell in row if cell.value}
    assert {"翠湖花园", "钱小满 (KF001)", "Who?"} <= set(cells)
    assert cells["=1+1"].data_type == "s"
    assert cells[0.75].number_format == "0.0%"
    with zipfile.ZipFile(stream) as parts:
        charts = [name for name in parts.namelist() if name.startswith("xl/charts/")]
    assert len(charts) == 1  # of the table that has rows


def test_files_of_rows_are_what_the_formats_print() -> None:
    for kind in ("csv", "json"):
        stream = io.BytesIO()
        write_file(REPORT, stream, kind)
        assert stream.getvalue().decode() == text(kind)
