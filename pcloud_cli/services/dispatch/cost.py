"""What a plan costs, in whole points, and who may get which ticket at all.

A plan gives tickets *turns* of technicians: the first, second … that he gets by it. The cost has
two levels. The first is who is left without anybody: one ticket of a rank of urgency weighs more
than all tickets of lower ranks, and any ticket more than everything on the second level. The
second is the sum, by the `Weights`, of

* lateness: of a ticket in a turn, when he would be there – `turn_minutes` for each turn before it
  and for each ticket that he has already and that goes first (begun, or as urgent and due no
  later), and the way there from what he has already;
* place: the ways to each community, building and unit that a technician has no work in yet;
* load: the square of how many tickets each will have;
* fairness: what he worked of late beyond the one who worked least.

All but place belong to one ticket in one turn. Place is shared: two tickets in a building that one
technician gets cost the way once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum

from pcloud_cli.services.dispatch.situation import Place, Situation, Technician, Ticket

_MINUTE = timedelta(minutes=1)

Paths = Sequence[tuple[int, int]]
"""Places that somebody would have to go to anew: (number of the place, points)."""


class Refusal(StrEnum):
    """Why somebody cannot get a ticket, from what is most to what is least lasting."""

    NO_SKILL = "no_skill"
    OUT_OF_SCOPE = "out_of_scope"
    OFF_SHIFT = "off_shift"
    AT_LIMIT = "at_limit"
    SHIFT_ENDS = "shift_ends"


@dataclass(frozen=True)
class Parts:
    """A cost by what it comes from, in points; `left` is the first level."""

    left: int = 0
    late: int = 0
    place: int = 0
    load: int = 0
    fairness: int = 0

    @property
    def total(self) -> int:
        """All of it: the number that a plan makes as small as it can."""
        return self.left + self.late + self.place + self.load + self.fairness

    def __add__(self, other: Parts) -> Parts:
        """Add part by part."""
        return Parts(*(getattr(self, n) + getattr(other, n) for n in _NAMES))

    def __sub__(self, other: Parts) -> Parts:
        """Subtract part by part."""
        return Parts(*(getattr(self, n) - getattr(other, n) for n in _NAMES))


_NAMES = tuple(each.name for each in fields(Parts))


@dataclass(frozen=True)
class Turn:
    """The `number`-th ticket, from 0, that the technician at `technician` gets by the plan."""

    technician: int
    number: int


class Costs:
    """The costs of a situation as tables; tickets, technicians, turns and places go by position."""

    def __init__(self, situation: Situation) -> None:
        """Reckon what each ticket costs in each turn of everybody who may get it."""
        self.situation = situation
        self.weights = situation.weights
        most = len(situation.tickets)
        now = situation.now
        self._overdue = [(now - each.due_at) // _MINUTE for each in situation.tickets]
        self._shift = [_minutes_left(each, now) for each in situation.technicians]
        self.turns: list[Turn] = []
        self.first_turn: list[int] = []
        for position, technician in enumerate(situation.technicians):
            self.first_turn.append(len(self.turns))
            if self._shift[position] > 0:
                self.turns += [Turn(position, n) for n in range(min(technician.room, most))]
        self.first_turn.append(len(self.turns))
        present = [n for n, minutes in enumerate(self._shift) if minutes > 0]
        least = min((situation.technicians[n].worked_minutes for n in present), default=0)
        self._fairness = [
            self.weights.fairness * (max(0, each.worked_minutes - least) // 60)
            for each in situation.technicians
        ]
        self.places = _Places(situation)
        self._reckon()
        self.left = self._left()

    def _reckon(self) -> None:
        """Fill `refusals`, `ahead` and `alone`: by ticket and technician, by ticket and turn."""
        tickets, technicians = self.situation.tickets, self.situation.technicians
        self.refusals: list[list[Refusal | None]] = []
        self.ahead: list[list[int]] = []
        self.alone: list[dict[int, int]] = []
        within: dict[tuple[Place, int], bool] = {}
        for number, ticket in enumerate(tickets):
            refusals: list[Refusal | None] = []
            ahead: list[int] = []
            alone: dict[int, int] = {}
            for position, technician in enumerate(technicians):
                key = (ticket.place, position)
                if key not in within:
                    within[key] = any(place.covers(ticket.place) for place in technician.scope)
                minutes = _ahead(ticket, technician) * self.weights.turn_minutes
                minutes += sum(way for _place, way in self.places.new(number, position))
                ahead.append(minutes)
                why = self._refusal(ticket, technician, within[key], position, minutes)
                refusals.append(why)
                if why is None:
                    self._row(alone, number, position, minutes)
            self.refusals.append(refusals)
            self.ahead.append(ahead)
            self.alone.append(alone)

    def _refusal(
        self, ticket: Ticket, technician: Technician, within: bool, position: int, minutes: int
    ) -> Refusal | None:
        if not ticket.skills <= technician.skills:
            return Refusal.NO_SKILL
        if not within:
            return Refusal.OUT_OF_SCOPE
        if self._shift[position] <= 0:
            return Refusal.OFF_SHIFT
        if not technician.room:
            return Refusal.AT_LIMIT
        return Refusal.SHIFT_ENDS if minutes >= self._shift[position] else None

    def _row(self, alone: dict[int, int], ticket: int, technician: int, minutes: int) -> None:
        weights, until = self.weights, self._shift[technician]
        each_late = weights.late_points(self.situation.tickets[ticket].urgency)
        late = self._overdue[ticket] + minutes
        had = len(self.situation.technicians[technician].open)
        fairness = self._fairness[technician]
        for turn in range(self.first_turn[technician], self.first_turn[technician + 1]):
            if minutes >= until:
                break
            alone[turn] = max(0, late) * each_late + weights.load * (2 * had + 1) + fairness
            had += 1
            late += weights.turn_minutes
            minutes += weights.turn_minutes

    def parts(self, ticket: int, turn: int) -> Parts:
        """Return what `ticket` costs in `turn`, which it may have, without the way there."""
        technician, number = self.turns[turn].technician, self.turns[turn].number
        late = self._overdue[ticket] + self.minutes(ticket, turn)
        had = len(self.situation.technicians[technician].open) + number
        return Parts(
            late=max(0, late) * self.weights.late_points(self.situation.tickets[ticket].urgency),
            load=self.weights.load * (2 * had + 1),
            fairness=self._fairness[technician],
        )

    def minutes(self, ticket: int, turn: int) -> int:
        """Return the minutes from now until somebody is there for `ticket` in `turn`."""
        technician, number = self.turns[turn].technician, self.turns[turn].number
        return self.ahead[ticket][technician] + number * self.weights.turn_minutes

    def _left(self) -> list[Parts]:
        """Return what each ticket costs that nobody gets."""
        tickets = self.situation.tickets
        waits = [
            max(0, overdue + self.weights.left_minutes) * self.weights.late_points(ticket.urgency)
            for ticket, overdue in zip(tickets, self._overdue, strict=True)
        ]
        farthest = self.weights.community + self.weights.building + self.weights.unit
        second = sum(
            max(wait, max(alone.values(), default=0) + farthest)
            for wait, alone in zip(waits, self.alone, strict=True)
        )
        ranks = sorted({ticket.urgency for ticket in tickets})
        return [
            Parts(left=(second + 1) * (len(tickets) + 1) ** ranks.index(ticket.urgency), late=wait)
            for ticket, wait in zip(tickets, waits, strict=True)
        ]


class _Places:
    """The places that tickets lie in, numbered, and which of them are new to whom."""

    def __init__(self, situation: Situation) -> None:
        weights = situation.weights
        points = (weights.community, weights.building, weights.unit)
        numbers: dict[Place, int] = {}
        steps: dict[Place, Paths] = {}
        for ticket in situation.tickets:
            if ticket.place not in steps:
                steps[ticket.place] = [
                    (numbers.setdefault(place, len(numbers)), each)
                    for place, each in zip(ticket.place.steps(), points, strict=False)
                ]
        self.all = list(numbers)
        self._new: list[dict[Place, Paths]] = []
        for technician in situation.technicians:
            known = {numbers.get(step) for place in _where(technician) for step in place.steps()}
            self._new.append(
                {
                    place: [each for each in path if each[0] not in known]
                    for place, path in steps.items()
                }
            )
        self._of = [ticket.place for ticket in situation.tickets]

    def new(self, ticket: int, technician: int) -> Paths:
        """Return the places of `ticket` in which `technician` has nothing to do yet."""
        return self._new[technician][self._of[ticket]]


def _where(technician: Technician) -> list[Place]:
    places = [each.place for each in technician.open]
    return places if technician.at is None else [*places, technician.at]


def _ahead(ticket: Ticket, technician: Technician) -> int:
    """Return how many of those that `technician` has he does before `ticket`."""
    return sum(
        each.begun
        or each.urgency > ticket.urgency
        or (each.urgency == ticket.urgency and each.due_at <= ticket.due_at)
        for each in technician.open
    )


def _minutes_left(technician: Technician, now: datetime) -> int:
    """Return the minutes, begun ones too, until the shift ends; 0 where there is none."""
    until = technician.on_shift_until
    return 0 if until is None else max(0, -((now - until) // _MINUTE))
