"""`pcloud init`: what it makes, twice, interrupted, and what it refuses."""

from __future__ import annotations

import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pcloud_cli.errors import ExitCode
from tests.cli.program import Program, command
from tests.dropped_root import run_without_root_powers

INIT = ("init", "--no-input", "--key-copy", "none", "-o", "json")


def test_init_makes_two_accounts_of_which_none_can_make_an_actor_with_rights_alone(
    bare: Program,
) -> None:
    made = bare.run(*INIT)
    assert made.code == 0, made.err
    assert [(each["staff_number"], each["role"]) for each in made.data] == [
        ("A001", "administration"),
        ("S001", "system_admin"),
    ]
    passwords = [each["first_password"] for each in made.data]
    assert len(set(passwords)) == 2
    content = b"".join(each.read_bytes() for each in bare.home.rglob("*") if each.is_file())
    for password in passwords:
        assert password.encode() not in content
        assert password not in made.err


def test_what_init_makes_can_be_read_by_its_owner_only(bare: Program) -> None:
    copy = bare.home / "stick/master.key"
    assert bare.run("init", "--no-input", "--key-copy", copy).code == 0
    key = bare.config.parent / "master.key"
    assert copy.read_bytes() == key.read_bytes()
    for path in (key, copy, bare.config, bare.database):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
        assert stat.S_IMODE(path.parent.stat().st_mode) & 0o077 == 0, path.parent


