"""Bars in a terminal: true to scale, straight in Chinese, plain where a terminal draws none."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pcloud_cli.output.chart import Bar, bars, draws_unicode, write_bars

_TEXT = st.text(st.sampled_from("住宅ab 1店é-"), min_size=1, max_size=40)
_SHARE = st.none() | st.decimals(0, 1, places=4)
_ITEMS = st.lists(st.builds(Bar, _TEXT, st.integers(0, 10**9), _SHARE), min_size=1, max_size=20)


@given(_ITEMS, st.integers(20, 300), st.booleans())
def test_columns_are_straight_whatever_the_labels(
    items: list[Bar], width: int, unicode: bool
) -> None:
    lines = bars(items, width=width, unicode=unicode)
    ends = set()
    for line, item in zip(lines, items, strict=True):
        number = f"{item.value:,}"
        ends.add(cell_len(line[: line.rindex(number) + len(number)]))
    assert len(ends) == 1


@given(_ITEMS)
def test_longer_bars_are_larger_values_and_none_but_zero_has_no_bar(items: list[Bar]) -> None:
    lengths = [
        (item.value, line.count("#"))
        for item, line in zip(items, bars(items, width=100, unicode=False), strict=True)
    ]
    for value, length in lengths:
        assert (length == 0) == (value == 0)
    ordered = sorted(lengths)
    assert [length for _value, length in ordered] == sorted(length for _value, length in lengths)


def test_a_bar_in_eighths_and_its_share() -> None:
    lines = bars(
        [Bar("住宅", 16, Decimal("0.8")), Bar("shop", 1, Decimal("0.0501"))], width=37, unicode=True
    )
    assert lines == [
        "  住宅  16  80.0%  ██████████████████",
        "  shop   1   5.0%  █▏",
    ]


def test_controls_in_a_label_do_nothing() -> None:
    (line,) = bars([Bar("\x1b[31m红\u202e", 1)], width=80, unicode=True)
    assert "\x1b" not in line
    assert "\u202e" not in line


def test_a_long_label_is_cut() -> None:
    (line,) = bars([Bar("三室两厅" * 9, 5)], width=80, unicode=False)
    assert line.index("..") < 40


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "C.UTF-8", "TERM": "xterm"}, True),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, False),
        ({"LANG": "zh_CN.UTF-8", "TERM": "dumb"}, False),
        ({"LANG": "zh_CN.GBK"}, False),
        ({}, False),
    ],
)
def test_blocks_are_drawn_only_where_the_locale_has_them(
    env: dict[str, str], expected: bool
) -> None:
    assert draws_unicode(env) is expected


def test_beyond_the_most_the_rest_is_one_line() -> None:
    stream = io.StringIO()
    write_bars(stream, "Title", [Bar(str(n), 10 - n) for n in range(8)], env={}, most=3)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 5
    assert "5" in lines[-1]
    assert "25" in lines[-1]


def test_one_more_than_the_most_is_shown_rather_than_counted() -> None:
    stream = io.StringIO()
    write_bars(stream, "Title", [Bar(str(n), 1) for n in range(4)], env={}, most=3)
    assert len(stream.getvalue().splitlines()) == 5


def test_no_rows_are_said() -> None:
    stream = io.StringIO()
    write_bars(stream, "Title", [], env={})
    assert stream.getvalue() == "Title\n  no data\n"
