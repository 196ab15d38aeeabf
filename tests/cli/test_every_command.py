"""Every command there is: it has help, and shows or changes nothing without its permission."""

from __future__ import annotations

import random
import re
import shlex
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from pcloud_cli import i18n
from pcloud_cli.app import OPEN_TO_NOBODY
from pcloud_cli.i18n import _
from pcloud_cli.security.permissions import PERMISSIONS, ROLES
from tests.cli.commands import COMMANDS, LOGIN, SAMPLES, Sample, argv
from tests.cli.program import Answer, Program, copied
from tests.integration.workbooks import row, write

_REFUSED = {"not_allowed", "not_logged_in"}
_CALLS = [(path, sample) for path, samples in SAMPLES.items() for sample in samples]
_GUARDED = [(path, sample) for path, sample in _CALLS if sample.permission is not None]


@pytest.fixture(scope="module")
def company(staffed: Program, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """An installation with living houses and owners, and a batch 2 that waits for approval.

    The tests of this module share it: each proves that it leaves it as it was.
    """
    folder = tmp_path_factory.mktemp("company")
    program = Program(
        copied(staffed.home, folder / "home"),
        random=random.Random(3).randbytes,
        tokens=staffed.tokens,
    )
    program.clock.moment = staffed.clock.moment
    live = write(folder / "live.xlsx", [row(1), row(2)])
    for words, by in (
        (["import", "load", str(live), "-c", "CH"], "KF001"),
        (["import", "approve", "1", "--yes"], "KF002"),
        (["import", "apply", "1"], "KF002"),
        (["import", "load", str(_book(program, [row(3)], "next.xlsx")), "-c", "CH"], "KF001"),
    ):
        done = program.run(*words, by=by)
        assert done.code == 0, done.err
    _book(program, [row(4), row(5)], "book.xlsx")
    return program


def _book(program: Program, rows: list[list[Any]], name: str) -> Path:
    return write(program.home / name, rows)


def _call(program: Program, path: str, sample: Sample, out: Path, by: str | None) -> Answer:
    words = argv(path, sample, book=program.home / "book.xlsx", out=out)
    return program.run(*words, stdin=sample.stdin, by=by)


def _content(program: Program) -> dict[str, list[Any]]:
    """Return every row of every table but the evidence and the notes of when things were used."""
    with sqlite3.connect(program.database) as connection:
        tables = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
            if not name.startswith(("trail_", "sqlite_"))
            and name not in ("login_event", "role_grant_use")
        ]
        found = {
            name: sorted(
                connection.execute(f'SELECT {_columns(connection, name)} FROM "{name}"'), key=repr
            )
            for name in tables
        }
    connection.close()
    return found


def _columns(connection: sqlite3.Connection, table: str) -> str:
    names = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    return ", ".join(f'"{name}"' for name in names if name != "last_seen_at")


def _events(program: Program) -> list[str]:
    with sqlite3.connect(program.database) as connection:
        found = [
            action
            for (action,) in connection.execute("SELECT action FROM trail_event ORDER BY seq")
        ]
    connection.close()
    return found


def test_the_tests_know_every_command_and_no_other() -> None:
    assert set(SAMPLES) == set(COMMANDS), "give each new command its sample arguments"


def test_what_is_open_to_nobody_stands_in_one_list() -> None:
    assert set(OPEN_TO_NOBODY) == {path for path, one in _CALLS if one.permission is None}
    assert all(OPEN_TO_NOBODY.values())


def test_every_permission_guards_something_or_waits_for_its_command() -> None:
    used = {sample.permission for _path, sample in _GUARDED} - {LOGIN}
    assert used <= set(PERMISSIONS)


@pytest.mark.parametrize("path", COMMANDS)
def test_a_command_has_help_with_examples_in_both_languages(path: str, bare: Program) -> None:
    texts = {}
    for language in ("en", "zh"):
        i18n.set_language(language)
        examples = _("Examples:")
        shown = bare.run(*path.split(), "--help", variables={"PCLOUD_LANG": language})
        assert shown.code == 0, shown.err
        assert examples in shown.out
        assert f"pcloud {path}" in shown.out.split(examples)[1]
        texts[language] = shown.out.split(examples)[0]
    chinese = re.sub("pcloud( [a-z]+)*", "", texts["zh"])
    assert not re.search("[a-z]+ [a-z]{2,} [a-z]{2,}", chinese), "English in Chinese help"
    assert texts["en"] != texts["zh"]


