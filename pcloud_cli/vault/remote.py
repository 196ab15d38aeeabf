"""Attachments wherever an fsspec URL points: object stores, SFTP, WebDAV (optional extra)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from pcloud_cli.errors import ConfigProblem, Failed, NotFound, PcloudError
from pcloud_cli.i18n import _
from pcloud_cli.settings import safe_url
from pcloud_cli.vault.folder import missing
from pcloud_cli.vault.store import Kept

_NAME = re.compile(r"[0-9a-f]{68}")
_LEFT = timedelta(days=1)
"""A part that old is nobody's: no lock shows there who still writes."""


class _Upload:
    """A part beside the files; a store that takes a file only when it is closed shows none."""

    def __init__(self, store: RemoteStore, path: str, stream: Any) -> None:
        self._store, self._path, self._stream = store, path, stream

    def write(self, piece: bytes) -> None:
        """Append `piece`."""
        with self._store.reached():
            self._stream.write(piece)

    def keep(self, name: bytes) -> None:
        """Give it its name, once the store has taken all of it."""
        with self._store.reached():
            self._stream.close()
            goal = self._store.path_of(name)
            self._store.system.makedirs(goal.rpartition("/")[0], exist_ok=True)
            self._store.system.mv(self._path, goal)


class _Reading:
    """What is read of a file, with the errors of the protocol made ours."""

    def __init__(self, store: RemoteStore, stream: Any) -> None:
        self._store, self._stream = store, stream

    def read(self, size: int) -> bytes:
        """Return at most `size` bytes."""
        with self._store.reached():
            return bytes(self._stream.read(size))


class RemoteStore:
    """A store at `url`."""

    def __init__(self, url: str) -> None:
        self._url = url

    @property
    def where(self) -> str:
        """The URL without its password."""
        return safe_url(self._url)

    @contextmanager
    def upload(self) -> Iterator[_Upload]:
        """Give a file to write; nothing of it remains that was not kept."""
        part = f"{self.root}/.{secrets.token_hex(8)}.part"
        with self.reached():
            self.system.makedirs(self.root, exist_ok=True)
            self._remove_left()
            stream = self.system.open(part, "wb")
        try:
            yield _Upload(self, part, stream)
        finally:
            with suppress(Exception):
                stream.close()
            with suppress(Exception):
                self.system.rm_file(part)

    @contextmanager
    def read(self, name: bytes) -> Iterator[_Reading]:
        """Give the content of `name`."""
        with self.reached():
            stream = self.system.open(self.path_of(name), "rb")
        with stream:
            yield _Reading(self, stream)

    def size(self, name: bytes) -> int | None:
        """Return how many bytes `name` has."""
        try:
            with self.reached():
                return int(self.system.size(self.path_of(name)))
        except NotFound:
            return None

    def files(self) -> Iterator[Kept]:
        """Yield every file."""
        with self.reached():
            self.system.invalidate_cache()
            found = (
                self.system.find(self.root, detail=True) if self.system.exists(self.root) else {}
            )
        for path in sorted(found):
            name = path.rpartition("/")[2]
            if _NAME.fullmatch(name):
                yield Kept(bytes.fromhex(name), int(found[path]["size"]), self._since(path))

    def remove(self, name: bytes) -> bool:
        """Remove `name`."""
        if self.size(name) is None:
            return False
        with self.reached():
            self.system.rm_file(self.path_of(name))
        return True

    def examine(self) -> str | None:
        """Return what is wrong: it writes a few bytes, reads them again, and removes them."""
        probe = f"{self.root}/.{secrets.token_hex(8)}.part"
        try:
            with self.reached():
                self.system.makedirs(self.root, exist_ok=True)
                self.system.pipe_file(probe, b"pcloud")
                same = self.system.cat_file(probe) == b"pcloud"
                self.system.rm_file(probe)
        except PcloudError as error:
            return error.message
        return None if same else _("{where} gives back other bytes.").format(where=self.where)

    def path_of(self, name: bytes) -> str:
        """Return where the file `name` lies."""
        text = name.hex()
        return f"{self.root}/{text[4:8]}/{text}"

    @property
    def system(self) -> Any:
        """The file system of fsspec."""
        return self._opened[0]

    @property
    def root(self) -> str:
        """The folder in it."""
        return self._opened[1]

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        try:
            from fsspec.core import url_to_fs
        except ImportError:
            raise ConfigProblem(
                _("A store of attachments at a URL needs fsspec, which is not installed."),
                hint=_("Install pcloud with its extra: pip install 'pcloud[remote]'."),
            ) from None
        try:
            system, root = url_to_fs(self._url)
        except (ImportError, ValueError, OSError):
            raise ConfigProblem(
                _("{where} names no store that can be used here.").format(where=self.where),
                hint=_(
                    "Check the setting attachments; some protocols need a package of their own."
                ),
            ) from None
        return system, str(root).rstrip("/")

    @contextmanager
    def reached(self) -> Iterator[None]:
        """Turn whatever the protocol's library raises into an error of ours, without its text.

        It may hold an address with its password.
        """
        try:
            yield
        except PcloudError:
            raise
        except FileNotFoundError:
            raise missing(self.where) from None
        except Exception as error:
            raise Failed(
                _("The store of attachments {where} cannot be used: {reason}").format(
                    where=self.where, reason=type(error).__name__
                ),
                hint=_("Check that it can be reached, and that the account may write there."),
                code="store",
            ) from None

    def _since(self, path: str) -> datetime:
        """Return since when a file is there; now where the store cannot say, so that it stays."""
        with suppress(Exception):
            found: datetime = self.system.modified(path)
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        return datetime.now(UTC)

    def _remove_left(self) -> None:
        """Remove what killed writers left, a day later."""
        limit = datetime.now(UTC) - _LEFT
        for entry in self.system.ls(self.root, detail=True):
            path = str(entry["name"])
            if path.endswith(".part") and self._since(path) < limit:
                with suppress(Exception):
                    self.system.rm_file(path)
