"""The event log in the back office, and what is told of it to customers' endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from events import operations
from events.errors import EventRefusal
from events.models import DisabledReason, Event, EventDelivery, WebhookEndpoint

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:  # generic for the type checker alone
    ModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """To be looked at. Nobody changes the past; what may be done is an action.

    Says for itself what the ledger's `ReadOnlyAdmin` says: neither app sees the other, and
    nothing is below both.
    """

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Actions ask for the permission that Django names for changing."""
        return super().has_change_permission(request)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what the filters ask: Django's own answer lets any column be guessed at."""
        name, _, rest = lookup.partition("__")
        return name in self.list_filter and rest in {"", "exact", "gte", "lt", "isnull"}


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What happened, newest first."""

    actions = None
    list_display = ("recorded_at", "type", "subject", "owner_id", "actor_id", "request_id")
    list_filter = ("type", "recorded_at")
    search_fields = ("subject__exact", "request_id__exact", "owner_id__exact")
    search_help_text = "A whole subject, request id or owner id."
    ordering = ("-id",)


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    """Where customers want to hear of what happens. The address may hold a secret of theirs."""

    actions = ("disable",)
    list_display = ("id", "owner_id", "event_types", "failing_since", "disabled_reason")
    list_filter = ("disabled_reason", "disabled_at", "failing_since", "removed_at", "created_at")
    search_fields = ("id__exact", "owner_id__exact")
    search_help_text = "A whole endpoint id or owner id."
    ordering = ("-created_at", "-id")
    exclude = ("url", "secret", "former_secret")

    @admin.action(description="Send nothing more there", permissions=["act"])
    def disable(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        now, done = timezone.now(), 0
        for endpoint in queryset:
            try:
                done += operations.disable_endpoint(
                    endpoint_id=endpoint.id,
                    reason=DisabledReason.STAFF,
                    at=now,
                    actor_id=getattr(request.user, "pk", None),
                )
            except EventRefusal as refusal:
                self.message_user(request, f"{endpoint.id}: {_words(refusal)}", messages.ERROR)
        self.message_user(request, f"Disabled: {done}.")


@admin.register(EventDelivery)
class EventDeliveryAdmin(ReadOnlyAdmin):
    """The queue of what is sent to customers, and what became of it."""

    actions = ("send_again",)
    list_display = (
        *("created_at", "type", "endpoint_id", "status", "attempts"),
        *("next_try_at", "response_status", "problem", "duration_ms"),
    )
    list_filter = ("status", "problem", "response_status", "type", "created_at")
    search_fields = ("id__exact", "endpoint__id__exact", "event__subject__exact")
    search_help_text = "A whole delivery id, endpoint id or subject."
    ordering = ("-created_at", "-id")
    exclude = ("body",)
    list_select_related = ("endpoint",)

    @admin.action(description="Send again", permissions=["act"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[EventDelivery]) -> None:
        now, done = timezone.now(), 0
        for delivery in queryset:
            try:
                operations.redeliver(
                    owner_id=delivery.endpoint.owner_id,
                    endpoint_id=delivery.endpoint_id,
                    delivery_id=delivery.id,
                    at=now,
                    actor_id=getattr(request.user, "pk", None),
                )
                done += 1
            except EventRefusal as refusal:
                self.message_user(request, f"{delivery.id}: {_words(refusal)}", messages.ERROR)
        self.message_user(request, f"To be sent again: {done}.")


def _words(refusal: EventRefusal) -> str:
    return str(refusal) or (type(refusal).__doc__ or "").partition("\n")[0]
