"""What a file is, by its first bytes and never by its name: photos, videos, signed papers.

Nothing is decoded. Only the bytes that a format fixes are compared, at places that it fixes, within
the first `HEAD` bytes; a length that a file claims is never followed beyond them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

HEAD = 512
"""How many first bytes are looked at."""


class MediaKind(StrEnum):
    """What sort of thing is attached; each has its own limits."""

    PHOTO = "photo"
    VIDEO = "video"
    DOCUMENT = "document"


class Media(NamedTuple):
    """A format: its kind, its registered media type, and the ending a file of it is given."""

    kind: MediaKind
    type: str
    ending: str


JPEG = Media(MediaKind.PHOTO, "image/jpeg", ".jpg")
PNG = Media(MediaKind.PHOTO, "image/png", ".png")
GIF = Media(MediaKind.PHOTO, "image/gif", ".gif")
WEBP = Media(MediaKind.PHOTO, "image/webp", ".webp")
HEIC = Media(MediaKind.PHOTO, "image/heic", ".heic")
AVIF = Media(MediaKind.PHOTO, "image/avif", ".avif")
MP4 = Media(MediaKind.VIDEO, "video/mp4", ".mp4")
QUICKTIME = Media(MediaKind.VIDEO, "video/quicktime", ".mov")
THREE_GP = Media(MediaKind.VIDEO, "video/3gpp", ".3gp")
WEBM = Media(MediaKind.VIDEO, "video/webm", ".webm")
PDF = Media(MediaKind.DOCUMENT, "application/pdf", ".pdf")

KNOWN = (JPEG, PNG, HEIC, AVIF, WEBP, GIF, MP4, QUICKTIME, THREE_GP, WEBM, PDF)
"""All that can be attached."""

_BEGINNINGS = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"%PDF-1.", PDF),
    (b"%PDF-2.", PDF),
)
_PHOTO_BRANDS = {
    b"heic": HEIC,
    b"heix": HEIC,
    b"heim": HEIC,
    b"heis": HEIC,
    b"hevc": HEIC,
    b"hevx": HEIC,
    b"avif": AVIF,
    b"avis": AVIF,
}
_EITHER = (b"mif1", b"msf1", b"miaf")
"""Brands of image files that leave open which; another brand beside them says it."""
_VIDEO_BRANDS = (
    (b"qt  ", QUICKTIME),
    (b"3g", THREE_GP),
    *((start, MP4) for start in (b"iso", b"mp4", b"avc1", b"M4V", b"MSNV", b"dash", b"XAVC")),
)
_OLD_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_RIFF_FORMATS = (b"VP8 ", b"VP8L", b"VP8X")


def recognised(head: bytes) -> Media | None:
    """Return which format the first `HEAD` bytes of a file are of, None for one we do not take."""
    head = head[:HEAD]
    for beginning, media in _BEGINNINGS:
        if head.startswith(beginning):
            return media
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP" and head[12:16] in _RIFF_FORMATS:
        return WEBP
    if head[:4] == b"\x1a\x45\xdf\xa3":
        # EBML: element 0x4282 is the kind of document, here a text of four bytes
        return WEBM if b"\x42\x82\x84webm" in head[:64] else None
    if head[4:8] == b"ftyp":
        return _of_brands(head)
    # films from before brands; a length of half a gigabyte and more would be letters of a text
    if head[4:8] in _OLD_QUICKTIME and head[0] < ord(" "):
        return QUICKTIME
    return None


def _of_brands(head: bytes) -> Media | None:
    """Judge an ISO base media file (ISO/IEC 14496-12) by its major brand, then its other ones."""
    size = int.from_bytes(head[:4], "big")
    if size < 16 or size % 4:
        return None
    end = min(size, len(head))
    major = head[8:12]
    others = [head[at : at + 4] for at in range(16, end, 4)]
    if major in _PHOTO_BRANDS:
        return _PHOTO_BRANDS[major]
    if major in _EITHER:
        return next((_PHOTO_BRANDS[each] for each in others if each in _PHOTO_BRANDS), None)
    for start, media in _VIDEO_BRANDS:
        if major.startswith(start):
            return media
    return None
