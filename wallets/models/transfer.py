from django.db import models

from wallets.models.wallet import Wallet


class TransferStatus(models.TextChoices):
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REVERSED = "reversed"


class Transfer(models.Model):
    """Money that one wallet's owner sent to another wallet of the same currency.

    Only `status` ever changes. Amounts are minor units of `currency`; `fee_minor` was paid by
    the source on top of `amount_minor`. Its journal entry has the same `reference`.
    """

    reference = models.CharField(max_length=40)
    # No foreign keys to the wallets: the posting in the same statement proves their accounts,
    # and a key to a busy receiver would make every sender lock its row.
    source = models.ForeignKey(
        Wallet,
        on_delete=models.PROTECT,
        related_name="transfers_out",
        db_index=False,
        db_constraint=False,
    )
    destination = models.ForeignKey(
        Wallet,
        on_delete=models.PROTECT,
        related_name="transfers_in",
        db_index=False,
        db_constraint=False,
    )
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=TransferStatus)
    description = models.CharField(max_length=255, blank=True)
    metadata = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index("source", "id", name="transfer_of_source"),
            models.Index("destination", "id", name="transfer_of_destination"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="one_transfer_for_each_reference"),
            models.CheckConstraint(
                name="transfer_amount_is_positive", condition=models.Q(amount_minor__gt=0)
            ),
            models.CheckConstraint(
                name="transfer_fee_is_not_negative", condition=models.Q(fee_minor__gte=0)
            ),
            models.CheckConstraint(
                name="transfer_has_two_wallets",
                condition=~models.Q(source=models.F("destination")),
            ),
        ]

    def __str__(self) -> str:
        return self.reference
