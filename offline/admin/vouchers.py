from __future__ import annotations

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ledger.admin import ReadOnlyAdmin
from offline import queries
from offline.admin.layout import laid_out, link, money
from offline.messages import Jws, PublicKey
from offline.models import Voucher


@admin.register(Voucher)
class VoucherAdmin(ReadOnlyAdmin):
    list_display = (
        "transaction_id",
        "status",
        "code",
        "payer",
        "payee",
        "sum",
        "counter",
        "received_at",
    )
    list_filter = ("status", "code", "currency", "received_at")
    list_select_related = ("payer", "payee")
    search_fields = (
        "transaction_id__exact",
        "vid__exact",
        "certificate__jti__exact",
        "payer__number__exact",
        "payee__number__exact",
    )
    search_help_text = "A whole transaction, voucher, certificate or wallet number."
    ordering = ("-id",)
    fields = (
        "transaction_id",
        "status",
        "code",
        "sum",
        "payer",
        "payee",
        "paid_from",
        "certificate_page",
        "made_at",
        "received_at",
        "settled_at",
        "journal",
        "voucher_message",
        "request_message",
        "receipt_message",
        "settlement_message",
    )

    @admin.display(description="amount", ordering="amount_minor")
    def sum(self, row: Voucher) -> str:
        return str(row.amount)

    @admin.display
    def paid_from(self, row: Voucher) -> str:
        pockets = {
            "the hold": row.from_hold_minor,
            "the payer's offline wallet": row.from_offline_minor,
            "the payer's current wallet": row.from_current_minor,
            "our reserve": row.from_reserve_minor,
        }
        paid = [f"{money(m, row.currency)} from {name}" for name, m in pockets.items() if m]
        return ", ".join(paid) or "not paid"

    @admin.display(description="certificate")
    def certificate_page(self, row: Voucher) -> SafeString:
        return link("certificate", row.certificate_id, row.certificate_id)

    @admin.display(description="journal entry")
    def journal(self, row: Voucher) -> SafeString:
        url = reverse("admin:ledger_journalentry_changelist")
        return format_html('<a href="{}?q={}">{}</a>', url, row.reference, row.reference)

    @admin.display(description="voucher")
    def voucher_message(self, row: Voucher) -> SafeString:
        return laid_out(row.text, queries.public_key(row.certificate.device.modulus))

    @admin.display(description="request")
    def request_message(self, row: Voucher) -> SafeString:
        return laid_out(row.request, _signer(row.request))

    @admin.display(description="payee's receipt")
    def receipt_message(self, row: Voucher) -> SafeString:
        return laid_out(row.receipt, _signer(row.receipt))

    @admin.display(description="settlement")
    def settlement_message(self, row: Voucher) -> SafeString:
        return laid_out(row.settlement, _signer(row.settlement))


def _signer(text: str) -> PublicKey | None:
    """The key that a message names: a device's or the issuer's."""
    if not text:
        return None
    kid = Jws.read(text).kid
    device = queries.find_device(kid)
    return queries.public_key(device.modulus) if device else queries.issuer_public_key(kid)
