"""Headers in two rows: what the upper one says of whose or which, joined with the lower (3.1.1)."""

from __future__ import annotations

import re

from pcloud_cli.sheets.header_words import EMERGENCY, OTHER, OWNER, Meaning
from pcloud_cli.sheets.headers import judge_header, plain_header

_INFORMATION = re.compile(r"(?:基本|详细|登记|相关|身份)?(?:信息|资料|情况|明细|栏|部分|数据)$")
_OTHER = re.compile(f"{OTHER}|{EMERGENCY}")
_OWNER = re.compile(OWNER)
_BASIS = re.compile("预测|预售|预估|暂测|暂定|实测|实际|产权|登记|竣工")
_PART = re.compile("套内|室内|公摊|分摊|实用|使用|建筑")
_AREA_WORD = re.compile(f"(?:{_BASIS.pattern}|套内|公摊|分摊|建筑|面积)+")
_PLACES = frozenset({"community", "section", "building", "unit", "floor", "room"})
_STRONGER = frozenset({"not_a_location", "other_person"})
_OTHER_DATES = frozenset({"handover_planned", "handover_contract"})


def is_group(text: str) -> bool:
    """Return whether `text` can stand over several columns: 业主信息, 建筑面积, 房屋信息."""
    plain = plain_header(text)
    stem = _INFORMATION.sub("", plain)
    if stem != plain or "面积" in plain or _OTHER.fullmatch(stem) or _OWNER.fullmatch(stem):
        return True
    return bool(_AREA_WORD.fullmatch(plain) or re.search("(?:时间|日期|联系方式)$", plain))


def group_meaning(parent: str, child: str) -> Meaning:
    """Return what the column means whose header is `child` below `parent` (3.1.1).

    What stands below somebody else's heading is theirs or nobody's, and an address below a
    person's heading locates no house.
    """
    stem = _INFORMATION.sub("", plain_header(parent))
    below = plain_header(child)
    alone = judge_header(child)
    if not stem:
        return alone
    if "面积" in stem + below and _AREA_WORD.fullmatch(below) and _AREA_WORD.fullmatch(stem):
        both = stem + below
        basis, part = _BASIS.search(both), _PART.search(below) or _PART.search(stem)
        return judge_header((basis[0] if basis else "") + (part[0] if part else "") + "面积")
    joined = judge_header(stem + below)
    if _OTHER.fullmatch(stem):
        if joined.reason != "unknown":
            return joined
        return alone if alone.field in _PLACES else Meaning(reason="other_person")
    if _OWNER.fullmatch(stem):
        if alone.field == "address":
            return Meaning(reason="not_a_location")
        return joined if joined.field else alone
    if alone.reason == "unknown":
        turned = judge_header(below + stem)
        return joined if joined.reason != "unknown" else turned
    stronger = joined.reason in _STRONGER or joined.field in _OTHER_DATES
    if stronger or (joined.field and not alone.field) or joined.basis:
        return joined
    return alone
