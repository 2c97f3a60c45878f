"""Where a page of a list begins, as text that clients pass back unread. Pure."""

from __future__ import annotations

import binascii
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import orjson

Value = datetime | UUID | int | str

_LONGEST = 1024


class BadCursor(ValueError):
    """Not a cursor of this list."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Begin after the row with these values; towards `newer` rows, or else older ones."""

    values: tuple[Value, ...]
    newer: bool = False

    def encode(self) -> str:
        spelled = [
            value.isoformat() if isinstance(value, datetime) else value for value in self.values
        ]
        return urlsafe_b64encode(orjson.dumps([self.newer, *spelled])).decode().rstrip("=")


def decode(text: str, kinds: Sequence[type]) -> Cursor:
    """Read a cursor whose values are of these kinds; raises `BadCursor` for anything else."""
    if len(text) > _LONGEST:
        raise BadCursor
    try:
        padded = text + "=" * (-len(text) % 4)
        newer, *spelled = orjson.loads(b64decode(padded, altchars=b"-_", validate=True))
        values = [_read(value, kind) for value, kind in zip(spelled, kinds, strict=True)]
    except (binascii.Error, OverflowError, TypeError, ValueError):
        raise BadCursor from None
    if not isinstance(newer, bool):
        raise BadCursor
    return Cursor(tuple(values), newer)


def _read(value: object, kind: type) -> Value:
    if kind is int:
        if type(value) is not int or not -(2**63) <= value < 2**63:
            raise BadCursor
        return value
    if not isinstance(value, str) or "\0" in value:
        raise BadCursor
    if kind is datetime:
        instant = datetime.fromisoformat(value)
        if instant.utcoffset() is None:
            raise BadCursor
        return instant.astimezone(UTC)
    if kind is UUID:
        return UUID(value)
    return value
