"""Amounts as people write them, and as messages carry them."""

from __future__ import annotations

import re

from offline.device.errors import InvalidAmount
from offline.messages.members import LARGEST_INTEGER

_DECIMAL = re.compile(r"([0-9]{1,16})(?:\.([0-9]{1,9}))?")


def to_minor(text: str, *, exponent: int) -> int:
    """Read `"500.00"` into minor units; raises `InvalidAmount`. Zero is an amount here."""
    match = _DECIMAL.fullmatch(text)
    if match is None or len(match[2] or "") > exponent:
        raise InvalidAmount(f"{text[:30]!r} is not an amount with {exponent} decimals at most.")
    minor = int(match[1] + (match[2] or "").ljust(exponent, "0"))
    if minor > LARGEST_INTEGER:
        raise InvalidAmount(f"{text[:30]!r} is too much.")
    return minor


def to_text(minor: int, *, exponent: int) -> str:
    """Write minor units, at least zero, as `"500.00"`."""
    digits = str(minor).rjust(exponent + 1, "0")
    return f"{digits[:-exponent]}.{digits[-exponent:]}" if exponent else digits
