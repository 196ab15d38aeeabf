"""Judging ID numbers: of residents, of people from elsewhere, and of companies (3.1.1).

Nothing is guessed: what is not certain has a status other than ``present`` and no canonical form.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

from pcloud_cli.sheets import id_checks as checks
from pcloud_cli.sheets.characters import is_blank, plain
from pcloud_cli.sheets.division_codes import PROVINCES, RESIDENCE_PERMITS, UNKNOWN, since
from pcloud_cli.sheets.values import judge_id_type


class IdJudgement(NamedTuple):
    """What an ID cell says.

    `canonical` is the number that is stored and compared (15 digits raised to 18), ``''`` unless
    `status` is ``present``. `birth` is an ISO date or ``''``, `sex` ``male``, ``female`` or
    ``''``. `code` is a code of `problems.CODES` or ``''``; `params` fill its message, and hold
    nothing private.
    """

    id_type: str
    canonical: str
    status: str
    birth: str
    sex: str
    code: str
    repaired: bool
    params: dict[str, str]


_new = tuple.__new__  # half the time of the class's own constructor
_CREDIT_PLACES = PROVINCES | {"10"}  # 10: registered with the state itself
_RESIDENT = ("", "身份证", "居民身份证", "resident_id")

_CLEAN_18 = re.compile(r"[0-9]{17}[0-9X]")
_WRONG_LAST = re.compile(r"[0-9]{17}[A-WYZ]")
_DIGITS_15 = re.compile(r"[0-9]{15}")
_LABEL = re.compile(r"^(?:居民)?(?:身份证|证件|护照|通行证|ID)(?:号码?|NO\.?)?[:. ]*(?=[A-Z0-9])")
_WORD_ONLY = re.compile(r"(?:居民)?(?:身份证|证件|护照|通行证|营业执照)(?:号码?|复印件|原件)?")
_SEPARATING = re.compile(r"[\s\-_.,'’‘`\"“”;:。、·]+")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d{1,3}")
_FLOAT_TAIL = re.compile(r"\d{12,}\.0+")
_MASKED = re.compile(r"[A-Z]?\d{0,14}(?:[*•●○◆#?]{2,}|X{3,})[\dX]{0,8}|[*•●○]{3,}.*|.*[*•●○]{3,}")
_SAME = re.compile(r"(\d)\1{4,}|[A-Z]?0+|(?:\d{6})?([1-9])\2{10,}[\dX]?")
_COUNTING = "1234567890" * 3
_TOKEN = re.compile(r"(?<![0-9A-Z])(?:\d{17}[\dX]|\d{15})(?![0-9A-Z])")
_CROSS = str.maketrans("ХхχΧ×✕✖╳⨯", "XXXXXXXXX")

_HK_ID = re.compile(r"([A-Z]{1,2})(\d{6})\(([0-9A])\)")
_HOME_RETURN = re.compile(r"[HM](?:\d{8}|\d{10})")
_TAIWAN_PERMIT = re.compile(r"\d{8}|\d{10}(?:\([A-Z0-9]\))?|[A-Z]\d{9,10}")
_OLD_FOREIGN = re.compile(r"[A-Z]{3}\d{4}(\d{6})\d{2}")
_PASSPORT = re.compile(
    r"1[45]\d{7}|[GEDSP]\d{8}|E[A-HJ-NP-Z]\d{7}|[DSP]E\d{7}|K\d{8}|KJ\d{7}|M[AB]\d{7}"
)
_ANY_PASSPORT = re.compile(r"(?=.*\d)[A-Z0-9]{6,12}")
_OFFICER = re.compile(r"([军士武文警南北沈兰成济广海空参政后装]?(?:警|兵|职)?字第?)(\d{4,10})号?")
_PLACEHOLDERS = frozenset({"18999999999", "110101199001011234"})


def judge_id(
    value: str | int | float | None, declared_type: str = "", *, today: str = ""
) -> IdJudgement:
    """Judge one ID cell.

    `value` is the cell as it was read: a number (int or float) has lost digits and is *damaged*
    whatever its length. `declared_type` is the cell that says which document it is, a code or in
    Chinese. `today` (ISO) refuses births after it.
    """
    if isinstance(value, str) and _CLEAN_18.fullmatch(value) and declared_type in _RESIDENT:
        judged = _usual(value) or _number(value, value, "", False)
    else:
        judged = _any(value, declared_type)
    if today and judged.birth > today:
        return _failed("invalid", "id_birth", judged.id_type)
    return judged


def _usual(number: str) -> IdJudgement | None:
    """Judge a resident's number of 18 characters when nothing is wrong with it; else None."""
    usual = usual_id(number)
    if usual is None:
        return None
    birth, sex = usual
    return _new(IdJudgement, ("resident_id", number, "present", birth, sex, "", False, {}))


