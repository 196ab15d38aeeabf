"""Many workbooks in one go: a batch each, none stops the others, what failed is listed."""

from __future__ import annotations

import os
import re
import shlex
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pcloud_cli.services.imports import load as loading
from tests.cli.move_in import CONTROLS, failed_lists, incoming, listed_paths, load
from tests.cli.program import Program
from tests.integration.workbooks import HEADERS, row, write
from tests.unit.made_workbooks import agile


def test_each_workbook_is_a_batch_and_one_that_fails_does_not_stop_the_others(
    site: Program,
) -> None:
    books = incoming(site, {"a.xlsx": 3, "broken.xlsx": 0, "b.xlsx": 2})
    done = load(site, *books, site.home / "gone.xlsx", "-o", "json")
    assert done.code == 6
    assert [(Path(each["file"]).name, each["number"], each["rows"]) for each in done.data] == [
        ("a.xlsx", 1, 3),
        ("broken.xlsx", None, None),
        ("b.xlsx", 3, 2),
        ("gone.xlsx", None, None),
    ]
    assert [each["error"] and each["error"]["code"] for each in done.data] == [
        None, "truncated", None, "no_file",
    ]  # fmt: skip
    assert done.data[0].keys() >= {
        "id", "state", "already", "new", "changed", "unchanged", "conflicts", "errors",
        "warnings", "seconds",
    }  # fmt: skip
    listed = site.run("import", "list", "-o", "json", by="KF001").data
    states = {each["file"]: each["state"] for each in listed}
    assert states == {"a.xlsx": "pending", "broken.xlsx": "failed", "b.xlsx": "pending"}


def test_what_failed_is_listed_with_its_reason_and_loads_in_a_second_run(
    site: Program,
) -> None:
    books = incoming(site, {"a.xlsx": 1, "broken.xlsx": 0, "b.xlsx": 1})
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in books}
    first = load(site, *books, "--developer", "湖畔 置业", "--map", "档案袋=")
    assert first.code == 6
    (path,) = failed_lists(site)
    text = path.read_text()
    assert listed_paths(text) == [str(books[1])]
    assert "cut off or damaged" in text.split(str(books[1]))[0]
    words = ["--from", str(path), "--community", "CH", "--developer", "湖畔 置业"]
    again = shlex.join(["pcloud", "import", "load", *words, "--map", "档案袋="])
    assert again in text
    assert again in first.err
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert {each: (each.read_bytes(), each.stat().st_mtime_ns) for each in books} == before
    assert sorted(path.parent.parent.joinpath("incoming").iterdir()) == sorted(books)

    write(books[1], [row(50)])
    second = load(site, "--from", path, "-o", "json")
    assert second.code == 0, second.err
    assert [(each["rows"], each["error"]) for each in second.data] == [(1, None)]
    assert failed_lists(site) == [path]


def test_the_same_file_twice_in_one_go_is_one_batch(site: Program) -> None:
    (book,) = incoming(site, {"a.xlsx": 2})
    copy = book.with_name("copy.xlsx")
    copy.write_bytes(book.read_bytes())
    done = load(site, book, copy, book, "-o", "json")
    assert done.code == 0, done.err
    assert [(each["number"], each["already"]) for each in done.data] == [
        (1, False), (1, True), (1, True),
    ]  # fmt: skip
    assert "nothing was changed" in done.err
    assert len(site.run("import", "list", "-o", "json", by="KF001").data) == 1


