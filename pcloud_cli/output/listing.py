"""A list of rows written to a file: a workbook that can be filtered, or CSV."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO

from pcloud_cli.output.columns import Columns, Row
from pcloud_cli.output.list_workbook import write_list_workbook
from pcloud_cli.output.writer import Output


def write_list(
    stream: BinaryIO,
    format_name: str,
    title: str,
    columns: Columns,
    rows: Iterable[Row],
    *,
    zone: str,
    made_at: datetime,
    made_by: str,
) -> None:
    """Write `rows` as ``xlsx`` with a filter over its header, or as ``csv`` in UTF-8 with a BOM."""
    if format_name == "xlsx":
        write_list_workbook(
            stream, title, columns, rows, zone=zone, made_at=made_at, made_by=made_by
        )
        return
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    Output(stdout=text, stderr=text, format_name=format_name, zone=zone).rows(rows, columns)
    text.flush()
    text.detach()
