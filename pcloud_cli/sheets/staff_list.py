"""Reading a list of new staff (入职名单) through the reading child (2.1.1).

The header row is found by what stands in it; every row below it that holds anything is one person.
What cannot be understood is said cell by cell, all of it in one pass.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pcloud_cli.errors import Failed
from pcloud_cli.i18n import N_, _
from pcloud_cli.sheets.messages import Cells, Source
from pcloud_cli.sheets.read import read_cells

MOST_ROWS = 5_000
"""So many rows one list may have: a season's hires, and no developer's list by mistake."""
_HEADER_WITHIN = 20
_KNOWN = re.compile(r"[\s*＊:：()（）]|必填|选填")

FIELDS: dict[str, tuple[str, ...]] = {
    "staff_number": ("工号", "员工编号", "员工工号", "员工号", "编号", "staffnumber", "staffno"),
    "name": ("姓名", "员工姓名", "名字", "name"),
    "department": ("部门", "所属部门", "department"),
    "position": ("岗位", "职务", "职位", "position"),
    "contact": (
        "手机", "手机号", "手机号码", "电话", "联系电话", "联系方式", "mobile", "phone", "contact",
    ),
    "community": ("小区", "项目", "所属项目", "所属小区", "社区", "community"),
    "employer": ("外包单位", "用工单位", "劳务公司", "派遣单位", "外包公司", "employer"),
    "ends_at": (
        "合同到期", "合同到期日", "合同到期日期", "合同终止日期", "到期日", "到期日期",
        "contractend", "ends", "endsat", "enddate",
    ),
}  # fmt: skip
"""The columns of a list, and what they are called; only the first two are needed."""

TITLES: dict[str, str] = {
    "staff_number": N_("Staff number"),
    "name": N_("Name"),
    "department": N_("Department"),
    "position": N_("Position"),
    "contact": N_("Contact"),
    "community": N_("Community"),
    "employer": N_("Employer"),
    "ends_at": N_("Contract ends"),
}
_NEEDED = ("staff_number", "name")


class StaffRow(NamedTuple):
    """One person of the list: sheet and row as the spreadsheet shows them, and the cells' texts by
    field; a date is ISO text, a blank cell is not in it."""

    sheet: str
    row: int
    values: dict[str, str]


class StaffList(NamedTuple):
    """A list: the file's SHA-256 in hexadecimal, its people, and the headers that are not used."""

    sha256: str
    rows: list[StaffRow]
    unused: list[str]


def read_staff_list(source: str | Path | int, *, password: str | None = None) -> StaffList:
    """Return the people that the workbook or CSV `source` lists, in the order of the file.

    Raises Failed where no sheet has columns for staff number and name, or the list is longer than
    `MOST_ROWS`, and what `read_cells` raises.
    """
    sha256 = ""
    found: list[StaffRow] = []
    unused: list[str] = []
    listed = False
    with closing(read_cells(source, password=password, every=MOST_ROWS + _HEADER_WITHIN)) as said:
        for message in said:
            if isinstance(message, Source):
                sha256 = message.sha256
                continue
            at, columns, left = _header(message.sample)
            if not columns:
                continue
            listed = True
            unused += left
            if message.height > MOST_ROWS + _HEADER_WITHIN:
                raise Failed(
                    _("This list has more than {most} rows.").format(most=MOST_ROWS),
                    hint=_("Send it in several parts; is it a list of staff?"),
                    code="list_too_long",
                )
            found += _rows(message, at, columns)
    if not listed:
        raise Failed(
            _("No sheet has a column for the staff number and one for the name."),
            hint=_("Head them 工号 and 姓名; the others may be 部门, 岗位, 手机, 小区."),
            code="no_staff",
        )
    if not found:
        raise Failed(_("The list names nobody."), hint=_("Is it the right file?"), code="no_rows")
    return StaffList(sha256, found, unused)


def _header(
    rows: Sequence[Sequence[tuple[str, str]]],
) -> tuple[int, dict[int, str], list[str]]:
    """Return which row is the header, which field each of its columns is, and the other headers."""
    for at, row in enumerate(rows[:_HEADER_WITHIN]):
        columns: dict[int, str] = {}
        left: list[str] = []
        for place, (_kind, text) in enumerate(row):
            field = _field(text)
            if field and field not in columns.values():
                columns[place] = field
            elif text.strip():
                left.append(text.strip())
        if set(_NEEDED) <= set(columns.values()):
            return at, columns, left
    return 0, {}, []


def _field(header: str) -> str:
    plain = _KNOWN.sub("", unicodedata.normalize("NFKC", header)).lower()
    return next((field for field, names in FIELDS.items() if plain in names), "")


def _rows(sheet: Cells, header: int, columns: dict[int, str]) -> list[StaffRow]:
    found = []
    for at, row in enumerate(sheet.sample[header + 1 :], header + 2):
        values = {
            field: text
            for place, field in columns.items()
            if place < len(row) and (text := _text(*row[place]))
        }
        if values:
            found.append(StaffRow(sheet.name, at, values))
    return found


def _text(kind: str, text: str) -> str:
    """Return a cell as it was meant: 1001.0 is 1001, a date its ISO day."""
    if kind == "float" and text.endswith(".0"):
        return text[:-2]
    if kind in ("datetime", "date"):
        return text[:10]
    return unicodedata.normalize("NFKC" if text.isascii() else "NFC", text).strip()


def contract_end(text: str) -> date | None:
    """Return the day that a cell names (2026-12-31, 2026/12/31, 2026年12月31日), None if none."""
    numbers = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text.strip())
    if numbers is None:
        return None
    try:
        return date(*map(int, numbers.groups()))
    except ValueError:
        return None
