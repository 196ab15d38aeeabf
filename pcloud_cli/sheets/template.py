"""The workbook that a developer fills in: typed columns, hints, choices, an example (3.1.1).

Its headers and choices are vocabulary of the trade, given in both languages side by side; the
reader understands every one of them, and does not import the sheet with the example.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pcloud_cli.sheets.template_columns import COLUMNS, DATE, NUMBER, TEXT, TemplateColumn

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

_ROWS = 5000

_SHEETS = {"zh": ("房屋与业主", "示例"), "en": ("Houses and owners", "Example")}
_MARKERS = {
    "zh": "示例：本页只作说明，不会导入。请在第一页填写，每位业主一行。",
    "en": "Example: this sheet explains and is not imported. Fill in the first sheet.",
}
EXAMPLE_SHEETS = frozenset(names[1] for names in _SHEETS.values())
EXAMPLE_MARKERS = tuple(_MARKERS.values())
"""An example is recognised by its sheet's name together with the text of its first cell."""


def write_template(path: str | Path, language: str) -> None:
    """Write the empty template in `language` (``zh`` or ``en``) to `path`, replacing by rename.

    Raises ValueError for another language and OSError where the file cannot be written.
    """
    if language not in _SHEETS:
        raise ValueError(language)
    target = Path(path)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".pcloud-", suffix=".xlsx")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(template(language))
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise


def template(language: str) -> bytes:
    """Return the bytes of the template in `language`."""
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    formats = {
        "header": book.add_format(
            {"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True, "valign": "top"}
        ),
        TEXT: book.add_format({"num_format": "@"}),
        NUMBER: book.add_format({"num_format": "0.00##"}),
        DATE: book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    list_name, example_name = _SHEETS[language]
    _sheet(book, formats, list_name, language)
    _example(book, formats, example_name, language)
    book.close()
    return stream.getvalue()


def _sheet(book: Workbook, formats: dict[str, Format], name: str, language: str) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for index, column in enumerate(COLUMNS):
        header, hint, choices = _texts(column, language)
        width = max(10, min(24, 2 * len(header) if language == "zh" else len(header) + 2))
        sheet.set_column(index, index, width, formats[column.kind])
        sheet.write_string(0, index, header, formats["header"])
        rule: dict[str, Any] = {
            "validate": "any",
            "input_title": header[:32],
            "input_message": hint[:255],
        }
        if choices:
            rule |= {"validate": "list", "source": list(choices), "error_type": "warning"}
        sheet.data_validation(1, index, _ROWS, index, rule)


def _example(book: Workbook, formats: dict[str, Format], name: str, language: str) -> None:
    sheet = book.add_worksheet(name)
    sheet.write_string(0, 0, _MARKERS[language])
    for index, column in enumerate(COLUMNS):
        header, hint, _choices = _texts(column, language)
        sheet.set_column(index, index, 16)
        sheet.write_string(1, index, header, formats["header"])
        cells = column.example_zh if language == "zh" else column.example_en or column.example_zh
        for row, cell in enumerate(cells, start=2):
            sheet.write(row, index, cell, formats[column.kind])
        sheet.write_string(6, index, hint)


def _texts(column: TemplateColumn, language: str) -> tuple[str, str, tuple[str, ...]]:
    if language == "zh":
        return column.zh, column.hint_zh, column.choices_zh
    return column.en, column.hint_en, column.choices_en
