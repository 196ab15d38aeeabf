"""Cells that show an error such as ``#REF!``, or hold a formula saved without its result.

The first reader gives both as empty text; here they are told apart from cells that are empty.
Looks at the bytes of a sheet beside the reader, and walks through them only where a quick search
says that there is something to find. Runs in the reading child only.
"""

from __future__ import annotations

import html
import io
import posixpath
import re
from collections.abc import Callable, Iterator
from itertools import chain

from pcloud_cli.sheets import zip_look
from pcloud_cli.sheets.zip_look import Bytes, Part

Place = tuple[int, int]
"""Row and column, from 1."""

Watch = Callable[[bytes], None]

_MOST_TEXT = 1 << 20  # of one cell, which may lie across two pieces
_HEAD = 1 << 20
_REFERENCE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_TEXT_RESULT = re.compile(rb"\bt=[\"']str[\"']")


def broken_cells(
    kind: str,
    data: Bytes,
    entries: list[Part] | None,
    position: int,
    watch: Watch | None = None,
) -> Iterator[Place]:
    """Yield the places of such cells of the sheet at `position` (from 0) of a workbook.

    `kind` is xlsx, xls, xlsb, ods or csv; `entries` are the parts of a zip container. `watch` is
    given every piece of the XML of an .xlsx sheet, cut between elements, as it passes by.
    """
    if kind == "xls":
        return _in_xls(data, position)
    part = None
    if entries is not None and kind in ("xlsx", "xlsb"):
        part = sheet_part(data, entries, position, binary=kind == "xlsb")
    elif entries is not None and kind == "ods":
        part = next((part for part in entries if part.name == "content.xml"), None)
    if part is None:
        return iter(())
    if kind == "ods":
        return _in_ods(data, part, position)
    return _in_xlsb(data, part) if kind == "xlsb" else _in_xlsx(data, part, watch)


def sheet_names(kind: str, data: Bytes, entries: list[Part]) -> list[str]:
    """Return the names of all sheets of an .xlsx in order, charts too; of others none."""
    by_name = {part.name.lower().lstrip("/"): part for part in entries}
    book = _book(data, by_name, "xl/workbook.xml") if kind == "xlsx" else None
    if book is None:
        return []
    names = (re.search(rb"\bname=[\"']([^\"']*)", tag) for tag in _sheet_tags(data, book))
    return [html.unescape(name[1].decode("utf-8", "replace")) if name else "" for name in names]


# -- .xlsx ----------------------------------------------------------------------------------------


def _in_xlsx(data: Bytes, part: Part, watch: Watch | None) -> Iterator[Place]:
    prefix = rb""
    found = re.search(rb"<(?:(\w+):)?worksheet\b", zip_look.head(data, part))
    if found and found[1]:
        prefix = found[1] + rb":"
    error = re.compile(rb"<%sc\b[^>]*\bt=[\"']e[\"'][^>]*>" % prefix)
    bare = re.compile(
        rb"<%(p)sc\b([^>]*)>\s*<%(p)sf(?:\s[^>]*)?(?:/>|>[^<]*</%(p)sf>)\s*"
        rb"(?:(<%(p)sv\s*/>|<%(p)sv>\s*</%(p)sv>)\s*)?</%(p)sc>" % {b"p": prefix}
    )
    cell, formula = b"<%sc " % prefix, b"<%sf" % prefix
    tail = b""
    for piece in chain(zip_look.chunks(data, part), (b"",)):
        block = tail + piece
        cut = block.rfind(cell) if piece else len(block)
        cut = max(cut, len(block) - _MOST_TEXT)
        if watch is not None:
            watch(block[:cut])
        if b't="e"' in block or b"t='e'" in block:
            for match in error.finditer(block, 0, cut):
                yield from _place(match[0])
        if formula in block:
            for match in bare.finditer(block, 0, cut):
                # a formula may have the empty text as its result
                if not (match[2] and _TEXT_RESULT.search(match[1])):
                    yield from _place(match[1])
        tail = block[cut:]


