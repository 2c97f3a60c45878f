"""JWE in compact form, of one kind: RSA-OAEP-256 around a key for A256GCM (RFC 7516, 7518)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from offline.messages import base64url, strict_json
from offline.messages.errors import Malformed
from offline.messages.keys import EXPONENT, PublicKey

ALGORITHM = "RSA-OAEP-256"
# What browsers write into a JWK besides the key.
_REMARKS = frozenset({"alg", "use", "kid", "key_ops", "ext"})
_OAEP = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)


def read_recipient(jwk: object) -> PublicKey:
    """Read the public JWK that something is encrypted to; raises `Malformed`, `WeakKey`."""
    if not isinstance(jwk, Mapping) or jwk.get("kty") != "RSA":
        raise Malformed("A recipient is a JWK of the kind RSA.")
    if jwk.get("alg", ALGORITHM) != ALGORITHM or jwk.get("use", "enc") != "enc":
        raise Malformed("A recipient's key is for RSA-OAEP-256.")
    return PublicKey.from_jwk({name: jwk[name] for name in jwk if name not in _REMARKS})


def encrypt(plain: bytes, *, recipient: PublicKey) -> str:
    """Encrypt to whoever holds the private half; another text each time."""
    header = {"alg": ALGORITHM, "enc": "A256GCM", "kid": recipient.key_id}
    protected = base64url.encode(strict_json.write(header))
    content_key, nonce = AESGCM.generate_key(256), secrets.token_bytes(12)
    sealed = AESGCM(content_key).encrypt(nonce, plain, protected.encode())
    public = rsa.RSAPublicNumbers(EXPONENT, recipient.modulus).public_key()
    parts = (public.encrypt(content_key, _OAEP), nonce, sealed[:-16], sealed[-16:])
    return ".".join((protected, *map(base64url.encode, parts)))
