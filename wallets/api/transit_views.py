"""What is in transit: claimed, cancelled, recovered; and what arrived, given back."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import principal_of
from accounts.api.idempotency import AtomicPost
from accounts.principal import Principal
from accounts.queries import role_has_permission
from ledger import references
from ledger.money import Money, currency
from wallets import queries, tasks, transfer_queries
from wallets.api.fields import money_of
from wallets.api.serializers import TransferSerializer, transfer_document
from wallets.api.transit_serializers import (
    ClaimSerializer,
    RecoverySerializer,
    ReversalRequestSerializer,
    ReversalSerializer,
)
from wallets.errors import TransferNotFound
from wallets.models import Transfer, TransferReversal
from wallets.operations import (
    ReversalOrder,
    cancel_transfer,
    claim_transfer,
    recover_transfer,
    reverse_transfer,
)


class ClaimTransferView(AtomicPost):
    """Take money that was sent to a verified address of the caller's."""

    scope = "transfer"

    @extend_schema(
        operation_id="transfers_claim",
        request=ClaimSerializer,
        responses={200: TransferSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(
        self, request: Request, *, request_key: UUID | None, reference: str = "", **_kwargs: Any
    ) -> Response:
        form = ClaimSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        claimant, number = principal_of(request), form.validated_data.get("destination")
        wallet = queries.get_wallet(owner_id=claimant.id, number=number) if number else None

        claimed = claim_transfer(
            reference=reference, claimant_id=claimant.id, at=timezone.now(), wallet=wallet
        )

        return Response(transfer_document(claimed))


class CancelTransferView(AtomicPost):
    """Take back what the caller sent and nobody has received."""

    scope = "transfer"

    @extend_schema(
        operation_id="transfers_cancel", request=None, responses={200: TransferSerializer}
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(
        self, request: Request, *, request_key: UUID | None, reference: str = "", **_kwargs: Any
    ) -> Response:
        sender_id = principal_of(request).id

        cancelled = cancel_transfer(reference=reference, sender_id=sender_id, at=timezone.now())

        return Response(transfer_document(cancelled))


class RecoverTransferView(AtomicPost):
    """Refund a transfer that never arrived: its sender's, or anybody's for staff."""

    scope = "transfer"

    @extend_schema(
        operation_id="transfers_recover", request=None, responses={200: RecoverySerializer}
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(
        self, request: Request, *, request_key: UUID | None, reference: str = "", **_kwargs: Any
    ) -> Response:
        transfer = _recoverable(principal_of(request), reference)

        recovery = recover_transfer(transfer=transfer, at=timezone.now())

        return Response(
            {
                "recovered": recovery.recovered,
                "reference": reference,
                "status": recovery.transfer.status,
            }
        )


class ReverseTransferView(AtomicPost):
    """Give a completed transfer, or a part of it, back to its sender: for staff.

    Without `amount` all that is left goes back. The fee stays with us unless `return_fee`.
    """

    permission = "wallets.reverse_transfer"

    @extend_schema(
        operation_id="transfers_reverse",
        request=ReversalRequestSerializer,
        responses={201: ReversalSerializer},
    )
    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return super().post(request, **kwargs)

    def perform(
        self, request: Request, *, request_key: UUID | None, reference: str = "", **_kwargs: Any
    ) -> Response:
        form = ReversalRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        asked, now = form.validated_data, timezone.now()
        transfer = transfer_queries.get_any(reference)
        amount = money_of(asked["amount"], transfer.currency) if "amount" in asked else None

        reversal = reverse_transfer(
            transfer=transfer,
            order=ReversalOrder(
                reference=references.spell("RVS", at=now, entropy=secrets.randbits(64)),
                at=now,
                reason=asked["reason"],
                amount=amount,
                with_fee=asked["return_fee"],
                actor_id=principal_of(request).id,
            ),
        )

        return Response(_reversal_document(reversal, reference), status=201)


def hint_to_invite() -> None:
    """Have the invitation mailed as soon as what was sent is committed; a sweep sees to it."""
    transaction.on_commit(tasks.send_invitations.delay, robust=True)


def _recoverable(caller: Principal, reference: str) -> Transfer:
    transfer = transfer_queries.get_any(reference)
    if transfer.source.owner_id == caller.id:
        return transfer
    staff = caller.key_id is None and (
        caller.is_superuser
        or role_has_permission(role=caller.role, permission="wallets.recover_transfer")
    )
    if not staff:
        raise TransferNotFound
    return transfer


def _reversal_document(reversal: TransferReversal, reference: str) -> dict[str, Any]:
    transfer = transfer_queries.get_any(reference)
    unit = currency(transfer.currency)
    given = transfer_queries.given_back(transfer)
    return {
        "reference": reversal.entry.reference,
        "transfer": reference,
        "status": transfer.status,
        "amount": Money(reversal.amount_minor, unit).decimal_string(),
        "fee": Money(reversal.fee_minor, unit).decimal_string(),
        "left": Money(transfer.amount_minor - given.amount_minor, unit).decimal_string(),
        "currency": unit.code,
        "reason": reversal.reason,
        "created_at": reversal.made_at,
    }
