from django.conf import settings
from django.db import models

from wallets.models.transfer import Transfer


class TransferReversal(models.Model):
    """That a transfer, or a part of it, was given back to its sender. Never changed.

    `entry` has the reversal's own reference; `fee_minor` is what of the fee was given back as
    well. All reversals of a transfer together are at most the transfer.
    """

    entry = models.OneToOneField(
        "ledger.JournalEntry",
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="transfer_reversal",
    )
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="reversals")
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=200)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reversal_gives_something_back", condition=models.Q(amount_minor__gt=0)
            ),
            models.CheckConstraint(
                name="reversal_takes_no_fee", condition=models.Q(fee_minor__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} of {self.transfer_id}"
