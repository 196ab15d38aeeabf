"""How far many workbooks are is told by their rows and bytes; the moments are given."""

from __future__ import annotations

import pytest

from pcloud_cli.commands.imports.estimate import Estimate


def test_nothing_is_promised_before_there_is_a_rate() -> None:
    estimate = Estimate([100, 300], 0.0)
    estimate.begin(0, 0.0)
    assert (estimate.left(1.0), estimate.fraction) == (None, 0.0)
    estimate.sheet(1, 101)
    estimate.reached(11, 10, 2.0)
    assert estimate.left(2.0) is None


def test_within_one_file_the_rows_that_are_left_tell_the_time() -> None:
    estimate = Estimate([100], 0.0)
    estimate.begin(0, 0.0)
    estimate.sheet(1, 101)
    estimate.reached(21, 20, 5.0)
    estimate.reached(61, 60, 9.0)
    assert estimate.fraction == pytest.approx(0.6)
    assert estimate.rate(10.0) == 6
    assert estimate.left(9.0) == 4


def test_other_files_count_by_their_bytes() -> None:
    estimate = Estimate([100, 300, 0], 10.0)
    estimate.begin(0, 10.0)
    estimate.sheet(1, 11)
    estimate.reached(6, 5, 12.0)
    estimate.reached(11, 10, 14.0)
    estimate.end()
    assert estimate.fraction == pytest.approx(100 / 401)
    estimate.begin(1, 14.0)
    assert estimate.left(14.0) == 12
    assert estimate.left(20.0) == 6
    assert estimate.left(99.0) == 0
    estimate.sheet(1, 31)
    estimate.reached(11, 10, 15.0)
    estimate.reached(16, 15, 16.0)
    assert estimate.rows == 25
    assert estimate.left(16.0) == 3


def test_a_further_sheet_never_moves_the_bar_back() -> None:
    estimate = Estimate([100], 0.0)
    estimate.begin(0, 0.0)
    estimate.sheet(1, 11)
    estimate.reached(11, 10, 1.0)
    assert estimate.fraction == 1.0
    estimate.sheet(1, 101)
    estimate.reached(11, 20, 2.0)
    assert estimate.fraction == 1.0


def test_a_reader_that_tells_no_last_row_leaves_the_time_open() -> None:
    estimate = Estimate([100], 0.0)
    estimate.begin(0, 0.0)
    estimate.sheet(1, 0)
    estimate.reached(50, 49, 5.0)
    assert (estimate.left(5.0), estimate.rows, estimate.fraction) == (None, 49, 0.0)
