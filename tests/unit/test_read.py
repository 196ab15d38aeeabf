"""Reading through the child: what arrives, and what happens when the file or the child fails."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import signal
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from pcloud_cli.errors import Failed, UsageProblem
from pcloud_cli.sheets.limits import Limits
from pcloud_cli.sheets.messages import Done, Problems, Rows, Sheet, Source
from pcloud_cli.sheets.read import read_workbook
from pcloud_cli.sheets.row import Row

HEADER = ["楼栋", "单元", "房号", "业主姓名", "身份证号", "联系电话"]
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks at the child in /proc")


def workbook(path: Path, rows: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def long_list(path: Path, rows: int = 60_000) -> Path:
    lines = (f"{n // 300 + 1}栋,1,{n % 300 + 101},张三{n}" for n in range(rows))
    path.write_text("楼栋,单元,房号,业主姓名\n" + "\n".join(lines), encoding="utf-8")
    return path


def rows_of(path: Path | int, **options: Any) -> list[Row]:
    return [
        Row(*row)
        for message in read_workbook(path, **options)
        if isinstance(message, Rows)
        for row in message.rows
    ]


def failure(path: Path | int, limits: Limits | None = None) -> Failed:
    with pytest.raises(Failed) as caught:
        list(read_workbook(path, limits=limits))
    assert caught.value.message
    assert caught.value.hint
    return caught.value


def children() -> list[int]:
    """Return the process ids of our own children, the dead but unreaped among them."""
    found: list[int] = []
    for task in Path("/proc/self/task").iterdir():
        found += map(int, (task / "children").read_text().split())
    return found


@contextlib.contextmanager
def blocked_child(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield the id of a child that waits for us to read on, and the generator that reads it."""
    before = set(children())
    messages = read_workbook(path)
    assert isinstance(next(messages), Source)
    assert isinstance(next(messages), Sheet)
    (child,) = set(children()) - before
    yield child, messages
    messages.close()
    assert set(children()) <= before


def test_messages_come_in_order_and_the_source_is_known_first(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "list.xlsx",
        [HEADER, ["1栋", "2单元", "301", "张三", "11010519491231002X", "13800001234"]],
    )
    messages = list(read_workbook(path))
    assert messages[0] == Source(hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size)
    sheet = messages[1]
    assert isinstance(sheet, Sheet)
    assert (sheet.header_row, sheet.columns["room"], sheet.read) == (1, "房号", True)
    done = messages[-1]
    assert isinstance(done, Done)
    assert (done.rows, done.tuples, done.errors, done.sheet_rows) == (1, 1, 0, {0: 1})


def test_numbers_dates_and_text_keep_their_kind_through_the_pipe(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "list.xlsx", [HEADER, [1, 2, 301, "张三", 110105194912310020, 13800001234]]
    )
    (row,) = rows_of(path)
    assert (row.building, row.unit, row.room) == ("1", "2", "301")
    assert (row.id_number, row.id_status) == (None, "damaged")
    assert row.phone == "13800001234"


