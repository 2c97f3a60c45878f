"""OpenID Connect, the client's part: the code flow with PKCE, and ID tokens judged by the rules.

Knows nothing of people here: it says who somebody is at the provider, or raises.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import jwt
import requests

from accounts.errors import IdentityRefused, IdentityUnavailable

# Whose signature only the provider can make. Never `none`, and never a shared secret.
_ALGORITHMS = ("RS256", "ES256")
_REQUIRED = ["iss", "sub", "aud", "exp", "iat"]
_TIMEOUT = (3, 7)
_METADATA_LASTS = 3600.0
# Keys are asked for again when one is unknown, but not by everybody who makes up a name for one.
_KEYS_LAST_AT_LEAST = 30.0
_LEEWAY_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a browser must bring back, and what only we and the provider may know of it."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def begin(cls) -> Attempt:
        return cls(*(secrets.token_urlsafe(48) for _ in range(3)))

    @property
    def challenge(self) -> str:
        """The S256 challenge of RFC 7636."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class Provider:
    """An issuer, with what it publishes about itself and its keys, kept for a while."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._metadata: dict[str, Any] = {}
        self._metadata_at = self._keys_at = float("-inf")
        self._keys: dict[str | None, jwt.PyJWK] = {}

    def address(self, *, client_id: str, redirect_uri: str, attempt: Attempt) -> str:
        """Return where to send a browser. Raises `IdentityUnavailable`."""
        asked = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid email profile",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._endpoint('authorization_endpoint')}?{urlencode(asked)}"

    def exchange(
        self, *, code: str, client_id: str, client_secret: str, redirect_uri: str, verifier: str
    ) -> str:
        """Return the ID token for a code. Raises `IdentityRefused`, `IdentityUnavailable`."""
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": client_id,
            "client_secret": client_secret,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        try:
            answer = requests.post(
                self._endpoint("token_endpoint"), data=sent, timeout=_TIMEOUT, allow_redirects=False
            )
        except requests.RequestException as error:
            raise IdentityUnavailable from error
        if answer.status_code >= 500:
            raise IdentityUnavailable
        id_token = _members(answer).get("id_token") if answer.status_code == 200 else None
        if not isinstance(id_token, str):
            raise IdentityRefused
        return id_token

    def claims(self, id_token: str, *, client_id: str, nonce: str | None) -> dict[str, Any]:
        """Return what an ID token says, once all that must hold does. Raises `IdentityRefused`.

        With no `nonce` asked for, the token must have none either.
        """
        try:
            header = jwt.get_unverified_header(id_token)
            key = self._key(header.get("kid"))
            if header["alg"] not in _ALGORITHMS or header["alg"] != key.algorithm_name:
                raise IdentityRefused
            said: dict[str, Any] = jwt.decode(
                id_token,
                key,
                algorithms=[header["alg"]],
                audience=client_id,
                issuer=self.issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": _REQUIRED},
            )
        except jwt.PyJWTError as error:
            raise IdentityRefused from error
        if said.get("azp", client_id) != client_id or not said["sub"]:
            raise IdentityRefused
        if not hmac.compare_digest(str(said.get("nonce") or ""), nonce or ""):
            raise IdentityRefused
        return said

    def _endpoint(self, name: str) -> str:
        if time.monotonic() - self._metadata_at > _METADATA_LASTS:
            found = _fetch(f"{self.issuer}/.well-known/openid-configuration")
            if found.get("issuer") != self.issuer:
                raise IdentityUnavailable
            self._metadata, self._metadata_at = found, time.monotonic()
        address = self._metadata.get(name)
        if not isinstance(address, str):
            raise IdentityUnavailable
        return address

    def _key(self, kid: str | None) -> jwt.PyJWK:
        if kid not in self._keys and time.monotonic() - self._keys_at > _KEYS_LAST_AT_LEAST:
            published = _fetch(self._endpoint("jwks_uri"))
            try:
                keys = jwt.PyJWKSet.from_dict(published).keys
            except jwt.PyJWTError as error:
                raise IdentityUnavailable from error
            self._keys = {key.key_id: key for key in keys}
            self._keys_at = time.monotonic()
        if kid not in self._keys:
            raise IdentityRefused
        return self._keys[kid]


@lru_cache(maxsize=16)
def provider_at(issuer: str) -> Provider:
    """Return the provider at `issuer`, which this process asks about itself once an hour."""
    return Provider(issuer)


def _fetch(address: str) -> dict[str, Any]:
    try:
        answer = requests.get(address, timeout=_TIMEOUT, allow_redirects=False)
    except requests.RequestException as error:
        raise IdentityUnavailable from error
    if answer.status_code != 200:
        raise IdentityUnavailable
    return _members(answer)


def _members(answer: requests.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except requests.JSONDecodeError as error:
        raise IdentityUnavailable from error
    if not isinstance(found, dict):
        raise IdentityUnavailable
    return found
