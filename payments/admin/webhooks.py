"""What providers told us, as it arrived, and what became of it."""

from __future__ import annotations

from django.contrib import admin

from ledger.admin import ReadOnlyAdmin
from payments.models import WebhookDelivery


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("id", "provider", "kind", "state", "note", "payment_reference", "received_at")
    list_filter = ("state", "provider", "kind", "received_at")
    search_fields = ("payment_reference", "dedupe_key", "deposit__reference")
    ordering = ("-id",)
    exclude = ("body",)
    readonly_fields = ("body_text",)

    @admin.display(description="body")
    def body_text(self, delivery: WebhookDelivery) -> str:
        return bytes(delivery.body).decode("utf-8", "replace")