def usual_id(cell: object) -> tuple[str, str] | None:
    """Return birth (ISO) and sex of a resident's number of 18 characters in which nothing is wrong
    and nothing was repaired; None for any other cell."""
    if type(cell) is not str or not _CLEAN_18.fullmatch(cell):
        return None
    head_sum, county_since = _head(cell[:6])
    birth, birth_sum = _birth(cell[6:14])
    total = head_sum + birth_sum + checks.TAIL_SUM[cell[14:17]]
    if not birth or checks.CHECKS[total % 11] != cell[17] or birth < county_since:
        return None
    return birth, "male" if cell[16] in "13579" else "female"


@lru_cache(maxsize=8192)
def _head(digits: str) -> tuple[int, str]:
    return checks.head_sum(digits), since(digits)


@lru_cache(maxsize=65536)
def _birth(digits: str) -> tuple[str, int]:
    return checks.birth_date(digits), checks.birth_sum(digits)


def _failed(status: str, code: str, id_type: str = "", **params: str) -> IdJudgement:
    return IdJudgement(id_type, "", status, "", "", code, False, params)


def _found(id_type: str, canonical: str, repaired: bool, code: str = "") -> IdJudgement:
    return IdJudgement(
        id_type,
        canonical,
        "present",
        "",
        "",
        code or ("id_repaired" if repaired else ""),
        repaired,
        {},
    )


@lru_cache(maxsize=16, typed=True)  # an odd cell is asked about again at once, with more care
def _any(value: str | int | float | None, declared_type: str) -> IdJudgement:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return _failed("missing", "")
    if not isinstance(value, str):
        return _failed("damaged", "id_damaged")
    if not value or value.isspace():
        return _failed("missing", "")
    if is_blank(value):
        return _failed("missing", "id_placeholder")
    shown = plain(value).translate(_CROSS).upper()
    declared = judge_id_type(declared_type).value if declared_type else ""
    bare = _SEPARATING.sub("", _LABEL.sub("", shown))
    return _not_a_number(shown, bare) or _number(bare, shown, declared, bare != value)


def _not_a_number(shown: str, bare: str) -> IdJudgement | None:
    """Judge what stands in the cell instead of a number: words, stars, several, damage."""
    if _WORD_ONLY.fullmatch(shown) or not re.search(r"[0-9*]", shown):
        return _failed("missing", "id_placeholder")
    if len(_TOKEN.findall(shown)) > 1:
        return _failed("invalid", "several_people")
    if _SCIENTIFIC.fullmatch(shown) or _FLOAT_TAIL.fullmatch(shown):
        return _failed("damaged", "id_damaged")
    counting = len(bare) >= 8 and _COUNTING.startswith(bare.removesuffix("X"))
    if counting or bare in _PLACEHOLDERS or _SAME.fullmatch(bare):
        return _failed("missing", "id_placeholder")
    if _MASKED.fullmatch(bare):
        return _failed("masked", "id_masked")
    return None


