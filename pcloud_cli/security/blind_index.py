"""Searching what is sealed: a keyed digest of the canonical form, stored beside it.

Equal values give equal indexes within one version of the key; without the key nothing can be
tried out. The canonical forms are those the search uses too.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date

DIGEST = 16

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


class BlindIndex:
    """Blind indexes of one version of the key: 2 bytes of version, 16 of keyed BLAKE2b (RFC 7693).

    `key` has 32 bytes.
    """

    def __init__(self, version: int, key: bytes) -> None:
        self.version = version
        self._prefix = version.to_bytes(2, "big")
        self._keyed = hashlib.blake2b(key=key, digest_size=DIGEST)

    def maker(self, kind: str) -> Callable[[str], bytes]:
        """Return `make(canonical)` for one kind of value, with the key's part computed once."""
        begun = self._keyed.copy()
        begun.update(kind.encode() + b"\0")
        copy = begun.copy
        prefix = self._prefix

        def make(canonical: str) -> bytes:
            one = copy()
            one.update(canonical.encode())
            return prefix + one.digest()

        return make

    def column(self, kind: str) -> Callable[[Sequence[str | None]], list[bytes | None]]:
        """Return what makes the indexes of many values at once; of none there is none."""
        make = self.maker(kind)
        return lambda values: [make(value) if value else None for value in values]

    def of(self, kind: str, canonical: str) -> bytes:
        """Return the 18-byte index of one `canonical` value of `kind` (id_number, phone, …)."""
        return self.maker(kind)(canonical)


def canonical_id_number(text: str) -> str:
    """Return an ID number as it is indexed: NFKC, upper case, no blanks, 15 digits raised to 18.

    Fifteen digits are the first generation of resident ID numbers (GB 11643-1989) where digits
    7 to 12 are a date; the century was the twentieth. Others stay as they are.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if len(plain) != 15 or not (plain.isascii() and plain.isdigit()):
        return plain
    try:
        date(1900 + int(plain[6:8]), int(plain[8:10]), int(plain[10:12]))
    except ValueError:
        return plain
    raised = f"{plain[:6]}19{plain[6:]}"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, raised, strict=True))
    return raised + _CHECKS[total % 11]


def canonical_phone(text: str) -> str:
    """Return a phone number as it is indexed: digits only, the country code 86 taken off."""
    normal = unicodedata.normalize("NFKC", text).strip()
    digits = "".join(char for char in normal if char in "0123456789")
    if normal.startswith("+86"):
        return digits[2:]
    if digits.startswith("0086"):
        return digits[4:]
    if len(digits) == 13 and digits.startswith("861"):
        return digits[2:]
    return digits
