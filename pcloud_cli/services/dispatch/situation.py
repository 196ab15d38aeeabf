"""What a plan is made from: waiting tickets, technicians, the moment, what counts how much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

NORMAL, URGENT = 0, 1
"""Ranks of urgency that ship; a higher one goes before all below it."""


@dataclass(frozen=True, order=True)
class Place:
    """A community, a building of it, or a unit of that, by any keys that tell them apart.

    What is not known, or does not apply (a lift, a garage), stays empty; `Place()` is everywhere.
    """

    community: str = ""
    building: str = ""
    unit: str = ""

    def steps(self) -> Iterator[Place]:
        """Go from the community to the narrowest place that is known."""
        if self.community:
            yield Place(self.community)
            if self.building:
                yield Place(self.community, self.building)
                if self.unit:
                    yield self

    def covers(self, other: Place) -> bool:
        """Return whether `other` lies within this place."""
        return (
            self.community in ("", other.community)
            and self.building in ("", other.building)
            and self.unit in ("", other.unit)
        )


@dataclass(frozen=True)
class Ticket:
    """A ticket that waits for somebody: `due_at` is when he should be there, in UTC.

    `skills` are those that its fault needs, all of them; `urgency` is a rank, the higher the more
    urgent. Numbers differ from each other.
    """

    id: bytes
    number: int
    place: Place
    due_at: datetime
    skills: frozenset[str] = frozenset()
    urgency: int = NORMAL


@dataclass(frozen=True)
class OpenTicket:
    """A ticket that a technician already has; one that is `begun` is finished before any other."""

    place: Place
    due_at: datetime
    urgency: int = NORMAL
    begun: bool = False


@dataclass(frozen=True)
class Technician:
    """Somebody who may get tickets, at most `limit` with those that he has.

    `scope` is where he may be sent; `on_shift_until` is None where he is not on shift;
    `worked_minutes` is his work of late, for fairness; `at` is where he is, where that is known.
    Staff numbers differ from each other.
    """

    id: bytes
    staff_number: str
    skills: frozenset[str]
    scope: frozenset[Place]
    limit: int
    on_shift_until: datetime | None
    open: tuple[OpenTicket, ...] = ()
    worked_minutes: int = 0
    at: Place | None = None

    @property
    def room(self) -> int:
        """How many more tickets he may get."""
        return max(0, self.limit - len(self.open))


@dataclass(frozen=True)
class Weights:
    """What counts how much, in points; a point is a minute of somebody's way.

    A minute late costs `late` points by rank of urgency (the last for all above). The way to
    another community, building or unit is `community`, `building`, `unit` minutes, each paid once
    a technician. A technician's n-th ticket costs `load` times 2n-1 points, so that n of them cost
    `load` times the square of n. Each hour that he worked more of late than who worked least costs
    `fairness` points a ticket. A turn is taken to last `turn_minutes`. What nobody gets counts as
    if somebody were there `left_minutes` from now, so that what is due first is not what is left.
    """

    late: tuple[int, ...] = (2, 10)
    community: int = 20
    building: int = 8
    unit: int = 3
    load: int = 8
    fairness: int = 2
    turn_minutes: int = 45
    left_minutes: int = 720

    def __post_init__(self) -> None:
        """Refuse what would make a plan without sense; a defect of the caller."""
        numbers = (*self.late, self.community, self.building, self.unit, self.fairness)
        if not self.late or min(numbers) < 0 or min(self.load, self.turn_minutes) < 1:
            raise ValueError("weights are not negative, and load and turns at least 1")

    def late_points(self, urgency: int) -> int:
        """Return what a minute late costs at a rank of urgency."""
        return self.late[max(0, min(urgency, len(self.late) - 1))]


@dataclass(frozen=True)
class Situation:
    """All that a plan depends on; the order of tickets and technicians does not matter."""

    now: datetime
    tickets: tuple[Ticket, ...]
    technicians: tuple[Technician, ...]
    weights: Weights = field(default_factory=Weights)

    def __post_init__(self) -> None:
        """Put both into the order that settles ties: ticket number, staff number."""
        tickets = tuple(sorted(self.tickets, key=lambda each: each.number))
        technicians = tuple(sorted(self.technicians, key=lambda each: each.staff_number))
        if len({each.number for each in tickets}) < len(tickets):
            raise ValueError("two tickets have one number")
        if len({each.staff_number for each in technicians}) < len(technicians):
            raise ValueError("two technicians have one staff number")
        object.__setattr__(self, "tickets", tickets)
        object.__setattr__(self, "technicians", technicians)
