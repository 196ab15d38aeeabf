"""Text files that would lose rows or take the machine: said, never silently cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcloud_cli.errors import Failed
from pcloud_cli.sheets import csv_text
from pcloud_cli.sheets.limits import Limits
from pcloud_cli.sheets.messages import Rows
from pcloud_cli.sheets.read import read_workbook
from pcloud_cli.sheets.row import Row

HEADER = "楼栋,单元,房号,业主姓名,备注\n"


def rows(path: Path) -> list[Row]:
    return [
        Row(*row)
        for message in read_workbook(path)
        if isinstance(message, Rows)
        for row in message.rows
    ]


def refused(path: Path, limits: Limits | None = None) -> Failed:
    with pytest.raises(Failed) as caught:
        list(read_workbook(path, limits=limits))
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("body", "row"),
    [
        ('1,1,101,"张三,\n1,1,102,李四,\n1,1,103,王五,\n', 2),
        ('1,1,101,"张三,\n1,1,102,李四,\n1,1,103,"王五",\n1,1,104,赵六,\n', 2),
        ('1,1,101,"张三"x\n1,1,102,李四,\n"1,1,103,王五,\n1,1,104,赵六,\n', 4),
    ],
)
def test_a_quotation_mark_that_swallows_rows_is_said_with_its_row(
    tmp_path: Path, body: str, row: int
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(HEADER + body, encoding="utf-8", newline="")
    failure = refused(path)
    assert failure.code == "open_quote"
    assert f"row {row} " in failure.message


@pytest.mark.parametrize(
    ("cell", "remark"),
    [
        ('"第一行\n第二行"', "第一行\n第二行"),
        ('"say ""no""\nand go"', 'say "no"\nand go'),
        ('"未闭合', "未闭合"),
        ('12"', '12"'),
    ],
)
def test_lines_within_a_cell_and_quotes_that_cost_no_row_are_left_alone(
    cell: str, remark: str
) -> None:
    found = list(csv_text.rows(f"{HEADER}1,1,101,张三,{cell}\n", ","))
    assert len(found) == 2
    assert found[1][4].strip() == remark


@pytest.mark.parametrize(
    "cell", ["x" * 200_000, "9" * 5_000_000, '"' + "x\n" * 100_000], ids=["text", "digits", "quote"]
)
def test_a_cell_without_end_is_one_clear_sentence(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{HEADER}1,1,101,张三,{cell}\n", encoding="utf-8")
    assert refused(path).code == "long_cell"


def test_signs_that_no_text_holds_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(HEADER.encode() + "1,1,101,张\x00三,\n".encode())
    assert refused(path).code == "not_a_workbook"


def test_a_file_beyond_the_limit_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    with path.open("wb") as stream:
        stream.truncate(1 << 30)  # takes no room on the disk
    assert refused(path).code == "file_too_large"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"])
def test_lists_in_any_usual_encoding_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes((HEADER + "1,1,101,Zhang,ok\n").replace(",", "\t").encode(encoding))
    assert [row.room for row in rows(path)] == ["101"]
