"""What is in transit, and what was given back, in the back office."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from ledger.admin import ReadOnlyAdmin
from ledger.money import Money, currency
from wallets.admin.acting import for_each
from wallets.models import TransferReversal, Transit
from wallets.operations import recover_transfer, settle_transit


@admin.register(Transit)
class TransitAdmin(ReadOnlyAdmin):
    """Addresses are not shown: the hint says enough."""

    list_display = ("reference", "status", "reason", "amount", "hint", "expires_at", "settled_at")
    list_filter = ("reason", "transfer__status", "transfer__currency", "expires_at")
    list_select_related = ("transfer__entry",)
    search_fields = ("transfer__entry__reference__exact",)
    search_help_text = "A whole reference."
    ordering = ("-transfer_id",)
    actions = ("deliver", "recover")
    fields = (*list_display, "mailed_at", "settled")

    def has_recover_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("wallets.recover_transfer")

    @admin.display(ordering="transfer_id")
    def reference(self, transit: Transit) -> str:
        return transit.transfer.entry.reference

    @admin.display(ordering="transfer__status")
    def status(self, transit: Transit) -> str:
        return transit.transfer.status

    @admin.display(ordering="transfer__amount_minor")
    def amount(self, transit: Transit) -> str:
        transfer = transit.transfer
        return str(Money(transfer.amount_minor, currency(transfer.currency)))

    @admin.action(description="Try to settle now", permissions=["recover"])
    def deliver(self, request: HttpRequest, transits: QuerySet[Transit]) -> None:
        now = timezone.now()
        for_each(
            request,
            transits,
            lambda transit: settle_transit(transit.transfer.entry.reference, now=now),
        )

    @admin.action(description="Refund the sender", permissions=["recover"])
    def recover(self, request: HttpRequest, transits: QuerySet[Transit]) -> None:
        now = timezone.now()
        for_each(
            request, transits, lambda transit: recover_transfer(transfer=transit.transfer, at=now)
        )


@admin.register(TransferReversal)
class TransferReversalAdmin(ReadOnlyAdmin):
    list_display = ("reference", "transfer_reference", "amount", "fee", "reason", "made_by")
    list_filter = ("made_at", "transfer__currency")
    list_select_related = ("entry", "transfer__entry", "made_by")
    search_fields = ("entry__reference__exact", "transfer__entry__reference__exact")
    search_help_text = "A whole reference, of the reversal or its transfer."
    ordering = ("-entry_id",)
    fields = (*list_display, "made_at")

    @admin.display(ordering="entry_id")
    def reference(self, reversal: TransferReversal) -> str:
        return reversal.entry.reference

    @admin.display(description="transfer")
    def transfer_reference(self, reversal: TransferReversal) -> str:
        return reversal.transfer.entry.reference

    @admin.display(ordering="amount_minor")
    def amount(self, reversal: TransferReversal) -> str:
        return str(Money(reversal.amount_minor, currency(reversal.transfer.currency)))

    @admin.display
    def fee(self, reversal: TransferReversal) -> str:
        return str(Money(reversal.fee_minor, currency(reversal.transfer.currency)))
