"""One spelling of content, so that a hash or a MAC over it means one thing only."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

_TYPES = "a canonical field is text, bytes, a whole number or nothing"

Field = str | bytes | int | None


def canonical_json(content: Any) -> bytes:
    """Return `content` as JSON in one spelling: keys sorted, no spaces, UTF-8.

    Not-a-number and infinity raise ValueError; they have no JSON.
    """
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def pack(fields: Iterable[Field]) -> bytes:
    """Return `fields` as bytes that no other sequence of fields gives.

    Each field is its kind (``s`` text in UTF-8, ``b`` bytes, ``i`` whole number in decimal,
    ``n`` nothing), its length in bytes in decimal, a colon and its content.
    """
    parts = []
    for field in fields:
        if field is None:
            parts.append(b"n")
        elif type(field) is str:
            body = field.encode()
            parts.append(b"s%d:%b" % (len(body), body))
        elif type(field) is bytes:
            parts.append(b"b%d:%b" % (len(field), field))
        elif type(field) is int:
            body = b"%d" % field
            parts.append(b"i%d:%b" % (len(body), body))
        else:
            parts.append(_unusual(field))
    return b"".join(parts)


def _unusual(field: object) -> bytes:
    # subclasses: StrEnum codes, memoryview of a driver; a bool is refused, it has two spellings
    if isinstance(field, str):
        return pack((str.__str__(field),))
    if isinstance(field, (bytes, bytearray, memoryview)):
        return pack((bytes(field),))
    raise TypeError(_TYPES)
