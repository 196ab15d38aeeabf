"""Developers' workbooks as tests need them: real files of made-up people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.integration.people import id_number

HEADERS = ("楼栋", "单元", "房号", "建筑面积", "业主姓名", "身份证号", "联系电话")


def write(path: Path, rows: Sequence[Sequence[Any]], headers: Sequence[str] = HEADERS) -> Path:
    """Write a workbook of one sheet and return its path."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("业主")
    sheet.append(list(headers))
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


def number(sequence: int) -> str:
    """Return a made-up ID number, another for each `sequence`."""
    return id_number(date(1960 + sequence % 40, 1 + sequence % 12, 1 + sequence % 28), sequence)


def phone(sequence: int) -> str:
    """Return a made-up mobile number, another for each `sequence`."""
    return f"139{sequence:08d}"


def row(sequence: int, **other: Any) -> list[Any]:
    """Return a row: house 1-1-(100+n), its owner with ID number and phone; `other` replaces."""
    values: dict[str, Any] = {
        "building": "1栋",
        "unit": "1单元",
        "room": f"{100 + sequence}",
        "area": 89.53,
        "name": f"钱小{'甲乙丙丁戊己庚辛壬癸'[sequence % 10]}",
        "id": number(sequence),
        "phone": phone(sequence),
        **other,
    }
    return list(values.values())
