from __future__ import annotations

import uuid

from django.db import models

from payments.models.beneficiary import Beneficiary
from payments.models.payout import Payout


class PayoutBatch(models.Model):
    """A table of payouts that somebody asked for at once. Never changes; its rows do.

    `role` is what its owner was when they asked, which the fees depend on.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner_id = models.UUIDField()
    wallet = models.ForeignKey(
        "wallets.Wallet", on_delete=models.PROTECT, related_name="payout_batches"
    )
    role = models.CharField(max_length=40)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "payout batches"
        indexes = [
            models.Index(fields=["owner_id", "-created_at", "-id"], name="payout_batch_of_owner")
        ]

    def __str__(self) -> str:
        return str(self.id)


class PayoutBatchRow(models.Model):
    """One row of a table: it waits, and then becomes a payout or is refused, once."""

    class State(models.TextChoices):
        WAITING = "waiting"
        STARTED = "started"
        REFUSED = "refused"

    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()
    beneficiary = models.ForeignKey(
        Beneficiary, on_delete=models.PROTECT, null=True, related_name="+"
    )
    amount_minor = models.BigIntegerField(null=True)
    description = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    code = models.CharField(max_length=60, blank=True)
    payout = models.OneToOneField(
        Payout, on_delete=models.PROTECT, null=True, related_name="batch_row"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "number"], name="row_of_a_payout_batch_has_its_number_alone"
            ),
            models.CheckConstraint(
                name="row_of_a_payout_batch_says_what_became_of_it",
                condition=models.Q(
                    state="waiting", beneficiary__isnull=False, amount_minor__gt=0, payout=None
                )
                | models.Q(state="started", payout__isnull=False)
                | (models.Q(state="refused", payout=None) & ~models.Q(code="")),
            ),
        ]
        indexes = [
            models.Index(
                "batch", "number", name="payout_batch_row_waiting",
                condition=models.Q(state="waiting"),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.batch_id} {self.number}"