def _number(bare: str, shown: str, declared: str, repaired: bool) -> IdJudgement:
    if _CLEAN_18.fullmatch(bare):
        if declared == "uscc" and checks.is_uscc(bare):
            return _found("uscc", bare, repaired)
        return _matched(_eighteen(bare, bare, repaired=repaired), declared)
    if len(bare) == 18 and checks.looks_uscc(bare):
        return _mistyped_person(bare, declared) or _credit_code(bare, repaired)
    if _DIGITS_15.fullmatch(bare):
        return _matched(_fifteen(bare, declared, repaired), declared)
    return _elsewhere(bare, shown.replace(" ", ""), declared, repaired)


def _matched(judged: IdJudgement, declared: str) -> IdJudgement:
    """Add a warning where a certain number is of another kind than the list says."""
    same = not declared or declared in (judged.id_type, "other") or judged.code == "uscc_legacy"
    if judged.status != "present" or same:
        return judged
    return judged._replace(code="id_type_mismatch")


def _mistyped_person(bare: str, declared: str) -> IdJudgement | None:
    """Judge 17 digits and a letter that is no check character of a person's: a person's number that
    was mistyped, if the list says that it is one, or if it holds a date of birth and is no credit
    code; None where it may be a credit code."""
    if not _WRONG_LAST.fullmatch(bare) or (declared != "resident_id" and checks.is_uscc(bare)):
        return None
    if checks.birth_date(bare[6:14]):
        return _failed("invalid", "id_checksum", _kind_of_18(bare) or "resident_id")
    return _failed("invalid", "id_birth", "resident_id") if declared == "resident_id" else None


def _credit_code(bare: str, repaired: bool) -> IdJudgement:
    if checks.is_uscc(bare):
        return _found("uscc", bare, repaired)
    return _failed("invalid", "uscc_checksum", "uscc")


def _eighteen(number: str, canonical: str, *, repaired: bool) -> IdJudgement:
    """Judge 18 characters: a resident's number, a residence permit, a permanent-residence card of
    2023, or a credit code that happens to be all digits."""
    birth = checks.birth_date(number[6:14])
    kind = _kind_of_18(number)
    if birth and kind and checks.check_character(number[:17]) == number[17]:
        sex = "male" if number[16] in "13579" else "female"
        code = _division_code(number[:6], birth) if kind == "resident_id" else ""
        code = code or ("id_repaired" if repaired else "")
        return IdJudgement(kind, canonical, "present", birth, sex, code, repaired, {})
    return _not_eighteen(number, kind, birth, repaired=repaired)


def _division_code(county: str, birth: str) -> str:
    existed = since(county)
    if birth >= existed:
        return ""
    return "id_division" if existed == UNKNOWN else "id_division_young"


def _not_eighteen(number: str, kind: str, birth: str, *, repaired: bool) -> IdJudgement:
    """Judge 18 digits that are no person's number.

    A mistyped person's number is a credit code once in 31 times, so a credit code of digits alone
    must hold no date of birth, name a province where credit codes do, and its inner organisation
    code must be right too.
    """
    counting = _COUNTING.startswith(number.removesuffix("X"))
    if counting or _SAME.fullmatch(number) or number in _PLACEHOLDERS:
        return _failed("missing", "id_placeholder")
    credit = number[0] in "159" and number[2:4] in _CREDIT_PLACES and checks.is_uscc(number)
    if not birth and credit and checks.is_organisation_code(number[8:17]):
        return _found("uscc", number, repaired)
    if not birth:
        return _failed("invalid", "id_birth", kind)
    if number.endswith("000"):
        return _failed("damaged", "id_damaged", kind)
    return _failed("invalid", "id_checksum" if kind else "id_division_foreign", kind)


def _kind_of_18(number: str) -> str:
    """Return which card begins like this; ``''`` for a card of 2023 from no province."""
    if number[:6] in RESIDENCE_PERMITS:
        return "hkmt_residence"
    if number[0] != "9":
        return "resident_id"
    return "foreign_residence" if number[1:3] in PROVINCES else ""


