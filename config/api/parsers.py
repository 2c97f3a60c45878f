"""Reads request bodies: strict JSON, so that what was checked is what was meant."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import JSONParser
from rest_framework.utils.mediatypes import _MediaType

DEEPEST = 32
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
_LONGEST_NUMBER = 40
_LARGEST_EXPONENT = 30
# What PostgreSQL cannot store, and UTF-8 cannot say.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ParseError("A member name appears twice in one object.")
    return found


def _integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER or not _SMALLEST <= (number := int(text)) <= _LARGEST:
        raise ParseError("A whole number does not fit in 64 bits.")
    return number


def _decimal(text: str) -> Decimal:
    if len(text) > _LONGEST_NUMBER:
        raise ParseError(f"A number has more than {_LONGEST_NUMBER} characters.")
    number = Decimal(text)
    if abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise ParseError("A number is out of range.")
    return number


def _constant(text: str) -> None:
    raise ParseError(f"{text} is not JSON.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members,
    parse_int=_integer,
    parse_float=_decimal,
    parse_constant=_constant,
)


def parse_object(raw: bytes) -> dict[str, Any]:
    """Read one JSON object from UTF-8 bytes; numbers with a point or exponent become Decimals.

    Raises `ParseError` for anything else, and for what RFC 8259 leaves open and we do not:
    a member named twice, NaN, numbers beyond 64 bits, text that is not Unicode or holds NUL,
    nesting deeper than 32.
    """
    try:
        body = _DECODER.decode(raw.decode())
    except UnicodeDecodeError:
        raise ParseError("The body is not UTF-8.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ParseError(f"The body is not JSON: {error.msg} at {where}.") from None
    except RecursionError:
        raise ParseError("The body is nested too deeply.") from None
    if not isinstance(body, dict):
        raise ParseError("The body must be a JSON object.")
    # Only an escape can smuggle in such text, and only brackets nest: most bodies skip this.
    if b"\\u" in raw or raw.count(b"[") + raw.count(b"{") > DEEPEST:
        _inspect(body)
    return body


def _inspect(body: Any) -> None:
    level = [body]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below += [*value.keys(), *value.values()]
            elif isinstance(value, list):
                below += value
            elif isinstance(value, str) and _UNSTORABLE.search(value):
                raise ParseError("A text holds a character that is not allowed.")
        if not below:
            return
        level = below
    raise ParseError("The body is nested too deeply.")


class StrictJSONParser(JSONParser):
    """Reads `application/json`; DRF answers 415 to every other type."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        if media_type and "charset" in media_type.lower():
            charset = _MediaType(media_type).params.get("charset", "utf-8")
            if charset.strip('"').lower() not in ("utf-8", "utf8"):
                raise UnsupportedMediaType(media_type)
        return parse_object(stream.read())
