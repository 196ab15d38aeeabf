"""Money: what people write, and sums that are right to the fen."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.errors import UsageProblem
from pcloud_cli.services import money

AMOUNTS = st.integers(0, 10**11 - 1).map(lambda fen: Decimal(fen) / 100)
COUNTS = st.integers(1, 10**9 - 1).map(lambda thousandths: Decimal(thousandths) / 1000)


@given(AMOUNTS)
def test_an_amount_is_read_as_it_was_written(amount: Decimal) -> None:
    for text in (f"{amount:.2f}", f"¥{amount:.2f}", f"{amount:.2f}元", f"{amount:,.2f}"):
        assert money.yuan(text, "--cost") == amount


@given(AMOUNTS, COUNTS)
def test_a_line_is_within_half_a_fen_of_price_times_quantity(
    price: Decimal, count: Decimal
) -> None:
    amount = money.amount(price, count)
    assert amount == amount.quantize(money.FEN)
    assert abs(amount - price * count) <= Decimal("0.005")


@given(st.lists(st.tuples(AMOUNTS, COUNTS), max_size=30))
def test_the_total_is_the_sum_of_its_lines_to_the_fen(lines: list[tuple[Decimal, Decimal]]) -> None:
    amounts = [money.amount(price, count) for price, count in lines]
    fen = sum(int(amount * 100) for amount in amounts)
    assert money.total(amounts) * 100 == fen
    assert money.total(reversed(amounts)) == money.total(amounts)


@given(COUNTS)
def test_a_quantity_is_read_as_it_is_shown(count: Decimal) -> None:
    assert money.quantity(money.plain(count), "--part") == count


@pytest.mark.parametrize("text", ["", "1.005", "-1", "1e3", "三十", "12.3.4", "NaN", "1 2", "0x10"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(UsageProblem):
        money.yuan(text, "--cost")


@pytest.mark.parametrize("text", ["0", "0.000", "-1", "1.2345", "", "many", "1e2"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(UsageProblem):
        money.quantity(text, "--part")
