"""The queue of disputes: take one on, ask, propose its end, and decide what another proposed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.admin.login import proved_lately
from accounts.admin.people import actor_of
from ledger.admin import ReadOnlyAdmin
from ledger.money import Money, currency
from wallets import dispute_queries, operations
from wallets.admin.acting import ReasonForm, ask_first, for_each
from wallets.models import Dispute, DisputeDecision, Party
from wallets.operations import DisputeProposal


class AskForm(forms.Form):
    """What one of the parties is asked."""

    party = forms.ChoiceField(choices=[(p.value, p.label) for p in (Party.SENDER, Party.RECIPIENT)])
    text = forms.CharField(max_length=2000, widget=forms.Textarea)


class ProposalForm(forms.Form):
    """How a dispute should end, and why."""

    outcome = forms.ChoiceField(choices=DisputeDecision.Outcome.choices)
    amount = forms.DecimalField(
        required=False, min_value=0, help_text="Of a refund; empty: all that is disputed."
    )
    reason = forms.CharField(max_length=1000, widget=forms.Textarea)


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin):
    list_display = (
        "reference",
        "status",
        "reason",
        "amount",
        "assigned_to",
        "due_at",
        "escalated_at",
        "filed_at",
    )
    list_filter = ("status", "reason", "currency", "assigned_to", "filed_at")
    list_select_related = ("assigned_to",)
    search_fields = ("reference__exact", "transfer__entry__reference__exact")
    search_help_text = "A whole reference of a dispute or its transfer."
    ordering = ("-id",)
    fields = (
        *list_display,
        "transfer_reference",
        "sender",
        "recipient",
        "asked_party",
        "hold",
        "refunded",
        "refund_reference",
        "closed_at",
        "timeline",
        "proposals",
        "files",
    )
    actions = ("take_on", "ask", "propose", "approve", "turn_down")

    def has_handle_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("wallets.handle_dispute")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("wallets.approve_dispute")

    @admin.action(description="Take on", permissions=["handle"])
    def take_on(self, request: HttpRequest, disputes: QuerySet[Dispute]) -> None:
        self._act(request, disputes, operations.assign_dispute)

    @admin.action(description="Ask a party", permissions=["handle"])
    def ask(self, request: HttpRequest, disputes: QuerySet[Dispute]) -> HttpResponse | None:
        form = AskForm(request.POST if "text" in request.POST else None)
        if not form.is_valid():
            return ask_first(self, request, disputes, form, title="Ask")
        self._act(request, disputes, operations.ask_party, **form.cleaned_data)
        return None

    @admin.action(description="Propose how it ends", permissions=["handle"])
    def propose(self, request: HttpRequest, disputes: QuerySet[Dispute]) -> HttpResponse | None:
        form = ProposalForm(request.POST if "outcome" in request.POST else None)
        sentence = "Nothing happens before somebody else approves it."
        if not form.is_valid():
            return ask_first(self, request, disputes, form, title="Propose", sentence=sentence)
        asked = form.cleaned_data

        def propose(*, dispute: Dispute, actor_id: UUID, at: datetime) -> object:
            amount = Money.of(asked["amount"], dispute.currency) if asked["amount"] else None
            proposal = DisputeProposal(actor_id, asked["outcome"], asked["reason"], at, amount)
            return operations.propose_dispute(dispute=dispute, proposal=proposal)

        self._act(request, disputes, propose)
        return None

    @admin.action(description="Approve what another one proposed", permissions=["decide"])
    def approve(self, request: HttpRequest, disputes: QuerySet[Dispute]) -> None:
        if not proved_lately(request):
            messages.error(request, "Log out and in again first: your login is too old for this.")
            return
        self._act(request, disputes, operations.approve_dispute)

    @admin.action(description="Turn the proposal down", permissions=["decide"])
    def turn_down(self, request: HttpRequest, disputes: QuerySet[Dispute]) -> HttpResponse | None:
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            return ask_first(self, request, disputes, form, title="Turn down")
        self._act(request, disputes, operations.turn_down_dispute, **form.cleaned_data)
        return None

    def _act(
        self,
        request: HttpRequest,
        disputes: QuerySet[Dispute],
        operation: Callable[..., object],
        **asked: Any,
    ) -> None:
        actor_id = actor_of(request).id
        for_each(
            request,
            disputes,
            lambda row: operation(dispute=row, actor_id=actor_id, at=timezone.now(), **asked),
        )

    @admin.display(ordering="amount_minor")
    def amount(self, dispute: Dispute) -> str:
        return str(Money(dispute.amount_minor, currency(dispute.currency)))

    @admin.display
    def refunded(self, dispute: Dispute) -> str:
        return str(Money(dispute.refunded_minor, currency(dispute.currency)))

    @admin.display(description="transfer")
    def transfer_reference(self, dispute: Dispute) -> str:
        return dispute.transfer.entry.reference

    @admin.display
    def timeline(self, dispute: Dispute) -> SafeString:
        steps = dispute_queries.steps_shown_to(dispute, Party.STAFF)
        rows = ((f"{step.at:%Y-%m-%d %H:%M}", step.party, step.kind, step.text) for step in steps)
        return format_html_join("", "{} · {} · <strong>{}</strong> {}<br>", rows)

    @admin.display
    def proposals(self, dispute: Dispute) -> SafeString:
        decisions = dispute_queries.decisions_of(dispute).select_related("proposed_by")
        unit = currency(dispute.currency)
        rows = (
            (row.outcome, Money(row.amount_minor, unit), row.proposed_by, row.status, row.reason)
            for row in decisions
        )
        lines = format_html_join("", "{} {}, proposed by {}, {}: {}<br>", rows)
        return lines or SafeString("none")

    @admin.display
    def files(self, dispute: Dispute) -> SafeString:
        found = dispute.evidence.defer("sealed").order_by("submitted_at")
        rows = ((file.id, file.content_type, file.size) for file in found)
        return format_html_join("", "{} {} {:,} bytes<br>", rows) or SafeString("none")
