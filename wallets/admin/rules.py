"""Fees and limits in the back office: proposed by one person, approved by another."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin.login import proved_lately
from accounts.admin.people import actor_of
from ledger.admin import ReadOnlyAdmin
from wallets.admin.acting import for_each
from wallets.errors import InvalidRule
from wallets.fees import read_bands
from wallets.limits import Limits
from wallets.models import FeeRule, LimitRule
from wallets.operations import (
    Proposal,
    approve_rule,
    check_fee,
    check_limits,
    propose_fee,
    propose_limits,
    reject_rule,
)

_NUMBERS = ("each_minor", "day_count", "day_minor", "month_count", "month_minor")
_PROPOSED = ("operation", "currency")
_WHY = ("reason", "wanted_from")
_DECIDED = ("status", "effective_from", "proposed_by", "proposed_at", "decided_by", "decided_at")


class FeeRuleForm(forms.ModelForm):  # type: ignore[type-arg] # no subscript at run time
    class Meta:
        model = FeeRule
        fields = (*_PROPOSED, "role", "bands", *_WHY)

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        if self.errors:
            return asked
        try:
            asked["read"] = read_bands(asked["bands"])
            check_fee(asked["operation"], asked["currency"], asked["read"])
        except (ValueError, InvalidRule) as fault:
            raise forms.ValidationError(str(fault)) from None
        return asked


class LimitRuleForm(forms.ModelForm):  # type: ignore[type-arg] # no subscript at run time
    class Meta:
        model = LimitRule
        fields = (*_PROPOSED, "tier", *_NUMBERS, *_WHY)

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        if self.errors:
            return asked
        asked["read"] = Limits(**{name: asked[name] for name in _NUMBERS})
        try:
            check_limits(asked["operation"], asked["currency"], asked["tier"], asked["read"])
        except InvalidRule as fault:
            raise forms.ValidationError(str(fault)) from None
        return asked


class RuleAdmin(ReadOnlyAdmin):
    """Adding a rule is proposing it; what decides it are the list's actions."""

    list_filter = ("status", "operation", "currency")
    list_select_related = ("proposed_by", "decided_by")
    ordering = ("-proposed_at", "-id")
    actions = ("approve", "reject")
    form_fields: ClassVar[tuple[str, ...]]

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("wallets.propose_rule")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("wallets.approve_rule")

    def get_fields(self, request: HttpRequest, obj: object = None) -> tuple[str, ...]:
        return self.form_fields if obj is None else (*self.form_fields, *_DECIDED)

    @admin.action(description="Approve: it holds a minute later", permissions=["decide"])
    def approve(self, request: HttpRequest, rules: QuerySet[Any]) -> None:
        if not proved_lately(request):
            messages.error(request, "Log out and in again first: your login is too old for this.")
            return
        actor_id, now = actor_of(request).id, timezone.now()
        for_each(request, rules, lambda rule: approve_rule(rule, actor_id=actor_id, at=now))

    @admin.action(description="Turn down, or withdraw what is yours", permissions=["decide"])
    def reject(self, request: HttpRequest, rules: QuerySet[Any]) -> None:
        actor_id, now = actor_of(request).id, timezone.now()
        for_each(request, rules, lambda rule: reject_rule(rule, actor_id=actor_id, at=now))


@admin.register(FeeRule)
class FeeRuleAdmin(RuleAdmin):
    form = FeeRuleForm
    form_fields = (*_PROPOSED, "role", "bands", *_WHY)
    list_display = (*_PROPOSED, "role", "bands", "reason", *_DECIDED)

    def save_model(self, request: HttpRequest, obj: FeeRule, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's
        asked = form.cleaned_data
        made = propose_fee(
            proposal=_proposal(request, asked),
            operation=asked["operation"],
            currency=asked["currency"],
            role=asked["role"],
            bands=asked["read"],
        )
        obj.pk = made.pk


@admin.register(LimitRule)
class LimitRuleAdmin(RuleAdmin):
    form = LimitRuleForm
    form_fields = (*_PROPOSED, "tier", *_NUMBERS, *_WHY)
    list_display = (*_PROPOSED, "tier", *_NUMBERS, "reason", *_DECIDED)
    list_filter = (*RuleAdmin.list_filter, "tier")  # type: ignore[assignment] # one more

    def save_model(self, request: HttpRequest, obj: LimitRule, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's
        asked = form.cleaned_data
        made = propose_limits(
            proposal=_proposal(request, asked),
            operation=asked["operation"],
            currency=asked["currency"],
            tier=asked["tier"],
            limits=asked["read"],
        )
        obj.pk = made.pk


def _proposal(request: HttpRequest, asked: dict[str, Any]) -> Proposal:
    return Proposal(
        actor_id=actor_of(request).id,
        reason=asked["reason"],
        at=timezone.now(),
        wanted_from=asked["wanted_from"],
    )
