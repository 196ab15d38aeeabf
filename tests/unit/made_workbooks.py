"""Workbooks made byte by byte, as no library would make them: hostile, broken, old, encrypted."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from hashlib import md5, sha1
from pathlib import Path
from typing import Any

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msoffcrypto.method.container.ecma376_encrypted import ECMA376Encrypted
from msoffcrypto.method.ecma376_standard import ECMA376Standard
from msoffcrypto.method.rc4 import _makekey as rc4_key
from xlsxwriter import Workbook

HEADER = ["楼栋", "单元", "房号", "业主姓名", "交付日期"]
ROWS: list[list[Any]] = [["1", "1", "101", "张三", "2024-05-06"], ["1", "1", "102", "李四", ""]]

Change = Callable[[str, bytes], bytes]


def xlsx(path: Path, rows: Sequence[Sequence[Any]] = ROWS, sheet: str = "名单") -> Path:
    """Write a register with `rows` below the usual header."""
    book = Workbook(path)
    page = book.add_worksheet(sheet)
    for number, row in enumerate((HEADER, *rows)):
        page.write_row(number, 0, row)
    book.close()
    return path


def changed(path: Path, change: Change, more: dict[str, bytes] | None = None) -> Path:
    """Run every part of a zip through `change` (name, bytes → bytes) and add the parts `more`."""
    stream = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(item.filename, change(item.filename, old.read(item)))
        for name, data in (more or {}).items():
            new.writestr(name, data)
    path.write_bytes(stream.getvalue())
    return path


def with_cell(path: Path, place: str, cell: str) -> Path:
    """Put the markup `cell` where the cell at `place` stands in the first sheet."""
    old = re.compile(rb'<c r="%s"[^>]*?(?:/>|>.*?</c>)' % place.encode())

    def change(name: str, data: bytes) -> bytes:
        if not name.endswith("worksheets/sheet1.xml"):
            return data
        assert old.search(data), place
        return old.sub(cell.encode(), data, count=1)

    return changed(path, change)


# -- .xls -----------------------------------------------------------------------------------------


def record(kind: int, body: bytes) -> bytes:
    """Return a record of an .xls."""
    return struct.pack("<HH", kind, len(body)) + body


def label(row: int, column: int, text: str) -> bytes:
    """Return a cell of text."""
    data = struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le")
    return record(0x204, data)


def xls(rows: Sequence[Sequence[str]], more: bytes = b"", before: bytes = b"") -> bytes:
    """Return an .xls of one sheet with `rows` of text and the records `more`; `before` stand
    first in its globals."""
    begin = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0x7CC, 0, 6))
    name = "名单"
    bound = record(0x85, struct.pack("<IBBBB", 0, 0, 0, len(name), 1) + name.encode("utf-16-le"))
    at = len(begin) + len(before) + len(bound) + 4
    bound = bound[:4] + struct.pack("<I", at) + bound[8:]
    cells = b"".join(
        label(y, x, text) for y, row in enumerate(rows) for x, text in enumerate(row) if text
    )
    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0x7CC, 0, 6))
    dimension = record(0x200, struct.pack("<IIHHH", 0, len(rows) + 50, 0, 20, 0))
    end = record(0x0A, b"")
    stream = begin + before + bound + end + sheet + dimension + cells + more + end
    return compound({"Workbook": stream + bytes(max(0, 4096 - len(stream)))})


def compound(streams: dict[str, bytes]) -> bytes:
    """Return a compound file (MS-CFB, sectors of 512 bytes) whose streams are all 4 KB or more."""
    sector, end, free, fat_mark = 512, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    chains: list[tuple[str, int, bytes]] = []
    fat: list[int] = []
    data = b""
    for name, body in streams.items():
        count = -(-len(body) // sector)
        chains.append((name, len(fat), body))
        fat += [*range(len(fat) + 1, len(fat) + count), end]
        data += body.ljust(count * sector, b"\0")
    directory = len(fat)
    fat.append(end)
    fat_sector = len(fat)
    fat.append(fat_mark)
    assert len(fat) <= sector // 4
    entry = "<64sHBBIII16sIQQIQ"

    def named(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        raw = name.encode("utf-16-le") + b"\0\0"
        return struct.pack(
            entry, raw, len(raw), kind, 1, free, free, child, b"", 0, 0, 0, start, size
        )

    (name, start, body), *_rest = chains
    tree = named("Root Entry", 5, 1, end, 0) + named(name, 2, free, start, len(body))
    tree = tree.ljust(sector, b"\0")
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6,
        b"", 0, 1, directory, 0, 4096, end, 0, end, 0, fat_sector,
    ).ljust(sector, b"\xff")  # fmt: skip
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(sector, b"\xff")
    return header + data + tree + table


def rc4_encrypted(plain: bytes, password: str) -> bytes:
    """Return the .xls `plain`, whose globals begin with an empty FilePass, encrypted by RC4."""
    salt, verifier = bytes(range(16)), bytes(range(100, 116))
    at = 512
    stream = bytearray(plain[at : at + 4096])
    first = Cipher(ARC4(rc4_key(password, salt, 0)), mode=None).encryptor()
    proof = first.update(verifier) + first.update(md5(verifier).digest())
    masked = b"".join(
        Cipher(ARC4(rc4_key(password, salt, block)), mode=None)
        .encryptor()
        .update(bytes(stream[block * 1024 : block * 1024 + 1024]))
        for block in range(4)
    )
    place = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        start, stop = place + 4, place + 4 + length
        if kind == 0x2F:
            stream[start:stop] = struct.pack("<HHH", 1, 1, 1) + salt + proof
        elif kind == 0x85:
            stream[start + 4 : stop] = masked[start + 4 : stop]
        elif kind != 0x809:
            stream[start:stop] = masked[start:stop]
        if kind == 0 and length == 0:
            break
        place = stop
    return plain[:at] + bytes(stream) + plain[at + 4096 :]


FILEPASS = record(0x2F, bytes(54))
"""Where `rc4_encrypted` puts what proves the password."""


# -- encrypted .xlsx ------------------------------------------------------------------------------


def agile(path: Path, password: str) -> Path:
    """Encrypt a workbook as today's programs do."""
    from msoffcrypto.format.ooxml import OOXMLFile

    out = io.BytesIO()
    OOXMLFile(io.BytesIO(path.read_bytes())).encrypt(password, out)
    path.write_bytes(out.getvalue())
    return path


