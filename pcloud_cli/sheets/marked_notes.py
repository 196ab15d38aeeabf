"""Comments on marked cells: the comments part and the drawing that spreadsheets show them by.

What others wrote stays; what an earlier marking wrote is taken away, and known by its author or,
under somebody else's comment, by the line before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain

from pcloud_cli.sheets.marked_xml import (
    NotPatchable,
    Rewriter,
    local,
    pieces,
    prefix,
    text_bytes,
)
from pcloud_cli.sheets.table import letters
from pcloud_cli.sheets.zip_look import column as column_number

AUTHOR = "pcloud"
MOST = 10_000
"""Comments that one sheet gets: with more, programs take minutes to open it."""

_LINE = "---- pcloud ----"
_REF = re.compile("([A-Z]{1,3})([0-9]{1,7})")
_SHAPE = re.compile(rb"<(?:\w+:)?shape\b[^>]*>.*?</(?:\w+:)?shape>\s*", re.DOTALL | re.IGNORECASE)
_SHAPE_ROW = re.compile(rb"<(?:\w+:)?Row>\s*(\d+)\s*<")
_SHAPE_COLUMN = re.compile(rb"<(?:\w+:)?Column>\s*(\d+)\s*<")
_SHAPE_NUMBER = re.compile(rb"_x0000_s(\d{1,9})\b")
_BLOCKS = re.compile(rb"(<(?:\w+:)?idmap\b[^>]*?\bdata=[\"'])([\d,]*)([\"'])")
_BLOCK = 1024

Place = tuple[int, int]
"""Row and column, from 1."""


class Comments:
    """The comments of one sheet; `data` is its part, None where it has none yet.

    `namespace` is the sheet's. Raises NotPatchable for a part that is not as it should be.
    """

    def __init__(self, data: bytes | None, namespace: str) -> None:
        if data is None:
            data = (
                '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
                f'<comments xmlns="{namespace}"><authors></authors><commentList></commentList>'
                "</comments>"
            ).encode()
        self._data = data
        self._found = _Found(data)

    def places(self) -> set[Place]:
        """Return where comments stand now."""
        return set(self._found.comments)

    def written(self, texts: dict[Place, str]) -> tuple[bytes, set[Place]]:
        """Return the part with `texts` on their cells and none of an earlier marking, and where
        comments stand then."""
        found = self._found
        out: list[bytes] = []
        at = 0
        if AUTHOR not in found.authors:
            p = found.prefix
            new = f"<{p}author>{AUTHOR}</{p}author>".encode()
            found.authors.append(AUTHOR)
            out += [self._data[: found.authors_end], new]
            at = found.authors_end
        stay: set[Place] = set()
        for place, comment in sorted(found.comments.items(), key=lambda each: each[1].start):
            out.append(self._data[at : comment.start])
            at = comment.end
            if comment.author == AUTHOR:
                continue
            stay.add(place)
            out.append(self._extended(comment, texts.get(place)))
        out.append(self._data[at : found.list_end])
        out += [self._new(place, text) for place, text in texts.items() if place not in stay]
        out.append(self._data[found.list_end :])
        return b"".join(out), stay | set(texts)

    def _extended(self, comment: _Comment, text: str | None) -> bytes:
        raw = self._data[comment.start : comment.end]
        if not comment.text_end:
            return raw
        cut = comment.text_end - comment.start
        before, after = raw[:cut], raw[cut:]
        old = before.rfind(_LINE.encode())
        if old >= 0 and b"<" not in before[old:]:
            before = before[:old].rstrip()
        if text is None:
            return before + after
        return before + b"\n" + text_bytes(f"{_LINE}\n{text}") + after

    def _new(self, place: Place, text: str) -> bytes:
        p = self._found.prefix
        author = self._found.authors.index(AUTHOR)
        return (
            f'<{p}comment ref="{letters(place[1] - 1)}{place[0]}" authorId="{author}"><{p}text>'
            f'<{p}t xml:space="preserve">'.encode()
            + text_bytes(text)
            + f"</{p}t></{p}text></{p}comment>".encode()
        )


class _Comment:
    """Where a comment stands in its part; `text_end` is where its last piece of text ends."""

    def __init__(self, start: int, author: str) -> None:
        self.start = start
        self.end = 0
        self.author = author
        self.text_end = 0


class _Found(Rewriter):
    """The authors and comments of a part."""

    def __init__(self, data: bytes) -> None:
        self.prefix = ""
        self.authors: list[str] = []
        self.authors_end = self.list_end = -1
        self.comments: dict[Place, _Comment] = {}
        self._depth = 0
        self._text: list[str] = []
        self._text_at = 0
        self._comment: _Comment | None = None
        super().__init__()
        self.parser.CharacterDataHandler = self._text.append
        self.run(pieces(data))
        if self.authors_end < 0 or self.list_end < 0:
            raise NotPatchable

    def start(self, name: str, attrs: dict[str, str]) -> None:
        """Note where a comment begins, and whose it is."""
        self._depth += 1
        self._text.clear()
        if self._depth == 1:
            self.prefix = prefix(name)
        elif self._depth == 2 and local(name) in ("authors", "commentList"):
            if self.is_empty(self.here()):
                raise NotPatchable  # a list in one tag has no inside to write into
        elif local(name) == "t":
            self._text_at = self.here()
        elif self._depth == 3 and local(name) == "comment":
            place = _REF.fullmatch(attrs.get("ref", ""))
            number = attrs.get("authorId", "")
            if place is None:
                raise NotPatchable
            known = number.isascii() and number.isdigit() and int(number) < len(self.authors)
            author = self.authors[int(number)] if known else ""
            self._comment = _Comment(self.here(), author)
            self.comments[int(place[2]), column_number(place[1])] = self._comment

    def end(self, name: str) -> None:
        """Note where it ends."""
        kind = local(name)
        if self._depth == 3 and kind == "author":
            self.authors.append("".join(self._text))
        elif self._depth == 2 and kind == "authors":
            self.authors_end = self.here()
        elif self._depth == 2 and kind == "commentList":
            self.list_end = self.here()
        elif self._comment is not None and kind == "t":
            if not self.is_empty(self._text_at):
                self._comment.text_end = self.here()
        elif self._comment is not None and self._depth == 3:
            self._comment.end = self.element_end(self._comment.start)
            self._comment = None
        self._depth -= 1


class Shapes:
    """Numbers for the drawings of comments, unlike those that the workbook has already."""

    def __init__(self, drawings: Iterable[bytes]) -> None:
        numbers = chain.from_iterable(_SHAPE_NUMBER.findall(data) for data in drawings)
        last = max((int(number) for number in numbers), default=0)
        self._next = (last // _BLOCK + 1) * _BLOCK + 1

    def drawing(self, data: bytes | None, before: set[Place], after: set[Place]) -> bytes:
        """Return the drawing for comments at the places `after`; `data` is the one there was for
        comments at `before`. Raises NotPatchable for one that is not as it should be."""
        if data is None:
            data, before = _EMPTY, set()
        gone = before - after
        if gone:
            data = _SHAPE.sub(lambda match: b"" if _place(match[0]) in gone else match[0], data)
        new = sorted(after - before)
        end = data.rfind(b"</xml>")
        if end < 0:
            raise NotPatchable
        first = self._next
        names = b"" if all(name in data[:2000] for name in _NAMES) else b" " + b" ".join(_NAMES)
        drawn = b"".join(self._shape(place, names) for place in new)
        blocks = {number // _BLOCK for number in range(first, self._next)}
        # the next drawing gets blocks of its own
        self._next = ((self._next - 1) // _BLOCK + 1) * _BLOCK + 1
        data = data[:end] + drawn + data[end:]
        return _BLOCKS.sub(lambda match: _with_blocks(match, blocks), data, count=1)

    def _shape(self, place: Place, names: bytes) -> bytes:
        row, column = place[0] - 1, place[1] - 1
        number = self._next
        self._next += 1
        anchor = f"{column + 1},12,{max(row - 1, 0)},4,{column + 5},12,{max(row - 1, 0) + 6},4"
        return (
            f'<v:shape{names.decode()} id="_x0000_s{number}" type="#_x0000_t202"'
            ' style="position:absolute;'
            'width:260pt;height:90pt;z-index:1;visibility:hidden" fillcolor="#ffffe1"'
            ' o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black"'
            ' obscured="t"/><v:path o:connecttype="none"/><v:textbox'
            ' style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
            '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
            f"<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>"
            f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>\n"
        ).encode()


_NAMES = (
    b'xmlns:v="urn:schemas-microsoft-com:vml"',
    b'xmlns:o="urn:schemas-microsoft-com:office:office"',
    b'xmlns:x="urn:schemas-microsoft-com:office:excel"',
)
_EMPTY = (
    f'<xml {b" ".join(_NAMES).decode()}><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data=""/></o:shapelayout>'
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202"'
    ' path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>\n</xml>'
).encode()


def _place(shape: bytes) -> Place | None:
    row, column = _SHAPE_ROW.search(shape), _SHAPE_COLUMN.search(shape)
    return (int(row[1]) + 1, int(column[1]) + 1) if row and column else None


def _with_blocks(match: re.Match[bytes], new: set[int]) -> bytes:
    blocks = [block for block in match[2].split(b",") if block]
    return match[1] + b",".join([*blocks, *(b"%d" % block for block in sorted(new))]) + match[3]
