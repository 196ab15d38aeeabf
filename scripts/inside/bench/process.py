"""Running one process as a user would, with its time and the memory of all that it starts."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_LOOK_SECONDS = 0.05


class Ran(NamedTuple):
    """How it went: wall seconds, peak MiB of the process and of its children, what it printed."""

    seconds: float
    peak_mib: list[float]
    out: str


class Broken(Exception):
    """A measured process failed; says how."""


def run(
    call: Sequence[str],
    *,
    env: Mapping[str, str],
    stdin: str | None = None,
    good: Sequence[int] = (0,),
    watch: bool = False,
) -> Ran:
    """Run `call` to its end and return how it went. Raises Broken for an exit code not in `good`.

    With `watch` a thread looks at the peak memory that the kernel keeps of it and its children.
    """
    started = time.perf_counter()
    child = subprocess.Popen(
        call,
        env=dict(env),
        stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    peaks: dict[int, int] = {}
    ended = threading.Event()
    looking = threading.Thread(target=_look, args=(child.pid, peaks, ended), daemon=True)
    if watch:
        looking.start()
    out, err = child.communicate(stdin)
    seconds = time.perf_counter() - started
    ended.set()
    if watch:
        looking.join()
    if child.returncode not in good:
        raise Broken(f"{' '.join(call)} ended with {child.returncode}:\n{err[-2000:]}")
    return Ran(seconds, [size / 1024 for size in peaks.values()], out)


def _look(pid: int, peaks: dict[int, int], ended: threading.Event) -> None:
    """Keep VmHWM (KiB) of `pid` and its children in `peaks`, the process itself first."""
    while not ended.wait(_LOOK_SECONDS):
        for each in (pid, *_children(pid)):
            with suppress(OSError, ValueError, IndexError):
                status = Path(f"/proc/{each}/status").read_text()
                size = int(status.partition("VmHWM:")[2].split(None, 1)[0])
                peaks[each] = max(size, peaks.get(each, 0))


def _children(pid: int) -> list[int]:
    try:
        # the reading child is started from the main thread
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def plain_environment(home: Path) -> dict[str, str]:
    """Return an environment without anybody's settings, at home in `home`."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return {**kept, "HOME": str(home), "LANG": "C.UTF-8"}
