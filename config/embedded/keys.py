"""The random secrets of an embedded installation, made once and kept in its state."""

from __future__ import annotations

import base64
import secrets
from typing import Any

_PASSWORDS = ("superuser_password", "owner_password", "app_password")
_KEYS = ("SECRET_KEY", "JWT_SIGNING_KEY", "API_KEY_PEPPER")
_PROVIDER_KEYS = {
    "PAYSTACK_SECRET_KEY": "sk_test_",
    "STRIPE_SECRET_KEY": "sk_test_",
    "STRIPE_WEBHOOK_SECRET": "whsec_",
    "MOCK_SECRET_KEY": "mk_test_",
}


def complete(state: dict[str, Any]) -> bool:
    """Give `state` every secret that it lacks; return whether anything was missing.

    Secrets that are there are never changed: data and tokens depend on them. A version
    that needs one more secret finds it made at the next start.
    """
    postgres = state.setdefault("postgres", {})
    kept = state.setdefault("secrets", {})
    before = len(postgres) + len(kept)
    for name in _PASSWORDS:
        postgres.setdefault(name, secrets.token_urlsafe(32))
    for name in _KEYS:
        kept.setdefault(name, secrets.token_urlsafe(64))
    # The first of the keys that seal personal data; rotating adds others in front of it.
    kept.setdefault("FIELD_KEYS", f"k1:{_random_key()}")
    kept.setdefault("FIELD_INDEX_KEY", _random_key())
    for name, prefix in _PROVIDER_KEYS.items():
        kept.setdefault(name, prefix + secrets.token_hex(20))
    return len(postgres) + len(kept) > before


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
