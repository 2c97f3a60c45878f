from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.notices import send_notice
from accounts.api.serializers import PersonSerializer, ProfileSerializer
from accounts.operations import update_profile
from accounts.queries import get_person


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
        before = get_person(user_id=principal_of(request).id)
        person = update_profile(user_id=before.id, **body.validated_data)
        if person.email_code != before.email_code:
            send_notice(
                request,
                email=person.email,
                template="email_code_changed",
                rule=person.email_code,
            )
        return Response(PersonSerializer(person).data)


def absent(request: HttpRequest) -> HttpResponse:
    """Stands on paths that a library would answer and this installation does not have."""
    raise Http404
