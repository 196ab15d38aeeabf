"""Why a ticket goes to whom it goes, in numbers that add up to the plan's cost."""

from __future__ import annotations

from dataclasses import dataclass

from pcloud_cli.errors import NotFound
from pcloud_cli.i18n import _
from pcloud_cli.services.dispatch.cost import Costs, Parts, Refusal
from pcloud_cli.services.dispatch.improvement import Draft
from pcloud_cli.services.dispatch.matching import OUT
from pcloud_cli.services.dispatch.plan import Given, Left, Plan
from pcloud_cli.services.dispatch.situation import Situation


@dataclass(frozen=True)
class Choice:
    """What it would take that one technician gets the ticket, all else being as planned.

    `refusal` says why he cannot; the rest is None then. Otherwise it is his `turn`, counted from
    1, that costs least, `instead_of` the number of the ticket that would give way there (it gets
    what this ticket has, or nobody), and `more` what the whole plan would then cost more: by part,
    0 for who is planned, never below 0 in all. `more` is None too where every turn of his is
    another's who cannot take what this ticket has.
    """

    technician_id: bytes
    staff_number: str
    planned: bool
    refusal: Refusal | None = None
    turn: int | None = None
    instead_of: int | None = None
    more: Parts | None = None


@dataclass(frozen=True)
class Explanation:
    """A ticket, what the plan has for it, and every technician, cheapest first, who cannot last."""

    outcome: Given | Left
    choices: tuple[Choice, ...]


def explain(situation: Situation, plan: Plan, number: int) -> Explanation:
    """Return why ticket `number` goes to whom `plan`, made for `situation`, gives it.

    Raises NotFound where the ticket is not in the plan.
    """
    outcomes: list[Given | Left] = [*plan.given, *plan.left]
    outcome = next((each for each in outcomes if each.number == number), None)
    if outcome is None:
        raise NotFound(
            _("Ticket {number} is not in this plan.").format(number=number),
            hint=_("A plan holds the tickets that wait for a technician."),
        )
    costs = Costs(situation)
    draft = _draft(costs, plan)
    ticket = [each.number for each in situation.tickets].index(number)
    choices = [
        _choice(costs, draft, ticket, position) for position in range(len(situation.technicians))
    ]
    return Explanation(outcome, tuple(sorted(choices, key=_order)))


def _draft(costs: Costs, plan: Plan) -> Draft:
    position = {each.staff_number: n for n, each in enumerate(costs.situation.technicians)}
    turns = {
        each.number: costs.first_turn[position[each.staff_number]] + each.turn - 1
        for each in plan.given
    }
    return Draft(costs, [turns.get(each.number, OUT) for each in costs.situation.tickets])


def _choice(costs: Costs, draft: Draft, ticket: int, position: int) -> Choice:
    technician = costs.situation.technicians[position]
    own = draft.turn_of[ticket]
    planned = own != OUT and costs.turns[own].technician == position
    who = (technician.id, technician.staff_number, planned)
    refusal = costs.refusals[ticket][position]
    if refusal is not None:
        return Choice(*who, refusal)
    if planned:
        return Choice(*who, turn=costs.turns[own].number + 1, more=Parts())
    turns = range(*costs.first_turn[position : position + 2])
    possible = [turn for turn in turns if draft.may(ticket, turn)]
    if not possible:
        return Choice(*who)
    turn = min(possible, key=lambda each: draft.change(ticket, each))
    other = draft.ticket_in[turn]
    return Choice(
        *who,
        turn=costs.turns[turn].number + 1,
        instead_of=None if other == OUT else costs.situation.tickets[other].number,
        more=_more(draft, ticket, turn),
    )


def _more(draft: Draft, ticket: int, turn: int) -> Parts:
    """Return what the plan would cost more, by part, if `ticket` got `turn`."""
    before = sum(draft.parts(), Parts())
    other = Draft(draft.costs, draft.turn_of)
    other.exchange(ticket, turn)
    return sum(other.parts(), Parts()) - before


def _order(choice: Choice) -> tuple[bool, bool, bool, int]:
    more = 0 if choice.more is None else choice.more.total
    return (choice.refusal is not None, choice.more is None, not choice.planned, more)
