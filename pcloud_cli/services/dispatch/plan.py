"""The plan over all waiting tickets at once: who gets which, in which turn, and who gets none.

**Exactly optimal**: how many tickets are left without anybody, the most urgent first – no other
plan gives out more; the whole cost where no two tickets of the plan could share a way; and the
whole cost wherever `Plan.proven` says so, which is nearly always where few wait.

**Heuristic** is only the shared way, and only where many wait: that two tickets in one building
cost one way makes the problem quadratic. There `search` goes downhill from a matching that is
optimal for shares of ways, and stops where no ticket is better with another technician or in
another turn, and no two tickets are better exchanged. `Plan.bound` says how much less any plan
could cost at the very most.

The same situation gives the same plan everywhere, in whatever order it is told: whole numbers
throughout; ties go to the lower ticket number, then the lower staff number.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pcloud_cli.services.dispatch.cost import Costs, Parts, Refusal
from pcloud_cli.services.dispatch.improvement import Draft
from pcloud_cli.services.dispatch.search import cheapest
from pcloud_cli.services.dispatch.situation import Situation


class Reason(StrEnum):
    """Why nobody gets a ticket: how near the nearest came."""

    NOBODY = "nobody"
    NO_SKILL = "no_skill"
    OUT_OF_SCOPE = "out_of_scope"
    OFF_SHIFT = "off_shift"
    AT_LIMIT = "at_limit"
    SHIFT_ENDS = "shift_ends"
    OTHERS_FIRST = "others_first"


_NEARNESS = list(Refusal)


@dataclass(frozen=True)
class Given:
    """A ticket and who gets it, as the `turn`-th by this plan, counted from 1.

    `there_at` is when he would be there, as the cost reckons. The ways that a technician's
    tickets share are put down to the first of them by turn.
    """

    ticket_id: bytes
    number: int
    technician_id: bytes
    staff_number: str
    turn: int
    there_at: datetime
    parts: Parts


@dataclass(frozen=True)
class Left:
    """A ticket that nobody gets, why, and how many technicians cannot get it for which reason.

    `OTHERS_FIRST` says that somebody could, but has his room filled by what goes before.
    """

    ticket_id: bytes
    number: int
    reason: Reason
    refusals: dict[Refusal, int]
    parts: Parts


@dataclass(frozen=True)
class Plan:
    """Every waiting ticket, given or left, by number; the cost is the sum of their parts.

    No plan for the same situation costs less than `bound`.
    """

    given: tuple[Given, ...]
    left: tuple[Left, ...]
    cost: Parts
    bound: int

    @property
    def proven(self) -> bool:
        """Whether no plan at all can cost less."""
        return self.bound == self.cost.total


def plan(situation: Situation) -> Plan:
    """Return the plan for `situation`; nothing else is looked at, and nothing is changed.

    Raises ValueError where two tickets or two technicians cannot be told apart.
    """
    costs = Costs(situation)
    draft, bound = cheapest(costs)
    return _told(costs, draft, bound)


def _told(costs: Costs, draft: Draft, bound: int) -> Plan:
    situation = costs.situation
    parts = draft.parts()
    given, left = [], []
    for position, ticket in enumerate(situation.tickets):
        turn = draft.turn_of[position]
        if turn < 0:
            refusals = Counter(why for why in costs.refusals[position] if why is not None)
            told = {why: refusals[why] for why in _NEARNESS if refusals[why]}
            reason = _reason(told, len(situation.technicians))
            left.append(Left(ticket.id, ticket.number, reason, told, parts[position]))
            continue
        technician = situation.technicians[costs.turns[turn].technician]
        given.append(
            Given(
                ticket.id,
                ticket.number,
                technician.id,
                technician.staff_number,
                costs.turns[turn].number + 1,
                situation.now + timedelta(minutes=costs.minutes(position, turn)),
                parts[position],
            )
        )
    return Plan(tuple(given), tuple(left), sum(parts, Parts()), bound)


def _reason(refusals: dict[Refusal, int], technicians: int) -> Reason:
    if not technicians:
        return Reason.NOBODY
    if sum(refusals.values()) < technicians:
        return Reason.OTHERS_FIRST
    return Reason(max(refusals, key=_NEARNESS.index))
