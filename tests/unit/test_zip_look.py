"""A look at the container refuses bombs and lies before anything is unpacked."""

from __future__ import annotations

import contextlib
import io
import zipfile

import pytest

from pcloud_cli.sheets.zip_look import Bounds, Refused, chunks, column, head, look, parts

SMALL = Bounds(parts=8, unpacked=64 << 20, ratio=100)


def container(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def refused(data: bytes, bounds: Bounds = SMALL) -> str:
    with pytest.raises(Refused) as caught:
        look(data, parts(data, bounds), bounds)
    return caught.value.code


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_an_ordinary_container_passes_and_shows_its_parts(method: int) -> None:
    text = b"<worksheet>" + bytes(range(65, 91)) * 1000
    data = container({"xl/workbook.xml": b"<workbook/>", "表.xml": text}, method)
    found = parts(data, SMALL)
    look(data, found, SMALL)
    assert [part.name for part in found] == ["xl/workbook.xml", "表.xml"]
    assert head(data, found[1], 11) == b"<worksheet>"
    assert b"".join(chunks(data, found[1], 100)) == text


def test_a_bomb_is_told_by_its_ratio() -> None:
    assert refused(container({"xl/worksheets/sheet1.xml": b"0" * (8 << 20)})) == "zip_bomb"


def test_too_much_in_all_is_refused() -> None:
    files = {f"{n}.bin": bytes(range(256)) * 40_000 for n in range(7)}
    assert refused(container(files), SMALL._replace(ratio=10_000)) == "too_large_unpacked"


def test_too_many_parts_are_refused() -> None:
    assert refused(container({f"{n}": b"" for n in range(9)})) == "too_many_parts"


def test_a_shared_string_count_beyond_the_parts_size_is_a_lie() -> None:
    lie = b'<?xml version="1.0"?><sst xmlns="x" count="1" uniqueCount="4000000000"><si/></sst>'
    assert refused(container({"xl/sharedStrings.xml": lie})) == "lying_count"
    truth = lie.replace(b"4000000000", b"1")
    data = container({"xl/sharedStrings.xml": truth})
    look(data, parts(data, SMALL), SMALL)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "declaration",
    ['<!DOCTYPE a [<!ENTITY b "c">]>', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'],
)
def test_a_part_that_declares_entities_is_refused(declaration: str, encoding: str) -> None:
    part = f"{declaration}<sst>&b;</sst>".encode(encoding)
    assert refused(container({"xl/sharedStrings.xml": part})) == "entities"


def test_a_plain_document_type_is_no_entity() -> None:
    old = b'<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD" "Manifest.dtd"><m/>'
    data = container({"META-INF/manifest.xml": old})
    look(data, parts(data, SMALL), SMALL)


def test_a_cut_container_is_refused() -> None:
    data = container({"xl/workbook.xml": b"<workbook/>" * 50})
    assert refused(data[: len(data) - 40]) == "truncated"


@pytest.mark.parametrize("place", [0, 10, 20, 30, 42])
def test_a_damaged_directory_never_escapes_as_something_else(place: int) -> None:
    data = bytearray(container({"xl/workbook.xml": b"<workbook/>" * 50}))
    start = data.rfind(b"PK\x01\x02")
    data[start + place] ^= 0xFF
    with contextlib.suppress(Refused):
        found = parts(bytes(data), SMALL)
        look(bytes(data), found, SMALL)
        for part in found:
            assert isinstance(head(bytes(data), part), bytes)


def test_columns_are_counted_as_spreadsheets_do() -> None:
    assert [column(name) for name in ("A", "Z", b"AA", "XFD")] == [1, 26, 27, 16384]
