"""A login kept in cookies, for pages of a browser: where no script can read its tokens.

Browsers send cookies along with whatever any page asks of us, so a request that changes
something is believed only when our own page sent it: it must bring, in `X-CSRF-Token`, a value
that only our pages can know, and not come from another site as far as the browser tells.
The names' prefixes make browsers refuse these cookies from anybody else's address or over plain
http; on a machine of one's own they take http://127.0.0.1 and http://localhost for safe.
"""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac
from rest_framework.exceptions import PermissionDenied

from accounts.api import tokens
from accounts.errors import TokenNotValid
from accounts.models import RefreshToken

ACCESS_COOKIE = "__Host-access"
REFRESH_COOKIE = "__Secure-refresh"
CSRF_COOKIE = "__Host-csrf"

# The only place that needs it: other requests do not carry it about.
REFRESH_PATH = "/api/v1/tokens/refresh"

_SAFE = ("GET", "HEAD", "OPTIONS")
_PLACES = {ACCESS_COOKIE: "/", REFRESH_COOKIE: REFRESH_PATH, CSRF_COOKIE: "/"}


def write_cookies(response: HttpResponseBase, token: RefreshToken) -> None:
    """Hand out a login as cookies instead of as JSON."""
    pair = tokens.write_pair(token)
    life = int((token.family.expires_at - token.issued_at).total_seconds())
    access_life = min(life, int(tokens.ACCESS_LIFE.total_seconds()))
    _set(response, ACCESS_COOKIE, pair.access_token, life=access_life, samesite="Lax")
    _set(response, REFRESH_COOKIE, pair.refresh_token, life=life)
    # Our pages read this one, to show that they can.
    _set(response, CSRF_COOKIE, csrf_token(token.family_id), life=life, httponly=False)


def clear_cookies(response: HttpResponseBase) -> None:
    """Make the browser forget the login."""
    for name in _PLACES:
        _set(response, name, "", life=0)


def are_in(request: HttpRequest) -> bool:
    """Whether a page of ours sends this from a browser that keeps a login."""
    if not {ACCESS_COOKIE, CSRF_COOKIE} & request.COOKIES.keys():
        return False
    try:
        require_own_origin(request)
    except PermissionDenied:
        return False
    return True


def csrf_token(family_id: UUID) -> str:
    """Return what pages of this login must send along; good for as long as the login."""
    return salted_hmac("accounts.api.cookies", str(family_id), algorithm="sha256").hexdigest()


def access_token_of(request: HttpRequest) -> str | None:
    """Return the access token in a request's cookies, None without one or its CSRF token."""
    encoded = request.COOKIES.get(ACCESS_COOKIE)
    if encoded is None:
        return None
    try:
        require_own_page(request, family_id=tokens.read_access(encoded).family_id)
    except (TokenNotValid, PermissionDenied):
        return None
    return encoded


def require_own_page(request: HttpRequest, *, family_id: UUID) -> None:
    """Refuse a request to change something that our own page did not send. `PermissionDenied`."""
    if request.method in _SAFE:
        return
    require_own_origin(request)
    brought = request.META.get("HTTP_X_CSRF_TOKEN", "")
    if not constant_time_compare(brought, csrf_token(family_id)):
        raise PermissionDenied("Send the value of the cookie __Host-csrf in X-CSRF-Token.")


def require_own_origin(request: HttpRequest) -> None:
    """Refuse what the browser says comes from another site's page. Raises `PermissionDenied`."""
    origin = request.META.get("HTTP_ORIGIN")
    site = request.META.get("HTTP_SEC_FETCH_SITE")
    if site in ("same-origin", "none") or (site is None and origin is None):
        return
    ours = (settings.PURSER_ORIGIN, f"{request.scheme}://{request.get_host()}")
    # A browser that tells the site tells it truly: our origin cannot be another site's.
    trusted = settings.CSRF_TRUSTED_ORIGINS if site else (*ours, *settings.CSRF_TRUSTED_ORIGINS)
    if origin not in trusted:
        raise PermissionDenied("This was sent by a page of another site.")


def _set(
    response: HttpResponseBase,
    name: str,
    value: str,
    *,
    life: int,
    samesite: Literal["Lax", "Strict"] = "Strict",
    httponly: bool = True,
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=life,
        path=_PLACES[name],
        secure=True,
        httponly=httponly,
        samesite=samesite,
    )
