"""Where houses are: their addresses for people, their natural order, and filters by place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from sqlalchemy import ColumnElement, select, true, tuple_

from pcloud_cli.db.work import Work
from pcloud_cli.errors import NotFound
from pcloud_cli.i18n import _
from pcloud_cli.models.community import Building
from pcloud_cli.models.house import House
from pcloud_cli.services.sight import Sight
from pcloud_cli.sheets.house import HouseRef, Refusal, house_key, house_text, parse_place

_UNIT_MARK = re.compile(r"\s*(?:号?单元|门)\s*$")
_RUNS = re.compile(r"(\d+)", re.ASCII)
_SHORT_ROOM = re.compile(r"\d{1,2}", re.ASCII)
_NAMES = (House.section_name, House.building_name, House.unit_name)
_MOST_NAMED = 12

Natural = tuple[tuple[int, int, str], ...]


class Addressed(Protocol):
    """What has a house's address: a `House` or a row of its columns."""

    @property
    def section_name(self) -> str:
        """Section, ``''`` where there is none."""

    @property
    def building_name(self) -> str:
        """Building."""

    @property
    def unit_name(self) -> str:
        """Unit, ``''`` where there is none."""

    @property
    def floor(self) -> str | None:
        """Floor."""

    @property
    def room(self) -> str:
        """Room."""

    @property
    def kind(self) -> str:
        """A code of `HouseKind`."""


ADDRESS = (*_NAMES, House.floor, House.room, House.kind)
"""The columns that `Addressed` needs; in a query with other kinds, label them as they are."""


def address(house: Addressed) -> str:
    """Return the address of `house` as people write it: ``1期3栋2单元301``."""
    return house_text(reference(house))


def reference(house: Addressed) -> HouseRef:
    """Return the pieces of the address of `house`."""
    return HouseRef(
        house.section_name,
        house.building_name,
        house.unit_name,
        house.floor or "",
        house.room,
        house.kind,
    )


@lru_cache(maxsize=8192)
def natural(text: str) -> Natural:
    """Return a sort key by which 2栋 comes before 10栋, and numbers before words.

    >>> sorted(["10栋", "2栋", "A座", "-1"], key=natural)
    ['-1', '2栋', '10栋', 'A座']
    """
    sign = -1 if text.startswith("-") else 1
    parts = []
    for place, piece in enumerate(_RUNS.split(text.lstrip("-"))):
        if not piece:
            continue
        number = place % 2 == 1
        parts.append((0, sign * int(piece), "") if number else (1, 0, piece))
        sign = 1
    return tuple(parts)


def order(house: Addressed) -> tuple[Natural, ...]:
    """Return the sort key of a house: section, building, unit, then floor by floor."""
    room = house.room
    if _SHORT_ROOM.fullmatch(room) and house.floor:
        room = f"{house.floor}{room.zfill(2)}"  # 3层 02 stands beside 301 and 303
    return (*_place_order(house.section_name, house.building_name, house.unit_name), natural(room))


@lru_cache(maxsize=8192)
def _place_order(section: str, building: str, unit: str) -> tuple[Natural, ...]:
    pieces = _key(HouseRef(section, building, unit, "", "1", ""))[:3]
    return tuple(natural(piece) for piece in pieces)


def filtered(
    work: Work, sight: Sight, building: str | None, unit: str | None
) -> ColumnElement[bool]:
    """Return the condition on `House` for a building and a unit in any spelling.

    ``3``, ``3栋``, ``三号楼``, ``1期3栋`` and ``3栋2单元`` are understood; a section that is not
    named matches every section. Raises NotFound, naming what there is, where nothing matches.
    """
    if building is None and unit is None:
        return true()
    wanted = _wanted(building, unit)
    there = work.session.execute(select(*_NAMES).where(sight.houses()).distinct()).all()
    chosen = [tuple(row) for row in there if _matches(row, wanted)]
    if not chosen:
        raise NotFound(
            _("There is no {place} here.").format(place=_named(building, unit)),
            hint=_("There are: {places}.").format(places=_some(there)) if there else None,
        )
    return tuple_(*_NAMES).in_(chosen)


def building(work: Work, community_id: bytes, text: str) -> tuple[Building, str]:
    """Return the one building of a community that `text` names in any spelling, and its name.

    The name is as people write it. Raises NotFound, naming what there is, where none fits or
    several do.
    """
    wanted = _wanted(text, None)
    query = select(Building).where(Building.community_id == community_id)
    there = list(work.session.scalars(query))
    found = [one for one in there if _matches((one.section_name, one.name, ""), wanted)]
    if len(found) != 1:
        names = [(one.section_name, one.name) for one in found or there]
        raise NotFound(
            _("{place} is not one building here.").format(place=text),
            hint=_("There are: {places}.").format(places=_some(names)) if names else None,
        )
    ref = HouseRef(found[0].section_name, found[0].name, "", "", "", "")
    return found[0], house_text(ref)


def _wanted(building: str | None, unit: str | None) -> HouseRef:
    place = HouseRef("", "", "", "", "", "")
    if building is not None:
        found = parse_place(building)
        place = place._replace(building=building) if isinstance(found, Refusal) else found
    if unit is not None:
        place = place._replace(unit=_UNIT_MARK.sub("", unit))
    return place


def _matches(row: Sequence[str], wanted: HouseRef) -> bool:
    section, building, unit = row
    there = _key(HouseRef(section, building, unit, "", "1", ""))
    asked = _key(wanted._replace(room="1"))
    return all(
        not given or here == piece
        for given, here, piece in zip(wanted[:3], there[:3], asked[:3], strict=True)
    )


def _key(ref: HouseRef) -> list[str]:
    # house_key is where spellings become one; its pieces are parted by |
    return house_key(ref).split("|")


def _named(building: str | None, unit: str | None) -> str:
    return " ".join(part for part in (building, unit) if part)


def _some(there: Sequence[Sequence[str]]) -> str:
    refs = {(row[0], row[1]) for row in there}
    texts = [house_text(HouseRef(*ref, "", "", "", "")) for ref in sorted(refs, key=_by_nature)]
    more = "…" if len(texts) > _MOST_NAMED else ""
    return _(", ").join(texts[:_MOST_NAMED]) + more


def _by_nature(ref: Sequence[str]) -> list[Natural]:
    return [natural(piece) for piece in ref]
