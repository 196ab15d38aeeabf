"""A map from hashes to numbers in 12 bytes a place: a million entries take 25 MB, not 120."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

_RECENT = 1 << 16
_FIRST_BITS = 18


class Slots:
    """Maps hashes (as `hash` gives them) to whole numbers from 1 to 2**32 - 1, `wide` to 2**63 - 1.

    The newest stay in a dictionary, which is ten times as fast; when they are many they move to
    a table of open addressing. Two things with one hash are taken for one: with a million
    things that happens once in thirty million files.
    """

    def __init__(self, *, wide: bool = False) -> None:
        self._kind = "q" if wide else "I"
        self.recent: dict[int, int] = {}
        self._keys = array("q")
        self._values = array(self._kind)
        self._count = 0

    def get(self, key: int) -> int:
        """Return the number kept for `key`, 0 if there is none."""
        found = self.recent.get(key, 0)
        return found if found or not self._count else self._settled(key)

    def put(self, key: int, value: int) -> None:
        """Keep `value` for `key`, in place of what was kept for it."""
        recent = self.recent
        recent[key] = value
        if len(recent) >= _RECENT:
            self._settle()

    def _settled(self, key: int) -> int:
        keys, values = self._keys, self._values
        mask = len(values) - 1
        at = key & mask
        while value := values[at]:
            if keys[at] == key:
                return value
            at = (at + 1) & mask
        return 0

    def _settle(self) -> None:
        """Move what is in the dictionary to the table, which is kept at most two thirds full."""
        places = max(len(self._values), 1 << _FIRST_BITS)
        while (self._count + len(self.recent)) * 3 > places * 2:
            places *= 2
        if places > len(self._values):
            old = zip(self._keys, self._values, strict=True)
            self._keys = array("q", (0,)) * places
            self._values = array(self._kind, (0,)) * places
            self._count = 0
            self._fill((key, value) for key, value in old if value)
        self._fill(self.recent.items())
        self.recent.clear()

    def _fill(self, entries: Iterable[tuple[int, int]]) -> None:
        keys, values = self._keys, self._values
        mask = len(values) - 1
        for key, value in entries:
            at = key & mask
            while values[at] and keys[at] != key:
                at = (at + 1) & mask
            self._count += not values[at]
            keys[at], values[at] = key, value
