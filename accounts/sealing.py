"""Seals what nobody may read who has the database alone: AES-256-GCM under named keys. Pure.

A sealed value says which key it was sealed with, and opens nowhere but in its place: moved to
another row or column, or with one bit changed, it does not open.
"""

from __future__ import annotations

import binascii
import hmac
import re
import secrets
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accounts.errors import SealBroken

KEY_BYTES = 32
_NONCE_BYTES = 12
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,16}")
_SEALED = re.compile(rb"v1:([A-Za-z0-9_-]{1,16}):", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """The one column of the one row where a sealed value belongs."""

    table: str
    column: str
    row: object

    def __str__(self) -> str:
        return f"{self.table}.{self.column}:{self.row}"


class Keyring:
    """Keys by name; the first seals, all of them open."""

    def __init__(self, keys: Sequence[tuple[str, bytes]]) -> None:
        if not keys or any(len(key) != KEY_BYTES for _, key in keys):
            raise ValueError(f"A keyring wants a key, and {KEY_BYTES} bytes in each.")
        if not all(_KEY_ID.fullmatch(name) for name, _ in keys) or len(dict(keys)) < len(keys):
            raise ValueError("Keys are named by 1 to 16 letters, digits, - or _, each otherwise.")
        self._ciphers = {name: AESGCM(key) for name, key in keys}
        self.current = keys[0][0]

    @classmethod
    def parse(cls, text: str) -> Keyring:
        """Read `id:base64,id:base64`, the newest first; raises `ValueError` for anything else."""
        pairs = [part.strip().partition(":") for part in text.split(",") if part.strip()]
        return cls([(name, parse_key(spelled)) for name, _, spelled in pairs])

    def seal(self, plain: bytes, *, place: Place) -> bytes:
        """Return `plain` as only `place` gives it back, sealed with the current key."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        cipher = self._ciphers[self.current]
        sealed = cipher.encrypt(nonce, plain, _bound(place, self.current))
        return self.prefix + nonce + sealed

    def open(self, sealed: bytes, *, place: Place) -> bytes:
        """Return what was sealed in `place`, whole. Raises `SealBroken`."""
        name = key_id(sealed)
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise SealBroken(place=str(place), reason=f"no key named {name!r}")
        body = sealed[len(name) + 4 :]
        try:
            return cipher.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], _bound(place, name))
        except (InvalidTag, ValueError) as error:
            raise SealBroken(place=str(place), reason="changed or moved") from error

    @property
    def prefix(self) -> bytes:
        """How everything begins that the current key sealed."""
        return f"v1:{self.current}:".encode()


def parse_key(spelled: str) -> bytes:
    """Read 32 bytes in base64; raises `ValueError` for anything else."""
    try:
        key = b64decode(spelled, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"A key is base64 of {KEY_BYTES} random bytes.")
    return key


def key_id(sealed: bytes) -> str:
    """Return the name of the key that sealed this; empty for what is not sealed at all."""
    found = _SEALED.match(sealed)
    return found[1].decode() if found else ""


def blind_index(value: str, *, key: bytes, purpose: str) -> bytes:
    """Return what equal values of one purpose have in common, telling nothing else of them."""
    return hmac.digest(key, f"{purpose}\n{value}".encode(), "sha256")


def _bound(place: Place, name: str) -> bytes:
    return f"{place}:{name}".encode()
