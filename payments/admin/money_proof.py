"""Whether what customers own is there: now, and as it was proved before."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path

from ledger.admin import ReadOnlyAdmin
from ledger.money import Money, currency
from ledger.queries import Coverage, coverage
from payments import queries
from payments.models import MoneyProof
from wallets.plots import plot


@admin.register(MoneyProof)
class MoneyProofAdmin(ReadOnlyAdmin):
    change_list_template = "payments/money_proofs.html"
    list_display = ("currency", "at", "customers", "providers", "banks", "left")
    list_filter = ("currency", "at")
    ordering = ("-id",)

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.now)
        return [path("now/", page, name="payments_money_now"), *super().get_urls()]

    def now(self, request: HttpRequest) -> HttpResponse:
        """What there is at this moment, and how much was left over in the last while."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        context = {
            **self.admin_site.each_context(request),
            "title": "Proof of money",
            "currencies": [_shown(found) for found in coverage()],
            "opts": self.opts,
        }
        return render(request, "payments/money_now.html", context)

    @admin.display
    def customers(self, proof: MoneyProof) -> str:
        return _money(proof.customers_minor, proof.currency)

    @admin.display
    def providers(self, proof: MoneyProof) -> str:
        return _money(proof.providers_minor, proof.currency)

    @admin.display
    def banks(self, proof: MoneyProof) -> str:
        return _money(proof.banks_minor, proof.currency)

    @admin.display
    def left(self, proof: MoneyProof) -> str:
        return _money(proof.left_minor, proof.currency)


def _shown(found: Coverage) -> dict[str, Any]:
    code = found.currency
    left = found.providers_minor + found.banks_minor - found.customers_minor
    course = [(proof.at, proof.left_minor) for proof in queries.last_proofs(currency=code)]
    drawn = plot(course) if len(course) > 1 else None
    ticks = drawn.ticks if drawn else ()
    return {
        "code": code,
        "is_short": found.short_minor > 0,
        "rows": [
            ("customers own", _money(found.customers_minor, code)),
            ("at providers", _money(found.providers_minor, code)),
            ("in banks", _money(found.banks_minor, code)),
            ("left over" if left >= 0 else "missing", _money(abs(left), code)),
        ],
        "plot": drawn,
        "ticks": [(tick.place, _money(tick.value, code)) for tick in ticks],
    }


def _money(minor: int, code: str) -> str:
    return str(Money(minor, currency(code)))
