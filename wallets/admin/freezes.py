"""Freezes in the back office, and the actions that place and lift them in the list of wallets."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.admin.people import actor_of, visible
from ledger.admin import ReadOnlyAdmin
from wallets import operations
from wallets.admin.acting import ReasonForm, ask_first, for_each
from wallets.models import Freeze, Wallet
from wallets.operations import FreezeOrder


class FreezeForm(ReasonForm):
    """What is stopped, why and for how long."""

    debits = forms.BooleanField(required=False, initial=True, label="Stop what leaves")
    credits = forms.BooleanField(required=False, label="Stop what arrives")
    hours = forms.IntegerField(
        required=False, min_value=1, help_text="For how long; empty: until somebody lifts it."
    )

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        if not asked.get("debits") and not asked.get("credits"):
            raise forms.ValidationError("What leaves, what arrives, or both.")
        return asked


class FreezingActions(ReadOnlyAdmin):
    """The actions of the list of wallets."""

    actions = ("freeze", "unfreeze")

    def has_freeze_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("wallets.freeze_wallet")

    @admin.action(description="Freeze", permissions=["freeze"])
    def freeze(self, request: HttpRequest, wallets: QuerySet[Wallet]) -> HttpResponse | None:
        form = FreezeForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            return ask_first(self, request, wallets, form, title="Freeze")
        asked, now = form.cleaned_data, timezone.now()
        order = FreezeOrder(
            debits=asked["debits"],
            credits=asked["credits"],
            reason=asked["reason"],
            at=now,
            actor_id=actor_of(request).id,
            expires_at=_end(now, asked["hours"]),
        )
        for_each(
            request,
            _below(request, wallets),
            lambda wallet: operations.freeze_wallet(wallet=wallet, order=order),
        )
        return None

    @admin.action(description="Lift the freeze", permissions=["freeze"])
    def unfreeze(self, request: HttpRequest, wallets: QuerySet[Wallet]) -> HttpResponse | None:
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            return ask_first(self, request, wallets, form, title="Lift the freeze")
        reason, actor_id = form.cleaned_data["reason"], actor_of(request).id
        for_each(
            request,
            _below(request, wallets),
            lambda wallet: operations.unfreeze_wallet(
                wallet=wallet, actor_id=actor_id, reason=reason, at=timezone.now()
            ),
        )
        return None


@admin.register(Freeze)
class FreezeAdmin(ReadOnlyAdmin):
    list_display = (
        "wallet",
        "debits",
        "credits",
        "reason",
        "placed_by",
        "placed_at",
        "expires_at",
        "lifted_at",
    )
    list_filter = ("debits", "credits", "lifted_at")
    list_select_related = ("wallet", "placed_by")
    search_fields = ("wallet__number__exact",)
    search_help_text = "A whole wallet number."
    ordering = ("-id",)
    fields = (*list_display, "lifted_by", "lift_reason")


def _end(now: datetime, hours: int | None) -> datetime | None:
    return now + timedelta(hours=hours) if hours else None


def _below(request: HttpRequest, wallets: QuerySet[Wallet]) -> QuerySet[Wallet]:
    """Those of people of less weight; one's own are left for the operation to refuse."""
    return wallets.filter(visible(request, person="owner__"))
