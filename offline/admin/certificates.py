from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ledger.admin import ReadOnlyAdmin
from offline import exposure, queries
from offline.admin.layout import laid_out, link, money
from offline.admin.plot import bars
from offline.messages import Jws
from offline.models import Certificate


@admin.register(Certificate)
class CertificateAdmin(ReadOnlyAdmin):
    change_list_template = "offline/certificates.html"
    list_display = (
        "jti",
        "wallet",
        "status",
        "authorised",
        "settled",
        "left",
        "expires_at",
        "submit_until",
    )
    list_filter = ("status", "currency", "issued_at", "submit_until")
    list_select_related = ("wallet",)
    search_fields = ("jti__exact", "device__did__exact", "wallet__number__exact")
    search_help_text = "A whole certificate, device or wallet number."
    ordering = ("-issued_at",)
    fields = (
        "jti",
        "device_page",
        "wallet",
        "status",
        "authorised",
        "settled",
        "returned_money",
        "left",
        "guaranteed",
        "issued_at",
        "expires_at",
        "submit_until",
        "reclaimed_at",
        "vouchers_page",
        "message",
        "closing_message",
    )

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.exposure)
        return [path("exposure/", page, name="offline_exposure"), *super().get_urls()]

    def exposure(self, request: HttpRequest) -> HttpResponse:
        """What could be lost today, by currency, and when it ends."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        report = exposure.report(now=timezone.now())
        context = {
            **self.admin_site.each_context(request),
            "title": "Offline exposure",
            "currencies": [
                {
                    "code": each.currency,
                    "rows": [
                        (
                            "held for certificates that can still pay",
                            money(each.open_minor, each.currency),
                        ),
                        (
                            "held until the deadline for vouchers",
                            money(each.waiting_minor, each.currency),
                        ),
                        (
                            "guaranteed by the reserve at most",
                            money(each.guaranteed_minor, each.currency),
                        ),
                        ("in the reserve", money(each.reserve_minor, each.currency)),
                        ("disputed and unpaid", money(each.disputed_minor, each.currency)),
                        (
                            "owed to us for vouchers paid by the reserve",
                            money(each.owed_minor, each.currency),
                        ),
                    ],
                    "plot": bars(each.by_day, code=each.currency),
                }
                for each in report
            ],
        }
        return render(request, "offline/exposure.html", context)

    @admin.display
    def authorised(self, row: Certificate) -> str:
        return str(row.amount)

    @admin.display
    def settled(self, row: Certificate) -> str:
        return money(row.settled_minor, row.currency)

    @admin.display
    def left(self, row: Certificate) -> str:
        return str(row.held)

    @admin.display(description="returned")
    def returned_money(self, row: Certificate) -> str:
        return str(row.returned)

    @admin.display
    def guaranteed(self, row: Certificate) -> str:
        return money(row.guaranteed_minor, row.currency)

    @admin.display(description="device")
    def device_page(self, row: Certificate) -> SafeString:
        return link("device", row.device_id, row.device_id)

    @admin.display(description="vouchers")
    def vouchers_page(self, row: Certificate) -> SafeString:
        url = reverse("admin:offline_voucher_changelist")
        return format_html('<a href="{}?q={}">those that reached us</a>', url, row.jti)

    @admin.display
    def message(self, row: Certificate) -> SafeString:
        return laid_out(row.text, queries.issuer_public_key(Jws.read(row.text).kid))

    @admin.display(description="closing statement")
    def closing_message(self, row: Certificate) -> SafeString:
        return laid_out(row.closing, queries.public_key(row.device.modulus))
