from datetime import datetime

from django.db import models
from django.db.models.functions import Now

from wallets.models.wallet import Wallet


class HoldStatus(models.TextChoices):
    """Open, and then closed once, as one of the others."""

    OPEN = "open"
    CAPTURED = "captured"
    RELEASED = "released"
    EXPIRED = "expired"


class HoldPurpose(models.TextChoices):
    """Who settles a hold: its customer, or the payout, refund or dispute that placed it."""

    CUSTOMER = "customer"
    PAYOUT = "payout"
    REFUND = "refund"
    DISPUTE = "dispute"


class Hold(models.Model):
    """Money of a wallet that is set aside: still its owner's, and not to be spent otherwise.

    While it is open, `amount_minor` less `captured_minor` of what the wallet's account holds is
    set aside for it. What was captured, in one or more parts, has left the wallet; what was not
    is available again once the hold is closed. Amounts are minor units of the wallet's currency,
    `captured_minor` with fees. `placed_at` and `closed_at` are by the clock of the postings.

    Only `captured_minor`, `status`, `closed_at` and `closed_reason` ever change, and nothing
    does once it is closed.
    """

    reference = models.CharField(max_length=40)
    wallet = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="holds", db_index=False
    )
    amount_minor = models.BigIntegerField()
    captured_minor = models.BigIntegerField(default=0)
    status = models.CharField(max_length=8, choices=HoldStatus, default=HoldStatus.OPEN)
    purpose = models.CharField(max_length=8, choices=HoldPurpose, default=HoldPurpose.CUSTOMER)
    description = models.CharField(max_length=255, blank=True)
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        permissions = [("release_hold", "Can release what a customer holds")]
        indexes = [
            models.Index("wallet", "id", name="hold_of_wallet"),
            models.Index(
                "expires_at",
                "id",
                name="hold_that_will_expire",
                condition=models.Q(status=HoldStatus.OPEN, expires_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="one_hold_for_each_reference"),
            models.CheckConstraint(
                name="hold_is_of_more_than_nothing", condition=models.Q(amount_minor__gt=0)
            ),
            models.CheckConstraint(
                name="captured_is_never_more_than_held",
                condition=models.Q(
                    captured_minor__gte=0, captured_minor__lte=models.F("amount_minor")
                ),
            ),
            models.CheckConstraint(
                name="hold_is_open_until_it_is_closed",
                condition=models.Q(status=HoldStatus.OPEN, closed_at=None)
                | (~models.Q(status=HoldStatus.OPEN) & models.Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="captured_hold_has_a_capture",
                condition=~models.Q(status=HoldStatus.CAPTURED) | models.Q(captured_minor__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def is_over(self, at: datetime) -> bool:
        """Whether its time was over at an instant."""
        return self.expires_at is not None and self.expires_at <= at

    @property
    def remaining_minor(self) -> int:
        """What is still set aside, in minor units."""
        if self.status != HoldStatus.OPEN:
            return 0
        return self.amount_minor - self.captured_minor


class HoldCapture(models.Model):
    """One entry that was paid out of a hold. Never changes.

    `amount_minor` went where the capture said, `fee_minor` to the platform.
    """

    entry = models.OneToOneField(
        "ledger.JournalEntry", on_delete=models.PROTECT, primary_key=True, related_name="capture"
    )
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="captures")
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="capture_is_of_more_than_nothing",
                condition=models.Q(amount_minor__gt=0, fee_minor__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} of {self.hold_id}"
