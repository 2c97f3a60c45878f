"""Disputes as the two parties see them: file one, answer, hand in files, withdraw."""

from __future__ import annotations

import secrets
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
from accounts.api.document_views import file_headers
from accounts.api.idempotency import AtomicPost
from accounts.api.pages import page
from accounts.api.transactions import in_transaction
from accounts.api.uploads import AnythingGoes, SmallForm
from ledger import references
from wallets import dispute_queries
from wallets.api.dispute_serializers import (
    DisputeDetailSerializer,
    DisputeRequestSerializer,
    DisputeSerializer,
    DisputeTextSerializer,
    EvidenceSerializer,
    EvidenceUploadSerializer,
    detail_document,
    dispute_document,
    evidence_document,
)
from wallets.api.fields import money_of
from wallets.errors import TransferNotFound
from wallets.models import Dispute, DisputeStatus
from wallets.operations import (
    DisputeOrder,
    answer_dispute,
    file_dispute,
    read_evidence,
    submit_evidence,
    withdraw_dispute,
)


class DisputesView(AtomicPost):
    """Dispute a transfer that the caller sent; list those that the caller is a party to."""

    ordering = ("-id",)

    @property
    def scope(self) -> str:
        return "transfer" if self.request.method == "POST" else "read"

    @extend_schema(
        operation_id="disputes_file",
        request=DisputeRequestSerializer,
        responses={201: DisputeDetailSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(self, request: Request, *, request_key: UUID | None, **_kwargs: Any) -> Response:
        form = DisputeRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked, now, caller = form.validated_data, timezone.now(), principal_of(request)
        transfer = dispute_queries.find_sent_transfer(
            sender_id=caller.id, reference=asked["transfer"]
        )
        if transfer is None:
            raise TransferNotFound
        amount = money_of(asked["amount"], transfer.currency) if "amount" in asked else None

        dispute = file_dispute(
            order=DisputeOrder(
                sender_id=caller.id,
                transfer=asked["transfer"],
                reason=asked["reason"],
                text=asked["description"],
                reference=references.spell("DSP", at=now, entropy=secrets.randbits(64)),
                at=now,
                amount=amount,
            )
        )

        return Response(detail_document(dispute, caller.id), status=201)

    @extend_schema(
        operation_id="disputes_list",
        parameters=[OpenApiParameter("status", str, enum=DisputeStatus.values)],
        responses=DisputeSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        mine = dispute_queries.disputes_of(principal_of(request).id)
        status = request.query_params.get("status")
        if status is not None and status not in DisputeStatus.values:
            raise ValidationError({"status": ["Not a status of disputes."]})
        if status is not None:
            mine = mine.filter(status=status)
        return page(self, request, mine, lambda found: [dispute_document(row) for row in found])


class DisputeView(APIView):
    """One dispute that the caller is a party to, with its timeline."""

    scope = "read"

    @extend_schema(operation_id="disputes_read", responses=DisputeDetailSerializer)
    def get(self, request: Request, reference: str) -> Response:
        dispute = _mine(request, reference)
        return Response(detail_document(dispute, principal_of(request).id))


class _PartyPost(AtomicPost):
    """Something that a party does to a dispute, answered with what it is then."""

    scope = "transfer"

    @abstractmethod
    def act(self, request: Request, dispute: Dispute, person_id: UUID) -> None:
        """Do it."""

    def perform(
        self, request: Request, *, request_key: UUID | None, reference: str = "", **_kwargs: Any
    ) -> Response:
        person_id = principal_of(request).id
        self.act(request, _mine(request, reference), person_id)
        return Response(detail_document(_mine(request, reference), person_id))


class AnswerDisputeView(_PartyPost):
    """Say something about a dispute that the caller is a party to; only staff read it besides."""

    @extend_schema(
        operation_id="disputes_answer",
        request=DisputeTextSerializer,
        responses={200: DisputeDetailSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def act(self, request: Request, dispute: Dispute, person_id: UUID) -> None:
        form = DisputeTextSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        answer_dispute(
            dispute=dispute,
            person_id=person_id,
            text=form.validated_data["text"],
            at=timezone.now(),
        )


class WithdrawDisputeView(_PartyPost):
    """Take a dispute of the caller's back."""

    @extend_schema(
        operation_id="disputes_withdraw", request=None, responses={200: DisputeDetailSerializer}
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def act(self, request: Request, dispute: Dispute, person_id: UUID) -> None:
        withdraw_dispute(dispute=dispute, person_id=person_id, at=timezone.now())


class DisputeFilesView(APIView):
    """Hand in a file about a dispute; staff see it, and nobody else."""

    scope = "transfer"
    parser_classes = (SmallForm,)
    few_writes = True

    @extend_schema(
        operation_id="disputes_evidence_submit",
        request={"multipart/form-data": EvidenceUploadSerializer},
        responses={201: EvidenceSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        form = EvidenceUploadSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        dispute = _mine(request, reference)
        content = form.validated_data["file"].read()

        evidence = in_transaction(
            lambda: submit_evidence(
                dispute=dispute,
                person_id=principal_of(request).id,
                content=content,
                at=timezone.now(),
            )
        )

        return Response(evidence_document(dispute, evidence), status=201)


class DisputeFileView(APIView):
    """A file that the caller handed in."""

    scope = "read"
    content_negotiation_class = AnythingGoes

    @extend_schema(
        operation_id="disputes_evidence_read",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, reference: str, evidence_id: UUID) -> HttpResponse:
        return file_of(request, _mine(request, reference), evidence_id)


def file_of(request: Request, dispute: Dispute, evidence_id: UUID) -> HttpResponse:
    """Answer with a file of a dispute that the caller may see."""
    evidence, content = read_evidence(
        dispute=dispute, evidence_id=evidence_id, actor_id=principal_of(request).id
    )
    return HttpResponse(
        content,
        content_type=evidence.content_type,
        headers=file_headers(str(evidence.id), evidence.content_type),
    )


def _mine(request: Request, reference: str) -> Dispute:
    return dispute_queries.get_dispute(person_id=principal_of(request).id, reference=reference)
