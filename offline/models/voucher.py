from __future__ import annotations

from django.db import models

from ledger.money import Money, currency
from offline.models.certificate import Certificate


class VoucherStatus(models.TextChoices):
    PENDING = "pending_confirmation"
    SETTLED = "settled"
    DISPUTED = "disputed"
    REJECTED = "rejected"
    VOIDED = "voided"
    WRITTEN_OFF = "written_off"


# The table of permitted moves. A voucher that is not here yet may become anything but the last.
MOVES: dict[str, frozenset[str]] = {
    VoucherStatus.PENDING: frozenset(
        {
            VoucherStatus.SETTLED,
            VoucherStatus.DISPUTED,
            VoucherStatus.REJECTED,
            VoucherStatus.VOIDED,
        }
    ),
    VoucherStatus.DISPUTED: frozenset(
        {VoucherStatus.SETTLED, VoucherStatus.REJECTED, VoucherStatus.WRITTEN_OFF}
    ),
}
# Rejected for what it says itself, it proves nothing about the others of its certificate.
KNOWN = (
    VoucherStatus.PENDING,
    VoucherStatus.SETTLED,
    VoucherStatus.DISPUTED,
    VoucherStatus.VOIDED,
    VoucherStatus.WRITTEN_OFF,
)


class Voucher(models.Model):
    """One offline payment as it reached us: the evidence, and what came of it.

    `vid` identifies what was signed and `transaction_id` is made from it. The evidence never
    changes; `request` and `receipt` are the messages that came with it, if any did. A final
    status stays, with `code` (why it was not simply paid) and `settlement`, the message that
    is given to whoever presents the voucher again. The four `from_*` amounts tell which
    pockets paid: the hold, the payer's two wallets, our reserve.
    """

    vid = models.CharField(max_length=43, unique=True)
    transaction_id = models.UUIDField(unique=True)
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="vouchers")
    payer = models.ForeignKey(
        "wallets.Wallet", on_delete=models.PROTECT, related_name="vouchers_out", db_index=False
    )
    payee = models.ForeignKey(
        "wallets.Wallet", on_delete=models.PROTECT, related_name="vouchers_in", db_index=False
    )
    payee_did = models.CharField(max_length=22)
    counter = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    cumulative_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    made_at = models.DateTimeField()
    text = models.TextField()
    request = models.TextField(blank=True)
    receipt = models.TextField(blank=True)
    received_at = models.DateTimeField()
    status = models.CharField(max_length=20, choices=VoucherStatus)
    code = models.CharField(max_length=30, blank=True)
    settled_at = models.DateTimeField(null=True)
    settlement = models.TextField(blank=True)
    from_hold_minor = models.BigIntegerField(default=0)
    from_offline_minor = models.BigIntegerField(default=0)
    from_current_minor = models.BigIntegerField(default=0)
    from_reserve_minor = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index("certificate", "counter", name="voucher_of_certificate"),
            models.Index("payer", "id", name="voucher_of_payer"),
            models.Index("payee", "id", name="voucher_of_payee"),
        ]
        constraints = [
            models.CheckConstraint(
                name="settled_voucher_has_its_receipt",
                condition=models.Q(status="settled", settled_at__isnull=False)
                & ~models.Q(settlement="")
                | ~models.Q(status="settled") & models.Q(settled_at=None, settlement=""),
            ),
            models.CheckConstraint(
                name="settled_voucher_is_paid_whole",
                condition=models.Q(
                    status="settled",
                    amount_minor=models.F("from_hold_minor")
                    + models.F("from_offline_minor")
                    + models.F("from_current_minor")
                    + models.F("from_reserve_minor"),
                )
                | ~models.Q(status="settled")
                & models.Q(
                    from_hold_minor=0,
                    from_offline_minor=0,
                    from_current_minor=0,
                    from_reserve_minor=0,
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.transaction_id)

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, currency(self.currency))

    @property
    def is_pending(self) -> bool:
        return self.status == VoucherStatus.PENDING

    @property
    def reference(self) -> str:
        """The reference of the journal entry that pays it."""
        return f"OFV_{self.transaction_id.hex}"

    def may_become(self, status: str) -> bool:
        """Whether the table of permitted moves has this one."""
        return status in MOVES.get(self.status, frozenset())
