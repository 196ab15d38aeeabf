"""How long the developer answers: months as the Civil Code counts, terms as policy has them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.services.fault_type import PARTS
from pcloud_cli.services.policy_sections import rules
from pcloud_cli.services.policy_warranty import STATUTORY, WarrantyPolicy, period
from pcloud_cli.services.warranty import last_day

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
MONTHS = st.integers(1, 1200)


@given(DAYS, MONTHS)
def test_a_warranty_ends_on_the_same_day_of_its_last_month_or_on_that_months_last(
    start: date, months: int
) -> None:
    end = last_day(start, months)
    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day == min(start.day, monthrange(end.year, end.month)[1])


@given(DAYS, MONTHS)
def test_a_day_is_cut_only_where_the_month_lacks_it(start: date, months: int) -> None:
    end = last_day(start, months)
    if end.day != start.day:
        assert (end + timedelta(days=1)).day == 1


@given(DAYS, MONTHS, st.integers(0, 3000))
def test_who_was_handed_over_later_is_under_warranty_no_shorter(
    start: date, months: int, later: int
) -> None:
    assert last_day(start, months) <= last_day(start + timedelta(days=later), months)
    assert last_day(start, months) < last_day(start, months + 1)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2020-02-29", 24, "2022-02-28"),
        ("2020-02-29", 48, "2024-02-29"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2021-01-31", 1, "2021-02-28"),
        ("2021-12-31", 60, "2026-12-31"),
        ("2021-03-01", 60, "2026-03-01"),
    ],
)
def test_leap_days_and_ends_of_months(start: str, months: int, end: str) -> None:
    assert last_day(date.fromisoformat(start), months) == date.fromisoformat(end)


@pytest.mark.parametrize("text", ["防水: 60", "防水：60", "waterproofing:72", " Waterproofing: 60"])
def test_a_part_is_known_by_code_and_by_name_in_both_languages(text: str) -> None:
    found = period(text)
    assert found is not None
    assert (found.part, found.months >= 60) == ("waterproofing", True)


def test_shipped_terms_are_those_of_the_law() -> None:
    assert WarrantyPolicy().months() == STATUTORY
    assert set(STATUTORY) <= set(PARTS)


@pytest.mark.parametrize("text", ["防水: 59", "防水: 0", "屋顶花园: 60", "防水", "plumbing: 23"])
def test_policy_never_grants_less_than_the_law(text: str) -> None:
    assert rules(WarrantyPolicy)["periods"].problem([text]) is not None


def test_what_policy_leaves_out_is_as_the_law_has_it() -> None:
    own = WarrantyPolicy(periods=("plumbing: 36", "equipment: 12"))
    assert own.months() == {**STATUTORY, "plumbing": 36, "equipment": 12}
