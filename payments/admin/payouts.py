"""Payouts in the back office: what waits for approval, for its provider, or for people."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin.login import proved_lately
from accounts.admin.people import actor_of
from ledger.admin import ReadOnly, ReadOnlyAdmin
from ledger.money import Money, currency
from payments import tasks
from payments.admin.timelines import WithTimeline
from payments.errors import PaymentRefusal
from payments.models import (
    Beneficiary,
    Payout,
    PayoutBatch,
    PayoutBatchRow,
    PayoutThreshold,
    PayoutVote,
)
from payments.operations import settle_payout, vote_on_payout
from payments.providers.registry import provider

Verdict = PayoutVote.Verdict
_QUEUES = {
    "approval": "Waits for approval",
    "provider": "Waits for its provider",
    "person": "Contradicts its provider",
}


class QueueFilter(admin.SimpleListFilter):
    title = "queue"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(_QUEUES.items())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "approval":
                return queryset.filter(
                    status=Payout.Status.PENDING, approvals_needed__gt=0, next_step_at=None
                )
            case "provider":
                return queryset.filter(status=Payout.Status.PROCESSING)
            case "person":
                return queryset.exclude(mismatch="")
        return queryset


class VoteInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg] # no subscript at run time
    """Who said what about it."""

    model = PayoutVote
    fields = ("verdict", "voter", "note", "voted_at")


@admin.register(Payout)
class PayoutAdmin(WithTimeline):
    list_display = (
        "reference",
        "status",
        "reason",
        "mismatch",
        "money",
        "wallet",
        "provider",
        "created_at",
    )
    list_filter = ("status", QueueFilter, "provider", "currency", "created_at")
    list_select_related = ("wallet",)
    search_fields = ("reference", "provider_reference", "provider_code", "wallet__number")
    ordering = ("-id",)
    inlines = (VoteInline,)
    actions = ("approve", "reject", "ask", "declare_paid", "declare_unpaid")

    @admin.display(description="amount")
    def money(self, payout: Payout) -> str:
        return str(payout.amount)

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.approve_payout")

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.settle_payout")

    @admin.action(description="Approve: let it be sent", permissions=["approve"])
    def approve(self, request: HttpRequest, payouts: QuerySet[Payout]) -> None:
        _vote(request, payouts, Verdict.APPROVE)

    @admin.action(description="Turn down: give the money back", permissions=["approve"])
    def reject(self, request: HttpRequest, payouts: QuerySet[Payout]) -> None:
        _vote(request, payouts, Verdict.REJECT)

    @admin.action(description="Ask the provider now", permissions=["view"])
    def ask(self, request: HttpRequest, payouts: QuerySet[Payout]) -> None:
        for payout in payouts:
            found = settle_payout(
                payout_id=payout.pk, provider=provider(payout.provider), now=timezone.now()
            )
            messages.info(request, f"{payout}: {found.finding} {found.reason}")

    @admin.action(description="Say that it was paid (two people)", permissions=["settle"])
    def declare_paid(self, request: HttpRequest, payouts: QuerySet[Payout]) -> None:
        _vote(request, payouts, Verdict.PAID)

    @admin.action(description="Say that it was never paid (two people)", permissions=["settle"])
    def declare_unpaid(self, request: HttpRequest, payouts: QuerySet[Payout]) -> None:
        _vote(request, payouts, Verdict.UNPAID)


def _vote(request: HttpRequest, payouts: QuerySet[Payout], verdict: PayoutVote.Verdict) -> None:
    if not proved_lately(request):
        messages.error(request, "Log out and in again first: your login is too old for this.")
        return
    _each(request, payouts, lambda payout: _say(request, payout, verdict))


def _say(request: HttpRequest, payout: Payout, verdict: PayoutVote.Verdict) -> None:
    voted = vote_on_payout(
        payout_id=payout.pk,
        voter_id=actor_of(request).id,
        verdict=verdict,
        note="",
        at=timezone.now(),
    )
    if voted.status == Payout.Status.PENDING and voted.next_step_at is not None:
        hint = partial(tasks.send_payout.delay, voted.pk, voted.provider)
        transaction.on_commit(hint, robust=True)


def _each(request: HttpRequest, payouts: QuerySet[Payout], work: Callable[[Payout], None]) -> None:
    for payout in payouts:
        try:
            work(payout)
        except PaymentRefusal as refusal:
            messages.error(request, f"{payout}: {refusal}")
        else:
            messages.success(request, f"{payout}: noted.")


@admin.register(Beneficiary)
class BeneficiaryAdmin(ReadOnlyAdmin):
    list_display = ("id", "provider", "currency", "bank_code", "created_at", "removed_at")
    list_filter = ("provider", "currency", "created_at")
    search_fields = ("=id", "=owner_id", "provider_code")
    ordering = ("-created_at",)
    # What is sealed is for nobody here.
    exclude = ("number_sealed", "name_sealed")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("number_sealed", "name_sealed")


@admin.register(PayoutThreshold)
class PayoutThresholdAdmin(ReadOnlyAdmin):
    list_display = ("currency", "one_approval_from", "two_approvals_from")
    ordering = ("currency",)

    @admin.display
    def one_approval_from(self, row: PayoutThreshold) -> str:
        return str(Money(row.one_from_minor, currency(row.currency)))

    @admin.display
    def two_approvals_from(self, row: PayoutThreshold) -> str:
        minor = row.two_from_minor
        return "" if minor is None else str(Money(minor, currency(row.currency)))


class BatchRowInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg] # no subscript at run time
    """What became of each row."""

    model = PayoutBatchRow
    fields = ("number", "state", "code", "payout", "description")


@admin.register(PayoutBatch)
class PayoutBatchAdmin(ReadOnlyAdmin):
    list_display = ("id", "wallet", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("wallet",)
    search_fields = ("=id", "wallet__number")
    ordering = ("-created_at",)
    inlines = (BatchRowInline,)
