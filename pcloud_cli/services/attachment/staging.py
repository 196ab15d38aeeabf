"""Taking a file in: judged by its content, encrypted into a part of the store, its key in memory.

It happens before any transaction, because a video takes its time and on SQLite whoever writes keeps
the others waiting. What is not attached afterwards is gone with the part.
"""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pcloud_cli.errors import NotFound, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.reasons import reason_of
from pcloud_cli.security.sealed_stream import CHUNK, KEY, sealed
from pcloud_cli.services.policy_sections import AttachmentPolicy
from pcloud_cli.vault.media import HEAD, KNOWN, Media, MediaKind, recognised
from pcloud_cli.vault.store import Store, Upload

_LONGEST_NAME = 200


@dataclass(frozen=True)
class Source:
    """A file to attach: a path, or an open stream; `name` is what it was called, if anything."""

    where: Path | BinaryIO
    name: str | None = None

    @property
    def told(self) -> str:
        """What messages call it."""
        return str(self.where) if isinstance(self.where, Path) else _("standard input")


@dataclass(frozen=True)
class Staged:
    """A file taken in: what it is, how large, its SHA-256 and key, and the part that holds it."""

    media: Media
    size: int
    sha256: bytes
    key: bytes
    name: str | None
    upload: Upload

    def __repr__(self) -> str:
        return f"<Staged {self.media.type}, {self.size} bytes>"


@contextmanager
def staged(
    store: Store,
    sources: Sequence[Source],
    limits: AttachmentPolicy,
    random: Callable[[int], bytes] = os.urandom,
) -> Iterator[list[Staged]]:
    """Give `sources` taken in, in their order; none of them where one is refused.

    `random` gives their keys.

    Raises NotFound or UsageProblem for what cannot be read, is no photo, video or PDF by its
    content, is empty, or is larger than `limits` allow; Failed where the store refuses.
    """
    with ExitStack() as stack:
        yield [_one(stack, store, each, limits, random(KEY)) for each in sources]


def largest(limits: AttachmentPolicy, kind: MediaKind) -> int:
    """Return how many bytes a file of `kind` may have."""
    megabytes = {
        MediaKind.PHOTO: limits.photo_megabytes,
        MediaKind.VIDEO: limits.video_megabytes,
        MediaKind.DOCUMENT: limits.document_megabytes,
    }
    return megabytes[kind] * 1_000_000


def _one(
    stack: ExitStack, store: Store, source: Source, limits: AttachmentPolicy, key: bytes
) -> Staged:
    with ExitStack() as reading:
        stream = _opened(reading, source)
        head = _read(source, stream, HEAD)
        while len(head) < HEAD and (more := _read(source, stream, HEAD - len(head))):
            head += more
        media = _judged(source, head)
        upload = stack.enter_context(store.upload())
        taken = _Taken(source, head, stream, largest(limits, media.kind), media)
        for piece in sealed(key, taken):
            upload.write(piece)
    return Staged(media, taken.size, taken.hash.digest(), key, _plain(source.name), upload)


def _plain(name: str | None) -> str | None:
    """Return a file's name as text that can be kept, whatever bytes it is made of."""
    if not name:
        return None
    shown = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return unicodedata.normalize("NFC", shown)[-_LONGEST_NAME:]


class _Taken:
    """The pieces of a file, counted, hashed and held to the limit as they go by."""

    def __init__(
        self, source: Source, head: bytes, stream: BinaryIO, most: int, media: Media
    ) -> None:
        self._source, self._head, self._stream = source, head, stream
        self._most, self._media = most, media
        self.size = 0
        self.hash = hashlib.sha256()

    def __iter__(self) -> Iterator[bytes]:
        piece = self._head
        while piece:
            self.size += len(piece)
            if self.size > self._most:
                raise UsageProblem(
                    _("{path} is larger than {megabytes} MB, the most for this kind.").format(
                        path=self._source.told, megabytes=self._most // 1_000_000
                    ),
                    hint=_("Make it smaller; `pcloud policy show attachment` has the limits."),
                    code="too_large",
                )
            self.hash.update(piece)
            yield piece
            piece = _read(self._source, self._stream, CHUNK)


def _opened(reading: ExitStack, source: Source) -> BinaryIO:
    if not isinstance(source.where, Path):
        return source.where
    try:
        # a pipe that nobody writes to must not hold us
        descriptor = os.open(source.where, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        stream = reading.enter_context(os.fdopen(descriptor, "rb"))
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UsageProblem(
                _("{path} is no regular file.").format(path=source.told),
                hint=_("Name a photo, a video or a PDF; - reads standard input."),
            )
    except FileNotFoundError:
        raise NotFound(_("There is no file {path}.").format(path=source.told)) from None
    except OSError as error:
        raise _unreadable(source, error) from None
    return stream


def _read(source: Source, stream: BinaryIO, size: int) -> bytes:
    try:
        return stream.read(size)
    except OSError as error:
        raise _unreadable(source, error) from None


def _unreadable(source: Source, error: OSError) -> UsageProblem:
    return UsageProblem(
        _("{path} cannot be read: {reason}").format(path=source.told, reason=reason_of(error))
    )


def _judged(source: Source, head: bytes) -> Media:
    if not head:
        raise UsageProblem(_("{path} is empty.").format(path=source.told), code="empty")
    found = recognised(head)
    if found is None:
        endings = ", ".join(each.ending.lstrip(".").upper() for each in KNOWN)
        raise UsageProblem(
            _("{path} is no photo, video or PDF, whatever its name says.").format(path=source.told),
            hint=_("Taken are, by their content: {formats}.").format(formats=endings),
            code="media_unknown",
        )
    return found
