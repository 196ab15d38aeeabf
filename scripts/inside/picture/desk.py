"""The desk at which the tour is made: an installation of its own, at a terminal of a fixed width,
with a clock that stands still."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import random
import re
import shlex
import struct
import tempfile
import termios
from contextlib import chdir
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pcloud_cli import i18n
from pcloud_cli.app import main as pcloud
from pcloud_cli.clock import FixedClock
from pcloud_cli.context import Context
from scripts.inside.picture.drawing import drawn
from scripts.inside.picture.tour import SCENES, Scene
from scripts.inside.picture.workbooks import write_all

WIDTH = 150
_START = datetime(2026, 3, 2, 1, tzinfo=UTC)
_PASSWORD = "Lakeside-#Harbour-7"
_ERASED = re.compile(r".*\r(?:\x1b\[K)?")
"""A line of progress, which the terminal no longer shows."""
_STAFF = (("KF001", "王晓明", "客服"), ("KF002", "陈静怡", "客服主管"))


class _Screen(io.StringIO):
    """What a terminal shows; its size is that of a real one."""

    def __init__(self, terminal: int) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._terminal


class _Keys(io.StringIO):
    """What is typed at the terminal, which echoes it."""

    def __init__(self, text: str, screen: _Screen) -> None:
        super().__init__(text)
        self._screen = screen

    def isatty(self) -> bool:
        return True

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        line = super().readline(-1 if size is None else size)
        self._screen.write(line)
        return line


class Desk:
    """One installation below `home`, and who sits at it."""

    def __init__(self, home: Path, lang: str, terminal: int) -> None:
        self._home, self._lang, self._terminal = home, lang, terminal
        self._clock = FixedClock(_START)
        self._random = random.Random(20260302)
        self._passwords: dict[str, str] = {}
        self._sitting = ""

    def call(self, line: str, *, by: str = "", typed: str = "", terminal: bool = True) -> str:
        """Run a command line of `pcloud` by the login `by`; return what the terminal shows."""
        if by and by != self._sitting:
            self._log_in(by)
        self._clock.advance(timedelta(seconds=1))
        screen = _Screen(self._terminal) if terminal else io.StringIO()
        keys = _Keys(typed, screen) if isinstance(screen, _Screen) else io.StringIO(typed)
        env = {"HOME": str(self._home), "LANG": "C.UTF-8", "PCLOUD_LANG": self._lang}
        env |= {"COLUMNS": str(WIDTH), "PCLOUD_SESSION_STORE": "file"}
        said = screen if terminal else io.StringIO()
        context = Context(
            env=env, stdin=keys, stdout=screen,
            stderr=said, clock=self._clock,
            random=self._random.randbytes,
        )  # fmt: skip
        code = pcloud(shlex.split(line)[1:], run=context)
        if code not in (0, 6):
            raise SystemExit(f"{line}: {code}\n{screen.getvalue()}{said.getvalue()}")
        return screen.getvalue()

    def data(self, line: str, *, by: str = "", typed: str = "") -> Any:
        """Run a command line of `pcloud` and return the JSON that it prints."""
        return json.loads(self.call(f"{line} -o json", by=by, typed=typed, terminal=False))

    def set_up(self) -> None:
        """Make database, key, accounts and the community."""
        first = {
            row["staff_number"]: row["first_password"]
            for row in self.data(
                "pcloud init --no-input --language zh --key-file key/pcloud.key"
                " --key-copy copy/pcloud.key"
            )
        }
        self._first_log_in("A001", first["A001"])
        for number, name, position in (("AQ001", "周慎行", "安全管理员"), *_STAFF):
            made = self.data(
                f"pcloud account create {number} {name} --department 客服部 --position {position}"
                " --show --reason 当面交付",
                by="A001",
            )
            row = made[0] if isinstance(made, list) else made
            first[number] = row["first_password"]
        self._first_log_in("S001", first["S001"])
        self.call("pcloud community create 湖畔花园 --code HP", by="S001", terminal=False)
        guard = "pcloud role grant AQ001 安全管理员 --reason 任命"
        self.call(guard, by="S001", terminal=False)
        for number, _name, role in _STAFF:
            self.call(
                f"pcloud role grant {number} {role} --community HP --reason 新入职",
                by="S001",
                terminal=False,
            )
        self._first_log_in("AQ001", first["AQ001"])
        for waiting in self.data("pcloud role pending", by="AQ001"):
            self.call(f"pcloud role approve {waiting['id']} --yes", by="AQ001", terminal=False)
        for number, _name, _role in _STAFF:
            self._first_log_in(number, first[number])

    def _log_in(self, number: str) -> None:
        self.call(
            f"pcloud login {number} --password-stdin",
            typed=f"{self._passwords[number]}\n",
            terminal=False,
        )
        self._sitting = number

    def _first_log_in(self, number: str, first: str) -> None:
        self._passwords[number] = first
        self._log_in(number)
        own = _PASSWORD
        self.call(
            "pcloud account passwd --password-stdin", typed=f"{first}\n{own}\n", terminal=False
        )
        self._passwords[number] = own


def _shown(desk: Desk, scene: Scene) -> list[str]:
    lines: list[str] = []
    for step in scene.steps:
        screen = desk.call(step.line, by=step.by, typed=step.typed)
        if step.hidden:
            continue
        left = [_ERASED.sub("", line) for line in screen.rstrip("\n").split("\n")]
        lines += [f"$ {step.line}", *left, ""]
    return lines[:-1]


def pictures(lang: str) -> dict[str, str]:
    """Return the pictures in one language: file name → SVG."""
    found: dict[str, str] = {}
    leader, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, WIDTH, 0, 0))
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        home = Path(folder)
        write_all(home)
        desk = Desk(home, lang, terminal)
        desk.set_up()
        for scene in SCENES:
            lines = _shown(desk, scene)
            if folder in "\n".join(lines):
                raise SystemExit(f"{scene.name}: the picture would show {folder}")
            if scene.name:
                found[f"{scene.name}.{lang}.svg"] = drawn(scene.title[lang], lines, WIDTH)
    i18n.set_language("en")
    os.close(leader)
    os.close(terminal)
    return found
