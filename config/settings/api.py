"""The HTTP API: how requests are read, judged and answered."""

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["config.api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.api.parsers.StrictJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.AccessTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.HasScope"],
    "DEFAULT_SCHEMA_CLASS": "config.api.schema.ProblemSchema",
    "DEFAULT_PAGINATION_CLASS": "config.api.pagination.KeysetPagination",
    "EXCEPTION_HANDLER": "config.api.errors.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
