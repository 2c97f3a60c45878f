"""Scheduled transfers, their runs, and requests to be paid, to be looked at."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from ledger.admin import ReadOnlyAdmin
from ledger.money import Money, currency
from wallets import schedule_queries
from wallets.models import PaymentRequest, ScheduledRun, ScheduledTransfer

_SHOWN_RUNS = 5


@admin.register(ScheduledTransfer)
class ScheduledTransferAdmin(ReadOnlyAdmin):
    list_display = ("id", "owner", "amount", "source", "destination", "rule", "status", "occurs_at")
    list_filter = ("status", "occurs_at", "created_at")
    list_select_related = ("owner", "source", "destination")
    search_fields = ("id__exact", "owner__email__exact", "source__number__exact")
    search_help_text = "A whole id, e-mail address or wallet number."
    ordering = ("-created_at", "-id")
    fields = (
        *list_display,
        "description",
        "starts_at",
        "time_zone",
        "ends_at",
        "most_runs",
        "attempts",
        "gap_seconds",
        "next_try_at",
        "next_runs",
    )

    @admin.display(ordering="amount_minor")
    def amount(self, schedule: ScheduledTransfer) -> str:
        return str(Money(schedule.amount_minor, currency(schedule.source.currency)))

    @admin.display
    def next_runs(self, schedule: ScheduledTransfer) -> SafeString:
        runs = schedule_queries.next_runs(schedule, number=_SHOWN_RUNS)
        return format_html_join("", "{}<br>", ((run.isoformat(),) for run in runs))


@admin.register(ScheduledRun)
class ScheduledRunAdmin(ReadOnlyAdmin):
    list_display = (
        "reference",
        "schedule",
        "occurs_at",
        "status",
        "attempts",
        "refusal",
        "tried_at",
    )
    list_filter = ("status", "refusal", "occurs_at")
    search_fields = ("reference__exact", "schedule__id__exact")
    search_help_text = "A whole reference or id of a scheduled transfer."
    ordering = ("-id",)
    fields = (*list_display, "skipped")


@admin.register(PaymentRequest)
class PaymentRequestAdmin(ReadOnlyAdmin):
    list_display = ("id", "owner", "wallet", "asked", "state", "paid", "created_at", "expires_at")
    list_filter = ("status", "wallet__currency", "created_at")
    list_select_related = ("owner", "wallet", "entry")
    search_fields = ("id__exact", "owner__email__exact", "entry__reference__exact")
    search_help_text = "A whole id, e-mail address or reference."
    ordering = ("-created_at", "-id")
    fields = (*list_display, "description", "reference", "payer", "closed_at")

    @admin.display(ordering="amount_minor")
    def asked(self, request: PaymentRequest) -> str:
        if request.amount_minor is None:
            return "any amount"
        return str(Money(request.amount_minor, currency(request.wallet.currency)))

    @admin.display(ordering="status")
    def state(self, request: PaymentRequest) -> str:
        now: datetime = timezone.now()
        return request.status_at(now)

    @admin.display(ordering="paid_minor")
    def paid(self, request: PaymentRequest) -> str:
        if request.paid_minor is None:
            return "-"
        return str(Money(request.paid_minor, currency(request.wallet.currency)))

    @admin.display
    def reference(self, request: PaymentRequest) -> str:
        return request.entry.reference if request.entry else "-"
