"""The books in the back office: to be read, never to be written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ledger.models import Currency, JournalEntry, LedgerAccount, Posting
from ledger.money import Money, currency

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:  # generic for the type checker alone
    ModelAdmin = admin.ModelAdmin


# How a list's filters spell what they ask of a field.
_FILTERED = r"(__(id|code))?(__(exact|gte|lt|isnull))?"


class ReadOnly:
    """Looking is a permission; adding, changing and deleting is nobody's. For lists and inlines."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, ModelAdmin):
    """Money is looked at here; it is moved by operations, elsewhere."""

    actions: Any = None
    show_full_result_count = False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what the filters ask: Django's own answer lets any column be guessed at."""
        names = [
            item if isinstance(item, str) else getattr(item, "parameter_name", "")
            for item in self.list_filter
        ]
        return any(re.fullmatch(re.escape(name) + _FILTERED, lookup) for name in names)


@admin.register(Currency)
class CurrencyAdmin(ReadOnlyAdmin):
    list_display = ("code", "name", "exponent")
    list_filter = ("exponent",)
    search_fields = ("code", "name")
    ordering = ("code",)


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "kind", "currency", "balance", "held", "sequence", "moved_at")
    list_filter = ("kind", "debits_blocked", "credits_blocked", "currency")
    list_select_related = ("currency",)
    search_fields = ("code",)
    ordering = ("-id",)

    @admin.display(description="balance (credit positive)", ordering="balance_minor")
    def balance(self, account: LedgerAccount) -> str:
        return str(Money(account.balance_minor, currency(account.currency_id)))

    @admin.display(ordering="held_minor")
    def held(self, account: LedgerAccount) -> str:
        return str(Money(account.held_minor, currency(account.currency_id)))


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnlyAdmin):
    list_display = ("reference", "kind", "lines", "recorded_at", "request_id")
    list_filter = ("kind", "recorded_at")
    search_fields = ("reference", "request_id")
    search_help_text = "A whole reference or request id, or its beginning."
    ordering = ("-id",)
    fields = (
        "reference",
        "kind",
        "occurred_at",
        "recorded_at",
        "actor_id",
        "request_id",
        "reverses",
        "metadata",
        "postings_table",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[JournalEntry]:
        return (
            super()
            .get_queryset(request)
            .select_related("reverses")
            .prefetch_related("postings__account")
        )

    @admin.display(description="what moved")
    def lines(self, entry: JournalEntry) -> SafeString:
        return format_html_join("", "{}<br>", ((_line(p),) for p in _postings(entry)))

    @admin.display(description="postings")
    def postings_table(self, entry: JournalEntry) -> SafeString:
        rows = format_html_join(
            "",
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            (
                (p.position, p.account, p.type, _amount(p, p.amount_minor), _after(p))
                for p in _postings(entry)
            ),
        )
        return format_html(
            "<table><thead><tr><th>#</th><th>account</th><th>type</th><th>amount</th>"
            "<th>balance after</th></tr></thead><tbody>{}</tbody></table>",
            rows,
        )


def _postings(entry: JournalEntry) -> list[Posting]:
    return sorted(entry.postings.all(), key=lambda posting: posting.position)


def _line(posting: Posting) -> str:
    return f"{posting.account}: {_amount(posting, posting.amount_minor)}"


def _after(posting: Posting) -> str:
    return f"{_amount(posting, posting.balance_after)} after {posting.sequence}"


def _amount(posting: Posting, minor: int) -> str:
    return str(Money(minor, currency(posting.account.currency_id)))
