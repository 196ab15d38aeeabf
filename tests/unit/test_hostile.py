"""Hostile and odd workbooks: read right, or refused in one sentence; nobody is called."""

from __future__ import annotations

import datetime
import select
import socket
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from xlsxwriter import Workbook

from pcloud_cli.errors import Failed
from pcloud_cli.sheets.broken_cells import broken_cells
from pcloud_cli.sheets.limits import Limits
from pcloud_cli.sheets.messages import Cells, Problems, Rows, Sheet
from pcloud_cli.sheets.problems import Problem
from pcloud_cli.sheets.read import read_cells, read_workbook
from pcloud_cli.sheets.row import Row
from pcloud_cli.sheets.zip_look import Bounds, parts
from tests.unit import made_workbooks as made


def rows_of(path: Path, **options: Any) -> list[Row]:
    return [
        Row(*row)
        for message in read_workbook(path, **options)
        if isinstance(message, Rows)
        for row in message.rows
    ]


def problems_of(path: Path) -> list[Problem]:
    return [
        problem
        for message in read_workbook(path)
        if isinstance(message, Problems)
        for problem in message.problems
    ]


def notes_of(path: Path) -> set[str]:
    return {note for each in read_workbook(path) if isinstance(each, Sheet) for note in each.notes}


def cells_of(path: Path, *, second: bool = False) -> list[Cells]:
    return [each for each in read_cells(path, second=second) if isinstance(each, Cells)]


def failure(path: Path, limits: Limits | None = None) -> Failed:
    with pytest.raises(Failed) as caught:
        list(read_workbook(path, limits=limits))
    assert caught.value.message
    assert caught.value.hint
    return caught.value


# -- formulas and errors --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="D2" t="e"><v>#REF!</v></c>',
        "<c r='D2' s='0' t='e'><v>#N/A</v></c>",
        '<c r="D2" t="e"><f>VLOOKUP(A1,B1:C2,2)</f><v>#N/A</v></c>',
        '<c r="D2"><f>A2&amp;B2</f></c>',
        '<c r="D2"><f>A2&amp;B2</f><v></v></c>',
        '<c r="D2"><f>A2&amp;B2</f><v/></c>',
        '<c r="D2"><f t="shared" si="0"/></c>',
        '<c r="D2" t="str"><f>A2&amp;B2</f></c>',
    ],
)
def test_an_error_or_a_formula_without_its_value_is_said_with_its_cell(
    tmp_path: Path, cell: str
) -> None:
    path = made.with_cell(made.xlsx(tmp_path / "list.xlsx"), "D2", cell)
    found = {(each.row, each.column, each.code) for each in problems_of(path)}
    assert (2, "D", "formula_error") in found
    assert [row.owner_name for row in rows_of(path)] == [None, "李四"]


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ('<c r="D2" t="str"><f>A2&amp;B2</f><v>王五</v></c>', "王五"),
        ('<c r="D2" t="str"><f>IF(A2="","",A2)</f><v></v></c>', None),
        ('<c r="D2" t="inlineStr"><is><t>王五</t></is></c>', "王五"),
    ],
)
def test_a_formula_counts_as_the_value_that_was_saved_with_it(
    tmp_path: Path, cell: str, name: str | None
) -> None:
    path = made.with_cell(made.xlsx(tmp_path / "list.xlsx"), "D2", cell)
    assert rows_of(path)[0].owner_name == name
    assert "formula_error" not in {each.code for each in problems_of(path)}


