"""Workbooks out: typed cells, inert text, native charts; openpyxl reads them as a user would."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from pcloud_cli.errors import Failed
from pcloud_cli.output import sheet_rules
from pcloud_cli.output.chart import ChartKind
from pcloud_cli.output.columns import Column
from pcloud_cli.output.list_workbook import write_list_workbook
from pcloud_cli.output.sheet_rules import sheet_title
from pcloud_cli.output.workbook import Kind, WorkbookWriter

MADE = datetime(2026, 3, 1, 8, tzinfo=UTC)
COLUMNS = (Column("a", "Name"), Column("b", "Value"))


def written(rows: Sequence[dict[str, Any]], *, as_list: bool = False, **kinds: Kind) -> bytes:
    stream = io.BytesIO()
    if as_list:
        write_list_workbook(
            stream, "表", COLUMNS, rows, zone="Asia/Shanghai", made_at=MADE, made_by="钱小满"
        )
        return stream.getvalue()
    with WorkbookWriter(stream, zone="Asia/Shanghai", made_at=MADE, made_by="钱小满") as book:
        book.sheet("表").table(COLUMNS, rows, kinds=kinds)
    return stream.getvalue()


def sheet(content: bytes) -> Worksheet:
    found = openpyxl.load_workbook(io.BytesIO(content)).active
    assert isinstance(found, Worksheet)
    return found


@pytest.mark.parametrize("as_list", [False, True])
def test_cells_have_the_type_of_their_value(as_list: bool) -> None:
    values = [7, Decimal("89.50"), date(2026, 1, 2), MADE, "3", True, None]
    made = sheet(written([{"a": "x", "b": value} for value in values], as_list=as_list))
    cells = [row[1] for row in made.iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells] == ["n", "n", "d", "d", "s", "s", "n"]
    assert cells[3].value == datetime(2026, 3, 1, 16)  # noqa: DTZ001 - a cell has no zone
    assert cells[4].number_format == "@"


@pytest.mark.parametrize("as_list", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "{=1}",
        "https://example.org",
        "mailto:a@b.c",
        "internal:A1",
        "00123",
        "1e5",
        "_x0041_",
        "\x0b\x1f",
        " both ends ",
        "两\n行",
        "\t=1",
        "\r=1",
        "a]]>b<c>&amp;",
        '=HYPERLINK("http://example.org","x")',
    ],
)
def test_text_stays_text(text: str, as_list: bool) -> None:
    content = written([{"a": text, "b": 1}], as_list=as_list)
    cell = sheet(content)["A2"]
    assert cell.data_type == "s"
    assert cell.hyperlink is None
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    # openpyxl leaves the escapes of inline strings to its caller
    assert text in (cell.value, unescape(str(cell.value)))


@pytest.mark.parametrize("as_list", [False, True])
@given(text=st.text(max_size=60))
def test_any_text_can_be_written_and_opened(as_list: bool, text: str) -> None:
    made = sheet(written([{"a": text, "b": 1}, {"a": "张三", "b": 2}], as_list=as_list))
    assert (made["B2"].value, made["A3"].value) == (1, "张三")


@given(st.lists(st.text(max_size=12), min_size=1, max_size=8))
def test_a_list_gives_back_every_text_that_was_written(texts: list[str]) -> None:
    made = sheet(written([{"a": text, "b": 1} for text in texts], as_list=True))
    for row, text in enumerate(texts, 2):
        found = str(made.cell(row, 1).value or "")
        kept = text.encode("utf-8", "replace").decode()
        assert kept in (found, unescape(found))


@pytest.mark.parametrize("as_list", [False, True])
@pytest.mark.parametrize("value", [10**15, -(10**18), Decimal("1234567890.1234567")])
def test_digits_that_a_spreadsheet_would_lose_are_kept_as_text(
    value: int | Decimal, as_list: bool
) -> None:
    assert sheet(written([{"a": "x", "b": value}], as_list=as_list))["B2"].value == str(value)


@pytest.mark.parametrize("as_list", [False, True])
def test_a_text_longer_than_a_cell_is_cut_and_shows_it(as_list: bool) -> None:
    found = str(sheet(written([{"a": "长" * 40_000, "b": 1}], as_list=as_list))["A2"].value)
    assert len(found) == 32_767
    assert found.endswith("…")


def test_both_writers_of_workbooks_show_numbers_and_dates_alike() -> None:
    rows = [{"a": value, "b": "x"} for value in (7, Decimal("8.5"), 2.25, date(2026, 1, 2), MADE)]
    one, other = sheet(written(rows)), sheet(written(rows, as_list=True))
    for row in range(2, len(rows) + 2):
        mine, theirs = one.cell(row, 1), other.cell(row, 1)
        assert mine.value == theirs.value
        assert mine.number_format == theirs.number_format.replace("\\", "")


def test_a_list_of_many_batches_is_whole_and_in_order() -> None:
    made = sheet(written([{"a": f"{n}号", "b": n} for n in range(2500)], as_list=True))
    assert made.max_row == 2501
    assert [made.cell(row, 2).value for row in range(2, 2502)] == list(range(2500))


def test_a_list_without_rows_has_its_header() -> None:
    made = sheet(written([], as_list=True))
    assert [cell.value for cell in made[1]] == ["Name", "Value"]
    assert made.auto_filter.ref == "A1:B1"


def test_shares_and_areas_look_like_it() -> None:
    made = sheet(written([{"a": Decimal("89.5"), "b": Decimal("0.25")}], a=Kind.AREA, b=Kind.SHARE))
    assert (made["A2"].number_format, made["B2"].number_format) == ("#,##0.00", "0.0%")


def test_a_list_keeps_its_header_in_sight_and_has_a_filter() -> None:
    made = sheet(written([{"a": "x", "b": 1}], as_list=True))
    assert made.freeze_panes == "A2"
    assert made.auto_filter.ref == "A1:B2"


@pytest.mark.parametrize("as_list", [False, True])
def test_the_maker_and_the_moment_are_in_the_properties(as_list: bool) -> None:
    book = openpyxl.load_workbook(io.BytesIO(written([], as_list=as_list)))
    assert book.properties.creator == "钱小满"
    assert book.properties.created == datetime(2026, 3, 1, 8)  # noqa: DTZ001 - UTC by its format


@pytest.mark.parametrize("as_list", [False, True])
def test_the_same_content_is_the_same_file(as_list: bool) -> None:
    rows = [{"a": "x", "b": 1}]
    assert written(rows, as_list=as_list) == written(rows, as_list=as_list)


@pytest.mark.parametrize("kind", [ChartKind.BAR, ChartKind.COLUMN, ChartKind.PIE])
def test_a_chart_is_native_and_carries_its_values(kind: ChartKind) -> None:
    stream = io.BytesIO()
    with WorkbookWriter(stream, zone="UTC", made_at=MADE) as book:
        made = book.sheet("Ages")
        first, last = made.table(COLUMNS, [{"a": "18–24", "b": 41}, {"a": "65+", "b": 7}])
        made.chart(kind, title="年龄", labels=0, values=1, first=first, last=last, place=(0, 4))
    with zipfile.ZipFile(stream) as parts:
        chart = parts.read("xl/charts/chart1.xml").decode()
    assert "<c:f>Ages!$B$2:$B$3</c:f>" in chart
    assert "<c:v>41</c:v>" in chart
    assert "年龄" in chart


@pytest.mark.parametrize("as_list", [False, True])
def test_more_rows_than_a_sheet_holds_are_refused(
    monkeypatch: pytest.MonkeyPatch, as_list: bool
) -> None:
    monkeypatch.setattr(sheet_rules, "MOST_ROWS", 3)
    written([{"a": "x", "b": n} for n in range(2)], as_list=as_list)
    with pytest.raises(Failed) as caught:
        written([{"a": "x", "b": n} for n in range(3)], as_list=as_list)
    assert ".csv" in str(caught.value.hint)


def test_an_error_in_the_middle_leaves_no_workbook() -> None:
    stream = io.BytesIO()
    with (
        pytest.raises(ZeroDivisionError),
        WorkbookWriter(stream, zone="UTC", made_at=MADE) as book,
    ):
        book.sheet("x").table(COLUMNS, ({"a": 1 // 0} for _unused in range(1)))
    assert stream.getvalue() == b""


@given(st.lists(st.text(max_size=40), max_size=12))
def test_any_titles_make_sheet_names_that_excel_takes(titles: list[str]) -> None:
    taken: set[str] = set()
    for title in titles:
        name = sheet_title(title, taken)
        assert 0 < len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.lower() not in taken | {"history"}
        taken.add(name.lower())
