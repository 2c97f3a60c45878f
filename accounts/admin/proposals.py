"""Roles that one person proposed, for another to decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin.login import proved_lately
from accounts.admin.people import actor_of, visible
from accounts.errors import AccountRefusal
from accounts.models import RoleProposal
from accounts.operations import approve_role, reject_role
from ledger.admin import ReadOnlyAdmin


@admin.register(RoleProposal)
class RoleProposalAdmin(ReadOnlyAdmin):
    list_display = (
        "person",
        "from_role",
        "to_role",
        "reason",
        "status",
        "proposed_by",
        "proposed_at",
        "decided_by",
    )
    list_filter = ("status",)
    list_select_related = ("person", "from_role", "to_role", "proposed_by", "decided_by")
    search_fields = ("person__email", "=id")
    ordering = ("-proposed_at",)
    actions = ("approve", "reject")
    fields = (
        *list_display,
        "expires_at",
        "decided_at",
        "applied_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(visible(request, person="person__"))

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.approve_role")

    @admin.action(description="Approve: give the role", permissions=["approve"])
    def approve(self, request: HttpRequest, proposals: QuerySet[RoleProposal]) -> None:
        if not proved_lately(request):
            messages.error(request, "Log out and in again first: your login is too old for this.")
            return
        _decide(request, proposals, approve_role)

    @admin.action(description="Turn down", permissions=["approve"])
    def reject(self, request: HttpRequest, proposals: QuerySet[RoleProposal]) -> None:
        _decide(request, proposals, reject_role)


def _decide(
    request: HttpRequest, proposals: QuerySet[RoleProposal], decide: Callable[..., object]
) -> None:
    for proposal in proposals:
        try:
            decide(actor_id=actor_of(request).id, proposal_id=proposal.id, at=timezone.now())
        except AccountRefusal as refusal:
            messages.error(request, f"{proposal.person}: {refusal}")
        else:
            messages.success(request, f"{proposal.person}: decided.")
