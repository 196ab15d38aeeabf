"""A look at a zip container before anything unpacks it: bombs are refused by their directory.

Reads the central directory and the first bytes of a few parts, never a whole part. What the
directory does not tell (it may lie) is bounded by the memory limit of the reading process.
"""

from __future__ import annotations

import mmap
import re
import struct
import sys
import zlib
from collections.abc import Iterator
from typing import NamedTuple, Protocol

_END = b"PK\x05\x06"
_END64 = b"PK\x06\x06"
_END64_LOCATOR = b"PK\x06\x07"
_ENTRY = b"PK\x01\x02"
_LOCAL = b"PK\x03\x04"
_HEAD_BYTES = 8192
_FORGET = 4 << 20  # of a mapped file: what was read counts as our memory until we say otherwise
_RATIO_FROM = 4 << 20  # small parts may repeat themselves as much as they like

_UNIQUE_COUNT = re.compile(rb"<(?:\w+:)?sst\b[^>]*?\buniqueCount=[\"'](\d+)", re.DOTALL)
_DECLARATION = re.compile(r"<!ENTITY|<!DOCTYPE[^>\[]*\[")
_SMALLEST_STRING = 4  # bytes of markup that one shared string cannot do without


class Bytes(Protocol):
    """What is looked at: bytes or a memory map."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: slice, /) -> bytes: ...
    def find(self, sub: bytes, /) -> int: ...
    def rfind(self, sub: bytes, start: int, end: int, /) -> int: ...


class Bounds(NamedTuple):
    """What a container may ask for."""

    parts: int = 10_000
    unpacked: int = 2 << 30
    ratio: int = 150


class Part(NamedTuple):
    """One entry of the directory: sizes in bytes, `flags` and `method` as the format has them."""

    name: str
    flags: int
    method: int
    packed: int
    unpacked: int
    offset: int


class Refused(Exception):
    """The container must not be unpacked; `code` says why, `params` gives the figures."""

    def __init__(self, code: str, **params: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def parts(data: Bytes, bounds: Bounds) -> list[Part]:
    """Return the entries of the zip in `data`.

    Raises Refused: ``truncated`` (no directory at the end), ``broken_zip``, ``too_many_parts``.
    """
    offset, count = _directory(data)
    if count > bounds.parts:
        raise Refused("too_many_parts", parts=count, limit=bounds.parts)
    found: list[Part] = []
    try:
        for _ in range(count):
            fixed = data[offset : offset + 46]
            if fixed[:4] != _ENTRY:
                raise Refused("broken_zip")
            flags, method = struct.unpack_from("<HH", fixed, 8)
            packed, unpacked, name_len, extra_len, note_len = struct.unpack_from(
                "<IIHHH", fixed, 20
            )
            (local,) = struct.unpack_from("<I", fixed, 42)
            raw = data[offset + 46 : offset + 46 + name_len]
            extra = data[offset + 46 + name_len : offset + 46 + name_len + extra_len]
            unpacked, packed, local = _wide(extra, unpacked, packed, local)
            name = raw.decode("utf-8" if flags & 0x800 else "cp437", "replace").replace("\\", "/")
            found.append(Part(name, flags, method, packed, unpacked, local))
            offset += 46 + name_len + extra_len + note_len
    except struct.error:
        raise Refused("broken_zip") from None
    return found


def look(data: Bytes, entries: list[Part], bounds: Bounds) -> None:
    """Refuse a container that would unpack beyond `bounds` or that lies about its contents.

    Raises Refused: ``zip_bomb``, ``too_large_unpacked``, ``lying_count``, ``double_parts``,
    ``entities``: a document that declares entities of its own, which no spreadsheet program
    writes, is not parsed.
    """
    total = 0
    names: set[str] = set()
    for part in entries:
        name = part.name.lower().lstrip("/")
        if name in names and not name.endswith("/"):
            raise Refused("double_parts")
        names.add(name)
        total += part.unpacked
        if part.unpacked > _RATIO_FROM and part.unpacked > bounds.ratio * max(part.packed, 1):
            raise Refused("zip_bomb", part=part.name, ratio=part.unpacked // max(part.packed, 1))
        if part.packed > len(data):
            raise Refused("broken_zip")
    if total > bounds.unpacked:
        raise Refused("too_large_unpacked", size=total, limit=bounds.unpacked)
    for part in entries:
        name = part.name.lower()
        if not name.endswith((".xml", ".rels", ".vml")):
            continue
        start = head(data, part)
        if b"!" in start and _DECLARATION.search(_decoded(start)):
            raise Refused("entities", part=part.name)
        if name.endswith("sharedstrings.xml"):
            match = _UNIQUE_COUNT.search(start)
            if match and int(match[1]) > max(1000, part.unpacked // _SMALLEST_STRING):
                raise Refused("lying_count", part=part.name, count=int(match[1]))


def _decoded(start: bytes) -> str:
    """Return the beginning of an XML part as text, whichever form of Unicode it is in."""
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return start.decode("utf-16", "replace")
    if b"\x00" in start[:4]:
        return start.decode("utf-16-be" if start[:1] == b"\x00" else "utf-16-le", "replace")
    return start.decode("latin-1")


def head(data: Bytes, part: Part, size: int = _HEAD_BYTES) -> bytes:
    """Return at most the first `size` unpacked bytes of a part, empty where it cannot be read."""
    local = data[part.offset : part.offset + 30]
    if len(local) < 30 or local[:4] != _LOCAL or part.flags & 1:
        return b""
    name_len, extra_len = struct.unpack_from("<HH", local, 26)
    start = part.offset + 30 + name_len + extra_len
    if part.method == 0:
        return data[start : start + min(size, part.unpacked)]
    if part.method != 8:
        return b""
    try:
        return zlib.decompressobj(-15).decompress(
            data[start : start + min(size + 1024, part.packed)], size
        )
    except zlib.error:
        return b""


def chunks(data: Bytes, part: Part, size: int = 1 << 16) -> Iterator[bytes]:
    """Yield a part's unpacked bytes in pieces of at most `size` to about 4 × `size`.

    Ends early, without an error, where the packed bytes are damaged: the reader proper says so.
    """
    local = data[part.offset : part.offset + 30]
    if len(local) < 30 or local[:4] != _LOCAL or part.flags & 1 or part.method not in (0, 8):
        return
    name_len, extra_len = struct.unpack_from("<HH", local, 26)
    start = part.offset + 30 + name_len + extra_len
    inflate = zlib.decompressobj(-15) if part.method == 8 else None
    forgotten = start - start % mmap.ALLOCATIONGRANULARITY
    for at in range(start, start + part.packed, size):
        if sys.platform == "linux" and at - forgotten >= _FORGET and isinstance(data, mmap.mmap):
            data.madvise(mmap.MADV_DONTNEED, forgotten, _FORGET)
            forgotten += _FORGET
        piece = data[at : min(at + size, start + part.packed)]
        if inflate is None:
            yield piece
            continue
        try:
            while piece:
                yield inflate.decompress(piece, 4 * size)
                piece = inflate.unconsumed_tail
        except zlib.error:
            return


def column(letters: bytes | str) -> int:
    """Return the number of a column: A is 1, AA is 27."""
    text = letters.decode("ascii") if isinstance(letters, bytes) else letters
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _directory(data: Bytes) -> tuple[int, int]:
    size = len(data)
    end = data.rfind(_END, max(0, size - 66_000), size)
    if end < 0:
        raise Refused("truncated")
    try:
        count, _size, offset = struct.unpack_from("<HII", data[end + 10 : end + 20])
        if count == 0xFFFF or offset == 0xFFFFFFFF:
            locator = data.rfind(_END64_LOCATOR, max(0, end - 20), end)
            if locator < 0:
                raise Refused("broken_zip")
            (end64,) = struct.unpack_from("<Q", data[locator + 8 : locator + 16])
            if data[end64 : end64 + 4] != _END64:
                raise Refused("broken_zip")
            count, _size, offset = struct.unpack_from("<QQQ", data[end64 + 32 : end64 + 56])
    except struct.error:
        raise Refused("broken_zip") from None
    if offset >= size:
        raise Refused("truncated")
    return offset, count


def _wide(extra: bytes, unpacked: int, packed: int, local: int) -> tuple[int, int, int]:
    """Return the three numbers with their zip64 values where the short fields are full."""
    wanted = [value == 0xFFFFFFFF for value in (unpacked, packed, local)]
    values = [unpacked, packed, local]
    at = 0
    while any(wanted) and at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            inner = at + 4
            for index, want in enumerate(wanted):
                if want and inner + 8 <= len(extra):
                    (values[index],) = struct.unpack_from("<Q", extra, inner)
                    inner += 8
            break
        at += 4 + length
    return values[0], values[1], values[2]
