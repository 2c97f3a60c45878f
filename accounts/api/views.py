from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import tokens
from accounts.api.authentication import principal_of
from accounts.api.serializers import (
    PersonSerializer,
    ProfileSerializer,
    RefreshSerializer,
    TokenPairSerializer,
)
from accounts.errors import TokenNotValid
from accounts.operations import (
    PresentedToken,
    log_out_everywhere,
    rotate_refresh_token,
    update_profile,
)
from accounts.queries import get_person


class RefreshView(APIView):
    """Exchanges a refresh token for a new pair; the old one is spent."""

    public = True
    # An access token that has expired must not stand in the way.
    authentication_classes = ()

    @extend_schema(
        operation_id="tokens_refresh",
        request=RefreshSerializer,
        responses={200: TokenPairSerializer, 401: OpenApiResponse(description="Not valid")},
    )
    def post(self, request: Request) -> Response:
        body = RefreshSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        claims = tokens.read_refresh(body.validated_data["refresh_token"])
        if claims.token_id is None:
            raise TokenNotValid
        presented = PresentedToken(
            token_id=claims.token_id,
            family_id=claims.family_id,
            user_id=claims.user_id,
            version=claims.version,
        )

        pair = tokens.write_pair(rotate_refresh_token(presented=presented, at=timezone.now()))

        return Response({"access_token": pair.access_token, "refresh_token": pair.refresh_token})


class LogOutEverywhereView(APIView):
    """Ends every login of the caller, this one too."""

    few_writes = True

    @extend_schema(operation_id="auth_logout_all", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        log_out_everywhere(user_id=principal_of(request).id, at=timezone.now())
        return Response(status=204)


class MeView(APIView):
    few_writes = True

    @property
    def scope(self) -> str | None:
        # A key may read who its owner is; only they themselves say otherwise.
        return None if self.request.method == "PATCH" else "read"

    @property
    def sensitive(self) -> bool:
        # Whoever took somebody's access token must not take away what is asked for at login.
        return self.request.method == "PATCH" and "email_code" in self.request.data

    @extend_schema(operation_id="users_me", responses=PersonSerializer)
    def get(self, request: Request) -> Response:
        person = get_person(user_id=principal_of(request).id)
        return Response(PersonSerializer(person).data)

    @extend_schema(
        operation_id="users_me_update", request=ProfileSerializer, responses=PersonSerializer
    )
    def patch(self, request: Request) -> Response:
        body = ProfileSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        person = update_profile(user_id=principal_of(request).id, **body.validated_data)
        return Response(PersonSerializer(person).data)


def absent(request: HttpRequest) -> HttpResponse:
    """Stands on paths that a library would answer and this installation does not have."""
    raise Http404
