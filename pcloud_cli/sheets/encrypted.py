"""Workbooks under a password: opened in memory, in the reading child only (3.1.1).

OOXML agile and standard encryption, RC4 and XOR of .xls (MS-OFFCRYPTO); nothing is written to a
disk. Some programs encrypt with a password that everybody knows, only to mark a workbook as
protected; that one is tried too, as spreadsheet programs do.
"""

from __future__ import annotations

import io
from typing import IO, Any

from pcloud_cli.sheets.zip_look import Bytes, Refused

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What a compound file begins with, and so every encrypted workbook."""
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_KNOWN_TO_ALL = "VelvetSweatshop"
_BIFF_STARTS = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
_FILEPASS = 0x2F
_BOUNDSHEET = 0x85
# BOF, FilePass, UsrExcl, FileLock, InterfaceHdr, RRDInfo, RRDHead
_NEVER_ENCRYPTED = frozenset({0x809, _FILEPASS, 0x194, 0x195, 0xE1, 0x196, 0x138})


def holds_package(data: Bytes) -> bool:
    """Return whether a compound file holds an encrypted OOXML workbook."""
    return data.find(_ENCRYPTED_PACKAGE) >= 0


def is_encrypted_xls(data: Bytes) -> bool:
    """Return whether a workbook stream in this compound file begins with a FILEPASS record."""
    size = len(data)
    for sector in range(512, min(size, 8 << 20), 64):
        at = sector
        if bytes(data[at : at + 2]) not in _BIFF_STARTS:
            continue
        for _ in range(24):
            head = bytes(data[at : at + 4])
            if len(head) < 4:
                break
            record, length = int.from_bytes(head[:2], "little"), int.from_bytes(head[2:], "little")
            if record == _FILEPASS:
                return True
            if length > 8224:
                break
            at += 4 + length
    return False


def in_clear(data: Bytes, password: str | None) -> bytes | None:
    """Return the bytes of the workbook that `data` holds encrypted; None where it is in clear.

    Raises Refused as `opened` does.
    """
    if not data[0:8].startswith(COMPOUND):
        return None
    return opened(data, password) if holds_package(data) or is_encrypted_xls(data) else None


def opened(data: Bytes, password: str | None) -> bytes:
    """Return the bytes of the workbook that the compound file `data` holds encrypted.

    Raises Refused: ``encrypted`` (a password is needed), ``wrong_password``,
    ``unknown_encryption``, ``unreadable`` (the container is damaged).
    """
    for key in (password, _KNOWN_TO_ALL):
        if not key:
            continue
        try:
            plain = _decrypted(io.BytesIO(bytes(data[0 : len(data)])), key)
        except Refused as refused:
            if refused.code == "unreadable" and not password:
                break  # that it is protected is what its sender can do something about
            raise
        if plain is not None:
            return plain
    raise Refused("wrong_password" if password else "encrypted")


def _decrypted(stream: IO[bytes], password: str) -> bytes | None:
    """Return the workbook, or None where `password` is not its password."""
    from msoffcrypto import OfficeFile
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

    try:
        office = OfficeFile(stream)
        if office.format == "ooxml":
            return _package(office, password)
        if office.format == "xls97":
            return _legacy(office, password)
    except InvalidKeyError:
        return None
    except (DecryptionError, FileFormatError):
        raise Refused("unknown_encryption") from None
    except (OSError, ValueError, LookupError, AssertionError, AttributeError, EOFError):
        raise Refused("unreadable") from None  # a damaged container shows itself in many ways
    except Exception as error:
        if type(error).__module__.startswith(("msoffcrypto", "xml", "struct", "olefile")):
            raise Refused("unreadable") from None
        raise
    raise Refused("unknown_encryption")


def _package(office: Any, password: str) -> bytes:
    plain = io.BytesIO()
    office.load_key(password=password, verify_password=True)
    office.decrypt(plain)
    return plain.getvalue()


def _legacy(office: Any, password: str) -> bytes:
    """Return an .xls with its workbook stream in clear, record by record (MS-XLS 2.2.10)."""
    office.load_key(password=password)
    office.data.workbook.seek(0)
    stream: bytes = office.data.workbook.read()
    plain = _plain_parts(stream)
    clear = bytearray(_ciphered(office, stream, plain))
    for start, end, _record_end in plain:
        clear[start:end] = stream[start:end]
        if int.from_bytes(stream[start : start + 2], "little") == _FILEPASS:
            clear[start : start + 2] = b"\x00\x00"
    whole = io.BytesIO()
    office.file.seek(0)
    whole.write(office.file.read())
    from olefile import OleFileIO

    OleFileIO(whole, write_mode=True).write_stream("Workbook", bytes(clear))
    return whole.getvalue()


def _plain_parts(stream: bytes) -> list[tuple[int, int, int]]:
    """Return for each record where it begins, how far it is not encrypted, and where it ends."""
    found: list[tuple[int, int, int]] = []
    at, size = 0, len(stream)
    while at + 4 <= size:
        record = int.from_bytes(stream[at : at + 2], "little")
        end = min(at + 4 + int.from_bytes(stream[at + 2 : at + 4], "little"), size)
        head = end if record in _NEVER_ENCRYPTED else at + (8 if record == _BOUNDSHEET else 4)
        found.append((at, min(head, end), end))
        at = end
    if at < size:
        found.append((at, size, size))
    return found


def _ciphered(office: Any, stream: bytes, plain: list[tuple[int, int, int]]) -> bytes:
    """Return the stream run through the cipher; what lies in `plain` comes out as nonsense."""
    from msoffcrypto.method.rc4 import DocumentRC4
    from msoffcrypto.method.rc4_cryptoapi import DocumentRC4CryptoAPI
    from msoffcrypto.method.xor_obfuscation import DocumentXOR

    given = io.BytesIO(stream)
    if office.type == "rc4":
        return bytes(DocumentRC4.decrypt(office.key, office.salt, given, blocksize=1024).read())
    if office.type == "rc4_cryptoapi":
        keys = (office.key, office.salt, office.keySize)
        return bytes(DocumentRC4CryptoAPI.decrypt(*keys, given, blocksize=1024).read())
    marks = [-1] * len(stream)  # what the library wants: -1 is obfuscated, -2 so in a BoundSheet
    for start, end, record_end in plain:
        marks[start:end] = stream[start:end]
        if int.from_bytes(stream[start : start + 2], "little") == _BOUNDSHEET:
            marks[end:record_end] = [-2] * (record_end - end)
    return bytes(DocumentXOR.decrypt(office.key, given, marks, [], 10).read())