@pytest.mark.parametrize("path", COMMANDS)
def test_the_examples_in_a_help_can_be_called_as_they_stand(path: str) -> None:
    command = COMMANDS[path]
    lines = [line.rpartition("|")[2].strip() for line in command.epilog.strip().splitlines()]
    assert lines
    for line in lines:
        words = shlex.split(re.split(r"\s[<>]\s", line)[0])
        assert words[: 1 + len(path.split())] == ["pcloud", *path.split()]
        command.make_context(path, words[1 + len(path.split()) :])


def test_without_a_login_nothing_is_shown_and_nothing_changed(
    company: Program, tmp_path: Path
) -> None:
    before, seen = _content(company), len(_events(company))
    for path, sample in _GUARDED:
        answer = _call(company, path, sample, tmp_path, by=None)
        assert (answer.code, answer.error.get("code")) == (4, "not_logged_in"), (path, answer)
        assert answer.out == "", path
        assert answer.error["hint"]
    assert _content(company) == before
    assert not list(tmp_path.iterdir())
    assert set(_events(company)[seen:]) == {"permission.refused"}


def test_a_login_without_a_grant_opens_nothing_but_itself(company: Program, tmp_path: Path) -> None:
    before, seen = _content(company), len(_events(company))
    guarded = [(path, sample) for path, sample in _GUARDED if sample.permission != LOGIN]
    for path, sample in guarded:
        answer = _call(company, path, sample, tmp_path, by="NO001")
        assert (answer.code, answer.error.get("code")) == (4, "not_allowed"), (path, answer)
        assert answer.out == "", path
        assert sample.permission in answer.error["message"], path
    assert _content(company) == before
    assert not list(tmp_path.iterdir())
    assert _events(company)[seen:] == ["permission.refused"] * len(guarded)


def test_about_oneself_a_login_is_enough(office: Program, tmp_path: Path) -> None:
    for path, sample in _GUARDED:
        if sample.permission == LOGIN:
            answer = _call(office, path, sample, tmp_path, by="NO001")
            assert answer.error.get("code") not in _REFUSED, path


@pytest.mark.parametrize("code", ROLES)
def test_a_shipped_role_opens_exactly_what_it_holds(
    company: Program, code: str, tmp_path: Path
) -> None:
    before = _content(company)
    by = "R-" + code.upper().replace("_", "-")
    held = ROLES[code].permissions

    def may(sample: Sample) -> bool:
        return not held.isdisjoint((sample.permission, *sample.or_else))

    # which permission a command asks for is proved above: one refusal a permission is enough
    refused = {one.permission: (path, one) for path, one in _GUARDED if not may(one)}
    refused.pop(LOGIN)
    opened = {path: one for path, one in reversed(_GUARDED) if may(one)}
    for path, sample in [*refused.values(), *opened.items()]:
        answer = _call(company, path, sample, tmp_path, by=by)
        if may(sample):
            assert answer.code != 4, (path, answer)
            assert answer.error.get("code") not in {"defect", "usage"}, (path, answer)
        else:
            assert (answer.code, answer.error.get("code")) == (4, "not_allowed"), (path, answer)
            assert answer.out == "", path
    assert _content(company) == before, "a reading or a dry run changed something"


def test_what_is_open_to_nobody_shows_no_data_and_changes_none(
    company: Program, tmp_path: Path
) -> None:
    before = _content(company)
    for path, sample in _CALLS:
        if sample.permission is not None:
            continue
        answer = _call(company, path, sample, tmp_path, by=None)
        assert answer.error.get("code") not in {*_REFUSED, "defect", "usage"}, (path, answer)
        for known in ("翠湖花园", "钱小满", "KF001", "13900000001"):
            assert known not in answer.out + answer.err, path
    assert _content(company) == before


def test_a_first_password_opens_nothing_but_its_own_change(
    founded: Program, tmp_path: Path
) -> None:
    made = founded.run("init", "--no-input", "-o", "json")
    passwords = {each["staff_number"]: each["first_password"] for each in made.data}
    done = founded.run("login", "S001", "--password-stdin", stdin=passwords["S001"] + "\n")
    assert done.code == 0, done.err
    refused = founded.run("role", "list", "-o", "json")
    assert (refused.code, refused.error["code"], refused.out) == (4, "first_password", "")
    changed = founded.run(
        "account",
        "passwd",
        "--password-stdin",
        stdin=f"{passwords['S001']}\nLake#2026x\n",
    )
    assert changed.code == 0, changed.err
    assert founded.run("role", "list").code == 0
