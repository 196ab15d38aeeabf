"""A workbook of several sheets, with merged cells and hidden rows, written straight to its XML."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from scripts.inside.sample.usual import Cell
from scripts.inside.sample.xlsx import HEAD, OFFICE_NS, PARTS, SHEET_NS, entry, row_xml

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column, all from 0."""


class Sheet(NamedTuple):
    """One sheet: its rows from the first on, merged cells, hidden rows (from 1)."""

    name: str
    rows: Sequence[Sequence[Cell]]
    merges: Sequence[Merge] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden: bool = False


def write_book(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write `sheets` (at most 26 columns wide) to the .xlsx `path`; same sheets, same bytes."""
    tags = "".join(
        f'<sheet name="{escape(sheet.name)}" sheetId="{number}" r:id="r{number}"'
        + (' state="hidden"/>' if sheet.hidden else "/>")
        for number, sheet in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE_NS}/worksheet" '
        f'Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(sheets) + 1)
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}"/>'
        for number in range(2, len(sheets) + 1)
    )
    parts = dict(PARTS)
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        "</Types>", types + "</Types>"
    )
    relations = parts["xl/_rels/workbook.xml.rels"]
    start = relations.index("<Relationship ")
    styles = f'<Relationship Id="styles" Type="{OFFICE_NS}/styles" Target="styles.xml"/>'
    parts["xl/_rels/workbook.xml.rels"] = relations[:start] + links + styles + "</Relationships>"
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{SHEET_NS}" xmlns:r="{OFFICE_NS}"><sheets>{tags}</sheets></workbook>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for name, content in parts.items():
            archive.writestr(entry(name), HEAD + content)
        for number, sheet in enumerate(sheets, 1):
            archive.writestr(entry(f"xl/worksheets/sheet{number}.xml"), HEAD + _sheet_xml(sheet))


def _sheet_xml(sheet: Sheet) -> str:
    rows: list[str] = []
    for number, cells in enumerate(sheet.rows, 1):
        text = row_xml(number, cells)
        if number in sheet.hidden_rows:
            text = text.replace(f'<row r="{number}"', f'<row r="{number}" hidden="1"', 1)
        rows.append(text)
    merges = "".join(
        f'<mergeCell ref="{_LETTERS[left]}{top + 1}:{_LETTERS[right]}{bottom + 1}"/>'
        for top, left, bottom, right in sheet.merges
    )
    merged = f'<mergeCells count="{len(sheet.merges)}">{merges}</mergeCells>' if merges else ""
    body = "".join(rows)
    return f'<worksheet xmlns="{SHEET_NS}"><sheetData>{body}</sheetData>{merged}</worksheet>'