def _fifteen(number: str, declared: str, repaired: bool) -> IdJudgement:
    if declared in ("", "resident_id", "other") and checks.birth_date(f"19{number[6:12]}"):
        whole = checks.raised(number)
        judged = _eighteen(whole, whole, repaired=repaired)
        return judged._replace(params={"given": "15"})
    if declared == "uscc":
        return _found("other", number, repaired, "uscc_legacy")
    return _failed("invalid", "id_birth", "resident_id")


def _elsewhere(bare: str, shown: str, declared: str, repaired: bool) -> IdJudgement:
    """Judge the documents of people from elsewhere, soldiers' cards, and companies' old codes."""
    fixed = _fixed_form(bare, shown, repaired)
    if fixed:
        return _matched(fixed, declared)
    if declared == "passport" and _ANY_PASSPORT.fullmatch(bare):
        return _found("passport", bare, repaired)
    if declared == "hkmt_permit" and _TAIWAN_PERMIT.fullmatch(bare):
        return _found("hkmt_permit", bare, repaired)
    if declared == "uscc":
        return _failed("invalid", "uscc_checksum", "uscc")
    if declared in ("other", "officer") and 4 <= len(bare) <= 30:
        return _found(declared, bare, repaired)
    if declared and declared != "resident_id":
        return _failed("invalid", "id_format", declared)
    if len(_TOKEN.findall(shown)) == 1 or not re.fullmatch(r"[0-9X]+", bare):
        return _failed("invalid", "id_format", declared)
    return _failed("invalid", "id_length", "resident_id", length=str(len(bare)))


def _fixed_form(bare: str, shown: str, repaired: bool) -> IdJudgement | None:
    """Recognise the documents whose numbers cannot be mistaken for others."""
    if match := _HK_ID.fullmatch(bare):
        if checks.is_hong_kong_id(*match.groups()):
            return _found("other", bare, repaired)
        return _failed("invalid", "id_checksum", "other")
    if match := _OLD_FOREIGN.fullmatch(bare):
        if checks.birth_date(f"19{match[1]}") or checks.birth_date(f"20{match[1]}"):
            return _found("foreign_residence", bare, repaired)
        return _failed("invalid", "id_birth", "foreign_residence")
    if match := _OFFICER.fullmatch(bare):
        words = match[1] if match[1].endswith("第") else f"{match[1]}第"
        return _found("officer", f"{words}{match[2]}号", repaired)
    for pattern, kind in ((_HOME_RETURN, "hkmt_permit"), (_PASSPORT, "passport")):
        if pattern.fullmatch(bare):
            return _found(kind, bare, repaired)
    if "-" in shown and checks.is_organisation_code(shown):
        return _found("other", bare, repaired=False, code="uscc_legacy")
    return None


def find_ids(text: str) -> list[tuple[str, IdJudgement]]:
    """Return each ID number of a cell that holds several, with the name that stands before it
    (``甲：…；乙：…``), ``''`` where none does."""
    shown = plain(text).translate(_CROSS).upper()
    found: list[tuple[str, IdJudgement]] = []
    start = 0
    for match in _TOKEN.finditer(shown):
        before = shown[start : match.start()].strip(" ,;、/:.()-")
        named = re.fullmatch(r"[\u3400-\u9fff·]{2,15}", _LABEL.sub("", before))
        found.append((before if named else "", judge_id(match.group())))
        start = match.end()
    return found


def age_on(birth: str, day: str) -> int:
    """Return the age in whole years on `day` of a person born on `birth`, both ISO dates."""
    return int(day[:4]) - int(birth[:4]) - (day[5:10] < birth[5:10])


def minor_code(birth: str, day: str) -> str:
    """Return ``minor_under_14``, ``minor_under_18`` or ``''`` for a birth and a day (ISO dates).

    A guardian acts for those under 18, and consents for those under 14 to the use of their data.
    """
    if len(birth) < 10:
        return ""
    age = age_on(birth, day)
    return "minor_under_14" if age < 14 else "minor_under_18" if age < 18 else ""
