"""A plan in the making, with its real cost, and the search downhill from it."""

from __future__ import annotations

from collections.abc import Sequence

from pcloud_cli.services.dispatch.cost import Costs, Parts
from pcloud_cli.services.dispatch.matching import OUT


class Draft:
    """Which ticket has which turn; ways shared by a technician's tickets are paid once."""

    def __init__(self, costs: Costs, turn_of: Sequence[int]) -> None:
        """Begin with a turn, or `OUT`, for each ticket."""
        self.costs = costs
        self.turn_of = [OUT] * len(costs.alone)
        self.ticket_in = [OUT] * len(costs.turns)
        self._visits = [[0] * len(costs.places.all) for _each in costs.situation.technicians]
        self._left = [each.total for each in costs.left]
        self._technician = [turn.technician for turn in costs.turns]
        self._saving = [0] * len(costs.alone)
        for ticket, turn in enumerate(turn_of):
            self._put(ticket, turn)
        self._save(set(self._technician))

    @property
    def total(self) -> int:
        """The cost of it all, in points."""
        return sum(parts.total for parts in self.parts())

    def parts(self) -> list[Parts]:
        """Return what each ticket costs; a shared way is paid by the first of its turns."""
        paid: set[tuple[int, int]] = set()
        found = list(self.costs.left)
        for turn, ticket in enumerate(self.ticket_in):
            if ticket == OUT:
                continue
            technician, way = self._technician[turn], 0
            for place, points in self.costs.places.new(ticket, technician):
                if (technician, place) not in paid:
                    paid.add((technician, place))
                    way += points
            found[ticket] = self.costs.parts(ticket, turn) + Parts(place=way)
        return found

    def way(self, ticket: int, technician: int) -> int:
        """Return what the way costs `technician` for `ticket`, the other tickets as they are."""
        turn = self.turn_of[ticket]
        own = int(turn != OUT and self._technician[turn] == technician)
        visits = self._visits[technician]
        return sum(
            points
            for place, points in self.costs.places.new(ticket, technician)
            if visits[place] == own
        )

    def improve(self) -> None:
        """Go downhill until no ticket is better in another turn, alone or by an exchange.

        Tickets are gone through by number; each takes the best step there is for it. Every step
        makes the total less, and totals are whole, so it ends.
        """
        quiet, ticket, count = 0, 0, len(self.turn_of)
        while quiet < count:
            quiet = 0 if self._step(ticket) else quiet + 1
            ticket = (ticket + 1) % count

    def change(self, ticket: int, turn: int) -> int:
        """Return how the total changes when `ticket` gets `turn` from who has it, or from nobody.

        Who has it gets the turn of `ticket`, or is left, in exchange; `turn` must be one that
        `ticket` may have, and so the other way round.
        """
        other, own = self.ticket_in[turn], self.turn_of[ticket]
        before = self._cost(ticket, own)
        after = self.costs.alone[ticket][turn]
        if other != OUT:
            before += self._cost(other, turn)
            after += self._cost(other, own)
        return after - before + self._way_change(ticket, own, other, turn)

    def may(self, ticket: int, turn: int) -> bool:
        """Return whether `change` can be made."""
        other, own = self.ticket_in[turn], self.turn_of[ticket]
        return (
            turn in self.costs.alone[ticket]
            and other != ticket
            and (OUT in (other, own) or own in self.costs.alone[other])
        )

    def _step(self, ticket: int) -> bool:
        """Take the best step there is for `ticket`; return whether there was one."""
        alone, own = self.costs.alone, self.turn_of[ticket]
        before = self._cost(ticket, own)
        mine = self._saving[ticket]
        best, chosen = 0, OUT
        for turn, cost in alone[ticket].items():
            other = self.ticket_in[turn]
            change = cost - before
            if other == OUT:
                if change - mine >= best:
                    continue
            elif other == ticket:
                continue
            else:
                if own == OUT:
                    back = self._left[other]
                elif own in alone[other]:
                    back = alone[other][own]
                else:
                    continue
                change += back - alone[other][turn]
                if change - mine - self._saving[other] >= best:
                    continue
            change += self._way_change(ticket, own, other, turn)
            if change < best:
                best, chosen = change, turn
        if chosen == OUT:
            return False
        self.exchange(ticket, chosen)
        return True

    def exchange(self, ticket: int, turn: int) -> None:
        """Give `turn` to `ticket`, and its own to who has `turn`."""
        other, own = self.ticket_in[turn], self.turn_of[ticket]
        self._take(ticket)
        if other != OUT:
            self._take(other)
            self._put(other, own)
        self._put(ticket, turn)
        self._save({self._technician[each] for each in (own, turn) if each != OUT})

    def _cost(self, ticket: int, turn: int) -> int:
        return self._left[ticket] if turn == OUT else self.costs.alone[ticket][turn]

    def _put(self, ticket: int, turn: int) -> None:
        self.turn_of[ticket] = turn
        if turn != OUT:
            self.ticket_in[turn] = ticket
            self._visit(ticket, self._technician[turn], 1)

    def _take(self, ticket: int) -> None:
        turn = self.turn_of[ticket]
        self._saving[ticket] = 0
        if turn != OUT:
            self.ticket_in[turn] = OUT
            self._visit(ticket, self._technician[turn], -1)
        self.turn_of[ticket] = OUT

    def _visit(self, ticket: int, technician: int, by: int) -> None:
        visits = self._visits[technician]
        for place, _points in self.costs.places.new(ticket, technician):
            visits[place] += by

    def _save(self, technicians: set[int]) -> None:
        """Reckon anew what each ticket of `technicians` would save them in ways if it went."""
        for technician in technicians:
            for turn in range(*self.costs.first_turn[technician : technician + 2]):
                ticket = self.ticket_in[turn]
                if ticket != OUT:
                    self._saving[ticket] = self.way(ticket, technician)

    def _way_change(self, ticket: int, own: int, other: int, turn: int) -> int:
        """Return how the ways change when `ticket` goes to `turn`, and `other` to `own`."""
        to = self._technician[turn]
        if own != OUT and self._technician[own] == to:
            return 0
        change = self._entering(ticket, to, other) - self._saving[ticket]
        if other != OUT:
            change -= self._saving[other]
            if own != OUT:
                change += self._entering(other, self._technician[own], ticket)
        return change

    def _entering(self, ticket: int, technician: int, leaving: int) -> int:
        """Return what the way costs `technician` for `ticket` once `leaving` has left him."""
        new = self.costs.places.new
        visits, gone = self._visits[technician], new(leaving, technician) if leaving != OUT else ()
        return sum(
            points
            for place, points in new(ticket, technician)
            if visits[place] == ((place, points) in gone)
        )
