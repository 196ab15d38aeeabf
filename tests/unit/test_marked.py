"""Problems marked in the developer's own file: all else stays as it was (3.1.1)."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from xlsxwriter import Workbook

from pcloud_cli import i18n
from pcloud_cli.errors import Failed
from pcloud_cli.sheets import marked
from pcloud_cli.sheets.marked import Copy
from pcloud_cli.sheets.marked_styles import COLOURS
from pcloud_cli.sheets.report import CheckResult, check_file
from tests.unit import made_workbooks as made

HEADER = ["楼栋", "单元", "房号", "业主姓名", "身份证号", "建筑面积", "合计"]
GOOD = ["1", "1", "101", "张三", "", 89.5, "=F3*2"]
NO_ROOM = ["1", "1", "", "李四", "", 90, "=F4*2"]
LOST_DIGITS = ["1", "1", "103", "王五", 1.10101199001011e17, 91, "=F5*2"]


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    i18n.set_language("en")


def rich(path: Path) -> Path:
    """Write a list with whatever a developer's workbook may hold."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "名单"
    sheet["A1"] = "湖畔花园移交表"
    sheet.merge_cells("A1:G1")
    sheet["A1"].font = Font(name="宋体", size=18, bold=True, color="FF0000AA")
    for row in (HEADER, GOOD, NO_ROOM, LOST_DIGITS):
        sheet.append(row)
    sheet["C4"].fill = PatternFill("solid", fgColor="FF99CCFF")
    sheet["C4"].border = Border(left=Side("thick"))
    sheet["F3"].number_format = '0.00"㎡"'
    sheet["D3"].alignment = Alignment(wrap_text=True)
    sheet["D3"].comment = Comment("问过本人", "原作者")
    sheet["D3"].hyperlink = "https://example.test/"
    sheet.column_dimensions["D"].width = 33
    sheet.row_dimensions[3].height = 41
    sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["F"].hidden = True
    sheet.freeze_panes = "A3"
    sheet.auto_filter.ref = "A2:G5"
    rule = Rule(type="cellIs", operator="greaterThan", formula=["90"])
    sheet.conditional_formatting.add("F3:F5", rule)
    choice = DataValidation("list", formula1='"1,2,3"')
    choice.add("B3:B50")
    sheet.add_data_validation(choice)
    sheet.print_title_rows = "2:2"
    more = book.create_sheet("说明")
    more["B2"] = "=名单!F3"
    more.sheet_state = "hidden"
    book.security = WorkbookProtection(lockStructure=True)
    book.save(path)
    return path


def checked(path: Path, **options: Any) -> CheckResult:
    return check_file(path, name=path.name, today="2026-01-01", **options)


def marked_of(path: Path, **options: Any) -> tuple[Copy, bytes]:
    """Return what the marked copy of a file is, and its bytes."""
    password = options.get("password")
    result = checked(path, **({"password": password} if password else {}))
    assert result.sha256
    pieces = marked.marked_copy(
        path,
        result.problems,
        marked.headings(result.sheets),
        sha256=result.sha256,
        **options,
    )
    copy = next(pieces)
    assert isinstance(copy, Copy)
    return copy, b"".join(piece for piece in pieces if isinstance(piece, bytes))


