from __future__ import annotations

from django.db import models

from ledger.money import Money, currency
from payments.models.deposit import Deposit


class Refund(models.Model):
    """Money of a deposit on its way back to where it came from, held from the first moment.

    Its terms never change: reference, deposit, wallet, amount and hold. `pending` was never
    asked for at the provider. It becomes `processing` before it is, once, so that whatever
    happens then it is never asked for again: what became of it is. Completed, its hold was
    captured under `reference`; failed, released. One that its provider gave back after all is
    `reversed`. All refunds of a deposit that have not failed or been reversed are together no
    more than was paid.

    `next_step_at` is when somebody should take it up next, and the lease of whoever has; null
    while nobody needs to.
    """

    class Status(models.TextChoices):
        PENDING = "pending"
        PROCESSING = "processing"
        COMPLETED = "completed"
        FAILED = "failed"
        REVERSED = "reversed"

    MOVES = {
        Status.PENDING: {Status.PROCESSING, Status.FAILED},
        Status.PROCESSING: {Status.COMPLETED, Status.FAILED},
        Status.COMPLETED: {Status.REVERSED},
        Status.FAILED: set[Status](),
        Status.REVERSED: set[Status](),
    }
    OPEN = (Status.PENDING, Status.PROCESSING)
    GIVEN_BACK = (Status.PENDING, Status.PROCESSING, Status.COMPLETED)

    reference = models.CharField(max_length=24, unique=True)
    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="refunds")
    wallet = models.ForeignKey("wallets.Wallet", on_delete=models.PROTECT, related_name="refunds")
    owner_id = models.UUIDField()
    hold = models.OneToOneField("wallets.Hold", on_delete=models.PROTECT, related_name="refund")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    provider = models.CharField(max_length=20)
    created_at = models.DateTimeField()

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    reason = models.CharField(max_length=60, blank=True)
    mismatch = models.CharField(max_length=60, blank=True)
    provider_code = models.CharField(max_length=100, blank=True)
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    not_found_at = models.DateTimeField(null=True)  # since when the provider does not know it
    next_step_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="refund_gives_something_back", condition=models.Q(amount_minor__gt=0)
            ),
            models.CheckConstraint(
                name="refund_status_is_known",
                condition=models.Q(
                    status__in=["pending", "processing", "completed", "failed", "reversed"]
                ),
            ),
            models.CheckConstraint(
                name="refund_says_when_it_was_sent",
                condition=~models.Q(status__in=["processing", "completed", "reversed"])
                | models.Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="open_refund_is_taken_up_again",
                condition=~models.Q(status__in=["pending", "processing"])
                | models.Q(next_step_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                "next_step_at",
                name="refund_to_take_up",
                condition=models.Q(next_step_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, currency(self.currency))

    def facts(self) -> dict[str, str]:
        """Return what every event about it says; needs its deposit and wallet."""
        return {
            "reference": self.reference,
            "deposit": self.deposit.reference,
            "wallet": self.wallet.number,
            "amount": self.amount.decimal_string(),
            "currency": self.currency,
            "provider": self.provider,
            "status": self.status,
        }
