"""The name of a stored file: a keyed hash of its content, so that a name tells nobody what it is.

Without the key nobody can ask a store whether it holds a file that they have. The last bytes prove
that the name is one of ours, without looking into the file or the database.
"""

from __future__ import annotations

import hashlib
import hmac

_HASH, _PROOF = 24, 8
_ID = 2
SIZE = _ID + _HASH + _PROOF


class ContentAddress:
    """Names contents with one data key."""

    def __init__(self, key_id: int, key: bytes) -> None:
        self.key_id = key_id
        self._named = key_id.to_bytes(_ID, "big")
        self._key = key

    def of(self, sha256: bytes) -> bytes:
        """Return the name of the content with that SHA-256: 34 bytes, the key's id first."""
        body = self._named + self._digest(b"content", sha256, _HASH)
        return body + self._digest(b"proof", body, _PROOF)

    def made(self, name: bytes) -> bool:
        """Return whether `name` was made with this key."""
        body, proof = name[:-_PROOF], name[-_PROOF:]
        return (
            len(name) == SIZE
            and body.startswith(self._named)
            and hmac.compare_digest(self._digest(b"proof", body, _PROOF), proof)
        )

    def _digest(self, purpose: bytes, content: bytes, size: int) -> bytes:
        keyed = hashlib.blake2b(
            content, key=self._key, digest_size=size, person=b"pcloud " + purpose
        )
        return keyed.digest()
