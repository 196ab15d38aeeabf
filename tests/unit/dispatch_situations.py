"""Made-up situations of dispatch, and their cost reckoned anew from what the regulation of it says.

What stands here knows nothing of how the plan is found: it is slow, plain and by the clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import strategies as st

from pcloud_cli.services.dispatch.plan import Plan
from pcloud_cli.services.dispatch.situation import (
    OpenTicket,
    Place,
    Situation,
    Technician,
    Ticket,
    Weights,
)

NOW = datetime(2026, 7, 1, 1, tzinfo=UTC)
SKILLS = ("plumbing", "wiring")
Chosen = Mapping[int, tuple[str, int] | None]
"""Ticket number → staff number and turn, counted from 1; None where nobody gets it."""

minutes = st.integers(-90, 400)
places = st.builds(
    Place, st.sampled_from(("jade", "lake")), st.sampled_from(("", "1", "2")), st.sampled_from("ab")
)
moments = minutes.map(lambda each: NOW + timedelta(minutes=each))
skills = st.frozensets(st.sampled_from(SKILLS))
open_tickets = st.builds(OpenTicket, places, moments, st.integers(0, 1), st.booleans())


def tickets(number: int) -> st.SearchStrategy[Ticket]:
    """Return tickets with `number`."""
    return st.builds(
        Ticket,
        st.just(bytes([number])),
        st.just(number),
        places,
        moments,
        st.frozensets(st.sampled_from(SKILLS), max_size=1),
        st.integers(0, 2),
    )


def technicians(number: int) -> st.SearchStrategy[Technician]:
    """Return technicians with the `number`-th staff number."""
    return st.builds(
        Technician,
        st.just(bytes([number])),
        st.just(f"W{number:03}"),
        st.frozensets(st.sampled_from(SKILLS), min_size=1),
        st.sampled_from(
            (
                frozenset({Place()}),
                frozenset({Place("jade")}),
                frozenset({Place("jade", "1"), Place("lake")}),
            )
        ),
        st.integers(0, 3),
        st.one_of(st.none(), moments, st.just(NOW + timedelta(hours=8))),
        st.lists(open_tickets, max_size=2).map(tuple),
        st.integers(0, 600),
        st.one_of(st.none(), places),
    )


@st.composite
def situations(draw: st.DrawFn, most_tickets: int = 5, most_technicians: int = 3) -> Situation:
    """Draw a situation, small enough to try everything."""
    weights = st.builds(
        Weights,
        late=st.sampled_from(((2, 10), (1,), (0, 0, 5))),
        community=st.integers(0, 60),
        building=st.integers(0, 40),
        unit=st.integers(0, 10),
        load=st.integers(1, 20),
        fairness=st.integers(0, 5),
        turn_minutes=st.integers(20, 120),
    )
    return Situation(
        NOW,
        tuple(draw(tickets(n + 1)) for n in range(draw(st.integers(0, most_tickets)))),
        tuple(draw(technicians(n)) for n in range(draw(st.integers(0, most_technicians)))),
        draw(weights),
    )


def known(technician: Technician) -> set[Place]:
    """Return where `technician` is or has something to do, and all around it."""
    where = [each.place for each in technician.open]
    where += [technician.at] if technician.at else []
    return {step for each in where for step in each.steps()}


def minutes_to(place: Place, weights: Weights) -> int:
    """Return how long the way to `place` is."""
    if place.unit:
        return weights.unit
    return weights.building if place.building else weights.community


def there(ticket: Ticket, technician: Technician, turn: int, weights: Weights) -> datetime:
    """Return when somebody is there for `ticket` in `turn`."""
    own = (-ticket.urgency, ticket.due_at)
    before = (
        turn
        - 1
        + sum(each.begun or (-each.urgency, each.due_at) <= own for each in technician.open)
    )
    way = sum(minutes_to(each, weights) for each in set(ticket.place.steps()) - known(technician))
    return NOW + timedelta(minutes=before * weights.turn_minutes + way)


def may(ticket: Ticket, technician: Technician, turn: int, weights: Weights) -> bool:
    """Return whether `technician` may have `ticket` in `turn`."""
    return (
        all(skill in technician.skills for skill in ticket.skills)
        and any(place.covers(ticket.place) for place in technician.scope)
        and technician.on_shift_until is not None
        and there(ticket, technician, turn, weights) < technician.on_shift_until
        and len(technician.open) + turn <= technician.limit
    )


def chosen(plan: Plan) -> dict[int, tuple[str, int] | None]:
    """Return what `plan` gives out."""
    found: dict[int, tuple[str, int] | None] = {each.number: None for each in plan.left}
    found |= {each.number: (each.staff_number, each.turn) for each in plan.given}
    return found


def cost(situation: Situation, choice: Chosen) -> tuple[list[int], int]:
    """Return how many are left by rank, the most urgent first, and the points of all the rest."""
    weights = situation.weights
    present = [t for t in situation.technicians if t.on_shift_until and t.on_shift_until > NOW]
    least = min((t.worked_minutes for t in present), default=0)
    by_staff = {each.staff_number: each for each in situation.technicians}
    left = {each.urgency: 0 for each in situation.tickets}
    points = 0
    gone_to: dict[str, set[Place]] = {each: set() for each in by_staff}
    for ticket in situation.tickets:
        a_minute = weights.late[min(ticket.urgency, len(weights.late) - 1)]
        given = choice[ticket.number]
        if given is None:
            left[ticket.urgency] += 1
            begins = NOW + timedelta(minutes=weights.left_minutes)
        else:
            technician = by_staff[given[0]]
            begins = there(ticket, technician, given[1], weights)
            after = len(technician.open) + given[1]
            points += weights.load * (after**2 - (after - 1) ** 2)
            points += weights.fairness * ((technician.worked_minutes - least) // 60)
            gone_to[given[0]] |= set(ticket.place.steps())
        points += a_minute * max(0, int((begins - ticket.due_at).total_seconds() // 60))
    for staff, visited in gone_to.items():
        points += sum(minutes_to(p, weights) for p in visited - known(by_staff[staff]))
    return [left[rank] for rank in sorted(left, reverse=True)], points


def possible(situation: Situation) -> Iterator[Chosen]:
    """Go through every plan there is, whatever it costs."""
    options: list[list[tuple[str, int] | None]] = [
        [
            None,
            *(
                (technician.staff_number, turn)
                for technician in situation.technicians
                for turn in range(1, technician.limit + 1)
                if may(ticket, technician, turn, situation.weights)
            ),
        ]
        for ticket in situation.tickets
    ]
    for combination in product(*options):
        given = [each for each in combination if each is not None]
        if len(set(given)) == len(given):
            yield {t.number: c for t, c in zip(situation.tickets, combination, strict=True)}
