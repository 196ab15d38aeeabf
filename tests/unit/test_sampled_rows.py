"""Rows sampled for the second person: each with the same chance, known to nobody beforehand."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from pcloud_cli.security.mask import mask_numbers
from pcloud_cli.sheets.messages import Sampled, SourceCell
from pcloud_cli.sheets.read import read_workbook
from pcloud_cli.sheets.sampled import KEPT, Sampler
from pcloud_cli.sheets.table import Column, Table
from tests.integration.workbooks import number, phone, row, write

_TABLE = Table((1,), 2, (Column(0, "A", "房号", "room", "room", "words"),), (), (), {})


def _kept(seed: str, rows: int) -> list[int]:
    sampler = Sampler(seed, 5)
    for at in range(1, rows + 1):
        if at == sampler.next:
            sampler.keep(0, at, [str(at)], _TABLE)
    return [each.row for each in sampler.rows()]


def test_every_row_has_the_same_chance_to_be_looked_at() -> None:
    chances = Counter(row for seed in range(4000) for row in _kept(str(seed), 40))
    assert set(chances) == set(range(1, 41))
    assert sum(chances.values()) == 4000 * 5
    assert max(abs(count - 500) for count in chances.values()) < 110  # five standard deviations


def test_a_file_of_few_rows_is_looked_at_whole() -> None:
    assert _kept("seed", 3) == [1, 2, 3]


def test_the_seed_decides_which_rows_and_no_seed_keeps_none() -> None:
    assert _kept("a", 1000) == _kept("a", 1000) != _kept("b", 1000)
    assert _kept("", 1000) == []


def _sampled(path: Path, seed: str) -> Sampled:
    with_seed = read_workbook(path, sample=seed)
    return next(message for message in with_seed if isinstance(message, Sampled))


def test_the_cells_come_from_the_file_as_they_stood_with_their_headers(tmp_path: Path) -> None:
    path = write(tmp_path / "list.xlsx", [row(n, phone=f" {phone(n)}") for n in range(1, 200)])
    found = _sampled(path, "seed").rows
    assert len(found) == KEPT
    assert found == _sampled(path, "seed").rows
    for each in found:
        sequence = each.row - 1
        assert each.cells[2] == SourceCell("C", "房号", "room", str(100 + sequence))
        assert each.cells[5] == SourceCell("F", "身份证号", "id_number", number(sequence))
        assert each.cells[6] == SourceCell("G", "联系电话", "phone", f" {phone(sequence)}")
    assert {each.row for each in found} != {each.row for each in _sampled(path, "other").rows}


def test_a_row_that_is_kept_out_can_be_sampled_and_a_total_cannot(tmp_path: Path) -> None:
    rows = [row(1), row(2, room=None), ["合计", None, None, 179.06, None, None, None]]
    found = _sampled(write(tmp_path / "list.xlsx", rows), "seed").rows
    assert [each.row for each in found] == [2, 3]


def test_nothing_is_sampled_where_nobody_asks(tmp_path: Path) -> None:
    path = write(tmp_path / "list.xlsx", [row(1)])
    assert not any(isinstance(message, Sampled) for message in read_workbook(path))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("138-0000-1234", "138-****-1234"),
        ("１３８００００１２３４", "１３８****１２３４"),
        (
            "甲：110101199003070011；乙：110101199003071Х",
            "甲：110*************11；乙：110***********1Х",
        ),
        ("138****1234", "138****1234"),
        ("12345", "*****"),
        ("张三、李四", "张三、李四"),
        ("/", "/"),
    ],
)
def test_numbers_are_hidden_and_the_signs_between_them_kept(text: str, shown: str) -> None:
    assert mask_numbers(text) == shown
