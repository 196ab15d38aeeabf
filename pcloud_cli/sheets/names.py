"""Judging names: of persons and of companies (3.1.1)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from pcloud_cli.sheets.characters import BLANK_WORDS, is_blank, plain, seen


class NameJudgement(NamedTuple):
    """What a name cell says.

    `name` is in NFC, ``''`` where the cell names nobody; `name_key` is what searches compare
    (NFKC, case folded, no blanks). `kind` is ``person``, ``company`` or ``''``. `code` is a code
    of `problems.CODES` or ``''``. Where `several` is true the cell names more than one person,
    and `name` is the whole text.
    """

    name: str
    name_key: str
    kind: str
    code: str
    several: bool


_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"
_LONGEST = 300
"""No cell names more people than fit into so many characters; looking at longer ones takes long."""
_USUAL = re.compile("[\u4e00-\u9fff]{2,4}")
_HAN_SIGN = re.compile(f"[{_HAN}]")
_HAN_NAME = re.compile(f"[{_HAN}]{{1,8}}")
_MINORITY = re.compile(f"[{_HAN}]{{1,12}}(?:·[{_HAN}]{{1,12}}){{1,5}}")
_FOREIGN = re.compile(r"[^\W\d_][^\W\d_'’`. -]*(?:[ '’`.-]+[^\W\d_]+)*\.?")
_FOREIGN_ORDER = re.compile(r"[^\W\d_]+(?:[ '-][^\W\d_]+)*, ?[^\W\d_]+(?:[ '-][^\W\d_]+)*")
_ANY_DOT = re.compile(r"(?<=[^\x00-\x7f])\s*[.．·・‧∙•⋅･]\s*(?=[^\x00-\x7f])")
_SPLIT = re.compile(r"\s*[、﹑,，﹐/／;；﹔|｜&＆+＋\n]\s*|和(?=[\u4e00-\u9fff]{2,3}$)")
_JOINED = re.compile(r"\s*[与及—–-]\s*")
_ORDER = re.compile(r"^(?:[甲乙丙丁戊]|[一二三四1-4]|夫|妻|父|母)\s*[:：.．]\s*")
_WITH = re.compile(
    r"([\u3400-\u9fff]{2,4})\s*[(（]共(?:有人|有权人|同共有人)\s*[:：]\s*([^()（）]+)[)）]"
)
_LABEL = re.compile(r"^(?:业主|户主|房主|产权人|姓名)(?:姓名)?\s*[:：]?\s*(?=[\u3400-\u9fff]{2})")
_PLAIN_NOTE = re.compile(
    r"[(（\[【](?:男|女|先生|女士|小姐|业主|本人|业主本人|户主|产权人)[)）\]】]$"
)
_TOGETHER = re.compile(
    r"(?:夫妇|夫妻|一家|全家|等)(?:[\d二两三四五]+(?:人|口))?$|等[\d二两三四五]+人"
)
_ROLE = re.compile(r"^(?:代理人|委托人|受托人|委托代理人|法人|联系人|经办人|监护人|共有人)")
_NOTE = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
_PERSON_NOTE = re.compile(r"委托|代理|共有|配偶|夫妻|妻|夫|父|母|子|女|[:：]")
_FORMULA = re.compile(r"^\s*(?:[\"']|%0[AaDd])*[=+@|\-]|[<>|{}\\]|://")
_INCOMPLETE = re.compile(f"[{_HAN}]{{1,2}}(?:先生|女士|小姐|太太|老师|师傅|老板|总)")
_HAN_LIST = re.compile(f"[{_HAN}]+(?:[|｜][{_HAN}]+)+")
_KANGXI = re.compile("[\u2f00-\u2fdf]")
_RADICAL = re.compile("[\u2e80-\u2eff\u2ff0-\u2fff\ue000-\uf8ff\U000f0000-\U0010ffff\ufffd?？]")
_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\u202a-\u202e\u2066-\u2069]")

_COMPANY = re.compile(
    "公司|集团|有限合伙|合作社|合伙企业|事务所|委员会|居委会|村委会|银行|信用社|学校|大学|医院|研究院|研究所|"
    "管理处|管理局|办事处|政府|基金会|协会|经营部|商行|门市部|开发区|..(?:置业|地产|房产|物业|商贸|贸易|实业|科技|酒店|宾馆|超市|投资|控股|药房|诊所)$|..厂$|.{3,}(?:中心|局|院|社|店|部|站|所)$|"
    r"\b(?:LTD|LIMITED|INC|LLC|CORP|CORPORATION|COMPANY|CO|GMBH|PLC)\b",
    re.I,
)
_TELLING = frozenset(
    "司团伙社业所会行校学院处局府部区厂心店站生士姐太师傅板总产贸易技馆市资股房等妇妻家"
)
"""The last characters of short companies, forms of address and words for several; all other short
names are quick, unless their second is 主 (户主…)."""
_new = tuple.__new__  # half the time of the class's own constructor
_DEVELOPER_WORDS = "开发商 建设单位 发展商 开发公司 房开 房开公司 地产公司 项目公司"
_DEVELOPER = frozenset(_DEVELOPER_WORDS.split())
_NOBODY_WORDS = """
业主 姓名 业主姓名 某某 某某某 未售 待售 空置 空房 未登记业主 业主本人 本人 同上 不愿透露 保密
测试 XXX XX TEST
"""
_NOBODY = frozenset(_NOBODY_WORDS.split())
_COMPOUND_SURNAMES = """
欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 司空 夏侯 端木 百里 呼延 南宫 长孙 宇文
轩辕 独孤 闻人 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 仲孙 钟离 鲜于 闾丘 东郭 南门 西门 拓跋 第五
"""
_COMPOUND = frozenset(_COMPOUND_SURNAMES.split())
_SIGNS_OF_SEX = frozenset("男女夫妻父母子")
_NOT_NAMES = _DEVELOPER | _NOBODY | BLANK_WORDS
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢"
    "姜崔钟谭陆汪范金石廖贾夏韦傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施"
    "文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮纪梅童凌毕单季裴霍涂成苗谷盛"
    "曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席"
    "卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
    "萧阎冼湛谌荀蔺扈晁鞠荆靖楚狄姬宿班伊幸韶薄印索籍屠胥莘郦雍濮燕浦茹习容戈匡阙阚蒯竺权桓逄邸植禤柯揭练昝危粟"
    "張劉陳楊黃趙吳孫馬許鄧馮蕭葉蘇呂盧蔣賈鄭謝韓羅錢龔嚴賴譚陸鄒閻鍾韋龍萬賀顧閔歐簡連關莊"
)


def judge_name(value: str | None) -> NameJudgement:
    """Judge one name cell; see `NameJudgement`, and `split_names` for cells that name several."""
    if value is None:
        return _nobody("")
    if _USUAL.fullmatch(value) and value not in _NOT_NAMES and value[1] != "主":
        if value[-1] in "等妇妻家" and _TOGETHER.search(value[2:]):
            return _unusual(value)
        kind, code = "person", ""
        if (value[-1] in _TELLING or "公司" in value) and _COMPANY.search(value):
            kind = "company"
        elif value[-1] in _TELLING and _INCOMPLETE.fullmatch(value):
            code = "name_incomplete"
        return _new(NameJudgement, (value, value, kind, code, False))
    return _unusual(value)


@lru_cache(maxsize=16)  # an odd cell is asked about again at once, with more care
def _unusual(value: str) -> NameJudgement:
    text = " ".join(unicodedata.normalize("NFC", seen(value)).replace("\u3000", " ").split(" "))
    text = text.strip()
    if not text or is_blank(text):
        return _nobody("name_placeholder" if text else "")
    if len(text) > _LONGEST:
        return NameJudgement(text, plain(text).casefold(), "person", "name_suspicious", False)
    return _whole(text, value)


def is_ordinary(name: str) -> bool:
    """Say whether `name` is a person's of two to four usual characters, as nothing else could be;
    it is then its own `name_key`."""
    return (
        _USUAL.fullmatch(name) is not None
        and name[-1] not in _TELLING
        and name[1] != "主"
        and name not in _NOT_NAMES
        and "公司" not in name
    )


def _nobody(code: str) -> NameJudgement:
    return NameJudgement("", "", "", code, False)


def _judged(name: str, kind: str, code: str, several: bool = False) -> NameJudgement:
    key = plain(name).casefold().replace(" ", "")
    return NameJudgement(name, key, kind, code, several)


def _whole(text: str, given: str) -> NameJudgement:
    word = plain(text).upper().replace(" ", "")
    if word in _DEVELOPER:
        return _nobody("name_developer")
    if word in _NOBODY or word.isdigit():
        return _nobody("name_placeholder")
    if _FORMULA.search(plain(text)) and not _HAN_LIST.fullmatch(text):
        return _judged(text, "person", "name_formula")
    bare = _NOTE.sub("", text)
    if _COMPANY.search(text) and not _SPLIT.search(
        bare.replace(", ", " ") if bare.isascii() else bare
    ):
        return _judged(" ".join(text.split()), "company", "")
    if len(split_names(text)) > 1 or (_TOGETHER.search(text) and len(text) > 2):
        return _judged(text, "person", "several_people", several=True)
    return _person(_bare(text), given)


def _bare(text: str) -> str:
    """Return a name without what only says that it is one: 业主：, （男）, brackets around it."""
    shown = _PLAIN_NOTE.sub("", text.rstrip("、，,；; "))
    if shown[:1] in "(（" and shown[-1:] in ")）" and _HAN_NAME.fullmatch(shown[1:-1]):
        shown = shown[1:-1]
    whole = _LABEL.sub("", shown)
    return whole if whole == shown or _is_whole(whole) else shown


def _person(text: str, given: str) -> NameJudgement:
    note = "".join(_NOTE.findall(text))
    if note and _PERSON_NOTE.search(note):
        return _judged(text, "person", "several_people", several=True)
    name = _KANGXI.sub(lambda sign: unicodedata.normalize("NFKC", sign[0]), text)
    name = _ANY_DOT.sub("·", name)
    parts = name.split()
    unsure = len(parts) > 1 and (
        (all(len(part) > 1 for part in parts) and parts[0] not in _COMPOUND)
        or (len(parts[0]) > 1 and parts[-1] in _SIGNS_OF_SEX)
    )
    if not name.isascii() and not unsure and _HAN_NAME.fullmatch("".join(parts)):
        name = "".join(parts)
    name = " ".join(name.split())
    if _SELECTOR.search(given) or _RADICAL.search(name):
        return _judged(name, "person", "name_suspicious")
    if _INCOMPLETE.fullmatch(name):
        return _judged(name, "person", "name_incomplete")
    if _HAN_SIGN.search(name) and (unsure or "-" in name):
        return _judged(name, "person", "name_suspicious")
    good = any(form.fullmatch(name) for form in (_HAN_NAME, _MINORITY, _FOREIGN, _FOREIGN_ORDER))
    if not good or len(name) > 60:
        return _judged(name, "person", "name_suspicious")
    return _judged(name, "person", "" if name == given.strip(" ") else "name_repaired")


def split_names(text: str) -> list[str]:
    """Return the names of a cell that names several persons; ``[]`` where it names one, or where
    nobody can tell how many.

    A name padded with blanks (``张　三``) is one; two of two characters and more are two; an ASCII
    dot parts two names where both could be whole (``张小琴.李丽``), else it is a minority name's.
    """
    shown = text.strip()
    if together := _WITH.fullmatch(shown):
        others = split_names(together[2]) or [together[2].strip()]
        return [together[1], *others] if all(map(is_usual, others)) else []
    if _FOREIGN_ORDER.fullmatch(shown) and not _HAN_SIGN.search(shown):
        return []
    parts = [_ORDER.sub("", part.strip()) for part in _SPLIT.split(shown) if part.strip()]
    joined = _JOINED.split(shown)
    if len(parts) == 1 and len(joined) > 1 and all(map(_is_whole, joined)):
        return joined
    if len(parts) > 1:
        return [name for part in parts for name in (split_names(part) or [part])]
    dotted = re.split(r"\s*[.．]\s*", shown)
    if len(dotted) > 1 and all(_is_whole(part) for part in dotted):
        return dotted
    spaced = shown.split()
    if (
        len(spaced) > 1
        and not shown.isascii()
        and all(_HAN_NAME.fullmatch(part) for part in spaced)
    ):
        return _spaced(spaced)
    return []


def is_usual(name: str) -> bool:
    """Say whether `name` is surely a person's and no remark: a usual surname and one or two more
    characters, a minority's name with its dot, or a foreign one."""
    return _is_whole(name) or (
        bool(_MINORITY.fullmatch(name) or _FOREIGN.fullmatch(name))
        and ("·" in name or name.isascii())
    )


def _is_whole(part: str) -> bool:
    return (len(part) in (2, 3) and part[0] in _SURNAMES) or (
        part[:2] in _COMPOUND and len(part) > 2
    )


def _is_likely(part: str) -> bool:
    """Say whether `part` could be a whole name beside others: two to four characters, the first
    of which is a surname, or is so rare that only a surname is written with it."""
    return 1 < len(part) < 5 and (
        part[0] in _SURNAMES or part[:2] in _COMPOUND or not "\u4e00" <= part[0] <= "\u9fa5"
    )


def _spaced(parts: list[str]) -> list[str]:
    """Tell several names from one that is padded to a width."""
    if len(parts) == 2 and (1 in map(len, parts) or parts[0] in _COMPOUND):
        return []
    if any(_ROLE.match(part) or not _is_likely(part) for part in parts):
        return []
    if all(len(part) == 1 for part in parts) and len(parts) <= 3:
        return []
    return parts
