from django.db import models

from wallets.models.wallet import Wallet


class TransferStatus(models.TextChoices):
    """Mostly completed at once. What is in transit is pending, and then completed, cancelled by
    its sender, or failed once it went back; what was completed may be reversed.
    """

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REVERSED = "reversed"


class Transfer(models.Model):
    """Money that one wallet's owner sent to another wallet of the same currency.

    Only `status` ever changes, and `destination` from none, for somebody who was invited by
    e-mail, to the wallet that they claimed the money into. Amounts are minor units of `currency`,
    and what they must be is said by their domains; `fee_minor` was paid by the source on top of
    `amount_minor`. `entry` took the money from the source, and has the transfer's reference and
    time.
    """

    # None of these is a foreign key in the database: the posting in the same call proves the
    # entry and the accounts, and a key to a busy receiver would make every sender lock its row.
    entry = models.OneToOneField(
        "ledger.JournalEntry",
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="transfer",
        db_constraint=False,
    )
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
        null=True,
        db_index=False,
        db_constraint=False,
    )
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=TransferStatus)
    description = models.CharField(max_length=255, blank=True)
    metadata = models.JSONField(null=True)

    class Meta:
        permissions = [
            ("reverse_transfer", "Can give a transfer back to its sender"),
            ("recover_transfer", "Can take back what is in transit"),
        ]
        indexes = [
            models.Index("source", "entry", name="transfer_of_source"),
            models.Index("destination", "entry", name="transfer_of_destination"),
        ]
        constraints = [
            models.CheckConstraint(
                name="transfer_has_two_wallets",
                condition=~models.Q(source=models.F("destination")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} ({self.status})"
