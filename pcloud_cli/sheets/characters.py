"""Characters as they arrive in cells, made plain: widths, dashes, spaces that cannot be seen."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
    "|[\U000e0000-\U000e0fff]"
)
_DASHES = re.compile("[\u2010-\u2015\u2212\u2043\u02d7\u2500\u30fc\ufe58\ufe63\uff0d\u4e00]")
_FOREIGN_DIGITS = re.compile(r"[^\D0-9]")
_SPACES = re.compile(r"\s+")
_PLAIN = re.compile("[!-~\u3005\u4e01-\u9fa5]+")  # all but 一, which may be a dash

_TRADITIONAL = str.maketrans(
    "棟樓號單層戶區園門鋪車庫儲間業別聯獨雙疊貳團塊東莊灣廣華麗濱"
    "數電話絡證碼築積備註產權購買賣屬縣國護類種狀態實測預計劃約開關係緊應員個銷裝飾臺職務資訊訂紀錄編"
    "陽專圍稱貨機動監領鑰時歲從無沒暫補確認簽傳郵齡籍營業執照統社會組織納稅識據",
    "栋楼号单层户区园门铺车库储间业别联独双叠贰团块东庄湾广华丽滨"
    "数电话络证码筑积备注产权购买卖属县国护类种状态实测预计划约开关系紧应员个销装饰台职务资讯订纪录编"
    "阳专围称货机动监领钥时岁从无没暂补确认签传邮龄籍营业执照统社会组织纳税识据",
)

_BLANK_WORDS = """
无 无无 没有 暂无 暂缺 暂未提供 空 缺 缺失 未知 不详 不明 未提供 未填 未填写 未登记 未录入 未留
待补 待补充 待补录 待完善 待定 待填 待录入 待核实 无资料 无信息 无数据 资料缺失 补
NULL NONE NIL N/A NA #N/A #REF! #VALUE! #NAME? #DIV/0! #NULL! UNKNOWN TBD UNDEFINED NAN
"""
BLANK_WORDS = frozenset(_BLANK_WORDS.split())
"""Words that only say that nothing is known."""
_SIGNS = frozenset("/\\-_.·。、,，;；:：?？!！*×~～|—+=#'\"()（）[]{}<> 　")


def seen(text: str) -> str:
    """Return `text` without zero-width signs, direction marks and other controls (tab and
    newline stay)."""
    return _UNSEEN.sub("", text) if not text.isascii() or not text.isprintable() else text


def plain(text: str) -> str:
    """Return `text` in NFKC (full-width digits and letters become ordinary ones), without unseen
    signs, with every dash written ``-`` where it stands between other characters, runs of
    white space made one blank and the ends stripped.

    This is for identifiers, addresses and search keys; a name keeps its own form.
    """
    if text.isascii() and text.isprintable():
        return _SPACES.sub(" ", text).strip()
    if _PLAIN.fullmatch(text):
        return text
    folded = unicodedata.normalize("NFKC", _UNSEEN.sub("", text))
    folded = _FOREIGN_DIGITS.sub(lambda sign: str(unicodedata.decimal(sign[0])), folded)
    return _SPACES.sub(" ", _dashed(folded)).strip()


def _dashed(text: str) -> str:
    """Turn the many dashes into ``-``; the numeral 一 counts as one only between two digits."""

    def dash(match: re.Match[str]) -> str:
        if match.group() != "一":
            return "-"
        left, right = text[: match.start()][-1:], text[match.end() :][:1]
        return "-" if left.isascii() and left.isdigit() and right.isdigit() else "一"

    return _DASHES.sub(dash, text)


def simplified(text: str) -> str:
    """Return `text` with the traditional signs of a register's own words (樓棟, 業主姓名, 未售) in
    their simplified form; names of people are not for this."""
    return text if text.isascii() else text.translate(_TRADITIONAL)


@lru_cache(maxsize=4096)
def is_blank(text: str) -> bool:
    """Say whether `text` only tells that nothing is known: empty, signs alone, ``无``, ``待补``,
    an error value of a formula, and the like."""
    shown = simplified(plain(text)).upper().replace(" ", "")
    return shown in BLANK_WORDS or all(sign in _SIGNS for sign in shown)
