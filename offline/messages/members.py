"""The members of a message: what each holds, to the letter, and its name on the wire."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from typing import Annotated, Any, ClassVar, Self, get_type_hints

from offline.messages import base64url
from offline.messages.errors import Malformed
from offline.messages.keys import PublicKey

VERSION = 1
LARGEST_INTEGER = 2**53 - 1
LONGEST_TEXT = 64
_FORBIDDEN = re.compile(r"[\x00-\x1f\ud800-\udfff]")
_NUMBER = re.compile(r"[0-9]{13}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Wire:
    """How a member is spelt: its name, and how its value is read and written."""

    name: str
    read: Callable[[Any], Any]
    write: Callable[[Any], Any] = _as_it_is


class Body:
    """What a message says. A subclass lists its members in the order they are written in."""

    TYP: ClassVar[str]

    @classmethod
    def from_members(cls, members: dict[str, Any]) -> Self:
        """Read parsed JSON; raises `Malformed` for a member too many, too few or not right."""
        listed = _fields(cls)
        required = {field.wire.name for field in listed if field.required}
        known = {field.wire.name for field in listed}
        if not required <= members.keys() - {"v"} <= known or "v" not in members:
            raise Malformed(f"The members of {cls.TYP} are {', '.join(sorted(known))} and v.")
        if integer(members["v"]) != VERSION:
            raise Malformed("This is version 1 of the protocol.")
        return cls(
            **{
                field.name: field.wire.read(members[field.wire.name])
                for field in listed
                if field.wire.name in members
            }
        )

    def to_members(self) -> dict[str, Any]:
        """Return what is written as JSON."""
        members: dict[str, Any] = {"v": VERSION}
        for field in _fields(type(self)):
            value = getattr(self, field.name)
            if value is not None:
                members[field.wire.name] = field.wire.write(value)
        return members


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    wire: Wire
    required: bool


_FIELDS: dict[type[Body], tuple[_Field, ...]] = {}


def _fields(body: type[Body]) -> tuple[_Field, ...]:
    """The members of a kind of message, looked up once."""
    if body not in _FIELDS:
        hints = get_type_hints(body, include_extras=True)
        _FIELDS[body] = tuple(
            _Field(field.name, hints[field.name].__metadata__[0], field.default is MISSING)
            for field in fields(body)  # type: ignore[arg-type] # every subclass is a dataclass
        )
    return _FIELDS[body]


def integer(value: Any) -> int:
    """A whole number between -2**53 and 2**53; `true` is none."""
    if type(value) is not int or abs(value) > LARGEST_INTEGER:
        raise Malformed("This is not a whole number below 2**53.")
    return value


def positive(value: Any) -> int:
    """A whole number above zero."""
    if integer(value) < 1:
        raise Malformed("This number is above zero.")
    return int(value)


def counting(value: Any) -> int:
    """Zero or a whole number above it."""
    if integer(value) < 0:
        raise Malformed("This number is not below zero.")
    return int(value)


def text(value: Any) -> str:
    """At most 64 characters in Unicode's form NFC, without control characters."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or _FORBIDDEN.search(value):
        raise Malformed("A text has at most 64 characters and none that control.")
    if unicodedata.normalize("NFC", value) != value:
        raise Malformed("A text is in Unicode's form NFC.")
    return value


def one_of(*words: str) -> Callable[[Any], str]:
    """One of these words."""

    def read(value: Any) -> str:
        if text(value) not in words:
            raise Malformed(f"This is one of {', '.join(words)}.")
        return str(value)

    return read


def identifier(value: Any) -> str:
    """16 bytes in base64url: the id of a key, or 128 random bits."""
    return _bytes(value, 16)


def digest(value: Any) -> str:
    """32 bytes in base64url: a message id, or 256 random bits."""
    return _bytes(value, 32)


def _bytes(value: Any, size: int) -> str:
    if not isinstance(value, str) or len(base64url.decode(text(value))) != size:
        raise Malformed(f"This is {size} bytes in base64url.")
    return value


def wallet_number(value: Any) -> str:
    """13 digits. Whether the last one fits the others is for the server to say."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise Malformed("A wallet number has 13 digits.")
    return value


def currency(value: Any) -> str:
    """Three capitals."""
    if not isinstance(value, str) or not _CURRENCY.fullmatch(value):
        raise Malformed("A currency is three capital letters.")
    return value


def identifiers(value: Any) -> tuple[str, ...]:
    """A list of key ids."""
    if not isinstance(value, list):
        raise Malformed("This is a list.")
    return tuple(identifier(item) for item in value)


def public_key(value: Any) -> PublicKey:
    """The members e and n of a key that is not weak."""
    if not isinstance(value, dict) or value.keys() != {"e", "n"}:
        raise Malformed("A key has the members e and n.")
    return PublicKey.from_jwk(value)


# What messages have in common, under the names that the protocol gives them.
Issuer = Annotated[str, Wire("iss", text)]
Number = Annotated[str, Wire("wal", wallet_number)]
Payer = Annotated[str, Wire("frm", wallet_number)]
Payee = Annotated[str, Wire("to", wallet_number)]
Device = Annotated[str, Wire("did", identifier)]
PayeeDevice = Annotated[str, Wire("tdv", identifier)]
CertificateId = Annotated[str, Wire("crt", identifier)]
RequestId = Annotated[str, Wire("rid", identifier)]
VoucherVid = Annotated[str, Wire("vid", digest)]
Currency = Annotated[str, Wire("cur", currency)]
AmountMinor = Annotated[int, Wire("amt", integer)]
IssuedAt = Annotated[int, Wire("iat", integer)]
ExpiresAt = Annotated[int, Wire("exp", integer)]
Name = Annotated[str, Wire("nam", text)]
Key = Annotated[PublicKey, Wire("key", public_key, PublicKey.members)]
