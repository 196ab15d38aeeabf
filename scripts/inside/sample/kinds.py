"""The registry of sample kinds; a new way of laying a workbook out is one more line here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import NamedTuple

from scripts.inside.sample.usual import HEADERS, Row, Usual


class Kind(NamedTuple):
    """One kind: what it is, its header row, and what yields `rows` rows from a random source."""

    description: str
    headers: tuple[str, ...]
    rows: Callable[[Random, int], Iterable[Row]]


KINDS: dict[str, Kind] = {
    "usual": Kind("one person a cell, plain header row, the usual dirt", HEADERS, Usual),
    "clean": Kind(
        "the same without dirt", HEADERS, lambda rng, rows: Usual(rng, rows, dirty=False)
    ),
}
