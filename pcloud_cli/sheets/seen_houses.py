"""Which houses of a file came before, with which owner: duplicates and co-owners (3.1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pcloud_cli.sheets.slots import Slots

_FACTS_BITS = 14
_OWNER_BITS = 24  # and 25 for the row
_FACTS = (1 << _FACTS_BITS) - 1
_OWNER = (1 << _OWNER_BITS) - 1


class Met(NamedTuple):
    """What the file said before of a house: `row` is the one in which it came first, 0 if it is
    new; `joint`, whether it has other owners too (if not, the same house came twice); `second`,
    whether this is its second owner, so that the first was taken for a sole one; `differs` is the
    row that gave it other areas, 0 if none did."""

    row: int
    joint: bool
    second: bool
    differs: int


_NEW = Met(0, joint=False, second=False, differs=0)


class SeenHouses:
    """Remembers houses by hashes: the row where each came first, its first owner, its areas."""

    def __init__(self) -> None:
        self._first = Slots(wide=True)
        self._more: dict[int, set[int]] = {}

    def is_new(self, key: str, row: int, name_key: str, areas: Sequence[str | None]) -> bool:
        """Take note of a house and its owner if the house is new, and say whether it is."""
        house = hash(key)
        if self._first.get(house):
            return False
        self._first.put(house, _packed(row, name_key, areas))
        return True

    def meet(self, key: str, row: int, name_key: str, areas: Sequence[str | None]) -> Met:
        """Take note of a house, its `areas` and one owner of it (``''`` for none); return what
        came before."""
        house = hash(key)
        said = _packed(row, name_key, areas)
        known = self._first.get(house)
        if not known:
            self._first.put(house, said)
            return _NEW
        first_row = known >> _OWNER_BITS + _FACTS_BITS
        owner, first_owner = said >> _FACTS_BITS & _OWNER, known >> _FACTS_BITS & _OWNER
        facts, first_facts = said & _FACTS, known & _FACTS
        differs = first_row if facts and first_facts and facts != first_facts else 0
        if not owner or owner == first_owner or owner in self._more.get(house, ()):
            return Met(first_row, joint=False, second=False, differs=differs)
        if not first_owner:
            kept = first_row << _OWNER_BITS | owner
            self._first.put(house, kept << _FACTS_BITS | first_facts)
            return _NEW._replace(differs=differs)
        others = self._more.setdefault(house, set())
        others.add(owner)
        return Met(first_row, joint=True, second=len(others) == 1, differs=differs)


def _packed(row: int, name_key: str, areas: Sequence[str | None]) -> int:
    owner = hash(name_key) & _OWNER or 1 if name_key else 0
    facts = hash(tuple(areas)) & _FACTS or 1 if any(areas) else 0
    return (row << _OWNER_BITS | owner) << _FACTS_BITS | facts


class SeenPlaces:
    """Remembers what stood before the building in the addresses of a file: road, estate."""

    def __init__(self) -> None:
        self._prefixes: list[str] = []
        self._numbers: dict[str, int] = {}
        self._of_house = Slots()

    def other(self, key: str, prefix: str) -> str:
        """Take note of a house and its `prefix`; return the one that it came with before if that
        is another place, else ``''``. One that holds the other (云杉路5号枫林苑, 枫林苑) is not."""
        house = hash(key)
        known = self._of_house.get(house)
        if not known:
            number = self._numbers.setdefault(prefix, len(self._prefixes) + 1)
            if number > len(self._prefixes):
                self._prefixes.append(prefix)
            self._of_house.put(house, number)
            return ""
        earlier = self._prefixes[known - 1]
        return "" if earlier in prefix or prefix in earlier else earlier
