"""The printed lines and units run this installation's jobs from next to no environment."""

from __future__ import annotations

import configparser
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from pcloud_cli.services.cron import JOBS
from tests.cli.program import PROJECT, Answer, Program
from tests.cli.whole import value

ROLES = sorted({job.role for job in JOBS.values()})


@pytest.fixture
def clocked(real_time: Program) -> Program:
    """An office with a service account and a token file for each job."""
    for number, role in enumerate(ROLES, 1):
        name = f"CRON{number}"
        out = str(real_time.config.parent / f"{role}.token")
        for by, words in (
            ("R-ADMINISTRATION", ("account", "create", name, "某任务", "--service")),
            ("R-SYSTEM-ADMIN", ("role", "grant", name, role, "--reason", "定时任务")),
            (
                "R-ADMINISTRATION",
                ("account", "token", "create", name, "--name", "cron", "--out", out),
            ),
        ):
            done = real_time.run(*words, by=by)
            assert done.code == 0, done.err
    # first passwords of long ago are told of, and no destination is set up
    assert real_time.run("sweep", "run", by="R-SWEEPER").code == 0
    waiting = real_time.run("outbox", "list", "-o", "ids", by="R-SYSTEM-ADMIN").out
    gone = ("outbox", "drop", "-", "--reason", "试")
    assert real_time.run(*gone, stdin=waiting, by="R-SYSTEM-ADMIN").code == 0
    real_time.token = None
    return real_time