def test_the_same_list_as_text_in_chinese_encoding(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"  # the name lies; the content decides
    text = ",".join(HEADER) + "\n1栋,2,301,张三,'11010519491231002X,138 0000 1234\n"
    path.write_bytes(text.encode("gb18030"))
    (row,) = rows_of(path)
    assert (row.owner_name, row.phone) == ("张三", "13800001234")


def test_a_workbook_comes_by_pipe_and_by_descriptor_too(tmp_path: Path) -> None:
    path = workbook(tmp_path / "list.xlsx", [HEADER[:4], ["1", "2", "301", "张三"]])
    with path.open("rb") as stream:
        stream.read(10)
        assert len(rows_of(stream.fileno())) == 1
    if not hasattr(os, "memfd_create"):
        return
    reading, writing = os.pipe()
    os.write(writing, path.read_bytes())
    os.close(writing)
    try:
        assert len(rows_of(reading)) == 1
    finally:
        os.close(reading)


def _broken_at(path: Path, place: bytes) -> None:
    """Make the cell at `place` show the error of a formula."""
    patched = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(patched, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename.endswith("sheet1.xml"):
                cell = b'<c r="%s" t="e"><v>#REF!</v></c>' % place
                start = data.index(b'<c r="%s"' % place)
                data = data[:start] + cell + data[data.index(b"</c>", start) + 4 :]
            new.writestr(item, data)
    path.write_bytes(patched.getvalue())


def test_a_formula_of_a_total_is_nobodys_to_mend(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    header = ["楼栋", "单元", "房号", "建筑面积"]
    workbook(path, [header, ["1", "2", "301", 88], ["合计", "", "", 88]])
    _broken_at(path, b"D3")
    messages = list(read_workbook(path))
    found = [p for each in messages if isinstance(each, Problems) for p in each.problems]
    assert [problem.code for problem in found] == ["total_row"]


def test_error_values_of_formulas_are_named_and_count_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    workbook(path, [HEADER[:4], ["1", "2", "301", "张三"]])
    _broken_at(path, b"D2")
    messages = list(read_workbook(path))
    found = [p for each in messages if isinstance(each, Problems) for p in each.problems]
    assert ("D", "formula_error") in {(problem.column, problem.code) for problem in found}
    assert any(row[Row._fields.index("owner_name")] is None for row in messages[-2].rows)  # type: ignore[union-attr]


def test_a_mapping_to_no_field_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem):
        read_workbook(tmp_path / "list.xlsx", mapping={"房号": "rom"})


# -- files that fail ------------------------------------------------------------------------------


def test_missing_empty_and_foreign_files_are_told_apart(tmp_path: Path) -> None:
    assert failure(tmp_path / "none.xlsx").code == "no_file"
    assert failure(tmp_path).code == "not_a_file"
    for name, data, code in [
        ("empty.xlsx", b"", "empty_file"),
        ("blank.csv", b"\r\n\r\n", "empty_file"),
        ("a.xlsx", b"%PDF-1.7 ...", "not_a_workbook"),
        ("b.xls", b"<html><table><tr><td>1</td></tr></table></html>", "not_a_workbook"),
        ("c.xlsx", b"\x00\x01\x02" * 500, "not_a_workbook"),
        ("d.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "unreadable"),
    ]:
        (tmp_path / name).write_bytes(data)
        assert failure(tmp_path / name).code == code, name


def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    assert failure(tmp_path / "pipe.xlsx").code == "not_a_file"


def test_a_protected_workbook_is_said_to_be_protected(tmp_path: Path) -> None:
    path = tmp_path / "locked.xlsx"
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)
    path.write_bytes(data + "EncryptedPackage".encode("utf-16-le") + bytes(1000))
    assert failure(path).code == "encrypted"


def test_a_cut_workbook_is_said_to_be_cut(tmp_path: Path) -> None:
    path = workbook(tmp_path / "list.xlsx", [HEADER, ["1", "2", "301", "张三", "", ""]])
    path.write_bytes(path.read_bytes()[:-200])
    assert failure(path).code == "truncated"


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (64 << 20))
    assert failure(path).code == "zip_bomb"


def test_a_lying_count_of_texts_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = Workbook(path)
    book.add_worksheet().write_row(0, 0, HEADER)
    book.close()
    lying = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(lying, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            new.writestr(item, data.replace(b'uniqueCount="', b'uniqueCount="99999999'))
    path.write_bytes(lying.getvalue())
    assert failure(path).code == "lying_count"


def test_a_workbook_without_houses_is_no_success(tmp_path: Path) -> None:
    path = workbook(tmp_path / "fees.xlsx", [["费用", "单价"], ["物业费", 1.2]])
    assert failure(path).code == "no_rows"
    assert "--map" in (failure(path).hint or "")


def test_a_list_without_rows_is_said_to_be_one(tmp_path: Path) -> None:
    path = workbook(tmp_path / "empty.xlsx", [["楼栋", "单元", "房号", "业主姓名"]])
    found = failure(path)
    assert found.code == "no_rows"
    assert "below the headers" in found.message
    assert "--map" not in (found.hint or "")


def test_who_sent_a_damaged_sheet_is_asked_for_it_again(tmp_path: Path) -> None:
    path = workbook(tmp_path / "list.xlsx", [["楼栋", "单元", "房号"], ["1栋", "1单元", "101"]])
    damaged = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(damaged, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            new.writestr(item, data[:200] if "worksheets/" in item.filename else data)
    path.write_bytes(damaged.getvalue())
    found = failure(path)
    assert found.code in ("no_rows", "unreadable")
    assert "--map" not in (found.hint or "")


def test_a_file_that_changes_meanwhile_is_refused(tmp_path: Path) -> None:
    path = long_list(tmp_path / "list.csv", 10)
    messages = read_workbook(path)
    next(messages)
    with path.open("a", encoding="utf-8") as stream:
        stream.write("\n9栋,1,101,李四")
    with pytest.raises(Failed) as caught:
        list(messages)
    assert caught.value.code == "file_changed"


# -- a child that fails ---------------------------------------------------------------------------


def test_memory_is_bounded(tmp_path: Path) -> None:
    path = long_list(tmp_path / "list.csv")
    assert failure(path, Limits(memory_bytes=36 << 20)).code in ("out_of_memory", "reader_crashed")


def test_waiting_is_bounded(tmp_path: Path) -> None:
    path = long_list(tmp_path / "list.csv", 10)
    assert failure(path, Limits(wait_seconds=0.0001)).code == "too_slow"


def test_size_is_bounded(tmp_path: Path) -> None:
    path = long_list(tmp_path / "list.csv", 10)
    assert failure(path, Limits(file_bytes=20)).code == "file_too_large"


@linux_only
def test_a_killed_child_is_a_clear_error_and_leaves_no_zombie(tmp_path: Path) -> None:
    with blocked_child(long_list(tmp_path / "list.csv")) as (child, messages):
        os.kill(child, signal.SIGKILL)
        with pytest.raises(Failed) as caught:
            list(messages)
        assert caught.value.code == "reader_crashed"


@linux_only
def test_a_reader_that_loses_interest_ends_the_child(tmp_path: Path) -> None:
    with blocked_child(long_list(tmp_path / "list.csv")) as (child, messages):
        messages.close()
        with pytest.raises(ProcessLookupError):
            os.kill(child, 0)


@linux_only
def test_a_failing_parent_ends_the_child(tmp_path: Path) -> None:
    before = set(children())
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - the interrupt comes in the middle
        for message in (messages := read_workbook(long_list(tmp_path / "list.csv"))):
            if isinstance(message, Rows):
                messages.throw(KeyboardInterrupt)
    assert set(children()) <= before


@linux_only
def test_the_child_gets_no_environment_and_no_descriptor_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PCLOUD_KEY", "secret")
    with blocked_child(long_list(tmp_path / "list.csv")) as (child, _messages):
        environment = Path(f"/proc/{child}/environ").read_bytes().split(b"\0")
        assert {entry.partition(b"=")[0] for entry in environment if entry} == {
            b"LANG",
            b"LC_ALL",
            b"TZ",
        }
        targets = {link.readlink() for link in Path(f"/proc/{child}/fd").iterdir()}
        assert {t for t in targets if not str(t).startswith(("pipe:", "/dev/null"))} == {
            tmp_path / "list.csv"
        }
        limits = Path(f"/proc/{child}/limits").read_text()
        assert [line.split()[4] for line in limits.splitlines() if "core file" in line] == ["0"]
        assert os.getpgid(child) == child


def test_a_real_workbook_reads_the_same_by_the_parser_alone(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "list.xlsx",
        [HEADER[:4], *[["1", "1", str(100 + n), f"王{n}号"] for n in range(1200)]],
    )
    assert len(rows_of(path)) == CalamineWorkbook.from_path(path).get_sheet_by_index(0).height - 1
