"""Where a command runs: host, user, terminal, and what lies behind sudo and SSH."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

from pcloud_cli import place
from pcloud_cli.place import Terminal, controlling_terminal, here

PROJECT = Path(__file__).resolve().parents[2]
_TELL = (
    "import os; from pcloud_cli.place import controlling_terminal;"
    "found = controlling_terminal(os.environ);"
    "print('none' if found is None else f'{found.name} {found.identity.hex()}')"
)


def _at_a_terminal(script: str) -> str:
    """Run a shell script at a terminal of its own and return what it printed."""
    leader, follower = pty.openpty()
    command = (
        "import fcntl, os, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
        f"os.execvp('sh', ['sh', '-c', {script!r}])"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", command],
        stdin=follower,
        stdout=subprocess.PIPE,
        stderr=follower,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "PY": sys.executable, "TELL": _TELL},
        start_new_session=True,
        text=True,
    )
    out, _err = child.communicate(timeout=300)
    os.close(follower)
    os.close(leader)
    return out


def test_two_commands_at_one_terminal_have_one_identity_redirected_or_not() -> None:
    out = _at_a_terminal('"$PY" -c "$TELL"; "$PY" -c "$TELL" < /dev/null 2> /dev/null | cat')
    first, second = out.splitlines()
    assert first == second
    assert first.startswith("pts/")


def test_another_terminal_has_another_identity() -> None:
    assert _at_a_terminal('"$PY" -c "$TELL"') != _at_a_terminal('"$PY" -c "$TELL"')


def test_under_cron_there_is_none() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TELL],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        start_new_session=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "none"


def test_behind_sudo_the_persons_own_terminal_counts(tmp_path: Path) -> None:
    # a program called sudo that gives its command a new terminal, as sudo's use_pty does
    sudo = tmp_path / "sudo"
    sudo.write_text(
        "import os,pty,sys\n"
        "open('/proc/self/comm', 'w').write('sudo')\n"
        "os.environ['SUDO_UID'] = '1001'\n"
        "sys.exit(pty.spawn(sys.argv[1:]))\n"
    )
    out = _at_a_terminal(
        f'"$PY" -c "$TELL"; "$PY" {sudo} "$PY" -c "$TELL"; "$PY" {sudo} "$PY" -c "$TELL"'
    )
    assert len(set(out.split("\n")[:3])) == 1, out


def test_a_place_names_who_is_behind_sudo_and_ssh() -> None:
    env = {"SUDO_USER": "wang", "SSH_CONNECTION": "203.0.113.7 50000 192.0.2.1 22"}
    found = here(env, Terminal("pts/3", b"x"), "Asia/Shanghai")
    assert (found.os_user, found.ssh, found.terminal) == ("wang", "203.0.113.7", "pts/3")
    alone = here({}, None, "UTC")
    assert (alone.ssh, alone.terminal) == (None, None)
    assert alone.os_user == place.process_user()


def test_the_terminal_of_this_process_is_the_same_each_time() -> None:
    assert controlling_terminal({}) == controlling_terminal({})
