"""Deposits in the back office: what came in, and what waits for a person."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from payments.admin.timelines import WithTimeline
from payments.models import Deposit
from payments.operations import ask_about_deposit

MOST_AT_ONCE = 20


class MismatchFilter(admin.SimpleListFilter):
    title = "waits for a person"
    parameter_name = "mismatched"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.exclude(mismatch="") if self.value() == "yes" else queryset


@admin.register(Deposit)
class DepositAdmin(WithTimeline):
    list_display = ("reference", "status", "mismatch", "money", "wallet", "provider", "created_at")
    list_filter = ("status", MismatchFilter, "provider", "currency", "created_at")
    list_select_related = ("wallet",)
    search_fields = ("reference", "provider_reference", "wallet__number")
    ordering = ("-id",)
    actions = ("ask",)
    # Whoever has the address of a checkout can finish it.
    exclude = ("authorization_url", "request_key")

    @admin.display(description="amount")
    def money(self, deposit: Deposit) -> str:
        return str(deposit.amount)

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.settle_deposit")

    @admin.action(description="Ask the provider now", permissions=["settle"])
    def ask(self, request: HttpRequest, deposits: QuerySet[Deposit]) -> None:
        """Credits what was paid as asked for; what was not stays in the queue."""
        for deposit in deposits[:MOST_AT_ONCE]:
            found = ask_about_deposit(deposit=deposit, now=timezone.now())
            messages.info(request, f"{deposit.reference}: {found}")