def test_into_a_pipe_goes_a_line_a_file_without_control_characters(real_time: Program) -> None:
    books = incoming(real_time, {"a.xlsx": 2, "broken.xlsx": 0, "b.xlsx": 1})
    done = real_time.process("import", "load", *books, "-c", "CH")
    assert done.code == 6
    assert not CONTROLS.search(done.out + done.err)
    lines = done.err.splitlines()
    assert re.fullmatch(r"1/3 a\.xlsx: batch 1, rows 2, kept out 0, [\d.]+ s", lines[0])
    assert lines[1].startswith("2/3 broken.xlsx: not loaded: ")
    assert lines[2].startswith("3/3 b.xlsx: batch 3")
    assert "pcloud import approve 1 3" in done.err
    (path,) = failed_lists(real_time)
    assert f"failed/{path.name}" in done.err
    shown = done.out.splitlines()
    assert shown[0].split()[:4] == ["File", "Batch", "Rows", "New"]
    assert [line.split()[0] for line in shown[2:]] == [f"incoming/{book.name}" for book in books]


@pytest.mark.parametrize(
    ("language", "progress", "failed"),
    [
        ("en", r"[\d,]+ rows, [\d,]+ a second \d+:\d\d left", "not loaded: "),
        ("zh", r"[\d,]+ 行，每秒 [\d,]+ 行 还剩 \d+:\d\d", "没有装入："),
    ],
)
def test_at_a_terminal_rows_rate_and_time_left_are_shown_and_taken_away(
    real_time: Program, language: str, progress: str, failed: str
) -> None:
    sizes = {"a.xlsx": 400, "broken.xlsx": 0, "b.xlsx": 400, "c.xlsx": 400}
    books = incoming(real_time, sizes)
    code, screen = real_time.at_terminal(
        "import", "load", *books, "-c", "CH", variables={"PCLOUD_LANG": language}
    )
    assert code == 6, screen
    assert re.search(progress, screen), screen
    assert f"2/4 broken.xlsx: {failed}" in screen
    assert not re.search(r"[14]/4 [ac]\.xlsx: ", screen), "what is well needs no line of its own"
    assert "\x1b[?25h" in screen[screen.rindex("\x1b[?25l") :], "the cursor is shown again"
    summary = screen[screen.rindex("─────") :]
    assert "incoming/a.xlsx" in summary
    assert "/4 " not in summary


def test_ctrl_c_keeps_what_is_loaded_and_lists_the_rest(real_time: Program) -> None:
    books = incoming(real_time, {f"{name}.xlsx": 300 for name in "abcdef"})
    code, screen = real_time.at_terminal(
        "import", "load", *books, "-c", "CH", dialogue=[("looking at 6/6", ""), ("3/6 ", "\x03")]
    )
    assert code == 130, screen
    assert "Interrupted; what was loaded stays." in screen
    listed = real_time.run("import", "list", "-o", "json").data
    loaded = {each["file"] for each in listed if each["state"] == "pending"}
    assert {"a.xlsx", "b.xlsx"} <= loaded, screen
    assert len(loaded) < len(books), screen
    (path,) = failed_lists(real_time)
    rest = [str(book) for book in books if book.name not in loaded]
    assert listed_paths(path.read_text()) == rest
    again = real_time.process("import", "load", "--from", path, "-c", "CH", "-o", "json")
    assert again.code == 0, again.err
    assert [each["error"] for each in again.data] == [None] * len(rest)
    listed = real_time.run("import", "list", "--state", "pending", "-o", "json").data
    assert sorted(each["file"] for each in listed) == [book.name for book in books]


def test_a_list_may_come_by_standard_input_with_remarks_and_windows_line_ends(
    office: Program,
) -> None:
    books = incoming(office, {"a.xlsx": 1, "b  .xlsx": 1})
    text = f"\ufeff# from the developer\r\n{books[0]}\r\n\r\n{books[1]}"
    done = load(office, "--from", "-", "-o", "json", stdin=text)
    assert done.code == 0, done.err
    assert [each["rows"] for each in done.data] == [1, 1]


