from __future__ import annotations

from typing import Any, cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.api import tokens
from accounts.errors import TokenNotValid
from accounts.principal import Principal
from accounts.queries import find_principal


class AccessTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`: one signature and one round trip."""

    def authenticate(self, request: Request) -> tuple[Principal, tokens.Claims] | None:
        scheme, _, encoded = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            claims = tokens.read_access(encoded.strip())
        except TokenNotValid as refusal:
            raise _refused() from refusal
        principal = find_principal(
            user_id=claims.user_id, family_id=claims.family_id, version=claims.version
        )
        if principal is None:
            raise _refused()
        return principal, claims

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class AccessTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = AccessTokenAuthentication
    name = "accessToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


def principal_of(request: Request) -> Principal:
    """Return who asks; only for views that anonymous callers cannot reach."""
    return cast(Principal, request.user)


def _refused() -> AuthenticationFailed:
    return AuthenticationFailed(TokenNotValid.message, code=TokenNotValid.code)
