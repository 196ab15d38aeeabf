"""The program as a test calls it: in this process, as a process of its own, or at a terminal."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import random
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from pcloud_cli import i18n
from pcloud_cli.app import main
from pcloud_cli.clock import FixedClock
from pcloud_cli.context import Context
from pcloud_cli.services import acting

PROJECT = Path(__file__).resolve().parents[2]
START = datetime(2026, 3, 1, 8, tzinfo=UTC)
_PATIENCE = 300.0


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


class Answer(NamedTuple):
    """What one call of the program gave: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        """The error that a call with ``-o json`` ended with, {} where there is none."""
        for line in reversed(self.err.splitlines()):
            if line.startswith('{"error"'):
                found: dict[str, Any] = json.loads(line)["error"]
                return found
        return {}


@dataclass
class Program:
    """An installation below `home`, called with nothing around it but what is given here.

    The clock stands still during a call and moves on a second between two, so that ids keep the
    order of the calls; the randomness is the same in every run. `tokens` are the logins of the
    accounts of a staffed installation, by staff number; `token` is the one in force.
    """

    home: Path
    clock: FixedClock = field(default_factory=lambda: FixedClock(START))
    random: Callable[[int], bytes] = field(
        default_factory=lambda: random.Random(20260301).randbytes
    )
    token: str | None = None
    tokens: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        """The SQLite file that `init` makes where nothing else is asked for."""
        return self.home / ".local/share/pcloud/pcloud.db"

    @property
    def config(self) -> Path:
        """The settings file."""
        return self.home / ".config/pcloud/config.toml"

    @property
    def state(self) -> Path:
        """The folder of the program's state."""
        return self.home / ".local/state/pcloud"

    def env(self, variables: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment of a call."""
        env = {"HOME": str(self.home), "LANG": "C.UTF-8", **self.variables}
        if self.token:
            env["PCLOUD_TOKEN"] = self.token
        return {**env, **(variables or {})}

    def context(
        self,
        stdin: str = "",
        *,
        terminal: bool = False,
        variables: Mapping[str, str] | None = None,
    ) -> Context:
        """Return the surroundings of one call in this process."""
        self.clock.advance(timedelta(seconds=1))
        stream = Terminal if terminal else io.StringIO
        return Context(
            env=self.env(variables),
            stdin=stream(stdin),
            stdout=stream(),
            stderr=stream(),
            clock=self.clock,
            random=self.random,
        )

    def run(
        self,
        *arguments: str | Path,
        stdin: str = "",
        by: str | None = None,
        terminal: bool = False,
        variables: Mapping[str, str] | None = None,
    ) -> Answer:
        """Call the program in this process, `by` the login of a staff number of `tokens`."""
        told = dict(variables or {})
        if by is not None:
            told["PCLOUD_TOKEN"] = self.tokens[by]
        context = self.context(stdin, terminal=terminal, variables=told)
        # Typer itself writes help and version to the process's streams
        with (
            contextlib.redirect_stdout(context.stdout),
            contextlib.redirect_stderr(context.stderr),
        ):
            code = main([str(each) for each in arguments], run=context)
        i18n.set_language("en")
        assert isinstance(context.stdout, io.StringIO)
        assert isinstance(context.stderr, io.StringIO)
        return Answer(code, context.stdout.getvalue(), context.stderr.getvalue())

    def desk(self) -> AbstractContextManager[acting.Desk]:
        """Give the desk at which a test opens units of work of this installation."""
        return acting.at_desk(self.context())

    # --- as a process ----------------------------------------------------------------------------

    def process_env(self, variables: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment of a process: this checkout's code, nothing else of ours."""
        return {
            "PATH": os.defpath,
            "PYTHONPATH": str(PROJECT),
            **self.env(variables),
        }

    def process(
        self,
        *arguments: str | Path,
        stdin: str = "",
        variables: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Answer:
        """Call the program as a process of its own, as cron would."""
        done = subprocess.run(
            command(*arguments),
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=self.process_env(variables),
            cwd=cwd or self.home,
            timeout=_PATIENCE,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def at_terminal(
        self,
        *arguments: str | Path,
        dialogue: Sequence[tuple[str, str]] = (),
        variables: Mapping[str, str] | None = None,
    ) -> tuple[int, str]:
        """Call the program at a real terminal; return its exit code and all that was on it.

        `dialogue` is what is waited for and what is then typed, in turn.
        """
        leader, follower = pty.openpty()
        try:
            child = subprocess.Popen(
                command(*arguments),
                stdin=follower,
                stdout=follower,
                stderr=follower,
                env=self.process_env({"TERM": "xterm", **(variables or {})}),
                cwd=self.home,
                # a session of its own, so that the terminal is the controlling one
                start_new_session=True,
                preexec_fn=_take_terminal,  # noqa: PLW1509 - no other thread runs here
            )
            os.close(follower)
            follower = -1
            screen = _converse(leader, list(dialogue))
            return child.wait(_PATIENCE), screen
        finally:
            os.close(leader)
            if follower >= 0:
                os.close(follower)


def command(*arguments: str | Path) -> list[str]:
    """Return the command line that runs the program of this checkout."""
    return [sys.executable, "-m", "pcloud_cli", *map(str, arguments)]


def copied(template: Path, home: Path) -> Path:
    """Copy an installation made below `template` to `home`, its settings with it."""
    shutil.copytree(template, home)
    config = home / ".config/pcloud/config.toml"
    config.write_text(config.read_text().replace(str(template), str(home)))
    return home


def _take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _converse(leader: int, dialogue: list[tuple[str, str]]) -> str:
    screen, unread = "", ""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        ready, _write, _error = select.select([leader], [], [], end - time.monotonic())
        if not ready:
            break
        try:
            piece = os.read(leader, 65536).decode("utf-8", "replace")
        except OSError:  # Linux's way to say that nobody holds the other end any more
            return screen
        if not piece:
            return screen
        screen += piece
        unread += piece
        if dialogue and dialogue[0][0] in unread:
            _expected, typed = dialogue.pop(0)
            unread = ""
            os.write(leader, typed.encode())
    raise AssertionError(f"the terminal waits; it shows:\n{screen}")
