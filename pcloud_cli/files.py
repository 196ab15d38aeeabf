"""Writing files whole or not at all, readable by their owner only where they hold private data."""

from __future__ import annotations

import fcntl
import glob
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pcloud_cli.errors import Failed, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.reasons import reason_of


@contextmanager
def replacing(path: Path, *, mode: int = 0o600) -> Iterator[BinaryIO]:
    """Give a stream whose content takes the place of `path` at the end, by rename.

    Only a regular file is replaced, and neither a master key nor a SQLite database: a result that
    is written over one of them by mistake costs everything. Nothing remains of a failed write,
    and what a killed one left is removed by the next.
    Raises UsageProblem for what is not replaced, Failed where the disk refuses.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise _refused(path, error) from None
    else:
        if not stat.S_ISREG(found.st_mode):
            raise UsageProblem(
                _("{path} is no regular file; it is left as it is.").format(path=path),
                hint=_("Name a file that does not exist yet, or one that may be replaced."),
            )
        if _is_precious(path):
            raise UsageProblem(
                _("{path} is a key or a database; it is left as it is.").format(path=path),
                hint=_("Name a file that does not exist yet, or one that may be replaced."),
            )
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise _refused(path, error) from None
    try:
        with os.fdopen(descriptor, "wb") as stream:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove_left(path, temporary)
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        raise _refused(path, error) from None
    finally:
        temporary.unlink(missing_ok=True)


_YOUNG = 60.0
"""Seconds within which another writer may not have locked what it just made."""


def _remove_left(path: Path, own: Path) -> None:
    """Remove what killed writers of `path` left beside it: older than `own`, and locked by none."""
    now = own.stat().st_mtime
    for left in path.parent.glob(f".{glob.escape(path.name)}.????????.part"):
        try:
            if left == own or now - left.stat().st_mtime < _YOUNG:
                continue
            with left.open("rb") as stream:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left.unlink()
        except OSError:  # somebody writes it, or removed it first
            continue


def _is_precious(path: Path) -> bool:
    """Say whether `path` is a master key or a SQLite database, by how it begins."""
    try:
        with path.open("rb") as stream:
            head = stream.read(128)
    except OSError:
        return False
    return head.startswith(b"SQLite format 3\0") or b"\nchecksum " in head


def _refused(path: Path, error: OSError) -> Failed:
    return Failed(
        _("{path} cannot be written: {reason}").format(path=path, reason=reason_of(error)),
        hint=_("Check the folder, its permissions and the free space."),
    )
