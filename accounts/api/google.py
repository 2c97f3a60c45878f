"""Logging in with Google in a browser: away with a challenge, back with its answer."""

from __future__ import annotations

import hmac
from dataclasses import asdict

from allauth.core.exceptions import ImmediateHttpResponse, SignupClosedException
from allauth.headless.base.response import AuthenticationResponse
from allauth.headless.constants import Client
from allauth.headless.internal.authkit import authentication_context
from allauth.headless.internal.decorators import mark_request_as_headless
from allauth.headless.socialaccount.internal import complete_token_login
from allauth.socialaccount.adapter import get_adapter
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.api import headless
from accounts.errors import IdentityRefused, TooManyTries
from accounts.oidc import Attempt, provider_at
from accounts.operations import take_try
from accounts.patience import ONE_LOGIN

_SALT = "accounts.google"
_LIFE_SECONDS = 600


class GoogleView(APIView):
    """Sends a browser to Google with state, nonce and a PKCE challenge."""

    public = True
    authentication_classes = ()

    @extend_schema(
        operation_id="auth_google",
        responses={302: OpenApiResponse(description="To Google"), 404: None, 503: None},
    )
    def get(self, request: Request) -> HttpResponse:
        _require_configured()
        attempt = Attempt.begin()
        address = provider_at(settings.GOOGLE_ISSUER).address(
            client_id=settings.GOOGLE_CLIENT_ID, redirect_uri=_redirect_uri(), attempt=attempt
        )

        answer = HttpResponseRedirect(address)
        answer["Cache-Control"] = "no-store"
        answer.set_cookie(
            settings.GOOGLE_COOKIE_NAME,
            signing.dumps(asdict(attempt), salt=_SALT),
            max_age=_LIFE_SECONDS,
            path="/api/v1/auth/google",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return answer


class GoogleCallbackView(APIView):
    """Where Google sends the browser back to. Ends like a login: tokens, or the next step."""

    public = True
    authentication_classes = ()

    @extend_schema(
        operation_id="auth_google_callback",
        parameters=[OpenApiParameter("state", str), OpenApiParameter("code", str)],
        responses={
            200: OpenApiResponse(description="As `auth/login`, with the tokens in `meta`"),
            401: OpenApiResponse(description="As `auth/login` while another step is to come"),
            503: None,
        },
    )
    def get(self, request: Request) -> HttpResponse:
        _require_configured()
        attempt = _attempt_of(request)
        provider = provider_at(settings.GOOGLE_ISSUER)
        id_token = provider.exchange(
            code=request.query_params.get("code", ""),
            client_id=settings.GOOGLE_CLIENT_ID,
            client_secret=settings.GOOGLE_CLIENT_SECRET,
            redirect_uri=_redirect_uri(),
            verifier=attempt.verifier,
        )
        claims = provider.claims(id_token, client_id=settings.GOOGLE_CLIENT_ID, nonce=attempt.nonce)

        answer = _log_in(request._request, claims)  # noqa: SLF001 -- allauth wants Django's own
        answer.delete_cookie(settings.GOOGLE_COOKIE_NAME, path="/api/v1/auth/google")
        return answer


def _attempt_of(request: Request) -> Attempt:
    """Return what this browser was sent away with, once. Raises `IdentityRefused`."""
    try:
        cookie = request.COOKIES.get(settings.GOOGLE_COOKIE_NAME, "")
        attempt = Attempt(**signing.loads(cookie, salt=_SALT, max_age=_LIFE_SECONDS))
    except signing.BadSignature as error:
        raise IdentityRefused from error
    state = request.query_params.get("state", "")
    if not hmac.compare_digest(state.encode(), attempt.state.encode()):
        raise IdentityRefused
    try:
        take_try(what=f"google:{attempt.state}", patience=ONE_LOGIN, at=timezone.now())
    except TooManyTries as refusal:
        raise IdentityRefused from refusal
    if not request.query_params.get("code"):
        # Google says `error`: the person changed their mind.
        raise IdentityRefused
    return attempt


def _log_in(request: HttpRequest, claims: dict[str, object]) -> HttpResponse:
    """Let allauth find or make the person; in a session of its own, as for any app."""
    mark_request_as_headless(request, Client.APP)
    with authentication_context(request):
        provider = get_adapter().get_provider(
            request, "google", client_id=settings.GOOGLE_CLIENT_ID
        )
        try:
            login = provider.sociallogin_from_response(request, claims)
            login.state["process"] = "login"
            answer = complete_token_login(request, login)
        except ImmediateHttpResponse as refusal:
            immediate: HttpResponse = refusal.response
            return immediate
        except ValidationError as error:
            raise IdentityRefused from error
        except SignupClosedException:
            return headless.forbidden(request)
        told: HttpResponse = AuthenticationResponse.from_response(request, answer)
        return told


def _redirect_uri() -> str:
    return f"{settings.PURSER_ORIGIN}/api/v1/auth/google/callback"


def _require_configured() -> None:
    if not settings.GOOGLE_CLIENT_ID:
        raise Http404
