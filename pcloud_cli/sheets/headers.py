"""What a column header means: synonyms with units, hints and owners of the datum inside (3.1.1).

A header says a field, whose datum it is (an owner's, a tenant's …) and, for areas, on which basis
(forecast or surveyed). None stands in for another: a tenant's phone is no owner's phone, a
domicile locates no house, a planned hand-over is no hand-over.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pcloud_cli.i18n import N_
from pcloud_cli.sheets.characters import simplified
from pcloud_cli.sheets.fields import FIELDS
from pcloud_cli.sheets.header_english import ENGLISH, ENGLISH_WHOSE
from pcloud_cli.sheets.header_words import (
    AREA_BASIS,
    BARE_ITEMS,
    FALLBACK,
    ITEM,
    LIKELY,
    NUMBERED_OWNER,
    OTHER,
    OWNER,
    PERSON_ITEMS,
    RULES,
    SURE,
    WHOSE,
    WHOSE_FIELDS,
    Meaning,
)
from pcloud_cli.sheets.numerals import arabic_whole

__all__ = [
    "FALLBACK",
    "LIKELY",
    "MAPPABLE",
    "REASONS",
    "SURE",
    "Meaning",
    "bare_item",
    "counted",
    "judge_header",
    "mapped_meaning",
    "plain_header",
]

REASONS: dict[str, str] = {
    "unknown": N_("no field of ours is known by this header"),
    "no_header": N_("the column has values but no header"),
    "ambiguous": N_("the header can mean several things: {candidates}"),
    "side_note": N_("the column holds notes beside the list, under no header"),
    "beside_blocks": N_("the column stands beside several lists, and may belong to any of them"),
    "whose_unknown": N_("nothing says to whom this further datum belongs"),
    "other_person": N_("the datum belongs to somebody else than the owner"),
    "not_a_location": N_("a mailing or registered address does not tell where the house is"),
    "row_number": N_("the number of the row says nothing about the house"),
    "second_column": N_("another column already gives this field: {header}"),
    "sum": N_("a sum over several houses is not the area of one"),
    "ignored": N_("left out by the mapping"),
    "our_marks": N_("an earlier check wrote this column"),
    "no_house": N_("no column of the sheet says which house is meant"),
    "owners_joined": N_("its owners are taken by their number for the houses on another sheet"),
    "no_header_row": N_("no header row was found"),
    "example": N_("the sheet explains or shows an example"),
    "empty": N_("the sheet is empty"),
    "no_cells": N_("the sheet holds a chart or a macro, not cells"),
    "unreadable": N_("the sheet is damaged"),
}
"""Code → why a column or a sheet is not read; to be translated where it is printed."""

_HINT = re.compile(
    r"required|optional|必填|选填|可填|可选|单位|平方|m2|m²|㎡|元|yyyy|格式|文本|例|"
    r"如[::]|[::]|必须|请|下拉|填写|[a-z]+/[a-z]+|^[*\d\s]*$",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[(\[【〔{<]([^()\[\]【】〔〕{}<>]*)[)\]】〕}>]")
_UNITS = re.compile(r"/?(㎡|m2|m²|平方米|平米|平方)$", re.IGNORECASE)
_SLASH = re.compile("[/或、]")
_STEMS = str.maketrans("甲乙丙丁", "1234")
_COUNT = re.compile(
    r"^\s*(?:[①-⑳]|[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,2})[.、,)）])\s*(?=\D)"
)
_LATIN = re.compile(r"[a-z][a-z0-9 .,'’&/_-]*[a-z.]")
_NOISE = re.compile(r"[\s*#_★☆▼▲▽△■●◆√※\"'“”·.::;;。]+")

_DOCUMENT = re.compile("身份|护照|回乡证|台胞证|港澳通行证|军官证|营业执照|信用代码")
_PERSON = re.compile(
    f"(?:({OTHER})[一二三四1-9]?)?({OWNER}{{0,2}})(?:的)?({ITEM})([一二三四1-9甲乙丙丁]?)"
)

_ENGLISH_BASIS = (("forecast", "forecast"), ("surveyed", "surveyed"))
_ENGLISH_ONLY = re.compile(r"[a-z0-9'’ _\-/.,]+")


def plain_header(text: str) -> str:
    """Return a header as it is compared: NFKC, lower case, without blanks, hints and units.

    What stands in brackets is dropped if it is a hint or a unit, and kept without its brackets
    if it says more (``面积(套内)``).
    """
    folded = simplified(unicodedata.normalize("NFKC", _COUNT.sub("", text))).lower()
    folded = folded.replace("（", "(").replace("）", ")")

    def inside(match: re.Match[str]) -> str:
        return "" if _HINT.search(match[1]) else match[1]

    while (opened := _BRACKETS.sub(inside, folded)) != folded:
        folded = opened
    folded = _NOISE.sub("", folded)
    bare = _UNITS.sub("", folded)
    return bare or folded


@lru_cache(maxsize=4096)
def judge_header(text: str) -> Meaning:
    """Return what the header `text` means; unknown ones have the reason ``unknown``.

    Where a header in brackets (``电话（租户）``) is unknown as a whole, the bracket is read before
    the rest (租户电话), then the rest alone, then the bracket alone.
    """
    header = plain_header(text)
    if not header:
        return Meaning(reason="no_header")
    meaning = _judged(header)
    if meaning.reason != "unknown":
        return meaning
    folded = simplified(unicodedata.normalize("NFKC", text)).lower()
    inside = _NOISE.sub("", "".join(_BRACKETS.findall(folded)))
    outside = _NOISE.sub("", _BRACKETS.sub("", folded))
    if not inside or not outside:
        return _in_two_languages(folded) or meaning
    for form in (inside + outside, outside, inside):
        other = _judged(form)
        if other.field or (other.reason and other.reason != "unknown"):
            return other
        meaning = other if other.candidates else meaning
    return meaning if meaning.candidates else _in_two_languages(folded) or meaning


def _in_two_languages(header: str) -> Meaning | None:
    """Return what a header means that says the same in Chinese and English (楼栋 Building), None
    where either is unknown or they differ."""
    english = _LATIN.search(header)
    if not english or header.isascii():
        return None
    told = _english(english[0])
    chinese = _judged(plain_header(header.replace(english[0], "")))
    if not told.field or told.field not in (chinese.field, *chinese.candidates):
        return None
    return chinese if chinese.field else told


def _judged(header: str) -> Meaning:
    """Return the meaning of a header in the form of `plain_header`."""
    if _ENGLISH_ONLY.fullmatch(header):
        meaning = _english(header)
        return _either(header) if meaning.reason == "unknown" and "/" in header else meaning
    person = _person(header)
    if person is not None:
        return person
    for pattern, meaning in RULES:
        if pattern.fullmatch(header):
            return _with_basis(header, meaning)
    counted = NUMBERED_OWNER.fullmatch(header)
    if counted and (counted["before"] or counted["after"] or counted["other"]):
        return _counted(counted)
    return _either(header)


def _counted(owner: re.Match[str]) -> Meaning:
    """Return the meaning of a header that counts owners: the first is the owner, others own with
    him."""
    number, other = owner["before"] or owner["after"], owner["other"]
    first = other == "主" or (not other and number in ("1", "一", "甲"))
    return _judged(("业主" if first else "共有人") + owner["item"])


def _either(header: str) -> Meaning:
    """Return the meaning of 手机/电话, where both parts mean one thing; a question where they mean
    several (业主/租户)."""
    parts = _SLASH.split(header)
    if not 2 <= len(parts) <= 3 or not all(parts):
        return Meaning(reason="unknown")
    meanings = [_judged(part) for part in parts]
    if any(not meaning.field and not meaning.candidates for meaning in meanings):
        return Meaning(reason="unknown")
    keys = [_keys(meaning) for meaning in meanings]
    common = [key for key in keys[0] if all(key in other for other in keys[1:])]
    if common:
        return next((one for one in meanings if one.field), meanings[0])
    return Meaning(candidates=tuple(dict.fromkeys(key for each in keys for key in each)))


def _keys(meaning: Meaning) -> tuple[str, ...]:
    if not meaning.field:
        return meaning.candidates
    if not meaning.whose:
        return (f"{meaning.basis}_{meaning.field}" if meaning.basis else meaning.field,)
    return (f"{meaning.whose}_{meaning.field.removeprefix('owner_')}",)


def _other_keys() -> dict[str, Meaning]:
    keys: dict[str, Meaning] = {}
    for whose, fields in WHOSE_FIELDS.items():
        for field in sorted(fields):
            if field != whose:
                key = f"{whose}_{field.removeprefix('owner_')}"
                keys[key] = Meaning(field, whose=whose)
    for field in ("area", "net_area", "shared_area"):
        for basis in ("forecast", "surveyed"):
            keys[f"{basis}_{field}"] = Meaning(field, basis=basis)
    return keys


_OTHER_KEYS = _other_keys()
MAPPABLE: tuple[str, ...] = (*FIELDS, *_OTHER_KEYS)
"""What a header can be settled as: a field, or one that is somebody else's (``tenant_phone``) or
of one basis (``forecast_area``)."""


def mapped_meaning(field: str, header: str) -> Meaning:
    """Return what a header means that was settled as `field` (one of MAPPABLE, ``""`` for none)."""
    if not field:
        return Meaning(reason="ignored")
    if field in _OTHER_KEYS:
        return _OTHER_KEYS[field]
    basis = judge_header(header).basis if field in ("area", "net_area", "shared_area") else ""
    return Meaning(field=field, basis=basis)


def named_document(header: str) -> str:
    """Return the one document that the header of an ID column names (护照号码: 护照), ``''`` for a
    resident's card, for several, and where it names none."""
    named = _DOCUMENT.findall(plain_header(header))
    return named[0] if len(named) == 1 and named[0] != "身份" else ""


