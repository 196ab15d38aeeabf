"""Judging number plates: ordinary and new-energy ones (GA 36), and those of border traffic."""

from __future__ import annotations

import re

from pcloud_cli.sheets.characters import is_blank, plain
from pcloud_cli.sheets.values import Value

_PROVINCE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_SIGN = "A-HJ-NP-Z0-9"
_ORDINARY = re.compile(f"[{_PROVINCE}][A-HJ-NP-Z][{_SIGN}]{{4}}[{_SIGN}挂学警港澳]")
_NEW_ENERGY = re.compile(
    f"[{_PROVINCE}][A-HJ-NP-Z](?:[A-HJK][A-HJ-NP-Z0-9][0-9]{{4}}|[0-9]{{5}}[A-HJK])"
)
_TEMPORARY = re.compile(
    f"临[{_PROVINCE}][A-HJ-NP-Z][{_SIGN}]{{4,5}}|[{_PROVINCE}][A-HJ-NP-Z][{_SIGN}]{{4,5}}临"
)
_DIPLOMATIC = re.compile(f"使[0-9]{{6}}|[0-9]{{6}}使|[{_PROVINCE}][A-HJ-NP-Z][0-9]{{4}}领")
_NONE = frozenset(
    "无牌 无车 没车 没有车 未上牌 无车辆 无车牌 新车 未购车 电动车 电瓶车 自行车 0".split()  # noqa: SIM905
)
_REMARK = re.compile(r"[(（][^()（）]*[)）]|[白黑红蓝银灰黄绿棕橙紫]色?车?$|^新能源")
_DECORATION = re.compile(r"[\s·.\-_:•‧]+")


def judge_plate(value: str | None) -> Value:
    """Return a plate in canonical form (``粤B12345``), else problem ``plate_invalid``.

    A province that was left out is not guessed. ``plate_repaired`` comes with a plate that had
    blanks, dots or full-width signs, ``plate_temporary`` with a temporary one.
    """
    if not value or is_blank(value):
        return Value("")
    if _ORDINARY.fullmatch(value) or _NEW_ENERGY.fullmatch(value):
        return Value(value)
    bare = _DECORATION.sub("", _REMARK.sub("", plain(value).upper()))
    if bare in _NONE:
        return Value("", "plate_missing")
    if _ORDINARY.fullmatch(bare) or _NEW_ENERGY.fullmatch(bare):
        return Value(bare, "plate_repaired")
    if _DIPLOMATIC.fullmatch(bare):
        return Value(bare, "" if bare == value else "plate_repaired")
    if _TEMPORARY.fullmatch(bare):
        return Value(bare, "plate_temporary")
    return Value("", "plate_invalid")


def split_plates(value: str | None) -> list[tuple[str, Value]]:
    """Return each plate of a cell that may hold several, as written and as judged; a remark after
    ``|`` (``粤B12345|访客``) is left out. An empty cell gives ``[]``."""
    if not value or is_blank(value):
        return []
    parts = re.split(r"[、,，/／;；\n]+", value)
    written = [part.split("|")[0].strip() for part in parts]
    several = [
        piece
        for part in written
        for piece in (part.split() if all(map(_is_plate, part.split())) else [part])
    ]
    return [(part, judge_plate(part)) for part in several if part and not is_blank(part)]


def _is_plate(text: str) -> bool:
    return bool(judge_plate(text).value)
