"""Values that many different people share: placeholders, whatever they look like (3.1.1)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

MANY = 5
"""So many further names, beside the first, make a value a placeholder. A family, or an agent for
a few owners, stays below."""

_SLOTS = 1 << 22
_Value = TypeVar("_Value", bound=Hashable)


def shared_values(
    rows: Iterable[Sequence[_Value]], name: int, columns: Sequence[int], blank: _Value
) -> dict[_Value, int]:
    """Return value → number of names seen with it, for the values of `columns` that many share.

    `name` is the index of the owner's name, `blank` an empty cell. A first pass over a sheet: it
    keeps one byte a slot and only values that came twice, so that a million rows cost a few
    megabytes.
    """
    seen = bytearray(_SLOTS)
    again: dict[_Value, set[_Value]] = {}
    for row in rows:
        for column in columns:
            if column >= len(row) or (value := row[column]) == blank:
                continue
            slot = hash(value) & (_SLOTS - 1)
            if not seen[slot]:
                seen[slot] = 1
                continue
            names = again.get(value)
            if names is None:
                names = again[value] = set()
            if len(names) < 1000 and name < len(row):
                names.add(row[name])
    return {value: len(names) + 1 for value, names in again.items() if len(names) >= MANY}