def _place(tag: bytes) -> Iterator[Place]:
    place = _REFERENCE.search(tag)
    if place:
        yield int(place[2]), zip_look.column(place[1])


def sheet_part(
    data: Bytes, entries: list[Part], position: int, *, binary: bool = False
) -> Part | None:
    """Return the part of the sheet at `position` as workbook and relations name it, or None."""
    by_name = {part.name.lower().lstrip("/"): part for part in entries}
    book = _book(data, by_name, "xl/workbook.bin" if binary else "xl/workbook.xml")
    if book is None:
        return None
    folder, file = posixpath.split(book.name.lower().lstrip("/"))
    relations = by_name.get(posixpath.join(folder, "_rels", f"{file}.rels"))
    if relations is None:
        return None
    if binary:
        wanted = _bundle_ids(_whole(data, book))
    else:
        tags = _sheet_tags(data, book)
        links = (re.search(rb"\b\w+:id=[\"']([^\"']+)", tag) for tag in tags)
        wanted = [link[1].decode("utf-8", "replace") if link else "" for link in links]
    if position >= len(wanted):
        return None
    target = _targets(data, relations).get(wanted[position])
    return by_name.get(_joined(folder, target)) if target else None


def _sheet_tags(data: Bytes, book: Part) -> list[bytes]:
    return re.findall(rb"<(?:\w+:)?sheet\s[^>]*>", zip_look.head(data, book, _HEAD))


def _book(data: Bytes, by_name: dict[str, Part], usual: str) -> Part | None:
    """Return the workbook's part, which the container's own relations name."""
    root = by_name.get("_rels/.rels")
    if usual not in by_name and root is not None:
        for tag in _tags(data, root):
            target = re.search(rb"\bTarget=[\"']([^\"']+)", tag)
            if b"/officeDocument" in tag and target:
                return by_name.get(_joined("", target[1].decode("utf-8", "replace")))
    return by_name.get(usual)


def _tags(data: Bytes, relations: Part) -> list[bytes]:
    links = zip_look.head(data, relations, _HEAD)
    return re.findall(rb"<(?:\w+:)?Relationship\s[^>]*>", links)


def _targets(data: Bytes, relations: Part) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in _tags(data, relations):
        name = re.search(rb"\bId=[\"']([^\"']+)", tag)
        target = re.search(rb"\bTarget=[\"']([^\"']+)", tag)
        if name and target:
            found[name[1].decode("utf-8", "replace")] = target[1].decode("utf-8", "replace")
    return found


def _joined(folder: str, target: str) -> str:
    target = target.replace("\\", "/").lower()
    path = target if target.startswith("/") else posixpath.join(folder, target)
    return posixpath.normpath(path).lstrip("/")


# -- .xlsb ----------------------------------------------------------------------------------------

_ROW, _CELL_ERROR, _FORMULA_ERROR, _BUNDLE = 0, 3, 11, 156
_MAYBE_XLSB = re.compile(rb"\x03\x09.{8}[\x00\x07\x0f\x17\x1d\x24\x2a\x2b]|\x0b", re.DOTALL)


def _in_xlsb(data: Bytes, part: Part) -> Iterator[Place]:
    """Yield the error cells of a binary sheet (MS-XLSB 2.4, BrtCellError and BrtFmlaError)."""
    stream = _whole(data, part)
    if not _MAYBE_XLSB.search(stream):
        return
    row = 0
    for kind, start, length in _binary_records(stream):
        if kind == _ROW and length >= 4:
            row = 1 + int.from_bytes(stream[start : start + 4], "little")
        elif kind in (_CELL_ERROR, _FORMULA_ERROR) and length >= 4:
            yield row, 1 + int.from_bytes(stream[start : start + 4], "little")


