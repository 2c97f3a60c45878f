from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import OperationalError
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from accounts.api.transactions import in_transaction
from events import causes
from offline import operations, queries
from offline.codes import Code
from offline.errors import BatchTooLarge, ItemRefused
from offline.evidence import Item
from offline.messages import BadSignature, Jws, MessageRefusal
from offline.models import VoucherStatus

MOST_ITEMS = 100
LARGEST_BATCH = 512 * 1024
_HOUR = timedelta(hours=1)


class SyncItemSerializer(serializers.Serializer[None]):
    """A voucher and what came with it. Its parts are judged one by one, not here."""

    ref = serializers.CharField(max_length=64)
    voucher = serializers.JSONField(allow_null=True, help_text="An ofp-vch message.")
    request = serializers.JSONField(
        required=False, allow_null=True, help_text="An ofp-req or ofp-sreq message."
    )
    receipt = serializers.JSONField(
        required=False, allow_null=True, help_text="An ofp-rcp message."
    )


class SyncSerializer(serializers.Serializer[None]):
    device = serializers.CharField(max_length=64, required=False, allow_null=True)
    rvl_num = serializers.IntegerField(
        required=False, allow_null=True, help_text="The revocation list that the device has."
    )
    items = SyncItemSerializer(many=True)


class SyncResultSerializer(serializers.Serializer[None]):
    ref = serializers.CharField()
    vid = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField([*VoucherStatus.values, "retry"])
    code = serializers.ChoiceField([code.value for code in Code], allow_null=True)
    duplicate = serializers.BooleanField()
    receipt = serializers.CharField(allow_null=True, help_text="The ofp-stl message.")
    transaction_id = serializers.UUIDField(allow_null=True)


class ListNumberSerializer(serializers.Serializer[None]):
    num = serializers.IntegerField()


class SyncedSerializer(serializers.Serializer[None]):
    results = SyncResultSerializer(many=True)
    rvl = ListNumberSerializer()
    server_time = serializers.IntegerField()


class SyncView(APIView):
    """Hand in vouchers, up to 100 at once, in any order, as often as needed.

    Every one has a result of its own and a transaction of its own; a repetition gets the same
    result. No Idempotency-Key is needed. Only `internal_retry` is not final.
    """

    scope = "offline"

    @extend_schema(
        operation_id="offline_transactions_sync",
        request=SyncSerializer,
        responses=SyncedSerializer,
    )
    def post(self, request: Request) -> Response:
        _refuse_large(request)
        items = _items(request.data)
        owner_id = principal_of(request).id
        if items:
            in_transaction(lambda: _count(owner_id, len(items)))
        with causes.bind(replace(causes.current(), actor_id=owner_id)):
            results = [accept(owner_id, item) for item in items]
        return Response(
            {
                "results": results,
                "rvl": {"num": queries.latest_list_number()},
                "server_time": int(timezone.now().timestamp()),
            }
        )


def accept(owner_id: UUID, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Take one item in a transaction of its own, and write its result."""
    item = Item(sent.get("voucher"), sent.get("request"), sent.get("receipt"))
    try:
        outcome = in_transaction(
            lambda: operations.accept_voucher(owner_id=owner_id, item=item, now=timezone.now())
        )
    except ItemRefused as refusal:
        return _result(sent, status=VoucherStatus.REJECTED, code=refusal.code)
    except BadSignature:
        return _result(sent, status=VoucherStatus.REJECTED, code=Code.BAD_SIGNATURE)
    except MessageRefusal:
        return _result(sent, status=VoucherStatus.REJECTED, code=Code.MALFORMED)
    except OperationalError:
        # A lock that others held too long, or a database that went away: nothing is known.
        return _result(sent, status="retry", code=Code.INTERNAL_RETRY)
    voucher = outcome.voucher
    return _result(sent, status=voucher.status, code=voucher.code) | {
        "duplicate": outcome.duplicate,
        "receipt": voucher.settlement or None,
        "transaction_id": voucher.transaction_id,
    }


def _result(sent: Mapping[str, Any], *, status: str, code: str) -> dict[str, Any]:
    return {
        "ref": sent["ref"],
        "vid": _vid(sent.get("voucher")),
        "status": str(status),
        "code": str(code) or None,
        "duplicate": False,
        "receipt": None,
        "transaction_id": None,
    }


def _vid(voucher: object) -> str | None:
    try:
        return Jws.read(voucher).vid
    except MessageRefusal:
        return None


def _refuse_large(request: Request) -> None:
    """Refuse by the announced length, before anything is read into memory."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not announced.isdecimal() or int(announced[:20]) > LARGEST_BATCH:
        raise BatchTooLarge


def _items(sent: Any) -> list[dict[str, Any]]:
    items = sent.get("items") if isinstance(sent, dict) else None
    if isinstance(items, list) and len(items) > MOST_ITEMS:
        raise BatchTooLarge
    form = SyncSerializer(data=sent)
    form.is_valid(raise_exception=True)
    taken: list[dict[str, Any]] = form.validated_data["items"]
    return taken


def _count(owner_id: UUID, amount: int) -> None:
    operations.spend_allowance(
        key=f"sync:{owner_id}",
        amount=amount,
        limit=settings.OFFLINE_ITEMS_PER_HOUR,
        window=_HOUR,
        now=timezone.now(),
    )
