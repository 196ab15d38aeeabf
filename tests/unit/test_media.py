"""What a file is, by its content: what phones and scanners make, and what pretends to be it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.vault.media import (
    AVIF,
    GIF,
    HEAD,
    HEIC,
    JPEG,
    KNOWN,
    MP4,
    PDF,
    PNG,
    QUICKTIME,
    THREE_GP,
    WEBM,
    WEBP,
    Media,
    recognised,
)


def _brands(major: bytes, *others: bytes) -> bytes:
    body = b"ftyp" + major + b"\0\0\0\0" + b"".join(others)
    return (len(body) + 4).to_bytes(4, "big") + body + b"\0\0\0\x08moov"


SAMPLES: list[tuple[str, bytes, Media]] = [
    ("camera, Exif", b"\xff\xd8\xff\xe1\x1c\x45Exif\0\0II*\0", JPEG),
    ("chat, JFIF", b"\xff\xd8\xff\xe0\0\x10JFIF\0", JPEG),
    ("stripped", b"\xff\xd8\xff\xdb\0\x43", JPEG),
    ("screenshot", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x04\x38", PNG),
    ("moving picture", b"GIF89a\x10\0", GIF),
    ("old picture", b"GIF87a\x10\0", GIF),
    ("web, lossy", b"RIFF\x24\0\0\0WEBPVP8 ", WEBP),
    ("web, extended", b"RIFF\x24\0\0\0WEBPVP8X", WEBP),
    ("iPhone photo", _brands(b"heic", b"mif1", b"MiHB", b"heic"), HEIC),
    ("iPhone photo, brand left open", _brands(b"mif1", b"mif1", b"heic"), HEIC),
    ("Android photo", _brands(b"mif1", b"avif", b"miaf"), AVIF),
    ("burst", _brands(b"hevc", b"msf1"), HEIC),
    ("Android film", _brands(b"isom", b"isom", b"iso2", b"avc1", b"mp41"), MP4),
    ("film for chat", _brands(b"mp42", b"isom", b"mp42"), MP4),
    ("fragmented film", _brands(b"iso5", b"dash"), MP4),
    ("Apple film", _brands(b"M4V ", b"M4V ", b"mp42"), MP4),
    ("iPhone film", _brands(b"qt  ", b"qt  "), QUICKTIME),
    ("film without brands", b"\0\0\0\x08wide\0\x10\0\0mdat", QUICKTIME),
    ("long film without brands", b"\0\0\0\x01mdat\0\0\0\0\x10\0\0\0", QUICKTIME),
    ("old phone", _brands(b"3gp4", b"isom", b"3gp4"), THREE_GP),
    ("old phone, CDMA", _brands(b"3g2a", b"3g2a"), THREE_GP),
    ("browser", b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\x82\x84webm", WEBM),
    ("signed paper", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", PDF),
    ("new paper", b"%PDF-2.0\n", PDF),
]

OTHERS = {
    "program": b"MZ\x90\0\x03\0\0\0",
    "Linux program": b"\x7fELF\x02\x01\x01\0",
    "script": b"#!/bin/sh\nrm -rf /\n",
    "page": b"<!DOCTYPE html><script>",
    "drawing with script": b'<svg xmlns="http://www.w3.org/2000/svg">',
    "archive": b"PK\x03\x04\x14\0",
    "workbook of old": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "sound": b"ID3\x04\0\0",
    "sound in a RIFF": b"RIFF\x24\0\0\0WAVEfmt ",
    "sound in a box": _brands(b"M4A ", b"M4A ", b"mp42"),
    "image of an unknown codec": _brands(b"mif1", b"mif1"),
    "Matroska": b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska",
    "bitmap": b"BM\x36\0\0\0",
    "TIFF": b"II*\0\x08\0\0\0",
    "text": b"The free text of a person",
    "text of a film": b"All mdat is said here",
    "half a PNG": b"\x89PNG\r\n\x1a\n",
    "PDF further down": b"\n%PDF-1.7",
    "box that lies about its length": b"\0\0\0\x09ftypisom",
    "nothing": b"",
}


@pytest.mark.parametrize(("what", "head", "media"), SAMPLES, ids=[each[0] for each in SAMPLES])
def test_what_phones_and_scanners_make_is_known(what: str, head: bytes, media: Media) -> None:
    assert recognised(head) == media
    assert recognised(head + bytes(10_000)) == media


@pytest.mark.parametrize("what", OTHERS)
def test_what_is_something_else_is_none(what: str) -> None:
    assert recognised(OTHERS[what]) is None


def test_every_format_has_an_example() -> None:
    assert {media for _what, _head, media in SAMPLES} == set(KNOWN)


@given(st.binary(max_size=2 * HEAD))
def test_any_bytes_are_judged_by_their_first_ones_alone(head: bytes) -> None:
    assert recognised(head) == recognised(head[:HEAD])


@given(st.sampled_from(SAMPLES), st.integers(0, 40), st.binary(max_size=60))
def test_a_box_of_any_length_is_looked_at_within_bounds(
    sample: tuple[str, bytes, Media], at: int, more: bytes
) -> None:
    found = recognised(sample[1][:at] + more + sample[1][at:])
    assert found is None or found in KNOWN
