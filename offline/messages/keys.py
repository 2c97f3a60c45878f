"""RSA keys, their ids, and PS256: RSASSA-PSS with SHA-256 and a salt of exactly 32 bytes."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from offline.messages import base64url, strict_json
from offline.messages.errors import BadSignature, Malformed, WeakKey

DEVICE_BITS = 2048
ISSUER_BITS = 3072
SIZES = (2048, 3072)
EXPONENT = 65537
_EXPONENT_TEXT = "AQAB"

_SMALL_PRIMES = math.prod(
    number for number in range(2, 2000) if all(number % d for d in range(2, math.isqrt(number) + 1))
)
# A salt length found from the signature would accept what others refuse.
_PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)


@dataclass(frozen=True)
class PublicKey:
    """A public key that is not weak. Whoever holds it can compute its id."""

    modulus: int

    def __post_init__(self) -> None:
        if self.modulus.bit_length() not in SIZES:
            raise WeakKey("An RSA key has 2048 or 3072 bits.")
        if math.gcd(self.modulus, _SMALL_PRIMES) != 1:
            raise WeakKey("The modulus has a small factor.")

    @classmethod
    def from_jwk(cls, jwk: object) -> Self:
        """Read `{"e", "n"}`, with or without `"kty": "RSA"`; raises `Malformed`, `WeakKey`."""
        if not isinstance(jwk, Mapping) or not {"e", "n"} <= set(jwk) <= {"e", "n", "kty"}:
            raise Malformed("A key has the members e and n.")
        if jwk.get("kty", "RSA") != "RSA":
            raise Malformed("Keys are RSA keys.")
        if not isinstance(jwk["e"], str) or not isinstance(jwk["n"], str):
            raise Malformed("The members of a key are strings.")
        exponent, modulus = base64url.decode(jwk["e"]), base64url.decode(jwk["n"])
        if modulus[:1] in {b"", b"\0"}:
            raise Malformed("A modulus is written in as few bytes as it takes.")
        if exponent != base64url.decode(_EXPONENT_TEXT):
            raise WeakKey("The exponent of a key is 65537.")
        return cls(int.from_bytes(modulus, "big"))

    @property
    def bits(self) -> int:
        return self.modulus.bit_length()

    @cached_property
    def key_id(self) -> str:
        """22 characters: half of the SHA-256 of the canonical JWK (RFC 7638). `did` and `kid`."""
        return base64url.encode(hashlib.sha256(strict_json.write(self.jwk())).digest()[:16])

    def jwk(self) -> dict[str, str]:
        """The canonical JWK: these three members, in this order."""
        return {"e": _EXPONENT_TEXT, "kty": "RSA", "n": base64url.encode(self._modulus_bytes)}

    def members(self) -> dict[str, str]:
        """The two members that stand in a message."""
        return {"e": _EXPONENT_TEXT, "n": base64url.encode(self._modulus_bytes)}

    def verify(self, *, signature: bytes, signed: bytes) -> None:
        """Raise `BadSignature` unless this key's owner signed exactly these bytes."""
        try:
            self._rsa.verify(signature, signed, _PSS, hashes.SHA256())
        except InvalidSignature:
            raise BadSignature("The signature is not by this key over these bytes.") from None

    def shares_a_prime(self, moduli: Iterable[int]) -> bool:
        """Whether another modulus has a factor of this one, so that each gives the other away."""
        return any(1 < math.gcd(self.modulus, other) < self.modulus for other in moduli)

    @property
    def _modulus_bytes(self) -> bytes:
        return self.modulus.to_bytes(self.bits // 8, "big")

    @cached_property
    def _rsa(self) -> rsa.RSAPublicKey:
        return rsa.RSAPublicNumbers(EXPONENT, self.modulus).public_key()


class PrivateKey:
    """A private key, which never leaves the place that it was made in but as an encrypted PEM."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key().public_numbers().n)

    @classmethod
    def generate(cls, bits: int = DEVICE_BITS) -> Self:
        """Make a key of 2048 bits, for a device, or 3072."""
        return cls(rsa.generate_private_key(public_exponent=EXPONENT, key_size=bits))

    @classmethod
    def from_pem(cls, pem: bytes, *, password: bytes | None = None) -> Self:
        """Read PKCS#8; raises `Malformed` for anything but an RSA key under this password."""
        try:
            key = serialization.load_pem_private_key(pem, password)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise Malformed("This is not a private key, or not under this password.") from None
        if not isinstance(key, rsa.RSAPrivateKey):
            raise Malformed("Keys are RSA keys.")
        if key.public_key().public_numbers().e != EXPONENT:
            raise WeakKey("The exponent of a key is 65537.")
        return cls(key)

    def pem(self, *, password: bytes | None = None) -> bytes:
        """Write PKCS#8, encrypted when there is a password."""
        encryption = (
            serialization.BestAvailableEncryption(password)
            if password
            else serialization.NoEncryption()
        )
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
        )

    def der(self) -> bytes:
        """Return PKCS#8 in DER, in the clear: only to be encrypted at once."""
        return self._key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def sign(self, signed: bytes) -> bytes:
        """Sign bytes; another signature each time."""
        return self._key.sign(signed, _PSS, hashes.SHA256())


def issuer_keys(document: Mapping[str, Any]) -> dict[str, PublicKey]:
    """Read a JWKS into keys by id, passing over keys of other kinds; raises `Malformed`.

    The `kid` that the document states must be the one that the key itself has.
    """
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise Malformed("A JWKS has a list of keys.")
    keys = {}
    for jwk in listed:
        if not isinstance(jwk, Mapping) or jwk.get("kty") != "RSA":
            continue
        key = PublicKey.from_jwk({name: jwk.get(name) for name in ("e", "n")})
        if jwk.get("kid") != key.key_id:
            raise Malformed("A key of the JWKS does not have the id that it is listed under.")
        keys[key.key_id] = key
    return keys
