"""Which houses a list of old and new numbers means, and whether their new numbers are free."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select

from pcloud_cli.db.work import Work
from pcloud_cli.i18n import _
from pcloud_cli.models.house import House
from pcloud_cli.services import house
from pcloud_cli.services.sight import Sight
from pcloud_cli.sheets.house import HouseRef, house_key
from pcloud_cli.sheets.number_map import Pair

_MANY = 500


class Change(NamedTuple):
    """One house that gets a new number; `row` is the line of the list."""

    row: int
    house: House
    new: HouseRef
    new_key: str


def changes(work: Work, seen: Sight, pairs: Sequence[Pair]) -> tuple[list[Change], list[str]]:
    """Return what the list would change, and for each line that cannot be, why (``12: …``).

    A house that has its new number already is no change.
    """
    found = _by_key(work, seen, [house_key(pair.old) for pair in pairs])
    wanted: list[Change] = []
    wrong: list[str] = []
    by_house: dict[bytes, int] = {}
    by_key: dict[str, int] = {}
    for pair in pairs:
        there = found.get(house_key(pair.old))
        if there is None:
            likely = house.by_rest(work, seen, pair.old)
            if len(likely) != 1:
                reason = _("no such house: {address}") if not likely else _("several: {address}")
                wrong.append(f"{pair.row}: {reason.format(address=house.text_of(pair.old))}")
                continue
            there = likely[0]
        new = _completed(pair, there)
        key = house_key(new)
        same_house = by_house.setdefault(there.id, pair.row)
        same_number = by_key.setdefault(key, pair.row)
        for earlier, ref in ((same_house, pair.old), (same_number, new)):
            if earlier != pair.row:
                text = _("the same house or number stands in row {other} too: {address}")
                shown = text.format(other=earlier, address=house.text_of(ref))
                wrong.append(f"{pair.row}: {shown}")
        if key != there.key:
            wanted.append(Change(pair.row, there, new, key))
    moved = {change.house.id for change in wanted}
    holders = _by_key(work, seen, [change.new_key for change in wanted])
    for change in wanted:
        holder = holders.get(change.new_key)
        if holder is not None and holder.id not in moved:
            text = _("another house has this number and keeps it: {address}")
            wrong.append(f"{change.row}: {text.format(address=house.text_of(change.new))}")
    return wanted, wrong


def _completed(pair: Pair, there: House) -> HouseRef:
    """Return the new number with what the list leaves out on both sides: section, unit, kind."""
    old, new = pair.old, pair.new
    section = new.section or ("" if old.section else there.section_name)
    unit = new.unit or ("" if old.unit else there.unit_name)
    return new._replace(section=section, unit=unit, house_kind=there.kind)


def _by_key(work: Work, seen: Sight, keys: Sequence[str]) -> dict[str, House]:
    found = {}
    for start in range(0, len(keys), _MANY):
        query = select(House).where(seen.houses(), House.key.in_(keys[start : start + _MANY]))
        found.update({each.key: each for each in work.session.scalars(query)})
    return found
