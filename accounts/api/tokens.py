"""How access and refresh tokens are written and read. The database has the last word, elsewhere.

Both are HS256 JWTs under a key of their own, named by `kid`, so that keys can be replaced
while tokens made with the one before still live.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import jwt
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError

from accounts.errors import TokenNotValid
from accounts.models import RefreshToken

ACCESS, REFRESH = "access", "refresh"
ACCESS_LIFE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says once its signature is known to be ours. `expires_at` is in Unix seconds."""

    kind: str
    user_id: UUID
    family_id: UUID
    version: int
    expires_at: int
    token_id: UUID | None


@dataclass(frozen=True, slots=True)
class TokenPair:
    access_token: str
    refresh_token: str


class _Key(TokenBackend):
    """simplejwt's codec, with the key named in the header."""

    def __init__(self, secret: str) -> None:
        super().__init__(
            "HS256",
            signing_key=secret,
            audience=settings.JWT_AUDIENCE,
            issuer=settings.JWT_ISSUER,
        )
        self.kid = hashlib.sha256(b"kid:" + secret.encode()).hexdigest()[:8]

    def encode(self, payload: dict[str, Any]) -> str:
        return jwt.encode(
            {**payload, "aud": self.audience, "iss": self.issuer},
            self.prepared_signing_key,
            algorithm=self.algorithm,
            headers={"kid": self.kid},
        )


_CURRENT = _Key(settings.JWT_SIGNING_KEY)
_KEYS = {key.kid: key for key in [_CURRENT, *map(_Key, settings.JWT_RETIRED_SIGNING_KEYS)]}


def write_pair(token: RefreshToken) -> TokenPair:
    """Write `token` and an access token beside it. The same token gives the same two strings."""
    return TokenPair(access_token=write_access(token), refresh_token=_write_refresh(token))


def write_access(token: RefreshToken, *, life: timedelta = ACCESS_LIFE) -> str:
    """Write an access token for the login that `token` belongs to."""
    expires_at = min(token.issued_at + life, token.family.expires_at)
    return _CURRENT.encode(
        {
            **_common(token, ACCESS),
            "exp": int(expires_at.timestamp()),
            "auth_time": int(token.family.authenticated_at.timestamp()),
        }
    )


def read_access(encoded: str) -> Claims:
    """Return what an access token of ours says. Raises `TokenNotValid` for everything else."""
    return _checked(encoded, ACCESS)


def read_refresh(encoded: str) -> Claims:
    """Return what a refresh token of ours says. Raises `TokenNotValid` for everything else."""
    return _checked(encoded, REFRESH)


def _write_refresh(token: RefreshToken) -> str:
    return _CURRENT.encode(
        {
            **_common(token, REFRESH),
            "exp": int(token.family.expires_at.timestamp()),
            "jti": str(token.id),
        }
    )


def _common(token: RefreshToken, kind: str) -> dict[str, Any]:
    user = token.family.user
    return {
        "token_type": kind,
        "sub": str(user.id),
        "fam": str(token.family_id),
        "ver": user.token_version,
        "iat": int(token.issued_at.timestamp()),
    }


def _checked(encoded: str, kind: str) -> Claims:
    claims = _verified(encoded)
    if claims.kind != kind or claims.expires_at <= time.time():
        raise TokenNotValid
    return claims


@lru_cache(maxsize=16384)
def _verified(encoded: str) -> Claims:
    """Check a signature once per process: it stays good; only the clock and the database move."""
    try:
        key = _KEYS[jwt.get_unverified_header(encoded)["kid"]]
        payload = key.decode(encoded)  # type: ignore[arg-type] # its own hint is wrong
        token_id = payload.get("jti")
        return Claims(
            kind=payload["token_type"],
            user_id=UUID(payload["sub"]),
            family_id=UUID(payload["fam"]),
            version=int(payload["ver"]),
            expires_at=int(payload["exp"]),
            token_id=UUID(token_id) if token_id else None,
        )
    except (
        jwt.InvalidTokenError,
        TokenBackendError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
    ) as error:
        raise TokenNotValid from error
