"""Reading a price list (价目表) through the reading child: one row an item.

The header row is found by what stands in it, as in a list of staff.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from pcloud_cli.errors import Failed
from pcloud_cli.i18n import N_, _
from pcloud_cli.sheets.messages import Cells, Source
from pcloud_cli.sheets.read import read_cells

MOST_ROWS = 5_000
_HEADER_WITHIN = 20
_AROUND = re.compile(r"[\s*＊:：()（）]|必填|选填|元")

FIELDS: dict[str, tuple[str, ...]] = {
    "code": ("编码", "编号", "项目编码", "项目编号", "收费编码", "code"),
    "name": ("项目", "名称", "项目名称", "收费项目", "服务项目", "维修项目", "name", "item"),
    "unit": ("单位", "计量单位", "计价单位", "unit"),
    "price": ("单价", "价格", "收费标准", "金额", "price"),
}
"""The columns of a price list, and what they are called; all are needed."""

TITLES: dict[str, str] = {
    "code": N_("Code"),
    "name": N_("Item"),
    "unit": N_("Unit of measure"),
    "price": N_("Price"),
}


class PriceRow(NamedTuple):
    """One item: sheet and row as the spreadsheet shows them, and its cells' texts by field."""

    sheet: str
    row: int
    values: dict[str, str]


class PriceRows(NamedTuple):
    """The file's SHA-256 in hexadecimal, and its items in order."""

    sha256: str
    rows: list[PriceRow]


def read_price_rows(source: str | Path | int) -> PriceRows:
    """Return the items that the workbook or CSV `source` lists.

    Raises Failed where no sheet has the columns, or it is too long, and what `read_cells` raises.
    """
    sha256, found, listed = "", [], False
    with closing(read_cells(source, every=MOST_ROWS + _HEADER_WITHIN)) as said:
        for message in said:
            if isinstance(message, Source):
                sha256 = message.sha256
                continue
            at, columns = _header(message.sample)
            if not columns:
                continue
            listed = True
            if message.height > MOST_ROWS + _HEADER_WITHIN:
                raise Failed(
                    _("This list has more than {most} rows.").format(most=MOST_ROWS),
                    hint=_("Is it a price list?"),
                    code="list_too_long",
                )
            found += _rows(message, at, columns)
    if not listed or not found:
        raise Failed(
            _("No sheet has the columns of a price list, with rows below them."),
            hint=_("Head them 编码, 项目, 单位 and 单价."),
            code="no_prices",
        )
    return PriceRows(sha256, found)


def _header(rows: Sequence[Sequence[tuple[str, str]]]) -> tuple[int, dict[int, str]]:
    for at, row in enumerate(rows[:_HEADER_WITHIN]):
        columns: dict[int, str] = {}
        for place, (_kind, text) in enumerate(row):
            plain = _AROUND.sub("", unicodedata.normalize("NFKC", text)).lower()
            field = next((name for name, words in FIELDS.items() if plain in words), "")
            if field and field not in columns.values():
                columns[place] = field
        if set(FIELDS) == set(columns.values()):
            return at, columns
    return 0, {}


def _rows(sheet: Cells, header: int, columns: dict[int, str]) -> list[PriceRow]:
    found = []
    for at, row in enumerate(sheet.sample[header + 1 :], header + 2):
        values = {
            field: text
            for place, field in columns.items()
            if place < len(row) and (text := _text(*row[place]))
        }
        if values:
            found.append(PriceRow(sheet.name, at, values))
    return found


def _text(kind: str, text: str) -> str:
    """Return a cell as it was meant: 1001.0 is 1001."""
    if kind == "float" and text.endswith(".0"):
        return text[:-2]
    return " ".join(unicodedata.normalize("NFC", text).split())
