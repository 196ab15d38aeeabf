"""Whose a bare header is (姓名, 身份证号, 电话), told by the columns it stands among (3.1.1).

业主姓名, 电话, 紧急联系人, 电话: the second phone is the contact's. What the columns leave open is
asked; nobody's datum is taken for another's.
"""

from __future__ import annotations

from collections.abc import Sequence

from pcloud_cli.sheets.header_rows import HeaderCell
from pcloud_cli.sheets.header_words import WHOSE_FIELDS, Meaning
from pcloud_cli.sheets.headers import bare_item, counted

_NAMING = {"tenant": "tenant", "family": "family", "emergency_name": "emergency"}
_PERSONAL = frozenset({"owner_name", "sex", "birth", "id_type", "id_number", "phone"})
_UNKNOWN = "?"
_OUTSIDER = "outsider"
_SECOND_NAME = ("co_owner_name", "family", "tenant")


def told_apart(cells: Sequence[HeaderCell]) -> list[HeaderCell]:
    """Return `cells` (in sheet order) with the meaning of bare headers settled or made a
    question."""
    bare = [_bare(cell) for cell in cells]
    several = any(
        cell.meaning.whose == "co_owner"
        and cell.meaning.field == "owner_name"
        and counted(cell.plain) > 1
        for cell in cells
    )
    owners = any(cell.meaning.field == "owner_name" and not cell.meaning.whose for cell in cells)
    who, open_ = "", False
    taken: set[str] = set()
    told: list[HeaderCell] = []
    for at, cell in enumerate(cells):
        field = bare[at]
        meaning = cell.meaning
        if several and field and (number := counted(cell.plain)) and not cell.settled:
            # 姓名1, 电话1, 姓名2, 电话2: each datum belongs to the name of its number
            meaning = Meaning(field) if number == 1 else _of(field, "co_owner")
        elif field == "owner_name" and not cell.settled:
            who, open_, meaning = _second_name(cells, at, taken, who)
        elif field and who and not cell.settled:
            later = not owners or field in bare[at + 1 :] or _explicit(cells[at + 1 :], field)
            meaning = _belonging(meaning, field, who, taken, later=later, open_=open_)
        else:
            alone = "owner_name" not in taken and "emergency_name" in meaning.candidates
            who, open_ = ("", False) if alone else _next(cell, who, open_)
        if meaning.field in _PERSONAL and not meaning.whose:
            taken.add(meaning.field)
        told.append(cell._replace(meaning=meaning))
    return told


def _bare(cell: HeaderCell) -> str:
    return "" if cell.grouped or cell.meaning.whose else bare_item(cell.plain)


def _explicit(cells: Sequence[HeaderCell], field: str) -> bool:
    return any(cell.meaning.field == field and not cell.meaning.whose for cell in cells)


def _next(cell: HeaderCell, who: str, open_: bool) -> tuple[str, bool]:
    """Return whose the following bare headers are, once `cell` has passed, and whether they
    could be the owner's as well as theirs."""
    meaning = cell.meaning
    if meaning.whose:
        return meaning.whose, True
    if meaning.field in _NAMING:
        # 家庭成员 holds whole people in a cell; 家属姓名 holds a name, and more may follow
        return _NAMING[meaning.field], meaning.field != "family" or "姓名" in cell.plain
    if meaning.field == "owner_name" or (meaning.field == "emergency_phone" and who == "emergency"):
        return "", False
    if meaning.reason == "other_person":
        return _OUTSIDER, True
    if "emergency_name" in meaning.candidates:
        return "emergency", True  # 联系人 beside an owner
    if meaning.field in _PERSONAL or meaning.reason or meaning.candidates or who == _UNKNOWN:
        return who, open_
    return "", False


def _second_name(
    cells: Sequence[HeaderCell], at: int, taken: set[str], who: str
) -> tuple[str, bool, Meaning]:
    meaning = cells[at].meaning
    if "owner_name" not in taken:
        return "", False, meaning
    if who == "co_owner" and cells[at - 1].meaning.whose != "co_owner":
        return who, True, meaning._replace(whose="co_owner")
    following = " ".join(cell.plain for cell in cells[at + 1 : at + 4])
    if "关系" in following:
        return "family", True, Meaning("family")
    if "份额" in following and any("份额" in cell.plain for cell in cells[:at]):
        return "co_owner", True, Meaning("owner_name", whose="co_owner")
    return _UNKNOWN, True, Meaning(candidates=_SECOND_NAME)


def _belonging(
    meaning: Meaning, field: str, who: str, taken: set[str], *, later: bool, open_: bool
) -> Meaning:
    """Return the meaning of a bare header among the columns of `who`.

    `later`: another column gives the owner's (or there is no owner). `open_`: it may be either's.
    """
    if who == _UNKNOWN:
        return Meaning(reason="whose_unknown")
    theirs = _of(field, who)
    if field in taken or later:
        return theirs
    if not open_:
        return meaning
    if theirs.reason:
        return meaning if who == "emergency" else Meaning(candidates=(field,))
    key = theirs.field if not theirs.whose else f"{who}_{theirs.field.removeprefix('owner_')}"
    return Meaning(candidates=(field, key))


def _of(field: str, who: str) -> Meaning:
    if who == "emergency":
        return Meaning("emergency_phone") if field == "phone" else Meaning(reason="other_person")
    if who in WHOSE_FIELDS and field in WHOSE_FIELDS[who]:
        return Meaning(field, whose=who)
    return Meaning(reason="other_person")
