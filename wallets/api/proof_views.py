"""Proofs that the journal still has what it had when it was sealed."""

from __future__ import annotations

from base64 import b64encode

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from ledger import seal_queries
from wallets import queries


class SealedHeadSerializer(serializers.Serializer[None]):
    head = serializers.CharField(help_text="The text that is signed: JSON.")
    hash = serializers.CharField(help_text="SHA-256 of the head, which the next block names.")
    signature = serializers.CharField(help_text="Ed25519, in base64.")
    public_key = serializers.CharField(help_text="32 bytes in base64.")


class ProofSerializer(serializers.Serializer[None]):
    """RFC 6962: `leaf` is the `index`th of `size` leaves, and `path` leads from it to the root."""

    reference = serializers.CharField()
    leaf = serializers.CharField(help_text="The entry as it is sealed: JSON, hashed as it is.")
    index = serializers.IntegerField()
    size = serializers.IntegerField()
    path = serializers.ListField(child=serializers.CharField(help_text="A hash, in hex."))
    block = SealedHeadSerializer()


class TransferProofView(APIView):
    """Prove that the journal entry of a transfer is in the sealed journal, checkable without us."""

    scope = "read"

    @extend_schema(operation_id="transfers_proof", responses=ProofSerializer)
    def get(self, request: Request, reference: str) -> Response:
        transfer = queries.get_transfer(owner_id=principal_of(request).id, reference=reference)

        proof = seal_queries.prove(transfer.pk)

        block = proof.block
        return Response(
            {
                "reference": reference,
                "leaf": proof.leaf,
                "index": proof.index,
                "size": proof.size,
                "path": [hash_.hex() for hash_ in proof.path],
                "block": {
                    "head": block.head,
                    "hash": bytes(block.hash).hex(),
                    "signature": b64encode(block.signature).decode(),
                    "public_key": block.public_key,
                },
            }
        )
