"""Disputes as staff handle them: take one on, ask, propose, and decide what another proposed."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.idempotency import AtomicPost
from accounts.api.pages import page
from accounts.api.uploads import AnythingGoes
from wallets import dispute_queries
from wallets.api.dispute_serializers import (
    AskSerializer,
    DecideSerializer,
    DisputeDetailSerializer,
    DisputeSerializer,
    ProposeSerializer,
    detail_document,
    dispute_document,
)
from wallets.api.dispute_views import file_of
from wallets.api.fields import money_of
from wallets.models import Dispute, DisputeStatus
from wallets.operations import (
    DisputeProposal,
    approve_dispute,
    ask_party,
    assign_dispute,
    propose_dispute,
    turn_down_dispute,
)


class DisputeQueueView(APIView):
    """Every dispute, for staff."""

    permission = "wallets.handle_dispute"
    ordering = ("-id",)

    @extend_schema(
        operation_id="disputes_queue",
        parameters=[OpenApiParameter("status", str, enum=DisputeStatus.values)],
        responses=DisputeSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        disputes = dispute_queries.all_disputes()
        status = request.query_params.get("status")
        if status is not None and status not in DisputeStatus.values:
            raise ValidationError({"status": ["Not a status of disputes."]})
        if status is not None:
            disputes = disputes.filter(status=status)
        return page(self, request, disputes, lambda found: [dispute_document(row) for row in found])


class QueuedDisputeView(APIView):
    """One dispute with all of its timeline."""

    permission = "wallets.handle_dispute"

    @extend_schema(operation_id="disputes_queue_read", responses=DisputeDetailSerializer)
    def get(self, request: Request, reference: str) -> Response:
        dispute = dispute_queries.get_any_dispute(reference)
        return Response(detail_document(dispute, principal_of(request).id))


class QueuedDisputeFileView(APIView):
    """A file that a party handed in. That it was read is on record."""

    permission = "wallets.handle_dispute"
    content_negotiation_class = AnythingGoes

    @extend_schema(
        operation_id="disputes_queue_file",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, reference: str, evidence_id: UUID) -> HttpResponse:
        return file_of(request, dispute_queries.get_any_dispute(reference), evidence_id)


class _StaffPost(AtomicPost):
    """Something that staff do to a dispute, answered with what it is then."""

    permission = "wallets.handle_dispute"

    @abstractmethod
    def act(self, request: Request, dispute: Dispute, actor_id: UUID) -> None:
        """Do it."""

    def perform(
        self, request: Request, *, request_key: UUID | None, reference: str = "", **_kwargs: Any
    ) -> Response:
        actor_id = principal_of(request).id
        self.act(request, dispute_queries.get_any_dispute(reference), actor_id)
        return Response(detail_document(dispute_queries.get_any_dispute(reference), actor_id))


class AssignDisputeView(_StaffPost):
    """Take a dispute on."""

    @extend_schema(
        operation_id="disputes_assign", request=None, responses={200: DisputeDetailSerializer}
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def act(self, request: Request, dispute: Dispute, actor_id: UUID) -> None:
        assign_dispute(dispute=dispute, actor_id=actor_id, at=timezone.now())


class AskPartyView(_StaffPost):
    """Ask the sender or the recipient something."""

    @extend_schema(
        operation_id="disputes_ask",
        request=AskSerializer,
        responses={200: DisputeDetailSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def act(self, request: Request, dispute: Dispute, actor_id: UUID) -> None:
        form = AskSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        ask_party(dispute=dispute, actor_id=actor_id, at=timezone.now(), **form.validated_data)


class ProposeDecisionView(_StaffPost):
    """Propose how a dispute should end; somebody else approves it."""

    @extend_schema(
        operation_id="disputes_propose",
        request=ProposeSerializer,
        responses={200: DisputeDetailSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def act(self, request: Request, dispute: Dispute, actor_id: UUID) -> None:
        form = ProposeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        amount = money_of(asked["amount"], dispute.currency) if "amount" in asked else None
        propose_dispute(
            dispute=dispute,
            proposal=DisputeProposal(
                actor_id=actor_id,
                outcome=asked["outcome"],
                reason=asked["reason"],
                at=timezone.now(),
                amount=amount,
            ),
        )


class DecideDisputeView(_StaffPost):
    """Carry out what somebody else proposed, or turn it down."""

    permission = "wallets.approve_dispute"
    wants_pin = True

    @extend_schema(
        operation_id="disputes_decide",
        request=DecideSerializer,
        responses={200: DisputeDetailSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def act(self, request: Request, dispute: Dispute, actor_id: UUID) -> None:
        form = DecideSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked, now = form.validated_data, timezone.now()
        if asked["approve"]:
            approve_dispute(dispute=dispute, actor_id=actor_id, at=now)
        else:
            turn_down_dispute(dispute=dispute, actor_id=actor_id, reason=asked["reason"], at=now)
