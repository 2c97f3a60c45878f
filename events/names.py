"""Names of events for the world: they say neither how many there are nor which comes next. Pure.

One row of the log is told to everybody whom it concerns, each with words of their own: a
transfer to who sent and to who received it. `part` numbers these, the owner's being 0.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import b32decode, b32encode
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_PREFIX = "evt_"
_LENGTH = 26
_CHECK = b"event\x01"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where something that is told stands in the log. Later things have greater positions."""

    event_id: int
    part: int = 0


def spell(position: Position, *, key: bytes) -> str:
    """Return the name of what stands there, the same for ever."""
    plain = _CHECK + position.event_id.to_bytes(8) + position.part.to_bytes(2)
    encryptor = _cipher(key).encryptor()
    sealed = encryptor.update(plain) + encryptor.finalize()
    return _PREFIX + b32encode(sealed).decode().rstrip("=").lower()


def read(name: str, *, key: bytes) -> Position:
    """Return the position that `name` names; raises `ValueError` for what is no name of ours."""
    spelled = name.removeprefix(_PREFIX)
    if not name.startswith(_PREFIX) or len(spelled) != _LENGTH or not spelled.isascii():
        raise ValueError("not the name of an event")
    try:
        sealed = b32decode(spelled.upper() + "======")
    except binascii.Error as fault:
        raise ValueError("not the name of an event") from fault
    decryptor = _cipher(key).decryptor()
    plain = decryptor.update(sealed) + decryptor.finalize()
    if plain[:6] != _CHECK:
        raise ValueError("not the name of an event")
    return Position(int.from_bytes(plain[6:14]), int.from_bytes(plain[14:]))


def _cipher(key: bytes) -> Cipher[modes.ECB]:
    # One block, never twice the same: exactly what a bare block cipher is for.
    derived = hmac.digest(key, b"names of events", "sha256")
    return Cipher(algorithms.AES(derived), modes.ECB())  # noqa: S305