def test_errors_are_found_wherever_the_sheet_is_cut_into_pieces(tmp_path: Path) -> None:
    rows = [["1", "1", str(101 + n), f"业主{n}", ""] for n in range(4000)]
    path = made.xlsx(tmp_path / "list.xlsx", rows)

    def change(name: str, data: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return data
        for row in range(2, 4002, 7):
            start = data.index(b'<c r="D%d"' % row)
            stop = data.index(b"</c>", start) + 4
            data = data[:start] + b'<c r="D%d"><f>B1</f><v></v></c>' % row + data[stop:]
        return data

    data = made.changed(path, change).read_bytes()
    found = list(broken_cells("xlsx", data, parts(data, Bounds()), 0))
    assert found == [(row, 4) for row in range(2, 4002, 7)]


def test_error_cells_of_an_old_workbook_are_said(tmp_path: Path) -> None:
    path = tmp_path / "list.xls"
    error = made.record(0x205, struct.pack("<HHHBB", 1, 3, 0, 0x17, 1))
    result = b"\x02\x00\x2a\x00\x00\x00\xff\xff"
    formula = made.record(6, struct.pack("<HHH8sHIH", 2, 3, 0, result, 0, 0, 0))
    rows = [made.HEADER, ["1", "1", "101"], ["1", "1", "102"], ["1", "1", "103", "王五"]]
    path.write_bytes(made.xls(rows, error + formula))
    found = {(each.row, each.column) for each in problems_of(path) if each.code == "formula_error"}
    assert found == {(2, "D"), (3, "D")}
    assert [row.owner_name for row in rows_of(path)] == [None, None, "王五"]


def test_error_cells_of_a_binary_workbook_are_found(tmp_path: Path) -> None:
    def binary(kind: int, body: bytes) -> bytes:
        head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
        return head + bytes([len(body)]) + body

    name = "rId1".encode("utf-16-le")
    bundle = struct.pack("<III", 0, 1, 4) + name + struct.pack("<I", 1) + "名".encode("utf-16-le")
    cells = binary(0, struct.pack("<I", 6)) + binary(3, struct.pack("<IIB", 3, 0, 0x2A))
    path = tmp_path / "list.xlsb"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.bin", binary(156, bundle))
        archive.writestr("xl/worksheets/sheet1.bin", cells)
        relation = '<Relationship Id="rId1" Target="worksheets/sheet1.bin"/>'
        archive.writestr("xl/_rels/workbook.bin.rels", f"<R>{relation}</R>")
    data = path.read_bytes()
    assert list(broken_cells("xlsb", data, parts(data, Bounds()), 0)) == [(7, 4)]


# -- dates ----------------------------------------------------------------------------------------


def test_dates_of_the_1904_calendar_are_right_by_both_readers(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.worksheets[0]
    sheet.append(made.HEADER)
    sheet.append(["1", "1", "101", "张三", datetime.date(2024, 5, 6)])
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        assert b"45418" not in archive.read("xl/worksheets/sheet1.xml")  # the 1900 number of it
    assert rows_of(path)[0].handover_date == "2024-05-06"
    for second in (False, True):
        assert ("date", "2024-05-06") in cells_of(path, second=second)[0].sample[1]


# -- what a workbook carries ----------------------------------------------------------------------


def test_macros_are_passed_over_and_spoken_of(tmp_path: Path) -> None:
    path = made.xlsx(tmp_path / "list.xlsm")
    assert notes_of(path) == set()
    made.changed(path, lambda _name, data: data, {"xl/vbaProject.bin": b"\xd0\xcf macro"})
    assert notes_of(path) == {"macros"}
    assert len(rows_of(path)) == 2


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def called(listener: socket.socket) -> bool:
    return bool(select.select([listener], [], [], 0)[0])


@pytest.mark.parametrize("second", [False, True])
def test_nobody_is_called(tmp_path: Path, listener: socket.socket, second: bool) -> None:
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
    path = made.xlsx(tmp_path / "list.xlsx")
    link = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" TargetMode="External" Type="http://schemas.openxmlformats.org/'
        f'officeDocument/2006/relationships/externalLinkPath" Target="{address}"/></Relationships>'
    )

    def outside(name: str, data: bytes) -> bytes:
        if name.endswith(("workbook.xml", "sheet1.xml", "styles.xml", "sharedStrings.xml")):
            start = data.index(b"?>") + 2 if data.startswith(b"<?xml") else 0
            kind = b'<!DOCTYPE a SYSTEM "%s">' % address.encode()
            return data[:start] + kind + data[start:]
        return data

    more = {
        "xl/externalLinks/externalLink1.xml": b"<externalLink/>",
        "xl/externalLinks/_rels/externalLink1.xml.rels": link.encode(),
    }
    made.changed(path, outside, more)
    made.with_cell(path, "D2", f'<c r="D2" t="str"><f>WEBSERVICE("{address}")</f><v>王五</v></c>')
    (sheet,) = cells_of(path, second=second)
    assert ("str", "王五") in sheet.sample[1]
    assert "external_links" in sheet.notes
    assert not called(listener)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_not_resolved(tmp_path: Path, listener: socket.socket, encoding: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("机密", encoding="utf-8")
    port = listener.getsockname()[1]
    declared = (
        f'<?xml version="1.0" encoding="{encoding}"?>'
        f'<!DOCTYPE a [<!ENTITY f SYSTEM "file://{secret}"><!ENTITY % p SYSTEM '
        f'"http://127.0.0.1:{port}/"> %p;]>'
    )

    def change(name: str, data: bytes) -> bytes:
        if not name.endswith("sharedStrings.xml"):
            return data
        text = data.decode().partition("?>")[2] if data.startswith(b"<?xml") else data.decode()
        return (declared + text.replace("张三", "&f;")).encode(encoding)

    path = made.changed(made.xlsx(tmp_path / "list.xlsx"), change)
    assert failure(path).code == "entities"
    assert not called(listener)


def test_entities_that_multiply_are_not_parsed(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE s [<!ENTITY l0 "ha">{laughs}]><sst><si><t>&l9;</t></si></sst>'
    path = made.changed(
        made.xlsx(tmp_path / "list.xlsx"),
        lambda name, data: bomb.encode() if name.endswith("sharedStrings.xml") else data,
    )
    assert failure(path).code == "entities"


# -- what asks for too much -----------------------------------------------------------------------


def test_a_directory_that_lies_about_sizes_stays_within_the_bounds(tmp_path: Path) -> None:
    path = made.xlsx(tmp_path / "list.xlsx")
    made.changed(path, lambda name, data: data + b" " * (90 << 20) if "sharedS" in name else data)
    data = bytearray(path.read_bytes())
    for magic, size_at, name_at in ((b"PK\x01\x02", 24, 46), (b"PK\x03\x04", 22, 30)):
        at = data.find(magic)
        while at >= 0:
            if data[at + name_at :].startswith(b"xl/sharedStrings.xml"):
                struct.pack_into("<I", data, at + size_at, 1000)
            at = data.find(magic, at + 4)
    path.write_bytes(data)
    limits = Limits(memory_bytes=160 << 20, cpu_seconds=20)
    assert failure(path, limits).code in ("out_of_memory", "unreadable", "reader_crashed")


def test_a_cell_far_outside_the_list_does_not_hide_it(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = Workbook(path)
    sheet = book.add_worksheet()
    for number, row in enumerate([made.HEADER, *made.ROWS]):
        sheet.write_row(number, 0, row)
    sheet.write(60_000, 16_383, "x")
    book.close()
    assert [row.room for row in rows_of(path)] == ["101", "102"]
    assert notes_of(path) == {"second_reader"}


def test_a_row_that_no_sheet_can_have_is_refused_by_the_second_reader(tmp_path: Path) -> None:
    path = made.xlsx(tmp_path / "list.xlsx")
    made.changed(path, lambda _n, data: data.replace(b'<row r="3"', b'<row r="999999999"'))
    with pytest.raises(Failed) as caught:
        cells_of(path, second=True)
    assert caught.value.code == "far_corner"


def test_the_second_reader_keeps_within_the_bounds_too(tmp_path: Path) -> None:
    rows = [["1", "1", str(101 + n), f"业主{n}", ""] for n in range(3000)]
    path = made.xlsx(tmp_path / "list.xlsx", rows)
    for limits in (Limits(memory_bytes=24 << 20), Limits(wait_seconds=0.0001)):
        with pytest.raises(Failed) as caught:
            list(read_cells(path, second=True, limits=limits))
        assert caught.value.code in ("out_of_memory", "too_slow", "reader_crashed")


# -- Strict ---------------------------------------------------------------------------------------


def test_a_strict_workbook_is_read_and_never_taken_for_empty(tmp_path: Path) -> None:
    path = made.xlsx(tmp_path / "list.xlsx")
    old = b"http://schemas.openxmlformats.org/"

    def strict(_name: str, data: bytes) -> bytes:
        data = data.replace(
            old + b"spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"
        )
        return data.replace(
            old + b"officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )

    made.changed(path, strict)
    assert [row.room for row in rows_of(path)] == ["101", "102"]
    with pytest.raises(Failed) as caught:  # openpyxl opens it, and sees no sheet at all
        list(read_workbook(made.changed(path, lambda n, d: b"" if "sheet1" in n else d)))
    assert caught.value.code in ("no_rows", "unreadable")
