from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from events import causes
from ledger.admin import ReadOnlyAdmin
from ledger.errors import LedgerRefusal
from offline import operations, queries
from offline.admin.decision_form import DecisionForm
from offline.admin.layout import laid_out, link
from offline.errors import CaseNotFound, OfflineRefusal
from offline.models import Case, CaseDecision, ForkProof, Voucher


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "status", "certificate", "payer", "opened_at", "closed_at")
    list_filter = ("kind", "status", "opened_at")
    list_select_related = ("certificate__wallet",)
    search_fields = ("certificate__jti__exact", "certificate__wallet__number__exact")
    search_help_text = "A whole certificate or wallet number."
    ordering = ("-id",)
    fields = (
        "kind",
        "status",
        "certificate_page",
        "payer",
        "statement",
        "opened_by",
        "opened_at",
        "closed_at",
        "side_by_side",
        "disputed",
        "decided",
        "propose",
    )

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.propose_view)
        own = path("<int:case_id>/propose/", page, name="offline_case_propose")
        return [own, *super().get_urls()]

    def propose_view(self, request: HttpRequest, case_id: int) -> HttpResponse:
        """A form for a proposal; nothing happens until somebody else approves it."""
        if not request.user.has_perm("offline.decide_case"):
            return HttpResponse(status=403)
        try:
            case = queries.get_case(case_id)
        except CaseNotFound as missing:
            raise Http404 from missing
        form = DecisionForm(request.POST or None, disputed=queries.disputed_of(case))
        if request.method == "POST" and form.is_valid():
            return self._proposed(request, case, form.cleaned_data)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Case {case_id}",
            "form": form,
        }
        return render(request, "offline/propose.html", context)

    def _proposed(self, request: HttpRequest, case: Case, asked: dict[str, Any]) -> HttpResponse:
        try:
            with _as_actor(request), transaction.atomic():
                operations.propose_decision(
                    case_id=case.pk,
                    voucher=asked["voucher"],
                    ruling=asked["ruling"],
                    note=asked["note"],
                    actor_id=_actor(request),
                    now=timezone.now(),
                )
        except OfflineRefusal as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            told = "Proposed. Somebody else must approve it."
            self.message_user(request, told, messages.SUCCESS)
        return redirect("admin:offline_case_change", case.pk)

    @admin.display
    def payer(self, case: Case) -> str:
        return str(case.certificate.wallet)

    @admin.display(description="certificate")
    def certificate_page(self, case: Case) -> SafeString:
        return link("certificate", case.certificate_id, case.certificate_id)

    @admin.display(description="proofs, side by side")
    def side_by_side(self, case: Case) -> SafeString:
        proofs = case.proofs.select_related("first__certificate__device", "second")
        return format_html_join("", "{}", ((_pair(proof),) for proof in proofs))

    @admin.display(description="unpaid vouchers")
    def disputed(self, case: Case) -> SafeString:
        rows = queries.disputed_of(case)
        lines = ((link("voucher", row.pk, row), row.amount, row.payee) for row in rows)
        return format_html_join("", "{} · {} to {}<br>", lines) or SafeString("none")

    @admin.display(description="decisions")
    def decided(self, case: Case) -> SafeString:
        rows = case.decisions.select_related("proposed_by", "approved_by", "voucher")
        lines = (
            (
                row.ruling,
                row.voucher or "the case",
                row.proposed_by,
                row.approved_by or "nobody yet",
            )
            for row in rows
        )
        told = "{} for {}: proposed by {}, approved by {}<br>"
        return format_html_join("", told, lines) or SafeString("none")

    @admin.display(description="what next")
    def propose(self, case: Case) -> SafeString:
        if not case.is_open:
            return SafeString("The case is closed.")
        url = reverse("admin:offline_case_propose", args=[case.pk])
        approve = reverse("admin:offline_casedecision_changelist")
        return format_html(
            '<a href="{}">Propose a decision</a> · <a href="{}">Approve others\' proposals</a>',
            url,
            approve,
        )


@admin.register(CaseDecision)
class CaseDecisionAdmin(ReadOnlyAdmin):
    list_display = ("case", "ruling", "voucher", "note", "proposed_by", "approved_by")
    list_filter = ("ruling", "approved_at")
    list_select_related = ("case", "voucher", "proposed_by", "approved_by")
    ordering = ("-id",)
    actions = ["approve"]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("offline.decide_case"))

    @admin.action(description="Approve what somebody else proposed", permissions=["decide"])
    def approve(self, request: HttpRequest, chosen: Any) -> None:
        for decision_id in list(chosen.order_by("id").values_list("pk", flat=True)):
            try:
                with _as_actor(request), transaction.atomic():
                    operations.approve_decision(
                        decision_id=decision_id, actor_id=_actor(request), now=timezone.now()
                    )
            except (OfflineRefusal, LedgerRefusal) as refusal:
                self.message_user(request, f"{decision_id}: {refusal}", messages.ERROR)
            else:
                self.message_user(request, f"{decision_id}: approved.", messages.SUCCESS)


def _pair(proof: ForkProof) -> SafeString:
    certificate = proof.first.certificate
    key = queries.public_key(certificate.device.modulus)
    second = proof.second.text if proof.second else certificate.closing
    return format_html(
        "<h3>{}</h3><table><tr><td style='vertical-align:top'>{}{}</td>"
        "<td style='vertical-align:top'>{}{}</td></tr></table>",
        proof.kind,
        _fate(proof.first),
        laid_out(proof.first.text, key),
        _fate(proof.second) if proof.second else "",
        laid_out(second, key) if second else "It contradicts its own certificate.",
    )


def _fate(voucher: Voucher) -> SafeString:
    return format_html("<p>{}: {}</p>", link("voucher", voucher.pk, voucher), voucher.status)


def _actor(request: HttpRequest) -> Any:
    return request.user.pk


def _as_actor(request: HttpRequest) -> Any:
    return causes.bind(causes.Cause(causes.current().request_id, _actor(request)))
