"""What API keys are hashed with, and what the journal is sealed with."""

import hashlib
from base64 import b64encode

from django.core.exceptions import ImproperlyConfigured

from config.settings.environment import EMBEDDED, env
from ledger.seals import SealKey

# An embedded installation whose variables somebody set by hand, without this one, derives it.
_OWN = hashlib.sha256(f"API keys\n{env('SECRET_KEY')}".encode()).hexdigest()

API_KEY_PEPPER = env("API_KEY_PEPPER", default=_OWN if EMBEDDED else "")
# Those of before: keys that were made with them still work.
API_KEY_RETIRED_PEPPERS = env.list("API_KEY_RETIRED_PEPPERS", default=[])

# 32 random bytes in base64, of which an Ed25519 key is made. Without it nothing is sealed.
_OWN_SEAL = hashlib.sha256(f"seal\n{env('SECRET_KEY')}".encode()).digest()
SEAL_KEY = env("SEAL_KEY", default=b64encode(_OWN_SEAL).decode() if EMBEDDED else "")
# The public halves of keys that sealed before: their blocks still count as sealed.
SEAL_RETIRED_PUBLIC_KEYS = env.list("SEAL_RETIRED_PUBLIC_KEYS", default=[])
try:
    _ = SealKey(SEAL_KEY) if SEAL_KEY else None
except ValueError as wrong:
    raise ImproperlyConfigured(f"SEAL_KEY is not 32 bytes in base64: {wrong}") from wrong
