"""Reading a list of old and new house numbers (新旧房号对照表), through the reading child.

The list is read twice as a register: once its old columns tell of houses, once its new ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pcloud_cli.errors import Failed
from pcloud_cli.i18n import _
from pcloud_cli.sheets.house import HouseRef
from pcloud_cli.sheets.messages import Problems, Rows, Sheet, Source
from pcloud_cli.sheets.problems import Problem
from pcloud_cli.sheets.read import read_workbook
from pcloud_cli.sheets.refusals import refusal
from pcloud_cli.sheets.row import ERROR, Row

_OLD = ("旧", "原", "老", "变更前", "调整前", "更名前", "old ")
_NEW = ("新", "现", "变更后", "调整后", "更名后", "new ")
_STEMS: Mapping[str, tuple[str, ...]] = {
    "section": ("分期", "期数", "组团", "section"),
    "building": ("楼栋", "楼栋号", "楼号", "栋号", "幢号", "栋", "幢", "building"),
    "unit": ("单元", "单元号", "unit"),
    "floor": ("楼层", "floor"),
    "room": (
        "房号",
        "房间号",
        "房屋号",
        "室号",
        "门牌号",
        "房屋编号",
        "编号",
        "号",
        "room",
        "number",
    ),
    "address": ("地址", "房屋地址", "坐落", "房屋坐落", "address"),
}


class Pair(NamedTuple):
    """One line of the list: where it stands, and the house by its old and its new number."""

    sheet: int
    row: int
    old: HouseRef
    new: HouseRef


class NumberMap(NamedTuple):
    """The list: the file's SHA-256, its lines, and what could not be understood of it."""

    sha256: str
    pairs: list[Pair]
    problems: list[Problem]


def read_number_map(path: str | Path | int) -> NumberMap:
    """Return the list in the workbook or CSV at `path`.

    Headers are 旧房号 and 新房号, 原地址 and 现地址 and the like; 旧楼栋, 新单元 may have columns
    of their own, and a column 楼栋 counts for both. Raises what `read_workbook` raises.
    """
    sha256, old, troubles, columns = _houses(path, _OLD, _NEW)
    again, new, more, others = _houses(path, _NEW, _OLD)
    if sha256 != again:
        raise refusal("file_changed", {})
    if columns == others:
        raise Failed(
            _("The list has no columns for old and for new house numbers."),
            hint=_("Head them 旧房号 and 新房号, or 旧楼栋, 旧房号, 新楼栋, 新房号."),
            code="no_numbers",
        )
    places = [place for place in old if place in new]
    missing = [
        Problem("", row, "", "room", "house_missing", "error", "", {})
        for _sheet, row in sorted(set(old) ^ set(new))
    ]
    pairs = [Pair(*place, old[place], new[place]) for place in places]
    return NumberMap(sha256, pairs, [*troubles, *more, *missing])


def _houses(
    path: str | Path | int, wanted: tuple[str, ...], other: tuple[str, ...]
) -> tuple[str, dict[tuple[int, int], HouseRef], list[Problem], list[dict[str, str]]]:
    mapping = {
        f"{mark}{stem}": field
        for field, stems in _STEMS.items()
        for stem in stems
        for mark in wanted
    }
    mapping |= {
        f"{mark}{stem}": "" for stems in _STEMS.values() for stem in stems for mark in other
    }
    sha256 = ""
    found: dict[tuple[int, int], HouseRef] = {}
    problems: list[Problem] = []
    columns: list[dict[str, str]] = []
    for message in read_workbook(path, mapping=mapping):
        if isinstance(message, Source):
            sha256 = message.sha256
        elif isinstance(message, Sheet):
            columns.append(message.columns)
        elif isinstance(message, Problems):
            problems += [
                each
                for each in message.problems
                if each.severity == "error" or each.code == "house_twice"
            ]
        elif isinstance(message, Rows):
            for row in map(Row._make, message.rows):
                if row.status != ERROR:
                    found[row.sheet, row.row] = _reference(row)
    return sha256, found, problems, columns


def _reference(row: Row) -> HouseRef:
    kind = "" if row.house_kind == "residence" else row.house_kind or ""
    return HouseRef(
        row.section or "", row.building or "", row.unit or "", row.floor or "", row.room or "", kind
    )
