"""Answers as they are kept: deflated, each beginning with the number of its dictionary. Pure.

An answer is mostly names that all answers share. With those in a dictionary it takes a third of
the room, which is what makes keeping every byte of it cheap.
"""

from __future__ import annotations

import zlib

# Kept answers need the dictionary they were written with: add another, never change one.
_DICTIONARIES = {
    1: b'"type":"about:blank","title":"","status":422,"detail":"","code":"","request_id":"'
    b'{"reference":"TRF_01","status":"completed","amount":"1000.00","fee":"0.00","currency":"NGN",'
    b'"source":"","destination":"","description":"","metadata":{},"created_at":"202',
}
_CURRENT = 1
# The smallest window and memory: a deflater that is made for each answer must be made quickly.
_WINDOW, _MEMORY = -9, 1


def pack(body: bytes) -> bytes:
    """Return the answer as it is kept."""
    deflater = zlib.compressobj(6, zlib.DEFLATED, _WINDOW, _MEMORY, zdict=_DICTIONARIES[_CURRENT])
    return bytes([_CURRENT]) + deflater.compress(body) + deflater.flush()


def unpack(kept: bytes) -> bytes:
    """Return the answer byte for byte; an answer that is not there yet is empty."""
    if not kept:
        return b""
    inflater = zlib.decompressobj(-15, zdict=_DICTIONARIES[kept[0]])
    return inflater.decompress(kept[1:]) + inflater.flush()