def counted(header: str) -> int:
    """Return the number by which a header, as `plain_header` gave it, counts its person (姓名2,
    第二业主, 共有人2电话, 电话2); 0 where it counts nobody."""
    found = re.fullmatch(r"第?\D*?([一二三四1-9甲乙丙丁])\D*", header)
    return max(0, "0123456789".find(arabic_whole(found[1].translate(_STEMS)))) if found else 0


def bare_item(header: str) -> str:
    """Return the field of a header, as `plain_header` gave it, that says what of a person but not
    of whom (姓名, 联系电话); else ``''``."""
    match = _PERSON.fullmatch(header)
    if match is None or match[1] or match[2]:
        return ""
    field = next(field for pattern, field in PERSON_ITEMS if re.fullmatch(pattern, match[3]))
    return field if field in BARE_ITEMS else ""


def _person(header: str) -> Meaning | None:
    """Return the meaning of a header that says whose datum and which, else None."""
    match = _PERSON.fullmatch(header)
    if match is None:
        return None
    other, owner, item, number = match.groups()
    field = next(field for pattern, field in PERSON_ITEMS if re.fullmatch(pattern, item))
    if number and not other:
        return _numbered(field, number) if field in BARE_ITEMS else None
    if other and not owner:
        whose = next((who for who, words in WHOSE.items() if re.fullmatch(words, other)), "")
        if field == "owner_name" and whose in ("tenant", "family"):
            field = whose
        if whose and field in WHOSE_FIELDS[whose]:
            return Meaning(field, whose="" if field == whose else whose)
        return None if other in ("物业", "经办人") else Meaning(reason="other_person")
    if not owner and field not in BARE_ITEMS:
        return None
    return Meaning(field)


