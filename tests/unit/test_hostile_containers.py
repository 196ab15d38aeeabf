"""Containers that lie: parts of one name, paths, lengths and depths that no workbook has."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from pathlib import Path
from time import process_time

import pytest

from pcloud_cli.errors import Failed
from pcloud_cli.sheets.hidden import Hidden
from pcloud_cli.sheets.messages import Rows, Sheet
from pcloud_cli.sheets.read import read_workbook
from pcloud_cli.sheets.row import Row
from tests.unit import made_workbooks as made


def rooms(path: Path) -> list[str | None]:
    return [
        Row(*row).room
        for message in read_workbook(path)
        if isinstance(message, Rows)
        for row in message.rows
    ]


def refused(path: Path) -> str:
    with pytest.raises(Failed) as caught:
        list(read_workbook(path))
    assert caught.value.message
    assert caught.value.hint
    return caught.value.code


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "XL/Worksheets/Sheet1.XML"])
def test_two_parts_of_one_name_are_refused(tmp_path: Path, name: str) -> None:
    path = made.xlsx(tmp_path / "list.xlsx")
    other = made.xlsx(tmp_path / "other.xlsx", [["9", "9", "909", "王五", ""]])
    with zipfile.ZipFile(other) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, sheet)
    assert refused(path) == "double_parts"


def test_one_part_listed_thousands_of_times_is_refused(tmp_path: Path) -> None:
    path = made.xlsx(tmp_path / "list.xlsx")
    data = path.read_bytes()
    end = data.rfind(b"PK\x05\x06")
    count, size, offset = struct.unpack_from("<HII", data, end + 10)
    lengths = struct.unpack_from("<HHH", data, offset + 28)
    entry = data[offset : offset + 46 + sum(lengths)] * 9000
    tail = struct.pack("<HHII", count + 9000, count + 9000, size + len(entry), offset) + b"\0\0"
    path.write_bytes(data[:end] + entry + data[end : end + 8] + tail)
    assert refused(path) == "double_parts"


def test_names_that_lead_out_of_the_container_write_nothing(tmp_path: Path) -> None:
    path = made.xlsx(tmp_path / "list.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../escaped", "x")
        archive.writestr(f"{tmp_path}/escaped", "x")
    assert rooms(path) == ["101", "102"]
    assert {each.name for each in tmp_path.iterdir()} == {"list.xlsx"}


@pytest.mark.parametrize("target", ["../../../../../etc/passwd", "/etc/passwd", "workbook.xml"])
def test_a_sheet_that_is_said_to_lie_elsewhere_is_not_looked_for(
    tmp_path: Path, target: str
) -> None:
    path = made.xlsx(tmp_path / "list.xlsx")
    made.changed(
        path,
        lambda name, data: (
            data.replace(b"worksheets/sheet1.xml", target.encode())
            if name.endswith("workbook.xml.rels")
            else data
        ),
    )
    assert refused(path) in ("no_rows", "unreadable")


def test_a_64_bit_directory_that_points_nowhere_is_refused(tmp_path: Path) -> None:
    path = made.xlsx(tmp_path / "list.xlsx")
    data = bytearray(path.read_bytes())
    end = data.rfind(b"PK\x05\x06")
    struct.pack_into("<HHII", data, end + 8, 0xFFFF, 0xFFFF, 0, 0xFFFFFFFF)
    far = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, *(1 << 60,) * 3, 1 << 62)
    data[end:end] = far + struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1)
    path.write_bytes(data)
    assert refused(path) == "truncated"


@pytest.mark.parametrize("part", ["worksheets/sheet1.xml", "sharedStrings.xml"])
def test_elements_nested_without_end_are_read_over(tmp_path: Path, part: str) -> None:
    deep = b"<r>" * 200_000 + b"</r>" * 200_000
    anchor = b"<sheetData>" if part.startswith("work") else b"<si>"
    path = made.changed(
        made.xlsx(tmp_path / "list.xlsx"),
        lambda name, data: data.replace(anchor, deep + anchor, 1) if name.endswith(part) else data,
    )
    assert rooms(path) == ["101", "102"]


def test_a_count_of_texts_that_lies_where_nobody_looks_kills_nobody(tmp_path: Path) -> None:
    path = made.changed(
        made.xlsx(tmp_path / "list.xlsx"),
        lambda name, data: (
            re.sub(rb'uniqueCount="\d+"', b" " * 9000 + b'uniqueCount="4000000000"', data)
            if name.endswith("sharedStrings.xml")
            else data
        ),
    )
    notes = {note for each in read_workbook(path) if isinstance(each, Sheet) for note in each.notes}
    assert notes == {"second_reader"}
    assert rooms(path) == ["101", "102"]


def test_entities_declared_behind_a_long_comment_do_not_multiply(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!--{"x" * 20_000}--><!DOCTYPE s [<!ENTITY l0 "ha">{laughs}]>'
    path = made.changed(
        made.xlsx(tmp_path / "list.xlsx"),
        lambda name, data: (
            head.encode() + data.partition(b"?>")[2].replace("张三".encode(), b"&l9;")
            if name.endswith("sharedStrings.xml")
            else data
        ),
    )
    assert refused(path) == "unreadable"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\x00" * 5000, "empty_file"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "not_a_workbook"),
        (b"\r\n<!-- made by a web page --><table>\xc2\xa5</table>", "not_a_workbook"),
        (b"\xef\xbb\xbf<style>td {}</style><table></table>", "not_a_workbook"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n", "not_a_workbook"),
        (b"%PDF-1.7", "not_a_workbook"),
        (b"PK\x03\x04" + b"x" * 400, "truncated"),
    ],
)
def test_what_is_no_workbook_is_said_whatever_its_name(
    tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "list.xls"
    path.write_bytes(content)
    assert refused(path) == code


def test_a_web_page_under_the_name_of_a_workbook_can_be_saved_as_one(tmp_path: Path) -> None:
    path = tmp_path / "list.xls"
    path.write_bytes(b"<html><table></table></html>")
    with pytest.raises(Failed) as caught:
        list(read_workbook(path))
    assert "save it as .xlsx" in str(caught.value.hint)


def test_a_text_document_under_the_name_of_a_workbook_is_said_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(Failed) as caught:
        list(read_workbook(path))
    assert "text document" in caught.value.message


def test_every_cut_through_a_workbook_is_one_clear_sentence(tmp_path: Path) -> None:
    whole = made.xlsx(tmp_path / "list.xlsx").read_bytes()
    path = tmp_path / "cut.xlsx"
    for part in (1, 30, len(whole) // 2, len(whole) - 30, len(whole) - 1):
        path.write_bytes(whole[:part])
        assert refused(path) in ("truncated", "unreadable", "not_a_workbook", "no_rows"), part


def test_columns_named_over_and_over_take_no_time() -> None:
    block = b'<col min="1" max="16384" hidden="1" width="9"/>' * 20_000
    hidden = Hidden()
    begun = process_time()
    hidden.watch(block)
    assert process_time() - begun < 2
    assert len(hidden.columns) == 16_384


def test_parts_in_a_packing_that_one_reader_lacks_are_read_by_the_other(tmp_path: Path) -> None:
    path = made.xlsx(tmp_path / "list.xlsx")
    stream = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as new:
        for item in old.infolist():
            new.writestr(item.filename, old.read(item))
    path.write_bytes(stream.getvalue())
    assert rooms(path) == ["101", "102"]
