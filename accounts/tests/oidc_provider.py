"""A provider of identities that checks what Google checks, and lies on request."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "purser-web.example", "a-secret-of-the-client"

# One for all: making one takes a while.
_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)

Spoil = Callable[[dict[str, Any]], dict[str, Any]]


class OidcProvider:
    """One issuer on a real socket: `person` logs in, `spoil` changes what is said of them."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.person: dict[str, Any] = {
            "sub": "1001",
            "email": "grace@example.com",
            "email_verified": True,
            "name": "Grace Hopper",
        }
        self.spoil: Spoil = dict
        self.write: Callable[[dict[str, Any]], str] = self.sign
        self.refusals: list[str] = []
        self.down = False
        self._key = _KEY
        self._kid = secrets.token_hex(8)
        self._codes: dict[str, dict[str, str]] = {}

    def authorize(self, address: str) -> str:
        """Do what the browser and the person do at the provider; return where they are sent."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        return jwt.encode(claims, self._key, "RS256", headers={"kid": self._kid, **header})

    def claims(self, *, audience: str = CLIENT_ID, nonce: str | None = None) -> dict[str, Any]:
        now = int(time.time())
        said = {"iss": self.issuer, "aud": audience, "iat": now, "exp": now + 3600, **self.person}
        return self.spoil(said if nonce is None else {**said, "nonce": nonce})

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Exchange a code: once, for who asked, with the verifier of the challenge."""
        asked = self._codes.pop(form.get("code", ""), None)
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        rules = {
            "code": asked is not None,
            "client": (form.get("client_id"), form.get("client_secret"))
            == (CLIENT_ID, CLIENT_SECRET),
            "redirect_uri": asked is not None and asked["redirect_uri"] == form.get("redirect_uri"),
            "verifier": asked is not None and asked["code_challenge"] == challenge,
        }
        broken = [name for name, holds in rules.items() if not holds]
        if broken or asked is None:
            self.refusals += broken
            return 400, {"error": "invalid_grant"}
        id_token = self.write(self.claims(nonce=asked["nonce"]))
        return 200, {"access_token": "opaque", "token_type": "Bearer", "id_token": id_token}

    def published(self, path: str) -> dict[str, Any] | None:
        if path == "/jwks":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
            return {"keys": [{**public, "kid": self._kid, "alg": "RS256", "use": "sig"}]}
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
            }
        return None


@contextmanager
def oidc_provider() -> Iterator[OidcProvider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = None if provider.down else provider.published(self.path)
            self._answer(200 if found else 503, found or {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if provider.down:
                self._answer(503, {})
            else:
                self._answer(*provider.token(dict(parse_qsl(body))))

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = OidcProvider(f"http://127.0.0.1:{server.server_address[1]}")
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
