"""The arithmetic of the audit trail: keyed chain of events, Merkle roots of many rows."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from pcloud_cli.security.canonical import Field, canonical_json, pack

__all__ = ["GENESIS", "MerkleBuilder", "canonical_json", "event_hash", "merkle_root"]

GENESIS = bytes(32)
"""What the first event of an installation names as the hash before it."""

_LEAF = b"\x00"
_NODE = b"\x01"


def event_hash(key: bytes, prev_hash: bytes, fields: tuple[Field, ...]) -> bytes:
    """Return the 32-byte keyed hash of one event over its predecessor's hash and its content.

    HMAC-SHA256 over the canonical packing of `prev_hash` and `fields`: changing, swapping or
    leaving out any of them gives another hash, and nobody without `key` can make one.
    """
    return hmac.digest(key, b"%b%b" % (pack((prev_hash,)), pack(fields)), "sha256")


class MerkleBuilder:
    """Computes the Merkle root (RFC 6962, 2.1) of leaves that come one by one.

    Keeps one hash a level, so a million leaves need no list.
    """

    def __init__(self) -> None:
        self._stack: list[tuple[int, bytes]] = []
        self.count = 0

    def add(self, leaf: bytes) -> None:
        """Append one leaf: any bytes, usually the digest of a row."""
        sha256 = hashlib.sha256
        height, node = 0, sha256(_LEAF + leaf).digest()
        stack = self._stack
        while stack and stack[-1][0] == height:
            node = sha256(_NODE + stack.pop()[1] + node).digest()
            height += 1
        stack.append((height, node))
        self.count += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Append `leaves` in their order."""
        for leaf in leaves:
            self.add(leaf)

    def root(self) -> bytes:
        """Return the 32-byte root of what was added so far; more may follow."""
        if not self._stack:
            return hashlib.sha256().digest()
        node = self._stack[-1][1]
        for _height, left in reversed(self._stack[:-1]):
            node = hashlib.sha256(_NODE + left + node).digest()
        return node


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """Return the 32-byte Merkle root (RFC 6962, 2.1) of `leaves`; of none, SHA-256 of nothing."""
    builder = MerkleBuilder()
    builder.extend(leaves)
    return builder.root()
