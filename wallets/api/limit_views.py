from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import principal_of
from ledger.money import Money, currency
from wallets import queries, tariff, transfer_queries
from wallets.api.limit_serializers import LimitsSerializer
from wallets.facts import WalletFacts
from wallets.limits import OPERATIONS, Limits, Use, left


class LimitsView(APIView):
    """What the caller may still do with a wallet, and what it may hold."""

    scope = "read"

    @extend_schema(operation_id="wallets_limits", responses=LimitsSerializer)
    def get(self, request: Request, number: str) -> Response:
        wallet = queries.wallet_facts(owner_id=principal_of(request).id, number=number)
        now = timezone.now()
        standing = queries.standing_of(wallet.account_id)
        uses = transfer_queries.uses_of(wallet.account_id)
        ceilings = tariff.ceilings(wallet.currency, at=now)
        most = ceilings[standing.tier] if ceilings else None
        room = None if most is None else max(0, most - standing.total_minor)
        return Response(
            {
                "currency": wallet.currency,
                "kyc_tier": standing.tier,
                "balance": _amounts(most, room, wallet.currency),
                "operations": {
                    name: _operation(wallet, name, standing.tier, uses.get(name), now)
                    for name in OPERATIONS
                },
            }
        )


def operation_document(wallet: WalletFacts, operation: str, *, at: datetime) -> dict[str, Any]:
    """Write what a wallet may do of one operation, and what is left of it."""
    standing = queries.standing_of(wallet.account_id)
    use = transfer_queries.uses_of(wallet.account_id).get(operation)
    return _operation(wallet, operation, standing.tier, use, at)


def _operation(
    wallet: WalletFacts, operation: str, tier: int, use: Use | None, at: datetime
) -> dict[str, Any]:
    most = tariff.limits_of(operation=operation, currency=wallet.currency, tier=tier, at=at)
    rest = left(most, use, today=at.astimezone(UTC).date())
    return {
        "each": _written(most.each_minor, wallet.currency),
        "day": _period(most, rest, "day", wallet.currency),
        "month": _period(most, rest, "month", wallet.currency),
    }


def _period(most: Limits, rest: Limits, name: str, code: str) -> dict[str, Any]:
    count, amount = f"{name}_count", f"{name}_minor"
    return {
        "count": {"most": getattr(most, count), "left": getattr(rest, count)},
        "amount": _amounts(getattr(most, amount), getattr(rest, amount), code),
    }


def _amounts(most: int | None, rest: int | None, code: str) -> dict[str, str | None]:
    return {"most": _written(most, code), "left": _written(rest, code)}


def _written(minor: int | None, code: str) -> str | None:
    return None if minor is None else Money(minor, currency(code)).decimal_string()
