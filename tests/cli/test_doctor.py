"""`pcloud doctor`: each thing that can be wrong gets a line of its own, with its remedy."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pcloud_cli.services.ticket.calendar import known_until
from tests.cli.program import Program, command

Damage = Callable[[Program], dict[str, str] | None]


def _findings(program: Program, variables: dict[str, str] | None = None) -> dict[str, Any]:
    told = program.run("doctor", "-o", "json", variables=variables)
    found = {each["check"]: each for each in told.data}
    assert len(found) == len(told.data), "a check speaks twice"
    assert told.code == (1 if any(each["status"] == "bad" for each in told.data) else 0)
    for each in told.data:
        assert bool(each["remedy"]) == (each["status"] != "ok"), each
    return found


def test_messages_that_wait_without_a_destination_are_told(site: Program) -> None:
    words = ("ticket", "submit", "-c", "CH", "--public", "车库", "--content", "水管爆了")
    assert site.run(*words, "--urgent", "-", by="KF001").code == 0
    found = _findings(site)["outbox"]
    assert found["status"] == "warn"
    assert "name no destination" in found["message"]
    assert str(site.config) in found["remedy"]


def _revision(program: Program, number: str) -> None:
    with sqlite3.connect(program.database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (number,))
    connection.close()


def _key(program: Program) -> Path:
    return program.home / ".config/pcloud/master.key"


def _no_database(program: Program) -> None:
    program.database.unlink()


def _no_database_at_all(program: Program) -> None:
    program.database.write_bytes(b"not a database " * 400)


def _older(program: Program) -> None:
    _revision(program, "0001")


def _newer(program: Program) -> None:
    _revision(program, "9999")


def _role_lost(program: Program) -> None:
    with sqlite3.connect(program.database) as connection:
        connection.execute("DELETE FROM role_permission WHERE permission = 'role.approve'")


def _key_open(program: Program) -> None:
    _key(program).chmod(0o644)


def _key_gone(program: Program) -> None:
    _key(program).unlink()


def _key_cut(program: Program) -> None:
    _key(program).write_text(_key(program).read_text()[:20])


def _key_of_another(program: Program) -> None:
    _key(program).unlink()
    program.run("key", "create", _key(program))


def _key_beside_the_data(program: Program) -> dict[str, str]:
    copy = program.database.with_name("master.key")
    _key(program).rename(copy)
    return {"PCLOUD_KEY_FILE": str(copy)}


def _settings_open(program: Program) -> None:
    program.config.chmod(0o666)


def _no_settings(program: Program) -> dict[str, str]:
    program.config.unlink()
    return {
        "PCLOUD_DATABASE": f"sqlite:///{program.database}",
        "PCLOUD_KEY_FILE": str(_key(program)),
    }


def _keyring_wanted(program: Program) -> dict[str, str]:
    return {
        "PCLOUD_SESSION_STORE": "keyring",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }


def _clock_behind(program: Program) -> None:
    program.clock.advance(timedelta(days=-2))


def _folder_open(program: Program) -> None:
    program.database.parent.chmod(0o755)


def _no_server(program: Program) -> dict[str, str]:
    return {"PCLOUD_DATABASE": "postgresql://somebody:Geheim%232026@127.0.0.1:1/pcloud"}


def _no_address(program: Program) -> dict[str, str]:
    return {"PCLOUD_DATABASE": "mysql://somebody:Geheim%232026@127.0.0.1/pcloud"}


_AT_FIRST = {"boundary", "sweep"}
"""What is said of every installation that was just made: one account, and no sweep yet."""

DAMAGES: list[tuple[Damage, str, str, str]] = [
    (_no_database, "database", "bad", "pcloud init"),
    (_no_database_at_all, "database", "bad", "setting `database`"),
    (_no_server, "database", "bad", "Is the server running"),
    (_no_address, "database", "bad", "sqlite:///FILE"),
    (_older, "revision", "bad", "pcloud db upgrade"),
    (_newer, "revision", "bad", "Install the newer program"),
    (_role_lost, "roles", "warn", "pcloud db upgrade"),
    (_key_open, "key", "bad", "chmod 600"),
    (_key_gone, "key", "bad", "Restore it"),
    (_key_cut, "key", "bad", "Restore it"),
    (_key_of_another, "key", "bad", "another installation"),
    (_key_beside_the_data, "key_place", "warn", "Move the key"),
    (_settings_open, "settings", "bad", "chmod 600"),
    (_no_settings, "settings", "warn", "pcloud init"),
    (_keyring_wanted, "keyring", "bad", "session_store to file"),
    (_clock_behind, "clock", "bad", "NTP"),
    (_folder_open, "disk_data", "warn", "chmod 700"),
]


def test_a_sound_installation_has_nothing_to_mend(founded: Program) -> None:
    found = _findings(founded)
    assert {name for name, each in found.items() if each["status"] != "ok"} == _AT_FIRST
    assert list(found) == [
        "settings",
        "database",
        "revision",
        "key",
        "roles",
        "key_place",
        "boundary",
        "keyring",
        "attachments",
        "clock",
        "sweep",
        "disk_state",
        "disk_data",
    ]


@pytest.mark.parametrize(
    ("damage", "check", "status", "remedy"), DAMAGES, ids=[each[0].__name__ for each in DAMAGES]
)
def test_what_is_wrong_is_said_once_with_its_remedy(
    founded: Program, damage: Damage, check: str, status: str, remedy: str
) -> None:
    found = _findings(founded, damage(founded))
    wrong = {name: each for name, each in found.items() if each["status"] != "ok"}
    assert {wrong.pop(name)["status"] for name in _AT_FIRST if name in wrong} == {"warn"}
    assert list(wrong) == [check]
    assert wrong[check]["status"] == status
    assert remedy in wrong[check]["remedy"]
    assert "Geheim" not in str(found)


def test_the_folder_that_may_not_be_written_to_is_named(founded: Program, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")
    found = _findings(founded, {"XDG_STATE_HOME": str(tmp_path / "state")})
    assert found["disk_state"]["status"] == "bad"
    assert str(tmp_path / "state") in found["disk_state"]["message"]


@pytest.mark.parametrize(
    ("variables", "status"),
    [
        ({"PCLOUD_ENTRY": "ssh:KF001"}, "ok"),
        ({"PCLOUD_ENTRY": "sudo:kf001", "SUDO_UID": "4242", "SUDO_USER": "kf001"}, "ok"),
        ({"SUDO_UID": "4242", "SUDO_USER": "kf001"}, "warn"),
        ({"SSH_ORIGINAL_COMMAND": "whoami"}, "warn"),
        ({"SUDO_UID": "0", "SUDO_USER": "root"}, "warn"),
        ({}, "warn"),
    ],
)
def test_the_boundary_is_there_only_for_whom_another_account_runs_it(
    founded: Program, variables: dict[str, str], status: str
) -> None:
    assert _findings(founded, variables)["boundary"]["status"] == status


def test_a_boundary_with_an_open_database_is_none(founded: Program) -> None:
    founded.database.chmod(0o644)
    found = _findings(founded, {"PCLOUD_ENTRY": "ssh:KF001"})["boundary"]
    assert found["status"] == "bad"
    assert str(founded.database) in found["message"]


def test_a_key_by_credential_needs_no_keyring(founded: Program, tmp_path: Path) -> None:
    credential = tmp_path / "pcloud-key"
    credential.write_bytes(_key(founded).read_bytes())
    founded.config.write_text(f'database = "sqlite:///{founded.database}"\n')
    found = _findings(founded, {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert (found["key"]["status"], found["keyring"]["message"]) == ("ok", "not needed")


def test_where_policy_counts_working_time_the_end_of_its_calendar_is_said(office: Program) -> None:
    file = office.home / "policy.toml"
    file.write_text('[ticket]\nworking_clocks = ["complete"]\n')
    for by, words in (
        ("R-SYSTEM-ADMIN", ("apply", "-f", file, "--reason", "试行")),
        ("R-SECURITY-ADMIN", ("approve", "1", "--yes")),
    ):
        done = office.run("policy", *words, by=by)
        assert done.code == 0, done.err
    last = known_until()
    office.clock.moment = datetime(last.year, 11, 20, tzinfo=UTC)
    assert "calendar" not in _findings(office)
    office.clock.moment = datetime(last.year, 12, 20, tzinfo=UTC)
    found = _findings(office)["calendar"]
    assert (found["status"], str(last) in found["message"]) == ("warn", True)


def _swept(program: Program) -> dict[str, str]:
    found: dict[str, str] = _findings(program)["sweep"]
    return found


def test_that_no_sweep_has_ever_run_is_said_with_what_runs_it(site: Program) -> None:
    found = _swept(site)
    assert (found["status"], "No sweep has run" in found["message"]) == ("warn", True)
    assert "pcloud cron print sweep" in found["remedy"]
    assert "还没有运行过到期扫描" in site.run("doctor", "--lang", "zh").out


def test_a_quiet_sweep_counts_and_its_absence_is_said_after_five_minutes(site: Program) -> None:
    swept = site.run("sweep", "run", "--quiet", by="R-SWEEPER")
    assert swept == (0, "", "")
    assert _swept(site)["status"] == "ok"
    site.clock.advance(timedelta(minutes=4))
    assert _swept(site)["status"] == "ok"
    moment = _swept(site)["message"]
    site.clock.advance(timedelta(minutes=1))
    found = _swept(site)
    assert (found["status"], moment in found["message"]) == ("warn", True)
    assert "systemctl status pcloud-sweep.service" in found["remedy"]
    assert site.run("sweep", "run", "--quiet", by="R-SWEEPER").code == 0
    assert _swept(site)["status"] == "ok"
    assert _swept(site)["message"] != moment


@pytest.mark.parametrize(
    ("words", "by"),
    [
        (("run", "--dry-run"), "R-SWEEPER"),
        (("run", "--at", "tomorrow 08:00", "--dry-run"), "R-SWEEPER"),
        (("show",), "R-SWEEPER"),
        (("run",), "KF001"),
    ],
)
def test_what_only_looks_or_is_refused_is_no_sweep(
    site: Program, words: tuple[str, ...], by: str
) -> None:
    site.run("sweep", *words, by=by)
    assert "No sweep has run" in _swept(site)["message"]


def test_every_line_is_said_in_chinese(founded: Program) -> None:
    _key_open(founded)
    told = founded.run("doctor", "--lang", "zh")
    assert told.code == 1
    assert "单用户模式" in told.out
    for english in ("mend", "fine", "look", "master key", "The "):
        assert english not in told.out


def test_command_line_runs_without_a_home_or_a_user(founded: Program) -> None:
    """As a unit with DynamicUser=, or a container with a bare number for a user, would."""
    import subprocess

    env = {
        name: value
        for name, value in founded.process_env().items()
        if name in ("PATH", "PYTHONPATH")
    }
    env |= {"PCLOUD_CONFIG": str(founded.config), "XDG_STATE_HOME": str(founded.home)}
    done = subprocess.run(
        command("doctor", "-o", "json"),
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stdout.startswith("["), done.stderr
    assert "Traceback" not in done.stderr
