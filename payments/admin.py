"""Read-only lists of what came in and of what providers told us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from payments.models import Deposit, WebhookDelivery

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:  # generic for the type checker alone
    ModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """Money is looked at here, and moved elsewhere."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class MismatchFilter(admin.SimpleListFilter):
    title = "waits for a person"
    parameter_name = "mismatched"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.exclude(mismatch="") if self.value() == "yes" else queryset


@admin.register(Deposit)
class DepositAdmin(ReadOnlyAdmin):
    list_display = ("reference", "status", "mismatch", "money", "wallet", "provider", "created_at")
    list_filter = ("status", MismatchFilter, "provider", "currency", "created_at")
    list_select_related = ("wallet",)
    search_fields = ("reference", "provider_reference", "wallet__number")
    ordering = ("-id",)
    show_full_result_count = False
    # Whoever has the address of a checkout can finish it.
    exclude = ("authorization_url", "request_key")

    @admin.display(description="amount")
    def money(self, deposit: Deposit) -> str:
        return str(deposit.amount)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("id", "provider", "kind", "state", "note", "payment_reference", "received_at")
    list_filter = ("state", "provider", "kind", "received_at")
    search_fields = ("payment_reference", "dedupe_key", "deposit__reference")
    ordering = ("-id",)
    show_full_result_count = False
    exclude = ("body",)
    readonly_fields = ("body_text",)

    @admin.display(description="body")
    def body_text(self, delivery: WebhookDelivery) -> str:
        return bytes(delivery.body).decode("utf-8", "replace")
