"""A workbook of one sheet, written straight to its XML: a tenth of XlsxWriter's time a row."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from scripts.inside.sample.usual import Cell, Row

MOST_ROWS = 1_048_575
"""Rows that fit below the header."""

_MADE = (2024, 1, 1, 0, 0, 0)  # the same rows make the same file, to the byte
_EPOCH = date(1899, 12, 30).toordinal()
_SPECIAL = re.compile(r"[&<>]|^\s|\s$|\s\s")
_BATCH = 1000
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SHEET_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE_NS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE_NS = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATIONS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE_NS}/content-types">'
    f'<Default Extension="rels" ContentType="{_RELATIONS_TYPE}"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE_NS}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE_NS}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE_NS}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE_NS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{OFFICE_NS}/styles" Target="styles.xml"/></Relationships>',
    # styles: 0 plain, 1 a date, 2 bold
    "xl/styles.xml": f'<styleSheet xmlns="{SHEET_NS}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>",
}


def write_xlsx(
    path: Path, sheet: str, headers: Sequence[tuple[str, int]], rows: Iterable[Row]
) -> None:
    """Write `rows` below `headers` ((text, width), at most 26) into the sheet named `sheet`.

    ValueError where the rows do not fit into one sheet.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        workbook = (
            f'<workbook xmlns="{SHEET_NS}" xmlns:r="{OFFICE_NS}"><sheets>'
            f'<sheet name="{escape(sheet)}" sheetId="1" r:id="r1"/></sheets></workbook>'
        )
        for name, content in {**PARTS, "xl/workbook.xml": workbook}.items():
            archive.writestr(entry(name), HEAD + content)
        with archive.open(entry("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as stream:
            columns = "".join(
                f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
                for number, (_text, width) in enumerate(headers, 1)
            )
            stream.write(
                f'{HEAD}<worksheet xmlns="{SHEET_NS}"><sheetViews><sheetView workbookViewId="0">'
                '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
                f"</sheetView></sheetViews><cols>{columns}</cols><sheetData>".encode()
            )
            titles = [text for text, _width in headers]
            stream.write(row_xml(1, titles).replace(' t="inl', ' s="2" t="inl').encode())
            batch: list[str] = []
            for number, row in enumerate(rows, 2):
                if number > MOST_ROWS + 1:
                    raise ValueError(f"one sheet holds {MOST_ROWS} rows below its header")
                batch.append(row_xml(number, row.cells))
                if len(batch) == _BATCH:
                    stream.write("".join(batch).encode())
                    batch.clear()
            stream.write(("".join(batch) + "</sheetData></worksheet>").encode())


def entry(name: str) -> zipfile.ZipInfo:
    """Return the directory entry of a part, the same whenever it is made."""
    entry = zipfile.ZipInfo(name, _MADE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def row_xml(number: int, cells: Sequence[Cell]) -> str:
    """Return the XML of row `number` with its `cells`, the first in column A."""
    parts = [f'<row r="{number}">']
    for letter, cell in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", cells, strict=False):
        if cell is None:
            continue
        if isinstance(cell, str):
            odd = _SPECIAL.search(cell)
            shown = f' xml:space="preserve">{escape(cell)}' if odd else f">{cell}"
            parts.append(f'<c r="{letter}{number}" t="inlineStr"><is><t{shown}</t></is></c>')
        elif isinstance(cell, date):
            days = cell.toordinal() - _EPOCH
            parts.append(f'<c r="{letter}{number}" s="1"><v>{days}</v></c>')
        else:
            parts.append(f'<c r="{letter}{number}"><v>{cell!r}</v></c>')
    parts.append("</row>")
    return "".join(parts)
