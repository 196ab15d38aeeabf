"""The program as processes that a test stops, kills and lets run against each other.

An interpreter that takes a second to start would make each of many rounds take that second. So
one process loads the program, opens nothing, and forks for every call: what runs is a process of
its own with its own connections, and dies like one.
"""

from __future__ import annotations

import io
import json
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from tests.cli.program import PROJECT, Answer, Program

PART = 250
"""Staged rows in one transaction, so that a list of few thousand is staged in many."""

_PATIENCE = 300.0
_PAUSE = 0.002


@dataclass
class Running:
    """A call of the program that runs, or has ended."""

    pid: int
    _launcher: Launcher
    _files: tuple[Path, Path]

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal; nothing happens where it has ended."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def freeze(self) -> None:
        """Let it stand still, and return once it does."""
        self.signal(signal.SIGSTOP)
        wait_until(lambda: not self.runs or state(self.pid) == "T", "a process stands still")

    def thaw(self) -> None:
        """Let it go on."""
        self.signal(signal.SIGCONT)

    def kill(self) -> bool:
        """Kill it with SIGKILL and wait until it is gone; return whether that ended it."""
        self.signal(signal.SIGKILL)
        return self.answer().code == -signal.SIGKILL

    def answer(self) -> Answer:
        """Wait for its end; return its exit code (negative: the signal) and what it printed."""
        code = self._launcher.ended(self.pid)
        out, err = (each.read_text(encoding="utf-8") for each in self._files)
        return Answer(code, out, err)

    @property
    def runs(self) -> bool:
        """Whether it still runs."""
        return not self._launcher.has_ended(self.pid)

    def children(self) -> list[int]:
        """Return the processes that it has started and that run."""
        path = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        with suppress(OSError):
            return [int(word) for word in path.read_text().split()]
        return []


