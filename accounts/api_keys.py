"""API keys as text. Pure.

    sk_live_<43 characters: 32 random bytes><6 characters: check digits>

The prefix lets scanners find a key that got out, and the check digits let them, and us, tell
one from a typing error without asking anybody.
"""

from __future__ import annotations

import hashlib
import hmac
from string import ascii_lowercase, ascii_uppercase, digits
from zlib import crc32

PREFIX = "sk_live_"
RANDOM_BYTES = 32

_ALPHABET = digits + ascii_uppercase + ascii_lowercase
_RANDOM_DIGITS, _CHECK_DIGITS = 43, 6
_LENGTH = len(PREFIX) + _RANDOM_DIGITS + _CHECK_DIGITS
_HINT_LENGTH = len(PREFIX) + 6


def spell(entropy: bytes) -> str:
    """Return the key that `RANDOM_BYTES` random bytes make."""
    body = PREFIX + _digits(int.from_bytes(entropy), _RANDOM_DIGITS)
    return body + _check_digits(body)


def is_well_formed(text: str) -> bool:
    """Whether this may be a key of ours: everything but a typing error."""
    body, check = text[:-_CHECK_DIGITS], text[-_CHECK_DIGITS:]
    return (
        len(text) == _LENGTH
        and text.isascii()
        and text.startswith(PREFIX)
        and check == _check_digits(body)
    )


def hint_of(text: str) -> str:
    """Return the first characters of a key, by which people tell theirs apart."""
    return text[:_HINT_LENGTH]


def digest(text: str, *, pepper: str) -> bytes:
    """Return what is kept of a key. Worth nothing to who has it without `pepper`.

    A slow hash would add nothing: nobody guesses 256 random bits.
    """
    return hmac.digest(pepper.encode(), text.encode(), hashlib.sha256)


def _digits(number: int, width: int) -> str:
    found = []
    for _ in range(width):
        number, digit = divmod(number, len(_ALPHABET))
        found.append(_ALPHABET[digit])
    return "".join(reversed(found))


def _check_digits(body: str) -> str:
    return _digits(crc32(body.encode()), _CHECK_DIGITS)
