"""The plan of dispatch: what it never does, what it cannot be bettered in, and what it says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcloud_cli.errors import NotFound
from pcloud_cli.services.dispatch import search
from pcloud_cli.services.dispatch.cost import Parts, Refusal
from pcloud_cli.services.dispatch.explain import explain
from pcloud_cli.services.dispatch.matching import OUT, match
from pcloud_cli.services.dispatch.plan import Given, Left, Reason, plan
from pcloud_cli.services.dispatch.situation import (
    OpenTicket,
    Place,
    Situation,
    Technician,
    Ticket,
)
from tests.unit.dispatch_situations import (
    NOW,
    chosen,
    cost,
    may,
    possible,
    situations,
)

HOME = Place("jade", "1", "a")
LATER = NOW + timedelta(hours=8)


def ticket(number: int, place: Place = HOME, due: int = 120, urgency: int = 0) -> Ticket:
    due_at = NOW + timedelta(minutes=due)
    return Ticket(bytes([number]), number, place, due_at, frozenset({"plumbing"}), urgency)


def technician(number: int, **changes: object) -> Technician:
    usual = Technician(
        bytes([number]),
        f"W{number:03}",
        frozenset({"plumbing"}),
        frozenset({Place("jade")}),
        3,
        LATER,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def situation(tickets: list[Ticket], technicians: list[Technician]) -> Situation:
    return Situation(NOW, tuple(tickets), tuple(technicians))


@settings(deadline=None)
@given(st.data())
def test_a_matching_costs_as_little_as_any(data: st.DataObject) -> None:
    columns = data.draw(st.integers(0, 4))
    costs = (
        st.dictionaries(st.integers(0, columns - 1), st.integers(0, 9)) if columns else st.just({})
    )
    rows = [
        sorted((c, j) for j, c in each.items()) for each in data.draw(st.lists(costs, max_size=4))
    ]
    left = data.draw(st.lists(st.integers(0, 30), min_size=len(rows), max_size=len(rows)))

    def total(choice: tuple[int, ...]) -> int:
        by_row = [{column: cost for cost, column in row} for row in rows]
        return sum(left[n] if j == OUT else by_row[n][j] for n, j in enumerate(choice))

    options = [[OUT, *(column for _cost, column in row)] for row in rows]
    taken = (tuple(j for j in choice if j != OUT) for choice in product(*options))
    all_choices = [
        c for c, t in zip(product(*options), taken, strict=True) if len(set(t)) == len(t)
    ]
    found = match(rows, columns, left)
    assert tuple(found) in all_choices
    assert total(tuple(found)) == min(map(total, all_choices))


@settings(deadline=None)
@given(situations(12, 5))
def test_nobody_gets_what_he_may_not_have(given_: Situation) -> None:
    made = plan(given_)
    by_staff = {each.staff_number: each for each in given_.technicians}
    by_number = {each.number: each for each in given_.tickets}
    assert sorted(chosen(made)) == sorted(by_number)
    assert len(made.given) + len(made.left) == len(by_number)
    for each in made.given:
        who = by_staff[each.staff_number]
        assert may(by_number[each.number], who, each.turn, given_.weights)
    turns = Counter((each.staff_number, each.turn) for each in made.given)
    assert set(turns.values()) <= {1}
    for staff, count in Counter(each.staff_number for each in made.given).items():
        who = by_staff[staff]
        assert len(who.open) + count <= who.limit


@settings(deadline=None)
@given(situations())
def test_few_tickets_get_the_best_plan_of_all(given_: Situation) -> None:
    made = plan(given_)
    assert made.proven
    mine = cost(given_, chosen(made))
    assert mine == min(cost(given_, choice) for choice in possible(given_))
    assert mine[1] == made.cost.total - made.cost.left


@settings(deadline=None)
@given(situations(), st.data())
def test_a_search_cut_short_still_leaves_fewest_and_knows_a_bound(
    given_: Situation, data: st.DataObject
) -> None:
    effort = data.draw(st.sampled_from((0, 30, 1000)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "_EFFORT", effort)
        made = plan(given_)
    best = min(cost(given_, choice) for choice in possible(given_))
    mine = cost(given_, chosen(made))
    assert mine[0] == best[0]
    assert made.bound - made.cost.left <= best[1] <= mine[1]
    assert not made.proven or mine == best


@settings(deadline=None)
@given(situations())
def test_where_no_two_share_a_way_the_plan_is_the_best_of_all(given_: Situation) -> None:
    apart = tuple(
        replace(each, place=Place(f"{each.place.community}{each.number}"))
        for each in given_.tickets
    )
    everywhere = tuple(replace(t, scope=frozenset({Place()})) for t in given_.technicians)
    given_ = replace(given_, tickets=apart, technicians=everywhere)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "_EFFORT", 0)
        made = plan(given_)
    assert made.proven
    assert cost(given_, chosen(made)) == min(cost(given_, each) for each in possible(given_))


@settings(deadline=None)
@given(situations(9, 4), st.sampled_from((0, 1000, 60_000)))
def test_no_move_and_no_exchange_betters_the_plan(given_: Situation, effort: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "_EFFORT", effort)
        made = chosen(plan(given_))
    mine = cost(given_, made)
    by_staff = {each.staff_number: each for each in given_.technicians}

    def allowed(number: int, to: tuple[str, int] | None) -> bool:
        wanted = next(each for each in given_.tickets if each.number == number)
        return to is None or may(wanted, by_staff[to[0]], to[1], given_.weights)

    turns = [(t.staff_number, n) for t in given_.technicians for n in range(1, t.limit + 1)]
    free = [turn for turn in turns if turn not in made.values()]
    for number, to in product(made, [*free, None]):
        if allowed(number, to):
            assert cost(given_, {**made, number: to}) >= mine
    for one, other in permutations(made, 2):
        if allowed(one, made[other]) and allowed(other, made[one]):
            assert cost(given_, {**made, one: made[other], other: made[one]}) >= mine


@settings(deadline=None)
@given(situations(8, 4), st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_told_does_not_matter(
    given_: Situation, random: object
) -> None:
    tickets, technicians = list(given_.tickets), list(given_.technicians)
    random.shuffle(tickets)  # type: ignore[attr-defined]
    random.shuffle(technicians)  # type: ignore[attr-defined]
    other = replace(given_, tickets=tuple(tickets), technicians=tuple(technicians))
    assert plan(other) == plan(given_)


@settings(deadline=None)
@given(situations(8, 4))
def test_explanations_add_up_to_the_cost(given_: Situation) -> None:
    made = plan(given_)
    mine = cost(given_, chosen(made))
    outcomes: list[Given | Left] = [*made.given, *made.left]
    assert sum((each.parts for each in outcomes), Parts()) == made.cost
    for each in outcomes:
        told = explain(given_, made, each.number)
        assert told.outcome == each
        assert len(told.choices) == len(given_.technicians)
        for choice in told.choices:
            if choice.more is None:
                assert choice.refusal is not None or not choice.planned
                continue
            assert choice.turn is not None
            other = chosen(made)
            if choice.instead_of is not None:
                other[choice.instead_of] = other[each.number]
            other[each.number] = (choice.staff_number, choice.turn)
            left, points = cost(given_, other)
            assert points - mine[1] == choice.more.total - choice.more.left
            assert (left == mine[0]) == (choice.more.left == 0)
            assert choice.more.total >= 0


@settings(deadline=None)
@given(situations(10, 4))
def test_why_nobody_gets_it_counts_everybody(given_: Situation) -> None:
    made = plan(given_)
    for each in made.left:
        able = len(given_.technicians) - sum(each.refusals.values())
        assert (each.reason is Reason.OTHERS_FIRST) == (able > 0)
        assert (each.reason is Reason.NOBODY) == (not given_.technicians)


@pytest.mark.parametrize(
    ("technicians", "reason"),
    [
        ([], Reason.NOBODY),
        ([technician(1, skills=frozenset({"wiring"}))], Reason.NO_SKILL),
        ([technician(1, scope=frozenset({Place("jade", "2")}))], Reason.OUT_OF_SCOPE),
        ([technician(1, on_shift_until=None)], Reason.OFF_SHIFT),
        ([technician(1, on_shift_until=NOW)], Reason.OFF_SHIFT),
        ([technician(1, limit=1, open=(OpenTicket(HOME, NOW),))], Reason.AT_LIMIT),
        (
            [
                technician(
                    1,
                    open=(OpenTicket(HOME, NOW),),
                    on_shift_until=NOW + timedelta(minutes=45),
                )
            ],
            Reason.SHIFT_ENDS,
        ),
    ],
)
def test_why_nobody_gets_it(technicians: list[Technician], reason: Reason) -> None:
    (left,) = plan(situation([ticket(1)], technicians)).left
    assert left.reason is reason
    assert left.refusals == ({Refusal(reason): 1} if technicians else {})


def test_the_nearest_miss_is_the_reason() -> None:
    others = [technician(1, skills=frozenset({"wiring"})), technician(2, limit=0)]
    (left,) = plan(situation([ticket(1)], others)).left
    assert left.reason is Reason.AT_LIMIT
    assert left.refusals == {Refusal.NO_SKILL: 1, Refusal.AT_LIMIT: 1}


def test_what_is_urgent_goes_out_when_not_all_can() -> None:
    tickets = [ticket(1, due=-60), ticket(2, urgency=1), ticket(3, due=-30)]
    made = plan(situation(tickets, [technician(1, limit=2)]))
    assert [each.number for each in made.given] == [1, 2]
    assert made.left[0].reason is Reason.OTHERS_FIRST


def test_ties_go_to_the_lower_numbers() -> None:
    made = plan(situation([ticket(2), ticket(1)], [technician(2, limit=1), technician(1, limit=1)]))
    assert [(each.number, each.staff_number) for each in made.given] == [(1, "W001"), (2, "W002")]
    alone = plan(situation([ticket(1)], [technician(3), technician(2)]))
    assert alone.given[0].staff_number == "W002"


def test_tickets_of_one_unit_go_to_one_technician() -> None:
    there, away = Place("jade", "7", "1"), Place("jade", "9", "2")
    tickets = [ticket(1, there, 400), ticket(2, away, 400), ticket(3, there, 400)]
    at = Place("jade")
    made = plan(situation(tickets, [technician(1, at=at), technician(2, at=at)]))
    by_number = {each.number: each.staff_number for each in made.given}
    assert by_number[1] == by_number[3] != by_number[2]


def test_who_is_in_the_building_already_is_sent() -> None:
    near = technician(2, open=(OpenTicket(Place("jade", "1", "b"), LATER),))
    made = plan(situation([ticket(1, due=400)], [technician(1), near]))
    assert made.given[0].staff_number == "W002"


def test_a_ticket_that_does_not_wait_is_not_explained() -> None:
    given_ = situation([ticket(1)], [technician(1)])
    with pytest.raises(NotFound):
        explain(given_, plan(given_), 2)


def test_two_of_one_number_are_refused() -> None:
    with pytest.raises(ValueError, match="one number"):
        situation([ticket(1), ticket(1)], [])
    with pytest.raises(ValueError, match="one staff number"):
        situation([], [technician(1), technician(1)])