def _bundle_ids(stream: bytes) -> list[str]:
    """Return the relation of each sheet of a binary workbook, in order (BrtBundleSh)."""
    found = []
    for kind, start, _length in _binary_records(stream):
        if kind == _BUNDLE:
            count = int.from_bytes(stream[start + 8 : start + 12], "little")
            text = stream[start + 12 : start + 12 + 2 * min(count, 256)]
            found.append(text.decode("utf-16-le", "replace"))
    return found


def _binary_records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    at, size = 0, len(stream)
    while at < size:
        kind = stream[at]
        at += 1
        if kind & 0x80 and at < size:
            kind = (kind & 0x7F) | (stream[at] & 0x7F) << 7
            at += 1
        length = shift = 0
        while at < size and shift < 28:
            byte = stream[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, at, length
        at += length


def _whole(data: Bytes, part: Part) -> bytes:
    return b"".join(zip_look.chunks(data, part))


# -- .xls -----------------------------------------------------------------------------------------

_FORMULAS = frozenset({0x06, 0x206, 0x406})
_BOOL_OR_ERROR = 0x205
_BOUND, _END = 0x85, 0x0A
_BEGINNINGS = frozenset({0x809, 0x409, 0x209, 0x09})
_MAYBE_XLS = re.compile(
    rb"\x05\x02\x08\x00.{7}\x01|[\x06][\x00\x02\x04]..{7}\x02.{5}\xff\xff", re.DOTALL
)


def _in_xls(data: Bytes, position: int) -> Iterator[Place]:
    """Yield the error cells of a sheet of an .xls (MS-XLS 2.4.24 BoolErr, 2.4.127 Formula)."""
    stream = workbook_stream(data)
    if not stream or not _MAYBE_XLS.search(stream):
        return
    sheets = [at for kind, at, length in records(stream, 0) if kind == _BOUND and length >= 4]
    if position >= len(sheets):
        return
    begin = int.from_bytes(stream[sheets[position] : sheets[position] + 4], "little")
    for kind, at, length in records(stream, begin):
        if kind == _BOOL_OR_ERROR and length >= 8:
            broken = stream[at + 7] == 1
        elif kind in _FORMULAS and length >= 14:
            broken = stream[at + 6] == 2 and stream[at + 12 : at + 14] == b"\xff\xff"
        else:
            continue
        if broken:
            row, column = stream[at : at + 2], stream[at + 2 : at + 4]
            yield 1 + int.from_bytes(row, "little"), 1 + int.from_bytes(column, "little")


def workbook_stream(data: Bytes) -> bytes:
    """Return the stream of records of an .xls, empty where its container is too damaged."""
    from olefile import OleFileIO

    try:
        container = OleFileIO(io.BytesIO(bytes(data[0 : len(data)])))
        for name in ("Workbook", "Book"):
            if container.exists(name):
                return bytes(container.openstream(name).read())
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return b""
    return b""


def records(stream: bytes, begin: int) -> Iterator[tuple[int, int, int]]:
    """Yield kind, place and length of each record's body, from `begin` to the end of its part;
    charts that lie within a sheet are passed over."""
    at, size, depth = begin, len(stream), 0
    while at + 4 <= size:
        kind = int.from_bytes(stream[at : at + 2], "little")
        length = int.from_bytes(stream[at + 2 : at + 4], "little")
        at += 4
        if kind in _BEGINNINGS:
            depth += 1
        elif kind == _END:
            depth -= 1
            if depth <= 0:
                return
        elif depth <= 1:
            yield kind, at, length
        at += length


# -- .ods -----------------------------------------------------------------------------------------


def _in_ods(data: Bytes, content: Part, position: int) -> Iterator[Place]:
    tail = b""
    for piece in zip_look.chunks(data, content):
        block = tail + piece
        if b'value-type="error"' in block or b":formula=" in block:
            from pcloud_cli.sheets import ods_reader

            return ods_reader.error_cells(data, content, position)
        tail = block[-32:]
    return iter(())
