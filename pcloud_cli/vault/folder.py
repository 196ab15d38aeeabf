"""Attachments in a folder: 0700, files 0600, two letters of the name a folder deep."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from pcloud_cli.errors import Failed, NotFound
from pcloud_cli.i18n import _
from pcloud_cli.reasons import reason_of
from pcloud_cli.vault.store import Kept

_NAME = re.compile(r"[0-9a-f]{68}")
_SHELF = 4  # of the name's letters; the first four are the key, the same for most
_YOUNG = 60.0
"""Seconds within which another writer may not have locked what it just made."""


class _Upload:
    """A part in the folder itself, locked as long as its writer lives."""

    def __init__(self, store: FolderStore, path: Path, stream: BinaryIO) -> None:
        self._store, self._path, self._stream = store, path, stream

    def write(self, piece: bytes) -> None:
        """Append `piece`."""
        with self._store.guarded():
            self._stream.write(piece)

    def keep(self, name: bytes) -> None:
        """Give it its name, once it is on the disk."""
        with self._store.guarded():
            self._stream.flush()
            os.fsync(self._stream.fileno())
            goal = self._store.path_of(name)
            if not goal.parent.is_dir():
                goal.parent.mkdir(mode=0o700, exist_ok=True)
                _settle(self._store.folder)
            self._path.replace(goal)
            _settle(goal.parent)


class FolderStore:
    """A store in `folder`, which is made when the first file comes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def where(self) -> str:
        """The folder."""
        return str(self.folder)

    @contextmanager
    def upload(self) -> Iterator[_Upload]:
        """Give a file to write; nothing of it remains that was not kept."""
        part = self.folder / f".{secrets.token_hex(8)}.part"
        with self.guarded():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._remove_left()
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        stream = os.fdopen(descriptor, "wb")
        try:
            with self.guarded():
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield _Upload(self, part, stream)
        finally:
            part.unlink(missing_ok=True)
            with suppress(OSError):  # what is buffered still belongs to a file that is gone
                stream.close()

    @contextmanager
    def read(self, name: bytes) -> Iterator[BinaryIO]:
        """Give the content of `name`."""
        with self.guarded():
            stream = self.path_of(name).open("rb")
        with stream:
            yield stream

    def size(self, name: bytes) -> int | None:
        """Return how many bytes `name` has."""
        try:
            with self.guarded():
                return self.path_of(name).stat().st_size
        except NotFound:
            return None

    def files(self) -> Iterator[Kept]:
        """Yield every file."""
        for path in sorted(self.folder.glob("?" * _SHELF + "/*")):
            if not _NAME.fullmatch(path.name):
                continue
            with suppress(FileNotFoundError):
                found = path.stat()
                since = datetime.fromtimestamp(found.st_mtime, UTC)
                yield Kept(bytes.fromhex(path.name), found.st_size, since)

    def remove(self, name: bytes) -> bool:
        """Remove `name`."""
        try:
            with self.guarded():
                self.path_of(name).unlink()
        except NotFound:
            return False
        return True

    def examine(self) -> str | None:
        """Return what is wrong with the folder, or with the one it would be made in."""
        there = self.folder
        while not there.exists() and there != there.parent:
            there = there.parent
        if not there.is_dir() or not os.access(there, os.R_OK | os.W_OK | os.X_OK):
            return _("{path} cannot be written to.").format(path=there)
        mode = stat.S_IMODE(there.stat().st_mode)
        if there == self.folder and mode & 0o077:
            return _("{path} is open to other accounts (mode {mode}).").format(
                path=there, mode=f"{mode:04o}"
            )
        return None

    def path_of(self, name: bytes) -> Path:
        """Return where the file `name` lies."""
        text = name.hex()
        return self.folder / text[_SHELF : 2 * _SHELF] / text

    def _remove_left(self) -> None:
        """Remove what killed writers left: no longer young, and locked by none."""
        for left in self.folder.glob(".*.part"):
            with suppress(OSError):  # somebody writes it, or removed it first
                if time.time() - left.stat().st_mtime < _YOUNG:
                    continue
                with left.open("rb") as stream:
                    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    left.unlink()

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Turn what the disk refuses into an error of ours."""
        try:
            yield
        except FileNotFoundError:
            raise missing(self.where) from None
        except OSError as error:
            raise Failed(
                _("The store of attachments {where} cannot be used: {reason}").format(
                    where=self.where, reason=reason_of(error)
                ),
                hint=_("Check the folder, its permissions and the free space."),
                code="store",
            ) from None


def missing(where: str) -> NotFound:
    """Return the error for a file that should be in the store and is not."""
    return NotFound(
        _("The file is not in the store {where}.").format(where=where),
        hint=_("Check the setting attachments; a restored backup needs the store of its time."),
        code="store_missing",
    )


def _settle(folder: Path) -> None:
    """Return once the names in `folder` would outlive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