def sheet_of(data: bytes, name: str = "名单") -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(data))[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def texts(sheet: Worksheet, column: int) -> dict[int, str]:
    cells = (sheet.cell(row, column) for row in range(1, sheet.max_row + 1))
    return {cell.row: str(cell.value) for cell in cells if cell.value is not None}


# -- in place -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "title"), [("en", "Problems"), ("zh", "错误提示")])
def test_problems_stand_in_a_column_in_the_users_language(
    tmp_path: Path, language: str, title: str
) -> None:
    i18n.set_language(language)
    copy, data = marked_of(rich(tmp_path / "list.xlsx"))
    found = texts(sheet_of(data), 8)
    assert copy.kind == "xlsx"
    assert found.keys() == {2, 4, 5}
    assert found[2] == title
    assert found[4].startswith("C: ") or "C: " in found[4]
    assert "E: " in found[5]
    chinese = any("\u4e00" <= sign <= "\u9fff" for sign in found[5])
    assert chinese == (language == "zh")


def test_offending_cells_are_coloured_and_say_why(tmp_path: Path) -> None:
    _copy, data = marked_of(rich(tmp_path / "list.xlsx"))
    sheet = sheet_of(data)
    assert sheet["C4"].fill.fgColor.rgb == COLOURS["error"]
    assert sheet["E5"].fill.fgColor.rgb == COLOURS["warning"]
    assert sheet["E5"].number_format == "@"  # so that what is typed there keeps its digits
    for place in ("C4", "E5"):
        comment = sheet[place].comment
        assert comment is not None
        assert comment.text.strip()
    assert sheet["D4"].fill.fgColor.rgb == "00000000"
    assert sheet["H2"].comment is not None  # how many rows, and what the colours mean


def test_everything_else_stays_as_it_was(tmp_path: Path) -> None:
    path = rich(tmp_path / "list.xlsx")
    before, after = openpyxl.load_workbook(path)["名单"], sheet_of(marked_of(path)[1])
    for row in before.iter_rows():
        for cell in row:
            other = after[cell.coordinate]
            assert other.value == cell.value, cell.coordinate
            for what in ("font", "border", "alignment"):
                assert repr(getattr(other, what)) == repr(getattr(cell, what)), cell.coordinate
            if cell.coordinate != "E5":
                assert other.number_format == cell.number_format
    assert after["D3"].comment.text.strip() == "问过本人"
    assert after["D3"].hyperlink.target == "https://example.test/"
    assert after.merged_cells.ranges == before.merged_cells.ranges
    assert after.column_dimensions["D"].width == 33
    assert after.column_dimensions["F"].hidden
    assert after.row_dimensions[3].height == 41
    assert after.row_dimensions[5].hidden
    assert (after.freeze_panes, after.auto_filter.ref) == ("A3", "A2:G5")
    assert after.print_title_rows == before.print_title_rows
    assert [str(each.sqref) for each in after.conditional_formatting] == ["F3:F5"]
    (choice,) = after.data_validations.dataValidation
    assert (choice.type, choice.formula1, str(choice.sqref)) == ("list", '"1,2,3"', "B3:B50")
    whole = openpyxl.load_workbook(io.BytesIO(marked_of(path)[1]))
    assert whole.sheetnames == ["名单", "说明"]
    assert whole["说明"].sheet_state == "hidden"
    assert whole["说明"]["B2"].value == "=名单!F3"
    assert whole.security.lockStructure


def test_drawings_and_what_nobody_knows_are_copied_to_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = Workbook(path)
    sheet = book.add_worksheet("名单")
    for number, row in enumerate([HEADER, ["1", "1", "", "李四"]]):
        sheet.write_row(number, 0, row)
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": ["名单", 1, 0, 1, 1]})
    sheet.insert_chart("J2", chart)
    sheet.insert_textbox("J20", "盖章处")
    book.close()
    strange = {"customXml/item1.xml": b"<a>kept</a>", "xl/media/seal.bin": bytes(range(256))}
    made.changed(path, lambda _name, data: data, strange)
    before, after = parts(path.read_bytes()), parts(marked_of(path)[1])
    for name in before.keys() - {"xl/worksheets/sheet1.xml"}:
        if name not in ("xl/styles.xml", "[Content_Types].xml") and not name.endswith(".rels"):
            assert after[name] == before[name], name
    assert strange.items() <= after.items()
    assert b"drawing" in after["xl/worksheets/sheet1.xml"]


def test_what_cannot_be_seen_or_mended_is_said(tmp_path: Path) -> None:
    path = rich(tmp_path / "list.xlsx")
    book = openpyxl.load_workbook(path)
    book["名单"].protection.enable()
    book.save(path)
    notes = " ".join(marked_of(path)[0].notes)
    assert "1 rows to mend are hidden" in notes
    assert "protected" in notes


def test_marked_again_the_column_is_filled_anew(tmp_path: Path) -> None:
    first = tmp_path / "list.xlsx"
    _copy, data = marked_of(rich(first))
    book = openpyxl.load_workbook(io.BytesIO(data))
    book["名单"]["C4"] = "102"
    again = tmp_path / "again.xlsx"
    book.save(again)
    sheet = sheet_of(marked_of(again)[1])
    assert texts(sheet, 8).keys() == {2, 5}
    assert sheet.max_column == 8
    assert sheet["C4"].fill.fgColor.rgb != COLOURS["error"]


def test_mended_it_is_read_as_if_it_had_never_been_marked(tmp_path: Path) -> None:
    path = rich(tmp_path / "list.xlsx")
    _copy, data = marked_of(path)
    book = openpyxl.load_workbook(io.BytesIO(data))
    book["名单"]["C4"], book["名单"]["E5"] = "102", "110101199001011237"
    mended = tmp_path / "mended.xlsx"
    book.save(mended)
    result = checked(mended)
    assert result.totals["errors"] == 0
    (sheet,) = [each for each in result.sheets if each["name"] == "名单"]
    assert sheet["columns"].keys() >= {"building", "unit", "room", "owner_name", "id_number"}
    reasons = {unused["header"]: unused["reason"] for unused in sheet["unused"]}
    assert reasons["Problems"] == "an earlier check wrote this column"


def test_a_file_that_is_not_the_one_judged_is_refused(tmp_path: Path) -> None:
    path = rich(tmp_path / "list.xlsx")
    result = checked(path)
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(Failed) as caught:
        next(
            marked.marked_copy(
                path,
                result.problems,
                marked.headings(result.sheets),
                sha256=str(result.sha256),
            )
        )
    assert caught.value.code == "file_changed"


def test_a_workbook_whose_inside_is_irregular_comes_back_with_values_and_that_is_said(
    tmp_path: Path,
) -> None:
    path = made.xlsx(tmp_path / "list.xlsx", [["1", "1", "", "李四", ""]])
    doctype = b"<!DOCTYPE worksheet>"
    made.changed(
        path,
        lambda name, data: (
            data.replace(b"<worksheet", doctype + b"<worksheet", 1)
            if name.endswith("sheet1.xml")
            else data
        ),
    )
    copy, data = marked_of(path)
    assert "irregular" in copy.notes[0]
    assert sheet_of(data)["C2"].fill.fgColor.rgb == COLOURS["error"]


def test_macros_stay_in_a_copy_that_is_named_for_them(tmp_path: Path) -> None:
    path = made.xlsx(tmp_path / "list.xlsm", [["1", "1", "", "李四", ""]])
    made.changed(path, lambda _name, data: data, {"xl/vbaProject.bin": b"\xd0\xcf macro"})
    copy, data = marked_of(path)
    assert copy.kind == "xlsm"
    assert parts(data)["xl/vbaProject.bin"] == b"\xd0\xcf macro"


# -- under a password -----------------------------------------------------------------------------


@pytest.mark.parametrize("encrypt", [made.agile, made.standard])
def test_an_encrypted_workbook_is_marked_and_the_missing_password_said(
    tmp_path: Path, encrypt: Any
) -> None:
    path = rich(tmp_path / "list.xlsx")
    encrypt(path, "移交 2026")
    copy, data = marked_of(path, password="移交 2026")
    assert "no password" in copy.notes[0]
    assert sheet_of(data)["C4"].fill.fgColor.rgb == COLOURS["error"]


# -- only the rows to mend ------------------------------------------------------------------------


def test_only_the_rows_to_mend_are_written_with_the_numbers_they_had(tmp_path: Path) -> None:
    rows: list[Sequence[Any]] = [["1", "1", str(100 + n), "张三", ""] for n in range(500)]
    rows[40] = ["1", "1", "", "李四", ""]
    path = made.xlsx(tmp_path / "list.xlsx", rows)
    _copy, data = marked_of(path, only_bad=True)
    sheet = sheet_of(data)
    assert sheet.max_row == 2
    assert [cell.value for cell in sheet[2]][:4] == ["1", "1", None, "李四"]
    assert "Source row" in {cell.value for cell in sheet[1]}
    assert 42 in {cell.value for cell in sheet[2]}


# -- other kinds ----------------------------------------------------------------------------------


def test_an_old_workbook_comes_back_as_xlsx_with_its_values(tmp_path: Path) -> None:
    path = tmp_path / "list.xls"
    path.write_bytes(made.xls([made.HEADER, ["1", "1", "", "王五"], ["2", "1", "201", "赵六"]]))
    copy, data = marked_of(path)
    assert (copy.kind, len(copy.notes)) == ("xlsx", 1)
    assert "values" in copy.notes[0]
    (sheet,) = openpyxl.load_workbook(io.BytesIO(data)).worksheets
    assert [cell.value for cell in sheet[3]][:4] == ["2", "1", "201", "赵六"]
    assert sheet["C2"].fill.fgColor.rgb == COLOURS["error"]


def test_an_opendocument_sheet_comes_back_as_xlsx_with_dates_and_numbers(tmp_path: Path) -> None:
    path = tmp_path / "list.ods"
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    head = "".join(
        f'<c:table-cell o:value-type="string"><t:p>{text}</t:p></c:table-cell>'
        for text in ("房屋地址", "业主姓名", "建筑面积", "交付日期")
    )
    body = (
        '<c:table-cell/><c:table-cell o:value-type="string"><t:p>王五</t:p></c:table-cell>'
        '<c:table-cell o:value-type="float" o:value="88.5"/>'
        '<c:table-cell o:value-type="date" o:date-value="2024-05-06"/>'
    )
    good = body.replace(
        "<c:table-cell/>", '<c:table-cell o:value-type="string"><t:p>3-2-301</t:p></c:table-cell>'
    )
    content = (
        f'<o:document-content xmlns:o="{names}office:1.0" xmlns:c="{names}table:1.0"'
        f' xmlns:t="{names}text:1.0"><o:body><o:spreadsheet><c:table c:name="名单">'
        f"<c:table-row>{head}</c:table-row><c:table-row>{good}</c:table-row>"
        f"<c:table-row>{body}</c:table-row></c:table></o:spreadsheet></o:body>"
        "</o:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    copy, data = marked_of(path)
    sheet = sheet_of(data)
    assert copy.kind == "xlsx"
    assert [cell.value for cell in sheet[3]][1:4] == [
        "王五",
        88.5,
        datetime.datetime(2024, 5, 6),  # noqa: DTZ001 - a cell has no zone
    ]
    assert texts(sheet, 5).keys() == {1, 3}


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("gb18030", b""),
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_text_keeps_encoding_separator_and_line_ends(
    tmp_path: Path, encoding: str, mark: bytes, separator: str, end: str
) -> None:
    i18n.set_language("zh")
    rows = [made.HEADER, ["1", "1", "101", '"张 三"', ""], ["1", "1", "", "李四", ""]]
    text = "".join(separator.join(row) + end for row in rows)
    path = tmp_path / "list.csv"
    path.write_bytes(mark + text.encode(encoding))
    copy, data = marked_of(path)
    assert copy == Copy("csv", [])
    assert data.startswith(mark)
    lines = data.removeprefix(mark).decode(encoding).split(end)
    assert lines[0] == separator.join([*made.HEADER, "错误提示"])
    assert lines[1].rstrip(separator) == separator.join(rows[1]).rstrip(separator)
    assert lines[2].startswith(separator.join(rows[2]) + separator)
    assert "C: " in lines[2]


def test_a_line_that_names_the_separator_stays(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("sep=;\r\n楼栋;房号\r\n1;\r\n2;201\r\n".encode("gb18030"))
    _copy, data = marked_of(path)
    lines = data.decode("gb18030").split("\r\n")
    assert lines[0] == "sep=;"
    assert lines[2].startswith("1;;")


def test_what_is_hidden_is_no_row_to_mend() -> None:
    def found(code: str, row: int) -> dict[str, object]:
        return {"sheet": "业主", "row": row, "code": code, "severity": "warning"}

    hidden = [found("hidden_columns", 1), found("hidden_rows", 7), found("hidden_sheet", 1)]
    assert not marked.needs_mending(hidden)
    assert marked.rows_to_mend([*hidden, found("phone_invalid", 3), found("id_length", 3)]) == 1
