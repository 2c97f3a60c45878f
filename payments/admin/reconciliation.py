"""What providers and we disagree on: looked at, and resolved by two people."""

from __future__ import annotations

from collections.abc import Callable
from secrets import randbits
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.admin.login import proved_lately
from accounts.admin.people import actor_of
from ledger.admin import ReadOnly, ReadOnlyAdmin
from ledger.errors import LedgerRefusal, UnknownCurrency
from ledger.money import Money, currency
from payments.errors import PaymentRefusal
from payments.models import ReconciliationLine, ReconciliationProposal, ReconciliationRun
from payments.operations import (
    Resolution,
    approve_resolution,
    propose_resolution,
    turn_down_resolution,
)


class ResolutionForm(forms.Form):
    """Where the money of a break is, and why that is known."""

    against = forms.ChoiceField(
        choices=[
            ("adjustments", "a correction: nobody knows better"),
            ("bank", "our bank: the provider settled"),
            ("costs", "the provider's costs: it kept a fee"),
        ]
    )
    note = forms.CharField(max_length=200)


class BrokenFilter(admin.SimpleListFilter):
    title = "queue"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("broken", "Does not agree"), ("proposed", "Waits for a second person")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "broken":
                return queryset.exclude(state="matched")
            case "proposed":
                return queryset.filter(proposals__status="proposed")
        return queryset


class ProposalInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg] # no subscript at run time
    """Who proposed and decided what about it."""

    model = ReconciliationProposal
    fields = (
        "reference",
        "status",
        "amount_minor",
        "against",
        "note",
        "proposed_by",
        "proposed_at",
        "decided_by",
        "decided_at",
    )


@admin.register(ReconciliationRun)
class ReconciliationRunAdmin(ReadOnlyAdmin):
    list_display = ("provider", "day", "ran_at", "matched", "broken")
    list_filter = ("provider", "day")
    ordering = ("-id",)


@admin.register(ReconciliationLine)
class ReconciliationLineAdmin(ReadOnlyAdmin):
    list_display = ("key", "provider", "day", "state", "cause", "theirs", "ours", "difference")
    list_filter = (BrokenFilter, "state", "cause", "provider", "currency", "day")
    search_fields = ("key",)
    ordering = ("-id",)
    inlines = (ProposalInline,)
    actions = ("propose", "approve", "turn_down")

    def has_resolve_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.resolve_reconciliationline")

    @admin.action(description="Propose how it is resolved", permissions=["resolve"])
    def propose(
        self, request: HttpRequest, lines: QuerySet[ReconciliationLine]
    ) -> HttpResponse | None:
        form = ResolutionForm(request.POST if "note" in request.POST else None)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "form": form,
                "rows": lines,
                "title": "Propose",
                "sentence": "Nothing is posted before somebody else approves it.",
                "action": request.POST.get("action", ""),
                "opts": self.opts,
            }
            return TemplateResponse(request, "wallets/act.html", context)
        asked = form.cleaned_data

        def propose(line: ReconciliationLine) -> None:
            resolution = Resolution(
                against=ReconciliationProposal.Against(asked["against"]),
                seen_minor=line.difference_minor,
                note=asked["note"],
                actor_id=actor_of(request).id,
                at=timezone.now(),
                entropy=randbits(64),
            )
            propose_resolution(line_id=line.pk, resolution=resolution)

        _each(request, lines, propose)
        return None

    @admin.action(description="Approve what another one proposed", permissions=["resolve"])
    def approve(self, request: HttpRequest, lines: QuerySet[ReconciliationLine]) -> None:
        if not proved_lately(request):
            messages.error(request, "Log out and in again first: your login is too old for this.")
            return
        _each(request, lines, lambda line: _decide(request, line, approve_resolution))

    @admin.action(description="Turn the proposal down", permissions=["resolve"])
    def turn_down(self, request: HttpRequest, lines: QuerySet[ReconciliationLine]) -> None:
        _each(request, lines, lambda line: _decide(request, line, turn_down_resolution))

    @admin.display(ordering="theirs_minor")
    def theirs(self, line: ReconciliationLine) -> str:
        return _money(line.theirs_minor, line.currency)

    @admin.display
    def ours(self, line: ReconciliationLine) -> str:
        return _money(line.ours_minor + line.adjusted_minor, line.currency)

    @admin.display
    def difference(self, line: ReconciliationLine) -> str:
        return _money(line.difference_minor, line.currency)


def _decide(
    request: HttpRequest, line: ReconciliationLine, operation: Callable[..., object]
) -> None:
    operation(line_id=line.pk, actor_id=actor_of(request).id, at=timezone.now())


def _each(
    request: HttpRequest,
    lines: QuerySet[ReconciliationLine],
    work: Callable[[ReconciliationLine], None],
) -> None:
    for line in lines:
        try:
            work(line)
        except (PaymentRefusal, LedgerRefusal) as refusal:
            messages.error(request, f"{line}: {refusal}")
        else:
            messages.success(request, f"{line}: noted.")


def _money(minor: int, code: str) -> str:
    """A provider may list a currency that we do not know."""
    try:
        return str(Money(minor, currency(code)))
    except UnknownCurrency:
        return f"{minor} minor units of {code}"
