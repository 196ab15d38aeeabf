"""Laws of the roster: a roster twice is once, nobody is twice at one moment, a swap keeps cover."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcloud_cli.errors import PcloudError
from pcloud_cli.models.roster import Shift, ShiftSwap
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.roster import entering, swaps
from tests.integration.crew import Crew, Open, grid

MONDAY = date(2026, 3, 2)
PEOPLE = ("WX002", "WX003", "WX004")
WORDS = ("白", "夜", "早", "中", "晚", "休", "", "早/晚", "13:00-14:30", "22-6", "备")
DAYS = 4
ROSTERS = st.fixed_dictionaries(
    {who: st.lists(st.sampled_from(WORDS), min_size=DAYS, max_size=DAYS) for who in PEOPLE}
)
SWAPS = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE), st.integers(0, DAYS - 1), st.sampled_from(PEOPLE),
        st.one_of(st.none(), st.integers(0, DAYS - 1)),
    ),
    max_size=6,
)  # fmt: skip

Cover = dict[tuple[Any, Any], int]


@pytest.fixture
def crew(opened: Open) -> Crew:
    made = Crew(opened)
    made.found()
    for number in PEOPLE:
        made.hire(number, "maintenance")
    return made


@pytest.fixture
def lead(crew: Crew) -> Actor:
    return crew.hire("WX001", "maintenance_lead")


def _enter(crew: Crew, lead: Actor, rows: list[list[Any]]) -> entering.Entered:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    with tempfile.TemporaryFile() as stream:
        stream.write(text.getvalue().encode())
        stream.flush()
        os.lseek(stream.fileno(), 0, os.SEEK_SET)
        with crew.opened() as work:
            return entering.enter(lead, work, stream.fileno(), community="CH", name="r.csv")


def _empty(crew: Crew) -> None:
    with crew.opened() as work:
        work.session.query(ShiftSwap).delete()
        work.session.query(Shift).delete()


def _nobody_twice(crew: Crew) -> None:
    with crew.opened() as work:
        live = work.session.query(Shift).filter(Shift.cancelled_at.is_(None))
        for who in {row.account_id for row in live} - {None}:
            own = sorted((row.begins_at, row.ends_at) for row in live if row.account_id == who)
            assert all(before[1] <= after[0] for before, after in pairwise(own))


def _cover(crew: Crew) -> Cover:
    """Return how many are there at each time."""
    found: Cover = {}
    with crew.opened() as work:
        for row in work.session.query(Shift).filter(Shift.cancelled_at.is_(None)):
            if row.account_id is not None:
                key = (row.begins_at, row.ends_at)
                found[key] = found.get(key, 0) + 1
    return found


@settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(first=ROSTERS, second=ROSTERS)
def test_a_roster_twice_is_once_and_the_last_one_holds(
    crew: Crew, lead: Actor, first: dict[str, list[str]], second: dict[str, list[str]]
) -> None:
    _empty(crew)
    for rows in (grid(MONDAY, DAYS, first), grid(MONDAY, DAYS, second)):
        entered = _enter(crew, lead, rows)
        if entered.wrong:  # two shifts of one person meet: nothing is taken in
            before = crew.live()
            assert _enter(crew, lead, rows).wrong
            assert crew.live() == before
            continue
        after = crew.live()
        again = _enter(crew, lead, rows)
        assert again.record is not None
        assert again.record["already"] or not crew.live()
        assert crew.live() == after
        _nobody_twice(crew)


@settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(planned=ROSTERS, asked=SWAPS)
def test_swaps_keep_cover_and_put_nobody_in_two_places(
    crew: Crew,
    lead: Actor,
    planned: dict[str, list[str]],
    asked: list[tuple[str, int, str, int | None]],
) -> None:
    _empty(crew)
    _enter(crew, lead, grid(MONDAY, DAYS, planned))
    cover = _cover(crew)
    for whose, day, to, back in asked:
        when = (MONDAY + timedelta(days=day)).isoformat()
        against = None if back is None else (MONDAY + timedelta(days=back)).isoformat()
        try:
            with crew.opened() as work:
                swaps.ask(lead, work, when, of=whose, to=to, against=against, reason="test")
        except PcloudError:
            pass  # no such shift, one's own, or two at once: nothing may have moved
        assert _cover(crew) == cover
        _nobody_twice(crew)