def by_cron(program: Program, line: str) -> Answer:
    """Run the command of a crontab line as cron does: its %, its shell, its environment."""
    command = line.split("  ", 1)[1].replace(r"\%", "%")
    bare = ["env", "-i", "SHELL=/bin/sh", "PATH=/usr/bin:/bin", f"HOME={program.home}"]
    done = subprocess.run(
        [*bare, "LOGNAME=pcloud", "/bin/sh", "-c", command],
        capture_output=True,
        text=True,
        cwd=program.home,
        timeout=300,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def lines_of(program: Program, *more: str) -> dict[str, str]:
    """Return the printed line of each job."""
    printed = program.run("cron", "print", *more)
    assert printed.code == 0, printed.err
    lines = [line for line in printed.out.splitlines() if not line.startswith("#")]
    return dict(zip([name for name, job in JOBS.items() if job.cron], lines, strict=True))


def test_every_printed_line_runs_from_the_bare_environment_of_cron_and_is_silent(
    clocked: Program, tmp_path: Path
) -> None:
    evidence, reports = tmp_path / "a b%c.jsonl", tmp_path / "it's reports"
    reports.mkdir()
    lines = lines_of(clocked, "--evidence", str(evidence), "--reports", str(reports))
    for name, line in lines.items():
        assert re.match(r"(\S+ ){4}\S+  \S", line)
        assert by_cron(clocked, line) == (0, "", ""), name
    assert (reports / "owners.xlsx").exists()
    assert len(evidence.read_text().splitlines()) == 1
    assert by_cron(clocked, lines["checkpoint"]).code == 0
    assert len(evidence.read_text().splitlines()) == 2


def test_a_printed_sweep_works_off_what_is_due(clocked: Program) -> None:
    with sqlite3.connect(clocked.database) as connection:
        connection.execute(
            # the fixture's clock may be ahead of the one that the process has
            "UPDATE login_session SET created_at = ?1, due_at = ?1, expires_at = ?1 "
            "WHERE account_id = (SELECT id FROM account WHERE staff_number = 'NO001')",
            ("2026-01-01 00:00:00.000000",),
        )
    connection.close()
    told = "SELECT count(*) FROM trail_event WHERE action = 'login.expired'"
    line = lines_of(clocked)["sweep"]
    for _turn in range(2):
        assert by_cron(clocked, line) == (0, "", "")
        assert value(clocked, told) == 1


def test_a_profile_and_settings_of_the_environment_go_along_and_a_password_does_not(
    clocked: Program,
) -> None:
    config = clocked.config.read_text()
    clocked.config.write_text(f"{config}\n[profiles.night]\nlanguage = 'zh'\n")
    told = {"PCLOUD_PROFILE": "night", "PCLOUD_ZONE": "America/New_York"}
    printed = clocked.run("cron", "print", "sweep", variables=told)
    line = printed.out.splitlines()[1]
    assert "--profile night" in line
    assert "PCLOUD_ZONE=America/New_York" in line
    assert by_cron(clocked, line) == (0, "", "")
    told = {"PCLOUD_DATABASE": "postgresql://pcloud:Geheim@db/pcloud"}
    refused = clocked.run("cron", "print", variables=told)
    assert (refused.code, refused.out) == (78, "")
    assert "Geheim" not in refused.err


def test_a_token_file_that_is_not_there_is_said_with_the_commands_that_make_it(
    clocked: Program, tmp_path: Path
) -> None:
    printed = clocked.run("cron", "print", "sweep", "--tokens", str(tmp_path))
    token = tmp_path / "sweeper.token"
    assert printed.code == 0
    assert f"# The token file {token} is not there yet." in printed.out.splitlines()
    made = [line.strip().split() for line in printed.err.splitlines() if "  pcloud " in line]
    assert len(made) == 3
    for words, by in zip(
        made, ("R-ADMINISTRATION", "R-SYSTEM-ADMIN", "R-ADMINISTRATION"), strict=True
    ):
        done = clocked.run(*words[1:], by=by)
        assert done.code == 0, done.err
    clocked.token = None
    again = clocked.run("cron", "print", "sweep", "--tokens", str(tmp_path))
    assert ("not there" in again.out, again.err) == (False, "")
    assert by_cron(clocked, again.out.splitlines()[-1]) == (0, "", "")


def test_cron_d_names_the_account(clocked: Program) -> None:
    line = lines_of(clocked, "--cron-d", "--user", "estate")["deliver"]
    assert line.startswith("* * * * *  estate  PCLOUD_CONFIG=")


@pytest.mark.parametrize("words", [("sweep-watch",), ("nothing",), ("--folder", "x")])
def test_what_cannot_be_printed_is_refused(clocked: Program, words: tuple[str, ...]) -> None:
    refused = clocked.run("cron", "print", *words, "-o", "json")
    assert (refused.code, refused.out) == (2, "")


def test_the_units_are_written_whole_and_say_the_same(clocked: Program, tmp_path: Path) -> None:
    folder = tmp_path / "units"
    folder.mkdir()
    done = clocked.run("cron", "print", "--systemd", "--folder", str(folder), "--user", "root")
    assert done.code == 0, done.err
    services = {f"pcloud-{name}.service" for name in JOBS}
    timers = {f"pcloud-{name}.timer" for name, job in JOBS.items() if job.calendar}
    assert {path.name for path in folder.iterdir()} == services | timers
    for path in folder.iterdir():
        read = configparser.ConfigParser(strict=False, interpolation=None)
        read.optionxform = str  # type: ignore[assignment, method-assign]
        read.read(path)
        assert read["Unit"]["Description"].startswith("pcloud: ")
        if path.suffix == ".service":
            assert read["Service"]["User"] == "root"
            assert "-I -m pcloud_cli" in read["Service"]["ExecStart"]
        else:
            assert read["Install"]["WantedBy"] == "timers.target"
    watch = (folder / "pcloud-sweep-watch.service").read_text()
    assert "sweep run --watch --quiet --no-input\n" in watch
    assert "WantedBy=multi-user.target" in watch


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze")
def test_systemd_takes_the_units(clocked: Program, tmp_path: Path) -> None:
    folder = tmp_path / "units"
    folder.mkdir()
    odd = ("--reports", str(tmp_path / 'a "b" 50% $c'), "--user", "root")
    done = clocked.run("cron", "print", "--systemd", "--folder", str(folder), *odd)
    assert done.code == 0, done.err
    checked = subprocess.run(
        ["systemd-analyze", "verify", *map(str, sorted(folder.iterdir()))],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        timeout=300,
        check=False,
    )
    ours = [line for line in checked.stderr.splitlines() if "pcloud-" in line]
    assert (checked.returncode, ours) == (0, []), checked.stderr
