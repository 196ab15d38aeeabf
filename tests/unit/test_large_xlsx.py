"""Large workbooks are read as they stream by, with the same outcome as when they are held whole."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from pcloud_cli.sheets import large_xlsx, row_stream
from pcloud_cli.sheets.cells import SheetCells, Skipped, open_workbook
from pcloud_cli.sheets.sheet_reader import SheetReader
from pcloud_cli.sheets.table import find_tables
from pcloud_cli.sheets.understand import Understanding, decide_header
from pcloud_cli.sheets.zip_look import Bounds, Refused
from tests.unit import made_workbooks as made

BOUNDS = Bounds(2000, 1 << 30, 1000)
NEVER = 1 << 60
FIRST = "<si><t>单元".encode()


@pytest.fixture
def streamed() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large_xlsx, "LARGE", 0)
        yield patch


def sheets_of(data: bytes) -> list[SheetCells | Skipped]:
    return list(open_workbook(io.BytesIO(data), data, BOUNDS).sheets)


def read(data: bytes, large: int) -> list[Any]:
    """Return of each sheet its name, whether it is hidden, its rows and its merged cells."""
    found: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large_xlsx, "LARGE", large)
        for sheet in sheets_of(data):
            if isinstance(sheet, Skipped):
                found.append(tuple(sheet))
                continue
            assert (sheet.stream is not None) == (large == 0)
            rows = [trimmed([""] * sheet.first_column + list(row)) for row in sheet.rows()]
            found.append((sheet.name, sheet.hidden, repr(trimmed(rows)), sheet.merges))
    return found


def trimmed(row: list[Any]) -> list[Any]:
    while row and row[-1] in ("", []):
        row.pop()
    return row


def same_in_both_ways(data: bytes) -> list[Any]:
    whole = read(data, NEVER)
    assert read(data, 0) == whole
    return whole


def written(rows: Sequence[Sequence[Any]], formats: Sequence[str] = ()) -> bytes:
    stream = io.BytesIO()
    book = Workbook(stream)
    page = book.add_worksheet("一期")
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            code = formats[column % len(formats)] if formats else ""
            look = book.add_format({"num_format": code}) if code else None
            page.write(at, column, cell, look)
    book.close()
    return stream.getvalue()


CELLS = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12),
    st.sampled_from(
        [" 两端 ", "a&b<c>\"'", "x_x000D_y", "第一\n第二", "_x0041_", "=1+1", "'", "0"]
    ),
    st.integers(-(10**6), 10**18),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.booleans(),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(CELLS, max_size=6), min_size=1, max_size=8))
def test_cells_of_all_kinds_are_the_same(rows: list[list[Any]]) -> None:
    same_in_both_ways(written([["房号", "业主姓名"], *rows]))


def test_numbers_are_dates_where_their_format_says_so() -> None:
    formats = ["yyyy-mm-dd", "m/d/yy h:mm", "h:mm", "0.00", 'yyyy"年"m"月"', "@", "mmm",
               "[Red]0;[Blue]-0", '"d"0', r"0\d", "General", "[$-804]d", "0.0E+00"]  # fmt: skip
    values = [0, 0.5, 1, 59, 60, 60.5, 61, 45000, 45000.5, 45000.123456789, 45000.00000001,
              2958465, 2958466, 1e7, 0.99999999999, 45000.99999999]  # fmt: skip
    data = written([[value] * len(formats) for value in values], formats)
    (sheet,) = same_in_both_ways(data)
    assert "datetime.date(2023, 3, 15)" in sheet[2]


def test_what_openpyxl_writes_is_the_same() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["房号", "业主姓名", "入住"])
    page.append(["301", None, datetime.date(2024, 5, 6)])
    page["F9"] = "远处"
    page.merge_cells("A2:B3")
    book.create_sheet("空")
    book.create_sheet("藏").append(["1"])
    book["藏"].sheet_state = "veryHidden"
    stream = io.BytesIO()
    book.save(stream)
    found = same_in_both_ways(stream.getvalue())
    assert found[0][3] == ((1, 0, 2, 1),)
    assert found[1:] == [("空", "empty"), ("藏", True, "[['1']]", ())]


@pytest.mark.parametrize(
    "cell",
    [
        '<c t="s" r="C2"><v>0</v></c>',
        "<c r='C2' t='n'><v> 12.5 </v></c>",
        '<c r="C2" s="0" t="inlineStr"><is><r><t>甲</t></r><r><t xml:space="preserve"> 乙</t></r>'
        "<rPh><t>注</t></rPh></is></c>",
        '<c r="C2" t="inlineStr"><is><t> 边 </t></is></c>',
        '<c r="C2" t="str"><f>A1&amp;"x"</f><v>楼栋&lt;x</v></c>',
        '<c r="C2"><f t="shared" si="0"/><v>7</v></c>',
        '<c r="C2"><f>1/0</f></c>',
        '<c r="C2" t="e"><v>#REF!</v></c>',
        '<c r="C2" t="b"><v>1</v></c>',
        '<c r="C2"/><c r="D2"></c>',
        '<c r="C2"><v/></c>',
        "<c><v>5</v></c>",
        '<c r="C2" t="str"><v>a\r\nb</v></c>',
    ],
)
def test_cells_in_unusual_markup_are_the_same(tmp_path: Path, cell: str) -> None:
    path = made.with_cell(made.xlsx(tmp_path / "list.xlsx"), "C2", cell)
    same_in_both_ways(path.read_bytes())


def with_sheet(path: Path, old: bytes, new: bytes, part: str = "worksheets/sheet1.xml") -> bytes:
    def change(name: str, data: bytes) -> bytes:
        if not name.endswith(part):
            return data
        assert old in data
        return data.replace(old, new)

    return made.changed(path, change).read_bytes()


def test_rows_left_out_and_empty_rows_are_blank(tmp_path: Path) -> None:
    more = (
        b'<row r="5"/><row r="6" ht="20"></row><row r="9"><c r="A9"><v>9</v></c></row></sheetData>'
    )
    data = with_sheet(made.xlsx(tmp_path / "list.xlsx"), b"</sheetData>", more)
    (sheet,) = same_in_both_ways(data)
    assert sheet[2].endswith("[], [], [], [], [], [9.0]]")


def test_shared_texts_of_runs_and_empty_ones_keep_their_numbers(tmp_path: Path) -> None:
    new = "<si/><si><r><t>楼</t></r><r><t xml:space='preserve'> x</t></r></si>".encode() + FIRST
    path = made.xlsx(tmp_path / "list.xlsx")
    same_in_both_ways(with_sheet(path, FIRST, new, "sharedStrings.xml"))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"</sheetData>", b"", "unreadable"),
        (b'<row r="3"', b'<row r="1"', "unreadable"),
        (b'<row r="3"', b'<row r="1048577"', "far_corner"),
        (b'<c r="A3"', b'<c r="XFE3"', "far_corner"),
        (b"<sheetData>", b"<sheetData><!-- <row> -->", "unreadable"),
        (b'<c r="A3" t="s"><v>', b'<c r="A3" t="s"><v>99', "unreadable"),
        (b'<c r="A3" t="s">', b'<c r="A3" t="s"><w>', "unreadable"),
    ],
)
def test_what_cannot_be_told_is_refused_and_left_to_the_second_reader(
    tmp_path: Path, streamed: pytest.MonkeyPatch, old: bytes, new: bytes, code: str
) -> None:
    data = with_sheet(made.xlsx(tmp_path / "list.xlsx"), old, new)
    with pytest.raises(Refused) as caught:
        [list(sheet.rows()) for sheet in sheets_of(data) if isinstance(sheet, SheetCells)]
    assert caught.value.code == code


@pytest.mark.parametrize("code", ["[h]:mm", "[ss]"])
def test_elapsed_times_are_left_to_the_first_reader(
    streamed: pytest.MonkeyPatch, code: str
) -> None:
    (sheet,) = sheets_of(written([["用时"], [1.5]], [code]))
    assert isinstance(sheet, SheetCells)
    assert sheet.stream is None


def test_a_list_is_understood_the_same_with_its_shared_placeholders() -> None:
    rows: list[list[Any]] = [["楼栋", "房号", "业主姓名", "联系电话", "身份证号"]]
    names = ["王小明", "李主管", "陈一", "赵二", "钱三", "孙四", "周五", "吴六"]
    rows += [["1栋", 101 + at, name, "13912345678", 11.0] for at, name in enumerate(names)]
    rows += [["2栋", 101 + at, name, 13911110000.0 + at, ""] for at, name in enumerate(names)]
    data = written(rows)

    def understood(large: int) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(large_xlsx, "LARGE", large)
            (sheet,) = sheets_of(data)
            assert isinstance(sheet, SheetCells)
            (table,) = find_tables(sheet, {}, decide_header)
            shared = SheetReader(Understanding(), 0, sheet, table, set()).shared
            found = Understanding("2026-03-01")
            list(found.sheet(0, sheet, table, set()))
            return shared, found.take()

    whole = understood(NEVER)
    assert understood(0) == whole
    assert "13912345678" in whole[0]


def test_shared_texts_beyond_the_kept_ones_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_stream, "_REMEMBERED", 3)
    same_in_both_ways(written([[f"字{at}", f"字{at // 2}", 45000 + at] for at in range(20)],
                              ["", "", "yyyy-mm-dd"]))  # fmt: skip
