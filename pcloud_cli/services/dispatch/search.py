"""The search for the cheapest plan: a bound, a way downhill, and a proof where there is little.

What a plan costs less the ways that tickets share is a matching, solved exactly. A matching in
which each ticket pays, of each way, the share that would be left if all shared it who could, costs
no more than any plan: a bound. From there the search goes downhill in real cost, and matches all
tickets anew, each seeing the others where they are, as long as that helps.

Where few wait, branches then follow: of some tickets it is fixed who has them, the rest is bounded
as before, and what cannot be cheaper than the best plan known is not followed. How much is tried
depends on the situation alone, never on the clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from pcloud_cli.services.dispatch.cost import Costs
from pcloud_cli.services.dispatch.improvement import Draft
from pcloud_cli.services.dispatch.matching import OUT, match

_ROUNDS = 8
_EFFORT = 60_000
"""Entries of all matchings anew; those of a proof count too, in an allowance of their own."""

_FEWEST = 20
"""A proof that has no room for more branches than this is not begun."""

Fixed = Mapping[int, int]
"""Ticket → technician, or `OUT`: what a branch has decided."""


def cheapest(costs: Costs) -> tuple[Draft, int]:
    """Return the best plan found, and a cost that none can be below."""
    root = _Branch(costs, {})
    best = Draft(costs, root.turns)
    best.improve()
    entries = 1 + sum(len(alone) for alone in costs.alone)
    for _unused in range(min(_ROUNDS, _EFFORT // entries)):
        if best.total == root.bound:
            break
        other = Draft(costs, _matched(costs, best.way))
        other.improve()
        if other.total >= best.total:
            break
        best = other
    return _proven(costs, root, best, _EFFORT // entries)


def _proven(costs: Costs, root: _Branch, best: Draft, allowance: int) -> tuple[Draft, int]:
    """Return the best plan of all and its cost, or what is known when the allowance is used up."""
    least = best.total
    if least == root.bound or allowance < _FEWEST:
        return best, root.bound
    branches = [root]
    while branches:
        branch = branches.pop()
        if branch.bound >= least:
            continue
        draft = Draft(costs, branch.turns)
        if draft.total < least:
            draft.improve()
            best, least = draft, draft.total
        if allowance <= 0:
            return best, root.bound
        further = [each for each in branch.split() if each.bound < least]
        allowance -= 1 + len(further)
        branches += sorted(further, key=lambda each: -each.bound)
    return best, least


class _Branch:
    """All plans in which some tickets are with whom `fixed` says, and a bound for their cost."""

    def __init__(self, costs: Costs, fixed: Fixed) -> None:
        self._costs = costs
        self._fixed = fixed
        self._gone_to = self._visited()
        self._shares = self._shared()
        self.turns = _matched(costs, self._way, fixed)
        self.bound = sum(
            way for technician, places in enumerate(self._gone_to) for way in places.values()
        ) + sum(self._cost(ticket, turn) for ticket, turn in enumerate(self.turns))

    def split(self) -> Iterator[_Branch]:
        """Decide of one more ticket: the one whose bound is farthest from what it would pay."""
        open_ = [
            (self._hidden(ticket, turn), -ticket)
            for ticket, turn in enumerate(self.turns)
            if turn != OUT and ticket not in self._fixed
        ]
        hidden, ticket = max(open_, default=(0, 0))
        if not hidden:
            return
        able = [n for n, why in enumerate(self._costs.refusals[-ticket]) if why is None]
        for technician in [*able, OUT]:
            yield _Branch(self._costs, {**self._fixed, -ticket: technician})

    def _visited(self) -> list[dict[int, int]]:
        """Return where each technician goes for what is fixed, with the minutes of the way."""
        found: list[dict[int, int]] = [{} for _each in self._costs.situation.technicians]
        for ticket, technician in self._fixed.items():
            if technician != OUT:
                found[technician].update(self._costs.places.new(ticket, technician))
        return found

    def _shared(self) -> list[list[int]]:
        """Return what of the way each ticket pays at least, by ticket and technician."""
        costs = self._costs
        shares = [[0] * len(costs.situation.technicians) for _ticket in costs.alone]
        for position, technician in enumerate(costs.situation.technicians):
            gone_to = self._gone_to[position]
            able = [
                ticket
                for ticket, row in enumerate(costs.refusals)
                if row[position] is None and ticket not in self._fixed
            ]
            visitors = Counter(
                place for each in able for place, _minutes in costs.places.new(each, position)
            )
            for each in able:
                shares[each][position] = sum(
                    minutes // min(visitors[place], technician.room)
                    for place, minutes in costs.places.new(each, position)
                    if place not in gone_to
                )
        return shares

    def _way(self, ticket: int, technician: int) -> int:
        return self._shares[ticket][technician]

    def _hidden(self, ticket: int, turn: int) -> int:
        """Return what the bound leaves out of the way to `ticket`, if nobody shares it."""
        technician = self._costs.turns[turn].technician
        way = sum(
            minutes
            for place, minutes in self._costs.places.new(ticket, technician)
            if place not in self._gone_to[technician]
        )
        return way - self._shares[ticket][technician]

    def _cost(self, ticket: int, turn: int) -> int:
        if turn != OUT:
            technician = self._costs.turns[turn].technician
            return self._costs.alone[ticket][turn] + self._shares[ticket][technician]
        left = self._costs.left[ticket].total
        return left if self._fixed.get(ticket, OUT) == OUT else left + _never(self._costs)


def _never(costs: Costs) -> int:
    """Return more than any plan costs."""
    return 1 + 2 * sum(each.total for each in costs.left)


def _matched(costs: Costs, way: Callable[[int, int], int], fixed: Fixed | None = None) -> list[int]:
    """Return the turn of each ticket, matched where `way` is what a technician's way costs."""
    fixed = fixed or {}
    never = _never(costs)
    rows = []
    left = [each.total for each in costs.left]
    for ticket, alone in enumerate(costs.alone):
        ways: dict[int, int] = {}
        only = fixed.get(ticket)
        if only is not None and only != OUT:
            left[ticket] += never
        row = []
        for turn, cost in alone.items():
            technician = costs.turns[turn].technician
            if only is not None and only != technician:
                continue
            if technician not in ways:
                ways[technician] = way(ticket, technician)
            row.append((cost + ways[technician], turn))
        row.sort()
        rows.append(row)
    return match(rows, len(costs.turns), left)
