"""The HTTP API: how requests are read, judged and answered."""

import re

from django.core.exceptions import ImproperlyConfigured

from config.settings.environment import EMBEDDED, env
from config.settings.openapi import SPECTACULAR_SETTINGS

__all__ = [
    "FREEING_REFUSALS",
    "KEPT_REFUSALS",
    "REST_FRAMEWORK",
    "SPECTACULAR_SETTINGS",
    "THROTTLE_RATES",
]

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["config.api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.api.parsers.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "config.api.renderers.Negotiation",
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.AccessTokenAuthentication",
        "accounts.api.authentication.ApiKeyAuthentication",
        "accounts.api.authentication.CookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.throttles.CallerThrottle"],
    "DEFAULT_SCHEMA_CLASS": "config.api.schema.ProblemSchema",
    "DEFAULT_PAGINATION_CLASS": "config.api.pagination.KeysetPagination",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "config.api.errors.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    # `?format=` is ours: statements come as csv, pdf or json.
    "URL_FORMAT_OVERRIDE": None,
}

# The refusals whose answers accounts.api.idempotency keeps for a repeated request.
KEPT_REFUSALS = "config.api.statuses.KEPT_REFUSALS"
# Those after which the key may be used for another request.
FREEING_REFUSALS = "config.api.statuses.FREEING_REFUSALS"

_SECONDS = {"s": 1, "m": 60, "h": 3600}


def _rate(written: str) -> tuple[int, int] | None:
    """Read `100/s`: so many requests in so many seconds. Empty is without a limit."""
    if not written:
        return None
    read = re.fullmatch(r"([1-9]\d{0,8})/([smh])", written, re.ASCII)
    if read is None:
        raise ImproperlyConfigured(f"A rate is written like 100/s, 60/m or 500/h, not {written}.")
    return int(read[1]), _SECONDS[read[2]]


# What one caller may ask of one web process: of everything, and of what is sensitive. Whoever
# tries an installation on their own machine may load it as they like.
THROTTLE_RATES = {
    "usual": _rate(env("THROTTLE_RATE", default="" if EMBEDDED else "100/s")),
    "sensitive": _rate(env("THROTTLE_RATE_SENSITIVE", default="60/m")),
}