class Launcher:
    """The process that starts the others; close it, and none of them is left.

    It keeps in `folder` what they print. `inside` are the words of a command that becomes it.
    """

    def __init__(self, folder: Path, *, inside: Sequence[str] = ()) -> None:
        self._folder = folder
        self._count = 0
        self._codes: dict[int, int] = {}
        self._process = subprocess.Popen(
            [*inside, sys.executable, "-m", "tests.cli.processes"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
            env={"PATH": os.defpath, "PYTHONPATH": str(PROJECT), "LANG": "C.UTF-8"},
        )

    @property
    def pid(self) -> int:
        """Its number; it has started when this is asked for."""
        self._ask({})
        return self._process.pid

    def close(self) -> None:
        """End it and whatever it started."""
        self._process.communicate(timeout=_PATIENCE)

    def start(
        self,
        program: Program,
        *arguments: str | Path,
        by: str | None = None,
        variables: Mapping[str, str] | None = None,
        stdin: Path | None = None,
        bounds: Mapping[str, int] | None = None,
        patience: int | None = None,
    ) -> Running:
        """Start the program `by` somebody.

        `bounds` are resource limits by name (RLIMIT_FSIZE), `patience` the seconds that it waits
        for others who write.
        """
        self._count += 1
        program.clock.advance(timedelta(seconds=1))
        told = dict(variables or {})
        if by is not None:
            told["PCLOUD_TOKEN"] = program.tokens[by]
        files = self._folder / f"{self._count}.out", self._folder / f"{self._count}.err"
        for file in files:  # a call may be killed before it has opened them
            file.touch()
        pid = self._ask(
            {
                "start": [str(each) for each in arguments],
                "env": program.env(told),
                "files": [str(each) for each in files],
                "stdin": str(stdin or os.devnull),
                "seed": self._count,
                "moment": program.clock.now().isoformat(),
                "bounds": dict(bounds or {}),
                "patience": patience,
            }
        )
        self._codes.pop(pid, None)  # of one that had the number before: a long run uses them twice
        return Running(pid, self, files)

    def run(self, program: Program, *arguments: str | Path, **more: Any) -> Answer:
        """Start the program and wait for its end."""
        return self.start(program, *arguments, **more).answer()

    def ended(self, pid: int) -> int:
        """Wait for the end of `pid`; return its exit code, negative for a signal."""
        wait_until(lambda: self.has_ended(pid), "a process ends")
        return self._codes[pid]

    def has_ended(self, pid: int) -> bool:
        """Return whether `pid` has ended, and reap it."""
        if pid not in self._codes:
            code = self._ask({"look": pid})
            if code is None:
                return False
            self._codes[pid] = code
        return True

    def _ask(self, order: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        ready, _write, _error = select.select([self._process.stdout], [], [], _PATIENCE)
        assert ready, "the launcher does not answer"
        return json.loads(self._process.stdout.readline())


@contextmanager
def launcher(folder: Path) -> Iterator[Launcher]:
    """Give a launcher that keeps what its processes print in `folder`."""
    started = Launcher(folder)
    try:
        yield started
    finally:
        started.close()


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Return as soon as `condition` holds; fail where it never does."""
    end = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(_PAUSE)


def state(pid: int) -> str:
    """Return the letter of a process's state, Z where it has ended."""
    with suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return "Z"


def is_gone(pid: int) -> bool:
    """Return whether a process has ended, reaped or not."""
    return state(pid) == "Z"


# --- in the launcher's process -------------------------------------------------------------------


def _serve() -> None:
    # Ctrl-C is for the tests to answer; and a call is to be interrupted once it has begun
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _load_the_program()
    alive: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        if "start" in order:
            pid = os.fork()
            if pid == 0:
                _become(order)
            alive.add(pid)
            answer: int | None = pid
        elif "look" not in order:
            answer = os.getpid()
        else:
            found, status = os.waitpid(order["look"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if found else None
            alive.discard(found)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for pid in alive:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _load_the_program() -> None:
    """Import what calls need, so that a fork has it; nothing is opened or connected."""
    for name in (
        "psycopg",
        "sqlalchemy.dialects.postgresql.psycopg",
        "sqlalchemy.dialects.sqlite.pysqlite",
        "pcloud_cli.app",
        "pcloud_cli.commands.audit",
        "pcloud_cli.commands.imports",
        "pcloud_cli.commands.imports.decisions",
        "pcloud_cli.services.acting",
        "pcloud_cli.services.imports.apply",
        "pcloud_cli.services.imports.batches",
        "pcloud_cli.services.imports.load",
        "pcloud_cli.services.imports.leftovers",
        "pcloud_cli.services.key.fields",
        "pcloud_cli.services.key.master",
        "pcloud_cli.services.key.rotate",
        "pcloud_cli.services.sweep.run",
    ):
        loaded = vars(import_module(name))
        for part in {"PART", "_PART"} & loaded.keys():
            loaded[part] = PART


def _become(order: dict[str, Any]) -> None:
    """Be the program as `order` says, in a process just forked."""
    code = 99
    try:
        import resource

        from pcloud_cli.app import main
        from pcloud_cli.clock import FixedClock
        from pcloud_cli.context import Context

        for number, path in enumerate((order["stdin"], *order["files"])):
            flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            opened = os.open(path, flags, 0o600)
            os.dup2(opened, number)
            os.close(opened)
        sys.stdin, sys.stdout, sys.stderr = (
            cast(io.TextIOWrapper, os.fdopen(number, mode, encoding="utf-8", closefd=False))
            for number, mode in ((0, "r"), (1, "w"), (2, "w"))
        )
        if order["patience"]:
            vars(import_module("pcloud_cli.db.engine"))["BUSY_SECONDS"] = order["patience"]
        for name, value in order["bounds"].items():
            resource.setrlimit(getattr(resource, name), (value, value))
        run = Context(
            env=order["env"],
            stdin=sys.stdin,
            stdout=sys.stdout,
            stderr=sys.stderr,
            clock=FixedClock(datetime.fromisoformat(order["moment"]).astimezone(UTC)),
            random=random.Random(order["seed"]).randbytes,
        )
        signal.signal(signal.SIGINT, signal.default_int_handler)
        code = main(order["start"], run=run)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    _serve()
