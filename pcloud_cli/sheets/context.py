"""The building, section or unit that a whole list shares: from its title, else its sheet's name
(3.1.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pcloud_cli.sheets.address import prepared, split_section
from pcloud_cli.sheets.cells import Cell
from pcloud_cli.sheets.house import HouseRef, parse_place
from pcloud_cli.sheets.numerals import arabic_whole

_LABELLED = re.compile(
    r"(?:楼栋|栋|楼|幢|座)(?:号|名称|编号)?\s*[:：]\s*([0-9A-Za-z]{1,4})(?![0-9A-Za-z])"
)
_OWN_BUILDING = re.compile(r"[栋幢#]|号楼|座|弄|(?:[^-]*-){2}")
_BARE_NAME = re.compile(r"[0-9A-Za-z]{1,3}")
_DEFAULT_NAME = re.compile(r"sheet\d*|工作表\d*|表\d*", re.I)
_WORDS = re.compile(
    r"(?:业主|住户|客户|房屋|户主|产权|入住|交付|交房|信息|资料|名单|明细|清单|登记|台账|数据|"
    r"汇总|花名册|移交|一览|统计|住宅|商铺|房源|表)+.*$"
)
_PLACES = ("section", "building", "unit")


def shared_place(titles: Sequence[str], sheet_name: str) -> tuple[dict[str, str], str]:
    """Return section, building and unit that the titles above a list and the name of its sheet
    tell; and where they were found: ``title``, ``sheet`` or ``''``.

    A piece on which they differ counts for nothing.
    """
    named = "" if _DEFAULT_NAME.fullmatch(sheet_name) else sheet_name
    of_sheet = place_of(named)
    if not of_sheet and _BARE_NAME.fullmatch(prepared(named)):
        of_sheet = {"building": prepared(named)}
    found = [("title", place) for place in map(place_of, titles) if place]
    if of_sheet:
        found.append(("sheet", of_sheet))
    place: dict[str, str] = {}
    for piece in _PLACES:
        values = {each[piece] for _where, each in found if piece in each}
        if len(values) == 1:
            place[piece] = values.pop()
    where = next((where for where, each in found if "building" in each), "")
    return place, (where or found[0][0]) if place else ""


def place_of(text: str) -> dict[str, str]:
    """Return the pieces of a house's place that a title names; empty where it names none."""
    if not text or len(text) > 120:
        return {}
    shown = arabic_whole(prepared(text))
    if labelled := _LABELLED.search(shown):
        return {"building": labelled[1].upper()}
    head = _WORDS.sub("", shown).strip(" -:()（）")
    for form in dict.fromkeys((shown, head)):
        place = parse_place(form)
        if isinstance(place, HouseRef):
            return {name: piece for name, piece in zip(HouseRef._fields, place[:3]) if piece}  # noqa: B905
    section = split_section(head)[1]
    return {"section": section} if section else {}


def rooms_are_bare(rooms: Iterable[Cell]) -> bool:
    """Return whether the cells of a room column leave the building to somebody else."""
    texts = [str(room) for room in rooms if room != ""]
    named = sum(bool(_OWN_BUILDING.search(text)) for text in texts)
    return named * 5 <= len(texts)
