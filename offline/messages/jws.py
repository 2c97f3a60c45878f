"""The one signed form: JWS compact under PS256, with a header of exactly alg, kid and typ."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from offline.messages import base64url, strict_json
from offline.messages.errors import BadSignature, Malformed
from offline.messages.keys import PrivateKey, PublicKey
from offline.messages.members import identifier

LARGEST_HEADER = 255
LARGEST_PAYLOAD = 8_192
# Ten thousand devices are 250 kB; nothing else grows.
LARGEST_LIST = 1_048_576
SIGNATURE_SIZES = (256, 384)
_LONGEST_TEXT = (LARGEST_HEADER + LARGEST_LIST + max(SIGNATURE_SIZES)) * 4 // 3 + 8


@dataclass(frozen=True)
class Jws:
    """A message taken apart, and nothing of it proved yet."""

    text: str
    typ: str
    kid: str
    payload: bytes
    signature: bytes

    @classmethod
    def read(cls, text: object, *, largest: int = LARGEST_LIST) -> Self:
        """Take a JWS apart as it is, untrimmed; raises `Malformed`."""
        if not isinstance(text, str) or len(text) > _LONGEST_TEXT or text.count(".") != 2:
            raise Malformed("A message is a JWS in compact form.")
        header, payload, signature = (base64url.decode(part) for part in text.split("."))
        if len(header) > LARGEST_HEADER or len(payload) > largest:
            raise Malformed("The message is too large.")
        if len(signature) not in SIGNATURE_SIZES:
            raise Malformed("A signature has 256 or 384 bytes.")
        kid, typ = _read_header(header)
        return cls(text, typ, kid, payload, signature)

    @classmethod
    def sign(cls, *, typ: str, payload: bytes, key: PrivateKey) -> Self:
        """Sign a payload."""
        header = strict_json.write({"alg": "PS256", "kid": key.public.key_id, "typ": typ})
        signed = f"{base64url.encode(header)}.{base64url.encode(payload)}"
        signature = key.sign(signed.encode())
        text = f"{signed}.{base64url.encode(signature)}"
        return cls(text, typ, key.public.key_id, payload, signature)

    @property
    def signing_input(self) -> bytes:
        return self.text.rpartition(".")[0].encode()

    @cached_property
    def vid(self) -> str:
        """The message's id, 43 characters: of what is signed, since signatures differ each time."""
        return base64url.encode(hashlib.sha256(self.signing_input).digest())

    def verify(self, key: PublicKey) -> None:
        """Raise `BadSignature` unless the header names this key and its owner signed this."""
        if self.kid != key.key_id:
            raise BadSignature("The message names another key.")
        key.verify(signature=self.signature, signed=self.signing_input)


def _read_header(raw: bytes) -> tuple[str, str]:
    header: dict[str, Any] = strict_json.read(raw)
    if header.keys() != {"alg", "kid", "typ"}:
        raise Malformed("A header has exactly alg, kid and typ.")
    if header["alg"] != "PS256" or not isinstance(header["typ"], str):
        raise Malformed("Messages are signed with PS256.")
    return identifier(header["kid"]), header["typ"]
