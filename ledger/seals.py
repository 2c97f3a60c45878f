"""Signed heads of sealed blocks. Pure.

A head is the text that is signed: JSON whose members stand in one order, so that it is hashed and
verified as it was written. The next block names its hash.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# What the first block names as the hash of the one before it.
GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Head:
    """What a block says: its place, the block before it, its entries, and the root over them."""

    height: int
    previous: bytes
    root: bytes
    first_entry_id: int
    last_entry_id: int
    entries: int
    sealed_at: datetime

    def text(self) -> str:
        return json.dumps(
            {
                "height": self.height,
                "previous": self.previous.hex(),
                "root": self.root.hex(),
                "first_entry_id": self.first_entry_id,
                "last_entry_id": self.last_entry_id,
                "entries": self.entries,
                "sealed_at": self.sealed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            },
            separators=(",", ":"),
        )


def hash_of(text: str) -> bytes:
    """Return the hash by which the next block names the one with this head."""
    return sha256(text.encode()).digest()


class SealKey:
    """An Ed25519 key that seals, made of 32 random bytes in base64."""

    def __init__(self, text: str) -> None:
        """Raises `ValueError` for anything else."""
        self._private = Ed25519PrivateKey.from_private_bytes(b64decode(text, validate=True))
        raw = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = b64encode(raw).decode()

    def sign(self, text: str) -> bytes:
        return self._private.sign(text.encode())


def is_signed(text: str, *, signature: bytes, public: str) -> bool:
    """Tell whether the holder of the private half of `public` signed this head."""
    try:
        Ed25519PublicKey.from_public_bytes(b64decode(public, validate=True)).verify(
            signature, text.encode()
        )
    except (InvalidSignature, ValueError):
        return False
    return True
