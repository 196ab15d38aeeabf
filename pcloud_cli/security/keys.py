"""The key ring: data keys that the master key wraps, each for one purpose, each with its id.

Data keys lie in the database, wrapped; the master key lies elsewhere. Rotating means a new row:
what is new uses it, what is old still names the key it was made with.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pcloud_cli.errors import ConfigProblem, Failed, UsageProblem
from pcloud_cli.i18n import _
from pcloud_cli.security.blind_index import BlindIndex
from pcloud_cli.security.cipher import FieldCipher, key_id_of
from pcloud_cli.security.content_address import ContentAddress
from pcloud_cli.security.master_key import (
    FoundKey,
    find_master_key,
    key_text,
    new_master_key,
    parse_key_text,
    read_key_file,
    write_key_file,
)
from pcloud_cli.security.signing import Signer

__all__ = [
    "ACTIVE",
    "PURPOSES",
    "RETIRED",
    "FoundKey",
    "KeyRing",
    "KeyRow",
    "find_master_key",
    "key_text",
    "new_master_key",
    "parse_key_text",
    "read_key_file",
    "write_key_file",
]

PURPOSES = ("field", "index", "trail", "mac", "sign", "file")
ACTIVE = "active"
RETIRED = "retired"
_SIZE = 32
_NONCE = 12
_MOST = 0xFFFF  # two bytes of key id in every ciphertext, index and MAC


class KeyRow(NamedTuple):
    """One data key as it is stored: `wrapped` is the nonce and the key sealed by the master key."""

    id: int
    purpose: str
    wrapped: bytes
    state: str = ACTIVE
    created_at: datetime | None = None


class KeyRing:
    """Gives the data keys by purpose and id, unwrapping each when it is first asked for."""

    def __init__(
        self,
        master: bytes,
        rows: Iterable[KeyRow | tuple[int, str, bytes, str]],
        *,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._master = AESGCM(master)
        self._random = random
        self._rows = {row[0]: KeyRow(row[0], row[1], bytes(row[2]), row[3]) for row in rows}
        self._keys: dict[int, bytes] = {}
        self._ciphers: dict[int, FieldCipher] = {}
        self._indexes: dict[int, BlindIndex] = {}

    def __repr__(self) -> str:
        return f"<KeyRing of {len(self._rows)} keys>"

    @classmethod
    def create(
        cls, master: bytes, random: Callable[[int], bytes], now: datetime | None = None
    ) -> list[KeyRow]:
        """Return the first rows of an installation, one active key a purpose, ids from 1."""
        ring = cls(master, (), random=random)
        return [ring._wrap(at, purpose, now) for at, purpose in enumerate(PURPOSES, start=1)]

    def rows(self) -> list[KeyRow]:
        """Return the rows of all keys, wrapped as they are."""
        return list(self._rows.values())

    def refresh(self, rows: Iterable[KeyRow | tuple[int, str, bytes, str]]) -> None:
        """Take `rows` for those that the database holds now; keys that stayed stay unwrapped."""
        fresh = {row[0]: KeyRow(row[0], row[1], bytes(row[2]), row[3]) for row in rows}
        for key_id, row in self._rows.items():
            if key_id not in fresh or fresh[key_id].wrapped != row.wrapped:
                for kept in (self._keys, self._ciphers, self._indexes):
                    kept.pop(key_id, None)
        self._rows = fresh

    def rewrapped(self, master: bytes) -> list[KeyRow]:
        """Return every row, its key wrapped by the master key `master` instead.

        Raises ConfigProblem where a key does not open with the master key of this ring.
        """
        ring = KeyRing(master, (), random=self._random)
        found = []
        for row in self._rows.values():
            nonce = self._random(_NONCE)
            place = _place(row.purpose, row.id)
            body = ring._master.encrypt(nonce, self._key(row.id), place)
            found.append(row._replace(wrapped=nonce + body))
        return found

    def next_row(self, purpose: str, now: datetime | None = None) -> KeyRow:
        """Return a new key for `purpose`, wrapped, with the next id. Storing it is the caller's."""
        if purpose not in PURPOSES:
            raise UsageProblem(
                _("{purpose} is no purpose of a key.").format(purpose=purpose),
                hint=_("It must be one of: {choices}.").format(choices=", ".join(PURPOSES)),
            )
        key_id = max(self._rows, default=0) + 1
        if key_id > _MOST:
            raise Failed(_("There are no more key numbers left."))
        return self._wrap(key_id, purpose, now)

    def add(self, row: KeyRow) -> None:
        """Take a key in that was stored since the ring was made."""
        self._rows[row.id] = row

    def check(self) -> None:
        """Unwrap every key; ConfigProblem where the master key is not the one they need."""
        for key_id in self._rows:
            self._key(key_id)

    def unwraps(self, key_id: int) -> bool:
        """Return whether the key `key_id` is here and opens with the master key."""
        try:
            self._key(key_id)
        except (ConfigProblem, KeyError):
            return False
        return True

    def field_cipher(self, key_id: int | None = None) -> FieldCipher:
        """Return the cipher of the field key `key_id`, or of the newest active one."""
        return self._cipher("field", key_id)

    def open(self, table: str, column: str, row_id: bytes, blob: bytes) -> str:
        """Return the text of a sealed field, with whichever field key it names."""
        return self._naming("field", blob).open(table, column, row_id, blob)

    def file_cipher(self, key_id: int | None = None) -> FieldCipher:
        """Return what wraps the keys of stored files: the key `key_id`, or the newest active."""
        return self._cipher("file", key_id)

    def file_key(self, table: str, column: str, row_id: bytes, blob: bytes) -> bytes:
        """Return the key of a stored file, wrapped in `blob`, with whichever key that names."""
        return bytes.fromhex(self._naming("file", blob).open(table, column, row_id, blob))

    def has_file_key(self) -> bool:
        """Return whether files can be stored: older installations have no key for them yet."""
        return bool(self._active("file"))

    def content_addresses(self) -> list[ContentAddress]:
        """Return what names stored files, newest first: the first names what is new."""
        ids = sorted((row.id for row in self._rows.values() if row.purpose == "file"), reverse=True)
        active = self._choose("file", None)
        ids = [active, *(key_id for key_id in ids if key_id != active)]
        return [ContentAddress(key_id, self._key(key_id)) for key_id in ids]

    def blind_index(self, version: int | None = None) -> BlindIndex:
        """Return the blind index of `version`, or the newest active one, which writes use."""
        chosen = self._choose("index", version)
        if chosen not in self._indexes:
            self._indexes[chosen] = BlindIndex(chosen, self._key(chosen))
        return self._indexes[chosen]

    def blind_indexes(self) -> list[BlindIndex]:
        """Return the blind indexes of every version, newest first: a search asks for each.

        A retired key makes no new index, but rows written with it are still to be found.
        """
        versions = sorted((r.id for r in self._rows.values() if r.purpose == "index"), reverse=True)
        return [self.blind_index(version) for version in versions]

    def trail_key(self, key_id: int | None = None) -> tuple[int, bytes]:
        """Return id and bytes of the trail key `key_id`, or of the newest active one."""
        chosen = self._choose("trail", key_id)
        return chosen, self._key(chosen)

    def mac_key(self, key_id: int | None = None) -> tuple[int, bytes]:
        """Return id and bytes of the MAC key `key_id`, or of the newest active one."""
        chosen = self._choose("mac", key_id)
        return chosen, self._key(chosen)

    def signer(self) -> Signer | None:
        """Return what signs papers now; None in an installation that has no such key yet."""
        active = self._active("sign")
        return Signer(active[0], self._key(active[0])) if active else None

    def signers(self) -> list[Signer]:
        """Return every key that ever signed papers, newest first."""
        ids = sorted((row.id for row in self._rows.values() if row.purpose == "sign"), reverse=True)
        return [Signer(key_id, self._key(key_id)) for key_id in ids]

    def _cipher(self, purpose: str, key_id: int | None) -> FieldCipher:
        chosen = self._choose(purpose, key_id)
        if chosen not in self._ciphers:
            self._ciphers[chosen] = FieldCipher(chosen, self._key(chosen), self._random)
        return self._ciphers[chosen]

    def _naming(self, purpose: str, blob: bytes) -> FieldCipher:
        key_id = key_id_of(blob)
        known = key_id in self._rows and self._rows[key_id].purpose == purpose
        return self._cipher(purpose, key_id if known else None)

    def _active(self, purpose: str) -> list[int]:
        rows = self._rows.values()
        return sorted(
            (r.id for r in rows if (r.purpose, r.state) == (purpose, ACTIVE)), reverse=True
        )

    def _choose(self, purpose: str, key_id: int | None) -> int:
        if key_id is not None:
            row = self._rows.get(key_id)
            if row is not None and row.purpose == purpose:
                return key_id
        else:
            active = self._active(purpose)
            if active:
                return active[0]
        raise ConfigProblem(
            _("The database lacks a data key for {purpose}.").format(purpose=purpose),
            hint=_("Run `pcloud key status`."),
            code="key_missing",
        )

    def _key(self, key_id: int) -> bytes:
        if key_id not in self._keys:
            row = self._rows[key_id]
            nonce, body = row.wrapped[:_NONCE], row.wrapped[_NONCE:]
            try:
                self._keys[key_id] = self._master.decrypt(nonce, body, _place(row.purpose, key_id))
            except (InvalidTag, ValueError):
                raise ConfigProblem(
                    _("The master key does not fit this database."),
                    hint=_("It belongs to another installation, or a key row was changed."),
                    code="key_wrong",
                ) from None
        return self._keys[key_id]

    def _wrap(self, key_id: int, purpose: str, now: datetime | None) -> KeyRow:
        nonce = self._random(_NONCE)
        body = self._master.encrypt(nonce, self._random(_SIZE), _place(purpose, key_id))
        return KeyRow(key_id, purpose, nonce + body, ACTIVE, now)


def _place(purpose: str, key_id: int) -> bytes:
    return f"data_key\0{purpose}\0{key_id}".encode()
