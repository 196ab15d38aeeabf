"""Fields encrypted at rest (3.1.2): AES-256-GCM, bound to the table, column and row they are in.

A sealed field is one byte of format version, two bytes of key id, twelve of nonce, then the
ciphertext with its tag of sixteen. Table, column and row id are associated data: a sealed field
copied to another place does not open there.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pcloud_cli.errors import Failed
from pcloud_cli.i18n import _

FORMAT = 1
HEADER = 3
NONCE = 12
TAG = 16
OVERHEAD = HEADER + NONCE + TAG

_BLOCK = 512
_pools: weakref.WeakSet[NoncePool] = weakref.WeakSet()


class NoncePool:
    """Random nonces of 96 bits, drawn in blocks: one call to the system a field is too dear.

    No nonce is given twice: each leaves the pool as it is handed out (`list.pop`, whole even
    between threads), and a forked child starts with an empty pool.
    """

    def __init__(self, random: Callable[[int], bytes] = os.urandom) -> None:
        self._random = random
        self.ready: list[bytes] = []
        _pools.add(self)

    def fill(self) -> bytes:
        """Draw another block into `ready` and return one nonce more."""
        block = self._random(NONCE * (_BLOCK + 1))
        nonces = [block[at : at + NONCE] for at in range(0, len(block), NONCE)]
        last = nonces.pop()
        self.ready.extend(nonces)
        return last

    def take(self, count: int) -> list[bytes]:
        """Return `count` nonces, drawn at once."""
        block = self._random(NONCE * count)
        return [block[at : at + NONCE] for at in range(0, len(block), NONCE)]


def _forget_after_fork() -> None:
    for pool in list(_pools):
        pool.ready.clear()


os.register_at_fork(after_in_child=_forget_after_fork)


class FieldCipher:
    """Seals and opens fields with one data key. Build it once: that costs more than a field."""

    def __init__(
        self, key_id: int, key: bytes, random: Callable[[int], bytes] = os.urandom
    ) -> None:
        self.key_id = key_id
        self._header = bytes((FORMAT,)) + key_id.to_bytes(2, "big")
        self._aead = AESGCM(key)
        self._pool = NoncePool(random)

    def sealer(self, table: str, column: str) -> Callable[[bytes, str], bytes]:
        """Return `seal(row_id, text)` for one column, with all that is fixed made beforehand."""
        prefix = _place(table, column)
        header = self._header
        encrypt = self._aead.encrypt
        pop = self._pool.ready.pop
        fill = self._pool.fill

        def seal(row_id: bytes, text: str) -> bytes:
            try:
                nonce = pop()
            except IndexError:
                nonce = fill()
            return header + nonce + encrypt(nonce, text.encode(), prefix + row_id)

        return seal

    def column_sealer(
        self, table: str, column: str
    ) -> Callable[[Sequence[bytes | None], Sequence[str | None]], list[bytes | None]]:
        """Return `seal(row_ids, texts)` for many rows of one column, a call less a field.

        Where a row has no id, or no text, it gives None.
        """
        prefix = _place(table, column)
        header = self._header
        encrypt = self._aead.encrypt
        pool = self._pool

        def seal(
            row_ids: Sequence[bytes | None], texts: Sequence[str | None]
        ) -> list[bytes | None]:
            nonces = pool.take(len(texts))
            return [
                header + nonce + encrypt(nonce, text.encode(), prefix + row_id)
                if text and row_id is not None
                else None
                for nonce, row_id, text in zip(nonces, row_ids, texts, strict=True)
            ]

        return seal

    def seal(self, table: str, column: str, row_id: bytes, text: str) -> bytes:
        """Return `text` sealed for `column` of the row `row_id` in `table`."""
        return self.sealer(table, column)(row_id, text)

    def open(self, table: str, column: str, row_id: bytes, blob: bytes) -> str:
        """Return the text sealed in `blob`.

        Raises Failed where it was sealed for another place or key, or was changed.
        """
        if len(blob) >= OVERHEAD and blob[:HEADER] == self._header:
            nonce, body = blob[HEADER : HEADER + NONCE], blob[HEADER + NONCE :]
            try:
                return self._aead.decrypt(nonce, body, _place(table, column) + row_id).decode()
            except InvalidTag:
                pass
        raise Failed(
            _("An encrypted field of {table}.{column} does not open.").format(
                table=table, column=column
            ),
            hint=_(
                "It was changed outside the program, or belongs to another key."
                " Run `pcloud audit verify` and `pcloud key status`."
            ),
            code="sealed",
        )


def key_id_of(blob: bytes) -> int:
    """Return the id of the data key that a sealed field names; 0 where it is none of ours."""
    if len(blob) < OVERHEAD or blob[0] != FORMAT:
        return 0
    return int.from_bytes(blob[1:HEADER], "big")


def _place(table: str, column: str) -> bytes:
    return f"{table}.{column}\0".encode()