def _numbered(field: str, number: str) -> Meaning:
    """Return the meaning of 姓名1, 身份证号2: the first is the owner's; the second name is a
    co-owner's, and what else is counted may be."""
    if number in ("1", "一", "甲"):
        return Meaning(field)
    if field == "owner_name":
        return Meaning(field, whose="co_owner")
    return Meaning(candidates=(f"co_owner_{field}",))


def _with_basis(header: str, meaning: Meaning) -> Meaning:
    if meaning.field not in ("area", "net_area", "shared_area"):
        return meaning
    for basis, pattern in AREA_BASIS:
        if pattern.search(header):
            return meaning._replace(basis=basis)
    return meaning


_ELSEWHERE = ("mailing", "contact", "postal", "registered", "permanent", "correspondence", "work")
ENGLISH_PLANNED = {
    **{f"{word}{date}": "handover_planned" for word in ("planned", "expected", "estimated")
       for date in ("handoverdate", "handover", "deliverydate", "moveindate")},
    **{f"{word}{date}": "handover_contract" for word in ("contract", "contracted", "agreed")
       for date in ("handoverdate", "handover", "deliverydate")},
}  # fmt: skip


def _english(header: str) -> Meaning:
    name = re.sub(r"[^a-z0-9]", "", header)
    basis = ""
    for word, which in _ENGLISH_BASIS:
        if name.startswith(word):
            name, basis = name[len(word) :], which
    if name in ("no", "number", "id", "seq", "row"):
        return Meaning(reason="row_number")
    if name in ("problems", "sourcerow"):
        return Meaning(reason="our_marks")
    if name.endswith("address") and name.startswith(_ELSEWHERE):
        return Meaning(reason="not_a_location")
    if name in ENGLISH_PLANNED:
        return Meaning(ENGLISH_PLANNED[name])
    field = ENGLISH.get(name) or ENGLISH.get(name.rstrip("0123456789"))
    if field is not None and (name in ENGLISH or field == "phone"):
        return Meaning(field=field, basis=basis if field.endswith("area") else "")
    for word, whose in ENGLISH_WHOSE.items():
        if name.startswith(word):
            return _english_other(whose, name[len(word) :])
    return Meaning(reason="unknown")


def _english_other(whose: str, item: str) -> Meaning:
    """Return the meaning of an English header that begins with whose it is."""
    item = item.removeprefix("s") if item.removeprefix("s") in ENGLISH else item
    field = ENGLISH.get(item, "") if item else "owner_name"
    if item in ("id", "sid"):
        field = "id_number"
    if field == "address":
        return Meaning(reason="not_a_location")
    if not whose:
        return Meaning(field) if field in BARE_ITEMS else Meaning(reason="unknown")
    if field == "owner_name" and whose == "tenant":
        return Meaning("tenant")
    if field in WHOSE_FIELDS[whose]:
        return Meaning(field, whose=whose)
    return Meaning(reason="other_person")
