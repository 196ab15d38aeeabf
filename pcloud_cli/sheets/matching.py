"""Several people in one cell: which ID number, phone, sex or share is whose (3.1.1).

A value goes to a person where the cell names that person before it, or where the cell lists as
many values as there are people, in the same order. Anything else is nobody's: it is listed and
kept as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pcloud_cli.sheets.cells import Cell
from pcloud_cli.sheets.characters import is_blank, plain
from pcloud_cli.sheets.identity import IdJudgement, find_ids, judge_id
from pcloud_cli.sheets.measures import Share, judge_share
from pcloud_cli.sheets.names import NameJudgement, judge_name
from pcloud_cli.sheets.phone import PhoneEntry, PhoneJudgement, judge_phone, split_phones

Note = Callable[..., None]
"""note(code, key, value, params): a problem of the row, at the column that has the key."""

NO_ID = IdJudgement("", "", "missing", "", "", "", False, {})
NO_SHARE = Share("", 0, 0, "")
_SEPARATORS = (
    re.compile(r"[、,，;；|\n]"),
    re.compile(r"[、,，;；/／|\n]"),
    re.compile(r"\s+"),
)
_NTH = re.compile(r"([甲乙丙丁戊一二三四五1-5]\s*[:：.．](?!\d[.．])|[①-⑤])\s*")
_SERIES = ("甲乙丙丁戊", "一二三四五", "12345", "①②③④⑤")
_JOINT = NO_SHARE._replace(kind="joint")


def listed(cell: Cell, count: int) -> list[str]:
    """Return the `count` values that a cell lists, parted by signs or else by blanks; ``[]`` where
    it lists another number of them."""
    if not isinstance(cell, str):
        return []
    for separator in _SEPARATORS:
        parts = [part.strip() for part in separator.split(cell.strip().strip("、,，;；/／"))]
        if len(parts) == count and all(parts):
            return parts
    return []


def _uncounted(cell: Cell, count: int) -> Cell:
    """Return `cell` without the numbering of its `count` values (``甲：…；乙：…``), if in order."""
    parts = listed(cell, count)
    counted = [match for part in parts if (match := _NTH.match(part))]
    if not counted or len(counted) < count or count > len(_SERIES[0]):
        return cell
    if "".join(match[1][0] for match in counted) not in {series[:count] for series in _SERIES}:
        return cell
    return "；".join(part[match.end() :] for part, match in zip(parts, counted, strict=True))


def matched_ids(
    names: Sequence[NameJudgement], cell: Cell, note: Note, key: str = "id_number"
) -> list[IdJudgement]:
    """Return the ID number of each of `names`, as far as `cell` tells for certain."""
    none = [NO_ID] * len(names)
    if cell == "" or (isinstance(cell, str) and is_blank(cell)):
        return none
    cell = _uncounted(cell, len(names))
    given = find_ids(cell) if isinstance(cell, str) else []
    found = [("" if is_blank(name) else name, one) for name, one in given]
    keys = [judge_name(name).name_key for name, _one in found if name]
    if keys:
        wanted = {name.name_key for name in names}
        if len(set(keys)) == len(keys) == len(found) and set(keys) <= wanted:
            by_name = dict(zip(keys, (one for _name, one in found), strict=True))
            return _noted([by_name.get(name.name_key, NO_ID) for name in names], cell, note, key)
    else:
        parts = listed(cell, len(names))
        judged = [judge_id(part) for part in parts]
        unread = [part for part, one in zip(parts, judged, strict=True) if one.code == "id_format"]
        if any(find_ids(part) for part in unread):
            note("several_people", key, cell)  # something beside the number says whose it is
            return none
        if parts:
            return _noted(judged, cell, note, key)
        if len(found) == len(names):
            return _noted([one for _name, one in found], cell, note, key)
    note("several_people", key, cell)
    return none


def _noted(judged: list[IdJudgement], cell: Cell, note: Note, key: str) -> list[IdJudgement]:
    for code, params in {one.code: one.params for one in judged if one.code}.items():
        note(code, key, cell, params)
    numbers = [one.canonical for one in judged if one.canonical]
    if len(set(numbers)) < len(numbers):
        # one number for two people is nobody's
        note("id_shared", key, cell, {"count": str(len(judged))})
        return [NO_ID if one.canonical else one for one in judged]
    return judged


def matched_phones(
    names: Sequence[NameJudgement], cells: Sequence[tuple[str, Cell]], note: Note
) -> list[list[PhoneJudgement]]:
    """Return the phones of each of `names`; `cells` are (key, cell) of the columns for phones."""
    found: list[list[PhoneJudgement]] = [[] for _name in names]
    at = {name.name_key: place for place, name in enumerate(names)}
    given = [(key, cell) for key, cell in cells if cell != "" and not is_blank(str(cell))]
    if len(given) == 1:
        given = [(key, _uncounted(cell, len(names))) for key, cell in given]
    for key, cell in given:
        entries = _entries(cell)
        owners = [judge_name(entry.name).name_key for entry in entries if entry.name]
        if owners and len(owners) == len(entries) and set(owners) <= set(at):
            places = [at[owner] for owner in owners]
        elif not owners and len(given) == 1 and len(entries) == len(names):
            places = list(range(len(names)))
        elif not owners and len(given) == 1 and (parts := listed(cell, len(names))):
            entries = [PhoneEntry("", judge_phone(part)) for part in parts]
            places = list(range(len(names)))
        else:
            note("several_people", key, cell)
            continue
        for code in dict.fromkeys(entry.judgement.code for entry in entries):
            if code:
                note(code, key, cell)
        for place, entry in zip(places, entries, strict=True):
            found[place].append(entry.judgement)
    return found


def _entries(cell: Cell) -> list[PhoneEntry]:
    return split_phones(cell if isinstance(cell, str | int | float) else str(cell))


def matched_shares(count: int, cell: Cell, note: Note, key: str = "share") -> list[Share]:
    """Return the share of each of `count` people: one each, the same for all where that adds up to
    the whole, or joint ownership without shares."""
    joint = [_JOINT] * count
    if cell == "" or (isinstance(cell, str) and is_blank(cell)):
        return joint
    parts = listed(cell, count)
    if parts:
        shares = [judge_share(part) for part in parts]
        if all(share.kind == "shares" for share in shares):
            return shares
    if ratio := _ratio(cell, count):
        return ratio
    whole = judge_share(cell if isinstance(cell, str | int | float) else str(cell))
    if whole.kind == "shares" and whole.numerator * count == whole.denominator:
        return [whole] * count
    if whole.kind == "joint" or (whole.kind == "shares" and not whole.numerator):
        return joint
    if whole.kind != "sole" or whole.numerator:
        note("several_people", key, cell)
    return joint


def _ratio(cell: Cell, count: int) -> list[Share]:
    """Return the shares that ``6:4`` gives to `count` people; ``[]`` where it is no such ratio."""
    parts = plain(cell).replace(" ", "").split(":") if isinstance(cell, str) else []
    if len(parts) != count or count < 2 or not all(part.isdecimal() for part in parts):
        return []
    whole = sum(map(int, parts))
    return [judge_share(f"{part}/{whole}") for part in parts] if "0" not in parts and whole else []


def own_id(name: NameJudgement, cell: Cell, judged: IdJudgement, note: Note) -> IdJudgement:
    """Return the ID number of the one owner `name` where the cell writes names before numbers
    (``甲：…``); `judged` is what the cell says as a whole, and stands where it does not."""
    if not isinstance(cell, str) or judged.code not in ("id_format", "several_people"):
        return judged
    found = find_ids(cell)
    mine = [one for other, one in found if other and judge_name(other).name_key == name.name_key]
    if len(mine) != 1:
        if not found:
            return judged
        note("several_people", "id_number", cell)
        return NO_ID
    if len(found) > 1:
        note("several_people", "id_number", cell)
    return mine[0]
