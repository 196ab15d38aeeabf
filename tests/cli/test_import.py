"""`pcloud import` as people and scripts run it: what is printed, asked and answered."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.cli.program import PROJECT, Program, command
from tests.integration.workbooks import HEADERS, number, phone, row, write

_TOTALS = {"rows", "new", "changed", "unchanged", "conflicts", "errors", "warnings"}
_PROBLEM = {"sheet", "row", "column", "field", "code", "severity", "value", "message", "hint"}


def _book(program: Program, rows: list[list[Any]], name: str = "list.xlsx") -> Path:
    return write(program.home / name, rows)


def test_check_judges_a_file_alone_without_database_or_login(bare: Program) -> None:
    book = _book(bare, [row(1), row(2, id="110101199013011234"), row(3, room=None)])
    told = bare.run("import", "check", book, "-o", "json")
    assert told.code == 6
    (found,) = told.data
    assert found.keys() == {"file", "sha256", "error", "sheets", "totals", "problems"}
    assert found["totals"].keys() == _TOTALS
    assert [found["totals"][name] for name in ("new", "changed", "unchanged", "conflicts")] == [
        None
    ] * 4
    assert (found["totals"]["rows"], found["error"]) == (3, None)
    sheet = found["sheets"][0]
    assert (sheet["name"], sheet["header_row"], sheet["rows"]) == ("业主", 1, 3)
    assert sheet["columns"]["id_number"] == "身份证号"
    assert found["problems"]
    for problem in found["problems"]:
        assert problem.keys() >= _PROBLEM
        assert problem["message"]
        assert "110101199013011234" not in json.dumps(problem)
    assert not (bare.home / ".local").exists()


def test_check_against_a_community_counts_what_would_be(office: Program) -> None:
    told = office.run(
        "import", "check", _book(office, [row(1)]), "-c", "CH", "-o", "json", by="KF001"
    )
    assert told.code == 0
    assert told.data[0]["totals"]["new"] == 1


def test_check_of_several_files_goes_on_after_one_that_cannot_be_read(bare: Program) -> None:
    good, bad = _book(bare, [row(1)]), bare.home / "bad.xlsx"
    bad.write_bytes(b"PK\x03\x04 no workbook")
    told = bare.run("import", "check", bad, good, bare.home / "gone.xlsx", "-o", "json")
    assert told.code == 1
    assert [each["error"] is None for each in told.data] == [False, True, False]
    assert told.data[0]["error"]["hint"]
    assert "Traceback" not in told.err


def test_of_several_files_each_that_cannot_be_read_is_named(bare: Program) -> None:
    bad, empty = bare.home / "bad.xlsx", bare.home / "empty.csv"
    bad.write_bytes(b"PK\x03\x04 no workbook")
    empty.touch()
    told = bare.run("import", "check", bad, empty)
    assert told.code == 1
    errors = [line for line in told.err.splitlines() if line.startswith("Error: ")]
    assert [str(path) in line for path, line in zip((bad, empty), errors, strict=True)] == [
        True
    ] * 2


def test_the_list_of_a_text_file_is_called_by_no_name_of_a_sheet(bare: Program) -> None:
    book, empty = bare.home / "list.csv", bare.home / "other.csv"
    book.write_text("楼栋,单元,房号\n3栋,1单元,101\n", encoding="utf-8")
    empty.write_text("a,b\n1,2\n", encoding="utf-8")
    assert "Header in row 1, 1 rows\n" in bare.run("import", "check", book).out
    assert "Not read: no header row was found\n" in bare.run("import", "check", empty).out


def test_check_writes_how_rows_were_understood_masked_unless_asked(bare: Program) -> None:
    book, out = _book(bare, [row(1), row(2)]), bare.home / "rows.jsonl"
    assert bare.run("import", "check", book, "--rows", out).code == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(line["row"], line["house"]["room"]) for line in lines] == [(2, "101"), (3, "102")]
    assert number(1) not in out.read_text()
    assert phone(1) not in out.read_text()
    assert bare.run("import", "check", book, "--rows", out, "--clear").code == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert lines[0]["owners"][0]["id_number"] == number(1)
    assert lines[0]["owners"][0]["phones"] == [phone(1)]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_a_template_is_understood_whole_and_its_example_is_not_imported(bare: Program) -> None:
    for language in ("en", "zh"):
        out = bare.home / f"{language}.xlsx"
        made = bare.run("import", "template", out, variables={"PCLOUD_LANG": language})
        assert made.code == 0, made.err
        book = load_workbook(out)
        sheet = book.worksheets[0]
        titles = [str(cell.value) for cell in sheet[1]]
        told = bare.run("import", "check", out, "-o", "json")
        assert told.data[0]["totals"]["rows"] in (0, None), told.out
        sheet.append([*(["1栋", "1单元"] + [None] * len(titles))][: len(titles)])
        assert len(titles) >= len(HEADERS)


def test_load_approve_apply_and_what_each_says(office: Program) -> None:
    book = _book(office, [row(1), row(2), row(3, room=None)])
    loaded = office.run("import", "load", book, "-c", "CH", "-o", "json", by="KF001")
    assert loaded.code == 6
    assert loaded.data["number"] == 1
    assert "pcloud import approve 1" in loaded.err
    again = office.run("import", "load", book, "-c", "CH", by="KF001")
    assert again.code == 0
    assert "nothing was changed" in again.err
    own = office.run("import", "approve", "1", "--yes", "-o", "json", by="KF001")
    assert own.code == 4
    silent = office.run("import", "approve", "1", "-o", "json", by="KF002")
    assert (silent.code, silent.out) == (2, "")
    assert "--yes" in silent.error["hint"]
    assert office.run("import", "approve", "1", "--yes", by="KF002").code == 0
    dry = office.run("import", "apply", "1", "--dry-run", "-o", "json", by="KF002")
    assert (dry.code, dry.data["houses"]) == (0, 2)
    done = office.run("import", "apply", "1", "-o", "json", by="KF002")
    assert (done.code, done.data["houses"], done.data["already"]) == (0, 2, False)
    twice = office.run("import", "apply", "1", "-o", "json", by="KF002")
    assert (twice.code, twice.data["already"]) == (0, True)
    listed = office.run("import", "list", "-o", "json", by="KF001").data
    assert [(each["number"], each["state"]) for each in listed] == [(1, "applied")]
    problems = office.run("import", "show", "1", "--problems", "-o", "json", by="KF001").data
    assert {each["row"] for each in problems if each["severity"] == "error"} == {4}


def test_apply_that_leaves_out_what_others_overtook_ends_with_6(office: Program) -> None:
    for count, rows in enumerate(([row(1)], [row(1, area=70), row(2)]), 1):
        book = _book(office, rows, f"{count}.xlsx")
        assert office.run("import", "load", book, "-c", "CH", by="KF001").code == 0
    for batch in ("1", "2"):
        assert office.run("import", "approve", batch, "--yes", by="KF002").code == 0
    assert office.run("import", "apply", "1", by="KF002").code == 0
    done = office.run("import", "apply", "2", "-o", "json", by="KF002")
    assert (done.code, done.data["skipped"], done.data["houses"]) == (6, 1, 1)
    assert "pcloud import show 2" in done.err


def test_a_dry_run_of_load_stages_nothing(office: Program) -> None:
    book = _book(office, [row(1), row(2)])
    dry = office.run("import", "load", book, "-c", "CH", "--dry-run", "-o", "json", by="KF001")
    assert (dry.code, dry.data["new"]) == (0, 2)
    assert "approve" not in dry.err
    assert "This was a dry run: nothing was changed." in dry.err
    assert office.run("import", "list", "-o", "json", by="KF001").data == []


def test_the_second_person_is_shown_at_a_terminal_what_would_change(office: Program) -> None:
    book = _book(office, [row(1), row(2)])
    assert office.run("import", "load", book, "-c", "CH", by="KF001").code == 0
    seen = office.run("import", "approve", "1", terminal=True, stdin="n\n", by="KF002")
    assert seen.code == 2
    assert "Approve batch 1?" in seen.err
    assert "钱小" in seen.out
    assert number(1) not in seen.out
    assert phone(1) not in seen.out
    states = office.run("import", "list", "-o", "json", by="KF002").data
    assert states[0]["state"] == "pending"
    chinese = {"PCLOUD_LANG": "zh"}
    done = office.run(
        "import", "approve", "1", terminal=True, stdin="是\n", by="KF002", variables=chinese
    )
    assert done.code == 0, done.err


def test_a_workbook_comes_by_standard_input_too(bare: Program) -> None:
    """Whoever enters through sudo or SSH can name no file of their own."""
    book = _book(bare, [row(1)])
    with book.open("rb") as stream:
        done = subprocess.run(
            command("import", "check", "-", "-o", "json"),
            stdin=stream,
            capture_output=True,
            text=True,
            env=bare.process_env(),
            timeout=300,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["totals"]["rows"] == 1


_KILLED = """
import importlib, os, random, signal, sys
from pathlib import Path
from tests.cli.program import Program
module, name = sys.argv[1].rsplit(".", 1)
killed = lambda *given, **named: os.kill(os.getpid(), signal.SIGKILL)
setattr(importlib.import_module(module), name, killed)
Program(Path(sys.argv[2]), token=sys.argv[3], random=random.Random(9).randbytes).run(*sys.argv[4:])
"""


def _killed_at(program: Program, step: str, by: str, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, step, str(program.home), program.tokens[by], *words],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        timeout=300,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize("step", ["Stager", "_complete"])
def test_a_load_that_was_killed_is_usable_only_after_it_was_run_again(
    office: Program, step: str
) -> None:
    book = _book(office, [row(n) for n in range(1, 30)])
    load = ("import", "load", str(book), "-c", "CH")
    _killed_at(office, f"pcloud_cli.services.imports.load.{step}", "KF001", *load)
    assert office.run("import", "approve", "1", "--yes", by="KF002").code == 5
    assert office.run("import", "apply", "1", by="KF002").code == 5
    again = office.run(*load, "-o", "json", by="KF001")
    assert (again.code, again.data["rows"], again.data["already"]) == (0, 29, False)
    number_of_batch = str(again.data["number"])
    assert office.run("import", "approve", number_of_batch, "--yes", by="KF002").code == 0
    done = office.run("import", "apply", number_of_batch, "-o", "json", by="KF002")
    assert (done.code, done.data["houses"]) == (0, 29)


@pytest.mark.parametrize("step", ["_write", "_record"])
def test_an_apply_that_was_killed_did_nothing_and_is_run_again(office: Program, step: str) -> None:
    book = _book(office, [row(1), row(2)])
    assert office.run("import", "load", book, "-c", "CH", by="KF001").code == 0
    assert office.run("import", "approve", "1", "--yes", by="KF002").code == 0
    apply = ("import", "apply", "1")
    _killed_at(office, f"pcloud_cli.services.imports.apply.{step}", "KF002", *apply)
    states = office.run("import", "list", "-o", "json", by="KF002").data
    assert [each["state"] for each in states] == ["approved"]
    houses = office.run("community", "list", "-o", "json", by="KF002").data[0]["houses"]
    assert houses == 0
    done = office.run(*apply, "-o", "json", by="KF002")
    assert (done.code, done.data["houses"], done.data["already"]) == (0, 2, False)


@pytest.mark.parametrize("reference", ["0", "99", "-1", "x", "1e3", "１", "99999999999999999999"])
def test_a_batch_that_does_not_exist_is_not_found(office: Program, reference: str) -> None:
    told = office.run("import", "show", "-o", "json", "--", reference, by="KF001")
    assert (told.code, told.error["code"]) == (3, "not_found")


@pytest.mark.parametrize(
    ("given", "named"),
    [("姓名", "HEADER=FIELD"), ("姓名2=nonsense", "nonsense"), ("=area", "=area")],
)
def test_a_mapping_that_means_nothing_is_a_wrong_call(
    bare: Program, given: str, named: str
) -> None:
    told = bare.run("import", "check", _book(bare, [row(1)]), "--map", given, "-o", "json")
    assert told.code in (1, 2)
    assert named in told.out + told.err
    assert "Traceback" not in told.err
