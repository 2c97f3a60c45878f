"""Refunds in the back office: what is on its way back, and what waits for a person."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from ledger.admin import ReadOnlyAdmin
from payments.models import Refund
from payments.operations import settle_refund
from payments.providers.registry import provider

MOST_AT_ONCE = 20


class RefundQueueFilter(admin.SimpleListFilter):
    title = "queue"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("provider", "Waits for its provider"), ("person", "Contradicts its provider")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "provider":
                return queryset.filter(status=Refund.Status.PROCESSING)
            case "person":
                return queryset.exclude(mismatch="")
        return queryset


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    list_display = ("reference", "status", "reason", "mismatch", "money", "deposit", "created_at")
    list_filter = ("status", RefundQueueFilter, "provider", "currency", "created_at")
    list_select_related = ("deposit",)
    search_fields = ("reference", "deposit__reference", "provider_code", "wallet__number")
    ordering = ("-id",)
    actions = ("ask",)

    @admin.display(description="amount")
    def money(self, refund: Refund) -> str:
        return str(refund.amount)

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.settle_deposit")

    @admin.action(description="Ask the provider now", permissions=["settle"])
    def ask(self, request: HttpRequest, refunds: QuerySet[Refund]) -> None:
        for refund in refunds[:MOST_AT_ONCE]:
            found = settle_refund(
                refund_id=refund.pk, provider=provider(refund.provider), now=timezone.now()
            )
            messages.info(request, f"{refund.reference}: {found.finding} {found.reason}".strip())
