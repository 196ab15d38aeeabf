"""Keyed MACs on the rows that give rights: password hash, grant, token, approval.

Whoever can write to the database but has no key cannot make such a row, nor change one.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Protocol

from pcloud_cli.errors import PcloudError
from pcloud_cli.security.canonical import Field, pack

SIZE = 2 + 32


class MacKeys(Protocol):
    """What a MAC needs of a key ring."""

    def mac_key(self, key_id: int | None = None) -> tuple[int, bytes]:
        """Return id and bytes of the MAC key named, or of the one in use."""


def row_mac(keys: MacKeys, purpose: str, fields: Sequence[Field]) -> bytes:
    """Return the 34-byte MAC of a row: 2 bytes of key id, then HMAC-SHA256.

    `purpose` names the kind of row, so that a MAC of one kind is none of another; `fields` are
    all the columns that give rights, in one fixed order, the row's id among them.
    """
    key_id, key = keys.mac_key()
    return key_id.to_bytes(2, "big") + _digest(key, purpose, fields)


def check_row_mac(keys: MacKeys, purpose: str, fields: Sequence[Field], mac: bytes | None) -> bool:
    """Return whether `mac` is the one that `row_mac` made over the same content."""
    if mac is None or len(mac) != SIZE:
        return False
    try:
        _key_id, key = keys.mac_key(int.from_bytes(mac[:2], "big"))
    except PcloudError:
        return False
    return hmac.compare_digest(_digest(key, purpose, fields), mac[2:])


def _digest(key: bytes, purpose: str, fields: Sequence[Field]) -> bytes:
    return hmac.digest(key, pack((purpose, *fields)), "sha256")
