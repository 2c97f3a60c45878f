"""The event log in the back office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from events.models import Event

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:  # generic for the type checker alone
    ModelAdmin = admin.ModelAdmin


@admin.register(Event)
class EventAdmin(ModelAdmin):
    """What happened, newest first; nobody changes the past.

    Says for itself what the ledger's `ReadOnlyAdmin` says: neither app sees the other, and
    nothing is below both.
    """

    actions = None
    show_full_result_count = False
    list_display = ("recorded_at", "type", "subject", "owner_id", "actor_id", "request_id")
    list_filter = ("type", "recorded_at")
    search_fields = ("subject__exact", "request_id__exact", "owner_id__exact")
    search_help_text = "A whole subject, request id or owner id."
    ordering = ("-id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what the filters ask: Django's own answer lets any column be guessed at."""
        name, _, rest = lookup.partition("__")
        return name in self.list_filter and rest in {"", "exact", "gte", "lt", "isnull"}
