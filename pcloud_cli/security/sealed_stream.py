"""A file encrypted as a stream: AES-256-GCM in chunks that can be neither cut, swapped nor flipped.

The STREAM construction: the nonce of a chunk is its number (11 bytes) and whether it is the last (1
byte), under a key that seals one file only. A chunk elsewhere, missing, or twice does not open; a
file that ends early has no last chunk. Chunks hold 64 KiB, so memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pcloud_cli.security.cipher import TAG

HEADER = b"PCF\x01"
CHUNK = 64 << 10
KEY = 32
_LAST, _MORE = b"\x01", b"\x00"


class Broken(Exception):
    """What is read is not what was written, or is sealed with another key."""


def sealed(key: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the encrypted stream of `pieces`, which may be of any size.

    `key` must never have sealed anything else: nonces count from 0 in every stream.
    """
    cipher = AESGCM(key)
    yield HEADER
    number, waiting = 0, bytearray()
    for piece in pieces:
        waiting += piece
        # a full chunk waits for the next byte: only then is it known not to be the last
        while len(waiting) > CHUNK:
            yield cipher.encrypt(_nonce(number, _MORE), bytes(waiting[:CHUNK]), HEADER)
            del waiting[:CHUNK]
            number += 1
    yield cipher.encrypt(_nonce(number, _LAST), bytes(waiting), HEADER)


def opened(key: bytes, read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Yield the content of an encrypted stream chunk by chunk, each proved before it is given.

    `read` gives at most so many bytes, b"" at the end. Raises Broken at the first chunk that is not
    what was written, and at the end where the last one is missing: whoever must not act on a part
    of a file waits for the end.
    """
    cipher = AESGCM(key)
    if _exactly(read, len(HEADER)) != HEADER:
        raise Broken
    body = _exactly(read, CHUNK + TAG)
    number = 0
    while True:
        after = _exactly(read, CHUNK + TAG) if len(body) == CHUNK + TAG else b""
        try:
            content = cipher.decrypt(_nonce(number, _MORE if after else _LAST), body, HEADER)
        except (InvalidTag, ValueError):
            raise Broken from None
        if not after:
            if number and not content:
                raise Broken  # one content has one form: an empty last chunk is never written
            yield content
            return
        yield content
        body, number = after, number + 1


def sealed_size(size: int) -> int:
    """Return how many bytes a file of `size` bytes takes once it is encrypted."""
    chunks = max(1, -(-size // CHUNK))
    return len(HEADER) + size + chunks * TAG


def _nonce(number: int, last: bytes) -> bytes:
    return number.to_bytes(11, "big") + last


def _exactly(read: Callable[[int], bytes], size: int) -> bytes:
    """Return `size` bytes, fewer only at the end: a pipe or a network gives what it has."""
    found = read(size)
    if len(found) in (0, size):
        return found
    parts = bytearray(found)
    while len(parts) < size and (more := read(size - len(parts))):
        parts += more
    return bytes(parts)
