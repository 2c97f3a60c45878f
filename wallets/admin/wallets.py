"""Wallets and transfers in the back office: to be looked at."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ledger.admin import ReadOnlyAdmin
from ledger.money import Money, currency
from wallets.admin.freezes import FreezingActions
from wallets.models import Transfer, Wallet
from wallets.statements import balance_drawing


@admin.register(Wallet)
class WalletAdmin(FreezingActions):
    list_display = ("number", "owner", "currency", "kind", "status", "available", "total")
    list_filter = ("status", "kind", "currency", "created_at")
    list_select_related = ("owner", "account")
    search_fields = ("number__exact", "owner__email__exact", "label")
    search_help_text = "A whole wallet number or e-mail address, or part of a label."
    ordering = ("-account_id",)
    fields = (
        "number", "owner", "currency", "kind", "status", "label", "available", "total",
        "created_at", "balance_over_time",
    )  # fmt: skip

    @admin.display
    def available(self, wallet: Wallet) -> str:
        account = wallet.account
        return str(Money(account.balance_minor - account.held_minor, currency(wallet.currency)))

    @admin.display
    def total(self, wallet: Wallet) -> str:
        return str(Money(wallet.account.balance_minor, currency(wallet.currency)))

    @admin.display
    def balance_over_time(self, wallet: Wallet) -> SafeString:
        return balance_drawing(wallet)


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ("reference", "status", "source", "destination", "amount", "made_at")
    list_filter = ("status", "currency", "entry__occurred_at")
    list_select_related = ("entry", "source", "destination")
    search_fields = (
        "entry__reference__exact",
        "source__number__exact",
        "destination__number__exact",
    )
    search_help_text = "A whole reference or wallet number."
    ordering = ("-entry_id",)
    fields = (
        "reference",
        "status",
        "source",
        "destination",
        "amount",
        "fee",
        "description",
        "metadata",
        "made_at",
        "journal",
    )

    @admin.display(ordering="entry_id")
    def reference(self, transfer: Transfer) -> str:
        return transfer.entry.reference

    @admin.display(ordering="entry_id")
    def made_at(self, transfer: Transfer) -> datetime:
        return transfer.entry.occurred_at

    @admin.display(ordering="amount_minor")
    def amount(self, transfer: Transfer) -> str:
        return str(Money(transfer.amount_minor, currency(transfer.currency)))

    @admin.display
    def fee(self, transfer: Transfer) -> str:
        return str(Money(transfer.fee_minor, currency(transfer.currency)))

    @admin.display(description="journal entry")
    def journal(self, transfer: Transfer) -> SafeString:
        url = reverse("admin:ledger_journalentry_changelist")
        return format_html(
            '<a href="{}?q={}">{}</a>', url, self.reference(transfer), self.reference(transfer)
        )
