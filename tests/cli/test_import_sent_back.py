"""Errors sent back in the developer's own file, and the mended file loaded again (3.1.1)."""

from __future__ import annotations

import stat
from pathlib import Path

from openpyxl import load_workbook

from pcloud_cli.sheets.marked_styles import COLOURS
from tests.cli.program import Program
from tests.integration.workbooks import HEADERS, number, row, write
from tests.unit import made_workbooks as made

LOST_DIGITS = 1.10101199001011e17


def _book(program: Program, name: str = "list.xlsx") -> Path:
    rows = [row(1), row(2, room=None), row(3, id=LOST_DIGITS)]
    return write(program.home / name, rows)


def _loaded(program: Program, book: Path, *, code: int = 0) -> dict[str, int]:
    told = program.run("import", "load", book, "-c", "CH", "-o", "json", by="KF001")
    assert told.code == code, told.err
    found: dict[str, int] = told.data
    return found


def _applied(program: Program, batch: int) -> dict[str, int]:
    approved = program.run("import", "approve", str(batch), "--yes", by="KF002")
    assert approved.code == 0, approved.err
    told = program.run("import", "apply", str(batch), "-o", "json", by="KF002")
    assert told.code == 0, told.err
    found: dict[str, int] = told.data
    return found


def test_checked_errors_are_written_without_database_or_login(bare: Program) -> None:
    book, out = _book(bare), bare.home / "mend.xlsx"
    told = bare.run("import", "check", book, "--errors", out, "--lang", "zh")
    assert told.code == 6
    assert str(out) in told.err
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    sheet = load_workbook(out)["业主"]
    assert sheet.cell(1, len(HEADERS) + 1).value == "错误提示"
    assert sheet["C3"].fill.fgColor.rgb == COLOURS["error"]
    assert sheet["F4"].fill.fgColor.rgb == COLOURS["warning"]
    assert "110101199001011" not in str(sheet["F4"].comment.text)


def test_several_checked_files_go_into_a_folder_under_their_names(bare: Program) -> None:
    books = [_book(bare), _book(bare, "other.xlsx"), write(bare.home / "good.xlsx", [row(1)])]
    told = bare.run("import", "check", *books, "--errors", bare.home / "mend")
    assert told.code == 6
    written = {path.name for path in (bare.home / "mend").iterdir()}
    assert written == {"list.xlsx", "other.xlsx"}
    assert "nothing is to be mended" in told.err


def test_the_file_itself_is_never_written_over(bare: Program) -> None:
    book = _book(bare)
    before = book.read_bytes()
    told = bare.run("import", "check", book, "--errors", book)
    assert told.code == 2
    assert book.read_bytes() == before


def test_what_stands_where_the_copy_is_to_go_is_kept_without_a_yes(bare: Program) -> None:
    book, other = _book(bare), bare.home / "other.xlsx"
    other.write_bytes(b"somebody else's original")
    for extra in ((), ("--no-input",)):
        told = bare.run("import", "check", book, "--errors", other, *extra)
        assert told.code == 2
        assert str(other) in told.err
        assert "--yes" in told.err
        assert other.read_bytes() == b"somebody else's original"
    assert bare.run("import", "check", book, "--errors", other, "--yes").code == 6
    assert load_workbook(other)["业主"]["C3"].fill.fgColor.rgb == COLOURS["error"]


def test_a_source_that_is_not_there_is_named(office: Program) -> None:
    book = _book(office)
    _loaded(office, book, code=6)
    out = office.home / "mend.xlsx"
    told = office.run("import", "errors", "1", "--source", "nix.xlsx", "--out", out, by="KF001")
    assert told.code == 1
    assert "nix.xlsx" in told.err


def test_a_batch_is_marked_in_the_very_file_that_was_loaded(office: Program) -> None:
    book, out = _book(office), office.home / "mend.xlsx"
    _loaded(office, book, code=6)
    told = office.run("import", "errors", "1", "--source", book, "--out", out, by="KF001")
    assert told.code == 0, told.err
    assert load_workbook(out)["业主"]["C3"].fill.fgColor.rgb == COLOURS["error"]


def test_another_file_than_the_loaded_one_is_refused(office: Program) -> None:
    book, out = _book(office), office.home / "mend.xlsx"
    _loaded(office, book, code=6)
    book.write_bytes(book.read_bytes() + b"\0")
    told = office.run("import", "errors", "1", "--source", book, "--out", out, by="KF001")
    assert told.code == 5
    assert "not the file of batch 1" in told.err
    assert not out.exists()


def test_mended_and_sent_back_only_what_is_new_or_changed_is_applied(office: Program) -> None:
    book, out = _book(office), office.home / "mend.xlsx"
    first = _loaded(office, book, code=6)
    assert (first["new"], first["errors"]) == (2, 1)
    assert _applied(office, 1)["houses"] == 2
    told = office.run("import", "errors", "1", "--source", book, "--out", out, by="KF001")
    assert told.code == 0, told.err
    mended = load_workbook(out)
    mended["业主"]["C3"], mended["业主"]["F4"] = "102", number(3)
    mended.save(out)
    second = _loaded(office, out)
    counts = [second[name] for name in ("new", "changed", "unchanged", "conflicts", "errors")]
    assert counts == [1, 1, 1, 0, 0]
    applied = _applied(office, 2)
    assert (applied["houses"], applied["owners"], applied["owners_changed"]) == (1, 1, 1)


def test_only_the_rows_to_mend_come_back_and_load_by_themselves(office: Program) -> None:
    book, out = _book(office), office.home / "mend.xlsx"
    _loaded(office, book, code=6)
    _applied(office, 1)
    told = office.run(
        "import", "errors", "1", "--source", book, "--out", out, "--only-bad", by="KF001"
    )
    assert told.code == 0, told.err
    mended = load_workbook(out)
    sheet = mended["业主"]
    assert sheet.max_row == 3
    sheet["C2"], sheet["F3"] = "102", number(3)
    mended.save(out)
    second = _loaded(office, out)
    assert [second[name] for name in ("new", "changed", "unchanged")] == [1, 1, 0]


def test_an_encrypted_file_is_marked_with_the_password_from_standard_input(bare: Program) -> None:
    book, out = _book(bare), bare.home / "mend.xlsx"
    made.agile(book, "lake 2026")
    told = bare.run(
        "import", "check", book, "--errors", out, "--password-stdin", stdin="lake 2026\n"
    )
    assert told.code == 6, told.err
    assert "no password" in told.err
    assert "lake 2026" not in told.err + told.out
    assert load_workbook(out)["业主"]["C3"].fill.fgColor.rgb == COLOURS["error"]
