"""The keys that personal data is sealed with, and how long evidence of identity is kept."""

import hashlib
from base64 import b64encode
from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured

from accounts.sealing import Keyring, parse_key
from config.settings.environment import EMBEDDED, env


def _own(purpose: str) -> str:
    """A key for an embedded installation whose variables somebody set by hand, without these."""
    digest = hashlib.sha256(f"{purpose}\n{env('SECRET_KEY')}".encode()).digest()
    return b64encode(digest).decode()


# `id:base64` of 32 random bytes, separated by commas: the first seals, all of them open.
FIELD_KEYS = env("FIELD_KEYS", default=f"k0:{_own('field')}" if EMBEDDED else "")
# Finds equal values without opening them. It cannot be changed: what it found would be lost.
FIELD_INDEX_KEY = env("FIELD_INDEX_KEY", default=_own("index") if EMBEDDED else "")
try:
    Keyring.parse(FIELD_KEYS)
    parse_key(FIELD_INDEX_KEY)
except ValueError as fault:
    raise ImproperlyConfigured(f"FIELD_KEYS and FIELD_INDEX_KEY: {fault}") from fault

# Tables, columns and the columns of their primary keys that the field keys seal themselves:
# `manage.py rotate_field_keys` seals them anew.
SEALED_COLUMNS = [
    ("accounts_datakey", "wrapped", "id"),
    ("accounts_factorsecret", "sealed", "id"),
    ("events_webhookendpoint", "secret", "id"),
    ("events_webhookendpoint", "former_secret", "id"),
    ("offline_issuerkey", "sealed", "kid"),
]

# How long the documents by which somebody was identified outlive the erasure of their data.
# Laws against money laundering mostly ask for five years after the relation ended.
KYC_RETENTION = timedelta(days=env.int("KYC_RETENTION_DAYS", default=1826))

# What is held about a person, each app's part; and what keeps it from being erased.
PERSONAL_DATA = [
    "accounts.personal.HELD",
    "events.personal.HELD",
    "wallets.personal.HELD",
    "payments.personal.HELD",
    "offline.personal.HELD",
]
OPEN_ITEMS = [
    "accounts.personal.OPEN",
    "wallets.personal.OPEN",
    "payments.personal.OPEN",
    "offline.personal.OPEN",
]
OPEN_ITEMS_OF_WALLET = [
    "wallets.personal.OPEN_OF_WALLET",
    "payments.personal.OPEN_OF_WALLET",
    "offline.personal.OPEN_OF_WALLET",
]
# What other apps do when somebody's data is erased, before open items are looked for: after it
# nothing may come that was not there when they were.
BEFORE_ERASURE = ["wallets.operations.close_for_erasure"]
