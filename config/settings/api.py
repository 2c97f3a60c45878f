"""The HTTP API: how requests are read, judged and answered."""

from config.settings.openapi import SPECTACULAR_SETTINGS

__all__ = ["FREEING_REFUSALS", "KEPT_REFUSALS", "REST_FRAMEWORK", "SPECTACULAR_SETTINGS"]

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["config.api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.api.parsers.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "config.api.renderers.Negotiation",
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.AccessTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.HasScope"],
    "DEFAULT_SCHEMA_CLASS": "config.api.schema.ProblemSchema",
    "DEFAULT_PAGINATION_CLASS": "config.api.pagination.KeysetPagination",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "config.api.errors.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    # `?format=` is ours: statements come as csv, pdf or json.
    "URL_FORMAT_OVERRIDE": None,
}

# The refusals whose answers accounts.api.idempotency keeps for a repeated request.
KEPT_REFUSALS = "config.api.errors.KEPT_REFUSALS"
# Those after which the key may be used for another request.
FREEING_REFUSALS = "config.api.errors.FREEING_REFUSALS"