def test_a_name_from_chinese_windows_is_shown_kept_and_listed(
    office: Program, tmp_path: Path
) -> None:
    (book,) = incoming(office, {"a.xlsx": 1})
    folder = os.fsencode(book.parent)
    good = os.fsdecode(folder + b"/" + "移交表.xlsx".encode("gb18030"))
    bad = os.fsdecode(folder + b"/" + "坏表.xlsx".encode("gb18030"))
    book.rename(good)
    Path(bad).write_bytes(b"PK\x03\x04 no workbook")
    done = load(office, good, bad, "-o", "json")
    assert done.code == 6
    assert [Path(each["file"]).name for each in done.data] == ["移交表.xlsx", "坏表.xlsx"]
    listed = office.run("import", "list", "-o", "json", by="KF001").data
    assert {each["file"] for each in listed} == {"移交表.xlsx", "坏表.xlsx"}
    (path,) = failed_lists(office)
    assert os.fsencode(bad) in path.read_bytes().split(b"\n")
    write(Path(bad), [row(7)])
    assert load(office, "--from", path).code == 0


def test_marks_of_an_open_workbook_are_left_out_and_said(office: Program) -> None:
    books = incoming(office, {"a.xlsx": 1, "~$a.xlsx": 0})
    done = load(office, *books, books[0], "-o", "json")
    assert done.code == 0, done.err
    assert len(done.data) == 2
    assert "~$a.xlsx is left out" in done.err
    assert load(office, books[1], books[1]).code == 2


def test_a_dry_run_of_many_leaves_no_batch_and_no_list(office: Program) -> None:
    books = incoming(office, {"a.xlsx": 2, "broken.xlsx": 0})
    done = load(office, *books, "--dry-run", "-o", "json")
    assert done.code == 6
    assert [(each["number"], each["new"]) for each in done.data] == [(None, 2), (None, None)]
    assert office.run("import", "list", "-o", "json", by="KF001").data == []
    assert not (office.home / "failed").exists()
    assert "approve" not in done.err


def test_nothing_is_looked_at_for_somebody_who_may_not_load(office: Program) -> None:
    books = incoming(office, {"a.xlsx": 1, "broken.xlsx": 0})
    for by, code in ((None, "not_logged_in"), ("NO001", "not_allowed")):
        done = load(office, *books, "-o", "json", by=by)
        assert (done.code, done.out, done.error["code"]) == (4, "", code)
    wrong = office.run("import", "load", *books, "-c", "NO", "-o", "json", by="KF001")
    assert (wrong.code, wrong.out) == (3, "")
    assert not (office.home / "failed").exists()


def test_a_login_that_ends_in_the_middle_stops_and_lists_the_rest(office: Program) -> None:
    books = incoming(office, {"a.xlsx": 1, "b.xlsx": 1, "c.xlsx": 1, "d.xlsx": 1})
    with sqlite3.connect(office.database) as connection:
        connection.execute(
            "CREATE TRIGGER logs_out AFTER UPDATE OF state ON import_batch "
            "WHEN NEW.number = 2 AND NEW.state = 'pending' "
            "BEGIN UPDATE login_session SET revoked_at = created_at; END"
        )
    connection.close()
    done = load(office, *books, "-o", "json")
    assert done.code == 4
    assert [each["number"] for each in done.data] == [1, 2, None]
    assert done.error["code"] == "not_logged_in"
    (path,) = failed_lists(office)
    assert listed_paths(path.read_text()) == [str(books[2]), str(books[3])]


