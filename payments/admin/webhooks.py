"""What providers told us, as it arrived, and what became of it."""

from __future__ import annotations

from functools import partial

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin.people import actor_of
from ledger.admin import ReadOnlyAdmin
from payments import tasks
from payments.errors import PaymentRefusal
from payments.models import WebhookDelivery
from payments.operations import replay_webhook


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("id", "provider", "kind", "state", "note", "payment_reference", "received_at")
    list_filter = ("state", "provider", "subject", "kind", "received_at")
    search_fields = (
        "payment_reference",
        "dedupe_key",
        "deposit__reference",
        "payout__reference",
    )
    actions = ("replay",)
    ordering = ("-id",)
    exclude = ("body",)
    readonly_fields = ("body_text",)

    @admin.display(description="body")
    def body_text(self, delivery: WebhookDelivery) -> str:
        return bytes(delivery.body).decode("utf-8", "replace")

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.replay_webhookdelivery")

    @admin.action(description="Apply again", permissions=["replay"])
    def replay(self, request: HttpRequest, deliveries: QuerySet[WebhookDelivery]) -> None:
        for delivery in deliveries:
            try:
                replay_webhook(
                    delivery_id=delivery.pk, actor_id=actor_of(request).id, now=timezone.now()
                )
            except PaymentRefusal as refusal:
                messages.error(request, f"{delivery}: {refusal}")
            else:
                hint = partial(tasks.apply_webhook.delay, delivery.pk, delivery.provider)
                transaction.on_commit(hint, robust=True)
                messages.success(request, f"{delivery}: will be applied again.")
