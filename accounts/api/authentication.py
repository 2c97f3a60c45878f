from __future__ import annotations

from ipaddress import ip_address
from typing import Any, cast

from allauth.account.adapter import get_adapter
from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.api import cookies, tokens
from accounts.api_keys import digest, is_well_formed
from accounts.errors import TokenNotValid
from accounts.principal import Principal
from accounts.queries import find_principal, find_principal_of_key, recall_principal


class AccessTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`: one signature and one round trip.

    A view with `judges_caller = True` spares it for callers who were met before: its own database
    call judges the `standing` of whom it is given (see `judged_callers`).
    """

    def authenticate(self, request: Request) -> tuple[Principal, tokens.Claims] | None:
        scheme, _, encoded = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        claims = _read(encoded.strip())
        return _principal(request, claims), claims

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class ApiKeyAuthentication(BaseAuthentication):
    """`X-API-Key: sk_live_...`: one round trip, which also notes the use."""

    def authenticate(self, request: Request) -> tuple[Principal, None] | None:
        text = request.META.get("HTTP_X_API_KEY")
        if text is None:
            return None
        if not is_well_formed(text):
            raise _refused("The API key is not one, or has a typing error.")
        peppers = [settings.API_KEY_PEPPER, *settings.API_KEY_RETIRED_PEPPERS]
        principal = find_principal_of_key(
            digests=[digest(text, pepper=pepper) for pepper in peppers],
            address=_address_of(request),
        )
        if principal is None:
            raise _refused("The API key is not valid, has expired, or is not for this address.")
        return principal, None


class CookieAuthentication(BaseAuthentication):
    """The access token in a cookie, and with it a proof that our own page asks for a change."""

    def authenticate(self, request: Request) -> tuple[Principal, tokens.Claims] | None:
        encoded = request.COOKIES.get(cookies.ACCESS_COOKIE)
        if encoded is None:
            return None
        claims = _read(encoded)
        cookies.require_own_page(request, family_id=claims.family_id)
        return _principal(request, claims), claims


class AccessTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = AccessTokenAuthentication
    name = "accessToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, Any]:
        return {"type": "apiKey", "in": "header", "name": "X-API-Key"}


class CookieScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = CookieAuthentication
    name = "cookie"

    def get_security_definition(self, auto_schema: object) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": cookies.ACCESS_COOKIE,
            "description": "All methods but GET want X-CSRF-Token as well.",
        }


def _address_of(request: Request) -> str:
    """Where a request came from; an IPv4 address is itself however the server spells it."""
    address = ip_address(get_adapter().get_client_ip(request))
    return str(getattr(address, "ipv4_mapped", None) or address)


def principal_of(request: Request) -> Principal:
    """Return who asks; only for views that anonymous callers cannot reach."""
    return cast(Principal, request.user)


def _read(encoded: str) -> tokens.Claims:
    try:
        return tokens.read_access(encoded)
    except TokenNotValid as refusal:
        raise _refused() from refusal


def _principal(request: Request, claims: tokens.Claims) -> Principal:
    view = (request.parser_context or {}).get("view")
    if getattr(view, "judges_caller", False) and (met := recall_principal(**_names(claims))):
        return met
    return look_up(claims)


def look_up(claims: tokens.Claims) -> Principal:
    """Ask who the token of these claims speaks for. Raises `AuthenticationFailed`."""
    principal = find_principal(**_names(claims))
    if principal is None:
        raise _refused()
    return principal


def _names(claims: tokens.Claims) -> dict[str, Any]:
    return {"user_id": claims.user_id, "family_id": claims.family_id, "version": claims.version}


def _refused(message: str = TokenNotValid.message) -> AuthenticationFailed:
    return AuthenticationFailed(message, code=TokenNotValid.code)
