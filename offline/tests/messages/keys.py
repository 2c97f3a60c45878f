"""Keys for tests, made once: an issuer's of 3072 bits and devices' of 2048."""

from __future__ import annotations

from functools import cache

from offline.messages import DEVICE_BITS, ISSUER_BITS, PrivateKey


@cache
def issuer() -> PrivateKey:
    return PrivateKey.generate(ISSUER_BITS)


@cache
def device(name: str) -> PrivateKey:
    return PrivateKey.generate(DEVICE_BITS)
