"""What the adapter over Typer decides: help, words, values, errors, ends (see its docstring)."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer

from pcloud_cli.clock import FixedClock
from pcloud_cli.context import Context
from pcloud_cli.i18n import _, set_language
from pcloud_cli.output.text import width_of
from pcloud_cli.typer_adapter import Noun, help_text
from pcloud_cli.typer_adapter.drawing import first_sentence
from tests.cli.commands import COMMANDS, nouns
from tests.cli.conftest import staff
from tests.cli.program import Program, command, copied

CHINESE = {"PCLOUD_LANG": "zh"}


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Accept tickets (3.2.2). The rest.", "Accept tickets (3.2.2)"),
        ("受理工单（3.2.2）。其余。", "受理工单（3.2.2）"),
        ("List shifts; others too.", "List shifts"),
        ("One alone", "One alone"),
    ],
)
def test_a_list_of_verbs_shows_the_whole_first_sentence(text: str, first: str) -> None:
    assert first_sentence(text) == first


def test_help_keeps_square_brackets_and_paragraphs() -> None:
    noun = Noun("Signs [text] of others.")

    @noun.verb("read", examples="pcloud sign read")
    def read(run: Context) -> None:
        """Read [bold]signs[/bold] and [text].

        A second paragraph [1.2.3].
        """

    made = typer.main.get_command(noun)
    shown = help_text(made, typer.Context(made))
    for text in ("[bold]signs[/bold]", "[text]", "[1.2.3]"):
        assert text in shown


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("path", COMMANDS)
def test_help_stands_in_columns_and_in_100_places(path: str, language: str, bare: Program) -> None:
    shown = bare.run(*path.split(), "-h", variables={"PCLOUD_LANG": language}).out
    assert all(width_of(line) <= 100 for line in shown.splitlines()), shown
    for title in ("Options", "Common options", "Arguments"):
        section = shown.partition(f"{_in(language, title)}:\n")[2].partition("\n\n")[0]
        starts = {
            width_of(line[: line.index("  ", 2)]) + _gap(line)
            for line in section.splitlines()
            if line.startswith("  ") and line[2] != " " and "  " in line[2:]
        }
        assert len(starts) <= 1, section


def _in(language: str, text: str) -> str:
    set_language(language)
    try:
        return _(text)
    finally:
        set_language("en")


def _gap(line: str) -> int:
    rest = line[line.index("  ", 2) :]
    return len(rest) - len(rest.lstrip())


@pytest.mark.parametrize("noun", [[], *([name] for name in nouns())])
def test_every_noun_answers_to_h_and_help_alike(noun: list[str], bare: Program) -> None:
    short, long = bare.run(*noun, "-h"), bare.run(*noun, "--help")
    assert short == long
    assert (short.code, short.err) == (0, "")
    assert short.out.startswith("Usage: pcloud")


def test_a_noun_without_a_verb_shows_its_help_as_a_wrong_call(bare: Program) -> None:
    told = bare.run("import")
    assert (told.code, told.out) == (2, "")
    assert "Usage: pcloud import" in told.err


WRONG = {
    ("house", "list", "--nothing"): "--nothing",
    ("house", "list", "--buildin", "3"): "--building",
    ("hous", "list"): "house",
    ("house", "lst"): "list",
    ("import", "show"): "BATCH",
    ("import", "show", "1", "2", "3"): "2 3",
    ("house", "list", "--limit"): "--limit",
    ("house", "list", "--limit", "1e3"): "1e3",
    ("house", "list", "--limit", "0"): "0",
    ("house", "list", "-o", "xml"): "xml",
    ("house", "list", "--yes=1"): "--yes",
    ("key", "rotate", "nothing"): "nothing",
}


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_a_wrong_call_ends_with_2_names_what_is_wrong_and_says_what_to_do(
    words: tuple[str, ...], bare: Program
) -> None:
    told = bare.run(*words)
    assert (told.code, told.out) == (2, "")
    assert WRONG[words] in told.err
    assert "What to do:" in told.err
    assert "Traceback" not in told.err


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_a_wrong_call_is_answered_in_chinese_without_a_word_of_english(
    words: tuple[str, ...], bare: Program
) -> None:
    told = bare.run(*words, variables=CHINESE)
    said = told.err.replace("pcloud", "")
    for word in (*words, "building", "BATCH", "NUMBER", "PURPOSE", "-h", "list", "house"):
        said = said.replace(word, "")
    said = said.split("：", 1)[1]
    for choices in ("table, json, jsonl, csv, tsv, yaml, ids", "field, trail, mac"):
        said = said.replace(choices, "")
    english = [part for part in said.split() if part.isascii() and part.isalpha() and len(part) > 2]
    assert not english, told.err


@pytest.mark.parametrize(
    "text", ["1e3", "١٢", " 5", "5 ", "1_000", "0x10", "五", "1.0", "", "+", "９"]
)
def test_a_number_is_taken_only_where_it_is_plainly_one(text: str, founded: Program) -> None:
    told = founded.run("house", "list", f"--limit={text}", "-o", "json")
    assert (told.code, told.error["code"]) == (2, "usage")
    assert "--limit" in told.error["message"]
    assert told.error["hint"] == "Write a whole number."


def test_a_plain_number_is_taken(founded: Program) -> None:
    assert founded.run("house", "list", "--limit", "12", "-o", "json").error["code"] != "usage"


def test_a_number_out_of_range_names_the_range(founded: Program) -> None:
    told = founded.run("owner", "find", "--name", "钱", "--limit", "501", "-o", "json")
    assert (told.code, told.error["hint"]) == (2, "It must lie between 1 and 500.")


@pytest.mark.parametrize("place", ["before", "after"])
def test_with_json_an_error_is_an_object_on_stderr(place: str, bare: Program) -> None:
    words = ["-o", "json", "house", "lst"] if place == "before" else ["house", "lst", "-o", "json"]
    told = bare.run(*words)
    assert (told.code, told.out) == (2, "")
    assert told.err.count("\n") == 1
    assert told.error.keys() == {"code", "message", "hint"}


def test_an_unknown_language_is_a_wrong_call(bare: Program) -> None:
    for words in (["--lang", "fr", "doctor"], ["doctor", "--lang", "fr"]):
        told = bare.run(*words)
        assert (told.code, told.out) == (2, "")
        assert "fr" in told.err
        assert "en or zh" in told.err


def test_help_is_shown_in_some_language_even_where_the_named_one_is_unknown(bare: Program) -> None:
    shown = bare.run("doctor", "--help", variables={"PCLOUD_LANG": "fr"})
    assert shown.code == 0
    assert "pcloud doctor" in shown.out


def test_a_defect_is_told_without_a_traceback_and_kept_without_a_secret(
    office: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "13900000001"
    with sqlite3.connect(office.database) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE community SET created_at = ?", (f"not a moment {secret}",))
    connection.close()
    told = office.run("community", "list", "-o", "json", by="KF001")
    assert (told.code, told.out) == (1, "")
    assert told.error["code"] == "defect"
    assert "Traceback" not in told.err
    kept = office.state / "defect.txt"
    assert str(kept) in told.error["hint"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    content = kept.read_text()
    assert "pcloud_cli/services/community.py" in content
    for hidden in (secret, "not a moment", office.tokens["KF001"]):
        assert hidden not in content + told.err


@pytest.mark.parametrize("damage", ["cut", "overwritten", "no database"])
def test_a_damaged_database_is_told_in_a_sentence(office: Program, damage: str) -> None:
    content = office.database.read_bytes()
    if damage == "cut":
        office.database.write_bytes(content[: len(content) // 2])
    elif damage == "overwritten":
        office.database.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    else:
        office.database.write_bytes(b"no database at all" * 500)
    told = office.run("community", "list", "-o", "json", by="KF001")
    assert told.code in (1, 78)
    assert (told.out, "Traceback" in told.err) == ("", False)
    assert told.error["code"] in ("damaged", "config")
    assert told.error["hint"]


@pytest.mark.parametrize("question", ["Staff number", "Password"])
def test_ctrl_c_at_a_question_ends_with_130_in_a_sentence(founded: Program, question: str) -> None:
    words = ["login"] if question == "Staff number" else ["login", "S001"]
    code, screen = founded.at_terminal(*words, dialogue=[(question, "\x03")])
    assert code == 130
    assert "nothing half-done remains" in screen
    assert "Traceback" not in screen


def test_the_end_of_the_input_at_a_question_interrupts(founded: Program) -> None:
    code, screen = founded.at_terminal("login", dialogue=[("Staff number", "\x04")])
    assert code == 130
    assert "Traceback" not in screen


def test_a_reader_who_has_seen_enough_ends_it_quietly(founded: Program) -> None:
    for words in (["--help"], ["config", "show"], ["doctor", "-o", "csv"]):
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run(
            command(*words),
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            env=founded.process_env(),
            timeout=300,
            check=False,
        )
        os.close(write)
        assert (done.returncode, done.stderr) == (0, ""), words


def test_the_version_is_one_line(bare: Program) -> None:
    shown = bare.run("--version")
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.startswith("pcloud ")
    assert shown.out.count("\n") == 1


def test_a_question_at_a_terminal_is_asked_in_chinese_and_answered_by_number(
    founded_home: Path, tmp_path: Path
) -> None:
    # processes have the real clock, and logins end by it
    program = Program(copied(founded_home, tmp_path / "home"), clock=FixedClock(datetime.now(UTC)))
    staff(program)
    code, screen = program.at_terminal(
        "role",
        "grant",
        dialogue=[("工号", "NO001\n"), ("1. ", "3\n"), ("原因", "入职\n")],
        variables={**CHINESE, "PCLOUD_TOKEN": program.tokens["R-SYSTEM-ADMIN"]},
    )
    assert code == 0, screen
    assert "3. 客服\r\n" in screen
    assert "NO001" in screen


def _from_shell(program: Program, shell: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [shell, "-c", '"$@"; code=$?; exit $code', shell, *command(*words)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=program.process_env(),
        timeout=300,
        check=False,
    )


def test_completion_is_installed_for_the_calling_shell_and_said_in_chinese(bare: Program) -> None:
    told = _from_shell(bare, "bash", "--install-completion", "--lang", "zh")
    assert (told.returncode, told.stderr) == (0, "")
    script = bare.home / ".bash_completions/pcloud.sh"
    assert str(script) in told.stdout
    assert "自动补全" in told.stdout
    shown = _from_shell(bare, "bash", "--show-completion")
    assert shown.stdout.strip() == script.read_text().strip()


def test_completion_for_a_shell_that_has_none_is_a_wrong_call(bare: Program) -> None:
    for option in ("--show-completion", "--install-completion"):
        told = _from_shell(bare, "sh", option)
        assert (told.returncode, told.stdout) == (2, ""), told
        assert "bash, zsh, fish" in told.stderr
