"""How sessions are written: sealed, so that who reads the database reads no code out of them.

Codes that were mailed, a new authenticator's secret and what a passkey is to sign lie in the
session until they are used. Django signs what is written here; the seal hides it.
"""

from __future__ import annotations

import json
import secrets
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.crypto import salted_hmac

_PURPOSE = "config.sessions"
_NONCE_BYTES = 12
# No JSON begins like this: sessions of before are read as well.
_MARK = b"\x01"


class SealedSerializer:
    """AES-256-GCM under a key made from SECRET_KEY, which lasts as long as sessions do."""

    def dumps(self, session: dict[str, Any]) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        plain = json.dumps(session, separators=(",", ":")).encode()
        return _MARK + nonce + _cipher().encrypt(nonce, plain, _PURPOSE.encode())

    def loads(self, written: bytes) -> dict[str, Any]:
        if written.startswith(_MARK):
            nonce, sealed = written[1 : 1 + _NONCE_BYTES], written[1 + _NONCE_BYTES :]
            written = _cipher().decrypt(nonce, sealed, _PURPOSE.encode())
        session: dict[str, Any] = json.loads(written)
        return session


@cache
def _cipher() -> AESGCM:
    return AESGCM(salted_hmac(_PURPOSE, "key", algorithm="sha256").digest())
