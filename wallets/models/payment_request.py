from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from wallets.models.wallet import Wallet


class PaymentRequestStatus(models.TextChoices):
    """Open, and then closed once. An open one whose time is over counts as expired."""

    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class PaymentRequest(models.Model):
    """Somebody asks to be paid into a wallet of theirs: by whom is left open.

    `amount_minor` is None when whoever pays says how much; minor units of the wallet's currency.
    Whoever has the id may read it, so it cannot be guessed. Only `status`, `entry`, `payer`,
    `paid_minor` and `closed_at` ever change, once.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="+", db_index=False)
    amount_minor = models.BigIntegerField(null=True)
    description = models.CharField(max_length=255, blank=True)
    status = models.CharField(
        max_length=9, choices=PaymentRequestStatus, default=PaymentRequestStatus.OPEN
    )
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)
    entry = models.OneToOneField(
        "ledger.JournalEntry",
        on_delete=models.PROTECT,
        null=True,
        related_name="payment_request",
    )
    payer = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    paid_minor = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index("owner", "created_at", "id", name="payment_request_of_owner")]
        constraints = [
            models.CheckConstraint(
                name="requested_amount_is_above_zero",
                condition=models.Q(amount_minor__isnull=True) | models.Q(amount_minor__gt=0),
            ),
            models.CheckConstraint(
                name="paid_request_has_its_payment",
                condition=models.Q(
                    status="paid",
                    entry__isnull=False,
                    payer__isnull=False,
                    paid_minor__gt=0,
                    closed_at__isnull=False,
                )
                | (
                    ~models.Q(status="paid")
                    & models.Q(entry__isnull=True, payer__isnull=True, paid_minor__isnull=True)
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def status_at(self, at: datetime) -> str:
        """What it is at an instant: open ones expire by themselves."""
        if self.status == PaymentRequestStatus.OPEN and self.expires_at <= at:
            return PaymentRequestStatus.EXPIRED.value
        return self.status
