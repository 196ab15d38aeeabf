"""What a workbook carries beside its cells, and what is not taken from it: macros, links.

Neither is ever run or followed; that they are there is said. Runs in the reading child only.
"""

from __future__ import annotations

from collections.abc import Iterable

from pcloud_cli.sheets.broken_cells import records, workbook_stream
from pcloud_cli.sheets.zip_look import Bytes, Part

_VBA = "_VBA_PROJECT".encode("utf-16-le")
_SUPBOOK = 0x1AE
_INTERNAL = (b"\x01\x04", b"\x01\x3a")  # the workbook itself, and add-in functions
_LINKS = ("externallinks/", "connections.xml", "connections.bin", "querytables/")
_MACROS = ("vbaproject.bin", "macrosheets/", "basic/", "scripts/")


def of_parts(entries: Iterable[Part]) -> tuple[str, ...]:
    """Return the notes that a zip container gives rise to: ``macros``, ``external_links``."""
    names = [part.name.lower() for part in entries if part.unpacked]
    notes = []
    if any(sign in name for name in names for sign in _MACROS):
        notes.append("macros")
    if any(sign in name for name in names for sign in _LINKS):
        notes.append("external_links")
    return tuple(notes)


def of_xls(data: Bytes) -> tuple[str, ...]:
    """Return the notes that an .xls gives rise to (MS-XLS 2.4.271 SupBook for links)."""
    notes = ["macros"] if data.find(_VBA) >= 0 else []
    stream = workbook_stream(data)
    for kind, at, length in records(stream, 0):
        if kind == _SUPBOOK and length >= 4 and stream[at + 2 : at + 4] not in _INTERNAL:
            notes.append("external_links")
            break
    return tuple(notes)
