"""Holds in the back office: to be looked at, and released where a customer's is stuck."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from ledger.admin import ReadOnlyAdmin
from ledger.money import Money, currency
from wallets import operations
from wallets.admin.acting import ReasonForm, ask_first, for_each
from wallets.errors import HoldNotYours
from wallets.models import Hold, HoldPurpose


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = (
        "reference",
        "wallet",
        "purpose",
        "status",
        "amount",
        "captured",
        "placed_at",
        "expires_at",
    )
    list_filter = ("status", "purpose", "wallet__currency", "placed_at")
    list_select_related = ("wallet",)
    search_fields = ("reference__exact", "wallet__number__exact")
    search_help_text = "A whole reference or wallet number."
    ordering = ("-id",)
    fields = (*list_display, "description", "closed_at", "closed_reason", "paid")
    actions = ("release",)

    def has_release_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("wallets.release_hold")

    @admin.action(description="Release what a customer holds", permissions=["release"])
    def release(self, request: HttpRequest, holds: QuerySet[Hold]) -> HttpResponse | None:
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            return ask_first(self, request, holds, form, title="Release")

        def release(hold: Hold) -> None:
            if hold.purpose != HoldPurpose.CUSTOMER:
                raise HoldNotYours
            operations.release_hold(
                hold=hold, at=timezone.now(), reason=form.cleaned_data["reason"]
            )

        for_each(request, holds, release)
        return None

    @admin.display(ordering="amount_minor")
    def amount(self, hold: Hold) -> str:
        return str(Money(hold.amount_minor, currency(hold.wallet.currency)))

    @admin.display(ordering="captured_minor")
    def captured(self, hold: Hold) -> str:
        return str(Money(hold.captured_minor, currency(hold.wallet.currency)))

    @admin.display(description="entries")
    def paid(self, hold: Hold) -> SafeString:
        entries = hold.captures.select_related("entry").order_by("entry_id")
        lines = format_html_join(" ", "{}", ((capture.entry.reference,) for capture in entries))
        return lines or SafeString("none")
