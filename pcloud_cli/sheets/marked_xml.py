"""Changing an XML part of a workbook in a few places, and copying all the rest byte for byte.

The parser tells where a tag begins; what is written is the part's own bytes. So nothing is lost
that we do not understand. Runs in a confined child only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from xml.parsers import expat
from xml.sax.saxutils import escape

_TAG = re.compile(rb"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")
_ENCODING = re.compile(rb"<\?xml[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PIECE = 1 << 18


class NotPatchable(Exception):
    """The workbook's inside is not as it should be: it cannot be changed in place safely."""


class Rewriter:
    """Reads an XML part in pieces, tells a subclass of its tags, and writes it with its edits.

    In `start` and `end` the subclass may call `here` (the place of the present tag, counted in
    bytes from the part's beginning), `tag_end`, `insert` and `replace`; edits come in rising
    order, and none lies before the last place given to `passed`.
    """

    def __init__(self, write: Callable[[bytes], object] | None = None) -> None:
        self._write = write
        self._buffer = bytearray()
        self._base = 0
        self._written = 0
        self._passed = 0
        self.parser = parser = expat.ParserCreate()
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.StartDoctypeDeclHandler = _no_doctype

    def start(self, name: str, attrs: dict[str, str], /) -> None:
        """Take the start of an element, `name` with its prefix."""

    def end(self, name: str, /) -> None:
        """Take the end of an element; at ``<a/>`` the place is already behind it."""

    def here(self) -> int:
        """Return the place of the present tag."""
        return self.parser.CurrentByteIndex

    def tag_end(self, at: int) -> int:
        """Return the place behind the tag that begins at `at`."""
        match = _TAG.match(self._buffer, at - self._base)
        if match is None:
            raise NotPatchable
        return self._base + match.end()

    def is_empty(self, start: int) -> bool:
        """Return whether the tag at `start` is an element without an inside: ``<a/>``."""
        end = self.tag_end(start)
        return self.raw(end - 2, end) == b"/>"

    def element_end(self, start: int) -> int:
        """Return, in `end`, the place behind the element that ends there and began at `start`."""
        return self.tag_end(start if self.is_empty(start) else self.here())

    def raw(self, start: int, end: int) -> bytes:
        """Return the bytes from `start` to `end`, which were not given up yet."""
        return bytes(self._buffer[start - self._base : end - self._base])

    def passed(self, at: int) -> None:
        """Say that nothing before `at` will be changed or looked at any more."""
        self._passed = at

    def insert(self, at: int, new: bytes) -> None:
        """Write `new` before what stands at `at`."""
        self.replace(at, at, new)

    def replace(self, start: int, end: int, new: bytes) -> None:
        """Write `new` instead of what stands from `start` to `end`."""
        self._copy(start)
        if self._write is not None:
            self._write(new)
        self._written = end

    def run(self, pieces: Iterable[bytes]) -> None:
        """Read the part. Raises NotPatchable for bytes that are no XML in UTF-8."""
        first = True
        try:
            for piece in pieces:
                if first and not _is_utf8(piece):
                    raise NotPatchable
                first = False
                self._buffer += piece
                self.parser.Parse(piece, False)
                self._give_up(self._passed)
            self.parser.Parse(b"", True)
        except (expat.ExpatError, UnicodeError):
            raise NotPatchable from None
        self._copy(self._base + len(self._buffer))

    def _copy(self, end: int) -> None:
        if end > self._written:
            if self._write is not None:
                self._write(self.raw(self._written, end))
            self._written = end

    def _give_up(self, end: int) -> None:
        self._copy(end)
        if end - self._base > _PIECE:
            del self._buffer[: end - self._base]
            self._base = end


def _no_doctype(*_declared: object) -> None:
    raise NotPatchable


def _is_utf8(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00", b"<\x00")):
        return False
    match = _ENCODING.match(head.removeprefix(b"\xef\xbb\xbf"))
    return match is None or match[1].lower() in (b"utf-8", b"utf8", b"us-ascii", b"ascii")


def pieces(data: bytes) -> Iterable[bytes]:
    """Yield `data` in pieces as `Rewriter.run` takes them."""
    for at in range(0, len(data), _PIECE):
        yield data[at : at + _PIECE]


def local(name: str) -> str:
    """Return a name without its prefix."""
    return name.rpartition(":")[2]


def prefix(name: str) -> str:
    """Return the prefix of a name with its colon, ``''`` where it has none."""
    return name[: len(name) - len(local(name))]


def fit(text: str) -> str:
    """Return `text` without the signs that XML cannot hold."""
    return _UNFIT.sub("", text)


def text_bytes(text: str) -> bytes:
    """Return `text` as it stands between tags; signs that XML cannot hold are left out."""
    return escape(fit(text), {"\r": "&#13;"}).encode()


def attribute(text: str) -> str:
    """Return `text` in double quotes, as the value of an attribute."""
    clean = escape(fit(text), {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})
    return f'"{clean}"'


def with_attribute(tag: bytes, name: str, value: str | None) -> bytes:
    """Return a start tag with the attribute `name` set to `value`, or without it (None)."""
    found = re.compile(rb"\s" + name.encode() + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')")
    new = b"" if value is None else f" {name}={attribute(value)}".encode()
    if found.search(tag):
        return found.sub(lambda _old: new, tag, count=1)
    end = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:end].rstrip() + new + tag[end:]
