"""Several messages as one text for a QR code, and back to the very same messages."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence

from offline.messages import base45, base64url
from offline.messages.errors import Malformed
from offline.messages.jws import SIGNATURE_SIZES

PREFIX = "OFP1:"
# As much as the largest QR code holds.
LONGEST_TEXT = 4_296
LARGEST_INFLATED = 8_192
MOST_MESSAGES = 4
LARGEST_BODY = 4 + LARGEST_INFLATED + 64 + MOST_MESSAGES * max(SIGNATURE_SIZES)
_VERSION = 1
_HEAD = struct.Struct(">BBH")
_SIZES = struct.Struct(">BHH")


def to_text(messages: Sequence[str]) -> str:
    """Pack 1 to 4 JWS, the main one first and certificates last, into one line of text."""
    return PREFIX + base45.encode(to_body(messages))


def from_text(text: str) -> list[str]:
    """Return the JWS of a packed text, to the letter; raises `Malformed`. Nothing is verified."""
    if not text.startswith(PREFIX) or len(text) > LONGEST_TEXT:
        raise Malformed(f"A packed text begins with {PREFIX} and fits a QR code.")
    return from_body(base45.decode(text.removeprefix(PREFIX)))


def to_body(messages: Sequence[str]) -> bytes:
    """Pack JWS into bytes; raises `Malformed` for too many, or for what is no JWS."""
    if not 1 <= len(messages) <= MOST_MESSAGES:
        raise Malformed("One to four messages are packed together.")
    texts, signatures = bytearray(), bytearray()
    for message in messages:
        try:
            header, payload, signature = map(base64url.decode, message.split("."))
            texts += _SIZES.pack(len(header), len(payload), len(signature)) + header + payload
        except (ValueError, struct.error):
            raise Malformed("This is no message that can be packed.") from None
        signatures += signature
    if len(texts) > LARGEST_INFLATED:
        raise Malformed("The messages are too large to be packed.")
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflated = deflater.compress(bytes(texts)) + deflater.flush()
    return _HEAD.pack(_VERSION, len(messages), len(deflated)) + deflated + signatures


def from_body(body: bytes) -> list[str]:
    """Unpack bytes; raises `Malformed` for a byte too many or too few."""
    if not _HEAD.size < len(body) <= LARGEST_BODY:
        raise Malformed("This is too short or too long for packed messages.")
    version, count, size = _HEAD.unpack_from(body)
    if version != _VERSION or not 1 <= count <= MOST_MESSAGES:
        raise Malformed("This is version 1, of one to four messages.")
    texts = _inflate(body[_HEAD.size : _HEAD.size + size], size)
    signatures = body[_HEAD.size + size :]
    return [*_cut(texts, signatures, count)]


def _inflate(deflated: bytes, size: int) -> bytes:
    if len(deflated) != size:
        raise Malformed("The packed messages are cut short.")
    inflater = zlib.decompressobj(-15)
    try:
        # One byte more than allowed, so that the end of what just fits is seen.
        texts = inflater.decompress(deflated, LARGEST_INFLATED + 1)
    except zlib.error:
        raise Malformed("The packed messages do not inflate.") from None
    if len(texts) > LARGEST_INFLATED or not inflater.eof or inflater.unused_data:
        raise Malformed("The packed messages do not end where they should.")
    return texts


def _cut(texts: bytes, signatures: bytes, count: int) -> Iterator[str]:
    at = signed = 0
    for _ in range(count):
        if len(texts) < at + _SIZES.size:
            raise Malformed("A message is missing.")
        header, payload, signature = _SIZES.unpack_from(texts, at)
        if signature not in SIGNATURE_SIZES:
            raise Malformed("A signature has 256 or 384 bytes.")
        middle = at + _SIZES.size + header
        parts = (
            texts[at + _SIZES.size : middle],
            texts[middle : middle + payload],
            signatures[signed : signed + signature],
        )
        at, signed = middle + payload, signed + signature
        yield ".".join(map(base64url.encode, parts))
    if at != len(texts) or signed != len(signatures):
        raise Malformed("The packed messages do not fill their bytes.")
