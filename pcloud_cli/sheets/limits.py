"""How much one workbook may ask for, and how the reading child is held to it."""

from __future__ import annotations

import os
import sys
from typing import NamedTuple

_MIB = 1 << 20


class Limits(NamedTuple):
    """Bounds for reading one workbook. Where a figure is None it follows from the file's size.

    `wait_seconds` bounds the time that the parent waits for the child; what the parent spends on
    its own work in between does not count.
    """

    file_bytes: int = 256 * _MIB
    memory_bytes: int | None = None
    cpu_seconds: int | None = None
    wait_seconds: float | None = None
    message_bytes: int = 16 * _MIB
    parts: int = 10_000
    unpacked_bytes: int = 2048 * _MIB
    ratio: int = 150

    def for_size(self, size: int) -> Limits:
        """Return these limits with every figure filled in for a file of `size` bytes."""
        cpu = self.cpu_seconds or 20 + size // 100_000
        return self._replace(
            memory_bytes=self.memory_bytes or min(512 * _MIB + 24 * size, 3072 * _MIB),
            cpu_seconds=cpu,
            wait_seconds=self.wait_seconds or 3.0 * cpu,
        )


def confine(limits: Limits) -> None:
    """Hold the calling process to `limits`: memory, processor time, no core, no file written.

    It does not outlive its parent either. A bound that the platform does not know is left out;
    the parent's own bound on time remains.
    """
    import resource

    _end_with_parent()

    bounds = (
        ("RLIMIT_AS", limits.memory_bytes),
        ("RLIMIT_CPU", limits.cpu_seconds),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_NOFILE", 64),
        ("RLIMIT_NPROC", 0),
    )
    for name, value in bounds:
        which = getattr(resource, name, None)
        if which is None or value is None:
            continue
        try:
            hard = resource.getrlimit(which)[1]
            soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
            # at the soft bound of processor time comes a signal that says so, at the hard a kill
            upper = soft + 2 if name == "RLIMIT_CPU" else soft
            upper = upper if hard == resource.RLIM_INFINITY else min(upper, hard)
            resource.setrlimit(which, (soft, upper))
        except (ValueError, OSError):
            continue


def _end_with_parent() -> None:
    """Let the process be ended as soon as nobody holds the other end of its standard error.

    The parent may be killed while a parser is busy, or hangs, and says nothing that would fail.
    """
    import fcntl
    import select

    if sys.platform != "linux":  # elsewhere the signal is ignored, and the bounds remain
        return
    try:
        fcntl.fcntl(2, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(2, fcntl.F_SETFL, fcntl.fcntl(2, fcntl.F_GETFL) | os.O_ASYNC)
    except OSError:
        return
    poll = select.poll()
    poll.register(2, 0)
    if any(event & select.POLLERR for _fd, event in poll.poll(0)):
        os._exit(1)  # it was gone before
