"""Rows of a list that are no data: totals, remarks, signatures, page numbers (3.1.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence

TOTAL, NOTE, HEADING, GROUP, BLANK = "totals", "notes", "headings", "groups", "blank"
"""What a row is that holds no data: sums, remarks, the header once more, the name of a building
over the houses below it, nothing."""

_TOTALS = ("合计", "总计", "小计", "共计", "汇总", "累计", "总户数", "本页合计", "本页小计", "总数")
_LEADING = re.compile(r"[※*★●▲◆■·(（【\[\s]*")
_NOTES = re.compile(
    r"(?:备?注|说明|填表|填报|制表|制单|编制|编辑|审核|审批|审定|复核|核对|经办|日期|单位[:：]|以上|附[:：]|"
    r"共\s*\d+\s*[户套页行条]|第\s*\d+\s*页|打印|提示|注意|温馨提示|移交|接收|交接|签字|签名|签收|盖章|"
    r"联系人[:：]|制作|更新|截[至止]|数据来源|以下空白|\d+[、.．][^\d])"
)
_LONG = 16


def is_total(text: str) -> bool:
    """Return whether a cell names a sum."""
    return text.replace(" ", "").replace("\u3000", "").startswith(_TOTALS)


def what_else(texts: Sequence[str]) -> str:
    """Return TOTAL or NOTE for a row with the cells `texts` (none blank) that holds no data, ``''``
    where nothing speaks against data."""
    if not texts:
        return BLANK
    if any(is_total(text) for text in texts[:3]):
        return TOTAL
    first = _LEADING.sub("", texts[0], count=1)
    if _NOTES.match(first) or (len(texts) == 1 and len(first) > _LONG):
        return NOTE
    return ""


def is_sum(texts: Sequence[str]) -> bool:
    """Return whether a row holds nothing but numbers: a sum that nobody named."""
    return bool(texts) and all(re.fullmatch(r"[-+]?[\d,.]+", text) for text in texts)