def standard(path: Path, password: str) -> Path:
    """Encrypt a workbook as Excel 2007 did (MS-OFFCRYPTO 2.3.4.5)."""
    plain = path.read_bytes()
    salt, verifier = bytes(range(16)), bytes(range(50, 66))
    algorithm, hashing, provider, bits = 0x660E, 0x8004, 0x18, 128
    key = ECMA376Standard.makekey_from_password(
        password, algorithm, hashing, provider, bits, len(salt), salt
    )
    aes = Cipher(algorithms.AES(key), modes.ECB())

    def sealed(data: bytes) -> bytes:
        return aes.encryptor().update(data + bytes(-len(data) % 16))

    name = "Microsoft Enhanced RSA and AES Cryptographic Provider\0".encode("utf-16-le")
    header = struct.pack("<8I", 0x24, 0, algorithm, hashing, bits, provider, 0, 0) + name
    proof = struct.pack("<I", 16) + salt + sealed(verifier)
    proof += struct.pack("<I", 20) + sealed(sha1(verifier).digest())
    info = struct.pack("<HHII", 4, 2, 0x24, len(header)) + header + proof
    out = io.BytesIO()
    package = struct.pack("<Q", len(plain)) + sealed(plain)
    ECMA376Encrypted(package.ljust(4097, b"\0"), info).write_to(out)
    path.write_bytes(out.getvalue())
    return path