def test_a_defect_met_in_one_file_does_not_stop_the_others(
    office: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = incoming(office, {"a.xlsx": 1, "b.xlsx": 1})
    real: Callable[..., Any] = loading.load

    def loaded(*given: Any, **more: Any) -> Any:
        if more["name"] == "a.xlsx":
            raise RuntimeError("赵六 13800138000")
        return real(*given, **more)

    monkeypatch.setattr(loading, "load", loaded)
    done = load(office, *books, "-o", "json")
    assert done.code == 6
    assert [each["number"] for each in done.data] == [None, 1]
    assert done.data[0]["error"]["code"] == "defect"
    kept = (office.state / "defect.txt").read_text() + failed_lists(office)[0].read_text()
    assert "RuntimeError" in kept
    assert "13800138000" not in kept + done.out + done.err


def test_a_list_that_cannot_be_written_is_said_with_its_paths(office: Program) -> None:
    books = incoming(office, {"a.xlsx": 1, "broken.xlsx": 0})
    done = office.run("import", "load", *books, "-c", "CH", "--failed", "/proc/nowhere", by="KF001")
    assert done.code == 6
    assert "cannot be written to /proc/nowhere" in done.err
    assert str(books[1]) in done.err.split("/proc/nowhere")[1]


def test_where_none_can_be_loaded_the_exit_code_says_failed(office: Program) -> None:
    books = incoming(office, {"x.xlsx": 0, "y.xlsx": 0})
    assert load(office, *books).code == 1


def test_rows_kept_out_are_said_for_each_batch(office: Program) -> None:
    books = incoming(office, {"a.xlsx": 1, "b.xlsx": 1})
    write(books[1], [row(5), row(6, room=None)])
    done = load(office, *books)
    assert done.code == 6
    assert "pcloud import show 2 --problems" in done.err
    assert not failed_lists(office)


def test_a_header_is_asked_about_once_for_all_files_before_the_first_is_loaded(
    office: Program,
) -> None:
    headers = (*HEADERS, "房屋类型")
    books = incoming(office, {"a.xlsx": 1, "b.xlsx": 1, "c.xlsx": 1})
    for place, book in enumerate(books[:2]):
        write(book, [[*row(10 + place), "甲类"]], headers)
    words: list[str | Path] = [*books, "--developer", "湖畔置业", "-o", "json"]
    done = load(office, *words, stdin="2\n", terminal=True)
    assert done.code == 0, done.err
    assert done.err.count("“房屋类型”") == 1
    assert done.err.index("“房屋类型”") < done.err.index("3/3 c.xlsx")
    shown = office.run("import", "profile", "show", "湖畔置业", "-o", "json", by="KF001")
    assert shown.data == [{"header": "房屋类型", "field": "house_type"}]
    again = load(office, *words)
    assert [each["already"] for each in again.data] == [True, True, True]


def test_one_password_from_standard_input_opens_all_that_are_encrypted(office: Program) -> None:
    books = incoming(office, {"a.xlsx": 1, "b.xlsx": 1, "c.xlsx": 1})
    for book in books[:2]:
        agile(book, "Lake-2026")
    done = load(office, *books, "--password-stdin", "-o", "json", stdin="Lake-2026\n")
    assert done.code == 0, done.err
    assert [each["rows"] for each in done.data] == [1, 1, 1]
    assert "Lake-2026" not in done.out + done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "No workbook is named"),
        (("-", "a.xlsx"), "cannot be one of several"),
        (("a.xlsx", "b.xlsx", "--name", "c.xlsx"), "--name"),
        (("--from", "nowhere.txt"), "cannot be read"),
        (("--from", "{home}/empty.txt"), "names no workbook"),
        (("--from", "{home}/incoming/broken.xlsx"), "no list of workbooks"),
        (("--from", "-", "--password-stdin"), "the list and a password"),
        (("--from", "-", "-"), "the list of others"),
        (("a.xlsx", "b.xlsx", "--failed", "{home}/empty.txt"), "no folder"),
    ],
)
def test_a_call_that_cannot_be_meant_is_refused_before_anything_is_done(
    office: Program, words: tuple[str, ...], said: str
) -> None:
    incoming(office, {"broken.xlsx": 0})
    (office.home / "incoming/broken.xlsx").write_bytes(b"PK\x03\x04\0\0")
    (office.home / "empty.txt").write_text("# nothing\n\n")
    given = [word.format(home=office.home) for word in words]
    done = office.run("import", "load", *given, "-c", "CH", stdin="a.xlsx\n", by="KF001")
    assert (done.code, done.out) == (2, "")
    assert said in done.err
