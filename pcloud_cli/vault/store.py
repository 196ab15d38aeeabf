"""What a store of attachments does, and which one the settings name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

DEFAULT = "attachments"
"""Name of the folder beside the data where no setting names another."""


class Kept(NamedTuple):
    """A file in the store: its name, its size in bytes, and since when it is there, in UTC."""

    name: bytes
    size: int
    since: datetime


class Upload(Protocol):
    """A file that is being written; it has no name, and is gone at the end, until it is kept."""

    def write(self, piece: bytes) -> None:
        """Append `piece`."""

    def keep(self, name: bytes) -> None:
        """Make it last under `name`, in place of a file of that name; return once it would outlive
        a loss of power."""


class Reading(Protocol):
    """A file that is being read."""

    def read(self, size: int, /) -> bytes:
        """Return at most `size` bytes, b"" at the end."""


class Store(Protocol):
    """A store of files that are named by 34 bytes. All methods raise Failed where it refuses."""

    @property
    def where(self) -> str:
        """Where it is, for people; without a password."""

    def upload(self) -> AbstractContextManager[Upload]:
        """Give a file to write. What killed writers left is removed first."""

    def read(self, name: bytes) -> AbstractContextManager[Reading]:
        """Give the content of `name`. Raises NotFound."""

    def size(self, name: bytes) -> int | None:
        """Return how many bytes `name` has, None where there is no such file."""

    def files(self) -> Iterator[Kept]:
        """Yield every file whose name is one of a store of ours."""

    def remove(self, name: bytes) -> bool:
        """Remove `name`; return whether it was there."""

    def examine(self) -> str | None:
        """Return what is wrong with it, in words, None where it can be read and written, and by
        nobody else."""


def is_url(place: str) -> bool:
    """Return whether `place` is a URL for fsspec and not a folder."""
    return "://" in place


def opened(place: str) -> Store:
    """Return the store at `place`, a folder or an fsspec URL. Nothing is made or reached yet."""
    if is_url(place):
        from pcloud_cli.vault.remote import RemoteStore

        return RemoteStore(place)
    from pcloud_cli.vault.folder import FolderStore

    return FolderStore(Path(place).absolute())