def test_a_database_named_from_where_one_stands_is_found_from_everywhere(
    bare: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    relative = (*INIT, "--database", "sqlite:///here.db")
    assert bare.run(*relative).code == 0
    assert bare.run(*relative).code == 0, "the same once more is no second installation"
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert bare.run("db", "current", "-o", "json").data["is_head"]


def test_init_once_more_changes_nothing_where_somebody_has_logged_in(bare: Program) -> None:
    first = bare.run(*INIT)
    password = first.data[0]["first_password"]
    assert bare.run("login", "A001", "--password-stdin", stdin=f"{password}\n").code == 0
    kept = {path: path.read_bytes() for path in (bare.config, bare.config.parent / "master.key")}
    again = bare.run(*INIT)
    assert (again.code, again.data) == (0, [])
    assert "nothing was changed" in again.err
    assert kept == {path: path.read_bytes() for path in kept}
    assert bare.run("login", "A001", "--password-stdin", stdin=f"{password}\n").code == 0


def test_init_once_more_before_any_login_gives_new_passwords_and_the_old_ones_open_nothing(
    bare: Program,
) -> None:
    first = bare.run(*INIT).data
    second = bare.run(*INIT).data
    assert [each["staff_number"] for each in second] == ["A001", "S001"]
    old = bare.run("login", "A001", "--password-stdin", stdin=first[0]["first_password"] + "\n")
    assert old.code == 4
    new = bare.run("login", "A001", "--password-stdin", stdin=second[0]["first_password"] + "\n")
    assert new.code == 0, new.err


STEPS = [
    "pcloud_cli.db.migrate.upgrade",
    "pcloud_cli.services.setup._write_config",
    "pcloud_cli.services.role.seed",
    "pcloud_cli.services.role.grant",
]


@pytest.mark.parametrize("step", STEPS)
def test_an_init_that_was_interrupted_goes_on_where_it_stopped(
    bare: Program, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def interrupted(*_given: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(step, interrupted)
        assert bare.run(*INIT).code == ExitCode.INTERRUPTED
    _is_completed(bare)


_KILLED = """
import importlib, os, signal, sys
module, name = sys.argv[1].rsplit(".", 1)
killed = lambda *given, **named: os.kill(os.getpid(), signal.SIGKILL)
setattr(importlib.import_module(module), name, killed)
from pcloud_cli.app import main
main(sys.argv[2:])
"""


@pytest.mark.parametrize("step", [STEPS[0], STEPS[-1]])
def test_an_init_that_was_killed_goes_on_where_it_stopped(bare: Program, step: str) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, step, *INIT],
        capture_output=True,
        env=bare.process_env(),
        timeout=300,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    _is_completed(bare)


def _is_completed(program: Program) -> None:
    done = program.run(*INIT)
    assert done.code == 0, done.err
    password = done.data[1]["first_password"]
    told = program.run("login", "S001", "--password-stdin", stdin=f"{password}\n")
    assert told.code == 0, told.err
    with sqlite3.connect(program.database) as connection:
        (accounts,) = connection.execute("SELECT count(*) FROM account").fetchone()
    connection.close()
    assert accounts == 2
    assert not [each for each in program.home.rglob("*") if each.name.endswith(".part")]


def test_a_password_in_the_database_url_of_the_command_line_is_refused(bare: Program) -> None:
    for url in (
        "postgresql://pcloud:Lake2026x@127.0.0.1:1/pcloud",
        "postgresql://pcloud@127.0.0.1:1/pcloud?password=Lake2026x",
    ):
        told = bare.run(*INIT, "--database", url)
        assert (told.code, told.error["code"]) == (2, "usage"), told.err
        assert "Lake2026x" not in told.err
        assert "PCLOUD_DATABASE" in told.error["hint"]
    assert not list(bare.home.rglob("*"))


def test_a_second_installation_does_not_take_the_place_of_the_first(founded: Program) -> None:
    before = founded.config.read_bytes()
    told = founded.run(*INIT, "--database", f"sqlite:///{founded.home / 'other.db'}")
    assert (told.code, told.error["code"]) == (5, "conflict")
    assert founded.config.read_bytes() == before
    assert not (founded.home / "other.db").exists()


def test_a_key_of_another_installation_is_refused(founded: Program) -> None:
    other = founded.home / "other.key"
    assert founded.run("key", "create", other).code == 0
    told = founded.run("community", "list", "-o", "json", variables={"PCLOUD_KEY_FILE": str(other)})
    assert told.code == 78
    assert told.error["hint"]


def test_a_key_that_lies_open_is_refused(founded: Program) -> None:
    key = founded.config.parent / "master.key"
    key.chmod(0o644)
    told = founded.run("community", "list", "-o", "json")
    assert (told.code, told.error["code"]) == (78, "key_open")
    doctor = founded.run("doctor", "-o", "json")
    assert doctor.code == 1
    assert any(each["status"] == "bad" and str(key) in each["message"] for each in doctor.data)


@pytest.mark.parametrize("what", ["key", "config", "database", "folder"])
def test_what_may_not_be_read_or_written_is_told_with_a_remedy(founded: Program, what: str) -> None:
    path = {
        "key": founded.config.parent / "master.key",
        "config": founded.config,
        "database": founded.database,
        "folder": founded.database.parent,
    }[what]
    path.chmod(0)
    try:
        told = run_without_root_powers(
            command("community", "list", "-o", "json"), env=founded.process_env()
        )
    finally:
        path.chmod(0o700)
    assert told.returncode == 78, told.stderr
    assert "Traceback" not in told.stderr
    assert '"hint": "' in told.stderr


def test_a_folder_that_may_not_be_written_to_is_told_by_init(bare: Program) -> None:
    bare.home.chmod(0o500)
    try:
        told = run_without_root_powers(command(*INIT), env=bare.process_env())
    finally:
        bare.home.chmod(0o700)
    assert told.returncode == 78, told.stderr
    assert "Traceback" not in told.stderr
    assert not list(bare.home.iterdir())


def test_without_a_set_up_every_command_says_to_run_init(bare: Program) -> None:
    for words in (["community", "list"], ["whoami"], ["login", "A001", "--password-stdin"]):
        told = bare.run(*words, "-o", "json", stdin="x\n")
        assert told.code == 78, told
        assert "pcloud init" in told.error["hint"]


def test_init_asks_at_a_terminal_and_remembers_the_language(bare: Program) -> None:
    code, screen = bare.at_terminal(
        "init",
        dialogue=[
            ("中文", "1\n"),
            ("[sqlite:///", "\n"),
            ("master.key]", "\n"),
            ("master.key.copy]", "\n"),
        ],
    )
    assert code == 0, screen
    assert "初始密码" in screen
    assert 'language = "zh"' in bare.config.read_text()
    assert "尚未登录" in bare.run("community", "list").err


def test_the_database_may_be_named_by_a_variable_and_is_then_not_written_down(
    bare: Program, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    assert bare.run(*INIT, variables={"PCLOUD_DATABASE": url}).code == 0
    assert "database =" not in bare.config.read_text()
    assert (tmp_path / "elsewhere.db").is_file()
    assert not bare.database.exists()
