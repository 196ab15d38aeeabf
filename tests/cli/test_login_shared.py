"""Logging in at a shared computer, handing over, second factors: at real terminals (2.1.1)."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pexpect
import pyotp
import pytest

from pcloud_cli.security.passwords import Cost, hash_password
from pcloud_cli.services import account, rights
from tests.cli.conftest import PASSWORD
from tests.cli.program import Program

CHEAP = Cost(memory=1024, passes=1, lanes=1)
PROMPT = "counter> "
_PATIENCE = 300


@pytest.fixture
def counter(real_time: Program) -> Program:
    """An office in which KF001 and KF002 have passwords of their own; nobody is logged in."""
    with real_time.desk() as desk, desk.open(write=True) as (_actor, work):
        for number in ("KF001", "KF002"):
            row = account.find(work, number)
            row.password_hash = hash_password(PASSWORD, CHEAP)
            row.password_state = "set"
            rights.seal_account(work, row)
    real_time.token = None
    return real_time


class Window:
    """A terminal window with a shell in it."""

    def __init__(self, program: Program, **variables: str) -> None:
        env = {**program.process_env(), "PATH": os.environ["PATH"], "PS1": PROMPT, **variables}
        self.shell = pexpect.spawn(
            "/bin/sh", env=env, encoding="utf-8", timeout=_PATIENCE, dimensions=(50, 200)
        )
        self.shell.expect_exact(PROMPT)

    def call(self, line: str, *answers: tuple[str, str]) -> str:
        """Call the program; answer what it asks; return what was on the screen."""
        self.shell.sendline(f"{sys.executable} -m pcloud_cli {line}")
        seen = ""
        for question, answer in answers:
            self.shell.expect_exact(question)
            seen += str(self.shell.before)
            self.shell.sendline(answer)
        self.shell.expect_exact(PROMPT)
        return seen + str(self.shell.before)

    def who(self) -> str | None:
        """Return who is logged in here, None for nobody."""
        found = re.search(r'"staff_number": "(\w+)"', self.call("whoami -o json"))
        return found[1] if found else None


@contextmanager
def window(program: Program, **variables: str) -> Iterator[Window]:
    """Give a terminal window, closed at the end."""
    opened = Window(program, **variables)
    try:
        yield opened
    finally:
        opened.shell.close(force=True)


def test_a_shared_login_counts_in_its_own_window_alone(counter: Program) -> None:
    with window(counter) as left, window(counter) as right:
        said = left.call("login KF001 --shared", ("Password", PASSWORD))
        assert "for this terminal alone" in said
        assert PASSWORD not in said
        assert left.who() == "KF001"
        assert right.who() is None
        right.call("login KF002 --shared", ("Password", PASSWORD))
        assert (left.who(), right.who()) == ("KF001", "KF002")
        for kept in counter.state.glob("session-*"):
            assert kept.stat().st_mode & 0o777 == 0o600
    with window(counter) as later:
        assert later.who() is None, "a window opened anew is another terminal"


def test_the_file_of_a_shared_login_is_worth_nothing_elsewhere(counter: Program) -> None:
    with window(counter) as left, window(counter) as right:
        left.call("login KF001 --shared", ("Password", PASSWORD))
        (kept,) = counter.state.glob("session-*-*")
        stolen = kept.read_text().strip()
        right.shell.sendline(f"PCLOUD_TOKEN={stolen}; export PCLOUD_TOKEN")
        right.shell.expect_exact(PROMPT)
        assert right.who() is None
        assert left.who() == "KF001"


def test_output_that_is_redirected_belongs_to_the_same_terminal(
    counter: Program, tmp_path: Path
) -> None:
    out = tmp_path / "who.json"
    with window(counter) as one:
        one.call("login KF001 --shared", ("Password", PASSWORD))
        one.call(f"whoami -o json < /dev/null > {out} 2>&1")
    assert '"staff_number": "KF001"' in out.read_text()


def test_after_a_shared_logout_nobody_is_logged_in_not_even_who_was_elsewhere(
    counter: Program,
) -> None:
    with window(counter) as own, window(counter) as shared:
        own.call("login KF001", ("Password", PASSWORD))
        assert shared.who() == "KF001", "a login of one's own is for the whole desktop"
        shared.call("login KF002 --shared", ("Password", PASSWORD))
        assert (own.who(), shared.who()) == ("KF001", "KF002")
        shared.call("logout")
        assert (own.who(), shared.who()) == ("KF001", None)


def test_switching_ends_the_one_before_even_if_the_next_one_fails(counter: Program) -> None:
    with window(counter) as one:
        one.call("login KF001 --shared", ("Password", PASSWORD))
        said = one.call("switch", ("Staff number", "KF002"), ("Password", PASSWORD))
        assert "for this terminal alone" in said, "what was shared stays shared"
        assert one.who() == "KF002"
        said = one.call("switch KF001", ("Password", "Wrong#2026x"))
        assert "wrong" in said
        assert one.who() is None
    live = counter.run("account", "sessions", "list", "--all", "-o", "json", by="R-SYSTEM-ADMIN")
    assert not [row for row in live.data if row["kind"] == "shared"]


def test_a_shared_login_ends_after_ten_idle_minutes(counter: Program) -> None:
    with window(counter) as one:
        one.call("login KF001 --shared", ("Password", PASSWORD))
        shown = one.call("whoami -o json")
        assert '"idle_minutes": 10' in shown
        assert '"shared": true' in shown


def test_without_a_terminal_a_shared_login_is_refused(counter: Program) -> None:
    done = counter.process("login", "KF001", "--shared", "--password-stdin", stdin=f"{PASSWORD}\n")
    if "--shared" not in done.err:  # the tests themselves may run at a terminal
        pytest.skip("this process has a controlling terminal")
    assert done.code == 2
    assert "needs a terminal" in done.err


def test_on_a_registered_shared_host_every_login_is_shared(
    counter: Program, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(f'[login]\nshared_hosts = ["{socket.gethostname()}"]\n')
    # the clock of these calls runs ahead of the windows' real one
    counter.clock.advance(timedelta(minutes=-5))
    asked = counter.run("policy", "apply", "-f", policy, "--reason", "前台", by="R-SYSTEM-ADMIN")
    assert asked.code == 0, asked.err
    decided = counter.run("policy", "approve", "1", "--yes", by="R-SECURITY-ADMIN")
    assert decided.code == 0, decided.err
    with window(counter) as left, window(counter) as right:
        assert "for this terminal alone" in left.call("login KF001", ("Password", PASSWORD))
        assert (left.who(), right.who()) == ("KF001", None)


def test_a_second_factor_is_set_up_and_asked_for_at_a_terminal(counter: Program) -> None:
    with window(counter) as one:
        one.call("login KF001", ("Password", PASSWORD))
        one.shell.sendline(f"{sys.executable} -m pcloud_cli account second-factor enable")
        one.shell.expect_exact("Password")
        one.shell.sendline(PASSWORD)
        one.shell.expect(r"secret there: (\w+)")
        secret = _matched(one)
        one.shell.expect_exact("shows now")
        one.shell.sendline(_code(secret))
        one.shell.expect_exact(PROMPT)
        codes = re.findall(r"\b[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}\b", str(one.shell.before))
        assert len(codes) == 10
        one.call("logout")
        said = one.call("login KF001", ("Password", PASSWORD), ("recovery code", codes[0]))
        assert "9 are left" in said
        assert codes[0] not in said
        assert one.who() == "KF001"
        said = one.call(
            "account second-factor disable", ("Password", PASSWORD), ("recovery code", codes[1])
        )
        assert "taken off" in said


def test_a_second_factor_is_given_on_standard_input(counter: Program) -> None:
    with window(counter) as one:
        one.call("login KF001", ("Password", PASSWORD))
        one.shell.sendline(f"{sys.executable} -m pcloud_cli account second-factor enable")
        one.shell.expect_exact("Password")
        one.shell.sendline(PASSWORD)
        one.shell.expect(r"secret there: (\w+)")
        secret = _matched(one)
        one.shell.expect_exact("shows now")
        one.shell.sendline(_code(secret, steps=-1))
        one.shell.expect_exact(PROMPT)
    asked = counter.process("login", "KF001", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert asked.code == 2
    assert "secret" in asked.err
    done = counter.process(
        "login", "KF001", "--password-stdin", stdin=f"{PASSWORD}\n{_code(secret)}\n"
    )
    assert done.code == 0, done.err


def _matched(one: Window) -> str:
    assert isinstance(one.shell.match, re.Match)
    return str(one.shell.match[1])


def _code(secret: str, *, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(datetime.now(UTC), counter_offset=steps)
