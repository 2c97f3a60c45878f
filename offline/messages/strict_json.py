"""JSON as the protocol has it: an object whose names are unique, and whole numbers only."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from offline.messages.errors import Malformed

# Nothing with more digits is below 2**53.
_MOST_DIGITS = 17


def read(raw: bytes) -> dict[str, Any]:
    """Return the object; raises `Malformed` unless it is UTF-8 without BOM and to the letter."""
    try:
        value = _DECODER.decode(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Malformed("This is not strict JSON in UTF-8.") from None
    if not isinstance(value, dict):
        raise Malformed("A message is a JSON object.")
    return value


def write(members: dict[str, Any]) -> bytes:
    """Spell an object without spaces, its members in the order they have."""
    return json.dumps(members, separators=(",", ":"), ensure_ascii=False).encode()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("A name stands twice.")
    return members


def _refuse(literal: str) -> NoReturn:
    raise ValueError(f"{literal[:20]} is not a whole number.")


def _whole(literal: str) -> int:
    if len(literal) > _MOST_DIGITS:
        raise ValueError("A number is too large.")
    return int(literal)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=_refuse, parse_int=_whole, parse_constant=_refuse
)
