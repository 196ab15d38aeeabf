"""A compact map says what a dictionary would."""

from __future__ import annotations

import random

import pytest

from pcloud_cli.sheets import slots
from pcloud_cli.sheets.slots import Slots


@pytest.mark.parametrize("spread", [40, 1 << 54], ids=["crowded", "wide"])
def test_it_says_what_a_dictionary_says_however_often_it_moves_and_grows(
    monkeypatch: pytest.MonkeyPatch, spread: int
) -> None:
    monkeypatch.setattr(slots, "_RECENT", 7)
    monkeypatch.setattr(slots, "_FIRST_BITS", 3)
    chosen = random.Random(5)
    said: dict[int, int] = {}
    kept = Slots(wide=True)
    narrow = Slots()
    for _time in range(2000):
        # hashes that share their low digits meet in one place
        key = chosen.choice((1, -1)) * (chosen.randrange(spread) << chosen.choice((0, 8)))
        if chosen.random() < 0.6:
            said[key] = chosen.randrange(1, 1 << 60)
            kept.put(key, said[key])
            narrow.put(key, said[key] % 1000 + 1)
        assert kept.get(key) == said.get(key, 0)
    assert {key: kept.get(key) for key in said} == said
    assert all(narrow.get(key) == value % 1000 + 1 for key, value in said.items())
