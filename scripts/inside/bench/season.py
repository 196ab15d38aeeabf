"""Made-up seasons of repair work: what breaks where and when, and who is there to mend it.

A season comes from its seed alone. Three communities, of which one is old and its pipes leak;
rush hours before and after work; once a week, of an evening, a main bursts and eight flats of
one building call within forty minutes. Minutes count from the first midnight.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from pcloud_cli.services.dispatch.situation import NORMAL, URGENT, Place

DAY = 24 * 60
FAULTS = {
    "plumbing": (5, 25, 90),
    "wiring": (4, 20, 75),
    "doors": (3, 15, 60),
    "walls": (2, 40, 150),
}
"""Fault, which is the skill it needs → how often, and the least and most minutes of its repair."""

_HOURS = [1, 1, 0, 0, 0, 1, 3, 8, 12, 10, 7, 6, 5, 5, 6, 6, 6, 8, 12, 12, 9, 6, 3, 2]
_SHIFTS = ((8, 17), (8, 17), (8, 17), (13, 22), (13, 22), (22, 32))
_COMMUNITIES = {"jade": 1, "lake": 1, "old": 2}
_BUILDINGS, _UNITS = 10, 3


@dataclass(frozen=True)
class Call:
    """A ticket as it comes in: when, where, what, how long its repair takes and until when."""

    number: int
    minute: int
    place: Place
    fault: str
    urgency: int
    due: int
    repair: int


@dataclass(eq=False)
class Worker:
    """A technician: what he can, where, when; and, as the season goes on, what he did."""

    staff_number: str
    skills: frozenset[str]
    scope: frozenset[Place]
    shift: tuple[int, int]
    off_day: int
    limit: int = 6
    at: Place | None = None
    busy_until: int = 0
    busy_with: Call | None = None
    open: list[Call] = field(default_factory=list)
    worked: dict[int, int] = field(default_factory=dict)
    travelled: int = 0

    def on_until(self, minute: int) -> int | None:
        """Return the minute at which the shift that is on at `minute` ends, None where none is."""
        for day in (minute // DAY, minute // DAY - 1):
            begin, end = (day * DAY + hour * 60 for hour in self.shift)
            if day >= 0 and day % 7 != self.off_day and begin <= minute < end:
                return end
        return None

    def lately(self, minute: int) -> int:
        """Return the minutes worked in the last seven days."""
        today = minute // DAY
        return sum(self.worked.get(day, 0) for day in range(today - 6, today + 1))


def workers(seed: int, count: int = 14) -> list[Worker]:
    """Return `count` technicians; every shift knows every trade, everywhere, between them."""
    rand = random.Random(f"workers {seed}")
    trades = list(FAULTS)
    found = []
    for number in range(count):
        shift = _SHIFTS[number % len(_SHIFTS)]
        night = shift[0] == 22
        skills = {trades[number % 4], trades[(number + 1 + rand.randrange(3)) % 4]}
        scope = {Place()} if night or rand.random() < 0.4 else {
            Place(each) for each in rand.sample(list(_COMMUNITIES), 2)
        }  # fmt: skip
        found.append(
            Worker(
                f"W{number + 1:03}",
                frozenset(trades if night else skills),
                frozenset(scope),
                shift,
                rand.randrange(7),
            )
        )
    return found


def calls(seed: int, days: int, a_day: int = 75) -> list[Call]:
    """Return the calls of a season of `days`, about `a_day` each day, in the order they come."""
    rand = random.Random(f"calls {seed}")
    found = [*_ordinary(rand, days, a_day), *_bursts(rand, days)]
    found.sort(key=lambda each: each[:2])
    return [
        Call(n, minute, place, fault, urgency, _due(minute, urgency), _repair(rand, fault))
        for n, (minute, place, fault, urgency) in enumerate(found, 1)
    ]


_Found = tuple[int, Place, str, int]


def _ordinary(rand: random.Random, days: int, a_day: int) -> Iterator[_Found]:
    for day in range(days):
        for hour, share in enumerate(_HOURS):
            expected = a_day * share / sum(_HOURS)
            minute = rand.expovariate(expected) if expected else 1.0
            while minute < 1.0:
                place = _place(rand)
                leaks = place.community == "old" and rand.random() < 0.4
                fault = "plumbing" if leaks else rand.choices(
                    list(FAULTS), [often for often, _least, _most in FAULTS.values()]
                )[0]  # fmt: skip
                urgent = fault in ("plumbing", "wiring") and rand.random() < 0.08
                moment = day * DAY + hour * 60 + int(minute * 60)
                yield moment, place, fault, URGENT if urgent else NORMAL
                minute += rand.expovariate(expected)


def _bursts(rand: random.Random, days: int) -> Iterator[_Found]:
    for week in range(0, days, 7):
        day = week + rand.randrange(min(7, days - week))
        begin = day * DAY + rand.randrange(18 * 60, 20 * 60)
        where = _place(rand)
        for _flat in range(8):
            place = Place(where.community, where.building, str(rand.randrange(_UNITS)))
            yield begin + rand.randrange(40), place, "plumbing", URGENT


def _place(rand: random.Random) -> Place:
    community = rand.choices(list(_COMMUNITIES), list(_COMMUNITIES.values()))[0]
    return Place(community, str(rand.randrange(_BUILDINGS)), str(rand.randrange(_UNITS)))


def _due(minute: int, urgency: int) -> int:
    """Urgent: half an hour. Else four hours, and ten in the morning for what comes after 18:00."""
    if urgency == URGENT:
        return minute + 30
    day, of_day = divmod(minute, DAY)
    if of_day >= 18 * 60:
        return (day + 1) * DAY + 10 * 60
    return max(minute + 240, day * DAY + 10 * 60)


def _repair(rand: random.Random, fault: str) -> int:
    _often, least, most = FAULTS[fault]
    return int(rand.triangular(least, most, least + (most - least) / 4))
