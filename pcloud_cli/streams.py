"""The standard streams of the process: open, in UTF-8, and left without a complaint at the end."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import Literal, TextIO

_UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}


def standard_streams() -> tuple[TextIO, TextIO, TextIO]:
    """Return input, output and error stream, in UTF-8 whatever the locale.

    One that the caller closed becomes the null device: otherwise the next file that is opened,
    the database among them, would take its place and get what is meant for the screen.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number is this one
    sys.stdin = sys.stdin or _null("r")
    sys.stdout = sys.stdout or _null("w")
    sys.stderr = sys.stderr or _null("w")
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and (stream.encoding or "").lower() != "utf-8":
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")
    return sys.stdin, sys.stdout, sys.stderr


def _null(mode: Literal["r", "w"]) -> TextIO:
    return open(os.devnull, mode, encoding="utf-8")  # noqa: PTH123 - open until the end


def is_unwritable(error: OSError) -> bool:
    """Say whether `error` is a full or broken place to write to that has no name: a stream."""
    return error.filename is None and error.errno in _UNWRITABLE


def give_up(stream: TextIO | None) -> None:
    """Throw away what `stream` of the process still holds; Python would complain of it at exit."""
    if stream is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
