"""The marking child: writes a workbook back with its problems marked (3.1.1).

Started by `marked` like the reading child and held to the same limits: no key, no database, no
file to write. The source is its standard input, the order comes on a descriptor, and the marked
copy goes back through the pipe.
"""

from __future__ import annotations

import gc
import io
import json
import mmap
import os
from typing import IO, Any

from pcloud_cli.sheets import encrypted, marked_order, marked_text, marked_values, marked_workbook
from pcloud_cli.sheets.cells import Workbook, open_workbook
from pcloud_cli.sheets.limits import Limits, confine
from pcloud_cli.sheets.marked_order import Order
from pcloud_cli.sheets.marked_xml import NotPatchable
from pcloud_cli.sheets.messages import LENGTH_BYTES
from pcloud_cli.sheets.zip_look import Bounds, Refused

DATA = b"D"
SAID = b"J"
"""The first byte of a frame: a piece of the marked copy, or what is said of it (JSON)."""
_PIECE = 1 << 20


def main(order: str) -> None:
    """Mark the workbook on standard input as `order` (JSON: limits, where to read) says."""
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever a library prints is no part of the copy
    wanted = json.loads(order)
    limits = Limits(**wanted["limits"])
    confine(limits)
    gc.disable()
    try:
        with os.fdopen(wanted["order_fd"], "rb") as pipe:
            asked = marked_order.unpacked(pipe.read())
        password = None
        if wanted["password_fd"] is not None:
            with os.fdopen(wanted["password_fd"], "rb") as secret:
                password = secret.read().decode()
        with os.fdopen(os.dup(0), "rb") as stream:
            _mark(stream, asked, limits, password, out)
    except Refused as refused:
        _say(out, {"refused": [refused.code, refused.params]})
    except MemoryError:
        _say(out, {"refused": ["out_of_memory", {}]})
    except BrokenPipeError:
        os._exit(1)
    except Exception:
        _say(out, {"refused": ["reader_crashed", {}]})
    except BaseException:  # a panic in the parser is no Exception
        _say(out, {"refused": ["unreadable", {}]})
    os._exit(0)


def _mark(
    stream: IO[bytes], order: Order, limits: Limits, password: str | None, out: IO[bytes]
) -> None:
    data: Any = b""
    if os.fstat(stream.fileno()).st_size:
        data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    bounds = Bounds(limits.parts, limits.unpacked_bytes, limits.ratio)
    plain = encrypted.in_clear(data, password)
    if plain is not None:
        data, stream = plain, io.BytesIO(plain)
    try:
        book = open_workbook(stream, data, bounds)
    except Refused as refused:
        if refused.code != "unreadable":
            raise
        stream.seek(0)
        book = open_workbook(stream, data, bounds, second=True)
    kind = book.kind
    warnings: list[marked_workbook.Note] = [] if plain is None else [("unprotected", {})]
    notes: list[marked_workbook.Note] = []
    copy = io.BytesIO()
    if kind == "csv":
        marked, notes = marked_text.mark(bytes(data[0 : len(data)]), order)
        copy.write(marked)
    elif kind == "xlsx" and not order.only_bad:
        kind = "xlsm" if b"vbaProject.bin" in data[max(0, len(data) - _PIECE) : len(data)] else kind
        stream.seek(0)
        try:
            notes = marked_workbook.mark(stream, order, copy)
        except NotPatchable:
            kind, copy = "xlsx", io.BytesIO()
            notes = [("not_in_place", {}), *_values(book, order, copy)]
    else:
        notes = _values(book, order, copy)
        if kind != "xlsx":
            notes.insert(0, ("values", {"kind": kind}))
        kind = "xlsx"
    _say(out, {"kind": kind, "size": copy.tell(), "notes": [*warnings, *notes]})
    view = copy.getbuffer()
    for at in range(0, len(view), _PIECE):
        _send(out, DATA + view[at : at + _PIECE])
    _say(out, {"done": True})


def _values(book: Workbook, order: Order, copy: IO[bytes]) -> list[marked_workbook.Note]:
    plain, moved, notes = marked_values.plain_workbook(book, order)
    try:
        return [*notes, *marked_workbook.mark(plain, moved, copy)]
    except NotPatchable:
        raise Refused("unreadable") from None


def _say(out: IO[bytes], what: dict[str, Any]) -> None:
    _send(out, SAID + json.dumps(what, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _send(out: IO[bytes], frame: bytes) -> None:
    view = memoryview(len(frame).to_bytes(LENGTH_BYTES, "little") + frame)
    while view:
        view = view[out.write(view) :]
