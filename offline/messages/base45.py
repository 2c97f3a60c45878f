"""Base45 (RFC 9285): two bytes in three characters of a QR code's alphanumeric alphabet."""

from __future__ import annotations

from offline.messages.errors import Malformed

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_DIGITS = {character: digit for digit, character in enumerate(_ALPHABET)}


def encode(raw: bytes) -> str:
    """Spell bytes."""
    pieces = []
    for start in range(0, len(raw), 2):
        pair = raw[start : start + 2]
        value = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            value, digit = divmod(value, 45)
            pieces.append(_ALPHABET[digit])
    return "".join(pieces)


def decode(text: str) -> bytes:
    """Read what `encode` writes; raises `Malformed` for anything else, small letters too."""
    if len(text) % 3 == 1:
        raise Malformed("This is not base45: a character is left over.")
    raw = bytearray()
    try:
        for start in range(0, len(text), 3):
            group = text[start : start + 3]
            value = sum(_DIGITS[digit] * 45**place for place, digit in enumerate(group))
            raw += value.to_bytes(len(group) - 1, "big")
    except (KeyError, OverflowError):
        raise Malformed("This is not base45.") from None
    return bytes(raw)
