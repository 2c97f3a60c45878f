"""People as staff see them, and the roles that one proposes and another approves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.people_serializers import (
    ChangedPersonSerializer,
    OtherPersonSerializer,
    PersonChangesSerializer,
    RoleProposalSerializer,
)
from accounts.models import RoleProposal, User
from accounts.operations import (
    PersonChanges,
    approve_role,
    change_person,
    propose_role,
    reject_role,
)
from accounts.principal import Principal
from accounts.queries import (
    get_person_below,
    people_below,
    people_with_phone,
    proposals_below,
    role_has_permission,
)


@extend_schema_view(
    get=extend_schema(
        operation_id="users_list",
        parameters=[OpenApiParameter("phone", str, description="a whole phone number")],
    )
)
class PeopleView(ListAPIView[User]):
    """People of less weight than the caller."""

    scope = "read"
    permission = "accounts.view_user"
    serializer_class = OtherPersonSerializer
    ordering = ("-created_at", "-id")

    def get_queryset(self) -> QuerySet[User]:
        people = people_below(weight=principal_of(self.request).weight)
        phone = self.request.query_params.get("phone")
        return people if phone is None else people_with_phone(people, phone=phone)


class PersonView(APIView):
    """Somebody of less weight than the caller.

    Beside `change_user`, `is_active` wants the permission `deactivate_user`, `kyc_tier` wants
    `set_kyc_tier`, and `role` wants `propose_role`.
    """

    scope = "read"
    WANTED: ClassVar[dict[str, str]] = {
        "is_active": "accounts.deactivate_user",
        "kyc_tier": "accounts.set_kyc_tier",
        "role": "accounts.propose_role",
    }

    @property
    def permission(self) -> str:
        changes = getattr(self.request, "method", "GET") == "PATCH"
        return "accounts.change_user" if changes else "accounts.view_user"

    @extend_schema(operation_id="users_read", responses=OtherPersonSerializer)
    def get(self, request: Request, user_id: UUID) -> Response:
        person = get_person_below(user_id=user_id, weight=principal_of(request).weight)
        return Response(OtherPersonSerializer(person).data)

    @extend_schema(
        operation_id="users_update",
        request=PersonChangesSerializer,
        responses=ChangedPersonSerializer,
    )
    def patch(self, request: Request, user_id: UUID) -> Response:
        asker = principal_of(request)
        body = PersonChangesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = dict(body.validated_data)
        for field, permission in self.WANTED.items():
            if field in wanted:
                _require(asker, permission)

        proposal = _change(asker, user_id, wanted)

        person = get_person_below(user_id=user_id, weight=asker.weight)
        document = OtherPersonSerializer(person).data
        document["role_proposal"] = RoleProposalSerializer(proposal).data if proposal else None
        return Response(document)


@extend_schema_view(get=extend_schema(operation_id="role_proposals_list"))
class RoleProposalsView(ListAPIView[RoleProposal]):
    """What was proposed for people of less weight than the caller."""

    permission = "accounts.view_roleproposal"
    serializer_class = RoleProposalSerializer
    ordering = ("-proposed_at", "-id")

    def get_queryset(self) -> QuerySet[RoleProposal]:
        return proposals_below(weight=principal_of(self.request).weight)


class ApproveRoleView(APIView):
    """Gives the role that another person proposed. The person's logins end."""

    permission = "accounts.approve_role"
    sensitive = True

    @extend_schema(
        operation_id="role_proposals_approve", request=None, responses=RoleProposalSerializer
    )
    def post(self, request: Request, proposal_id: UUID) -> Response:
        proposal = approve_role(
            actor_id=principal_of(request).id, proposal_id=proposal_id, at=timezone.now()
        )
        return Response(RoleProposalSerializer(proposal).data)


class RejectRoleView(APIView):
    """Turns a proposal down; whoever made it withdraws it so."""

    permission = "accounts.approve_role"

    @extend_schema(
        operation_id="role_proposals_reject", request=None, responses=RoleProposalSerializer
    )
    def post(self, request: Request, proposal_id: UUID) -> Response:
        proposal = reject_role(
            actor_id=principal_of(request).id, proposal_id=proposal_id, at=timezone.now()
        )
        return Response(RoleProposalSerializer(proposal).data)


def _change(asker: Principal, user_id: UUID, wanted: Mapping[str, Any]) -> RoleProposal | None:
    """Do all of what is wanted or, refused, nothing."""
    now, reason = timezone.now(), wanted.get("reason", "")
    changes = {name: value for name, value in wanted.items() if name not in {"role", "reason"}}
    with transaction.atomic():
        change_person(
            actor_id=asker.id,
            person_id=user_id,
            changes=PersonChanges(**changes),
            reason=reason,
            at=now,
        )
        if "role" not in wanted:
            return None
        return propose_role(
            actor_id=asker.id, person_id=user_id, role=wanted["role"], reason=reason, at=now
        )


def _require(asker: Principal, permission: str) -> None:
    if not (asker.is_superuser or role_has_permission(role=asker.role, permission=permission)):
        raise PermissionDenied
