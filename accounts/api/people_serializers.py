"""What staff read and write of people, of their documents, and of proposals about them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.serializers import PersonSerializer
from accounts.api.signup import PHONE
from accounts.models import Document, DocumentKind, DocumentStatus, RoleProposal


class OtherPersonSerializer(PersonSerializer):
    """What staff are told of somebody."""

    class Meta(PersonSerializer.Meta):
        fields = (*PersonSerializer.Meta.fields, "is_active", "erased_at")
        read_only_fields = fields


class PersonChangesSerializer(serializers.Serializer[Any]):
    """`role` makes a proposal, which wants a `reason` and another person's approval."""

    name = serializers.CharField(max_length=150, allow_blank=True, required=False)
    phone = serializers.CharField(
        max_length=20, allow_blank=True, required=False, validators=[PHONE]
    )
    is_active = serializers.BooleanField(required=False)
    kyc_tier = serializers.IntegerField(min_value=0, max_value=3, required=False)
    role = serializers.CharField(max_length=40, required=False)
    reason = serializers.CharField(max_length=200, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "role" in attrs and "reason" not in attrs:
            raise serializers.ValidationError({"reason": ["Say why the role should change."]})
        return attrs


class RoleProposalSerializer(serializers.ModelSerializer[RoleProposal]):
    """Whom a proposal is about, who made it, and who decided it, by their ids."""

    from_role = serializers.CharField(source="from_role.name", read_only=True)
    to_role = serializers.CharField(source="to_role.name", read_only=True)

    class Meta:
        model = RoleProposal
        fields = (
            "id",
            "person",
            "from_role",
            "to_role",
            "reason",
            "status",
            "proposed_by",
            "proposed_at",
            "expires_at",
            "decided_by",
            "decided_at",
        )
        read_only_fields = fields


class ChangedPersonSerializer(OtherPersonSerializer):
    """Somebody as they are now, and the proposal that was made, if one was."""

    role_proposal = RoleProposalSerializer(read_only=True, allow_null=True, default=None)

    class Meta(OtherPersonSerializer.Meta):
        fields = (*OtherPersonSerializer.Meta.fields, "role_proposal")
        read_only_fields = fields


class DocumentSerializer(serializers.ModelSerializer[Document]):
    """A document without its file."""

    class Meta:
        model = Document
        fields: tuple[str, ...] = (
            "id",
            "kind",
            "content_type",
            "size",
            "status",
            "submitted_at",
            "decided_at",
            "reason",
        )
        read_only_fields = fields


class QueuedDocumentSerializer(DocumentSerializer):
    """As staff see it: whose it is, and who decided."""

    class Meta(DocumentSerializer.Meta):
        fields = ("person", *DocumentSerializer.Meta.fields, "decided_by")
        read_only_fields = fields


class DocumentUploadSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=DocumentKind.choices)
    file = serializers.FileField(max_length=200, allow_empty_file=False)


class DocumentDecisionSerializer(serializers.Serializer[Any]):
    """With a `kyc_tier`, that is the person's from now."""

    decision = serializers.ChoiceField(choices=[DocumentStatus.ACCEPTED, DocumentStatus.REJECTED])
    kyc_tier = serializers.IntegerField(min_value=0, max_value=3, required=False)
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")


class ErasureSerializer(serializers.Serializer[Any]):
    """One's own e-mail address, to say that one means it."""

    email = serializers.CharField(max_length=254)
