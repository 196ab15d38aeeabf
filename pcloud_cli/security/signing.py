"""Signed papers: what leaves the installation can be proved by whoever has the public key.

Ed25519 (RFC 8032). A paper is a JSON object that names its format, the fingerprint of the key and
the signature; the signature covers the format and everything else in its one canonical spelling,
so that a paper of one kind never passes for one of another.
"""

from __future__ import annotations

import binascii
import hashlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from pcloud_cli.security.canonical import canonical_json

__all__ = ["Signer", "fingerprint", "holds", "public_key_of", "public_pem"]

_PRINT = 16


class Signer:
    """Signs papers with the private key `seed` of 32 bytes; `key_id` is its data key's number."""

    def __init__(self, key_id: int, seed: bytes) -> None:
        self.key_id = key_id
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._private.public_key().public_bytes_raw()
        """The public key, 32 bytes."""

    def __repr__(self) -> str:
        return f"<Signer {self.fingerprint}>"

    @property
    def fingerprint(self) -> str:
        """What names the key on a paper."""
        return fingerprint(self.public)

    def signed(self, paper: Mapping[str, Any]) -> dict[str, Any]:
        """Return `paper` with the key's fingerprint and the signature. It must name a `format`."""
        whole = {**paper, "key": self.fingerprint}
        signature = self._private.sign(_message(whole))
        return {**whole, "signature": b64encode(signature).decode()}


def holds(paper: Mapping[str, Any], public: bytes) -> bool:
    """Return whether the key `public` (32 bytes) signed exactly this paper."""
    try:
        signature = b64decode(paper["signature"], validate=True)
        rest = {name: value for name, value in paper.items() if name != "signature"}
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _message(rest))
    except (InvalidSignature, KeyError, TypeError, ValueError, binascii.Error):
        return False
    return paper.get("key") == fingerprint(public)


def fingerprint(public: bytes) -> str:
    """Return the name of a public key: the first 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:_PRINT]


def public_pem(public: bytes) -> str:
    """Return a public key of 32 bytes as PEM, as other programs read it."""
    key = Ed25519PublicKey.from_public_bytes(public)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def public_key_of(text: str) -> bytes | None:
    """Return the 32 bytes of the Ed25519 public key that `text` holds as PEM, else None."""
    try:
        key = load_pem_public_key(text.encode())
    except (UnsupportedAlgorithm, ValueError):
        return None
    return key.public_bytes_raw() if isinstance(key, Ed25519PublicKey) else None


def _message(paper: Mapping[str, Any]) -> bytes:
    return str(paper["format"]).encode() + b"\0" + canonical_json(dict(paper))
