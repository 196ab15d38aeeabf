"""Tables fit a terminal: nothing is cut into columns a few characters wide."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.output.columns import Column
from pcloud_cli.output.table import write_fields, write_table
from pcloud_cli.output.text import width_of, wrapped

COLUMNS = (
    Column("sheet", "Sheet"),
    Column("row", "Row", right=True),
    Column("value", "Value"),
    Column("message", "Problem", prose=True),
    Column("hint", "What to do", prose=True),
)
ROWS = [
    ["业主信息", "47", "一期 1单元 10 1004", "The building is missing.", "Add the building."],
    ["业主信息", "172", "3.5****************17", "The ID number is damaged: " * 3, "Ask again."],
]


def table(width: int | None, rows: list[list[str]] = ROWS) -> list[str]:
    stream = io.StringIO()
    write_table(stream, COLUMNS, rows, plain=True, width=width)
    return stream.getvalue().splitlines()


def test_a_piped_table_is_whole() -> None:
    lines = table(None)
    assert len(lines) == 2 + len(ROWS)
    assert ROWS[1][3].rstrip() in lines[3]


def test_sentences_are_folded_where_the_terminal_leaves_them_room() -> None:
    lines = table(120)
    assert all(width_of(line) <= 120 for line in lines)
    assert len(lines) > 2 + len(ROWS)
    at = width_of(lines[0][: lines[0].index("Problem")])
    assert all(line[: at - 6].strip() == "" or line.startswith("业主信息") for line in lines[2:])


def test_sentences_go_below_their_row_where_it_is_narrow() -> None:
    lines = table(60)
    assert all(width_of(line) <= 60 for line in lines)
    assert lines[0].split() == ["Sheet", "Row", "Value"]
    assert lines[3] == "    The building is missing. Add the building."


def test_each_row_is_a_record_where_even_the_short_columns_do_not_fit() -> None:
    lines = table(30)
    assert lines[0] == "Sheet       业主信息"
    assert lines[2] == "Value       一期 1单元 10 1004"
    assert "" in lines


def test_a_record_shows_no_empty_field() -> None:
    assert not any(line.startswith("Value") for line in table(24, [["a", "1", "", "b c", "d"]]))


@pytest.mark.parametrize("width", [40, 60, 80, 120, None])
def test_no_word_is_lost_at_any_width(width: int | None) -> None:
    shown = "".join("".join(table(width)).split())
    for row in ROWS:
        for cell in row:
            for word in cell.split():
                assert word in shown


def test_fields_are_folded_beside_their_titles() -> None:
    stream = io.StringIO()
    write_fields(stream, [("权限", "a.read, b.read, c.write"), ("名", "x")], width=20)
    assert all(width_of(line) <= 34 for line in stream.getvalue().splitlines())
    assert stream.getvalue().splitlines()[-1] == "名    x"


@given(st.text(st.sampled_from("ab 楼栋，。"), max_size=60), st.integers(8, 40))
def test_wrapping_keeps_every_character_but_spaces(text: str, width: int) -> None:
    lines = list(wrapped(text, width))
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.text(st.sampled_from("栋单元房"), min_size=1, max_size=60), st.integers(8, 40))
def test_a_sign_that_closes_stands_neither_first_nor_outside(text: str, width: int) -> None:
    sentence = "，".join(text[i : i + 3] for i in range(0, len(text), 3)) + "。"
    lines = list(wrapped(sentence, width))
    assert all(width_of(line) <= width for line in lines)
    assert not any(line[0] in "，。" for line in lines)
    assert "".join(lines) == sentence
