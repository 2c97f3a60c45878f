"""How a login goes on and ends: its tokens, and the cookies that may hold them."""

from __future__ import annotations

from typing import Any

from allauth.headless.account.views import SessionView
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import cookies, tokens
from accounts.api.authentication import principal_of
from accounts.api.serializers import (
    CookiePairSerializer,
    CsrfTokenSerializer,
    RefreshSerializer,
    TokenPairSerializer,
)
from accounts.errors import TokenNotValid
from accounts.models import RefreshToken
from accounts.operations import PresentedToken, log_out_everywhere, rotate_refresh_token

_NOT_VALID = OpenApiResponse(description="Not valid")


class RefreshView(APIView):
    """Exchanges a refresh token for a new pair; the old one is spent.

    Without one in the body, that of the cookie is taken, and the new pair goes into cookies.
    """

    public = True
    # An access token that has expired must not stand in the way.
    authentication_classes = ()

    @extend_schema(
        operation_id="tokens_refresh",
        request=RefreshSerializer,
        responses={
            200: PolymorphicProxySerializer(
                component_name="Refreshed",
                serializers=[TokenPairSerializer, CsrfTokenSerializer],
                resource_type_field_name=None,
            ),
            401: _NOT_VALID,
        },
    )
    def post(self, request: Request) -> Response:
        kept = request.COOKIES.get(cookies.REFRESH_COOKIE)
        if kept is not None and "refresh_token" not in request.data:
            family_id = tokens.read_refresh(kept).family_id
            cookies.require_own_page(request, family_id=family_id)
            return _in_cookies(_rotate(kept))

        body = RefreshSerializer(data=request.data)
        body.is_valid(raise_exception=True)

        pair = tokens.write_pair(_rotate(body.validated_data["refresh_token"]))

        return Response({"access_token": pair.access_token, "refresh_token": pair.refresh_token})


class CookieView(APIView):
    """Exchanges a token pair for cookies that no script can read; the refresh token is spent."""

    public = True
    authentication_classes = ()

    @extend_schema(
        operation_id="auth_cookie",
        request=CookiePairSerializer,
        responses={200: CsrfTokenSerializer, 401: _NOT_VALID},
    )
    def post(self, request: Request) -> Response:
        # Nobody else's page may log this browser in as somebody.
        cookies.require_own_origin(request)
        body = CookiePairSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        pair = body.validated_data
        if access_token := pair.get("access_token"):
            _require_one_login(access_token, pair["refresh_token"])

        return _in_cookies(_rotate(pair["refresh_token"]))


class CookieSessionView(SessionView):  # type: ignore[misc] # allauth is untyped
    """allauth's, but a browser that logs out forgets its cookies."""

    def delete(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().delete(request, *args, **kwargs)
        # Also those of a login whose access token is gone: the refresh token would stay behind.
        if cookies.are_in(request):
            cookies.clear_cookies(response)
        return response


class LogOutEverywhereView(APIView):
    """Ends every login of the caller, this one too."""

    few_writes = True

    @extend_schema(operation_id="auth_logout_all", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        log_out_everywhere(user_id=principal_of(request).id, at=timezone.now())
        response = Response(status=204)
        if cookies.are_in(request):
            cookies.clear_cookies(response)
        return response


def _rotate(encoded: str) -> RefreshToken:
    """Spend a refresh token and return the one that comes after it. Raises `TokenNotValid`."""
    claims = tokens.read_refresh(encoded)
    if claims.token_id is None:
        raise TokenNotValid
    presented = PresentedToken(
        token_id=claims.token_id,
        family_id=claims.family_id,
        user_id=claims.user_id,
        version=claims.version,
    )
    return rotate_refresh_token(presented=presented, at=timezone.now())


def _require_one_login(access_token: str, refresh_token: str) -> None:
    first, second = tokens.read_access(access_token), tokens.read_refresh(refresh_token)
    if first.family_id != second.family_id:
        raise TokenNotValid


def _in_cookies(token: RefreshToken) -> Response:
    response = Response({"csrf_token": cookies.csrf_token(token.family_id)})
    cookies.write_cookies(response, token)
    return response
