"""What clients send and are sent about disputes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from ledger.money import Money, currency
from wallets import dispute_queries
from wallets.api.fields import MoneyField
from wallets.models import (
    Dispute,
    DisputeDecision,
    DisputeEvidence,
    DisputeReason,
    DisputeStatus,
    DisputeStep,
    Party,
)

ASKED_PARTIES = [Party.SENDER.value, Party.RECIPIENT.value]


class DisputeRequestSerializer(serializers.Serializer[None]):
    """What is claimed. Without `amount`, all that the transfer moved. The recipient reads it."""

    transfer = serializers.CharField(max_length=40)
    reason = serializers.ChoiceField(choices=DisputeReason.choices)
    description = serializers.CharField(max_length=2000)
    amount = MoneyField(required=False)


class DisputeTextSerializer(serializers.Serializer[None]):
    text = serializers.CharField(max_length=2000)


class EvidenceUploadSerializer(serializers.Serializer[None]):
    """A PDF, JPEG or PNG of at most 5 MiB."""

    file = serializers.FileField()


class AskSerializer(serializers.Serializer[None]):
    party = serializers.ChoiceField(choices=ASKED_PARTIES)
    text = serializers.CharField(max_length=2000)


class ProposeSerializer(serializers.Serializer[None]):
    """How the dispute should end. To refund without `amount` is to refund all of it."""

    outcome = serializers.ChoiceField(choices=DisputeDecision.Outcome.choices)
    reason = serializers.CharField(max_length=1000)
    amount = MoneyField(required=False)


class DecideSerializer(serializers.Serializer[None]):
    """Whether the proposal is carried out; a `reason` for turning it down."""

    approve = serializers.BooleanField()
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class StepSerializer(serializers.Serializer[None]):
    kind = serializers.ChoiceField(choices=DisputeStep.Kind.choices)
    party = serializers.ChoiceField(choices=Party.choices)
    text = serializers.CharField()
    at = serializers.DateTimeField()


class EvidenceSerializer(serializers.Serializer[None]):
    id = serializers.UUIDField()
    party = serializers.ChoiceField(choices=Party.choices)
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    submitted_at = serializers.DateTimeField()


class DisputeSerializer(serializers.Serializer[None]):
    reference = serializers.CharField()
    transfer = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    destination = serializers.CharField()
    reason = serializers.ChoiceField(choices=DisputeReason.choices)
    amount = serializers.CharField()
    currency = serializers.CharField()
    status = serializers.ChoiceField(choices=DisputeStatus.choices)
    asked_party = serializers.CharField(help_text="Who is to answer, where somebody is.")
    refunded = serializers.CharField()
    refund_reference = serializers.CharField()
    created_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class DisputeDetailSerializer(DisputeSerializer):
    """A dispute with as much of its timeline and files as the reader may see."""

    timeline = StepSerializer(many=True)
    evidence = EvidenceSerializer(many=True)


def dispute_document(dispute: Dispute) -> dict[str, Any]:
    unit = currency(dispute.currency)
    transfer = dispute.transfer
    destination = transfer.destination
    return {
        "reference": dispute.reference,
        "transfer": transfer.entry.reference,
        "source": transfer.source.number,
        "destination": destination.number if destination else "",
        "reason": dispute.reason,
        "amount": Money(dispute.amount_minor, unit).decimal_string(),
        "currency": dispute.currency,
        "status": dispute.status,
        "asked_party": dispute.asked_party,
        "refunded": Money(dispute.refunded_minor, unit).decimal_string(),
        "refund_reference": dispute.refund_reference,
        "created_at": dispute.filed_at,
        "due_at": dispute.due_at,
        "closed_at": dispute.closed_at,
    }


def detail_document(dispute: Dispute, reader_id: UUID) -> dict[str, Any]:
    """Write a dispute for somebody: everybody who is no party to it is staff."""
    steps = dispute_queries.steps_shown_to(dispute, dispute.party_of(reader_id))
    files = dispute_queries.evidence_shown_to(dispute, reader_id)
    return {
        **dispute_document(dispute),
        "timeline": [
            {"kind": step.kind, "party": step.party, "text": step.text, "at": step.at}
            for step in steps
        ],
        "evidence": [evidence_document(dispute, file) for file in files],
    }


def evidence_document(dispute: Dispute, evidence: DisputeEvidence) -> dict[str, Any]:
    return {
        "id": evidence.id,
        "party": dispute.party_of(evidence.person_id),
        "content_type": evidence.content_type,
        "size": evidence.size,
        "submitted_at": evidence.submitted_at,
    }
