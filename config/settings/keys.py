"""What API keys are hashed with."""

import hashlib

from config.settings.environment import EMBEDDED, env

# An embedded installation whose variables somebody set by hand, without this one, derives it.
_OWN = hashlib.sha256(f"API keys\n{env('SECRET_KEY')}".encode()).hexdigest()

API_KEY_PEPPER = env("API_KEY_PEPPER", default=_OWN if EMBEDDED else "")
# Those of before: keys that were made with them still work.
API_KEY_RETIRED_PEPPERS = env.list("API_KEY_RETIRED_PEPPERS", default=[])
