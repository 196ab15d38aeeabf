"""Judging phone numbers: mobile, landline, service and foreign ones (3.1.1).

The Chinese numbering plan is small and its holes matter (174, 140 … are no people's numbers), so
it stands here; the library that knows all plans costs more than the row that it judges.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

from pcloud_cli.sheets.characters import is_blank, plain


class PhoneJudgement(NamedTuple):
    """What a phone cell says.

    `canonical` is digits only without the country's 86 (an extension follows a ``-``, a foreign
    number keeps its ``+``), ``''`` unless `status` is ``present``. `kind` is ``mobile``,
    ``landline``, ``service``, ``foreign`` or ``''``. `code` is a code of `problems.CODES` or
    ``''``.
    """

    canonical: str
    kind: str
    status: str
    code: str
    repaired: bool


class PhoneEntry(NamedTuple):
    """One of the numbers in a cell, and the name that stands before it, ``''`` where none does."""

    name: str
    judgement: PhoneJudgement


_MOBILES = r"1(?:3[0-9]|4[5-79]|5[0-35-9]|6[12567]|7[0-35-8]|8[0-9]|9[0-35-9])[0-9]{8}"
_MOBILE = re.compile(_MOBILES)
_USUAL = re.compile(rf"(?!...([0-9])\1{{7}}|13812345678){_MOBILES}")
_new = tuple.__new__  # half the time of the class's own constructor
_LANDLINE = re.compile(r"(0(?:10|2[0-57-9])[0-9]{8}|0[3-9][0-9]{2}[0-9]{7,8})")
_EXTENSION = re.compile(r"(?:-|转|EXT\.?|X|分机|,)\s*([0-9]{1,6})$")
_LOCAL = re.compile(r"[2-8][0-9]{6,7}")
_SERVICE = re.compile(r"(?:400|800)[0-9]{7}|95[0-9]{3}|9[56][0-9]{3,6}|1[0-2][0-9]{3}")
_FOREIGN = re.compile(r"\+(?!86)[1-9][0-9]{6,14}")
_CHINA = re.compile(r"^(?:\+|00)?86(?=1[3-9][0-9]{9}$|0?[1-9][0-9]{8,11}$)")
_SAMPLE = re.compile(r"1[0-9]{2}([0-9])\1{7}|13812345678")
_NOBODYS = re.compile(r"([0-9])\1{4,}|123456(?:7|78|789|7890|78901)|0+")
_MASKED = re.compile(
    r"[0-9]{2,4}-?[*•●xX#]{3,}-?[0-9]{2,4}|[*•●]{4,}[0-9]{0,4}|1[0-9]{2,9}[*•●]{2,8}"
)
_DECORATION = re.compile(r"[\s\-.()·_]+")
_LABEL = re.compile(
    r"^(?:手机|电话|联系|座机|固话|TEL|MOBILE|PHONE)(?:电话|方式|号码?)?[:. ]*", re.I
)
_EDGES = " ;；,，、。.:'\"`/|"
_TYPO = re.compile(r"[0-9][A-Z]+[0-9]{3}|(?<![A-Z])[A-Z][0-9]{7}")
_SCIENTIFIC = re.compile(r"([1-9])\.?([0-9]*)E\+?([0-9]{1,2})")
_FLOAT = re.compile(r"([0-9]{7,13})\.0+")
_RUN = re.compile(r"(?:\+|\(|[0-9])[0-9\s\-.()*]*[0-9*)]")
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·]{1,12}|[A-Za-z][A-Za-z .']{1,40}")
_TOKEN = re.compile(f"(?P<run>{_RUN.pattern})|(?P<name>{_NAME.pattern})")
_SEPARATORS = re.compile(r"[、,;/|\n]+|或|[和与及](?=[0-9+(])")
_OWN_WORDS = """
本人 业主 业主本人 自己 微信 同微信 微信同号 手机 电话 手机号 座机 固话 宅电
移动 联通 电信 常用 备用 家庭 家 单位 办公 联系电话 联系方式 手机同微信 WX TEL MOBILE PHONE WECHAT
"""
_OWN = frozenset(_OWN_WORDS.split())
"""Words beside a number that name nobody else."""


def judge_phone(value: object) -> PhoneJudgement:
    """Judge a cell that holds one phone number; one with several is ``several_phones`` (see
    `split_phones`). A number cell (13800001234.0) is as good as text, for a mobile number loses
    nothing in it; a landline number does lose its leading zero, and is *damaged*. Dates and times
    are *invalid*."""
    if isinstance(value, str) and _USUAL.fullmatch(value):
        return _new(PhoneJudgement, (value, "mobile", "present", "", False))
    return _unusual(value)


@lru_cache(maxsize=16, typed=True)  # an odd cell is asked about again at once, with more care
def _unusual(value: object) -> PhoneJudgement:
    if value is None:
        return _failed("missing", "")
    if not isinstance(value, str):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return _failed("invalid", "phone_invalid")  # a date, a time, a truth value
        return _from_number(value)
    if not value or value.isspace():
        return _failed("missing", "")
    if is_blank(value) or not any(sign.isdecimal() for sign in value):
        if value.count("*") >= 4:
            return _failed("masked", "phone_masked")
        return _failed("missing", "phone_placeholder")
    shown = _LABEL.sub("", plain(value).strip(_EDGES))
    return _one(shown, value)


def is_usual_mobile(cell: object) -> bool:
    """Say whether `cell` is the text of a mobile number in which nothing calls for a look."""
    return type(cell) is str and _USUAL.fullmatch(cell) is not None


def _failed(status: str, code: str) -> PhoneJudgement:
    return PhoneJudgement("", "", status, code, False)


def _mobile(digits: str, *, repaired: bool) -> PhoneJudgement:
    if _SAMPLE.fullmatch(digits):
        return _failed("missing", "phone_placeholder")
    return PhoneJudgement(
        digits, "mobile", "present", "phone_repaired" if repaired else "", repaired
    )


def _from_number(value: int | float) -> PhoneJudgement:
    if math.isnan(value):
        return _failed("missing", "")
    if value == 0:
        return _failed("missing", "phone_placeholder")
    if not 0 < value < 1e15 or value != int(value):
        return _failed("invalid", "phone_invalid")
    digits = str(int(value))
    judged = _one(digits, digits)
    if judged.status != "present" and _LANDLINE.fullmatch(f"0{digits}"):
        return _failed("damaged", "phone_damaged")
    return judged


def _one(shown: str, given: str) -> PhoneJudgement:
    if whole := _FLOAT.fullmatch(shown):
        shown = whole[1]
    if number := _SCIENTIFIC.fullmatch(shown.upper()):
        if len(number[2]) > int(number[3]):
            return _failed("invalid", "phone_invalid")
        if len(number[2]) < int(number[3]):
            return _failed("damaged", "phone_damaged")
        shown = number[1] + number[2]
    if _MASKED.fullmatch(shown.replace(" ", "")):
        return _failed("masked", "phone_masked")
    bare = _DECORATION.sub("", shown)
    home = _CHINA.sub("", bare)
    if home[:1] == "0" and _MOBILE.fullmatch(home[1:]):
        home = home[1:]  # as it is dialled from another city
    if _MOBILE.fullmatch(home):
        return _mobile(home, repaired=home != given)
    if home != bare and home[0] != "0":
        home = f"0{home}"
    if _NOBODYS.fullmatch(home):
        return _failed("missing", "phone_placeholder")
    usual = given.isascii() and home in (bare, bare.removeprefix("+"))
    return _other(shown, home, usual) or _unclear(shown)


def _other(shown: str, bare: str, usual: bool) -> PhoneJudgement | None:
    """Judge what is no mobile number. `usual`: written as people usually do, so nothing was
    repaired."""
    abroad = f"+{bare[2:]}" if re.match(r"00[1-9]", bare) else bare
    if _FOREIGN.fullmatch(abroad):
        return PhoneJudgement(abroad, "foreign", "present", "", False)
    code = "" if usual else "phone_repaired"
    for pattern, kind in ((_LANDLINE, "landline"), (_SERVICE, "service")):
        if pattern.fullmatch(bare):
            return PhoneJudgement(bare, kind, "present", code, not usual)
    if _LOCAL.fullmatch(bare):
        return PhoneJudgement(bare, "landline", "present", "phone_no_area", False)
    if extension := _EXTENSION.search(shown.upper()):
        main = _DECORATION.sub("", shown[: extension.start()])
        main = _CHINA.sub("", main)
        if _LANDLINE.fullmatch(main) or _LOCAL.fullmatch(main):
            area = "phone_no_area" if _LOCAL.fullmatch(main) else ""
            return PhoneJudgement(f"{main}-{extension[1]}", "landline", "present", area, False)
    return None


def _unclear(shown: str) -> PhoneJudgement:
    if _TYPO.search(shown.upper()):
        return _failed("invalid", "phone_invalid")  # 139O2345678
    numbers = [run for run in _RUN.findall(shown) if len(_DECORATION.sub("", run)) >= 7]
    several = (
        len(re.findall(r"[0-9]{7,}", shown)) > 1
        or len(numbers) > 1
        or (len(numbers) == 1 and re.search(r"[^\W\d_]", shown))
    )
    return _failed("invalid", "several_phones" if several else "phone_invalid")


def split_phones(value: str | int | float | None) -> list[PhoneEntry]:
    """Return every number of a cell that may hold several, each with the name before it.

    ``甲：13800001234、02062340000；乙：13900001234`` gives three entries; the second belongs to 甲.
    One that cannot be read stays in the list with its status; an empty cell gives ``[]``.
    """
    judged = judge_phone(value)
    if judged.kind == "mobile":
        return [PhoneEntry("", judged)]
    if judged.code != "several_phones" or not isinstance(value, str):
        empty = judged.status == "missing" and not judged.code
        return [] if empty else [PhoneEntry("", judged)]
    entries: list[PhoneEntry] = []
    name = ""
    for part in re.split(r"([;\n])", plain(value.replace("\n", ";"))):
        if part == ";":
            name = ""
            continue
        for piece in _SEPARATORS.split(part):
            found, name = _pieces(piece, name)
            entries.extend(found)
    return entries


def _pieces(piece: str, name: str) -> tuple[list[PhoneEntry], str]:
    """Return the numbers of a piece between separators, and whose the next piece is.

    `name` stands before the piece. A name belongs to the numbers behind it; in a piece that
    begins with a number (``13800001234（妻）``), to those before it.
    """
    tokens = [(match.lastgroup, match.group()) for match in _TOKEN.finditer(piece)]
    behind = bool(tokens) and tokens[0][0] == "run"
    found: list[PhoneEntry] = []
    waiting = len(found)
    for kind, text in tokens:
        if kind == "run":
            found.extend(PhoneEntry(name, one) for one in _numbers(text))
            continue
        bare = text.strip(" .")
        whose = "" if bare.upper() in _OWN else bare
        if not behind:
            name = whose or name
            continue
        found[waiting:] = [each._replace(name=whose or each.name) for each in found[waiting:]]
        waiting = len(found)
    return found, name


def _numbers(run: str) -> list[PhoneJudgement]:
    """Return the number that a run of digits is, or those that blanks part it into."""
    whole = judge_phone(run.strip())
    parts = run.split()
    if whole.status == "present" or len(parts) < 2:
        return [whole]
    return [judge_phone(part) for part in parts]
