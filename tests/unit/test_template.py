"""The template: our own reader understands every one of its columns and skips its example."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from pcloud_cli.sheets.headers import judge_header
from pcloud_cli.sheets.messages import Done, Rows, Sheet
from pcloud_cli.sheets.read import read_workbook
from pcloud_cli.sheets.row import Row
from pcloud_cli.sheets.template import template, write_template
from pcloud_cli.sheets.template_columns import COLUMNS
from pcloud_cli.sheets.values import judge_house_kind, judge_house_status, judge_id_type, judge_sex


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_header_of_the_template_means_its_field(language: str) -> None:
    for column in COLUMNS:
        header = column.zh if language == "zh" else column.en
        assert judge_header(header).field == column.field, header


def test_every_choice_of_the_template_is_understood() -> None:
    judges = {
        "house_kind": judge_house_kind,
        "house_status": judge_house_status,
        "id_type": judge_id_type,
        "sex": judge_sex,
    }
    for column in COLUMNS:
        judge = judges.get(column.field)
        if judge is None:
            continue
        assert len(column.choices_zh) == len(column.choices_en)
        for zh, en in zip(column.choices_zh, column.choices_en, strict=True):
            assert judge(zh).value
            assert judge(zh) == judge(en)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_filled_in_template_comes_back_as_it_was_typed(tmp_path: Path, language: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(language)))
    sheet = book.worksheets[0]
    at = {column.field: number for number, column in enumerate(COLUMNS, start=1)}
    typed: dict[str, str | float] = {
        "building": "3栋",
        "unit": "2",
        "room": "0301",
        "house_kind": "住宅",
        "area": 98.62,
        "owner_name": "张示例",
        "id_number": "11010519491231002X",
        "phone": "13912345670",
    }
    for field, value in typed.items():
        sheet.cell(2, at[field], value)
    path = tmp_path / "filled.xlsx"
    book.save(path)
    messages = list(read_workbook(path))
    rows = [Row(*row) for each in messages if isinstance(each, Rows) for row in each.rows]
    assert len(rows) == 1
    row = rows[0]
    assert (row.building, row.unit, row.room) == ("3", "2", "0301")
    assert (row.surveyed_gross, row.forecast_gross) == ("98.62", None)
    assert (row.owner_name, row.id_number, row.phone) == (
        "张示例",
        "11010519491231002X",
        "13912345670",
    )
    sheets = [each for each in messages if isinstance(each, Sheet)]
    assert [each.read for each in sheets] == [True, False]
    assert sheets[1].reason == "example"
    assert not sheets[0].unused
    assert isinstance(messages[-1], Done)


def test_digits_typed_into_the_template_stay_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template("zh")))
    sheet = book.worksheets[0]
    for number, column in enumerate(COLUMNS, start=1):
        if column.field in ("id_number", "phone", "room", "building", "emergency_phone"):
            letters = sheet.cell(1, number).coordinate.rstrip("1")
            assert sheet.column_dimensions[letters].number_format == "@", column.field


def test_the_template_offers_the_house_kinds_and_states() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template("zh")))
    lists = [
        rule.formula1
        for rule in book.worksheets[0].data_validations.dataValidation
        if rule.type == "list"
    ]
    assert any("住宅" in choices for choices in lists)
    assert any("未售" in choices for choices in lists)


def test_writing_replaces_whole_files_and_leaves_none_behind(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    path.write_text("old")
    write_template(path, "en")
    assert path.read_bytes().startswith(b"PK")
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(ValueError, match="fr"):
        write_template(path, "fr")
