"""A child process that parses bytes nobody vouches for, and may fail without harm to us (1.3).

It is exec'd with a clean environment: no key, no database, no path; the file is its standard
input, and what it says comes back over a pipe in frames of a length and a body. However it ends –
abort, hang, out of memory – the parent says so in one sentence, and leaves no process behind.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import select
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from pcloud_cli.errors import Failed
from pcloud_cli.reasons import reason_of
from pcloud_cli.sheets import messages
from pcloud_cli.sheets.limits import Limits
from pcloud_cli.sheets.messages import Malformed
from pcloud_cli.sheets.refusals import refusal

_BOOT = (
    "import sys; sys.path.append(sys.argv[1]); from importlib import import_module;"
    "import_module(sys.argv[2]).main(sys.argv[3])"
)
_PACKAGE_ROOT = str(Path(__file__).resolve().parents[2])
_PIPE_BYTES = 1 << 20
_PIECE = 1 << 20
_LONGEST_PASSWORD = 1024  # bytes; a pipe holds them without anybody reading
_OUT_OF_MEMORY = (b"memory allocation of", b"MemoryError", b"capacity overflow", b"bad_alloc")


def opened(path_or_fd: str | Path | int, limits: Limits, stack: contextlib.ExitStack) -> int:
    """Return a descriptor of a regular file at its start, opened once; a pipe is taken whole.

    `stack` closes it. Raises Failed: ``no_file``, ``cannot_open``, ``not_a_file``,
    ``pipe_unsupported``, ``file_too_large``.
    """
    if isinstance(path_or_fd, int):
        fd = os.dup(path_or_fd)
    else:
        try:
            # NONBLOCK, so that a named pipe nobody writes to is refused and not waited for
            fd = os.open(path_or_fd, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
        except FileNotFoundError:
            raise refusal("no_file", {}) from None
        except OSError as error:
            raise refusal("cannot_open", {"reason": reason_of(error)}) from None
    stack.callback(os.close, fd)
    if stat.S_ISREG(os.fstat(fd).st_mode):
        if isinstance(path_or_fd, int):
            os.lseek(fd, 0, os.SEEK_SET)
        return fd
    if not isinstance(path_or_fd, int):
        raise refusal("not_a_file", {})
    return _swallowed(fd, limits, stack)


def _swallowed(fd: int, limits: Limits, stack: contextlib.ExitStack) -> int:
    """Return a descriptor of what the pipe `fd` held, kept in memory and never on a disk."""
    if not hasattr(os, "memfd_create"):
        raise refusal("pipe_unsupported", {})
    memory = os.memfd_create("workbook")
    stack.callback(os.close, memory)
    size = 0
    while piece := os.read(fd, _PIECE):
        size += len(piece)
        if size > limits.file_bytes:
            raise refusal("file_too_large", {"size": size >> 20, "limit": limits.file_bytes >> 20})
        view = memoryview(piece)
        while view:
            view = view[os.write(memory, view) :]
    return memory


def digest(fd: int) -> str:
    """Return the SHA-256 of the whole file as 64 hexadecimal digits; its position stays."""
    found = hashlib.sha256()
    at = 0
    while piece := os.pread(fd, _PIECE, at):
        found.update(piece)
        at += len(piece)
    return found.hexdigest()


def password_pipe(password: str | None, stack: contextlib.ExitStack) -> int | None:
    """Return the descriptor of a pipe that holds `password`, never on a command line or disk;
    None where there is none. `stack` closes it."""
    if not password:
        return None
    reading, writing = os.pipe()
    stack.callback(os.close, reading)
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(password.encode()[:_LONGEST_PASSWORD])
    return reading


class Child:
    """A running child: `module`'s ``main(order)`` with the file `fd` as its standard input.

    Use it in a ``with`` block: the child is ended and reaped however the block ends. Descriptors
    in `more` stay open in the child, under their numbers.
    """

    def __init__(
        self, fd: int, module: str, order: str, limits: Limits, *, more: Sequence[int] = ()
    ) -> None:
        self._limits = limits
        os.lseek(fd, 0, os.SEEK_SET)
        self._errors, errors = os.pipe()
        os.set_blocking(self._errors, False)
        os.set_blocking(errors, False)  # a chatty child loses words, and never waits
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", _BOOT, _PACKAGE_ROOT, module, order],
                stdin=fd,
                stdout=subprocess.PIPE,
                stderr=errors,
                bufsize=0,
                close_fds=True,
                pass_fds=tuple(more),
                cwd="/",
                env={"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                start_new_session=True,
                pipesize=_PIPE_BYTES if sys.platform == "linux" else -1,
            )
        except BaseException:
            os.close(self._errors)
            raise
        finally:
            os.close(errors)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_how: object) -> None:
        """Kill what is left of the child's process group, reap it and close its pipes."""
        process = self._process
        if process.stdout is not None:
            process.stdout.close()
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(self._errors)

    def frames(self) -> Iterator[bytes]:
        """Yield what the child says, frame by frame, until its pipe ends.

        Raises Failed ``too_slow``, and Malformed for a frame longer than the limits allow. Only
        the time spent in waiting for the child counts.
        """
        assert self._process.stdout is not None  # noqa: S101 - Popen was given a pipe
        pipe = self._process.stdout.fileno()
        poll = select.poll()
        poll.register(pipe, select.POLLIN | select.POLLHUP)
        patience = self._limits.wait_seconds or 60.0
        buffer = bytearray()
        need = messages.LENGTH_BYTES
        length = -1
        while True:
            while len(buffer) >= need:
                if length < 0:
                    length = int.from_bytes(buffer[: messages.LENGTH_BYTES], "little")
                    del buffer[: messages.LENGTH_BYTES]
                    if length > self._limits.message_bytes:
                        raise Malformed
                    need = length
                    continue
                body = bytes(buffer[:length])
                del buffer[:length]
                need, length = messages.LENGTH_BYTES, -1
                yield body
            started = time.monotonic()
            if not poll.poll(max(patience, 0) * 1000):
                raise refusal("too_slow", {})
            patience -= time.monotonic() - started
            piece = os.read(pipe, _PIECE)
            if not piece:
                return
            buffer += piece

    def death(self) -> Failed:
        """Return the error that tells how a child ended that never said it was done."""
        try:
            code = self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            return refusal("too_slow", {})
        last_words = b""
        with contextlib.suppress(BlockingIOError):
            last_words = os.read(self._errors, _PIECE)
        if any(words in last_words for words in _OUT_OF_MEMORY):
            return refusal("out_of_memory", {})
        return refusal("too_slow" if code == -signal.SIGXCPU else "reader_crashed", {})
